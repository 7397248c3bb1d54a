"""The journal: what a write of a source file and its lock is about to do, so that the next command can finish it."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import posixpath
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from intaglio.lock.paths import LOCKS_FOLDER, STORE_FOLDER
from intaglio.lock.store import prepare_store
from intaglio.source import write_atomically

Step = Callable[[str], None]
"""Called before each step of a write with the step's name."""

_NAME = "journal.json"


class WriteStopped(Exception):
    """Nothing was written, or what was begun can be finished; the message says what changed and what to do."""


class WriteOvertaken(WriteStopped):
    """A write that was cut short, and that can no longer be finished: only `forget_journal` is left."""


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file's replacement. `before` and `after` are its bytes; None: no such file."""

    path: str
    before: bytes | None
    after: bytes | None


@dataclass(frozen=True, slots=True)
class Journal:
    """An unfinished write: for which function, and which files, in their order. `readable` is False for a torn one."""

    path: str
    name: str
    changes: tuple[tuple[str, str | None, bytes | None], ...]
    """(relative path, hash of the bytes before or None, bytes after or None)."""
    readable: bool = True


def apply_changes(root: Path, path: str, name: str, changes: tuple[FileChange, ...], step: Step) -> None:
    """Write all files or, when that fails, none: journal, stage each beside its target, put each in place, forget.

    A kill at any moment leaves the old files, or a journal from which `finish_journal` goes on. Raises WriteStopped.
    """
    changes = tuple(change for change in changes if change.before != change.after)
    try:
        prepare_store(root)
        step("journal")
        write_atomically(_journal_path(root), _encode(path, name, changes))
        for change in changes:
            step(f"stage {change.path}")
            if change.after is not None:
                _stage(root / change.path, change.after)
    except OSError as error:
        for change in changes:
            _unstage(root / change.path)
        forget_journal(root)
        raise WriteStopped(f"nothing was written: {error.strerror or error}; make room or check permissions") from error
    if moved := [change.path for change in changes if _read(root / change.path) != change.before]:
        forget_journal(root)
        raise WriteStopped(f"{moved[0]} changed at the last moment; nothing was written. Run the command again")
    try:
        for change in changes:
            step(f"place {change.path}")
            _put_in_place(root / change.path, change.after)
    except OSError as error:
        raise WriteStopped(f"the write of {path} was cut short: {error.strerror or error}; run the command again to "
                           "finish it") from error  # fmt: skip
    step("forget")
    forget_journal(root)


def pending_journal(root: Path) -> Journal | None:
    """The write that was cut short, or None."""
    try:
        data = _journal_path(root).read_bytes()
    except OSError:
        return None
    try:
        document = json.loads(data)
        changes = tuple(
            (item["path"], item["before"], None if item["after"] is None else base64.b64decode(item["after"]))
            for item in document["changes"]
        )
        return Journal(document["path"], document["name"], changes)
    except (ValueError, KeyError, TypeError, RecursionError):
        return Journal("", "", (), readable=False)


def complete(root: Path, journal: Journal) -> None:
    """Do what is left of a write. Raises WriteOvertaken, having done nothing, when a file changed meanwhile."""
    if not journal.readable:
        raise WriteOvertaken("the record of an unfinished write cannot be read, so nothing was done")
    if strange := [path for path, _, _ in journal.changes if not _is_written_for(root, journal.path, path)]:
        raise WriteOvertaken(f"the record of an unfinished write names {strange[0]}, which no write of {journal.path} "
                             "touches, so nothing was done")  # fmt: skip
    missing: list[tuple[str, bytes | None]] = []
    for path, before, after in journal.changes:
        present = _read(root / path)
        if present == after:
            continue
        if hash_of(present) != before:
            raise WriteOvertaken(f"{path} changed since the write was cut short, so nothing was done")
        missing.append((path, after))
    try:
        for path, after in missing:
            if after is not None:
                _stage(root / path, after)
        for path, after in missing:
            _put_in_place(root / path, after)
    except OSError as error:
        raise WriteStopped(f"the write could not be finished: {error.strerror or error}; nothing is lost") from error
    forget_journal(root)


def _is_written_for(root: Path, source: str, path: str) -> bool:
    """Whether a write of a source file may touch `path`: that file itself or a lock file, inside the workspace.

    The journal lies in the workspace, so it is believed no more than the rest of it.
    """
    parts = path.split("/")
    if path != source and not path.startswith(f"{LOCKS_FOLDER}/"):
        return False
    if posixpath.isabs(path) or ".." in parts or ".git" in parts:
        return False
    real_root = os.path.realpath(root)
    return os.path.realpath(root / path).startswith(real_root.rstrip(os.sep) + os.sep)


def forget_journal(root: Path) -> None:
    """Remove the journal, and what was staged for it."""
    journal = pending_journal(root)
    for path, _, _ in journal.changes if journal else ():
        if _is_written_for(root, journal.path if journal else "", path):
            _unstage(root / path)
    with contextlib.suppress(FileNotFoundError):
        _journal_path(root).unlink()


def hash_of(data: bytes | None) -> str | None:
    """A file's hash as the journal keeps it; None for no file."""
    return None if data is None else hashlib.sha256(data).hexdigest()


def _journal_path(root: Path) -> Path:
    return root / STORE_FOLDER / _NAME


def _encode(path: str, name: str, changes: tuple[FileChange, ...]) -> bytes:
    document = {
        "path": path,
        "name": name,
        "changes": [
            {
                "path": change.path,
                "before": hash_of(change.before),
                "after": None if change.after is None else base64.b64encode(change.after).decode(),
            }
            for change in changes
        ],
    }
    return json.dumps(document).encode()


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _staged(target: Path) -> Path:
    digest = hashlib.sha256(os.fsencode(target.name)).hexdigest()
    return target.with_name(f".intaglio-{digest[:16]}.new")


def _stage(place: Path, data: bytes) -> None:
    """Write the new bytes beside their target, safely on disk, with the target's permissions."""
    target = Path(os.path.realpath(place))
    target.parent.mkdir(parents=True, exist_ok=True)
    staged = _staged(target)
    with contextlib.suppress(FileNotFoundError):
        staged.unlink()
    with staged.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    if target.exists():
        staged.chmod(target.stat().st_mode & 0o7777)


def _unstage(place: Path) -> None:
    with contextlib.suppress(OSError):
        _staged(Path(os.path.realpath(place))).unlink()


def _put_in_place(place: Path, after: bytes | None) -> None:
    target = Path(os.path.realpath(place))
    if after is None:
        target.unlink(missing_ok=True)
    else:
        _staged(target).replace(target)
    if os.name == "posix":
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
