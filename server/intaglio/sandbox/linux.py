"""The Linux sandbox, seen from outside: zygotes, and the ends of their children's channels. Decodes JSON and nothing more."""

from __future__ import annotations

import contextlib
import importlib.util
import itertools
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

from intaglio.sandbox.interface import (
    Child,
    ChildDied,
    ChildFailed,
    ChildFlooded,
    ChildTimedOut,
    Limits,
    Preload,
    Role,
    SandboxUnavailable,
    WallsDown,
)

_ZYGOTE = Path(__file__).with_name("zygote.py")
_START_SECONDS = 30.0
_VARIANTS = (
    {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C.UTF-8"},
    {"PYTHONHASHSEED": "1", "TZ": "Asia/Kolkata", "LC_ALL": "C"},
    {"PYTHONHASHSEED": "2", "TZ": "America/St_Johns", "LC_ALL": "POSIX"},
)
_identifiers = itertools.count(1)


class LinuxSandbox:
    """Zygotes by role and variant, each started when it is first needed, and started once again if it dies."""

    def __init__(self, preload: Preload | None = None) -> None:
        self._preload = preload or {}
        self._zygotes: dict[tuple[Role, int], _Zygote] = {}
        self._lock = threading.Lock()
        self._closed = False

    @property
    def walls(self) -> tuple[tuple[str, str], ...]:
        """Each wall with its state. Raises SandboxUnavailable."""
        return tuple(self._zygote(Role.RUN, 0).walls.items())

    def start(self, role: Role, program: str, *, variant: int = 0, limits: Limits | None = None) -> Child:
        """See `Sandbox.start`."""
        limits = limits or Limits()
        zygote = self._zygote(role, variant)
        try:
            child = zygote.start(limits)
        except OSError:
            with self._lock:
                if self._zygotes.get((role, variant)) is zygote:
                    del self._zygotes[role, variant]
            zygote.close()
            child = self._zygote(role, variant).start(limits)
        try:
            child.wait_for_walls()
            child.send(program)
        except ChildFailed:
            child.close()
            raise
        return child

    def close(self) -> None:
        """End all zygotes and children."""
        with self._lock:
            self._closed = True
            zygotes, self._zygotes = list(self._zygotes.values()), {}
        for zygote in zygotes:
            zygote.close()

    def _zygote(self, role: Role, variant: int) -> _Zygote:
        with self._lock:
            if self._closed:
                raise SandboxUnavailable("the sandbox has been closed")
            if (role, variant) not in self._zygotes:
                self._zygotes[role, variant] = _Zygote(role, variant, self._preload.get(role, ()))
            return self._zygotes[role, variant]


class _Zygote:
    """One warm interpreter and the socket over which it is asked to fork."""

    def __init__(self, role: Role, variant: int, preload: Sequence[tuple[str, Path]]) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control = ours
        self._lock = threading.Lock()
        configuration = json.dumps({"paths": _paths(role), "preload": [[name, str(path)] for name, path in preload]})
        command = [sys.executable, "-P", "-s", "-S", "-B", str(_ZYGOTE), str(theirs.fileno()), configuration]
        environment = dict(_VARIANTS[variant])
        try:
            self._process = subprocess.Popen(
                command, cwd="/", env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, pass_fds=(theirs.fileno(),), start_new_session=True,
            )  # fmt: skip
        finally:
            theirs.close()
        self._control.settimeout(_START_SECONDS)
        try:
            answer = self._receive()
        except OSError as error:
            self.close()
            raise SandboxUnavailable(_unavailable(f"the zygote did not start: {error}")) from error
        if "refused" in answer:
            self.close()
            raise SandboxUnavailable(_unavailable(answer["refused"]))
        self.walls: dict[str, str] = answer["walls"]

    def start(self, limits: Limits) -> _LinuxChild:
        """Have a child forked; OSError when the zygote is gone."""
        identifier = next(_identifiers)
        ours, theirs = socket.socketpair()
        request = {"do": "start", "id": identifier, "memory": limits.memory_bytes, "seconds": limits.wall_seconds}
        try:
            with self._lock:
                socket.send_fds(self._control, [json.dumps(request).encode()], [theirs.fileno()])
                self._receive()
        except OSError:
            ours.close()
            raise
        finally:
            theirs.close()
        return _LinuxChild(self, identifier, ours, limits)

    def end(self, identifier: int) -> int | None:
        """Kill a child. The wait status with which it had ended by itself, None if it had not, or is unknown."""
        try:
            with self._lock:
                self._control.sendall(json.dumps({"do": "end", "id": identifier}).encode())
                status: int | None = self._receive()["status"]
                return status
        except OSError:
            return None

    def close(self) -> None:
        """End the zygote; its children die with it."""
        self._control.close()
        try:
            self._process.wait(1)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _receive(self) -> dict[str, Any]:
        data = self._control.recv(65536)
        if not data:
            raise ConnectionResetError("the zygote has ended")
        answer: dict[str, Any] = json.loads(data)
        return answer


class _LinuxChild:
    """See `Child`."""

    def __init__(self, zygote: _Zygote, identifier: int, connection: socket.socket, limits: Limits) -> None:
        self._zygote = zygote
        self._identifier = identifier
        self._connection = connection
        self._left = limits.output_bytes
        self._deadline = time.monotonic() + limits.wall_seconds
        self._buffer = bytearray()
        self._ended = threading.Lock()
        self._over = False
        connection.setblocking(False)

    def wait_for_walls(self) -> None:
        """Return when the child says that every wall is up. Raises WallsDown."""
        try:
            byte = self._take(1, time.monotonic() + 10)
        except ChildFailed as error:
            raise WallsDown(f"the child did not say that all of its walls are up; nothing was run ({error})") from error
        if byte != b"R":
            raise WallsDown("the child did not say that all of its walls are up; nothing was run")

    def send(self, message: object) -> None:
        """Send a JSON-compatible value. Raises ChildFailed."""
        data = json.dumps(message, separators=(",", ":")).encode("utf-8", "surrogatepass")
        view = memoryview(struct.pack(">I", len(data)) + data)
        while view:
            self._wait(write=True, deadline=self._deadline)
            try:
                view = view[self._connection.send(view) :]
            except BlockingIOError:
                continue
            except OSError as error:
                raise self._died() from error

    def receive(self, timeout: float) -> object:
        """The next message. Raises ChildFailed."""
        deadline = min(time.monotonic() + timeout, self._deadline)
        size = struct.unpack(">I", self._take(4, deadline))[0]
        if size > self._left:
            self.close()
            raise ChildFlooded("it wrote more than the sandbox allows, and was ended")
        self._left -= size
        frame = self._take(size, deadline)
        kind, data = frame[:1], frame[1:]
        if kind == b"E":
            self.close()
            raise ChildDied(data.decode("utf-8", "replace").strip())
        try:
            value: object = json.loads(data)
        except (ValueError, RecursionError) as error:
            self.close()
            raise ChildDied(f"it answered with something that is no message ({type(error).__name__})") from error
        if kind != b"M":
            self.close()
            raise ChildDied("it answered with something that is no message")
        return value

    def close(self) -> None:
        """End the child, at once."""
        self._end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _end(self) -> int | None:
        with self._ended:
            if self._over:
                return None
            self._over = True
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        status = self._zygote.end(self._identifier)
        self._connection.close()
        return status

    def _take(self, size: int, deadline: float) -> bytes:
        while len(self._buffer) < size:
            self._wait(write=False, deadline=deadline)
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

    def _wait(self, *, write: bool, deadline: float) -> None:
        left = deadline - time.monotonic()
        try:
            readers, writers = ([], [self._connection]) if write else ([self._connection], [])
            ready = left > 0 and any(select.select(readers, writers, [], left))
        except (OSError, ValueError) as error:
            raise self._died() from error
        if not ready:
            self.close()
            raise ChildTimedOut("it did not answer in time, and was ended")

    def _died(self) -> ChildFailed:
        return ChildDied(_how(self._end()))


def _how(status: int | None) -> str:
    if status is None:
        return "it stopped answering, and was ended"
    code = os.waitstatus_to_exitcode(status)
    if code >= 0:
        return f"it ended by itself (exit code {code})"
    reasons = {
        signal.SIGXCPU: "it used more CPU time than allowed",
        signal.SIGSEGV: "it crashed the interpreter (its stack or its memory overflowed)",
        signal.SIGSYS: "it made a forbidden system call",
        signal.SIGKILL: "the system killed it (CPU time or memory)",
        signal.SIGABRT: "the interpreter aborted (out of memory)",
    }
    return reasons.get(signal.Signals(-code), f"it was ended by signal {-code}")


def _paths(role: Role) -> list[str]:
    """Folders of the tool's own environment that the judge's zygote imports from."""
    if role is Role.RUN:
        return []
    folders = []
    for name in ("hypothesis", "sortedcontainers"):
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None:
            raise SandboxUnavailable(f"{name} is not installed; run: pip install 'intaglio[validate]'")
        folders.append(str(Path(spec.origin).parent.parent))
    return list(dict.fromkeys(folders))


def _unavailable(why: str) -> str:
    return f"Execution not run: no sandbox on this machine ({why}). The code was checked statically only and is not validated."
