"""The third wall, where the system allows it: namespaces of our own, without network, neighbours or files.

Often forbidden (in containers, to unprivileged users of some distributions), so it is never relied on.
"""

from __future__ import annotations

import os

from intaglio.sandbox.walls import LIBC, NOBODY, last_error

_NEW_MOUNTS, _NEW_UTS, _NEW_IPC, _NEW_USER, _NEW_PID, _NEW_NET = (
    0x00020000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000,
)  # fmt: skip
_ALL_BUT_USER = _NEW_MOUNTS | _NEW_UTS | _NEW_IPC | _NEW_PID | _NEW_NET
_READ_ONLY, _NO_SET_USER, _NO_DEVICES, _NO_EXEC, _RECURSIVE, _PRIVATE = 1, 2, 4, 8, 0x4000, 0x40000
_FOLDER = os.path.dirname(os.path.abspath(__file__)).encode()  # noqa: PTH100, PTH120 - without pathlib in a zygote


def enter_namespaces() -> str:
    """Enter network, ipc, uts, mount and pid namespaces; what was refused, "" when nothing was.

    Root does it as root; everyone else (and root without the right to) within a user namespace in which they are
    nobody. The next process that is forked is the first of the pid namespace.
    """
    if os.geteuid() == 0 and not LIBC.unshare(_ALL_BUT_USER):
        return ""
    user, group = os.geteuid(), os.getegid()
    if LIBC.unshare(_ALL_BUT_USER | _NEW_USER):
        return last_error()
    maps = (("setgroups", "deny"), ("uid_map", f"{NOBODY} {user} 1"), ("gid_map", f"{NOBODY} {group} 1"))
    for name, text in maps:
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:  # noqa: PTH123 - without pathlib in a zygote
            file.write(text)
    return ""


def empty_root() -> str:
    """Make an empty, read-only folder the root of all that this process sees; what was refused, "" when nothing was.

    It is a new file system that only this mount namespace has, laid over the folder of this file: any folder serves.
    """
    flags = _READ_ONLY | _NO_SET_USER | _NO_DEVICES | _NO_EXEC
    if LIBC.mount(b"none", b"/", None, _RECURSIVE | _PRIVATE, None):
        return last_error()
    if LIBC.mount(b"intaglio", _FOLDER, b"tmpfs", flags, b"size=4k,mode=555"):
        return last_error()
    try:
        os.chroot(_FOLDER)
        os.chdir("/")
    except OSError as error:
        return error.strerror or "refused"
    return ""
