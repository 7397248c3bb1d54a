"""What a merge left of locks, and what is to become of each: kept, validated again, followed, dropped. Runs no stage.

A lock counts as it is only where one side holds it, sealed, for exactly what is there now. Everything else that the merge
put together is to be validated again; and a body that neither side locked and git did not merge is somebody's handwork,
which is left to them. See docs/locks.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from intaglio.lock.check import lock_of
from intaglio.lock.file import with_entry
from intaglio.lock.inputs import Materials, current_inputs
from intaglio.lock.model import Entry, LockFile, Made, Present
from intaglio.lock.paths import lock_path
from intaglio.lock.revisions import Sides, lock_at, merged_text, revisions, sides, unmerged_stages
from intaglio.lock.state import changed_inputs
from intaglio.repository import RevisionTree
from intaglio.spec.module_index import index_module
from intaglio.spec.plain import read_unjudged
from intaglio.workspace import DiskTree, Tree, read_text

MERGED_BY_GIT = "merge"
"""`made.backend` of a body that git merged from two locked ones: no model and no hand wrote it."""
_MOST_PAST = 50


@dataclass(frozen=True, slots=True)
class Again:
    """A function to validate again: how its body came to be, and why the locks that there are do not do."""

    name: str
    made: Made
    why: str


@dataclass(frozen=True, slots=True)
class Resolution:
    """What is to become of one source file's locks.

    `entries` is what the lock file holds until the functions in `again` have passed: no entry of theirs matches, so
    nothing is green that was not validated. `said` is (function, what is done with its lock and why), in words.
    """

    path: str
    expected: bytes | None
    entries: tuple[Entry, ...] = ()
    again: tuple[Again, ...] = ()
    said: tuple[tuple[str, str], ...] = ()
    left: tuple[tuple[str, str], ...] = ()
    """(function, why) of what nobody but its author can settle."""
    blocked: str = ""
    """Why nothing can be done yet, "" when it can."""


@dataclass(frozen=True, slots=True)
class Past:
    """Where locks may have come from: git's sides and the stages of its index."""

    root: Path
    sides: Sides | None
    stages: dict[str, dict[int, bytes]]

    @classmethod
    def of(cls, root: Path) -> Past:
        """Of a workspace, as git tells it now."""
        return cls(root, sides(root), unmerged_stages(root))

    def locks(self, path: str) -> tuple[LockFile, LockFile, LockFile]:
        """(ours, theirs, base) of a source file: from the index where it is unmerged, else from the commits."""
        if stages := self.stages.get(path):
            return tuple(lock_of(stages.get(number))[0] for number in (2, 3, 1))  # type: ignore[return-value]  # three
        if self.sides is None:
            return LockFile(), LockFile(), LockFile()
        ours, theirs = (lock_at(self.root, commit, path) for commit in (self.sides.ours, self.sides.theirs[0]))
        return ours, theirs, lock_at(self.root, self.sides.base, path) if self.sides.base else LockFile()


def resolve(root: Path, path: str, past: Past) -> Resolution:
    """Decide about one source file's locks. Reads the disk, git's index and its commits. Raises WorkspaceError."""
    tree = DiskTree(root)
    expected = tree.read(lock_path(path))
    text = read_text(tree, path)
    unusable = {finding.code: finding for finding in lock_of(expected)[1]}
    if "LK003" in unusable:
        return Resolution(path, expected, blocked=f"{path}: {unusable['LK003'].message}; update Intaglio")
    if "LK007" in unusable:
        why = f"{path}: {unusable['LK007'].message}; bring it back from git, or delete it and lock anew"
        return Resolution(path, expected, blocked=why)
    if text is None and tree.read(path) is not None:
        return Resolution(path, expected, blocked=f"{path} cannot be read as Python source; settle it first")
    if text is not None and _has_markers(text):
        return Resolution(path, expected, blocked=f"{path} itself is in conflict; settle it first, then its locks")
    if error := index_module(path, text or "").error:
        return Resolution(path, expected, blocked=f"{error}; settle it first, then its locks")
    presents = _presents(root, tree, path, text or "")
    return _Decision(root, path, past, lock_of(expected)[0], expected, presents).made()


class _Decision:
    """The locks of one file, as there are of them, and what is there now."""

    def __init__(
        self, root: Path, path: str, past: Past, here: LockFile, expected: bytes | None, presents: Sequence[Present]
    ) -> None:
        self.root, self.path, self.past, self.expected = root, path, past, expected
        self.here, self.presents = here, {present.name: present for present in presents}
        self.ours, self.theirs, self.base = past.locks(path)
        self.merged: dict[str, Present] | None = None
        self.older: tuple[Entry, ...] | None = None

    def made(self) -> Resolution:
        entries: list[Entry] = []
        again: list[Again] = []
        said: list[tuple[str, str]] = []
        left: list[tuple[str, str]] = []
        order = list(self.presents)
        names = [entry.name for lock in (self.here, self.ours, self.theirs) for entry in lock.entries]
        names += [name for name, _ in self.here.broken]
        for name in dict.fromkeys([*names, *order]):
            present = self.presents.get(name)
            if present is None:
                entry, word = self._gone(name)
            else:
                entry, word = self._present(present, again, left)
            if entry is not None:
                entries = with_entry(entries, entry, order)
            if word:
                said.append((name, word))
        return Resolution(self.path, self.expected, tuple(entries), tuple(again), tuple(said), tuple(left))

    def _present(self, present: Present, again: list[Again], left: list[tuple[str, str]]) -> tuple[Entry | None, str]:
        here = self.here.find(present.name)
        if here is not None and here.inputs == present.inputs and not present.problems:
            return here, ""
        own = [entry for entry in self._all() if entry.name == present.name]
        if exact := next((one for one in own if one.inputs == present.inputs and not present.problems), None):
            return exact, "kept the lock that one side holds for exactly this"
        if present.is_stub:
            kept = next(iter(own), None)
            return kept, ""
        if not own and present.name not in dict(self.here.broken) and not self._moved_here(present):
            return None, ""  # it never had a lock: nothing was merged
        same = [one for one in (*own, *self._all(), *self._past()) if one.inputs.body == present.inputs.body]
        if same:
            why = "; ".join(changed_inputs(same[0], present)) or "it was locked under another name"
            again.append(Again(present.name, same[0].made, why))
            return replace(same[0], name=present.name), ""
        entry = next(iter(own), None)
        if self._merged_by_git(present):
            again.append(Again(present.name, Made(MERGED_BY_GIT), "git merged its body from two that were locked"))
        else:
            where = f"{self.path}::{present.name}"
            why = (
                "its body is none that was locked, and git did not merge it: it was edited by hand. "
                f"`intaglio lock --adopt --reason ... {where}` locks it as such, `intaglio restore {where}` brings the "
                "locked one back"
            )
            left.append((present.name, why))
        return entry, ""

    def _gone(self, name: str) -> tuple[Entry | None, str]:
        """The lock of a function that is not there any more."""
        here = next((entry for entry in self._all() if entry.name == name), None)
        if here is None:
            return None, "dropped what was left of the lock of a function that is gone"
        twins = [
            present for present in self.presents.values()
            if self.here.find(present.name) is None
            and present.inputs.body == here.inputs.body
            and present.inputs.signature == here.inputs.signature
        ]  # fmt: skip
        if len(twins) == 1:
            return None, f"its function is {twins[0].name} now; the lock goes there"
        sides_with = [lock.find(name) is not None for lock in (self.ours, self.theirs)]
        if self.base.find(name) is not None and not all(sides_with):
            return None, "dropped: one side removed the function, and it is gone"
        return here, "kept, though its function is gone: `intaglio lock --follow` or `--drop` settles it"

    def _all(self) -> tuple[Entry, ...]:
        return (*self.here.entries, *self.ours.entries, *self.theirs.entries, *self.base.entries)

    def _past(self) -> tuple[Entry, ...]:
        """What the lock file held in the last commits: for a merge that was committed with its locks unsettled."""
        if self.older is None:
            found: list[Entry] = []
            for revision in revisions(self.root, [lock_path(self.path)], _MOST_PAST):
                found += lock_at(self.root, revision.commit, self.path).entries
            self.older = tuple(found)
        return self.older

    def _moved_here(self, present: Present) -> bool:
        return any(
            entry.name not in self.presents and entry.inputs.body == present.inputs.body for entry in self._all()
        )

    def _merged_by_git(self, present: Present) -> bool:
        """Whether the body is what git makes, without any help, of two bodies that were each locked on its side."""
        both = self.past.sides
        if both is None or not both.base or not both.theirs[0]:
            return False
        if self.merged is None:
            text = merged_text(self.root, both, self.path)
            self.merged = {} if text is None else self._named(DiskTree(self.root, {self.path: text}))
        merged = self.merged.get(present.name)
        if merged is None or not merged.inputs.body or merged.inputs.body != present.inputs.body:
            return False
        for commit, lock in zip((both.ours, both.theirs[0]), (self.ours, self.theirs), strict=True):
            side, entry = self._named(RevisionTree(self.root, commit)).get(present.name), lock.find(present.name)
            if side is None or entry is None or side.inputs.body != entry.inputs.body:
                return False
        return True

    def _named(self, tree: Tree) -> dict[str, Present]:
        """The functions of this file as a tree holds it, by name."""
        text = read_text(tree, self.path)
        return {one.name: one for one in _presents(self.root, tree, self.path, text or "")}


def _presents(root: Path, tree: Tree, path: str, text: str) -> tuple[Present, ...]:
    materials = Materials(root, tree)
    return tuple(current_inputs(materials, path, text, spec) for spec in read_unjudged(path, text).specs)


def _has_markers(text: str) -> bool:
    lines = text.splitlines()
    return any(line.startswith("<<<<<<< ") for line in lines) and any(line.startswith(">>>>>>> ") for line in lines)
