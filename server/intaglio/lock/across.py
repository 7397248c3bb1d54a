"""Verify a workspace and the workspaces inside it, as a hook or a job at the top of a repository needs it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from intaglio.config import Settings, load_settings
from intaglio.lock.report import VerifyReport
from intaglio.lock.verify import verify
from intaglio.workspace import Tree


@dataclass(frozen=True, slots=True)
class Verified:
    """What verify said of one workspace. `folder` (`sub/`) is where it lies from the one that was asked for."""

    root: Path
    folder: str
    settings: Settings
    tree: Tree | None
    """What was verified: git's index, or None for the disk."""
    report: VerifyReport


def verify_across(
    root: Path, paths: Sequence[str], *, staged: bool, processes: int = 1, use_cache: bool = True
) -> tuple[Verified, ...]:
    """Verify the workspace at `root` and, unless `paths` are named, each one inside it under its own settings.

    Under `staged` the settings are those in the index too. Raises WorkspaceError, ConfigurationError.
    """
    found: list[Verified] = []
    pending = [""]
    while pending:
        folder = pending.pop(0)
        here = root / folder if folder else root
        tree = _index_at(here) if staged else None
        settings = load_settings(here, tree=tree)
        report = verify(here, paths, settings, tree=tree, processes=processes, use_cache=use_cache)
        found.append(Verified(here, folder, settings, tree, report))
        pending += [f"{folder}{inner}" for inner in report.nested]
    return tuple(found)


def _index_at(root: Path) -> Tree:
    """Git's index; what reads it is not loaded for the disk."""
    from intaglio.repository import IndexTree

    return IndexTree(root)
