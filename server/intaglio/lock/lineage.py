"""The life of an artifact: every lock that it had, by git's history of its lock file, through moves and renames.

Reads git's objects, offline; without git there is only the lock that is there now.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from intaglio.lock.check import read_lock_file
from intaglio.lock.model import Entry
from intaglio.lock.moved import values_of
from intaglio.lock.paths import lock_path
from intaglio.lock.revisions import MOST_REVISIONS, Revision, lock_at, revisions, touched_locks
from intaglio.workspace import DiskTree

_MOST_NAMES = 20


@dataclass(frozen=True, slots=True)
class Chapter:
    """One lock of an artifact, under the path and name that it had. `revision` brought it; None: not committed yet.

    `changed` is what differs from the lock before it, as (kind, name): ("spec", ""), ("golden", "data/rows.jsonl").
    """

    path: str
    name: str
    entry: Entry
    revision: Revision | None
    changed: tuple[tuple[str, str], ...] = ()
    first: bool = False


def lineage(root: Path, path: str, name: str) -> tuple[Chapter, ...]:
    """Every lock that the artifact had, the newest first."""
    chapters: list[Chapter] = []
    here = read_lock_file(DiskTree(root), path).find(name)
    seen: set[tuple[str, str]] = set()
    place: tuple[str, str] | None = (path, name)
    while place is not None and place not in seen and len(seen) < _MOST_NAMES:
        seen.add(place)
        own = _chapters_at(root, *place)
        if not chapters and here is not None and all(chapter.entry != here for chapter in own):
            chapters.append(Chapter(*place, here, None))
        chapters += own
        place = _before(root, own[-1]) if own else _uncommitted_move(root, here, path, name)
    return tuple(_compared(chapters))


def suites_known(root: Path, path: str, name: str) -> tuple[Entry, ...]:
    """The locks with bodies of their own, the newest first, each body once."""
    bodies: dict[str, Entry] = {}
    for chapter in lineage(root, path, name):
        bodies.setdefault(chapter.entry.inputs.body, chapter.entry)
    return tuple(bodies.values())


def _chapters_at(root: Path, path: str, name: str) -> list[Chapter]:
    """Each different lock under one path and name, with the oldest commit that holds it, the newest first."""
    oldest: dict[Entry, Revision] = {}
    past = revisions(root, [lock_path(path)], MOST_REVISIONS)
    for revision in past:
        entry = lock_at(root, revision.commit, path).find(name)
        if entry is not None:
            oldest.pop(entry, None)
            oldest[entry] = revision
    order = {revision.commit: place for place, revision in enumerate(past)}  # by commits: clocks go backwards
    ordered = sorted(oldest.items(), key=lambda pair: order[pair[1].commit])
    return [Chapter(path, name, entry, revision) for entry, revision in ordered]


def _before(root: Path, chapter: Chapter) -> tuple[str, str] | None:
    """The path and name that an artifact had before the commit in which its first lock here stands."""
    commit = chapter.revision.commit if chapter.revision else ""
    for source in touched_locks(root, commit):
        now = lock_at(root, commit, source)
        for entry in lock_at(root, f"{commit}^", source).entries:
            gone = now.find(entry.name) is None
            if gone and _same_function(entry, chapter.entry):
                return source, entry.name
    return None


def _uncommitted_move(root: Path, here: Entry | None, path: str, name: str) -> tuple[str, str] | None:
    """Where the artifact stood in the last commit, when its move is not committed yet."""
    if here is None or here.accepted.how != "followed":
        return None
    from intaglio.lock.paths import locked_sources

    for source in dict.fromkeys((path, *_committed_sources(root), *locked_sources(root))):
        now = read_lock_file(DiskTree(root), source)
        for entry in lock_at(root, "HEAD", source).entries:
            if now.find(entry.name) is None and (source, entry.name) != (path, name) and _same_function(entry, here):
                return source, entry.name
    return None


def _committed_sources(root: Path) -> tuple[str, ...]:
    from intaglio.lock.paths import LOCKS_FOLDER, source_path
    from intaglio.repository import RevisionTree
    from intaglio.workspace import WorkspaceError

    try:
        paths = RevisionTree(root, "HEAD").paths()
    except WorkspaceError:
        return ()
    return tuple(source_path(one) for one in paths if one.startswith(f"{LOCKS_FOLDER}/") and one.endswith(".toml"))


def _same_function(one: Entry, other: Entry) -> bool:
    return one.inputs.body == other.inputs.body and one.inputs.signature == other.inputs.signature


def _compared(chapters: list[Chapter]) -> list[Chapter]:
    compared: list[Chapter] = []
    for chapter, before in zip(chapters, [*chapters[1:], None], strict=False):
        values = values_of(chapter.entry.inputs)
        past = values_of(before.entry.inputs) if before else {}
        changed = [key for key in dict.fromkeys((*values, *past)) if before and values.get(key) != past.get(key)]
        if before and (chapter.path, chapter.name) != (before.path, before.name):
            changed.insert(0, ("name", f"{before.path}::{before.name}"))
        compared.append(
            Chapter(chapter.path, chapter.name, chapter.entry, chapter.revision, tuple(changed), first=before is None)
        )
    return compared
