"""`intaglio lock`: lock bodies that pass; adopt hand-written ones; follow and drop locks whose function is gone."""

from __future__ import annotations

import click


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH[::NAME]]...")
@click.option("--adopt", is_flag=True, help="Lock hand-written bodies too, as such.")
@click.option("--reason", default="", help="Why, for the lock.")
@click.option("--follow", is_flag=True, help="Give orphaned locks to the functions that have their fingerprints.")
@click.option("--drop", is_flag=True, help="Take orphaned locks out of their files.")
@click.option("--resolve", is_flag=True, help="Settle what a merge, rebase, cherry-pick or revert left of the locks.")
@click.option("--tools", is_flag=True, help="Lock anew what other versions of the tools had locked, all at once.")
@click.option("--dry-run", is_flag=True, help="With --tools: list what would not pass any more, and write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document (docs/report.schema.json).")
def command(
    paths: tuple[str, ...],
    adopt: bool,
    reason: str,
    follow: bool,
    drop: bool,
    resolve: bool,
    tools: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Validate the bodies in PATH that are not locked, and lock what passes all four stages.

    A body that was edited by hand, or that Intaglio did not write, needs --adopt. Exits 1 when one is refused.

    With --resolve, lock files in conflict are settled: a lock that one side holds for exactly what is there is kept, and
    what the merge put together is validated again. It asks nothing and stages nothing: it says what to `git add`.

    New versions of the tools raise no alarm. With --tools, all that other versions had locked is validated with those here:
    what passes is locked anew, what would not pass any more is listed, and keeps its lock.
    """
    from intaglio.cli.output import end, show
    from intaglio.cli.preparing import require_validate_extra, settle
    from intaglio.cli.selection import select
    from intaglio.cli.states import state_report
    from intaglio.cli.terminal import summary_line
    from intaglio.cli.working import exit_code, print_file_findings, report_of, run_all
    from intaglio.events import SpecKey
    from intaglio.opening import open_workshop, prepare_state_folder

    if adopt and not reason.strip():
        raise click.UsageError("--adopt needs --reason: say why the body is right as a person wrote it")
    if dry_run and not tools:
        raise click.UsageError("--dry-run goes with --tools")
    require_validate_extra()
    selection = select(paths)
    settle(selection.root)
    prepare_state_folder(selection.root)
    if tools:
        from intaglio.cli.accepting import accept_tools

        accept_tools(paths, reason, dry_run=dry_run, as_json=as_json)
        return
    if resolve:
        from intaglio.cli.resolving import resolve_locks

        resolve_locks(paths, reason, as_json=as_json)
        return
    if follow or drop:
        _settle_orphans(paths, follow=follow, drop=drop, reason=reason)
        selection = select(paths)
    from intaglio.locking import lock_spec
    from intaglio.validate.tools import Toolbox

    before = {SpecKey(row.path, row.name): row for row in state_report(selection, ready=False).specs}
    keys = [
        key
        for key in selection.spec_keys()
        if key.path in selection.names or before[key].state not in {"locked", "stub", "orphaned"}
    ]
    with Toolbox() as toolbox:
        workshop = open_workshop(selection.root, selection.settings, toolbox)
        states = run_all(
            selection,
            keys,
            lambda key, cancel: lock_spec(workshop, key, cancel, adopt=adopt, reason=reason),
            quiet=as_json,
        )
    after = state_report(select(paths), ready=False)
    if as_json:
        show(report_of(selection, states, after), as_json=True)
    else:
        if not keys:
            click.echo("nothing to lock")
        print_file_findings(after)
        click.echo(summary_line(after))
    end(exit_code(states, after))


def _settle_orphans(paths: tuple[str, ...], *, follow: bool, drop: bool, reason: str) -> None:
    from intaglio.acceptance import accept
    from intaglio.cli.selection import select
    from intaglio.lock.journal import WriteStopped
    from intaglio.lock.model import State
    from intaglio.lock.verify import verify
    from intaglio.lock.write import drop_entry, follow_entry

    selection = select(paths)
    report = verify(selection.root, () if selection.whole else selection.paths, selection.settings, use_cache=False)
    for state in report.specs:
        if state.state is not State.ORPHANED:
            continue
        try:
            if follow and state.moved_to is not None:
                accepted = accept(selection.root, "followed", reason or f"followed {state.name} to where it went")
                follow_entry(selection.root, state.path, state.name, *state.moved_to, accepted)
                click.echo(f"followed  {state.path}::{state.name} to {'::'.join(state.moved_to)}")
            elif drop:
                drop_entry(selection.root, state.path, state.name)
                click.echo(f"dropped   {state.path}::{state.name}")
        except WriteStopped as error:
            raise click.ClickException(str(error)) from error
