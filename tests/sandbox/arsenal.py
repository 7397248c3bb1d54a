"""What attackers bring along: loaded into a zygote before its walls close, so that the walls are tried, not the imports.

A body has none of this at hand. `syscall` makes any system call; `NUMBERS` are those of this machine.
"""

import ctypes
import fcntl
import mmap
import multiprocessing
import os
import platform
import resource
import select
import signal
import socket
import struct
import subprocess
import sys
import threading

LIBC = ctypes.CDLL(None, use_errno=True)
_BY_MACHINE = {
    "x86_64": {
        "open": 2, "openat": 257, "openat2": 437, "memfd_create": 319, "process_vm_readv": 310, "io_uring_setup": 425,
        "pidfd_open": 434, "clone": 56, "add_key": 248, "bpf": 321, "perf_event_open": 298, "userfaultfd": 323,
        "inotify_init1": 294, "seccomp": 317, "personality": 135,
    },
    "aarch64": {
        "open": -1, "openat": 56, "openat2": 437, "memfd_create": 279, "process_vm_readv": 270, "io_uring_setup": 425,
        "pidfd_open": 434, "clone": 220, "add_key": 217, "bpf": 280, "perf_event_open": 241, "userfaultfd": 282,
        "inotify_init1": 26, "seccomp": 277, "personality": 92,
    },
}  # fmt: skip
NUMBERS = _BY_MACHINE[platform.machine()]
PROMISED = (
    ctypes,
    fcntl,
    mmap,
    multiprocessing,
    os,
    resource,
    select,
    signal,
    socket,
    struct,
    subprocess,
    sys,
    threading,
)


def syscall(name, *arguments):
    """The result of a system call, negative for refused."""
    return LIBC.syscall(ctypes.c_long(NUMBERS[name]), *arguments)


def read_by_system_calls(path):
    """A file's bytes through every call that opens, without Python's own."""
    how = struct.pack("QQQ", 0, 0, 0)
    ways = [("openat", -100, path.encode(), 0), ("openat2", -100, path.encode(), how, len(how))]
    if NUMBERS["open"] > 0:
        ways.append(("open", path.encode(), 0))
    for name, *arguments in ways:
        descriptor = syscall(name, *arguments)
        if descriptor >= 0:
            return os.read(descriptor, 1000).decode()
    return "refused"
