"""Opening a workshop in a workspace: its state folder, its ledger, authors as the settings say. For the command line and the server."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from intaglio.source import write_atomically

if TYPE_CHECKING:
    from intaglio.config import Settings
    from intaglio.generate.author import Author
    from intaglio.generate.backends import Backends
    from intaglio.ledger import Ledger
    from intaglio.spec.model import Spec
    from intaglio.validate.tools import Toolbox
    from intaglio.workshop import Workshop

NEEDED = ("bandit", "filelock", "hypothesis", "jedi", "rich", "ruff", "tomli_w", "ty")
IGNORED = """\
# Written by intaglio: the locks are committed, the rest belongs to this machine.
*
!.gitignore
!locks/
!locks/**
!templates/
!templates/**
"""


def missing_tools() -> tuple[str, ...]:
    """What validating needs and is not installed; `pip install 'intaglio[validate]'` brings it."""
    return tuple(name for name in NEEDED if importlib.util.find_spec(name) is None)


def open_workshop(
    root: Path,
    settings: Settings,
    toolbox: Toolbox,
    open_texts: Mapping[str, str] | None = None,
    backends: Backends | None = None,
) -> Workshop:
    """A workshop whose authors are chosen by the settings. `backends`: those that stay when it is left."""
    from intaglio.workshop import Workshop

    return Workshop(root, settings, toolbox, authors(root, settings, backends), dict(open_texts or {}))


def authors(root: Path, settings: Settings, backends: Backends | None = None) -> Callable[[Spec], Author]:
    """The choice of an author for each spec; a model's worker is shared among them."""
    from intaglio.generate.choose import author_for

    return author_for(root, settings, lambda: open_ledger(root), backends=backends)


def prepare_state_folder(root: Path) -> None:
    """Make `.intaglio` with its own ignore rules, where it is missing: locks are committed, the rest is not."""
    ignore = root / ".intaglio" / ".gitignore"
    if not ignore.exists():
        ignore.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(ignore, IGNORED.encode())


def open_ledger(root: Path) -> Ledger:
    """The workspace's ledger. Raises GenerationError when it cannot be written: then nothing may leave the machine."""
    from intaglio.generate.interface import GenerationError
    from intaglio.ledger import Ledger, LedgerError

    try:
        prepare_state_folder(root)
        return Ledger(root / ".intaglio" / "ledger.sqlite")
    except (LedgerError, OSError) as error:
        raise GenerationError("GE110", str(error)) from error
