"""The cache of verify: which files were found wholly locked, keyed by hashes of every byte that was looked at.

One file a workspace and installation in the user's cache folder, never in the workspace, never by modification time. What is in doubt
(a folder that others can write, a broken file) is not used, and verify computes anew.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import stat
import sys
from dataclasses import dataclass, field
from pathlib import Path

from intaglio import __version__
from intaglio.workspace import STATE_FOLDER, Tree

_PACKAGE = Path(__file__).resolve().parents[1]

Reads = tuple[tuple[str, str], ...]
"""(path, SHA-256 of its bytes, or "" when there was none) pairs."""


@dataclass(frozen=True, slots=True)
class CachedFile:
    """A file all of whose specs were locked: their names, and all that was read to say so."""

    names: tuple[str, ...]
    reads: Reads
    materials: tuple[tuple[str, str, str], ...]
    """(kind, name, digest) of templates and prompt blocks, see `template_digest`."""


@dataclass(slots=True)
class VerifyCache:
    """Cached files by path. `place` is None when there is nowhere safe to keep it; `problem` says why."""

    place: Path | None
    problem: str = ""
    files: dict[str, CachedFile] = field(default_factory=dict)
    changed: bool = False


def open_cache(root: Path, signature: str) -> VerifyCache:
    """The cache for a workspace. `signature` tells tools apart: entries of another one are not used."""
    folder = cache_folder()
    if folder is None:
        return VerifyCache(None, "there is no home folder")
    real_root, real_folder = os.path.realpath(root), os.path.realpath(folder)
    if real_folder == real_root or real_folder.startswith(real_root.rstrip(os.sep) + os.sep):
        return VerifyCache(None, f"the cache folder {folder} lies in the workspace")
    key = os.fsencode(real_root) + bytes(1) + os.fsencode(_PACKAGE)
    place = folder / f"{hashlib.sha256(key).hexdigest()[:32]}.json"
    if problem := _unsafe(folder):
        return VerifyCache(None, problem)
    cache = VerifyCache(place)
    try:
        document = json.loads(place.read_bytes())
        if document["signature"] == signature:
            cache.files.update((path, _cached_file(*parts)) for path, parts in document["files"].items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        cache.files.clear()
    return cache


def tool_signature(package: Path = _PACKAGE) -> str:
    """What tells this Intaglio from another: its version, its Python, and its own files as Python itself tells them apart.

    Two of one version may still judge differently: a checkout that moved on must not answer from what it said before.
    """
    digest = hashlib.sha256(f"{__version__} {sys.version_info[:2]} {package}".encode("utf-8", "surrogateescape"))
    for folder in ("", "lock", "spec", "template"):
        with os.scandir(package / folder) as entries:
            facts = sorted((entry.name, entry.stat()) for entry in entries if entry.name.endswith(".py"))
        for name, fact in facts:
            digest.update(f"{folder}/{name} {fact.st_size} {fact.st_mtime_ns}".encode())
    return digest.hexdigest()


def _cached_file(names: list[str], reads: list[list[str]], materials: list[list[str]]) -> CachedFile:
    """A cached file from its JSON. Raises ValueError or TypeError for any other shape."""
    return CachedFile(
        tuple(names),
        tuple((path, digest) for path, digest in reads),
        tuple((kind, name, digest) for kind, name, digest in materials),
    )


def save_cache(cache: VerifyCache, signature: str) -> None:
    """Write the cache when it changed. Where that fails, the next run is slower and no different."""
    if cache.place is None or not cache.changed:
        return
    document = {
        "signature": signature,
        "files": {path: [one.names, one.reads, one.materials] for path, one in cache.files.items()},
    }
    from intaglio.source import write_atomically

    with contextlib.suppress(OSError):
        cache.place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_atomically(cache.place, json.dumps(document).encode())


def template_digest(tree: Tree, kind: str, name: str) -> str:
    """A hash over every file from which a "template" or "block" of this name could be loaded: workspace's and shipped."""
    folder, suffix = ("functions", ".py") if kind == "template" else ("blocks", ".md")
    own = tree.read(f"{STATE_FOLDER}/templates/{folder}/{name}{suffix}")
    digest = hashlib.sha256(b"-" if own is None else b"+" + own)
    digest.update(b"\0" + _shipped(f"{folder}/{name}{suffix}"))
    return digest.hexdigest()


@functools.lru_cache(maxsize=256)
def _shipped(path: str) -> bytes:
    """A file that ships with Intaglio, which does not change while it runs; empty where there is none."""
    for place in (_PACKAGE / "templates", _PACKAGE.parents[1] / "templates"):
        if place.is_dir():
            with contextlib.suppress(OSError, ValueError):
                return (place / path).read_bytes()
    return b""


def cache_folder() -> Path | None:
    """The folder for verify's cache: under XDG_CACHE_HOME, LOCALAPPDATA, ~/Library/Caches or ~/.cache."""
    if given := os.environ.get("INTAGLIO_CACHE") or os.environ.get("XDG_CACHE_HOME"):
        base = Path(given)
        return base / "intaglio" / "verify" if base.is_absolute() else None
    try:
        home = Path.home()
    except RuntimeError:
        return None
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = home / "Library" / "Caches"
    else:
        base = home / ".cache"
    return base / "intaglio" / "verify"


def _unsafe(folder: Path) -> str:
    """Why what stands in a folder is not to be believed, or ""."""
    if os.name != "posix":
        return ""
    try:
        facts = folder.stat()
    except OSError:
        return ""
    if facts.st_uid != os.getuid():
        return f"the cache folder {folder} belongs to someone else"
    if facts.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return f"the cache folder {folder} can be written by others"
    return ""
