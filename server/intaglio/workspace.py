"""The workspace: where its root is, which files it has, and what they hold on disk and in open editors.

Paths inside are relative to the root, with `/`, of any Unicode. Nothing outside the root is read. What git holds is read in
repository.py.
"""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Protocol

STATE_FOLDER = ".intaglio"


class WorkspaceError(Exception):
    """The workspace cannot be read as asked; the message says what was expected, what was there, what to do."""


class Tree(Protocol):
    """What the workspace's files hold at one moment."""

    def read(self, path: str) -> bytes | None:
        """The bytes of a file, or None when there is none, or none inside the workspace."""


def find_root(start: Path) -> Path:
    """The workspace that `start` lies in: the nearest folder with .intaglio, settings, or .git; else its own folder."""
    return _find_marked(start) or _folder_of(start)


def choose_root(here: Path, named: Path | None) -> Path:
    """The workspace that a command run in `here` works on, when its first argument names the path `named`.

    A path in another workspace takes the command there. One that no mark claims never makes a workspace of its own
    folder: `compile /` is refused as lying outside, and does not walk over a whole disk.
    """
    return (_find_marked(named) if named else None) or find_root(here)


def _find_marked(start: Path) -> Path | None:
    folder = _folder_of(start)
    for candidate in (folder, *folder.parents):
        if is_marked(candidate):
            return candidate
    return None


def is_marked(folder: Path) -> bool:
    """Whether a folder is a workspace of its own: it has .intaglio, settings, or .git."""
    return (folder / STATE_FOLDER).is_dir() or (folder / ".git").exists() or _has_settings(folder)


def _marked_folders(root: Path, names: Iterable[str]) -> tuple[str, ...]:
    """Which folders inside, with `/` at the end, are workspaces of their own, among all file names in one; the outermost."""
    found: set[str] = set()
    for name in names:
        folder, mark, _ = name.partition(f"/{STATE_FOLDER}/")
        if mark or name.endswith(("/intaglio.toml", "/.git")):
            found.add(f"{folder if mark else name.rpartition('/')[0]}/")
        elif name.endswith("/pyproject.toml") and _has_settings(root / folder.rpartition("/")[0]):
            found.add(f"{folder.rpartition('/')[0]}/")
    return tuple(
        folder for folder in sorted(found) if not any(folder != one and folder.startswith(one) for one in found)
    )


def _folder_of(start: Path) -> Path:
    start = Path(os.path.abspath(start))  # noqa: PTH100 - links stay as they are; Path.resolve would follow them
    return start if start.is_dir() else start.parent


def relative_path(root: Path, path: Path) -> str:
    """`path` relative to the root, with `/`. Raises WorkspaceError when it lies outside."""
    absolute = Path(os.path.abspath(path))  # noqa: PTH100 - a link is named as it was given
    for base in (Path(os.path.abspath(root)), root.resolve()):  # noqa: PTH100 - both names of the root will do
        for place in (absolute, absolute.parent.resolve() / absolute.name):
            if place.is_relative_to(base):
                return place.relative_to(base).as_posix()
    raise WorkspaceError(f"{path} lies outside the workspace {root}; name a path inside it")


def list_files(root: Path, include: Sequence[str] = (), exclude: Sequence[str] = ()) -> tuple[Path, ...]:
    """The workspace's Python files, as `list_paths` finds them, with the root before them."""
    return tuple(root / path for path in list_paths(root, include, exclude))


def list_paths(root: Path, include: Sequence[str] = (), exclude: Sequence[str] = ()) -> tuple[str, ...]:
    """The workspace's Python files, relative and sorted: tracked and unignored ones in git, elsewhere all but hidden and installed.

    `include` and `exclude` are glob patterns on the relative path (`*` also crosses `/`; a pattern that ends in `/`
    takes the folder). Files of a workspace further inside are that one's. Raises WorkspaceError when git is there and fails.
    """
    return list_workspace(root, include, exclude)[0]


def list_workspace(
    root: Path, include: Sequence[str] = (), exclude: Sequence[str] = ()
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What `list_paths` gives, and the folders inside that are workspaces of their own (`sub/`), unless excluded."""
    listed = _list_git(root) if _is_in_git(root) else list(_walk(root))
    if listed is None:
        listed = list(_walk(root))
    nested = tuple(folder for folder in _marked_folders(root, listed) if not _matches(folder, exclude))
    folders: dict[str, str] = {}
    base = f"{root}{os.sep}"
    real_root = os.path.realpath(root)
    paths = tuple(
        sorted(
            path
            for path in set(listed)
            if path.endswith((".py", ".pyi") if any(pattern.endswith(".pyi") for pattern in include) else ".py")
            and not path.startswith(f"{STATE_FOLDER}/")
            and not path.startswith(nested)
            and (not include or _matches(path, include))
            and not _matches(path, exclude)
            and _is_inside(real_root, base + path, folders)
        )
    )
    return paths, nested


def nested_roots(root: Path, paths: Iterable[str]) -> dict[str, str]:
    """For each of `paths` that belongs to a workspace inside this one, by the marks on disk: that one's folder, `sub/`."""
    found: dict[str, str] = {}
    marked: dict[str, str] = {"": ""}
    for path in paths:
        folder = path.rpartition("/")[0]
        pending: list[str] = []
        while folder not in marked and not is_marked(root / folder):
            pending.append(folder)
            folder = folder.rpartition("/")[0]
        owner = marked.setdefault(folder, f"{folder}/")
        marked.update(dict.fromkeys(pending, owner))
        if owner:
            found[path] = owner
    return found


def expand_paths(
    root: Path, paths: Iterable[Path], include: Sequence[str] = (), exclude: Sequence[str] = ()
) -> tuple[str, ...]:
    """The Python files that `paths` name: a file is itself, a folder the workspace's files in it.

    Raises WorkspaceError for a path that is not there or lies outside.
    """
    chosen: dict[str, None] = {}
    listed: tuple[str, ...] | None = None
    for path in paths:
        relative = relative_path(root, path)
        if path.is_dir():
            listed = list_paths(root, include, exclude) if listed is None else listed
            prefix = "" if relative == "." else f"{relative}/"
            chosen.update(dict.fromkeys(name for name in listed if name.startswith(prefix)))
        elif path.is_file():
            chosen[relative] = None
        else:
            raise WorkspaceError(f"there is no file or folder {path}; check the name, or leave it out for all files")
    return tuple(chosen)


@dataclass(frozen=True, slots=True)
class DiskTree:
    """Files on disk; the texts of open editors win over them."""

    root: Path
    open_texts: Mapping[str, str] = field(default_factory=dict)
    _folders: dict[str, str] = field(default_factory=dict)

    def read(self, path: str) -> bytes | None:
        """See Tree. A link that leads out of the workspace is not followed; what is no plain file is not read."""
        if (text := self.open_texts.get(path)) is not None:
            from intaglio.source import encode_source

            return encode_source(text)
        place = f"{self.root}{os.sep}{path}"
        if "" not in self._folders:
            self._folders[""] = os.path.realpath(self.root)
        if not _is_inside(self._folders[""], place, self._folders):
            return None
        try:
            with open(place, "rb") as file:  # noqa: PTH123 - ten thousand times; Path.open costs three times as much
                return file.read()
        except (OSError, ValueError):
            return None


def read_text(tree: Tree, path: str) -> str | None:
    """A source file's text as Python decodes it, or None when it is missing or cannot be decoded."""
    from intaglio.source import SourceError, decode_source

    data = tree.read(path)
    if data is None:
        return None
    try:
        return decode_source(data).text
    except SourceError:
        return None


def _has_settings(folder: Path) -> bool:
    if (folder / "intaglio.toml").is_file():
        return True
    try:
        data = (folder / "pyproject.toml").read_bytes()
    except OSError:
        return False
    if b"intaglio" not in data:
        return False
    try:
        tool = tomllib.loads(data.decode("utf-8-sig")).get("tool", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return b"[tool.intaglio]" in data
    return isinstance(tool, dict) and "intaglio" in tool


def _is_in_git(root: Path) -> bool:
    return any((folder / ".git").exists() for folder in (root, *root.parents))


def _list_git(root: Path) -> list[str] | None:
    """What git knows of, or None where git is not installed or refuses the folder."""
    from intaglio.repository import run_git

    try:
        output = run_git(root, "ls-files", "-z", "-co", "--exclude-standard")
    except WorkspaceError:
        return None
    return [os.fsdecode(name) for name in output.split(b"\0") if name]


def _walk(root: Path) -> Iterator[str]:
    pending = [""]
    while pending:
        folder = pending.pop()
        try:
            entries = sorted(os.scandir(root / folder), key=lambda entry: entry.name)
        except OSError:
            continue
        if any(entry.name == "pyvenv.cfg" for entry in entries):
            continue
        for entry in entries:
            if entry.name in {STATE_FOLDER, ".git"}:
                yield f"{folder}{entry.name}{'/' if entry.name == STATE_FOLDER else ''}"
            elif entry.is_dir(follow_symlinks=False):
                if not entry.name.startswith(".") and entry.name not in {"node_modules", "__pycache__"}:
                    pending.append(f"{folder}{entry.name}/")
            else:
                yield f"{folder}{entry.name}"


def _matches(path: str, patterns: Sequence[str]) -> bool:
    return any(
        path.startswith(pattern.removeprefix("./"))
        if pattern.endswith("/")
        else fnmatchcase(path, pattern.removeprefix("./"))
        for pattern in patterns
    )


def _is_inside(real_root: str, place: str, folders: dict[str, str]) -> bool:
    """Whether `place` is a plain file whose real place, links followed, lies in the root. `folders` is kept for reuse."""
    try:
        facts = os.lstat(place)
        if stat.S_ISLNK(facts.st_mode):
            real = os.path.realpath(place)
            facts = Path(real).stat()
        else:
            folder = place.rpartition(os.sep)[0]
            real_folder = folders.get(folder)
            if real_folder is None:
                real_folder = folders[folder] = os.path.realpath(folder)
            real = f"{real_folder}{os.sep}"
    except (OSError, ValueError):
        return False
    return stat.S_ISREG(facts.st_mode) and real.startswith(real_root.rstrip(os.sep) + os.sep)
