"""One child as we see it: messages there and back, within its limits, until it is closed. Decodes JSON and nothing more."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import struct
import threading
import time
from collections.abc import Callable
from typing import Self

from intaglio.sandbox.interface import (
    ChildDied,
    ChildFailed,
    ChildFlooded,
    ChildTimedOut,
    Limits,
    WallsDown,
)
from intaglio.sandbox.message import HEADER_BYTES, NoMessage, pack, printable, unpack

_WALLS_SECONDS = 10.0
_READY, _WALL_MISSING, _MESSAGE, _FAILURE = b"R", b"W", b"M", b"E"
_OUT_OF_MEMORY = 77
_LAST_WORDS = 8192

End = Callable[[bool], int | None]
"""Kills the process and gives the wait status with which it had ended by itself, None if it had not; it is told whether
the process closed its end."""


class LinuxChild:
    """See `Child`. One thread talks; any thread may close."""

    def __init__(self, connection: socket.socket, end: End, limits: Limits) -> None:
        self._connection = connection
        self._end_process = end
        self._limits = limits
        self._left = limits.output_bytes
        self._deadline = time.monotonic() + limits.wall_seconds
        self._buffer = bytearray()
        self._lock = threading.Lock()
        self._over = False
        connection.setblocking(False)

    def wait_for_walls(self) -> None:
        """Return when the child says that every wall is up. Raises WallsDown."""
        try:
            byte = self._take(1, time.monotonic() + _WALLS_SECONDS)
        except ChildFailed as error:
            raise WallsDown(f"a child did not say that all of its walls are up; nothing was run ({error})") from error
        if byte == _READY:
            return
        words = printable(self._drained()) if byte == _WALL_MISSING else "it said something else"
        self.close()
        raise WallsDown(f"a child did not say that all of its walls are up; nothing was run ({words})")

    def send(self, message: object) -> None:
        """Send a JSON-compatible value. Raises ChildFailed."""
        try:
            view = memoryview(pack(message))
        except NoMessage as error:
            self.close()
            raise ChildFailed(str(error)) from error
        while view:
            self._wait(select.POLLOUT, self._deadline)
            try:
                view = view[self._connection.send(view) :]
            except BlockingIOError:
                continue
            except OSError as error:
                raise self._died() from error

    def receive(self, timeout: float) -> object:
        """The next message. Raises ChildFailed."""
        deadline = min(time.monotonic() + timeout, self._deadline)
        size = struct.unpack(">I", self._take(HEADER_BYTES, deadline))[0]
        self._left -= HEADER_BYTES + size
        if self._left < 0:
            self.close()
            raise ChildFlooded(f"it wrote more than the {self._limits.output_bytes:,} bytes allowed, and was ended")
        frame = self._take(size, deadline)
        kind, data = frame[:1], frame[1:]
        if kind == _FAILURE:
            self.close()
            raise ChildDied(printable(data))
        try:
            return unpack(data if kind == _MESSAGE else b"")
        except NoMessage as error:
            self.close()
            raise ChildDied(f"it answered with something that is no message: {error}") from error

    def close(self) -> None:
        """End the child, at once. A `receive` that waits in another thread raises ChildFailed."""
        self._end(by_itself=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _end(self, *, by_itself: bool) -> int | None:
        with self._lock:
            if self._over:
                return None
            self._over = True
        with contextlib.suppress(OSError):  # the other end may be gone
            self._connection.shutdown(socket.SHUT_RDWR)
        status = self._end_process(by_itself)
        self._connection.close()
        return status

    def _take(self, size: int, deadline: float) -> bytes:
        while len(self._buffer) < size:
            self._wait(select.POLLIN, deadline)
            try:
                data = self._connection.recv(1 << 18)
            except BlockingIOError:
                continue
            except OSError as error:
                raise self._died() from error
            if not data:
                raise self._died()
            self._buffer += data
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    def _wait(self, event: int, deadline: float) -> None:
        """Until the connection is ready, or has ended. Raises ChildTimedOut, ChildDied."""
        left = deadline - time.monotonic()
        poll = select.poll()
        try:
            poll.register(self._connection, event)
            ready = left > 0 and poll.poll(left * 1000)
        except (OSError, ValueError) as error:
            raise self._died() from error
        if not ready:
            self.close()
            raise ChildTimedOut("it did not answer in time, and was ended")

    def _drained(self) -> bytes:
        """What it has written and we have not read, a little of it at most."""
        with contextlib.suppress(OSError):
            while len(self._buffer) < _LAST_WORDS and (data := self._connection.recv(_LAST_WORDS)):
                self._buffer += data
        return bytes(self._buffer)

    def _died(self) -> ChildFailed:
        """How it ended: by its own last words if it has left some, else by its wait status."""
        rest = self._drained()
        while len(rest) > HEADER_BYTES:
            size = struct.unpack(">I", rest[:HEADER_BYTES])[0]
            frame, rest = rest[HEADER_BYTES : HEADER_BYTES + size], rest[HEADER_BYTES + size :]
            if frame[:1] == _FAILURE and len(frame) == size:
                self.close()
                return ChildDied(printable(frame[1:]))
        if self._over:
            return ChildFailed("it was closed")
        return ChildDied(_how(self._end(by_itself=True), self._limits))


def _how(status: int | None, limits: Limits) -> str:
    if status is None:
        return "it stopped answering, and was ended"
    code = os.waitstatus_to_exitcode(status)
    memory = f"{limits.memory_bytes >> 20} MiB"
    if code == _OUT_OF_MEMORY:
        return f"it used more memory than the {memory} allowed"
    if code >= 0:
        return f"it ended by itself (exit code {code})"
    reasons: dict[int, str] = {
        signal.SIGXCPU: "it used more CPU time than allowed",
        signal.SIGSEGV: f"it crashed the interpreter (its stack overflowed, or it ran into the {memory} of memory allowed)",
        signal.SIGBUS: "it crashed the interpreter",
        signal.SIGSYS: "it made a forbidden system call",
        signal.SIGKILL: "the system killed it (its time was over, or memory ran out)",
        signal.SIGABRT: f"the interpreter aborted (probably it ran into the {memory} of memory allowed)",
    }
    return reasons.get(-code, f"it was ended by signal {-code}")
