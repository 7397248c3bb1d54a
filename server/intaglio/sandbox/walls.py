"""The walls of a Linux child: seccomp, landlock, namespaces, resource limits. Standard library only.

Loaded by path into zygotes. Each function puts up one wall in the calling process or raises WallError.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import signal
import struct

LIBC = ctypes.CDLL(None, use_errno=True)

PR_SET_PDEATHSIG = 1
PR_SET_SECCOMP = 22
PR_SET_NO_NEW_PRIVS = 38
SECCOMP_MODE_FILTER = 2
NOBODY = 65534


class WallError(OSError):
    """A wall that could not be put up; the message names it."""


class Machine:
    """System-call numbers of one machine type (from the kernel's asm/unistd tables)."""

    def __init__(self, audit_architecture: int, mmap: int, mprotect: int, allowed: dict[str, int]) -> None:
        self.audit_architecture = audit_architecture
        self.mmap = mmap
        self.mprotect = mprotect
        self.allowed = allowed


# What a running interpreter needs, and nothing that opens, starts, connects, signals or maps code.
MACHINES = {
    "x86_64": Machine(
        0xC000003E, 9, 10,
        {
            "read": 0, "write": 1, "close": 3, "fstat": 5, "poll": 7, "lseek": 8, "munmap": 11, "brk": 12, "rt_sigaction": 13,
            "rt_sigprocmask": 14, "rt_sigreturn": 15, "sched_yield": 24, "mremap": 25, "madvise": 28, "nanosleep": 35,
            "getpid": 39, "getcwd": 79, "exit": 60, "gettimeofday": 96, "getrusage": 98, "sigaltstack": 131, "gettid": 186, "futex": 202,
            "clock_gettime": 228, "clock_getres": 229, "clock_nanosleep": 230, "exit_group": 231, "getrandom": 318, "rseq": 334,
        },
    ),
    "aarch64": Machine(
        0xC00000B7, 222, 226,
        {
            "read": 63, "write": 64, "close": 57, "fstat": 80, "ppoll": 73, "lseek": 62, "munmap": 215, "brk": 214,
            "rt_sigaction": 134, "rt_sigprocmask": 135, "rt_sigreturn": 139, "sched_yield": 124, "mremap": 216, "madvise": 233,
            "nanosleep": 101, "getpid": 172, "getcwd": 17, "exit": 93, "gettimeofday": 169, "getrusage": 165, "sigaltstack": 132,
            "gettid": 178, "futex": 98, "clock_gettime": 113, "clock_getres": 114, "clock_nanosleep": 115, "exit_group": 94,
            "getrandom": 278, "rseq": 293,
        },
    ),
}  # fmt: skip

_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_SET, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050001, 0x80000000
"""seccomp's answers: go on; fail with EPERM; kill the process."""
_X32_BIT = 0x40000000
_PROT_EXEC = 4


def seccomp_program(machine: str) -> bytes:
    """The filter: an allow-list; `mmap` and `mprotect` without PROT_EXEC; EPERM for all else; another architecture is
    killed. Raises WallError for a machine without a table.
    """
    if machine not in MACHINES:
        raise WallError(f"seccomp: no table of system calls for {machine}")
    table = MACHINES[machine]

    def step(code: int, when_true: int, when_false: int, value: int) -> bytes:
        return struct.pack("HBBI", code, when_true, when_false, value)

    steps = [
        step(_LOAD, 0, 0, 4),
        step(_JUMP_EQUAL, 1, 0, table.audit_architecture),
        step(_RETURN, 0, 0, _KILL),
        step(_LOAD, 0, 0, 0),
    ]
    if machine == "x86_64":
        steps += [step(_JUMP_AT_LEAST, 0, 1, _X32_BIT), step(_RETURN, 0, 0, _KILL)]
    for number in (table.mmap, table.mprotect):
        steps += [
            step(_JUMP_EQUAL, 0, 4, number),
            step(_LOAD, 0, 0, 32),
            step(_JUMP_SET, 0, 1, _PROT_EXEC),
            step(_RETURN, 0, 0, _REFUSE),
            step(_RETURN, 0, 0, _ALLOW),
        ]
    for number in table.allowed.values():
        steps += [step(_JUMP_EQUAL, 0, 1, number), step(_RETURN, 0, 0, _ALLOW)]
    steps.append(step(_RETURN, 0, 0, _REFUSE))
    return b"".join(steps)


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_char_p)]


def put_up_seccomp(machine: str | None = None) -> None:
    """Refuse every system call that is not on the list, for good."""
    program = seccomp_program(machine or platform.machine())
    forbid_new_privileges()
    if LIBC.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(_Program(len(program) // 8, program)), 0, 0):
        raise WallError(f"seccomp: the kernel refused the filter ({os.strerror(ctypes.get_errno())})")


def forbid_new_privileges() -> None:
    """No exec of a set-user-id program gains anything; seccomp and landlock ask for it."""
    if LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise WallError("no_new_privs: the kernel refused it")


# Rights that each landlock version knows: files (1-5), TCP (4), abstract sockets and signals (6).
_FILE_RIGHTS = (0x1FFF, 0x3FFF, 0x7FFF, 0x7FFF, 0xFFFF)
_CREATE_RULESET, _RESTRICT_SELF = 444, 446


def landlock_version() -> int:
    """The kernel's landlock ABI, 0 where it has none."""
    return max(0, int(LIBC.syscall(_CREATE_RULESET, None, 0, 1)))


def put_up_landlock() -> int:
    """Refuse every file, TCP port and outside process that landlock knows of. Returns the ABI; 0: the kernel has none."""
    version = landlock_version()
    if version < 1:
        return 0
    size = 8 if version < 4 else 16 if version < 6 else 24
    attributes = struct.pack("QQQ", _FILE_RIGHTS[min(version, 5) - 1], 3, 3)[:size]
    ruleset = LIBC.syscall(_CREATE_RULESET, attributes, size, 0)
    if ruleset < 0:
        raise WallError("landlock: the kernel refused the rules")
    forbid_new_privileges()
    if LIBC.syscall(_RESTRICT_SELF, ruleset, 0):
        raise WallError("landlock: the kernel refused to restrict this process")
    os.close(ruleset)
    return version


_NEW_MOUNTS, _NEW_UTS, _NEW_IPC, _NEW_USER, _NEW_PID, _NEW_NET = (
    0x00020000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000,
)  # fmt: skip


def enter_namespaces() -> bool:
    """User, net, ipc, uts, mount and pid namespaces of our own; False where the system forbids it (many containers do)."""
    user, group = os.getuid(), os.getgid()
    if LIBC.unshare(_NEW_USER | _NEW_NET | _NEW_IPC | _NEW_UTS | _NEW_MOUNTS | _NEW_PID):
        return False
    maps = (("setgroups", "deny"), ("uid_map", f"{NOBODY} {user} 1"), ("gid_map", f"{NOBODY} {group} 1"))
    for name, text in maps:
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:  # noqa: PTH123 - without pathlib in a zygote
            file.write(text)
    return True


def drop_root() -> None:
    """Become nobody when we are root outside a user namespace."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)


def die_with_parent() -> None:
    """Be killed when the process that forked us ends. Credentials that change later clear it: call it after them."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def put_up_limits(memory_bytes: int, seconds: float) -> None:
    """Bounds on memory and CPU time; no files, no processes, no core."""
    limits = (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, int(seconds) + 1),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_CORE, 0),
    )
    for which, value in limits:
        resource.setrlimit(which, (value, value))
