"""One zygote as we see it: a process that is started, asked to fork children, and ended. Requests are serialised."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from intaglio.sandbox.conversation import LinuxChild
from intaglio.sandbox.interface import ChildFailed, Limits, Role, SandboxUnavailable

_SCRIPT = Path(__file__).with_name("zygote.py")
_START_SECONDS = 60.0
_ANSWER_SECONDS = 30.0
VARIANTS = (
    {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C.UTF-8"},
    {"PYTHONHASHSEED": "1", "TZ": "Asia/Kolkata", "LC_ALL": "C"},
    {"PYTHONHASHSEED": "2", "TZ": "America/St_Johns", "LC_ALL": "POSIX"},
)
"""All of a zygote's environment, and so of its children's."""
_identifiers = itertools.count(1)


class ZygoteGone(Exception):
    """The zygote has ended, or does not answer."""


class ZygoteProcess:
    """One warm interpreter and the socket over which it is asked to fork. Thread-safe."""

    def __init__(self, role: Role, variant: int, preload: Sequence[tuple[str, Path]]) -> None:
        """Start it and wait until it is warm. Raises SandboxUnavailable, naming each wall's state."""
        configuration = json.dumps({
            "paths": _folders(role), "preload": [[name, str(path)] for name, path in preload], "cache": _cache(role),
        })  # fmt: skip
        if not sys.executable:
            raise SandboxUnavailable(unavailable("the interpreter does not know its own path"))
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control = ours
        self._lock = threading.Lock()
        command = [sys.executable, "-P", "-s", "-S", "-B", str(_SCRIPT), str(theirs.fileno()), configuration]
        try:
            self._process = subprocess.Popen(
                command, cwd="/", env=dict(VARIANTS[variant]), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, pass_fds=(theirs.fileno(),), start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            ours.close()
            raise SandboxUnavailable(unavailable(f"the interpreter did not start: {error}")) from error
        finally:
            theirs.close()
        self._control.settimeout(_START_SECONDS)
        try:
            answer = self._receive()
        except OSError as error:
            self.close()
            raise SandboxUnavailable(unavailable(f"the interpreter did not start: {error}")) from error
        if "refused" in answer:
            self.close()
            walls = "; ".join(f"{name}: {state}" for name, state in answer["walls"].items())
            named = any(answer["refused"].startswith(name) for name in answer["walls"])
            raise SandboxUnavailable(unavailable(walls if named else f"{answer['refused']}; {walls}"))
        self._control.settimeout(_ANSWER_SECONDS)
        self.walls: dict[str, str] = answer["walls"]

    @property
    def process_id(self) -> int:
        """The process that we started: the zygote, or the one that waits for it where it has a pid namespace."""
        return self._process.pid

    def start(self, limits: Limits) -> LinuxChild:
        """Have a child forked. Raises ZygoteGone, or ChildFailed when the system has no room for one more."""
        identifier = next(_identifiers)
        try:
            ours, theirs = socket.socketpair()
        except OSError as error:
            raise ChildFailed(f"no channel to a child could be opened: {error}") from error
        request = {"do": "start", "id": identifier, "memory": limits.memory_bytes, "seconds": limits.wall_seconds}
        try:
            with self._lock:
                socket.send_fds(self._control, [json.dumps(request).encode()], [theirs.fileno()])
                answer = self._receive()
        except OSError as error:
            ours.close()
            raise ZygoteGone(str(error)) from error
        finally:
            theirs.close()
        if "failed" in answer:
            ours.close()
            raise ChildFailed(answer["failed"])
        return LinuxChild(ours, lambda by_itself: self._end(identifier, by_itself=by_itself), limits)

    def _end(self, identifier: int, *, by_itself: bool) -> int | None:
        try:
            with self._lock:
                request = {"do": "end", "id": identifier, "by_itself": by_itself}
                self._control.sendall(json.dumps(request).encode())
                status: int | None = self._receive()["status"]
                return status
        except OSError:
            return None  # the zygote is gone, and its children with it

    def close(self) -> None:
        """End the zygote; its children die with it."""
        with contextlib.suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)
        self._control.close()
        try:
            self._process.wait(2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _receive(self) -> dict[str, Any]:
        data = self._control.recv(65536)
        if not data:
            raise ConnectionResetError("the zygote has ended")
        answer: dict[str, Any] = json.loads(data)
        return answer


def unavailable(why: str) -> str:
    """The refusal, with its reason."""
    return f"Execution not run: no sandbox on this machine ({why}). The code was checked statically only and is not validated."


def _folders(role: Role) -> list[str]:
    """Folders of the tool's own environment that a judge's zygote imports from. Raises SandboxUnavailable."""
    if role is Role.RUN:
        return []
    import importlib.util

    folders = []
    for name in ("hypothesis", "sortedcontainers"):
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None:
            raise SandboxUnavailable(f"{name} is not installed; run: pip install 'intaglio[validate]'")
        folders.append(str(Path(spec.origin).parent.parent))
    return list(dict.fromkeys(folders))


def _cache(role: Role) -> str:
    """The user's folder for the tables that hypothesis computes, "" where there is none."""
    if role is Role.RUN:
        return ""
    base = os.environ.get("XDG_CACHE_HOME", "")
    if not Path(base).is_absolute():
        base = str(Path("~/.cache").expanduser())
    return str(Path(base) / "intaglio" / "hypothesis") if Path(base).is_absolute() else ""
