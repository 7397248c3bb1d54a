"""Checking one file: its specs against its lock file. Reads and parses; knows nothing of the cache or of processes."""

from __future__ import annotations

import gc
from collections.abc import Iterable
from pathlib import Path

from intaglio.finding import Finding
from intaglio.lock.cache import CachedFile, template_digest
from intaglio.lock.codes import SEVERITIES
from intaglio.lock.file import read_lock
from intaglio.lock.inputs import Materials, current_inputs
from intaglio.lock.model import FileStates, LockFile, Present, SpecState, State
from intaglio.lock.paths import lock_path
from intaglio.lock.recording import Memory, RecordingTree
from intaglio.lock.state import IsReady, never_ready, states_of
from intaglio.source import SourceError, decode_source
from intaglio.spec.block import MAY_HOLD
from intaglio.spec.module_index import index_module
from intaglio.spec.plain import read_unjudged
from intaglio.workspace import DiskTree, Tree

Result = tuple[str, FileStates | CachedFile]
"""A path with its states, or with what the cache may keep of a file whose every spec is locked."""


def check_file(materials: Materials, path: str, is_ready: IsReady = never_ready) -> FileStates:
    """The states of all specs of a file and of the locks that it lost. Never raises for what files hold."""
    data = materials.tree.read(path)
    lock_data = materials.tree.read(lock_path(path))
    lock, findings = lock_of(lock_data)
    if data is None or not (MAY_HOLD.search(data) or _has_wide_encoding(data)):
        return FileStates(path, states_of(path, (), lock), findings)
    try:
        text = decode_source(data).text
    except SourceError as error:
        finding = Finding("LK012", SEVERITIES["LK012"], str(error))
        states = tuple(
            SpecState(path, entry.name, State.UNLOCKED, (f"the file cannot be read: {error}",))
            for entry in lock.entries
        )
        return FileStates(path, states, (*findings, finding))
    return check_text(materials, path, text, lock, findings, is_ready)


def check_text(
    materials: Materials,
    path: str,
    text: str,
    lock: LockFile,
    findings: tuple[Finding, ...] = (),
    is_ready: IsReady = never_ready,
) -> FileStates:
    """The states of a text's specs under a lock file's entries."""
    reading = read_unjudged(path, text)
    presents = tuple(current_inputs(materials, path, text, spec) for spec in reading.specs)
    states = states_of(path, presents, lock, is_ready)
    unlocked = tuple(present for present in presents if lock.find(present.name) is None and not present.is_stub)
    return FileStates(path, states, (*findings, *reading.findings, *locked_notes(presents, lock)), unlocked)


def read_lock_file(tree: Tree, path: str) -> LockFile:
    """The lock file of a source file, its findings within."""
    return lock_of(tree.read(lock_path(path)))[0]


def check_and_note(root: Path, memory: Memory, path: str) -> Result:
    """Check a file, and note what it stands on where every spec of it is locked."""
    recording = RecordingTree(memory.tree, memory.data, memory.hashes)
    materials = Materials(root, recording, memory.named)
    states = check_file(materials, path)
    if states.findings or any(state.state is not State.LOCKED for state in states.states):
        return path, states
    named = tuple((kind, name, template_digest(recording, kind, name)) for kind, name in materials.named_so_far())
    names = tuple(state.name for state in states.states)
    return path, CachedFile(names, tuple(sorted(recording.reads.items())), tuple(sorted(named)))


def lock_of(data: bytes | None) -> tuple[LockFile, tuple[Finding, ...]]:
    """What a lock file's bytes say, and what in them cannot be used."""
    if data is None:
        return LockFile(), ()
    try:
        lock = read_lock(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        finding = Finding("LK007", SEVERITIES["LK007"], f"the lock file is not UTF-8 text: byte {error.start}")
        lock = LockFile((), (finding,))
    return lock, lock.findings


def locked_notes(presents: Iterable[Present], lock: LockFile) -> tuple[Finding, ...]:
    """`locked:` lines that name another body than the lock does."""
    findings: list[Finding] = []
    for present in presents:
        note = (present.locked_note or "").strip()
        entry = lock.find(present.name) if note else None
        if entry is not None and not entry.inputs.body.partition(":")[2].startswith(note):
            message = f"{present.name}: `locked: {note}` is not the body that the lock names"
            findings.append(Finding("LK008", SEVERITIES["LK008"], message))
    return tuple(findings)


def forget_trees() -> None:
    """Drop the syntax trees that checking left behind, before the collector of garbage walks over them."""
    index_module.cache_clear()


def check_batch(root: Path, paths: list[str]) -> list[Result]:
    """Check files in a process of its own."""
    gc.disable()
    memory = Memory(DiskTree(root))
    return [check_and_note(root, memory, path) for path in paths]


def _has_wide_encoding(data: bytes) -> bool:
    """Whether a file declares an encoding in which `spec:` need not be these bytes."""
    return b"coding" in data[:400]
