"""What commands that work need besides a selection: the extra, an unfinished write settled, a workshop."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import click

from intaglio.cli import EnvironmentLacks
from intaglio.compile import Workshop
from intaglio.config import Settings
from intaglio.generate.choose import author_for
from intaglio.lock.journal import pending_journal
from intaglio.lock.write import finish_journal
from intaglio.validate.tools import Toolbox

NEEDED = ("bandit", "filelock", "hypothesis", "jedi", "rich", "ruff", "tomli_w", "ty")


def require_validate_extra() -> None:
    """Raise EnvironmentLacks, with the line to run, unless everything is installed that validating needs."""
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise EnvironmentLacks(f"this command needs {', '.join(missing)}; run: pip install 'intaglio[validate]'")


def settle(root: Path) -> None:
    """Offer to finish a write that was cut short; without a terminal, say what to do and stop."""
    journal = pending_journal(root)
    if journal is None:
        return
    finish_journal(root)
    click.echo(f"finished an interrupted write of {journal.path}::{journal.name}", err=True)


def open_workshop(root: Path, settings: Settings, toolbox: Toolbox) -> Workshop:
    """A workshop whose authors are chosen by the settings."""
    return Workshop(root, settings, toolbox, author_for(root, settings))
