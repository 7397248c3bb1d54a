"""Sparse checkouts: files that git has and left out of the disk are read from its index, as if they were there.

A lock whose source, or whose helper, was left out is so neither lost nor changed. Runs git only where a checkout is sparse.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from intaglio.workspace import DiskTree, Tree, WorkspaceError

if TYPE_CHECKING:
    from intaglio.repository import IndexTree


@dataclass(frozen=True, slots=True)
class SparseTree:
    """The disk, and for what a sparse checkout left out of it the index."""

    disk: DiskTree
    index: IndexTree
    left_out: frozenset[str]

    def read(self, path: str) -> bytes | None:
        """See Tree."""
        data = self.disk.read(path)
        return self.index.read(path) if data is None and path in self.left_out else data


def disk_tree(root: Path) -> Tree:
    """What the disk holds, and what a sparse checkout left out of it."""
    disk = DiskTree(root)
    if not _may_be_sparse(root):
        return disk
    from intaglio.repository import IndexTree, run_git

    try:
        output = run_git(root, "ls-files", "-t", "-z")
    except WorkspaceError:
        return disk
    names = (os.fsdecode(record) for record in output.split(b"\0"))
    left_out = frozenset(name[2:] for name in names if name.startswith("S "))
    return SparseTree(disk, IndexTree(root), left_out) if left_out else disk


def _may_be_sparse(root: Path) -> bool:
    """Whether git's folder has a list for sparse checkouts; looked up without git, as every verify asks."""
    for folder in (root, *root.parents):
        place = folder / ".git"
        if place.is_dir():
            return (place / "info" / "sparse-checkout").exists()
        if place.is_file():
            try:
                named = place.read_text(encoding="utf-8", errors="surrogateescape").strip().removeprefix("gitdir: ")
            except OSError:
                return False
            return (folder / named / "info" / "sparse-checkout").exists()
    return False
