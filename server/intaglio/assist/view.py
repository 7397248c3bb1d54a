"""A view: one open file at one version with all that is known of its specs. Every answer is computed from one view."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from intaglio.config import Settings
from intaglio.finding import Span
from intaglio.lock.model import SpecState
from intaglio.progress import SpecProgress
from intaglio.snapshot import Snapshot
from intaglio.spec.document import Document
from intaglio.spec.model import Spec


@dataclass(frozen=True, slots=True)
class View:
    """A file as an editor has it. `path` is workspace-relative; all spans count bytes of `document.data`.

    `states` and `progress` are by qualified name: what the locks say now, and the latest run's picture. A run that was
    begun on another text of the spec or its function is in `outdated`.
    """

    path: str
    document: Document
    snapshot: Snapshot
    settings: Settings
    states: Mapping[str, SpecState] = field(default_factory=dict)
    progress: Mapping[str, SpecProgress] = field(default_factory=dict)
    outdated: frozenset[str] = frozenset()
    trusted: bool = False

    @property
    def specs(self) -> tuple[Spec, ...]:
        """The file's specs, in order."""
        return tuple(self.document.reading.specs)

    def spec_at(self, offset: int) -> Spec | None:
        """The spec whose block or function holds the byte at `offset`."""
        for spec in self.document.reading.specs:
            if Span(spec.block.start, spec.function.span.end).contains(offset):
                return spec
        return None
