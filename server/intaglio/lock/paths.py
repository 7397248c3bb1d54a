"""Where locks stand: the lock file of a source file and back, with names that every file system can hold."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from intaglio.workspace import STATE_FOLDER

LOCKS_FOLDER = f"{STATE_FOLDER}/locks"
STORE_FOLDER = f"{STATE_FOLDER}/store"
_SUFFIX = ".toml"
_FORBIDDEN = re.compile(r'[<>:"|?*\\%\x00-\x1f\x7f\ud800-\udfff]|[. ]$')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)")


def lock_path(source_path: str) -> str:
    """The lock file of a source file, both relative to the root. What Windows forbids in names is percent-encoded."""
    return f"{LOCKS_FOLDER}/{'/'.join(_encode(part) for part in source_path.split('/'))}{_SUFFIX}"


def source_path(path: str) -> str:
    """The source file whose lock file this is."""
    inner = path.removeprefix(f"{LOCKS_FOLDER}/").removesuffix(_SUFFIX)
    return "/".join(_decode(part) for part in inner.split("/"))


def locked_sources(root: Path) -> Iterator[str]:
    """The source files that have a lock file, sorted, whether or not they are still there."""
    folder = root / LOCKS_FOLDER
    found: list[str] = []
    for place, folders, files in os.walk(folder):
        folders.sort()
        inner = os.path.relpath(place, folder).replace(os.sep, "/")
        prefix = "" if inner == "." else f"{inner}/"
        found.extend(f"{prefix}{name}" for name in files if name.endswith(_SUFFIX) and not name.startswith("."))
    yield from sorted(source_path(name) for name in found)


def _encode(part: str) -> str:
    encoded = _FORBIDDEN.sub(lambda match: _percent(match.group()), part)
    return _percent(encoded[0]) + encoded[1:] if _RESERVED.match(encoded) else encoded


def _percent(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in os.fsencode(text))


def _decode(part: str) -> str:
    data = re.sub(rb"%([0-9A-F]{2})", lambda match: bytes((int(match.group(1), 16),)), os.fsencode(part))
    return os.fsdecode(data)
