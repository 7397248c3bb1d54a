"""The workshop of the use cases: what compiling, validating and locking need besides a spec, and opening one in it.

Decides nothing: it opens a spec or says why it cannot be worked on, and has the stages run. Writes nothing but verdicts.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from intaglio.candidate import Subject
from intaglio.config import Settings
from intaglio.events import Event, Noticed, Refused, SpecKey, StageBegun, StageEnded
from intaglio.finding import Finding, errors_of
from intaglio.generate.author import Author
from intaglio.snapshot import Snapshot
from intaglio.spec.model import Spec
from intaglio.spec.references import check_references
from intaglio.subject import Gathered, gather
from intaglio.validate.pipeline import StageStarted, run_stages
from intaglio.validate.tools import Toolbox
from intaglio.validate.verdict import StageName, Verdict
from intaglio.workspace import DiskTree

ENVIRONMENT_CODES = frozenset({"EN101", "EX101"})
"""Codes of stages' findings that are a lack of the machine: no body would fare better."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """What compiling needs besides a spec. `author_for` chooses an author, or raises GenerationError.

    `open_texts` are the texts of open editors by path, which win over the disk for everything that is read.
    """

    root: Path
    settings: Settings
    toolbox: Toolbox
    author_for: Callable[[Spec], Author]
    open_texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def verdicts(self) -> Path:
        """The folder of cached verdicts."""
        return self.root / ".intaglio" / "cache" / "verdicts"

    def snapshot(self, texts: Mapping[str, str] | None = None) -> Snapshot:
        """The workspace as it is now, under the open editors and under `texts`."""
        return Snapshot(self.root, DiskTree(self.root, {**self.open_texts, **(texts or {})}))


@dataclass(frozen=True, slots=True)
class Opened:
    """A spec as it stood when work on it began, with all that its verdict depends on."""

    key: SpecKey
    snapshot: Snapshot
    text: str
    spec: Spec
    gathered: Gathered


def open_spec(workshop: Workshop, key: SpecKey) -> Generator[Event, None, Opened | None]:
    """Read a spec and gather what its verdict depends on; None when it was refused. Raises SourceError, TemplateError."""
    snapshot = workshop.snapshot()
    text = snapshot.source(key.path).text
    spec = snapshot.reading(key.path).find(key.name)
    if spec is None:
        yield Refused(key, f"there is no spec on a function {key.name} in {key.path}")
        return None
    noticed: tuple[Finding, ...] = (*spec.findings, *check_references(spec, workshop.root / key.path, workshop.root))
    for finding in noticed:
        yield Noticed(key, finding)
    if problems := errors_of(noticed):
        yield Refused(key, f"the spec has errors: {problems[0].message}")
        return None
    gathered = gather(snapshot, workshop.settings, key.path, text, spec)
    for finding in gathered.findings:
        yield Noticed(key, finding)
    if problems := errors_of(gathered.findings):
        yield Refused(key, problems[0].message)
        return None
    return Opened(key, snapshot, text, spec, gathered)


def run_and_tell(
    workshop: Workshop,
    key: SpecKey,
    candidate: int,
    subject: Subject,
    cancel: threading.Event,
    stages: Sequence[StageName] = tuple(StageName),
) -> Generator[Event, None, tuple[Verdict, ...]]:
    """Run the stages, tell of each as it begins and ends, and return their verdicts."""
    verdicts: list[Verdict] = []
    for step in run_stages(subject, workshop.toolbox, workshop.verdicts, cancel, stages):
        if isinstance(step, StageStarted):
            yield StageBegun(key, candidate, step.stage)
        else:
            verdicts.append(step)
            yield StageEnded(key, candidate, step)
    return tuple(verdicts)
