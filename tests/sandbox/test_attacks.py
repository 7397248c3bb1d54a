"""Attacks from inside a child. Each really tries, and whether it worked is judged from outside.

An attacker here has more than a body ever has: ctypes, sockets, subprocess (arsenal.py). The controls run the same
programs in a plain process, where they work: so the attacks can succeed, and the tests can fail.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from intaglio.sandbox.interface import ChildFailed, Limits, Role


def said(*words):
    """The child reports success in a way that needs no further evidence."""
    return lambda _scene, answer: answer in words


def learned(scene, answer):
    return isinstance(answer, str) and (scene.token in answer or "the environment's secret" in answer)


def changed(scene, answer):
    return bool(scene.changed())


def knocked(scene, answer):
    return scene.knocked()


def killed(scene, answer):
    return scene.victim.poll() is not None


@dataclass(frozen=True)
class Attack:
    """A program, the evidence that it worked, and whether it can be shown to work in a plain process."""

    program: str
    worked: object
    control: bool = True


ATTACKS = {
    # Files
    "read a file": Attack("channel.send(open(SECRET).read())", learned),
    "read a file through a symbolic link": Attack("channel.send(open(LINK).read())", learned),
    "read a file by system calls": Attack("channel.send(a.read_by_system_calls(SECRET))", learned),
    "list a folder": Attack("channel.send('secret.txt' in a.os.listdir(FOLDER))", said(True)),
    "look at a file": Attack("channel.send(a.os.stat(SECRET).st_size)", said(32)),
    "write a file": Attack("open(SECRET, 'w').write('owned')", changed),
    "make a file": Attack("open(DOOR, 'w').write('owned')", changed),
    "delete a file": Attack("a.os.unlink(SECRET)", changed),
    "rename a file": Attack("a.os.rename(SECRET, DOOR)", changed),
    "make a symbolic link": Attack("a.os.symlink('/etc/passwd', DOOR)", changed),
    "make a hard link": Attack("a.os.link(SECRET, DOOR)", changed),
    "make a folder": Attack("a.os.mkdir(DOOR)", changed),
    "change a mode": Attack("a.os.chmod(SECRET, 0o666)", changed),
    "use an inherited descriptor": Attack(
        "for n in range(4, 2000):\n"
        "    try: data = a.os.pread(n, 100, 0).decode()\n"
        "    except (OSError, ValueError): continue\n"
        "    if len(data) == 32: channel.send(data)",
        learned, control=False,
    ),
    "leave the root": Attack(
        "a.os.mkdir('x'); a.os.chroot('x')\nfor _ in range(9): a.os.chdir('..')\na.os.chroot('.')\n"
        "channel.send(open(SECRET).read())",
        learned, control=False,
    ),
    # Programs and processes
    "replace itself by a shell": Attack("a.os.execv('/bin/sh', ['sh', '-c', f'echo owned > {DOOR}'])", changed),
    "run a shell": Attack("a.os.system(f'echo owned > {DOOR}')", changed),
    "run a subprocess": Attack("a.subprocess.run(['/bin/sh', '-c', f'echo owned > {DOOR}'])", changed),
    "spawn a program": Attack("a.os.waitpid(a.os.posix_spawn('/bin/sh', ['sh', '-c', f'echo owned > {DOOR}'], {}), 0)", changed),
    "run a program from memory": Attack(
        "f = a.syscall('memfd_create', b'x', 0)\na.os.write(f, b'#!/bin/sh\\necho owned > ' + DOOR.encode())\n"
        "a.os.execve(f'/proc/self/fd/{f}', ['x'], {})",
        changed,
    ),
    "reach a shell through subclasses": Attack(
        "for c in object.__subclasses__():\n"
        "    g = getattr(getattr(c, '__init__', None), '__globals__', {})\n"
        "    if 'system' in g:\n"
        "        g['system'](f'echo owned > {DOOR}'); break",
        changed,
    ),
    "reach a shell through the loader": Attack(
        "import sys\nl = sys.modules['importlib._bootstrap'].BuiltinImporter.load_module\n"
        "l('posix').system(f'echo owned > {DOOR}')",
        changed,
    ),
    "fork": Attack("p = a.os.fork()\nif p: channel.send(p > 0); a.os.waitpid(p, 0)\nelse: a.os._exit(0)", said(True)),
    "fork by system calls": Attack(
        "p = a.syscall('clone', 17, 0, 0, 0, 0)\nif p == 0: a.os._exit(0)\nchannel.send(p > 0)", said(True)
    ),
    "fork bomb": Attack(
        "n = 0\nfor _ in range(20):\n    p = a.os.fork()\n    if not p: a.os._exit(0)\n    n += 1\nchannel.send(n)", said(20)
    ),
    "start a thread": Attack("t = a.threading.Thread(target=lambda: channel.send('thread')); t.start(); t.join()", said("thread")),
    "start a worker process": Attack(
        "p = a.multiprocessing.get_context('fork').Process(target=open, args=(DOOR, 'w')); p.start(); p.join()", changed
    ),
    "become a daemon": Attack(
        "if a.os.fork() == 0:\n    a.os.setsid()\n    if a.os.fork() == 0: open(DOOR, 'w').close()\n    a.os._exit(0)\na.os.wait()",
        changed, control=False,
    ),
    # Other processes
    "kill a process": Attack("a.os.kill(VICTIM, 9); channel.send('sent')", killed, control=False),
    "kill every process": Attack("a.os.kill(-1, 9); channel.send('sent')", said("sent"), control=False),
    "kill its zygote": Attack("a.os.kill(1, 9); a.os.kill(a.os.getppid(), 9); channel.send('sent')", said("sent"), control=False),
    "see whether a process lives": Attack("a.os.kill(VICTIM, 0); channel.send('it lives')", said("it lives")),
    "hold a process": Attack("channel.send(a.syscall('pidfd_open', VICTIM, 0) >= 0)", said(True)),
    "trace a process": Attack("channel.send(a.LIBC.ptrace(16, VICTIM, 0, 0))", said(0), control=False),
    "let itself be traced": Attack("channel.send(a.LIBC.ptrace(0, 0, 0, 0))", said(0)),
    "read the memory of the tool": Attack(
        "b = a.ctypes.create_string_buffer(8)\nv = a.struct.pack('QQ', a.ctypes.addressof(b), 8)\n"
        "channel.send(a.syscall('process_vm_readv', TOOL, v, 1, v, 1, 0) > 0)",
        said(True), control=False,
    ),
    "open its own memory": Attack("open('/proc/self/mem', 'r+b'); channel.send('open')", said("open")),
    "read the environment of a process": Attack("channel.send(open(f'/proc/{VICTIM}/environ').read())", learned),
    "read its own environment": Attack(
        "a.LIBC.getenv.restype = a.ctypes.c_char_p\n"
        "channel.send(str(dict(a.os.environ)) + str(a.LIBC.getenv(b'INTAGLIO_TEST_SECRET')))",
        learned,
    ),
    # Network
    "connect to loopback": Attack("a.socket.create_connection(('127.0.0.1', PORT), 2)", knocked),
    "send a datagram": Attack("a.socket.socket(type=a.socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', UDP))", knocked),
    "listen on loopback": Attack("s = a.socket.socket(); s.bind(('127.0.0.1', 0)); s.listen(); channel.send('listening')", said("listening")),
    "connect to a unix socket": Attack("a.socket.socket(a.socket.AF_UNIX).connect(UNIX)", knocked),
    "connect to an abstract socket": Attack("a.socket.socket(a.socket.AF_UNIX).connect('\\0' + ABSTRACT)", knocked),
    "make a socket pair": Attack("a.socket.socketpair(); channel.send('made')", said("made")),
    "make a pipe": Attack("a.os.pipe(); channel.send('made')", said("made")),
    # The kernel
    "io_uring": Attack("channel.send(a.syscall('io_uring_setup', 4, bytes(120)) >= 0)", said(True), control=False),
    "unshare a user namespace": Attack("channel.send(a.LIBC.unshare(0x10000000))", said(0), control=False),
    "enter a namespace": Attack("channel.send(a.LIBC.setns(3, 0))", said(0), control=False),
    "mount": Attack("channel.send(a.LIBC.mount(b'none', b'/', b'tmpfs', 0, None))", said(0), control=False),
    "become root": Attack("a.os.setuid(0); channel.send('root')", said("root"), control=False),
    "map executable memory": Attack("a.mmap.mmap(-1, 4096, prot=7); channel.send('mapped')", said("mapped")),
    "make memory executable": Attack(
        "a.LIBC.mmap.restype = a.ctypes.c_void_p\nm = a.LIBC.mmap(None, 4096, 3, 0x22, -1, 0)\n"
        "channel.send(a.LIBC.mprotect(a.ctypes.c_void_p(m), 4096, 7))",
        said(0),
    ),
    "put another filter": Attack("channel.send(a.syscall('seccomp', 0, 0, 0))", said(0), control=False),
    "raise a limit": Attack("a.resource.setrlimit(a.resource.RLIMIT_NOFILE, (64, 64)); channel.send('raised')", said("raised")),
    "shared memory": Attack("channel.send(a.LIBC.shmget(0, 4096, 0o1600) >= 0)", said(True), control=False),
    "watch files": Attack("channel.send(a.syscall('inotify_init1', 0) >= 0)", said(True)),
    "measure others": Attack("channel.send(a.syscall('perf_event_open', bytes(112), 0, -1, -1, 0) >= 0)", said(True), control=False),
    "load a program into the kernel": Attack("channel.send(a.syscall('bpf', 0, bytes(72), 72) >= 0)", said(True), control=False),
    "keep a key": Attack("channel.send(a.syscall('add_key', b'user', b'x', b'y', 1, -2) >= 0)", said(True), control=False),
    "handle page faults": Attack("channel.send(a.syscall('userfaultfd', 1) >= 0)", said(True), control=False),
    "change its personality": Attack("channel.send(a.syscall('personality', 0x0400000) >= 0)", said(True)),
    # Resources
    "hold 600 megabytes": Attack("x = bytearray(600 * 2**20); channel.send('held')", said("held")),
    "send too much": Attack("channel.send('x' * 20 * 2**20)", said("x" * 20 * 2**20)),
}  # fmt: skip

HEAD = "import attacks.arsenal as a\nchannel.send('armed')\n"
PLAIN_HEAD = """
import importlib.util, json, sys
spec = importlib.util.spec_from_file_location("arsenal", sys.argv[1])
a = importlib.util.module_from_spec(spec)
spec.loader.exec_module(a)
class channel:
    send = staticmethod(lambda value: print(json.dumps(value), flush=True))
"""


def variables(scene):
    return "".join(f"{name} = {value!r}\n" for name, value in scene.variables().items())


@pytest.mark.parametrize("name", ATTACKS)
def test_the_attack_does_not_work(name, sandbox, scene):
    attack = ATTACKS[name]
    inherited = os.open(scene.secret, os.O_RDONLY)
    os.set_inheritable(inherited, True)
    program = HEAD + variables(scene) + attack.program
    with sandbox.start(Role.RUN, program, limits=Limits(wall_seconds=5)) as child:
        assert child.receive(5) == "armed"
        try:
            answer = child.receive(5)
        except ChildFailed:
            answer = None
    os.close(inherited)
    assert not attack.worked(scene, answer)
    assert not scene.changed()
    assert not scene.knocked()
    assert scene.victim.poll() is None


@pytest.mark.parametrize("name", [name for name, attack in ATTACKS.items() if attack.control])
def test_the_same_attack_works_in_a_plain_process(name, scene, plain, sandbox):
    assert sandbox.walls  # which puts the secret into the environment
    arsenal = str(Path(__file__).with_name("arsenal.py"))
    done = plain(ATTACKS[name].program, arsenal, preamble=PLAIN_HEAD + variables(scene))
    answer = json.loads(done.stdout.splitlines()[0]) if done.stdout else None
    assert ATTACKS[name].worked(scene, answer), done.stderr


def test_the_sandbox_works_after_all_of_that(sandbox):
    with sandbox.start(Role.RUN, "channel.send(channel.receive())") as child:
        child.send("still here")
        assert child.receive(5) == "still here"
