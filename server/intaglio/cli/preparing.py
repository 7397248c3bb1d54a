"""What commands that work need besides a selection: the extra, an unfinished write settled, a workshop."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import click

from intaglio.cli import EnvironmentLacks
from intaglio.compile import Workshop
from intaglio.config import Settings
from intaglio.generate.choose import author_for
from intaglio.generate.interface import GenerationError
from intaglio.ledger import Ledger, LedgerError
from intaglio.lock.journal import WriteOvertaken, WriteStopped, pending_journal
from intaglio.lock.write import discard_journal, finish_journal
from intaglio.source import write_atomically
from intaglio.validate.tools import Toolbox

NEEDED = ("bandit", "filelock", "hypothesis", "jedi", "rich", "ruff", "tomli_w", "ty")


def require_validate_extra() -> None:
    """Raise EnvironmentLacks, with the line to run, unless everything is installed that validating needs."""
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
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


def open_workshop(root: Path, settings: Settings, toolbox: Toolbox) -> Workshop:
    """A workshop whose authors are chosen by the settings."""
    return Workshop(root, settings, toolbox, author_for(root, settings, lambda: open_ledger(root)))


def prepare_state_folder(root: Path) -> None:
    """Make `.intaglio` with its own ignore rules, where it is missing: locks are committed, the rest is not."""
    from intaglio.cli.init_command import IGNORED

    ignore = root / ".intaglio" / ".gitignore"
    if not ignore.exists():
        ignore.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(ignore, IGNORED.encode())


def open_ledger(root: Path) -> Ledger:
    """The workspace's ledger. Raises GenerationError when it cannot be written: then nothing may leave the machine."""
    try:
        prepare_state_folder(root)
        return Ledger(root / ".intaglio" / "ledger.sqlite")
    except (LedgerError, OSError) as error:
        raise GenerationError("GE110", str(error)) from error
