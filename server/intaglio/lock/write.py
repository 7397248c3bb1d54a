"""Writing a body with its lock: all or nothing, one writer at a time, never over what changed meanwhile.

The source is read again before it is written. Edits elsewhere in the file are kept; when the function, its spec or
anything that it was built from changed, nothing is written. Does not validate: whoever gives an entry vouches for it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from intaglio.lock.file import FORMAT_VERSION, read_lock, with_entry, write_lock
from intaglio.lock.fingerprint import short
from intaglio.lock.inputs import Materials, current_inputs
from intaglio.lock.journal import (
    FileChange,
    Journal,
    Step,
    WriteStopped,
    apply_changes,
    complete,
    forget_journal,
    pending_journal,
)
from intaglio.lock.model import Accepted, Entry, LockFile
from intaglio.lock.paths import lock_path
from intaglio.lock.state import changed_inputs
from intaglio.lock.store import keep_suite, prepare_store
from intaglio.source import SourceError, SourceFile, decode_source
from intaglio.spec import read_specs
from intaglio.spec.model import Spec
from intaglio.workspace import DiskTree

_LOCK_SECONDS = 30.0


def commit_artifact(
    root: Path,
    path: str,
    name: str,
    expected_text: str,
    new_text: str,
    entry: Entry | None,
    *,
    step: Step | None = None,
) -> str:
    """Write a function's new body, and its lock when `entry` is given; the file's text as it was written.

    `expected_text` is the file's text that `new_text` was made from. `entry.inputs` must be those of the new text.
    The overwritten and the new suite go into the store first. With a lock, the spec's own `locked:` line is written anew,
    if it has one. Raises WriteStopped.
    """
    step = step or _no_step
    with _writing(root):
        source = _read_source(root, path)
        text = merged_text(expected_text, new_text, source.text, name)
        spec = _spec_in(text, path, name)
        if entry is not None:
            _check_inputs(root, path, text, spec, entry)
            text = with_note(text, spec, short(entry.inputs.body))
            spec = _spec_in(text, path, name)
        step("store")
        old = read_specs(source.text).find(name)
        try:
            for holder, content in ((old, source.text), (spec, text)):
                if holder is not None and not holder.function.is_stub:
                    keep_suite(root, _suite(content, holder))
            before = (root / path).read_bytes()
            after = source.with_text(text).encode()
        except (OSError, SourceError) as error:
            raise WriteStopped(f"nothing was written to {path}: {error}") from error
        changes = [FileChange(path, before, after)]
        if entry is not None:
            changes.append(_lock_change(root, path, entry, _names(text)))
        apply_changes(root, path, name, tuple(changes), step)
        return text


def drop_entry(root: Path, path: str, name: str, *, step: Step | None = None) -> None:
    """Take a lock out of its file; the file goes with the last one. Raises WriteStopped."""
    with _writing(root):
        apply_changes(root, path, name, (_lock_change(root, path, None, (), dropped=name),), step or _no_step)


def settle_entries(
    root: Path, path: str, entries: Sequence[Entry], expected: bytes | None, *, step: Step | None = None
) -> None:
    """Put entries in place of all that a lock file says; without any, the file goes. Raises WriteStopped.

    `expected` is the lock file's bytes that the entries were decided from. What cannot be read in it goes into the store.
    """
    with _writing(root):
        place = lock_path(path)
        before = DiskTree(root).read(place)
        if before != expected:
            raise WriteStopped(f"the lock file of {path} changed meanwhile; nothing was written. Run the command again")
        lock = _lock_file(root, path)[0]
        _refuse_newer(lock, path)
        try:
            if before is not None and lock.findings:
                keep_suite(root, before.decode("utf-8", "surrogateescape"))
        except OSError as error:
            raise WriteStopped(
                f"nothing was written: {error.strerror or error}; make room or check permissions"
            ) from error
        after = write_lock(entries).encode() if entries else None
        apply_changes(root, path, "", (FileChange(place, before, after),), step or _no_step)


def follow_entry(
    root: Path, path: str, name: str, new_path: str, new_name: str, accepted: Accepted, *, step: Step | None = None
) -> Entry:
    """Give the lock of a function that is gone to the one that it became; the new entry.

    Only a function with the same body, signature, template and so on may follow. Its spec must be the same but for the
    function's own name. Raises WriteStopped when they differ: then validate and lock it anew.
    """
    with _writing(root):
        entry = _lock_file(root, path)[0].find(name)
        if entry is None:
            raise WriteStopped(f"there is no usable lock of {name} for {path}; lock {new_name} anew")
        text = _read_source(root, new_path).text
        spec = _spec_in(text, new_path, new_name)
        present = current_inputs(Materials(root, DiskTree(root)), new_path, text, spec)
        moved = replace(
            entry,
            name=new_name,
            accepted=accepted,
            inputs=replace(entry.inputs, depends=present.inputs.depends),
        )
        if differences := (["the body"] if present.inputs.body != entry.inputs.body else []) + changed_inputs(
            moved, present
        ):
            raise WriteStopped(f"{new_path}::{new_name} is not what was locked: {'; '.join(differences)}; lock it anew")
        changes: tuple[FileChange, ...]
        if new_path == path:
            changes = (_lock_change(root, path, moved, _names(text), dropped=name),)
        else:
            changes = (
                _lock_change(root, new_path, moved, _names(text)),
                _lock_change(root, path, None, (), dropped=name),
            )
        apply_changes(root, new_path, new_name, changes, step or _no_step)
        return moved


def unfinished_write(root: Path) -> Journal | None:
    """The write that was cut short, or None: a write that goes on now is waited for."""
    with _locked(root):
        return pending_journal(root)


def finish_journal(root: Path) -> Journal | None:
    """Finish a write that was cut short; which it was, or None when there is none.

    Raises WriteOvertaken when it cannot be finished any more, WriteStopped when it cannot be now.
    """
    with _locked(root):
        journal = pending_journal(root)
        if journal is None:
            return None
        complete(root, journal)
        return journal


def discard_journal(root: Path) -> Journal | None:
    """Forget a write that was cut short, and leave the files as they are; which it was, or None."""
    with _locked(root):
        journal = pending_journal(root)
        forget_journal(root)
        return journal


def merged_text(expected: str, new: str, disk: str, name: str) -> str:
    """`new`, with the edits that `disk` has against `expected` outside of the function and its spec.

    Raises WriteStopped when the function or its spec changed, or when `new` differs from `expected` elsewhere too.
    """
    if disk == expected:
        return new
    texts = [text.encode("utf-8", "surrogatepass") for text in (expected, new, disk)]
    regions = []
    for text in (expected, new, disk):
        spec = read_specs(text).find(name)
        if spec is None:
            raise WriteStopped(f"the file changed meanwhile, and {name} is no longer found in it; nothing was written")
        regions.append((spec.block.start, spec.function.span.end))
    (old_start, old_end), (new_start, new_end), (disk_start, disk_end) = regions
    if texts[0][old_start:old_end] != texts[2][disk_start:disk_end]:
        raise WriteStopped(
            f"{name} or its spec changed in the file meanwhile; nothing was written. Run the command again"
        )
    if texts[0][:old_start] != texts[1][:new_start] or texts[0][old_end:] != texts[1][new_end:]:
        raise WriteStopped("the file changed meanwhile in places that this change needs; run the command again")
    merged = texts[2][:disk_start] + texts[1][new_start:new_end] + texts[2][disk_end:]
    return merged.decode("utf-8", "surrogatepass")


def with_note(text: str, spec: Spec, fingerprint: str) -> str:
    """`text` with the spec's own `locked:` line brought up to date; as it is where the spec has no such line."""
    note = next((directive for directive in spec.directives if directive.key == "locked"), None)
    if note is None:
        return text
    data = text.encode("utf-8", "surrogatepass")
    start, end = note.span.start, note.span.end
    return (data[:start] + f"locked: {fingerprint}".encode() + data[end:]).decode("utf-8", "surrogatepass")


def _check_inputs(root: Path, path: str, text: str, spec: Spec, entry: Entry) -> None:
    materials = Materials(root, DiskTree(root, {path: text}))
    present = current_inputs(materials, path, text, spec)
    changes = changed_inputs(entry, present)
    if present.inputs.body != entry.inputs.body:
        changes.append("the body is not the one that was validated")
    if entry.name != spec.name:
        changes.append(f"the lock is for {entry.name}")
    if changes:
        raise WriteStopped(f"{path}::{spec.name} was not written, as something changed meanwhile: {'; '.join(changes)}; "
                           "run the command again")  # fmt: skip


def _lock_file(root: Path, path: str) -> tuple[LockFile, bytes | None]:
    place = root / lock_path(path)
    try:
        data = place.read_bytes()
    except FileNotFoundError:
        return LockFile(), None
    except OSError as error:
        raise WriteStopped(f"the lock file of {path} cannot be read: {error.strerror or error}") from error
    try:
        return read_lock(data.decode("utf-8")), data
    except UnicodeDecodeError as error:
        raise WriteStopped(f"the lock file of {path} is not UTF-8; bring it back from git, or delete it") from error


def _names(text: str) -> tuple[str, ...]:
    return tuple(spec.name for spec in read_specs(text, check=False).specs)


def _refuse_newer(lock: LockFile, path: str) -> None:
    if any(finding.code == "LK003" for finding in lock.findings):
        raise WriteStopped(f"the lock file of {path} is of another version than {FORMAT_VERSION}; update Intaglio")


def _lock_change(root: Path, path: str, entry: Entry | None, order: Sequence[str], dropped: str = "") -> FileChange:
    lock, before = _lock_file(root, path)
    _refuse_newer(lock, path)
    try:
        if before is not None and lock.findings:
            keep_suite(root, before.decode("utf-8"))
    except OSError as error:
        raise WriteStopped(f"nothing was written: {error.strerror or error}; make room or check permissions") from error
    if entry is not None:
        entries = with_entry(lock.entries, entry, order, instead_of=dropped)
    else:
        entries = [one for one in lock.entries if one.name != dropped]
    after = write_lock(entries).encode() if entries else None
    return FileChange(lock_path(path), before, after)


def _read_source(root: Path, path: str) -> SourceFile:
    data = DiskTree(root).read(path)
    if data is None:
        raise WriteStopped(f"{path} is no file of the workspace any more; nothing was written")
    try:
        return decode_source(data)
    except SourceError as error:
        raise WriteStopped(f"{path}: {error}; nothing was written") from error


def _spec_in(text: str, path: str, name: str) -> Spec:
    found = [spec for spec in read_specs(text).specs if spec.name == name]
    if len(found) != 1:
        raise WriteStopped(
            f"{path} has {len(found)} specs on a function {name}, and must have one; nothing was written"
        )
    return found[0]


def _suite(text: str, spec: Spec) -> str:
    data = text.encode("utf-8", "surrogatepass")
    return data[spec.function.suite.start : spec.function.suite.end].decode("utf-8", "surrogatepass")


@contextlib.contextmanager
def _writing(root: Path) -> Iterator[None]:
    """Alone among writers, with no unfinished write before it."""
    with _locked(root):
        if (journal := pending_journal(root)) is not None:
            raise WriteStopped(
                f"an earlier write of {journal.path or 'a file'} was cut short; finish or discard it first"
            )
        yield


@contextlib.contextmanager
def _locked(root: Path) -> Iterator[None]:
    from filelock import FileLock, Timeout

    try:
        folder = prepare_store(root)
        with FileLock(folder / "write.lock", timeout=_LOCK_SECONDS):
            yield
    except Timeout as error:
        raise WriteStopped(
            f"another intaglio has been writing here for {_LOCK_SECONDS:g} s; end it, then try again"
        ) from error
    except OSError as error:
        raise WriteStopped(f"nothing was written: {error.strerror or error}; check the folder's permissions") from error


def _no_step(_: str) -> None:
    """Nobody watches."""
