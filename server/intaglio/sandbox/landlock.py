"""The second wall, where the kernel has it: landlock refuses files, TCP, abstract sockets and signals to the outside."""

from __future__ import annotations

import os
import struct

from intaglio.sandbox.walls import LIBC, WallError, forbid_new_privileges, last_error

# Rights that each landlock version knows (linux/landlock.h): files (1-5), TCP (4), abstract sockets and signals (6).
_FILE_RIGHTS = (0x1FFF, 0x3FFF, 0x7FFF, 0x7FFF, 0xFFFF)
_TCP_RIGHTS, _SCOPES = 3, 3
_CREATE_RULESET, _RESTRICT_SELF = 444, 446
"""The same numbers on every machine."""
_ASK_VERSION = 1


def landlock_version() -> int:
    """The kernel's landlock ABI, 0 where it has none."""
    return max(0, int(LIBC.syscall(_CREATE_RULESET, None, 0, _ASK_VERSION)))


def put_up_landlock() -> int:
    """Refuse every file, TCP port and outside process that landlock knows of. Returns the ABI; 0: the kernel has none."""
    version = landlock_version()
    if version < 1:
        return 0
    size = 8 if version < 4 else 16 if version < 6 else 24
    attributes = struct.pack("QQQ", _FILE_RIGHTS[min(version, 5) - 1], _TCP_RIGHTS, _SCOPES)[:size]
    ruleset = LIBC.syscall(_CREATE_RULESET, attributes, size, 0)
    if ruleset < 0:
        raise WallError(f"landlock: the kernel refused the rules ({last_error()})")
    forbid_new_privileges()
    if LIBC.syscall(_RESTRICT_SELF, ruleset, 0):
        raise WallError(f"landlock: the kernel refused to restrict this process ({last_error()})")
    os.close(ruleset)
    return version
