"""`intaglio verify`: the gate for hooks and CI. Needs no model, no network, no sandbox, and writes nothing but its cache."""

from __future__ import annotations

import os
from pathlib import Path

import click


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--staged", is_flag=True, help="Judge what git has staged, not what the disk holds.")
@click.option("--no-cache", is_flag=True, help="Read and hash everything anew.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document (docs/report.schema.json).")
@click.option("-q", "--quiet", is_flag=True, help="Print only what does not match.")
def command(paths: tuple[str, ...], staged: bool, no_cache: bool, as_json: bool, quiet: bool) -> None:
    """Exit 1 unless every lock matches and every spec in reach is locked.

    With PATH (or --staged), every artifact that lives in one of the paths, or depends on one, is checked. Without PATH,
    workspaces further inside are verified too, each under its own settings.
    """
    from intaglio.cli import WrongConfiguration
    from intaglio.cli.output import end, show
    from intaglio.cli.report import Report
    from intaglio.cli.verify_report import file_findings, spec_rows
    from intaglio.config import load_settings
    from intaglio.lock.across import verify_across
    from intaglio.workspace import WorkspaceError, choose_root, expand_paths, relative_path

    here = Path.cwd()
    root = choose_root(here, here / paths[0] if paths else None)
    try:
        if staged:
            chosen = [relative_path(root, here / path) for path in paths]
        else:
            settings = load_settings(root)
            chosen = list(expand_paths(root, [here / path for path in paths], settings.include, settings.exclude))
        found = verify_across(root, chosen, staged=staged, processes=os.cpu_count() or 1, use_cache=not no_cache)
        passed = all(one.report.passed for one in found)
        rows = tuple(row for one in found for row in spec_rows(one, quiet=quiet, with_locks=as_json))
    except WorkspaceError as error:
        raise WrongConfiguration(str(error)) from error
    findings = tuple(finding for one in found for finding in file_findings(one))
    if not quiet or as_json or not passed:
        show(Report(rows, findings), as_json=as_json)
    if not as_json and not passed:
        what = "what is staged" if staged else "the workspace"
        click.echo(
            f"verify: {what} is not locked as it stands. Take one of the ways above for each, then stage the source and "
            "its lock in .intaglio/locks; `intaglio explain LK201` (and LK202, ...) says more.",
            err=True,
        )
    end(0 if passed else 1)
