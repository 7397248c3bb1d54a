"""A root is one workspace, found as the command line finds it; a desk is one open file with what is known of its specs.

Held and changed by the event loop's thread alone. Sends nothing, runs nothing.
"""

from __future__ import annotations

import asyncio
import operator
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from intaglio.events import Accepted, Proposed
from intaglio.finding import Finding
from intaglio.lock.fingerprint import short
from intaglio.lock.inputs import Materials
from intaglio.lock.live import LiveStates
from intaglio.lock.model import FileStates, LockFile, Present, SpecState
from intaglio.lock.state import IsReady, never_ready
from intaglio.lsp.configuration import Configured
from intaglio.lsp.fragments import Fragments
from intaglio.lsp.open_file import Change, OpenFile
from intaglio.lsp.picture import SpecPicture, draw
from intaglio.lsp.run import Basis, Run, is_of, latest, moved, place_findings, region_of
from intaglio.progress import Phase, advance
from intaglio.spec.model import Spec
from intaglio.spec.references import check_references
from intaglio.spec.shift import placed_specs
from intaglio.validate.verdict import passed


@dataclass(slots=True)
class Root:
    """One workspace. `materials` are dropped whenever anything but the text of the file at hand may have changed."""

    path: Path
    configured: Configured
    materials: Materials | None = None


@dataclass(slots=True)
class Desk:
    """One file that an editor holds. `pending` are accepted bodies whose lock waits for a save, `kept` declined ones."""

    file: OpenFile
    root: Root
    live: LiveStates
    lock: LockFile = field(default_factory=LockFile)
    lock_data: bytes | None = None
    """The lock file's bytes that `lock` was read from; None where there is no such file."""
    states: FileStates | None = None
    computed: bool = False
    """Whether `states` are those of the present text and of all that is known to have changed."""
    runs: dict[str, Run] = field(default_factory=dict)
    recalled: dict[str, Run] = field(default_factory=dict)
    """What the local cache of verdicts knows of bodies, as runs."""
    looked_up: dict[str, tuple[Present, bytes]] = field(default_factory=dict)
    """Of which bodies the cache was asked last, and in which text where that did not parse as a whole."""
    is_ready: IsReady = never_ready
    pending: dict[str, Proposed] = field(default_factory=dict)
    kept: dict[str, Proposed] = field(default_factory=dict)
    explicit: set[str] = field(default_factory=set)
    """Of the pending ones, those whose lock the user asked for."""
    locking: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while locks of the file are written, until they are read again: who needs what is locked waits for that."""
    referred: dict[tuple[str, ...], tuple[Finding, ...]] = field(default_factory=dict)
    """What was found of the golden files that specs name."""
    shown: dict[str, tuple[tuple[object, ...], Run | None]] = field(default_factory=dict)
    drawn: dict[int, tuple[tuple[object, ...], SpecPicture]] = field(default_factory=dict)
    said: Fragments = field(default_factory=Fragments)
    told: Fragments = field(default_factory=Fragments)
    answered: dict[str, Fragments] = field(default_factory=dict)
    """What was shown, drawn and said of each spec last."""

    # what is there

    @property
    def is_held(self) -> bool:
        """Whether an editor holds the file; else it was read from the disk, for a command on a file that is not open."""
        return self.file.version is not None

    def spec(self, name: str) -> Spec | None:
        """A spec in its present place."""
        return self.file.document.reading.find(name)

    def state(self, name: str) -> SpecState | None:
        """A spec's state as it was computed last."""
        if self.states is None:
            return None
        return next((state for state in self.states.states if state.name == name), None)

    def basis(self, name: str) -> Basis | None:
        """What a judgement of a spec would stand on now, as it was computed last."""
        present = self.live.present(name)
        return Basis.of(present, self.root.configured.settings) if present is not None else None

    def references(self, spec: Spec) -> tuple[Finding, ...]:
        """What is wrong with the files that a spec refers to. The disk is looked at once, until something changes there."""
        if not spec.golden:
            return ()
        start = spec.block.start
        key = tuple(f"{one.path.value}@{one.path.span.start - start}" for one in spec.golden)
        if key not in self.referred:
            self.referred[key] = check_references(spec, self.root.path / self.file.path, self.root.path)
        return self.referred[key]

    # runs

    def edit(self, file: OpenFile, changes: tuple[Change, ...]) -> tuple[str, ...]:
        """Take the file's next version; the names of specs whose runs are about another text now."""
        before, self.file, self.computed = self.file, file, False
        overtaken: list[str] = []
        data = file.document.data
        for name, run in list(self.runs.items()):
            spec = self.spec(name)
            if spec is not None and is_of(run, region_of(spec, data)):
                self.runs[name] = replace(run, outdated=False, placed=())
                continue
            if not run.outdated:
                overtaken.append(name)
                old = before.document.reading.find(name)
                placed = place_findings(run, old, before.document.data) if old is not None else ()
                self.runs[name] = replace(run, outdated=True, placed=placed)
            self.runs[name] = moved(self.runs[name], changes)
        return tuple(overtaken)

    def latest(self, name: str, state: SpecState | None) -> Run | None:
        """What is to be shown of a spec's stages: the same value until anything that it depends on changes."""
        run, recalled = self.runs.get(name), self.recalled.get(name)
        if run is None and recalled is None:
            return None
        data = self.file.document.data if run is not None and run.of_whole_file else b""
        made_from = (run, recalled, state, self.live.present(name), self.root.configured.settings, data)
        before = self.shown.get(name)
        if before is None or not all(map(operator.is_, before[0], made_from)):
            spec = self.spec(name)
            if recalled is not None and (spec is None or region_of(spec, self.file.document.data) != recalled.before):
                recalled = None
            before = (made_from, latest(run, recalled, state, self.basis(name), data))
            self.shown[name] = before
        return before[1]

    def latest_runs(self) -> dict[str, Run]:
        """What is to be shown of each spec's stages, where there is anything."""
        names = {**self.runs, **self.recalled}
        found = {name: self.latest(name, self.state(name)) for name in names}
        return {name: run for name, run in found.items() if run is not None}

    def recall(self, known: dict[str, Run | None]) -> None:
        """Take up what the local cache of verdicts knows of bodies: nothing, where it is None. Which are ready is asked anew."""
        for name, run in known.items():
            self.recalled.pop(name, None)
            if run is not None:
                self.recalled[name] = run
        self.computed = False

        def is_ready(present: Present) -> bool:
            run, spec = self.recalled.get(present.name), self.spec(present.name)
            if run is None or spec is None or not passed(run.progress.verdicts):
                return False
            same_text = region_of(spec, self.file.document.data) == run.before
            return same_text and run.basis == Basis.of(present, self.root.configured.settings)

        self.is_ready = is_ready

    def forget_recalled(self) -> None:
        """Believe nothing that the local cache said."""
        self.recall(dict.fromkeys(self.recalled))
        self.looked_up.clear()

    def not_looked_up(self) -> tuple[str, ...]:
        """The bodies of which the local cache was not asked since they, or anything that they stand on, changed."""
        found: list[str] = []
        data = self.file.document.data
        for spec, _ in placed_specs(self.file.document.reading.specs):
            present = self.live.present(spec.name)
            if present is None or present.is_stub:
                continue
            before = self.looked_up.get(spec.name)
            if before is None or before[0] is not present or (before[1] and before[1] != data):
                found.append(spec.name)
        return tuple(dict.fromkeys(found))

    # what is accepted

    def waits(self, name: str) -> bool:
        """Whether the body that is there was accepted and its lock is not written yet."""
        if not self.pending:
            return False
        proposed = self.pending.get(name)
        present = self.live.present(name)
        return proposed is not None and present is not None and present.inputs.body == proposed.entry.inputs.body

    def why_it_waits(self, name: str) -> str:
        """What an accepted body's lock waits for, in words; "" where none waits."""
        if not self.waits(name):
            return ""
        if self.root.configured.editor.lock == "on-save" or name in self.explicit:
            return "its lock is written when you save"
        return "its lock is written by the command `lock`"

    def notice_taken(self) -> None:
        """A candidate that waited and now stands in the file was taken, by whatever means: its lock waits for a save."""
        for name, proposed in list(self.kept.items()):
            present = self.live.present(name)
            if name not in self.pending and present is not None and present.inputs.body == proposed.entry.inputs.body:
                self.pending[name] = self.kept.pop(name)
                self.take(proposed, locked=False)

    def take(self, proposed: Proposed, *, locked: bool) -> None:
        """Note in a spec's run that its proposal was taken, or its lock written."""
        name = proposed.key.name
        run = self.runs.get(name)
        if run is not None and run.progress.phase in {Phase.PROPOSED, Phase.ACCEPTED, Phase.LOCKED}:
            taken = Accepted(proposed.key, short(proposed.entry.inputs.body), locked=locked)
            self.runs[name] = replace(run, progress=advance(run.progress, taken))

    def take_over(self, earlier: Desk) -> None:
        """Take what waited in the same file while it belonged to another root. What does not fit this one is refused when it is
        written, and said.
        """

        def here(waiting: dict[str, Proposed]) -> dict[str, Proposed]:
            path = self.file.path
            return {name: replace(one, key=replace(one.key, path=path)) for name, one in waiting.items()}

        self.pending, self.kept, self.explicit = here(earlier.pending), here(earlier.kept), set(earlier.explicit)

    # what is drawn

    def pictures(self) -> tuple[SpecPicture, ...]:
        """The picture of each spec, in order."""
        return tuple(
            replace(picture, span=picture.span.shift(offset), name_span=picture.name_span.shift(offset))
            for picture, offset in self.placed_pictures()
        )

    def placed_pictures(self) -> tuple[tuple[SpecPicture, int], ...]:
        """The picture of each spec, in order, with how far it has moved since it was drawn: the same picture until anything
        but its place changes.
        """
        states = {state.name: state for state in (self.states.states if self.states else ())}
        shown: list[tuple[SpecPicture, int]] = []
        drawn: dict[int, tuple[tuple[object, ...], SpecPicture]] = {}
        for spec, offset in placed_specs(self.file.document.reading.specs):
            state, waits, referred = states.get(spec.name), self.why_it_waits(spec.name), self.references(spec)
            run = self.latest(spec.name, state)
            made_from = (spec, state, run, waits, referred)
            before = self.drawn.get(id(spec))
            if before is None or not all(map(operator.is_, before[0], made_from)):
                before = (made_from, draw(spec, 0, state, run, referred, waits=waits))
            drawn[id(spec)] = before
            shown.append((before[1], offset))
        self.drawn = drawn
        return tuple(shown)

    def keep_only(self, names: Iterable[str]) -> None:
        """Forget what was looked up of specs that are gone."""
        for name in self.looked_up.keys() - set(names):
            del self.looked_up[name]
            self.recalled.pop(name, None)
            self.shown.pop(name, None)
