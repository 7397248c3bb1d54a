"""The walls of a Linux child that are not filters: resource limits, descriptors, privileges. Standard library only.

Loaded by path into zygotes. Each function puts up one wall in the calling process or raises WallError. The system-call
filter stands in seccomp.py, the file rules in landlock.py, the separate views of the system in namespaces.py.
"""

from __future__ import annotations

import ctypes
import math
import os
import resource
import signal
from typing import NoReturn

LIBC = ctypes.CDLL(None, use_errno=True)

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_NO_NEW_PRIVS = 38
NOBODY = 65534
MOST_DESCRIPTORS = 1024
_CAPABILITY_VERSION = 0x20080522
"""Version 3 of the kernel's capability sets: two words for each of effective, permitted, inheritable."""
_STACK_BYTES = 8 * 2**20


class WallError(OSError):
    """A wall that could not be put up; the message names it."""


def last_error() -> str:
    """What the kernel said of the last call into the C library."""
    return os.strerror(ctypes.get_errno())


def close_descriptors(kept: int) -> int:
    """Leave one open descriptor, moved to 3, besides 0, 1 and 2, which are /dev/null since the zygote was started."""
    place = 3
    if kept != place:
        os.dup2(kept, place)
    os.closerange(place + 1, MOST_DESCRIPTORS)
    return place


def bound_descriptors() -> None:
    """Let no descriptor be opened beyond those that `close_descriptors` closes. One that came in above stays open."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    bound = MOST_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(MOST_DESCRIPTORS, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (bound, bound))


def forbid_new_privileges() -> None:
    """No exec of a set-user-id program gains anything; seccomp and landlock ask for it."""
    if LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise WallError(f"no_new_privs: the kernel refused it ({last_error()})")


def drop_privileges() -> str:
    """Become nobody when we are root, give up every capability, and be no target of ptrace. Says what came of it.

    Where the system does not let root become another user (a container without CAP_SETUID), the user stays and it says so.
    """
    state = "none"
    if os.geteuid() == 0:
        try:
            os.setgroups([])
            os.setresgid(NOBODY, NOBODY, NOBODY)
            os.setresuid(NOBODY, NOBODY, NOBODY)
        except OSError as error:
            state = f"root without capabilities ({error.strerror})"
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
    nothing = (ctypes.c_uint32 * 6)()
    if LIBC.capset(ctypes.byref(header), ctypes.byref(nothing)):
        raise WallError(f"privileges: the kernel kept the capabilities ({last_error()})")
    if LIBC.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0):
        raise WallError(f"privileges: the process stays open to ptrace ({last_error()})")
    forbid_new_privileges()
    return state


def die_with_parent(parent: int) -> None:
    """Be killed when the thread that forked us ends. A change of credentials clears it: call it after that.

    `parent` is our parent's process id: when it is gone already, so are we.
    """
    if LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0):
        raise WallError(f"parent's death: the kernel refused to tell it ({last_error()})")
    if os.getppid() != parent:
        os._exit(1)


def put_up_limits(memory_bytes: int, seconds: float) -> None:
    """Bounds on memory, stack and CPU time; no files, no processes, no core. SIGXCPU comes a second before SIGKILL."""
    cpu = math.ceil(min(max(seconds, 0.0), 86_400.0)) + 1
    limits = (
        (resource.RLIMIT_AS, memory_bytes, memory_bytes),
        (resource.RLIMIT_STACK, _STACK_BYTES, _STACK_BYTES),
        (resource.RLIMIT_CPU, cpu, cpu + 1),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_NOFILE, 0, 0),
        (resource.RLIMIT_NPROC, 0, 0),
        (resource.RLIMIT_CORE, 0, 0),
    )
    for which, soft, hard in limits:
        there = resource.getrlimit(which)[1]
        most = hard if there == resource.RLIM_INFINITY else min(hard, there)
        try:
            resource.setrlimit(which, (min(soft, most), most))
        except (ValueError, OSError) as error:
            raise WallError(f"resource limits: {which} was refused ({error})") from error


HIDDEN_MODULES = (
    "ctypes", "ctypes._endian", "_ctypes", "resource", "select", "selectors", "socket", "_socket", "ssl", "_ssl", "http.client",
    "urllib.request", "urllib.error", "urllib.response",
)  # fmt: skip
"""Modules that a zygote needs and that no child should find by importing them. A courtesy, not a wall."""


class OnlyLoaded:
    """An importer that finds nothing: there are no files behind the walls. What is loaded already is found before it."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> NoReturn:  # noqa: ARG002 - importlib's protocol
        """Refuse by name; the import system calls this for each module that is not loaded."""
        raise ModuleNotFoundError(
            f"there is no module {name!r} in the sandbox: only those loaded beforehand", name=name
        )
