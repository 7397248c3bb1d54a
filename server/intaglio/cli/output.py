"""How a command ends: prints its report in the form that was asked for, and gives the exit code."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from intaglio.cli.report import Report, to_json
from intaglio.cli.terminal import print_report


def show(report: Report, *, as_json: bool, explain: bool = False) -> None:
    """Print a report."""
    if as_json:
        click.echo(json.dumps(to_json(report), indent=2, ensure_ascii=False))
    else:
        print_report(report, explain=explain)


def sarif_text(report: Report, command: str, root: Path, exit_code: int) -> str:
    """A report as the text of a SARIF file."""
    from intaglio.cli.sarif import to_sarif
    from intaglio.repository import prefix_in_repository

    return json.dumps(to_sarif(report, command, prefix_in_repository(root), exit_code), indent=2)


def one_form(*, as_json: bool, as_sarif: bool) -> None:
    """Refuse two documents at once."""
    if as_json and as_sarif:
        raise click.UsageError("--json and --sarif are two documents; choose one")


def end(code: int) -> None:
    """Exit with a code; 0 returns."""
    if code:
        sys.stdout.flush()
        raise click.exceptions.Exit(code)
