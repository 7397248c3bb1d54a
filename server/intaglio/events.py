"""Events of a compile or a validation, in the order in which they happen. Values only.

One spec's events have its key. Every surface folds them with `intaglio.progress.advance`.
"""

from __future__ import annotations

from dataclasses import dataclass

from intaglio.finding import Finding
from intaglio.generate.interface import Usage
from intaglio.lock.model import Entry
from intaglio.validate.verdict import StageName, Verdict


@dataclass(frozen=True, slots=True, order=True)
class SpecKey:
    """Which spec: its file, workspace-relative with `/`, and its function's qualified name."""

    path: str
    name: str

    def __str__(self) -> str:
        return f"{self.path}::{self.name}"


@dataclass(frozen=True, slots=True)
class Begun:
    """Work on a spec has begun."""

    key: SpecKey


@dataclass(frozen=True, slots=True)
class Noticed:
    """Something to say that is not a stage's: the reader, the gates, the template, the lock."""

    key: SpecKey
    finding: Finding


@dataclass(frozen=True, slots=True)
class AttemptBegun:
    """A request goes to a backend. `attempt` counts from 1."""

    key: SpecKey
    attempt: int
    attempts: int
    backend: str
    model: str


@dataclass(frozen=True, slots=True)
class Streamed:
    """A piece of an answer. `candidate` counts from 0 within an attempt."""

    key: SpecKey
    attempt: int
    candidate: int
    text: str


@dataclass(frozen=True, slots=True)
class Generated:
    """An answer is complete."""

    key: SpecKey
    attempt: int
    candidate: int
    usage: Usage


@dataclass(frozen=True, slots=True)
class Assembled:
    """A candidate stands in its template; its four stages come next. `text` is the whole file as it would be."""

    key: SpecKey
    attempt: int
    candidate: int
    body: str
    text: str


@dataclass(frozen=True, slots=True)
class StageBegun:
    """A stage works on a candidate."""

    key: SpecKey
    candidate: int
    stage: StageName


@dataclass(frozen=True, slots=True)
class StageEnded:
    """A stage has its verdict on a candidate."""

    key: SpecKey
    candidate: int
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Proposed:
    """All four stages passed, and nothing is written yet: the file's text `before` and `after`, and the lock of the latter.

    The two texts are the same when a body that is there is to be locked.
    """

    key: SpecKey
    before: str
    after: str
    entry: Entry


@dataclass(frozen=True, slots=True)
class Accepted:
    """All four stages passed and the source holds the body. `locked` says whether a lock was written."""

    key: SpecKey
    body_fingerprint: str
    locked: bool
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """The end without a result: the file is as it was. `reason` is one sentence with a way out.

    `environment` marks a lack of the machine (no model, no sandbox, an extra), which exits 3 instead of 1.
    """

    key: SpecKey
    reason: str
    environment: bool = False


@dataclass(frozen=True, slots=True)
class Stopped:
    """The user cancelled; the file is as it was."""

    key: SpecKey


Event = (
    Begun
    | Noticed
    | AttemptBegun
    | Streamed
    | Generated
    | Assembled
    | StageBegun
    | StageEnded
    | Proposed
    | Accepted
    | Refused
    | Stopped
)
