"""Each wall by itself, in a throw-away process that has no other: what it stops, and that it can be told apart."""

import errno
import json
import os
import re
import struct
from pathlib import Path

import pytest

from intaglio.sandbox import landlock, seccomp
from intaglio.sandbox.walls import WallError

HEAD = """
import ctypes, encodings.idna, errno, json, os, platform, resource, signal, socket, sys
from intaglio.sandbox import landlock, namespaces, seccomp, walls
def outcome(action):
    try:
        action()
    except (OSError, MemoryError, ValueError) as error:
        return errno.errorcode.get(getattr(error, "errno", None), type(error).__name__)
    return "done"
def in_child(action):
    process = os.fork()
    if not process:
        try:
            action()
        except BaseException:
            os._exit(99)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
"""
NEEDS_LANDLOCK = pytest.mark.skipif(landlock.landlock_version() < 1, reason="this kernel has no landlock")


@pytest.fixture
def behind(plain):
    """What code prints as JSON, run in a process of its own with the walls' modules at hand."""

    def run(code, *arguments):
        done = plain(code, *map(str, arguments), preamble=HEAD)
        assert done.stdout, done.stderr
        return json.loads(done.stdout)

    return run


# seccomp: the filter itself, for each machine


def judge(program, number, architecture, arguments=(0,) * 6):
    """What the kernel would answer: classic BPF over `struct seccomp_data`, run here."""
    data = struct.pack("<iIQ6Q", number, architecture, 0, *arguments)
    steps = [struct.unpack_from("<HBBI", program, at) for at in range(0, len(program), 8)]
    place, loaded = 0, 0
    while True:
        code, when_true, when_false, value = steps[place]
        place += 1
        if code == 0x20:
            loaded = struct.unpack_from("<I", data, value)[0]
        elif code == 0x06:
            return value
        else:
            held = {0x15: loaded == value, 0x35: loaded >= value, 0x45: bool(loaded & value)}[code]
            place += when_true if held else when_false


ALLOWED, REFUSED, KILLED = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x80000000


@pytest.mark.parametrize("machine", seccomp.MACHINES)
def test_the_filter_allows_its_list_and_nothing_else(machine):
    table = seccomp.MACHINES[machine]
    program = seccomp.seccomp_program(machine)
    verdicts = {number: judge(program, number, table.audit_architecture) for number in range(600)}
    allowed = {number for number, verdict in verdicts.items() if verdict == ALLOWED}
    assert allowed == {*table.allowed.values(), table.mmap, table.mprotect}
    assert {verdict for number, verdict in verdicts.items() if number not in allowed} == {REFUSED}


@pytest.mark.parametrize("machine", seccomp.MACHINES)
def test_the_filter_refuses_executable_memory(machine):
    table = seccomp.MACHINES[machine]
    program = seccomp.seccomp_program(machine)
    for number in (table.mmap, table.mprotect):
        for protection in range(8):
            verdict = judge(program, number, table.audit_architecture, (0, 4096, protection, 0, 0, 0))
            assert verdict == (REFUSED if protection & 4 else ALLOWED)


@pytest.mark.parametrize("machine", seccomp.MACHINES)
def test_the_filter_kills_another_architecture(machine):
    table = seccomp.MACHINES[machine]
    program = seccomp.seccomp_program(machine)
    for foreign in (0x40000003, 0x40000028, 0xC000003E, 0xC00000B7, 0):
        if foreign != table.audit_architecture:
            assert {judge(program, number, foreign) for number in range(600)} == {KILLED}
    if machine == "x86_64":  # the x32 calls share their architecture with the others
        assert judge(program, 0x40000000 + table.allowed["getpid"], table.audit_architecture) == KILLED


HEADERS = {
    "x86_64": ("/usr/include/x86_64-linux-gnu/asm/unistd_64.h", "/usr/include/asm/unistd_64.h"),
    "aarch64": ("/usr/include/asm-generic/unistd.h",),
}


@pytest.mark.parametrize("machine", seccomp.MACHINES)
def test_the_tables_are_the_kernels(machine):
    paths = [path for path in map(Path, HEADERS[machine]) if path.exists()]
    if not paths:
        pytest.skip("no kernel headers here")
    text = paths[0].read_text()
    numbers = {name: int(value) for name, value in re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)\b", text)}
    table = seccomp.MACHINES[machine]
    named = {**table.allowed, "mmap": table.mmap, "mprotect": table.mprotect}
    assert {name: numbers.get(name) for name in named} == named


def test_a_machine_without_a_table_is_refused():
    with pytest.raises(WallError, match="seccomp: no table of system calls for pdp11"):
        seccomp.seccomp_program("pdp11")


def test_seccomp_alone_refuses_every_call_that_is_not_listed(behind):
    refused = behind("""
table = seccomp.MACHINES[platform.machine()]
allowed = {*table.allowed.values(), table.mmap, table.mprotect}
allowed |= {335, 336}  # uretprobe and uprobe: the kernel asks no filter, and kills who calls them from outside of a probe
seccomp.put_up_seccomp()
wrong = []
for number in range(470):
    if number not in allowed:
        ctypes.set_errno(0)
        if walls.LIBC.syscall(ctypes.c_long(number), 0, 0, 0, 0, 0, 0) != -1 or ctypes.get_errno() != errno.EPERM:
            wrong.append(number)
print(json.dumps(wrong))
""")
    assert refused == []


def test_seccomp_alone_stops_what_python_would_do(behind):
    answers = behind("""
def all_of_it():
    return {
        "open": outcome(lambda: open("/etc/passwd")), "socket": outcome(socket.socket), "fork": outcome(lambda: os.fork() or os._exit(0)),
        "exec": outcome(lambda: os.execv("/bin/nothing", ["x"])), "kill": outcome(lambda: os.kill(os.getpid(), 0)),
    }
before = all_of_it()
seccomp.put_up_seccomp()
print(json.dumps([before, all_of_it(), os.getpid() > 0, len(os.urandom(4))]))
""")
    assert answers[0] == {"open": "done", "socket": "done", "fork": "done", "exec": "ENOENT", "kill": "done"}
    assert answers[1] == dict.fromkeys(answers[0], "EPERM")
    assert answers[2:] == [True, 4]


def test_seccomp_stays_when_it_is_asked_to_go(behind):
    assert (
        behind("""
seccomp.put_up_seccomp()
walls.LIBC.prctl(22, 0, 0, 0, 0)
print(json.dumps(outcome(lambda: open("/etc/passwd"))))
""")
        == "EPERM"
    )


# landlock


@NEEDS_LANDLOCK
def test_landlock_alone_closes_files(behind, tmp_path):
    (tmp_path / "here").write_text("text")
    answers = behind(
        """
os.chdir(sys.argv[1])
def all_of_it():
    return [outcome(lambda: open("here").close()), outcome(lambda: open("here", "r+").close()),
            outcome(lambda: os.listdir(".")), outcome(lambda: os.rmdir(os.mkdir("new") or "new"))]
before = all_of_it()
landlock.put_up_landlock()
print(json.dumps([before, all_of_it()]))
""",
        tmp_path,
    )
    assert answers == [["done"] * 4, ["EACCES"] * 4]


@pytest.mark.skipif(landlock.landlock_version() < 4, reason="this kernel's landlock knows nothing of TCP")
def test_landlock_alone_closes_tcp(behind, scene):
    answers = behind(
        """
def connect():
    with socket.create_connection(("127.0.0.1", int(sys.argv[1])), 5): pass
def bind():
    with socket.socket() as made: made.bind(("127.0.0.1", 0))
before = [outcome(connect), outcome(bind)]
landlock.put_up_landlock()
print(json.dumps([before, [outcome(connect), outcome(bind)]]))
""",
        scene.variables()["PORT"],
    )
    assert answers == [["done", "done"], ["EACCES", "EACCES"]]


@pytest.mark.skipif(landlock.landlock_version() < 6, reason="this kernel's landlock knows nothing of signals")
def test_landlock_alone_keeps_signals_and_abstract_sockets_in(behind, scene):
    answers = behind(
        """
def connect():
    with socket.socket(socket.AF_UNIX) as made: made.connect("\\0" + sys.argv[1])
def signal_zero():
    os.kill(int(sys.argv[2]), 0)
before = [outcome(connect), outcome(signal_zero)]
landlock.put_up_landlock()
print(json.dumps([before, [outcome(connect), outcome(signal_zero)]]))
""",
        scene.variables()["ABSTRACT"],
        scene.victim.pid,
    )
    assert answers == [["done", "done"], ["EPERM", "EPERM"]]


# namespaces


def test_namespaces_alone_leave_no_network_no_neighbours_and_no_files(behind, scene):
    answers = behind(
        """
def look():
    def connect():
        with socket.create_connection(("127.0.0.1", int(sys.argv[1])), 5): pass
    return {"connect": outcome(connect), "victim": outcome(lambda: os.kill(int(sys.argv[2]), 0)), "files": sorted(os.listdir("/")),
            "write": outcome(lambda: open("/new", "w"))}
refused = namespaces.enter_namespaces()
if refused:
    print(json.dumps(refused))
elif not os.fork():
    rest = namespaces.empty_root()
    print(json.dumps([rest, os.getpid(), look()]), flush=True)
    os._exit(0)
else:
    os.wait()
""",
        scene.variables()["PORT"],
        scene.victim.pid,
    )
    if isinstance(answers, str):
        pytest.skip(f"no namespaces here: {answers}")
    rest, process, seen = answers
    assert (rest, process) == ("", 1)
    assert seen["connect"] == "ENETUNREACH"
    assert seen["victim"] == "ESRCH"
    assert seen["files"] == []
    assert seen["write"] == "EROFS"


# privileges, limits, descriptors, the parent's death


def test_privileges_are_dropped(behind, tmp_path):
    (tmp_path / "mine").write_text("text")
    (tmp_path / "mine").chmod(0o600)
    answers = behind(
        """
status = open("/proc/self/status")
held = open(sys.argv[1])
state = walls.drop_privileges()
told = dict(line.split(":", 1) for line in status.read().splitlines())
print(json.dumps({"state": state, "user": os.geteuid(), "effective": int(told["CapEff"], 16), "permitted": int(told["CapPrm"], 16),
    "new": told["NoNewPrivs"].strip(), "mine": outcome(lambda: open(sys.argv[1])), "back": outcome(lambda: os.setuid(0)),
    "traceable": walls.LIBC.prctl(3, 0, 0, 0, 0)}))
""",
        tmp_path / "mine",
    )
    assert (answers["effective"], answers["permitted"], answers["new"], answers["traceable"]) == (0, 0, "1", 0)
    if os.geteuid() == 0:
        assert (answers["state"], answers["user"]) == ("none", 65534)
        assert (answers["mine"], answers["back"]) == ("EACCES", "EPERM")


def test_limits_alone_bound_memory_files_and_processes(behind, tmp_path):
    answers = behind(
        """
walls.drop_privileges()
held = os.open("/dev/null", os.O_WRONLY)
big = lambda: bytearray(300 * 2**20)
before = [outcome(big), outcome(lambda: open("/etc/passwd").close()), outcome(lambda: os.fork() or os._exit(0))]
walls.put_up_limits(256 * 2**20, 60)
after = [outcome(big), outcome(lambda: open("/etc/passwd").close()), outcome(lambda: os.fork() or os._exit(0))]
print(json.dumps([before, after]))
""",
    )
    assert answers == [["done"] * 3, ["MemoryError", "EMFILE", "EAGAIN"]]


def test_limits_alone_bound_cpu_time_and_file_sizes(behind, tmp_path):
    answers = behind(
        """
def burn():
    walls.put_up_limits(2**30, 0)
    while True: pass
def stubborn():
    signal.signal(signal.SIGXCPU, signal.SIG_IGN)
    burn()
def write():
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    held = os.open(sys.argv[1], os.O_CREAT | os.O_WRONLY)
    walls.put_up_limits(2**30, 60)
    os.write(held, b"x")
print(json.dumps([in_child(burn), in_child(stubborn), in_child(write)]))
""",
        tmp_path / "file",
    )
    import signal

    assert answers == [-signal.SIGXCPU, -signal.SIGKILL, -signal.SIGXFSZ]


def test_only_one_descriptor_stays(behind):
    answers = behind("""
kept, others = os.pipe()[1], [os.open("/etc/passwd", os.O_RDONLY) for _ in range(50)]
def opened():
    found = []
    for number in range(2000):
        try: os.fstat(number)
        except OSError: continue
        found.append(number)
    return found
before = opened()
place = walls.close_descriptors(kept)
print(json.dumps([len(before) > 50, place, opened()]))
""")
    assert answers == [True, 3, [0, 1, 2, 3]]


def test_a_child_dies_with_its_parent(behind):
    """The write end of a pipe is held by the orphan alone: when it dies, and only then, the reader sees the end."""
    answers = behind("""
reader, writer = os.pipe()
middle = os.fork()
if not middle:
    parent = os.getpid()
    if not os.fork():
        walls.die_with_parent(parent)
        os.write(writer, b"r")
        signal.pause()
    signal.pause()
os.close(writer)
ready = os.read(reader, 1)
os.kill(middle, signal.SIGKILL)
os.wait()
print(json.dumps([ready.decode(), os.read(reader, 1).decode()]))
""")
    assert answers == ["r", ""]
