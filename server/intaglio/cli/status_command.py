"""`intaglio status`: the state of each spec, and why. Runs nothing."""

from __future__ import annotations

import importlib.util

import click


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH[::NAME]]...")
@click.option(
    "--explain", is_flag=True, help="Show each lock's contents too, which fingerprint moved, and since which commit."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document (docs/report.schema.json).")
def command(paths: tuple[str, ...], explain: bool, as_json: bool) -> None:
    """Show the state of each spec in PATH (files, folders, FILE::NAME; the whole workspace by default).

    stub: no body yet. unlocked: a body that no lock vouches for. ready: passed here, not locked. locked: every
    fingerprint matches. stale: what it was made from changed. drifted: the body was edited. orphaned: the function is
    gone. invalid: the spec has errors. Exits 1 when a finding is an error.
    """
    from intaglio.cli.output import end, show
    from intaglio.cli.selection import select
    from intaglio.cli.states import state_report

    selection = select(paths)
    report = state_report(selection, ready=importlib.util.find_spec("bandit") is not None, explain=explain)
    show(report, as_json=as_json, explain=explain)
    end(1 if report.has_error() else 0)
