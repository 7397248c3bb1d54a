"""Four eyes: whether a body was accepted by another person than the author of the commit that brought it.

Judged from git's history, so only of what is committed: before that there is no author. Names are as honest as git's
settings; who must not be able to feign them signs commits. Run by verify where `second-person` is set.
"""

from __future__ import annotations

from pathlib import Path

from intaglio.finding import Finding
from intaglio.lock.check import read_lock_file
from intaglio.lock.codes import SEVERITIES
from intaglio.lock.model import Entry
from intaglio.lock.paths import lock_path
from intaglio.lock.report import SpecState, State
from intaglio.lock.revisions import Revision, head, lock_at, revisions
from intaglio.person import address
from intaglio.repository import run_git
from intaglio.workspace import Tree, WorkspaceError


def accepted_alone(root: Path, tree: Tree, specs: tuple[SpecState, ...]) -> tuple[tuple[str, Finding], ...]:
    """A finding for each locked body that is committed and that nobody but its author accepted."""
    found: list[tuple[str, Finding]] = []
    shallow = _is_shallow(root)
    pasts: dict[str, tuple[Revision, ...]] = {}
    for spec in specs:
        if spec.state is not State.LOCKED:
            continue
        entry = read_lock_file(tree, spec.path).find(spec.name)
        if entry is None or lock_at(root, head(root), spec.path).find(spec.name) != entry:
            continue
        if spec.path not in pasts:
            pasts[spec.path] = revisions(root, [lock_path(spec.path)])
        brought, certain = _brought(root, spec, entry, pasts[spec.path])
        if brought is None or (shallow and not certain):
            message = (
                f"{spec.name}: which commit brought its body is out of reach here; in a shallow clone, fetch the history "
                "first (`git fetch --unshallow`)"
            )
            found.append((spec.path, Finding("LK014", SEVERITIES["LK014"], message)))
        elif address(brought.author) == address(entry.accepted.by):
            message = (
                f"{spec.name}: {entry.accepted.by} accepted a body that commit {brought.short} brought, of the same person; "
                f"somebody else is to read it and run `intaglio lock {spec.path}::{spec.name} --reason ...`"
            )
            found.append((spec.path, Finding("LK014", SEVERITIES["LK014"], message)))
    return tuple(found)


def _brought(root: Path, spec: SpecState, entry: Entry, past: tuple[Revision, ...]) -> tuple[Revision | None, bool]:
    """The oldest commit since which the lock has this body, and whether an older one without it was seen."""
    oldest: Revision | None = None
    for revision in past:
        then = lock_at(root, revision.commit, spec.path).find(spec.name)
        if then is None or then.inputs.body != entry.inputs.body:
            return oldest, True
        oldest = revision
    return oldest, False


def _is_shallow(root: Path) -> bool:
    try:
        return run_git(root, "rev-parse", "--is-shallow-repository").strip() != b"false"
    except WorkspaceError:
        return True
