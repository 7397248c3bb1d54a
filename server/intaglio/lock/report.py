"""What states a spec can be in, and what verify reports. Values only, quick to import: a hook waits for them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from intaglio.finding import Finding
    from intaglio.lock.model import Entry, Present


class State(StrEnum):
    """The states of a spec, in their order of precedence (docs/locks.md)."""

    ORPHANED = "orphaned"
    STUB = "stub"
    DRIFTED = "drifted"
    STALE = "stale"
    LOCKED = "locked"
    READY = "ready"
    UNLOCKED = "unlocked"


@dataclass(frozen=True, slots=True)
class SpecState:
    """A spec's state with its reasons, the weightiest first."""

    path: str
    name: str
    state: State
    reasons: tuple[str, ...] = ()
    entry: Entry | None = None
    moved_to: tuple[str, str] | None = None
    """For an orphaned lock: (path, name) of the function that has its fingerprints."""


@dataclass(frozen=True, slots=True)
class FileStates:
    """The states of one file's specs and orphaned locks, and what is wrong with the file or its lock file."""

    path: str
    states: tuple[SpecState, ...]
    findings: tuple[Finding, ...] = ()
    unlocked: tuple[Present, ...] = ()
    """Specs that no lock names: where an orphaned lock's function may have gone."""


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What verify found. `passed` is its decision."""

    specs: tuple[SpecState, ...]
    findings: tuple[tuple[str, Finding], ...] = field(default=())
    """(path, finding) pairs that belong to files."""
    passed: bool = True
    cached: int = 0
    """How many files were answered from the cache."""
    nested: tuple[str, ...] = ()
    """Folders (`sub/`) that are workspaces of their own and were left out."""
