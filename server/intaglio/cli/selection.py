"""Which files and specs a command works on: `PATH`, `PATH::NAME`, folders, or the whole workspace."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path

import click

from intaglio.config import Settings, load_settings
from intaglio.events import SpecKey
from intaglio.snapshot import Snapshot
from intaglio.source import SourceError
from intaglio.workspace import choose_root, list_paths, relative_path


@dataclass(frozen=True, slots=True)
class Selection:
    """The chosen files (workspace-relative) and, of a file that was named with `::`, the chosen names."""

    root: Path
    settings: Settings
    snapshot: Snapshot
    paths: tuple[str, ...]
    names: dict[str, frozenset[str]]
    whole: bool
    """The whole workspace was taken: no PATH was given."""

    def chosen(self, key: SpecKey) -> bool:
        """Whether a spec of a chosen file is chosen by its name."""
        return key.path not in self.names or key.name in self.names[key.path]

    def spec_keys(self) -> tuple[SpecKey, ...]:
        """Every chosen spec, in order. Files that cannot be read are left out: the states' report names them."""
        keys: list[SpecKey] = []
        for path in self.paths:
            try:
                reading = self.snapshot.reading(path)
            except SourceError:
                continue
            keys.extend(key for spec in reading.specs if self.chosen(key := SpecKey(path, spec.name)))
        return tuple(keys)


def select(arguments: tuple[str, ...], start: Path | None = None) -> Selection:
    """Resolve the PATH arguments of a command. Raises click.UsageError for what does not exist."""
    start = (start or Path.cwd()).resolve()
    named = (start / arguments[0].partition("::")[0]).resolve() if arguments else None
    root = choose_root(start, named)
    settings = load_settings(root)
    snapshot = Snapshot.of_disk(root)
    listed: tuple[str, ...] | None = None
    paths: list[str] = []
    names: dict[str, set[str]] = {}
    for argument in arguments:
        text, _, name = argument.partition("::")
        path = (start / text).resolve()
        if not path.exists():
            raise click.UsageError(f"there is no file or folder {text!r}")
        if not path.is_relative_to(root):
            raise click.UsageError(f"{text} lies outside the workspace {root}")
        if path.is_file():
            relative = relative_path(root, path)
            if name:
                _check_name(snapshot, relative, name)
                if relative not in paths or relative in names:
                    names.setdefault(relative, set()).add(name)
            else:
                names.pop(relative, None)
            paths.append(relative)
        elif name:
            raise click.UsageError(f"{argument}: a name goes with a file, and {text} is a folder")
        else:
            if listed is None:
                listed = _listed(root, settings)
            prefix = "" if path == root else relative_path(root, path) + "/"
            paths.extend(one for one in listed if one.startswith(prefix))
    if not arguments:
        paths = list(_listed(root, settings))
    frozen = {path: frozenset(chosen) for path, chosen in names.items()}
    return Selection(root, settings, snapshot, tuple(dict.fromkeys(paths)), frozen, whole=not arguments)


def _listed(root: Path, settings: Settings) -> tuple[str, ...]:
    return list_paths(root, settings.include, settings.exclude)


def _check_name(snapshot: Snapshot, path: str, name: str) -> None:
    try:
        known = [spec.name for spec in snapshot.reading(path).specs]
    except SourceError as error:
        raise click.UsageError(f"{path}: {error}") from error
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else f"; it has: {', '.join(known)}" if known else ""
        raise click.UsageError(f"{path} has no spec on a function {name!r}{hint}")
