"""The session: what the server knows now. Held and changed by the event loop's thread alone; everyone else gets frozen values.

Sends nothing and runs nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lsprotocol import types

from intaglio.assist.view import View
from intaglio.events import SpecKey
from intaglio.lock.check import lock_of
from intaglio.lock.inputs import Materials
from intaglio.lock.live import LiveStates
from intaglio.lock.paths import lock_path
from intaglio.lsp.client import Client
from intaglio.lsp.configuration import configure
from intaglio.lsp.desk import Desk, Root
from intaglio.lsp.from_client import path_of
from intaglio.lsp.open_file import Change, OpenFile, edit_file
from intaglio.lsp.to_client import uri_of
from intaglio.snapshot import Snapshot
from intaglio.source import read_source
from intaglio.spec.document import Document
from intaglio.spec.shift import placed_specs
from intaglio.workspace import DiskTree, WorkspaceError, choose_root, relative_path


@dataclass(frozen=True, slots=True)
class FileSymbols:
    """The specs of one file on disk for `workspace/symbol`, as they were when it and its lock file were so old and so long."""

    stamp: tuple[object, ...]
    symbols: tuple[types.SymbolInformation, ...]


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
        moved = self.open(desk.file.uri, desk.file.version, desk.file.text)
        if moved is not None:
            moved.take_over(desk)
        root.materials = None

    def forget_roots(self) -> None:
        """Folders went: what none that is left lies in, and no file at hand belongs to, is no part of the workspace any more."""
        meant = {desk.root.path for desk in self.desks.values()}
        meant |= {self.root_at(folder / "any.py").path for folder in self.folders}
        self.roots = {place: root for place, root in self.roots.items() if place in meant}

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

    def take_up(self, uri: str, version: int | None, text: str) -> Desk | None:
        """An editor opens a file: what is known of it from commands while it was closed is kept."""
        desk = self.desks.get(uri)
        if desk is None or desk.is_held:
            return self.open(uri, version, text)
        self._replace(desk, version, text)
        return desk

    def from_disk(self, uri: str) -> Desk | None:
        """The desk of a file that no editor holds, as it is on the disk now. Raises SourceError or OSError."""
        path = path_of(uri)
        if path is None:
            return None
        desk = self.desks.get(uri)
        text = read_source(path).text
        if desk is None:
            return self.open(uri, None, text)
        if not desk.is_held and desk.file.text != text:
            self._replace(desk, None, text)
        return desk

    def _replace(self, desk: Desk, version: int | None, text: str) -> None:
        whole = types.TextDocumentContentChangeWholeDocument(text)
        file, changes = edit_file(desk.file, version, (whole,), self.client.encoding)
        self.edit(desk, file, changes)

    def close(self, uri: str) -> Desk | None:
        """Put a file away; the disk's text counts again for others."""
        desk = self.desks.pop(uri, None)
        if desk is not None:
            self.changed_elsewhere(desk.root, (desk.file.path,), desk)
        return desk

    def edit(self, desk: Desk, file: OpenFile, changes: tuple[Change, ...]) -> tuple[str, ...]:
        """Take a file's next version; the names of specs whose runs are about another text now."""
        self.changed_elsewhere(desk.root, (file.path,), desk)
        return desk.edit(file, changes)

    def read_lock(self, desk: Desk) -> None:
        """Read the file's lock file anew. The same bytes are the same value: nothing is computed for them again."""
        data = DiskTree(desk.root.path).read(lock_path(desk.file.path))
        if desk.lock_data != data:
            desk.lock, desk.lock_data = lock_of(data)[0], data
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
        if desk.recalled and not self.trusts(desk.root):
            desk.forget_recalled()
        if desk.computed:
            return
        desk.states = desk.live.states(desk.file.document, self.materials(desk.root), desk.lock, desk.is_ready)
        desk.computed = True

    def view(self, desk: Desk) -> View:
        """The frozen picture that features compute from."""
        self.compute(desk)
        root = desk.root
        runs = desk.latest_runs()
        placed = placed_specs(desk.file.document.reading.specs)
        return View(
            desk.file.path,
            desk.file.document,
            Snapshot(root.path, DiskTree(root.path, self.open_texts(root))),
            root.configured.settings,
            {state.name: state for state in (desk.states.states if desk.states else ())},
            {name: run.progress for name, run in runs.items()},
            frozenset(name for name, run in runs.items() if run.outdated),
            self.trusts(root),
            inputs=desk.live.inputs(),
            referred={spec.name: desk.references(spec) for spec, _ in placed if spec.golden},
            by_hand=frozenset(name for name, run in desk.recalled.items() if run.by_hand),
            waiting={name: why for name in desk.pending if (why := desk.why_it_waits(name))},
        )

    def key(self, desk: Desk, name: str) -> SpecKey:
        """Which spec, for the use case."""
        return SpecKey(desk.file.path, name)

    def desk_of(self, root: Root, path: str) -> Desk | None:
        """The open file at a workspace path."""
        return self.desks.get(uri_of(root.path / path)) or next(
            (desk for desk in self.desks.values() if desk.root is root and desk.file.path == path), None
        )
