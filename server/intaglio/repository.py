"""The git repository around a workspace: what its index and its commits hold. Runs git, and nothing else; writes nothing.

Paths are relative to the workspace's root, which may lie below the repository's top folder.
"""

from __future__ import annotations

import functools
import os
import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from intaglio.workspace import WorkspaceError

if TYPE_CHECKING:
    import subprocess

_GIT_SECONDS = 60.0
_KEPT = frozenset(
    {"GIT_INDEX_FILE", "GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_CEILING_DIRECTORIES",
     "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_CONFIG_PARAMETERS"}
)  # fmt: skip
"""What git tells a hook of the repository, the index and the objects at hand. `commit -a` and `commit PATH` have an index
of their own."""
_PLAIN, _LINK = frozenset({"100644", "100755"}), "120000"
_MOST_LINKS = 10


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """One file as git holds it: its mode and the object with its content."""

    mode: str
    blob: str


@dataclass(slots=True)
class IndexTree:
    """Files as they are staged: what the next commit would hold. Those of an unfinished merge are not there."""

    root: Path
    unmerged: tuple[str, ...] = ()
    """Paths that a merge, a rebase or a cherry-pick left for people to settle, once `paths` or `read` was asked."""
    _objects: _Objects | None = None

    def read(self, path: str) -> bytes | None:
        """See Tree. Raises WorkspaceError when git fails."""
        return self._loaded().read(path)

    def preload(self, paths: Iterable[str]) -> None:
        """Read many files with one process. Raises WorkspaceError when git fails."""
        self._loaded().preload(paths)

    def paths(self) -> tuple[str, ...]:
        """Every staged or unchanged path, sorted."""
        return self._loaded().paths()

    def _loaded(self) -> _Objects:
        if self._objects is None:
            entries: dict[str, TreeEntry] = {}
            unmerged: dict[str, None] = {}
            for record in _names(run_git(self.root, "ls-files", "-s", "-z")):
                facts, _, path = record.partition("\t")
                mode, blob, stage = facts.split(" ")
                if stage == "0":
                    entries[path] = TreeEntry(mode, blob)
                else:
                    unmerged[path] = None
            self.unmerged = tuple(unmerged)
            self._objects = _Objects(self.root, entries)
        return self._objects


@dataclass(slots=True)
class RevisionTree:
    """Files as a commit holds them. `revision` is anything that names one."""

    root: Path
    revision: str
    _objects: _Objects | None = None

    def read(self, path: str) -> bytes | None:
        """See Tree. Raises WorkspaceError when there is no such commit, or git fails."""
        return self._loaded().read(path)

    def preload(self, paths: Iterable[str]) -> None:
        """Read many files with one process. Raises WorkspaceError."""
        self._loaded().preload(paths)

    def paths(self) -> tuple[str, ...]:
        """Every path of the commit, sorted."""
        return self._loaded().paths()

    def _loaded(self) -> _Objects:
        if self._objects is None:
            commit = resolve_revision(self.root, self.revision)
            entries: dict[str, TreeEntry] = {}
            for record in _names(run_git(self.root, "ls-tree", "-r", "-z", commit)):
                facts, _, path = record.partition("\t")
                mode, _kind, blob = facts.split(" ")
                entries[path] = TreeEntry(mode, blob)
            self._objects = _Objects(self.root, entries)
        return self._objects


@dataclass(slots=True)
class _Objects:
    """The contents behind the entries of an index or a commit."""

    root: Path
    entries: dict[str, TreeEntry]
    _contents: dict[str, bytes] = field(default_factory=dict)

    def paths(self) -> tuple[str, ...]:
        return tuple(sorted(self.entries))

    def read(self, path: str) -> bytes | None:
        """A plain file's bytes. A link is followed where it stays inside; None for all else."""
        for _ in range(_MOST_LINKS):
            entry = self.entries.get(path)
            if entry is None or (entry.mode not in _PLAIN and entry.mode != _LINK):
                return None
            if entry.blob not in self._contents:
                self._contents[entry.blob] = run_git(self.root, "cat-file", "blob", entry.blob)
            content = self._contents[entry.blob]
            if entry.mode != _LINK:
                return content
            target = os.fsdecode(content)
            path = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
            if posixpath.isabs(target) or path.startswith("../"):
                return None
        return None

    def preload(self, paths: Iterable[str]) -> None:
        wanted = sorted({self.entries[path].blob for path in paths if path in self.entries} - set(self._contents))
        if not wanted:
            return
        output = run_git(self.root, "cat-file", "--batch", data="".join(f"{blob}\n" for blob in wanted).encode())
        position = 0
        for blob in wanted:
            end = output.index(b"\n", position)
            name, kind, *size = output[position:end].split(b" ")
            if kind == b"commit":  # a submodule, which is no file
                position = end + 1 + int(size[0]) + 1
                continue
            if kind == b"missing":
                position = end + 1
                continue
            if name.decode() != blob or kind != b"blob":
                raise WorkspaceError(f"git cat-file answered for another object than {blob}; check the repository")
            position = end + 1 + int(size[0]) + 1
            self._contents[blob] = output[end + 1 : position - 1]


def staged_changes(root: Path) -> dict[str, str]:
    """What the index changes against HEAD (or against nothing, before the first commit), by path: A, M, D, T or U.

    A file that was renamed is deleted in one place and added in another. Raises WorkspaceError.
    """
    options = ("--cached", "--name-status", "--no-renames", "--no-ext-diff", "--ignore-submodules", "--relative", "-z")
    parts = list(_names(run_git(root, "diff", *options)))
    return dict(sorted(zip(parts[1::2], parts[::2], strict=True)))


def staged_files_with(root: Path, folder: str, texts: Iterable[bytes]) -> tuple[str, ...]:
    """The staged files below a folder that hold one of some texts (of one line each). Raises WorkspaceError.

    Git looks through its own objects, with several threads: far less work than to have them all given out.
    """
    patterns = b"".join(b"%b\n" % text for text in texts)
    if not patterns:
        return ()
    options = ("--cached", "-l", "-z", "-a", "-F", "--no-recurse-submodules", "-f", "-", "--", f":(literal){folder}")
    done = _run(root, ("grep", *options), patterns, _environment(root))
    if done.returncode not in {0, 1}:
        message = done.stderr.decode(errors="replace").strip()
        raise WorkspaceError(f"git grep failed in {root}: {message or f'exit {done.returncode}'}")
    return tuple(_names(done.stdout))


def resolve_revision(root: Path, revision: str) -> str:
    """The commit that a revision names. Raises WorkspaceError, with what to do about a shallow clone."""
    try:
        output = run_git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    except WorkspaceError as error:
        if not str(error).endswith("exit 1"):  # git is missing, or there is no repository
            raise
        raise WorkspaceError(
            f"git knows no commit {revision!r}; check the name, and in a shallow clone fetch the history first "
            "(`git fetch --unshallow`)"
        ) from error
    return output.decode().strip()


def prefix_in_repository(root: Path) -> str:
    """Where the workspace lies in its repository, `sub/folder/`; "" at its top, and outside of git."""
    try:
        return os.fsdecode(run_git(root, "rev-parse", "--show-prefix").rstrip(b"\n"))
    except WorkspaceError:
        return ""


def run_git(root: Path, *arguments: str, data: bytes | None = None, most_exit: int = 0) -> bytes:
    """What git prints. Raises WorkspaceError when git is missing, fails, or takes longer than a minute.

    `most_exit` is the highest exit code that is an answer: `merge-file` counts conflicts with it.
    """
    done = _run(root, arguments, data, _environment(root))
    if not 0 <= done.returncode <= most_exit:
        message = done.stderr.decode(errors="replace").strip()
        raise WorkspaceError(f"git {arguments[0]} failed in {root}: {message or f'exit {done.returncode}'}")
    return done.stdout


def _run(
    folder: Path, arguments: tuple[str, ...], data: bytes | None, environment: dict[str, str]
) -> subprocess.CompletedProcess[bytes]:
    import subprocess

    try:
        return subprocess.run(
            ["git", "-c", "core.quotePath=false", "-c", "core.fsmonitor=false", *arguments],
            cwd=folder,
            input=data,
            capture_output=True,
            timeout=_GIT_SECONDS,
            check=False,
            env=environment,
        )
    except FileNotFoundError as error:
        raise WorkspaceError("git is not on the PATH; install it, or name the files to take") from error
    except subprocess.TimeoutExpired as error:
        raise WorkspaceError(f"git {arguments[0]} took longer than {_GIT_SECONDS:g} s and was ended") from error


def _environment(root: Path) -> dict[str, str]:
    """Ours, with of git's variables those that name the repository at hand, so that they hold in any folder of it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    here = Path.cwd()
    told = {name: os.environ[name] for name in _KEPT if name in os.environ}
    for name in ("GIT_DIR", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY"):
        if name in told:  # relative to the folder that a hook starts in, which need not be the workspace's
            told[name] = os.path.join(here, told[name])  # noqa: PTH118 - the bytes of the path stay as they are
    if "GIT_DIR" in told and "GIT_WORK_TREE" not in told:
        top = _work_tree(here, told["GIT_DIR"])
        if not Path(os.path.realpath(root)).is_relative_to(os.path.realpath(top)):
            told = {}  # a hook of another repository has us look here
        else:
            told["GIT_WORK_TREE"] = top
    return {**environment, **told, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}


@functools.lru_cache(maxsize=8)
def _work_tree(here: Path, git_folder: str) -> str:
    """The top of the working tree, for hooks of linked worktrees: git names them its own folder and not the top.

    Left alone, git would take any folder that a command runs in for the top.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = _run(here, ("rev-parse", "--show-toplevel"), None, {**environment, "GIT_DIR": git_folder, "LC_ALL": "C"})
    return os.fsdecode(done.stdout.rstrip(b"\n")) if done.returncode == 0 else str(here)


def _names(output: bytes) -> Iterator[str]:
    return (os.fsdecode(name) for name in output.split(b"\0") if name)
