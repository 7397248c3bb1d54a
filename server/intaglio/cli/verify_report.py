"""What verify says, for a report: states with what changed in them and the ways on, and what only needs to be staged."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from intaglio.cli.report import PlacedFinding, SpecReport, place_finding
from intaglio.lock.report import SpecState, State
from intaglio.workspace import DiskTree, Tree

if TYPE_CHECKING:
    from intaglio.lock.across import Verified
    from intaglio.lock.ways_on import WayOn

_MOST_DIFFS = 5
_MOST_LINES = 20


def spec_rows(verified: Verified, *, quiet: bool, with_locks: bool) -> tuple[SpecReport, ...]:
    """One row a spec; with `quiet` only of those that are refused. `with_locks` adds what their locks say."""
    rows: list[SpecReport] = []
    diffs = 0
    forgotten = _not_staged(verified)
    for state in verified.report.specs:
        lock = lock_of(verified, state) if with_locks else None
        if state.state is State.LOCKED:
            rows += [] if quiet else [_row(verified, state, lock)]
            continue
        diff = ""
        if state.state is State.DRIFTED and diffs < _MOST_DIFFS and state.path not in forgotten:
            diff, diffs = _what_changed(verified, state), diffs + 1
        rows.append(_row(verified, state, lock, diff, forgotten.get(state.path)))
    return tuple(rows)


def file_findings(verified: Verified) -> tuple[PlacedFinding, ...]:
    """The findings of files, which belong to no spec."""
    return tuple(place_finding(finding, verified.folder + path, "", None) for path, finding in verified.report.findings)


def lock_of(verified: Verified, state: SpecState) -> dict[str, Any] | None:
    """What the document says of a spec's lock."""
    from intaglio.lock.check import read_lock_file
    from intaglio.lock.summary import lock_summary

    return lock_summary(state.entry or read_lock_file(_tree_of(verified), state.path).find(state.name))


def _not_staged(verified: Verified) -> dict[str, WayOn]:
    """Files that are refused as they are staged and locked as they stand on disk, with what to stage. The usual slip."""
    refused = {state.path for state in verified.report.specs if state.state is not State.LOCKED}
    if verified.tree is None or not refused:
        return {}
    from intaglio.lock.check import read_lock_file
    from intaglio.lock.paths import lock_path
    from intaglio.lock.verify import verify
    from intaglio.lock.ways_on import WayOn

    disk = DiskTree(verified.root)
    report = verify(verified.root, tuple(refused), verified.settings, use_cache=False)
    refused -= {state.path for state in report.specs if state.state is not State.LOCKED}
    refused -= {path for path, finding in report.findings if finding.severity.value == "error"}
    found: dict[str, WayOn] = {}
    for path in refused:
        depends = [one for entry in read_lock_file(disk, path).entries for one in entry.inputs.depends]
        missing = _differing(verified.tree, disk, [path, lock_path(path), *depends])
        if missing:
            names = " ".join(shlex.quote(verified.folder + one) for one in missing)
            found[path] = WayOn("stage it", f"git add {names}  # on disk they match")
    return found


def _differing(staged: Tree, disk: Tree, paths: Iterable[str]) -> list[str]:
    return [path for path in dict.fromkeys(paths) if staged.read(path) != disk.read(path)]


def _row(
    verified: Verified, state: SpecState, lock: dict[str, Any] | None, diff: str = "", way: WayOn | None = None
) -> SpecReport:
    from intaglio.lock.ways_on import ways_on

    return SpecReport(
        verified.folder + state.path,
        state.name,
        state.state.value,
        state.reasons,
        lock=lock,
        diff=diff,
        ways=(way,) if way is not None else ways_on(state, verified.folder),
    )


def _what_changed(verified: Verified, state: SpecState) -> str:
    """The body's lines against the locked ones, when these are in the store or in git's history; "" when not."""
    from intaglio.lock.diff import diff_lock
    from intaglio.lock.inputs import Materials, current_inputs
    from intaglio.spec import read_specs
    from intaglio.workspace import read_text

    tree = _tree_of(verified)
    text = read_text(tree, state.path)
    spec = read_specs(text).find(state.name) if text is not None else None
    if text is None or spec is None or state.entry is None:
        return ""
    present = current_inputs(Materials(verified.root, tree), state.path, text, spec)
    lines = diff_lock(verified.root, state.path, state.entry, present).body.split("\n")
    if len(lines) > _MOST_LINES:
        lines = [*lines[:_MOST_LINES], f"... and {len(lines) - _MOST_LINES} more lines"]
    return "\n".join(lines)


def _tree_of(verified: Verified) -> Tree:
    return verified.tree or DiskTree(verified.root)
