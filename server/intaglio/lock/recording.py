"""Trees that remember: each file is read once in a run, and each check notes all that it looked at."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from intaglio.workspace import Tree


@dataclass(slots=True)
class RecordingTree:
    """A tree that notes the hash of all that is read through it, and reads each file once."""

    tree: Tree
    _data: dict[str, bytes | None] = field(default_factory=dict)
    _hashes: dict[str, str] = field(default_factory=dict)
    reads: dict[str, str] = field(default_factory=dict)

    def read(self, path: str) -> bytes | None:
        """See Tree."""
        if path not in self._data:
            self._data[path] = self.tree.read(path)
        self.reads[path] = self.hash_of(path)
        return self._data[path]

    def hash_of(self, path: str) -> str:
        """The SHA-256 of a file, "" when there is none."""
        digest = self._hashes.get(path)
        if digest is None:
            if path not in self._data:
                self._data[path] = self.tree.read(path)
            data = self._data[path]
            digest = self._hashes[path] = "" if data is None else hashlib.sha256(data).hexdigest()
        return digest


@dataclass(slots=True)
class Memory:
    """What the files of one run share: bytes and hashes by path, and templates and prompt blocks by name."""

    tree: Tree
    data: dict[str, bytes | None] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)
    named: dict[tuple[str, str], tuple[str, str, str]] = field(default_factory=dict)
