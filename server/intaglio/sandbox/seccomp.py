"""The first wall: a filter over system calls, for good. An allow-list for each machine; an unknown machine is refused.

What is allowed is what a running interpreter needs, and nothing that opens, starts, connects, signals or maps code.
Calls that are not listed fail with EPERM, which Python raises as PermissionError; those of a foreign architecture kill.
"""

from __future__ import annotations

import ctypes
import os
import struct

from intaglio.sandbox.walls import LIBC, WallError, forbid_new_privileges, last_error

PR_SET_SECCOMP = 22
SECCOMP_MODE_FILTER = 2


class Machine:
    """System-call numbers of one machine type (from the kernel's asm/unistd tables)."""

    def __init__(self, audit_architecture: int, mmap: int, mprotect: int, allowed: dict[str, int]) -> None:
        self.audit_architecture = audit_architecture
        self.mmap = mmap
        self.mprotect = mprotect
        self.allowed = allowed


MACHINES = {
    "x86_64": Machine(
        0xC000003E, 9, 10,
        {
            "read": 0, "write": 1, "close": 3, "fstat": 5, "poll": 7, "lseek": 8, "munmap": 11, "brk": 12, "rt_sigaction": 13,
            "rt_sigprocmask": 14, "rt_sigreturn": 15, "sched_yield": 24, "mremap": 25, "madvise": 28, "nanosleep": 35,
            "getpid": 39, "exit": 60, "getcwd": 79, "gettimeofday": 96, "getrusage": 98, "sigaltstack": 131, "gettid": 186,
            "futex": 202, "restart_syscall": 219, "clock_gettime": 228, "clock_getres": 229, "clock_nanosleep": 230,
            "exit_group": 231, "getrandom": 318, "rseq": 334,
        },
    ),
    "aarch64": Machine(
        0xC00000B7, 222, 226,
        {
            "getcwd": 17, "close": 57, "lseek": 62, "read": 63, "write": 64, "ppoll": 73, "fstat": 80, "exit": 93,
            "exit_group": 94, "futex": 98, "nanosleep": 101, "clock_gettime": 113, "clock_getres": 114, "clock_nanosleep": 115,
            "sched_yield": 124, "restart_syscall": 128, "sigaltstack": 132, "rt_sigaction": 134, "rt_sigprocmask": 135,
            "rt_sigreturn": 139, "getrusage": 165, "gettimeofday": 169, "getpid": 172, "gettid": 178, "brk": 214, "munmap": 215,
            "mremap": 216, "madvise": 233, "getrandom": 278, "rseq": 293,
        },
    ),
}  # fmt: skip

_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_SET, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
"""Classic BPF: load a word of the call's description; compare; jump by so many steps; answer (linux/filter.h)."""
_NUMBER, _ARCHITECTURE, _THIRD_ARGUMENT = 0, 4, 32
"""Offsets in `struct seccomp_data`; of an argument its low half, as both machines are little-endian."""
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050001, 0x80000000
"""seccomp's answers: go on; fail with EPERM; kill the process."""
_X32_BIT = 0x40000000
_PROT_EXEC = 4


def seccomp_program(machine: str) -> bytes:
    """The filter: an allow-list; `mmap` and `mprotect` without PROT_EXEC; EPERM for all else; another architecture is
    killed. Raises WallError for a machine without a table.
    """
    if machine not in MACHINES:
        raise WallError(f"seccomp: no table of system calls for {machine}; there is one for {' and '.join(MACHINES)}")
    table = MACHINES[machine]

    def step(code: int, when_true: int, when_false: int, value: int) -> bytes:
        return struct.pack("HBBI", code, when_true, when_false, value)

    steps = [
        step(_LOAD, 0, 0, _ARCHITECTURE),
        step(_JUMP_EQUAL, 1, 0, table.audit_architecture),
        step(_RETURN, 0, 0, _KILL),
        step(_LOAD, 0, 0, _NUMBER),
    ]
    if machine == "x86_64":
        steps += [step(_JUMP_AT_LEAST, 0, 1, _X32_BIT), step(_RETURN, 0, 0, _KILL)]
    for number in (table.mmap, table.mprotect):
        steps += [
            step(_JUMP_EQUAL, 0, 4, number),
            step(_LOAD, 0, 0, _THIRD_ARGUMENT),
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
    """Refuse every system call that is not on the list, for good. The machine is the kernel's own word for it."""
    program = seccomp_program(machine or os.uname().machine)
    forbid_new_privileges()
    if LIBC.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(_Program(len(program) // 8, program)), 0, 0):
        raise WallError(f"seccomp: the kernel refused the filter ({last_error()})")
