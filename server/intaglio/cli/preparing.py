"""What commands that work need besides a selection: the extra, and an unfinished write settled."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from intaglio.cli import EnvironmentLacks
from intaglio.lock.journal import WriteOvertaken, WriteStopped, pending_journal
from intaglio.lock.write import discard_journal, finish_journal
from intaglio.opening import missing_tools


def require_validate_extra() -> None:
    """Raise EnvironmentLacks, with the line to run, unless everything is installed that validating needs."""
    if missing := missing_tools():
        raise EnvironmentLacks(f"this command needs {', '.join(missing)}; run: pip install 'intaglio[validate]'")


def settle(root: Path) -> None:
    """Finish a write that was cut short: offered on a terminal, done in a pipe. One that cannot be finished is given up.

    Nothing is lost by giving up: what the write was to put in place is in the store, or comes from compiling again.
    """
    journal = pending_journal(root)
    if journal is None:
        return
    name = f"{journal.path}::{journal.name}" if journal.readable else "a file"
    try:
        if sys.stdin.isatty() and not click.confirm(
            f"A write of {name} was cut short. Finish it?", default=True, err=True
        ):
            discard_journal(root)
            return
        finish_journal(root)
        click.echo(f"finished an interrupted write of {name}", err=True)
    except WriteOvertaken as error:
        discard_journal(root)
        click.echo(f"gave up an interrupted write of {name}: {error}", err=True)
    except WriteStopped as error:
        raise click.ClickException(str(error)) from error
