"""Git's past of sources and locks: revisions, what files held at one, and the sides that a merge put together.

Reads git's objects and index, offline; changes nothing, stages nothing. Where there is no git, there is no past.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from intaglio.lock.check import lock_of
from intaglio.lock.model import LockFile
from intaglio.lock.paths import LOCKS_FOLDER, lock_path, source_path
from intaglio.repository import RevisionTree, run_git
from intaglio.workspace import WorkspaceError

MOST_REVISIONS = 500
_FORMAT = "--format=%x1e%H%x1f%an <%ae>%x1f%aI%x1f%s"


@dataclass(frozen=True, slots=True)
class Revision:
    """A commit. `at` is its author's time, ISO 8601."""

    commit: str
    author: str
    at: str
    subject: str

    @property
    def short(self) -> str:
        """The commit's first twelve digits."""
        return self.commit[:12]


@dataclass(frozen=True, slots=True)
class Sides:
    """The commits that what is there now was put together from. `doing` is git's word for it.

    `ours` is where the work stands, `theirs` what is taken in, `base` what both came from ("" when nothing).
    """

    doing: str
    ours: str
    theirs: tuple[str, ...]
    base: str


def revisions(root: Path, paths: Iterable[str], most: int = MOST_REVISIONS) -> tuple[Revision, ...]:
    """The commits that touched one of the paths, newest first, merged branches with them. None where there is no git."""
    try:
        output = run_git(
            root,
            "log",
            f"-n{most}",
            "--full-history",
            "--topo-order",
            _FORMAT,
            "--",
            *(f":(literal){path}" for path in paths),
        )
    except WorkspaceError:
        return ()
    records = output.decode("utf-8", "replace").split("\x1e")[1:]
    return tuple(Revision(*record.rstrip("\n").split("\x1f", 3)) for record in records)


def file_at(root: Path, commit: str, path: str) -> bytes | None:
    """One file as a commit holds it, without a look at the others; None where it holds none."""
    try:
        return run_git(root, "cat-file", "blob", f"{commit}:./{path}")
    except WorkspaceError:
        return None


def lock_at(root: Path, commit: str, path: str) -> LockFile:
    """The lock file of a source file, as a commit holds it."""
    return lock_of(file_at(root, commit, lock_path(path)))[0]


def head(root: Path) -> str:
    """The commit that the work stands on, "" before the first one and where there is no git."""
    return _commit(root, "HEAD")


def sides(root: Path) -> Sides | None:
    """The sides of what git is in the middle of, else of the merge commit that the work stands on; None for neither."""
    ours = head(root)
    if not ours:
        return None
    if theirs := _commit(root, "MERGE_HEAD"):
        return Sides("merge", ours, (theirs,), _base(root, ours, theirs))
    for doing, name in (("rebase", "REBASE_HEAD"), ("cherry-pick", "CHERRY_PICK_HEAD")):
        if theirs := _commit(root, name):
            return Sides(doing, ours, (theirs,), _commit(root, f"{theirs}^"))
    if undone := _commit(root, "REVERT_HEAD"):
        return Sides("revert", ours, (_commit(root, f"{undone}^"),), undone)
    parents = run_git(root, "rev-parse", f"{ours}^@").decode().split()
    if len(parents) > 1:
        return Sides("merged", parents[0], tuple(parents[1:]), _base(root, *parents))
    return None


def unmerged_stages(root: Path) -> dict[str, dict[int, bytes]]:
    """Lock files that git's index holds in several stages (1 base, 2 ours, 3 theirs), by source path."""
    try:
        output = run_git(root, "ls-files", "-u", "-z", "--", f":(literal){LOCKS_FOLDER}")
    except WorkspaceError:
        return {}
    found: dict[str, dict[int, bytes]] = {}
    for record in output.decode("utf-8", "surrogateescape").split("\0"):
        facts, _, path = record.partition("\t")
        if path.endswith(".toml"):
            _, blob, stage = facts.split(" ")
            found.setdefault(source_path(path), {})[int(stage)] = run_git(root, "cat-file", "blob", blob)
    return found


def merged_text(root: Path, both: Sides, path: str) -> str | None:
    """A source file as git merges it by itself, with markers where it cannot; None when a side has no such file."""
    from intaglio.workspace import read_text

    texts = [read_text(RevisionTree(root, commit), path) for commit in (both.ours, both.base, both.theirs[0])]
    if any(text is None for text in texts):
        return None
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for name, text in zip(("ours", "base", "theirs"), texts, strict=True):
            place = Path(folder, name)
            place.write_bytes((text or "").encode("utf-8", "surrogatepass"))
            names.append(str(place))
        output = run_git(root, "merge-file", "-p", "-q", *names, most_exit=127)
    return output.decode("utf-8", "surrogatepass")


def _commit(root: Path, name: str) -> str:
    try:
        return run_git(root, "rev-parse", "-q", "--verify", f"{name}^{{commit}}").decode().strip()
    except WorkspaceError:
        return ""


def _base(root: Path, *commits: str) -> str:
    try:
        return run_git(root, "merge-base", *commits).decode().split()[0]
    except (WorkspaceError, IndexError):
        return ""


def touched_locks(root: Path, commit: str) -> Sequence[str]:
    """The source files whose lock files a commit touched against its first parent."""
    try:
        output = run_git(
            root, "diff-tree", "-r", "-z", "--root", "--no-commit-id", "--name-only", "--relative", "-m", "--first-parent",
            commit, "--", f":(literal){LOCKS_FOLDER}",
        )  # fmt: skip
    except WorkspaceError:
        return ()
    names = output.decode("utf-8", "surrogateescape").split("\0")
    return tuple(source_path(name) for name in names if name.endswith(".toml"))
