"""A snapshot of a workspace: every file is read once, so that one answer is computed from one state.

Reads through a `Tree` (the disk under open editors, or git's index); never writes; nothing is imported or run.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from intaglio.source import SourceError, SourceFile, decode_source
from intaglio.spec import read_specs
from intaglio.spec.model import Reading
from intaglio.workspace import DiskTree, Tree


@dataclass(slots=True)
class Snapshot:
    """The workspace at `root` as it was when each file was first asked for. Paths are relative to it, with `/`."""

    root: Path
    tree: Tree
    _bytes: dict[str, bytes | None] = field(default_factory=dict)
    _sources: dict[str, SourceFile] = field(default_factory=dict)
    _readings: dict[str, Reading] = field(default_factory=dict)

    @classmethod
    def of_disk(cls, root: Path) -> Snapshot:
        """What the disk holds now."""
        return cls(root, DiskTree(root))

    def read(self, path: str) -> bytes | None:
        """A file's bytes, or None when there is none inside the workspace. A snapshot is itself a `Tree`."""
        if path not in self._bytes:
            self._bytes[path] = self.tree.read(path)
        return self._bytes[path]

    def source(self, path: str) -> SourceFile:
        """A decoded source file. Raises SourceError when it is missing or not Python source."""
        if path not in self._sources:
            data = self.read(path)
            if data is None:
                raise SourceError(f"{path} is not a file of the workspace; check the path and its links")
            self._sources[path] = decode_source(data)
        return self._sources[path]

    def text(self, path: str) -> str | None:
        """A source file's text, or None when it is missing or cannot be decoded."""
        try:
            return self.source(path).text
        except SourceError:
            return None

    def reading(self, path: str) -> Reading:
        """The specs of a source file. Raises SourceError as `source` does."""
        if path not in self._readings:
            self._readings[path] = read_specs(self.source(path).text)
        return self._readings[path]
