"""The sandbox as the rest of Intaglio sees it: a way to start a child behind walls and to talk with it.

Knows nothing of specs. What stands behind it differs by platform; see `intaglio.sandbox.open_sandbox`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol, Self


class Role(StrEnum):
    """Which zygote a child is forked from: what is imported before the walls close.

    RUN has a list of pure standard-library modules. JUDGE has those and hypothesis.
    """

    RUN = "run"
    JUDGE = "judge"


Preload = Mapping[Role, Sequence[tuple[str, Path]]]
"""Trusted modules that a role's zygotes load before they fork: (dotted name, path), in order."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one child. Seconds of wall time over its whole life, bytes of memory, bytes of all its messages."""

    wall_seconds: float = 10.0
    memory_bytes: int = 512 * 2**20
    output_bytes: int = 16 * 2**20


class SandboxUnavailable(Exception):
    """No sandbox on this machine; the message names each wall that is missing. Never fall back to a subprocess."""


class ChildFailed(Exception):
    """A child ended, or had to be ended, before it answered. The message says how."""


class ChildTimedOut(ChildFailed):
    """No answer in time; the child has been killed."""


class ChildFlooded(ChildFailed):
    """More output than allowed; the child has been killed."""


class ChildDied(ChildFailed):
    """The child ended by itself or by a wall (memory, CPU time, a forbidden system call)."""


class WallsDown(ChildFailed):
    """The child did not say that all of its walls are up: nothing was run."""


class Child(Protocol):
    """One process behind the walls. It executes one program, then exchanges messages with us until it is closed."""

    def send(self, message: object) -> None:
        """Send a JSON-compatible value. Raises ChildFailed."""

    def receive(self, timeout: float) -> object:
        """The next message, decoded from JSON (guarded against hostile nesting). Raises ChildFailed."""

    def close(self) -> None:
        """End the child, at once and without appeal."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...


class Sandbox(Protocol):
    """Starts children. Thread-safe."""

    @property
    def walls(self) -> tuple[tuple[str, str], ...]:
        """Each wall with its state, for `doctor`: ("seccomp", "on"), ("landlock", "ABI 6"), ..."""

    def start(self, role: Role, program: str, *, variant: int = 0, limits: Limits | None = None) -> Child:
        """A child that executes `program` (Python source) with `channel` bound, whose `send(value)` and `receive()`
        talk with us, and `wire` bound to the module `intaglio.sandbox.wire`.

        `variant` 0, 1 or 2 chooses among zygotes with different hash seeds, time zones and locales.
        Raises ChildFailed (WallsDown when a wall is missing: the program was not run).
        """

    def close(self) -> None:
        """End all zygotes and children."""
