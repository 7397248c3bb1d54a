"""A view: one open file at one version with all that is known of its specs. Every answer is computed from one view."""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from intaglio.config import Settings
from intaglio.finding import Finding, Span
from intaglio.lock.model import Inputs, SpecState
from intaglio.progress import SpecProgress
from intaglio.snapshot import Snapshot
from intaglio.spec.document import Document
from intaglio.spec.model import Spec
from intaglio.spec.shift import placed_specs
from intaglio.validate.verdict import Verdict


@dataclass(frozen=True, slots=True)
class View:
    """A file as an editor has it. `path` is workspace-relative; all spans count bytes of `document.data`.

    `states` and `progress` are by qualified name: what the locks say now, and what is known of the stages. What was known of
    another text of the spec, or of other things that it stands on, is in `outdated`. `inputs` are the fingerprints of what is
    there now, `referred` what was found of the files that specs name, `by_hand` bodies that passed and that nothing vouches for, `waiting` what the locks of accepted bodies wait for.
    `models` are model names that are known.
    """

    path: str
    document: Document
    snapshot: Snapshot
    settings: Settings
    states: Mapping[str, SpecState] = field(default_factory=dict)
    progress: Mapping[str, SpecProgress] = field(default_factory=dict)
    outdated: frozenset[str] = frozenset()
    trusted: bool = False
    inputs: Mapping[str, Inputs] = field(default_factory=dict)
    referred: Mapping[str, tuple[Finding, ...]] = field(default_factory=dict)
    by_hand: frozenset[str] = frozenset()
    waiting: Mapping[str, str] = field(default_factory=dict)
    models: tuple[str, ...] = ()

    @property
    def specs(self) -> tuple[Spec, ...]:
        """The file's specs, in order."""
        return tuple(self.document.reading.specs)

    def placed(self, within: Span | None = None) -> Iterator[tuple[Spec, int]]:
        """The specs as they were read, each with how far it has moved since: of all, or of blocks that touch a range.

        For features that look at many specs: moving all of a long file's at every key would cost more than they do.
        """
        for spec, offset in placed_specs(self.document.reading.specs):
            if within is None or (spec.block.start + offset <= within.end and within.start <= spec.block.end + offset):
                yield spec, offset

    def touching(self, within: Span) -> Iterator[Spec]:
        """The specs whose block or function touches a range, in their present place; the others are not moved to theirs."""
        specs = self.document.reading.specs
        for number, (spec, moved) in enumerate(placed_specs(specs)):
            if spec.block.start + moved <= within.end and within.start <= spec.function.span.end + moved:
                yield specs[number]

    def mentioning(self, word: str) -> Iterator[Spec]:
        """The specs whose block may hold a name, in their present place: Python takes other letters for the same name, so a
        block with any that are not plain counts.
        """
        specs, data, written = self.document.reading.specs, self.document.data, word.encode()
        for number, (spec, moved) in enumerate(placed_specs(specs)):
            block = data[spec.block.start + moved : spec.block.end + moved]
            if written in block or not block.isascii():
                yield specs[number]

    def spec_at(self, offset: int) -> Spec | None:
        """The innermost spec whose block or function holds the byte at `offset`."""
        specs = self.document.reading.specs
        placed = placed_specs(specs)
        place = bisect.bisect_right(placed, offset, key=lambda pair: pair[0].block.start + pair[1])
        for number in reversed(range(place)):
            spec, moved = placed[number]
            if Span(spec.block.start, spec.function.span.end).shift(moved).contains(offset):
                return specs[number]
            if not spec.function.is_nested:
                return None
        return None

    def verdicts(self, name: str) -> tuple[Verdict, ...]:
        """The latest verdicts that speak of the text as it is; none where there are none."""
        progress = self.progress.get(name)
        return progress.verdicts if progress is not None and name not in self.outdated else ()
