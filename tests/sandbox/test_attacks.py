"""Attacks from inside a child. Each really tries, and what came of it is judged from outside.

A program that breaks out would report "escaped" with proof; so would one whose wall is down. The controls at the end run
the same attacks in a plain process, where they work: so the attacks can succeed, and the tests can fail.
"""

import os
import socket
import subprocess
import sys
import textwrap
import threading

import pytest

from intaglio.sandbox import open_sandbox
from intaglio.sandbox.interface import ChildDied, ChildFailed, ChildFlooded, ChildTimedOut, Limits, Role

ATTACKS = {
    "read a file": "channel.send(open(TARGET).read())",
    "write a file": "open(TARGET, 'w').write('owned'); channel.send('escaped')",
    "create a file": "import os; os.close(os.open(TARGET + '.new', os.O_CREAT | os.O_WRONLY)); channel.send('escaped')",
    "list a folder": "import os; channel.send(os.listdir('/'))",
    "stat a file": "import os; channel.send(os.stat(TARGET).st_size)",
    "delete a file": "import os; os.unlink(TARGET); channel.send('escaped')",
    "make a symbolic link": "import os; os.symlink(TARGET, TARGET + '.link'); channel.send('escaped')",
    "change a mode": "import os; os.chmod(TARGET, 0o777); channel.send('escaped')",
    "execute a program": "import os; os.execv('/bin/sh', ['sh', '-c', 'true'])\nchannel.send('escaped')",
    "spawn a program": "import os; os.posix_spawn('/bin/true', ['true'], {}); channel.send('escaped')",
    "os.system": "import os; channel.send('escaped' if os.system('true') == 0 else 'refused')",
    "fork": "import os; pid = os.fork(); channel.send('escaped' if pid else 'child')",
    "start a thread": "import _thread, time; _thread.start_new_thread(time.sleep, (0,)); channel.send('escaped')",
    "daemonize": "import os; os.setsid(); channel.send('escaped')",
    "connect to loopback": "import _socket; s = _socket.socket(); s.connect(('127.0.0.1', PORT)); channel.send('escaped')",
    "listen on loopback": "import _socket; s = _socket.socket(); s.bind(('127.0.0.1', 0)); channel.send('escaped')",
    "unix socket": "import _socket; s = _socket.socket(_socket.AF_UNIX); channel.send('escaped')",
    "abstract unix socket": "import _socket; s = _socket.socket(_socket.AF_UNIX, _socket.SOCK_DGRAM); s.bind('\\0x'); channel.send('escaped')",
    "socket pair": "import _socket; _socket.socketpair(); channel.send('escaped')",
    "kill the parent": "import os; os.kill(os.getppid(), 9); channel.send('escaped')",
    "kill everyone": "import os; os.kill(-1, 9); channel.send('escaped')",
    "signal zero": "import os; os.kill(1, 0); channel.send('escaped')",
    "ptrace": "import ctypes; libc = ctypes.CDLL(None); channel.send('escaped' if libc.ptrace(0, 0, 0, 0) == 0 else 'refused')",
    "read /proc/self/mem": "open('/proc/self/mem', 'rb'); channel.send('escaped')",
    "read the environment of others": "channel.send(open('/proc/1/environ', 'rb').read().decode())",
    "io_uring": "import ctypes; libc = ctypes.CDLL(None); p = (ctypes.c_char * 120)(); channel.send('escaped' if libc.syscall(425, 4, p) >= 0 else 'refused')",
    "unshare": "import ctypes; libc = ctypes.CDLL(None); channel.send('escaped' if libc.unshare(0x10000000) == 0 else 'refused')",
    "mount": "import ctypes; libc = ctypes.CDLL(None); channel.send('escaped' if libc.mount(b'none', b'/', b'tmpfs', 0, 0) == 0 else 'refused')",
    "map executable memory": "import mmap; m = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC); channel.send('escaped')",
    "make memory executable": "import ctypes; libc = ctypes.CDLL(None, use_errno=True)\nlibc.mmap.restype = ctypes.c_void_p\na = libc.mmap(None, 4096, 3, 0x22, -1, 0)\nchannel.send('escaped' if libc.mprotect(ctypes.c_void_p(a), 4096, 7) == 0 else 'refused')",
    "raise a limit": "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100)); channel.send('escaped')",
    "seccomp off": "import ctypes; libc = ctypes.CDLL(None); channel.send('escaped' if libc.prctl(22, 0, 0, 0, 0) == 0 else 'refused')",
    "subclasses to an importer": "[c for c in object.__subclasses__() if c.__name__ == 'FileLoader'] or [1]\nimport antigravity\nchannel.send('escaped')",
    "use an inherited descriptor": "import os\nfor fd in range(4, 256):\n    try:\n        os.write(fd, b'x'); channel.send('escaped'); break\n    except OSError:\n        pass\nelse:\n    channel.send('refused')",
    "read the environment": "import os; channel.send('escaped' if 'SECRET' in os.environ or 'PATH' in os.environ else 'refused')",
    "open by another system call": "import ctypes; libc = ctypes.CDLL(None); channel.send('escaped' if libc.syscall(2, TARGET.encode(), 0) >= 0 or libc.syscall(257, -100, TARGET.encode(), 0) >= 0 else 'refused')",
    "32-bit system calls": "import ctypes; libc = ctypes.CDLL(None); channel.send('escaped' if libc.syscall(0x40000000 + 39) > 0 else 'refused')",
}  # fmt: skip


@pytest.fixture(scope="module")
def sandbox():
    opened = open_sandbox()
    yield opened
    opened.close()


@pytest.fixture
def target(tmp_path):
    path = tmp_path / "secret.txt"
    path.write_text("escaped")
    path.chmod(0o644)
    tmp_path.chmod(0o755)
    return path


@pytest.fixture(scope="module")
def port():
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen()
    yield server.getsockname()[1]
    server.close()


def attack(sandbox, program, target, port, seconds=3.0):
    head = f"TARGET = {str(target)!r}\nPORT = {port}\n"
    with sandbox.start(Role.RUN, head + program, limits=Limits(wall_seconds=seconds)) as child:
        return child.receive(seconds)


@pytest.mark.parametrize("name", ATTACKS)
def test_the_attack_does_not_work(name, sandbox, target, port):
    before = sorted(os.listdir(target.parent))
    try:
        answer = attack(sandbox, ATTACKS[name], target, port)
    except ChildFailed:
        answer = "ended"
    assert answer in ("refused", "ended")
    assert target.read_text() == "escaped"
    assert target.stat().st_mode & 0o777 == 0o644
    assert sorted(os.listdir(target.parent)) == before


def test_the_sandbox_works_after_all_of_that(sandbox, target, port):
    assert attack(sandbox, "channel.send(channel is not None)", target, port) is True


@pytest.mark.parametrize(
    ("program", "error"),
    [
        ("while True: pass", ChildTimedOut),
        ("import time; time.sleep(60)", ChildTimedOut),
        ("x = [0] * 10**9", ChildDied),
        ("x = bytearray(10**10)", ChildDied),
        ("def f(): return f()\nf()", ChildDied),
        ("channel.send('x' * 17 * 2**20)", ChildFlooded),
        ("import sys; sys.setrecursionlimit(10**9)\ndef f(): return f()\nf()", ChildFailed),
        ("import os; os._exit(3)", ChildDied),
        ("import os; os.write(3, b'\\xff\\xff\\xff\\xff')", ChildFailed),
        ("import os; os.write(3, b'\\0\\0\\0\\5MMMMM')", ChildDied),
        ("import os; os.write(3, b'\\0\\0\\xff\\xffM' + b'[' * 65534)", ChildDied),
        ("import os; os.close(3)\nwhile True: pass", ChildFailed),
        (
            "import signal, os\nfor n in (2, 15, 24):\n    signal.signal(n, signal.SIG_IGN)\nwhile True: pass",
            ChildTimedOut,
        ),
    ],
)
def test_bombs_end_in_a_clear_failure(program, error, sandbox, target, port):
    with pytest.raises(error) as caught:
        attack(sandbox, program, target, port, seconds=1.0)
    assert str(caught.value)


def test_a_child_sees_nothing_of_an_earlier_one(sandbox, target, port):
    attack(sandbox, "import json; json.loot = 'secret of run one'\nchannel.send(1)", target, port)
    assert attack(sandbox, "import json; channel.send(hasattr(json, 'loot'))", target, port) is False


def test_closing_from_another_thread_ends_a_receive(sandbox):
    child = sandbox.start(Role.RUN, "while True: pass", limits=Limits(wall_seconds=60))
    closer = threading.Timer(0.2, child.close)
    closer.start()
    with pytest.raises(ChildFailed):
        child.receive(60)


def test_an_unknown_machine_is_refused():
    from intaglio.sandbox.seccomp import seccomp_program
    from intaglio.sandbox.walls import WallError

    with pytest.raises(WallError, match="no table"):
        seccomp_program("pdp11")


def test_without_seccomp_nothing_runs():
    """In a process that may not install filters (prctl is refused by a filter of its own), no child may run a line."""
    program = """
        import struct, ctypes
        from intaglio.sandbox import walls, seccomp, open_sandbox
        from intaglio.sandbox.interface import Role, SandboxUnavailable, WallsDown
        def refuse_prctl():
            step = lambda code, yes, no, value: struct.pack("HBBI", code, yes, no, value)
            number = {"x86_64": (157, 317), "aarch64": (167, 277)}[__import__("platform").machine()]
            steps = [step(0x20, 0, 0, 0), step(0x15, 2, 0, number[0]), step(0x15, 1, 0, number[1]), step(6, 0, 0, 0x7fff0000), step(6, 0, 0, 0x50001)]
            data = b"".join(steps)
            walls.forbid_new_privileges()
            assert walls.LIBC.prctl(22, 2, ctypes.byref(seccomp._Program(len(steps), data)), 0, 0) == 0
        refuse_prctl()
        try:
            sandbox = open_sandbox()
            child = sandbox.start(Role.RUN, "channel.send('ran')")
            print("RAN", child.receive(3))
        except (WallsDown, SandboxUnavailable) as error:
            print("REFUSED", error)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, timeout=60, check=False
    )
    assert "REFUSED" in done.stdout, done.stdout + done.stderr
    assert "RAN" not in done.stdout


CONTROLS = ("read a file", "create a file", "fork", "connect to loopback", "socket pair", "list a folder", "os.system")


@pytest.mark.parametrize("name", CONTROLS)
def test_control_the_same_attack_works_in_a_plain_process(name, target, port):
    program = (
        f"TARGET = {str(target)!r}\nPORT = {port}\nclass channel:\n    @staticmethod\n    def send(value): print('sent', value, flush=True)\n"
        + ATTACKS[name]
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=False)
    assert "sent" in done.stdout, done.stderr
