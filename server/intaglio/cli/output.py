"""How a command ends: prints its report in the form that was asked for, and gives the exit code."""

from __future__ import annotations

import json
import sys

import click

from intaglio.cli.report import Report, to_json
from intaglio.cli.terminal import print_report


def show(report: Report, *, as_json: bool, explain: bool = False) -> None:
    """Print a report."""
    if as_json:
        click.echo(json.dumps(to_json(report), indent=2, ensure_ascii=False))
    else:
        print_report(report, explain=explain)


def end(code: int) -> None:
    """Exit with a code; 0 returns."""
    if code:
        sys.stdout.flush()
        raise click.exceptions.Exit(code)
