"""What a child does: closes everything, puts up every wall, says so, and only then reads and executes its program.

Loaded by path into zygotes; standard library only. What it sends is framed as `size` (four bytes, big-endian), a kind, JSON.
"""

from __future__ import annotations

import builtins
import io
import json
import os
import struct
import sys
import traceback
import types
from importlib.machinery import BuiltinImporter
from typing import Any

from intaglio.sandbox import landlock, seccomp, walls

READY, WALL_MISSING = b"R", b"W"
"""The first byte: every wall is up; or one is not, and what follows says which."""
MESSAGE, FAILURE = b"M", b"E"
"""Kinds of frames: what the program sends; what ended it, in words."""
OUT_OF_MEMORY = 77
"""The exit status of a child that ran out of memory and could not even say so."""
RECURSION_LIMIT = 1000
PROGRAM_MODULE = "__sandbox__"


def enclose(memory_bytes: int, seconds: float, parent: int) -> None:
    """Every wall, in order; descriptors are closed already. Raises WallError (OSError) for one that does not stand."""
    landlock.put_up_landlock()
    walls.die_with_parent(parent)
    walls.put_up_limits(memory_bytes, seconds)
    _furnish()
    seccomp.put_up_seccomp()


def be_child(descriptor: int, wire: types.ModuleType, memory_bytes: int, seconds: float, parent: int) -> None:
    """Live a child's whole life, talking through a connected socket. Never returns."""
    kept = walls.close_descriptors(descriptor)
    try:
        enclose(memory_bytes, seconds, parent)
    except BaseException as error:  # noqa: BLE001 - whatever failed: a wall is missing, and nothing may run
        os.write(kept, WALL_MISSING + str(error).encode("utf-8", "replace")[:500])
        os._exit(1)
    os.write(kept, READY)
    channel = Channel(kept)
    out_of_memory = _frame(FAILURE, f"it used more memory than the {memory_bytes >> 20} MiB allowed".encode())
    try:
        program = channel.receive()
        module = types.ModuleType(PROGRAM_MODULE)
        module.__dict__.update(__builtins__=builtins, channel=channel, wire=wire)
        sys.modules[PROGRAM_MODULE] = module
        exec(compile(program, "<sandbox>", "exec", dont_inherit=True), module.__dict__)  # noqa: S102 - what this process is for
    except MemoryError:
        try:
            os.write(kept, out_of_memory)
        except MemoryError:
            os._exit(OUT_OF_MEMORY)
    except BaseException:  # noqa: BLE001 - whatever ended the program is told to the parent
        channel.write(_frame(FAILURE, traceback.format_exc()[-4000:].encode("utf-8", "replace")))
    os._exit(0)


class Channel:
    """The child's end of the conversation."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def send(self, value: object) -> None:
        """Send one JSON-compatible value."""
        self.write(_frame(MESSAGE, json.dumps(value, separators=(",", ":")).encode()))

    def receive(self) -> Any:
        """The next value; the process ends when there will be none."""
        size = struct.unpack(">I", self._exactly(4))[0]
        return json.loads(self._exactly(size))

    def write(self, data: bytes) -> None:
        """Write all of it."""
        view = memoryview(data)
        while view:
            view = view[os.write(self._descriptor, view) :]

    def _exactly(self, size: int) -> bytes:
        parts = []
        while size:
            part = os.read(self._descriptor, min(size, 1 << 20))
            if not part:
                os._exit(0)
            parts.append(part)
            size -= len(part)
        return b"".join(parts)


class Silence(io.TextIOBase):
    """A standard stream that keeps nothing."""

    encoding = "utf-8"
    errors = "replace"

    def write(self, text: str) -> int:
        """Take a text and forget it."""
        return len(text)

    def writable(self) -> bool:
        """Yes, to no effect."""
        return True


def _furnish() -> None:
    """The interpreter as a program finds it: silent streams, no command line, no files to import from."""
    sys.stdin = None
    for name in ("stdout", "stderr", "__stdout__", "__stderr__"):
        setattr(sys, name, Silence())
    sys.argv, sys.orig_argv, sys.path = [""], [], []
    sys.meta_path[:] = [BuiltinImporter, walls.OnlyLoaded()]
    sys.path_importer_cache.clear()
    for name in walls.HIDDEN_MODULES:
        sys.modules.pop(name, None)
    sys.modules["__main__"] = types.ModuleType("__main__")
    sys.setrecursionlimit(RECURSION_LIMIT)


def _frame(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data) + 1) + kind + data
