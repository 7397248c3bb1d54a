"""Which fingerprint moved, from what to what, and since which commit. Reads git's past; changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from intaglio.lock.fingerprint import short
from intaglio.lock.inputs import Materials, current_inputs
from intaglio.lock.model import Entry, Inputs, Present
from intaglio.lock.revisions import Revision, head, revisions
from intaglio.repository import RevisionTree
from intaglio.spec import read_specs
from intaglio.workspace import Tree, read_text

_SINGLE = ("spec", "signature", "body")
_MANY = ("template", "modules", "blocks", "golden", "reach")
_MOST = 200


@dataclass(frozen=True, slots=True)
class Moved:
    """One fingerprint that is no longer the locked one. `then` or `now` is "" for what was, or is, not there.

    `since` is the commit from which on it is what it is now; None when no commit holds it yet, or none could be found;
    `committed` tells the two apart.
    """

    what: str
    name: str
    then: str
    now: str
    since: Revision | None = None
    committed: bool = False

    def __str__(self) -> str:
        label = f"{self.what} {self.name}" if self.name else self.what
        when = "not committed yet"
        if self.since is not None:
            when = f"since commit {self.since.short} ({self.since.author}, {self.since.at[:10]}): {self.since.subject}"
        elif self.committed:
            when = "since a commit that is out of reach here"
        return f"{label}: {_shown(self.then)} -> {_shown(self.now)}, {when}"


def moved_inputs(entry: Entry, present: Present) -> tuple[Moved, ...]:
    """What moved between a lock and the present, without a look at the past."""
    before, after = values_of(entry.inputs), values_of(present.inputs)
    keys = dict.fromkeys((*before, *after))
    return tuple(
        Moved(what, name, before.get((what, name), ""), after.get((what, name), ""))
        for what, name in keys
        if before.get((what, name), "") != after.get((what, name), "")
    )


def moved_since(root: Path, path: str, entry: Entry, present: Present) -> tuple[Moved, ...]:
    """What moved, each with the commit since which it is so. Looks back through at most 200 commits."""
    open_ones = {(one.what, one.name): one for one in moved_inputs(entry, present)}
    commit = head(root) if open_ones else ""
    if not commit:
        return tuple(open_ones.values())
    at_head = _values_at(RevisionTree(root, commit), root, path, present.name)
    searched = {key for key, one in open_ones.items() if at_head.get(key, "") == one.now}
    found: dict[tuple[str, str], Revision | None] = dict.fromkeys(searched)
    paths = {path, *present.inputs.depends, *entry.inputs.depends}
    for revision in revisions(root, sorted(paths), _MOST):
        if not searched:
            break
        values = _values_at(RevisionTree(root, revision.commit), root, path, present.name)
        for key in tuple(searched):
            if values.get(key, "") == open_ones[key].now:
                found[key] = revision
            else:
                searched.discard(key)
    return tuple(
        Moved(one.what, one.name, one.then, one.now, found.get(key), committed=key in found)
        for key, one in open_ones.items()
    )


def values_of(inputs: Inputs) -> dict[tuple[str, str], str]:
    """Every fingerprint of a function's inputs by (kind, name)."""
    values = {(what, ""): getattr(inputs, what) for what in _SINGLE}
    for what in _MANY:
        values |= {(what, name): value for name, value in getattr(inputs, what)}
    return values


def _values_at(tree: Tree, root: Path, path: str, name: str) -> dict[tuple[str, str], str]:
    text = read_text(tree, path)
    spec = read_specs(text, check=False).find(name) if text is not None else None
    if text is None or spec is None:
        return {}
    return values_of(current_inputs(Materials(root, tree), path, text, spec).inputs)


def _shown(fingerprint: str) -> str:
    return short(fingerprint) if fingerprint else "nothing"
