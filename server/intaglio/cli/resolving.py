"""`intaglio lock --resolve`: what a merge, a rebase, a cherry-pick or a revert left of locks, settled without a question."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from intaglio.acceptance import accept
from intaglio.cli.output import end, show
from intaglio.cli.selection import Selection, select
from intaglio.cli.states import state_report
from intaglio.cli.terminal import summary_line
from intaglio.cli.working import exit_code, print_file_findings, report_of, run_all
from intaglio.events import SpecKey
from intaglio.lock.file import read_lock
from intaglio.lock.journal import WriteStopped
from intaglio.lock.model import State
from intaglio.lock.paths import lock_path
from intaglio.lock.resolution import Again, Past, Resolution, resolve
from intaglio.lock.verify import verify
from intaglio.lock.write import follow_entry, settle_entries
from intaglio.locking import Origin, relock_spec
from intaglio.opening import open_workshop
from intaglio.progress import SpecProgress
from intaglio.validate.tools import Toolbox


def resolve_locks(paths: tuple[str, ...], reason: str, *, as_json: bool) -> None:
    """Settle the locks of the chosen files, validate again what was never validated together, and say what to `git add`."""
    selection = select(paths)
    root = selection.root
    past = Past.of(root)
    sources = _unsettled(selection, past)
    plans = [resolve(root, path, past) for path in sources]
    again: dict[SpecKey, Again] = {}
    troubled = False
    for plan in plans:
        troubled |= _settle(root, plan, as_json=as_json)
        again |= {SpecKey(plan.path, one.name): one for one in plan.again}
    if selection.whole:
        _follow(selection.root, reason, as_json=as_json)
    selection = select(paths)
    with Toolbox() as toolbox:
        workshop = open_workshop(root, selection.settings, toolbox)

        def origin(key: SpecKey) -> Origin:
            doing = past.sides.doing if past.sides and past.sides.doing != "merged" else "merge"
            why = f"resolved a {doing}: {again[key].why}"
            said = f"{reason}; {why}" if reason else why
            return Origin(again[key].made, accept(root, "validated", said))

        states: tuple[SpecProgress, ...] = run_all(
            selection,
            [key for plan in plans for key in again if key.path == plan.path],
            lambda key, cancel: relock_spec(workshop, key, origin(key), cancel),
            quiet=as_json,
        )
    after = state_report(select(paths), ready=False)
    if as_json:
        show(report_of(selection, states, after), as_json=True)
    else:
        print_file_findings(after)
        _say_what_to_add(root, [plan.path for plan in plans])
        click.echo(summary_line(after))
    end(1 if troubled else exit_code(states, after))


def _unsettled(selection: Selection, past: Past) -> tuple[str, ...]:
    """The chosen source files that are not locked as they stand, or whose lock file git has unmerged."""
    named = () if selection.whole else selection.paths
    report = verify(selection.root, named, selection.settings, use_cache=False)
    found = {spec.path for spec in report.specs if spec.state is not State.LOCKED}
    found |= {path for path, _ in report.findings if path}
    reachable = found | set(past.stages)
    return tuple(sorted(reachable if selection.whole else reachable & set(selection.paths)))


def _settle(root: Path, plan: Resolution, *, as_json: bool) -> bool:
    """Write what is decided of one file's locks, and say it; whether something is left that a person must settle."""
    if plan.blocked:
        click.echo(f"blocked   {plan.blocked}", err=as_json)
        return True
    changed = _text(plan) != (plan.expected or b"")
    if changed:
        try:
            settle_entries(root, plan.path, plan.entries, plan.expected)
        except WriteStopped as error:
            raise click.ClickException(str(error)) from error
    for name, word in plan.said:
        click.echo(f"settled   {plan.path}::{name}: {word}", err=as_json)
    for name, why in plan.left:
        click.echo(f"left      {plan.path}::{name}: {why}", err=as_json)
    return bool(plan.left)


def _text(plan: Resolution) -> bytes:
    from intaglio.lock.file import write_lock

    return write_lock(plan.entries).encode() if plan.entries else b""


def _follow(root: Path, reason: str, *, as_json: bool) -> None:
    """Give locks whose function went to another file to where it went."""
    from intaglio.config import load_settings

    for state in verify(root, (), load_settings(root), use_cache=False).specs:
        if state.state is State.ORPHANED and state.moved_to is not None:
            accepted = accept(root, "followed", reason or f"followed {state.name} to where it went")
            try:
                follow_entry(root, state.path, state.name, *state.moved_to, accepted)
            except WriteStopped as error:
                click.echo(f"left      {state.path}::{state.name}: {error}", err=as_json)
                continue
            click.echo(f"followed  {state.path}::{state.name} to {'::'.join(state.moved_to)}", err=as_json)


def _has_markers(place: Path) -> bool:
    """Whether a lock file is still in the middle of a merge: nobody is told to stage that."""
    try:
        text = place.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return any(finding.code == "LK002" for finding in read_lock(text).findings)


def _say_what_to_add(root: Path, sources: list[str]) -> None:
    """Lock files that git does not hold as they are now. Nothing is staged for anybody."""
    from intaglio.repository import run_git
    from intaglio.workspace import WorkspaceError

    places = [lock_path(path) for path in sources]
    try:
        output = run_git(root, "status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all", "--", *places)
    except WorkspaceError:
        return
    changed = [record[3:] for record in output.decode("utf-8", "surrogateescape").split("\0") if record]
    prefix = run_git(root, "rev-parse", "--show-prefix").decode("utf-8", "surrogateescape").strip()
    changed = [path.removeprefix(prefix) for path in changed]
    changed = [path for path in changed if not _has_markers(root / path)]
    if changed:
        click.echo(f"to stage it: git add {' '.join(shlex.quote(path) for path in changed)}")
