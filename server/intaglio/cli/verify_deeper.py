"""What verify does besides comparing fingerprints, when it is asked to: look back to a commit, and replay stages.

Both need the validate extra for what they run; looking back says so and goes on without it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from intaglio.cli.changes import ShownChange
from intaglio.lock.report import State
from intaglio.sparse import disk_tree

if TYPE_CHECKING:
    from intaglio.lock.across import Verified
    from intaglio.lock.since import LockChange
    from intaglio.replay import Replayed
    from intaglio.repository import RevisionTree
    from intaglio.snapshot import Snapshot
    from intaglio.validate.comparison import Behaviour
    from intaglio.validate.tools import Toolbox


def changes_of(verified: Verified, revision: str, paths: Iterable[str]) -> tuple[ShownChange, ...]:
    """The locks of one workspace that changed since a commit, of some source files or of all. Raises WorkspaceError."""
    from intaglio.lock.paths import lock_path, locked_sources
    from intaglio.lock.since import changes_since, locked_in
    from intaglio.repository import RevisionTree

    then = RevisionTree(verified.root, revision)
    sources = {*locked_in(then.paths()), *locked_sources(verified.root)}
    if chosen := set(paths):
        sources &= chosen
    then.preload(lock_path(source) for source in sources)
    found = changes_since(then, verified.tree or disk_tree(verified.root), sources)
    wanted = [change for change in found if change.runs_otherwise]
    behaviours: dict[LockChange, Behaviour] = dict(zip(wanted, _compared(verified, then, wanted), strict=True))
    return tuple(ShownChange(change, verified.folder, behaviours.get(change)) for change in found)


def _compared(verified: Verified, then: RevisionTree, changes: list[LockChange]) -> list[Behaviour]:
    from intaglio.opening import missing_tools

    if not changes:
        return []
    if missing_tools():
        from intaglio.validate.comparison import Behaviour

        return [Behaviour(problem="that needs more than is installed; run: pip install 'intaglio[validate]'")] * len(
            changes
        )
    from intaglio.snapshot import Snapshot
    from intaglio.validate.tools import Toolbox

    old = Snapshot(verified.root, then)
    new = Snapshot(verified.root, verified.tree or disk_tree(verified.root))
    with Toolbox() as toolbox:
        return [_behaviour(verified, toolbox, old, new, change) for change in changes]


def _behaviour(verified: Verified, toolbox: Toolbox, old: Snapshot, new: Snapshot, change: LockChange) -> Behaviour:
    from intaglio.behaviour import Version, compare_behaviour
    from intaglio.validate.comparison import Behaviour

    if change.before and change.after and change.before.inputs.signature != change.after.inputs.signature:
        return Behaviour(problem="the signature changed, so the two take no inputs in common")
    before = Version(old, change.path_before or change.path, change.name_before or change.name)
    return compare_behaviour(verified.settings, toolbox, before, Version(new, change.path, change.name))


def replays_of(verified: Verified) -> tuple[Replayed, ...]:
    """The stages of everything that is locked, run again and compared with its lock."""
    from intaglio.lock.check import read_lock_file
    from intaglio.replay import replay
    from intaglio.snapshot import Snapshot
    from intaglio.validate.tools import Toolbox

    snapshot = Snapshot(verified.root, verified.tree or disk_tree(verified.root))
    locked = [state for state in verified.report.specs if state.state is State.LOCKED]
    found: list[Replayed] = []
    with Toolbox() as toolbox:
        for number, state in enumerate(locked, 1):
            _tell(f"replaying {number} of {len(locked)}: {state.path}::{state.name}")
            entry = read_lock_file(snapshot, state.path).find(state.name)
            if entry is not None:
                found.append(replay(snapshot, verified.settings, toolbox, state.path, entry))
    _tell("")
    return tuple(found)


def _tell(doing: str) -> None:
    """What is going on, on a line of a terminal that the next word overwrites; nothing in a pipe."""
    if sys.stderr.isatty():
        click.echo(f"\r\x1b[K{doing[:100]}", nl=False, err=True)
