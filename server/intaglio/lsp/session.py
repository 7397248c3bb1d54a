"""The session: what the server knows now. Held and changed by the event loop's thread alone; everyone else gets frozen values.

A `Root` is one workspace, found as the command line finds it; a `Desk` is one open file with what is known of its specs.
Sends nothing and runs nothing.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from lsprotocol.types import SymbolInformation

from intaglio.assist.view import View
from intaglio.config import Settings
from intaglio.events import Accepted, Proposed, SpecKey
from intaglio.finding import Finding
from intaglio.lock.check import read_lock_file
from intaglio.lock.fingerprint import short
from intaglio.lock.inputs import Materials
from intaglio.lock.live import LiveStates
from intaglio.lock.model import FileStates, Inputs, LockFile, Present, SpecState
from intaglio.lock.paths import lock_path
from intaglio.lock.state import IsReady, never_ready
from intaglio.lsp.client import Client
from intaglio.lsp.configuration import Configured, configure
from intaglio.lsp.fragments import Fragments
from intaglio.lsp.from_client import path_of
from intaglio.lsp.open_file import Change, OpenFile
from intaglio.lsp.picture import Run, SpecPicture, draw, is_of, moved, place_findings, region_of
from intaglio.lsp.to_client import uri_of
from intaglio.progress import Phase, advance
from intaglio.snapshot import Snapshot
from intaglio.spec.document import Document
from intaglio.spec.model import Spec
from intaglio.spec.references import check_references
from intaglio.spec.shift import placed_specs
from intaglio.validate.verdict import Verdict
from intaglio.workspace import DiskTree, WorkspaceError, choose_root, relative_path


@dataclass(slots=True)
class Root:
    """One workspace. `materials` are dropped whenever anything but the text of the file at hand may have changed."""

    path: Path
    configured: Configured
    materials: Materials | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """Verdicts of the local cache, and what they are about: they hold while a spec's inputs and the settings are these."""

    inputs: Inputs
    verdicts: tuple[Verdict, ...]
    passed: bool
    settings: Settings


@dataclass(slots=True)
class Desk:
    """One file that an editor holds. `pending` are accepted bodies whose lock waits for a save, `kept` declined ones."""

    file: OpenFile
    root: Root
    live: LiveStates
    lock: LockFile = field(default_factory=LockFile)
    states: FileStates | None = None
    runs: dict[str, Run] = field(default_factory=dict)
    pending: dict[str, Proposed] = field(default_factory=dict)
    kept: dict[str, Proposed] = field(default_factory=dict)
    explicit: set[str] = field(default_factory=set)
    """Of the pending ones, those whose lock the user asked for."""
    referred: dict[tuple[str, ...], tuple[Finding, ...]] = field(default_factory=dict)
    """What was found of the golden files that specs name."""
    drawn: dict[int, tuple[tuple[object, ...], SpecPicture]] = field(default_factory=dict)
    said: Fragments = field(default_factory=Fragments)
    told: Fragments = field(default_factory=Fragments)
    """What was drawn and said of each spec last."""
    computed: bool = False
    """Whether `states` are those of the present text and of all that is known to have changed."""

    judged: dict[str, Judged] = field(default_factory=dict)
    is_ready: IsReady = never_ready

    def note(self, judged: dict[str, Judged]) -> None:
        """Take up what the local cache knows. Which bodies are ready is asked anew."""
        self.judged, self.computed = judged, False

        def is_ready(present: Present) -> bool:
            one = judged.get(present.name)
            if one is None or not one.passed:
                return False
            return one.inputs == present.inputs and one.settings == self.root.configured.settings

        self.is_ready = is_ready

    def cached(self) -> dict[str, tuple[Verdict, ...]]:
        """The verdicts of the local cache that are about what is there now."""
        now = self.live.inputs()
        return {
            name: one.verdicts
            for name, one in self.judged.items()
            if one.inputs == now.get(name) and one.settings == self.root.configured.settings
        }

    def state(self, name: str) -> SpecState | None:
        """A spec's state as it was computed last."""
        if self.states is None:
            return None
        return next((state for state in self.states.states if state.name == name), None)

    def spec(self, name: str) -> Spec | None:
        """A spec in its present place."""
        return self.file.document.reading.find(name)

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
            state, run, pending = states.get(spec.name), self.runs.get(spec.name), self.waits(spec.name)
            made_from = (spec, state, run, pending)
            before = self.drawn.get(id(spec))
            if before is None or not all(map(operator.is_, before[0], made_from)):
                before = (made_from, draw(spec, 0, state, run, pending=pending))
            drawn[id(spec)] = before
            shown.append((before[1], offset))
        self.drawn = drawn
        return tuple(shown)

    def waits(self, name: str) -> bool:
        """Whether the body that is there was accepted and its lock is not written yet."""
        if not self.pending:
            return False
        proposed = self.pending.get(name)
        present = self.live.present(name)
        return proposed is not None and present is not None and present.inputs.body == proposed.entry.inputs.body

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


@dataclass(frozen=True, slots=True)
class FileSymbols:
    """The specs of one file on disk for `workspace/symbol`, as they were when it and its lock file were so old and so long."""

    stamp: tuple[object, ...]
    symbols: tuple[SymbolInformation, ...]


@dataclass(slots=True)
class Session:
    """Everything the server knows. `trusted` is what the client or the user said last; None: nobody said anything."""

    client: Client = field(default_factory=Client)
    folders: list[Path] = field(default_factory=list)
    from_client: dict[str, Any] = field(default_factory=dict)
    from_folders: dict[Path, Mapping[str, Any]] = field(default_factory=dict)
    """What the client's configuration says for one folder alone."""
    trusted: bool | None = None
    roots: dict[Path, Root] = field(default_factory=dict)
    desks: dict[str, Desk] = field(default_factory=dict)
    symbols: dict[tuple[Path, str], FileSymbols] = field(default_factory=dict)

    def versions(self) -> dict[str, int | None]:
        """The versions of the open files."""
        return {uri: desk.file.version for uri, desk in self.desks.items()}

    def trusts(self, root: Root) -> bool:
        """Whether stages and models may run, and the workspace's own templates be used, in this root."""
        return self.trusted if self.trusted is not None else root.configured.editor.trust

    def root_at(self, path: Path) -> Root:
        """The root that a file belongs to, as the command line would find it."""
        holders = [folder for folder in self.folders if path.is_relative_to(folder)]
        here = max(holders, key=lambda folder: len(folder.parts), default=path.parent)
        place = choose_root(here, path)
        if place not in self.roots:
            self.roots[place] = Root(place, configure(place, self.settings_for(place)))
        return self.roots[place]

    def settings_for(self, place: Path) -> dict[str, Any]:
        """What the client says for a root: for all, and for the folder that holds it."""
        holders = [folder for folder in self.from_folders if place.is_relative_to(folder)]
        nearest = max(holders, key=lambda folder: len(folder.parts), default=None)
        return {**self.from_client, **(self.from_folders[nearest] if nearest is not None else {})}

    def reconfigure(self) -> None:
        """Read every root's settings anew, under what the client says now."""
        for root in self.roots.values():
            root.configured = configure(root.path, self.settings_for(root.path))

    def find_root_again(self, desk: Desk) -> None:
        """Folders came or went: an open file may belong to another root."""
        path = path_of(desk.file.uri)
        if path is None or (root := self.root_at(path)) is desk.root:
            return
        self.open(desk.file.uri, desk.file.version, desk.file.text)
        root.materials = None

    def open(self, uri: str, version: int | None, text: str) -> Desk | None:
        """Take a file up; None for one that no workspace can hold (an unsaved buffer)."""
        path = path_of(uri)
        if path is None:
            return None
        root = self.root_at(path)
        try:
            relative = relative_path(root.path, path)
        except WorkspaceError:
            return None
        file = OpenFile(uri, root.path, relative, version, Document.open(text))
        desk = Desk(file, root, LiveStates(relative))
        self.desks[uri] = desk
        self.read_lock(desk)
        self.changed_elsewhere(root, (relative,), desk)
        return desk

    def close(self, uri: str) -> Desk | None:
        """Put a file away; the disk's text counts again for others."""
        desk = self.desks.pop(uri, None)
        if desk is not None:
            self.changed_elsewhere(desk.root, (desk.file.path,), desk)
        return desk

    def edit(self, desk: Desk, file: OpenFile, changes: tuple[Change, ...]) -> tuple[str, ...]:
        """Take a file's next version; the names of specs whose runs are about another text now."""
        before, desk.file, desk.computed = desk.file, file, False
        self.changed_elsewhere(desk.root, (file.path,), desk)
        if not desk.runs:
            return ()
        overtaken: list[str] = []
        data = file.document.data
        for name, run in list(desk.runs.items()):
            spec = desk.spec(name)
            same = spec is not None and is_of(run, region_of(spec, data))
            if same:
                desk.runs[name] = replace(run, outdated=False, placed=())
                continue
            if not run.outdated:
                overtaken.append(name)
                old = before.document.reading.find(name)
                placed = place_findings(run, old, before.document.data) if old is not None else ()
                desk.runs[name] = replace(run, outdated=True, placed=placed)
            desk.runs[name] = moved(desk.runs[name], changes)
        return tuple(overtaken)

    def references(self, desk: Desk, spec: Spec) -> tuple[Finding, ...]:
        """What is wrong with the files that a spec refers to. The disk is looked at once, until something changes there."""
        if not spec.golden:
            return ()
        start = spec.block.start
        key = tuple(f"{one.path.value}@{one.path.span.start - start}" for one in spec.golden)
        if key not in desk.referred:
            desk.referred[key] = check_references(spec, desk.root.path / desk.file.path, desk.root.path)
        return desk.referred[key]

    def read_lock(self, desk: Desk) -> None:
        """Read the file's lock file anew."""
        desk.lock = read_lock_file(DiskTree(desk.root.path), desk.file.path)
        desk.computed = False

    def changed_elsewhere(self, root: Root, paths: Iterable[str] | None, but: Desk | None = None) -> list[Desk]:
        """Forget what depends on workspace files that changed (None: on anything); the open files that this concerns."""
        if but is None or len(self.desks) > 1 or but.file.uri not in self.desks:
            root.materials = None
        concerned: list[Desk] = []
        changed = None if paths is None else tuple(paths)
        for desk in self.desks.values():
            if desk.root is not root or desk is but:
                continue
            desk.live.forget(changed)
            desk.referred.clear()
            if changed is None or lock_path(desk.file.path) in changed:
                self.read_lock(desk)
            desk.computed = False
            concerned.append(desk)
        return concerned

    def open_texts(self, root: Root) -> dict[str, str]:
        """The texts of a root's open files, by path."""
        return {desk.file.path: desk.file.text for desk in self.desks.values() if desk.root is root}

    def materials(self, root: Root) -> Materials:
        """What a root's specs are made from besides the file at hand."""
        if root.materials is None:
            root.materials = Materials(root.path, DiskTree(root.path, self.open_texts(root)))
        return root.materials

    def compute(self, desk: Desk) -> None:
        """Bring a file's states up to date."""
        if desk.computed:
            return
        desk.states = desk.live.states(desk.file.document, self.materials(desk.root), desk.lock, desk.is_ready)
        desk.computed = True

    def view(self, desk: Desk) -> View:
        """The frozen picture that features compute from."""
        self.compute(desk)
        root = desk.root
        return View(
            desk.file.path,
            desk.file.document,
            Snapshot(root.path, DiskTree(root.path, self.open_texts(root))),
            root.configured.settings,
            {state.name: state for state in (desk.states.states if desk.states else ())},
            {name: run.progress for name, run in desk.runs.items()},
            frozenset(name for name, run in desk.runs.items() if run.outdated),
            self.trusts(root),
            cached=desk.cached(),
            inputs=desk.live.inputs(),
        )

    def key(self, desk: Desk, name: str) -> SpecKey:
        """Which spec, for the use case."""
        return SpecKey(desk.file.path, name)

    def desk_of(self, root: Root, path: str) -> Desk | None:
        """The open file at a workspace path."""
        return self.desks.get(uri_of(root.path / path)) or next(
            (desk for desk in self.desks.values() if desk.root is root and desk.file.path == path), None
        )
