"""`intaglio verify`: the gate for hooks and CI. Needs no model, no network, no sandbox, and writes nothing but its cache."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from intaglio.lock.model import SpecState


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--staged", is_flag=True, help="Judge what git has staged, not what the disk holds.")
@click.option("--no-cache", is_flag=True, help="Read and hash everything anew.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document (docs/report.schema.json).")
@click.option("-q", "--quiet", is_flag=True, help="Print only what does not match.")
def command(paths: tuple[str, ...], staged: bool, no_cache: bool, as_json: bool, quiet: bool) -> None:
    """Exit 1 unless every lock matches and every spec in reach is locked.

    With PATH (or --staged), every artifact that lives in one of the paths, or depends on one, is checked.
    """
    from intaglio.cli import WrongConfiguration
    from intaglio.cli.output import end, show
    from intaglio.cli.report import Report, SpecReport, place_finding
    from intaglio.config import load_settings
    from intaglio.lock.verify import verify
    from intaglio.workspace import WorkspaceError, choose_root, expand_paths, relative_path

    here = Path.cwd()
    root = choose_root(here, here / paths[0] if paths else None)
    settings = load_settings(root)
    try:
        if staged:
            chosen = [relative_path(root, here / path) for path in paths]
        else:
            chosen = list(expand_paths(root, [here / path for path in paths], settings.include, settings.exclude))
        report = verify(root, chosen, settings, staged=staged, processes=os.cpu_count() or 1, use_cache=not no_cache)
    except WorkspaceError as error:
        raise WrongConfiguration(str(error)) from error
    rows = tuple(
        SpecReport(
            state.path, state.name, state.state.value, state.reasons, lock=lock_of(root, state) if as_json else None
        )
        for state in report.specs
        if not quiet or state.state.value != "locked"
    )
    findings = tuple(place_finding(finding, path, "", None) for path, finding in report.findings)
    shown = Report(rows, findings)
    if not quiet or as_json or not report.passed:
        show(shown, as_json=as_json)
    if not as_json and not report.passed:
        click.echo(
            "verify: not every spec is locked as it stands; see the reasons above, and `intaglio diff FILE::NAME`",
            err=True,
        )
    end(0 if report.passed else 1)


def lock_of(root: Path, state: SpecState) -> dict[str, Any] | None:
    """What the document says of a spec's lock."""
    from intaglio.cli.states import lock_summary
    from intaglio.lock.check import read_lock_file
    from intaglio.workspace import DiskTree

    return lock_summary(state.entry or read_lock_file(DiskTree(root), state.path).find(state.name))
