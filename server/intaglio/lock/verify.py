"""Verify: does every lock match, and is every spec locked? Needs no model, no network, no sandbox, no stage.

Writes nothing but its cache. Every file is read once; what is computed depends on nothing but the bytes read.
"""

from __future__ import annotations

import gc
import hashlib
import os
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from intaglio import __version__
from intaglio.config import Settings
from intaglio.finding import Finding, Severity
from intaglio.lock.cache import CachedFile, VerifyCache, open_cache, save_cache
from intaglio.lock.codes import SEVERITIES
from intaglio.lock.file import read_lock
from intaglio.lock.fingerprint import VERSION
from intaglio.lock.inputs import Materials, current_inputs
from intaglio.lock.journal import pending_journal
from intaglio.lock.model import LockFile, Present, SpecState, State, VerifyReport
from intaglio.lock.paths import LOCKS_FOLDER, lock_path, locked_sources, source_path
from intaglio.lock.state import IsReady, never_ready, states_of, with_moves
from intaglio.source import SourceError, decode_source
from intaglio.spec import read_specs
from intaglio.workspace import DiskTree, IndexTree, Tree, list_paths, staged_paths

_MAY_HOLD_SPEC = re.compile(rb"#[ \t]*spec[ \t]*:")
_PARALLEL_FROM = 64
"""From how many files on a second process pays for its start."""
_WITHOUT_LOCK = frozenset({State.STUB, State.UNLOCKED, State.READY})


@dataclass(frozen=True, slots=True)
class FileStates:
    """The states of one file's specs and orphaned locks, and what is wrong with the file or its lock file."""

    path: str
    states: tuple[SpecState, ...]
    findings: tuple[Finding, ...] = ()
    unlocked: tuple[Present, ...] = ()
    """Specs that no lock names: where an orphaned lock's function may have gone."""


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


def verify(
    root: Path,
    paths: Sequence[str],
    settings: Settings,
    *,
    staged: bool = False,
    processes: int = 1,
    use_cache: bool = True,
) -> VerifyReport:
    """Check every lock and every spec that lives in, or depends on, one of `paths` (relative; none: the workspace).

    Locked specs come without their entry (`read_lock_file` has it). `staged` takes the contents of git's index, and without `paths` what it changes against HEAD. Raises WorkspaceError.
    """
    tree: Tree = IndexTree(root) if staged else DiskTree(root)
    chosen = _chosen(root, tree, paths, settings, staged=staged)
    signature = f"{__version__} {VERSION} {sys.version_info[:2]}"
    cache = open_cache(root, signature) if use_cache else VerifyCache(None)
    recording = RecordingTree(tree)
    materials = Materials(root, recording)
    memory = Memory(tree)
    was_enabled = gc.isenabled()
    gc.disable()  # syntax trees hold no cycles; walking them for some costs more than parsing
    try:
        found: dict[str, FileStates] = {}
        pending: list[str] = []
        for path in chosen:
            if (hit := _from_cache(cache, path, recording, materials)) is not None:
                found[path] = hit
            else:
                pending.append(path)
        cached = len(found)
        if processes > 1 and len(pending) >= _PARALLEL_FROM and not staged:
            results = _check_in_processes(root, pending, processes)
        else:
            results = (check_and_note(root, memory, path) for path in pending)
        for path, states, note in results:
            found[path] = states
            if note is not None:
                cache.files[path] = note
                cache.changed = True
    finally:
        if was_enabled:
            gc.enable()
    save_cache(cache, signature)
    return _report(root, [found[path] for path in chosen], settings, cached)


def check_file(materials: Materials, path: str, is_ready: IsReady = never_ready) -> FileStates:
    """The states of all specs of a file and of the locks that it lost. Never raises for what files hold."""
    data = materials.tree.read(path)
    lock_data = materials.tree.read(lock_path(path))
    lock, findings = _lock_of(lock_data)
    if data is None or not (_MAY_HOLD_SPEC.search(data) or _has_wide_encoding(data)):
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
    reading = read_specs(text, check=False)
    presents = tuple(current_inputs(materials, path, text, spec) for spec in reading.specs)
    states = states_of(path, presents, lock, is_ready)
    unlocked = tuple(present for present in presents if lock.find(present.name) is None and not present.is_stub)
    errors = tuple(finding for finding in reading.findings if finding.severity is Severity.ERROR)
    return FileStates(path, states, (*findings, *errors, *_notes(presents, lock)), unlocked)


def read_lock_file(tree: Tree, path: str) -> LockFile:
    """The lock file of a source file, its findings within."""
    return _lock_of(tree.read(lock_path(path)))[0]


def check_and_note(root: Path, memory: Memory, path: str) -> tuple[str, FileStates, CachedFile | None]:
    """A file's states, and what the cache may keep of it: only files whose every spec is locked."""
    recording = RecordingTree(memory.tree, memory.data, memory.hashes)
    materials = Materials(root, recording, memory.named)
    states = check_file(materials, path)
    if states.findings or any(state.state is not State.LOCKED for state in states.states):
        return path, states, None
    named = tuple((kind, name, found[0]) for (kind, name), found in materials.named_so_far().items())
    note = CachedFile(
        tuple(state.name for state in states.states), tuple(sorted(recording.reads.items())), tuple(sorted(named))
    )
    bare = replace(states, states=tuple(replace(state, entry=None) for state in states.states))
    return path, bare, note


def _lock_of(data: bytes | None) -> tuple[LockFile, tuple[Finding, ...]]:
    if data is None:
        return LockFile(), ()
    try:
        lock = read_lock(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        finding = Finding("LK007", SEVERITIES["LK007"], f"the lock file is not UTF-8 text: byte {error.start}")
        lock = LockFile((), (finding,))
    return lock, lock.findings


def _notes(presents: Iterable[Present], lock: LockFile) -> tuple[Finding, ...]:
    """`locked:` lines that name another body than the lock does."""
    findings: list[Finding] = []
    for present in presents:
        entry = lock.find(present.name)
        note = (present.locked_note or "").strip()
        if entry is not None and note and not entry.inputs.body.partition(":")[2].startswith(note):
            message = f"{present.name}: `locked: {note}` is not the body that the lock names"
            findings.append(Finding("LK008", SEVERITIES["LK008"], message))
    return tuple(findings)


def _chosen(root: Path, tree: Tree, paths: Sequence[str], settings: Settings, *, staged: bool) -> tuple[str, ...]:
    if staged and not paths:
        paths = staged_paths(root)
        return _with_dependents(root, tree, paths, staged=True) if paths else ()
    if paths:
        return _with_dependents(root, tree, paths, staged=staged)
    return tuple(sorted({*list_paths(root, settings.include, settings.exclude), *locked_sources(root)}))


def _with_dependents(root: Path, tree: Tree, paths: Sequence[str], *, staged: bool) -> tuple[str, ...]:
    """Source files among `paths`, those whose lock file is among them, and those with a lock that depends on one."""
    wanted = set(paths)
    chosen = {path for path in paths if path.endswith((".py", ".pyi"))}
    chosen |= {source_path(path) for path in paths if path.startswith(f"{LOCKS_FOLDER}/") and path.endswith(".toml")}
    sources = _locked_in_index(tree) if staged and isinstance(tree, IndexTree) else locked_sources(root)
    for source in sources:
        if source in chosen:
            continue
        lock, _ = _lock_of(tree.read(lock_path(source)))
        if any(wanted.intersection(entry.inputs.depends) for entry in lock.entries) or lock.broken:
            chosen.add(source)
    return tuple(sorted(chosen))


def _locked_in_index(tree: IndexTree) -> Iterable[str]:
    return (
        source_path(path) for path in tree.paths() if path.startswith(f"{LOCKS_FOLDER}/") and path.endswith(".toml")
    )


def _from_cache(cache: VerifyCache, path: str, recording: RecordingTree, materials: Materials) -> FileStates | None:
    note = cache.files.get(path)
    if note is None or not note.reads:
        return None
    if any(recording.hash_of(read) != digest for read, digest in note.reads):
        return None
    if any(materials.named(kind, name)[0] != fingerprint for kind, name, fingerprint in note.materials):
        return None
    return FileStates(path, tuple(SpecState(path, name, State.LOCKED) for name in note.names))


_Result = tuple[str, FileStates, CachedFile | None]


def _check_in_processes(root: Path, paths: list[str], processes: int) -> Iterable[_Result]:
    """Check files in several processes; where they cannot be started, in this one."""
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    method = "fork" if sys.platform == "linux" else "spawn"
    size = max(1, min(32, len(paths) // (processes * 4)))
    batches = [paths[start : start + size] for start in range(0, len(paths), size)]
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context(method)) as pool:
        for batch in pool.map(_check_batch, [root] * len(batches), batches):
            yield from batch


def _check_batch(root: Path, paths: list[str]) -> list[_Result]:
    gc.disable()
    memory = Memory(DiskTree(root))
    return [check_and_note(root, memory, path) for path in paths]


def _report(root: Path, files: list[FileStates], settings: Settings, cached: int) -> VerifyReport:
    orphans = [state for one in files for state in one.states if state.state is State.ORPHANED]
    unlocked = [(one.path, present) for one in files for present in one.unlocked]
    moved = {(state.path, state.name): state for state in with_moves(orphans, unlocked)}
    specs = tuple(
        moved.get((state.path, state.name), state) if state.state is State.ORPHANED else state
        for one in files
        for state in one.states
    )
    findings = [(one.path, finding) for one in files for finding in one.findings]
    if (journal := pending_journal(root)) is not None:
        message = f"a write of {journal.path or 'a source file'} was cut short; run `intaglio lock` to finish it"
        findings.append((journal.path, Finding("LK010", SEVERITIES["LK010"], message)))
    bad = any(not _is_allowed(spec, settings) for spec in specs)
    errors = any(finding.severity not in {Severity.WARNING, Severity.HINT} for _, finding in findings)
    return VerifyReport(specs, tuple(findings), not bad and not errors, cached)


def _is_allowed(spec: SpecState, settings: Settings) -> bool:
    if spec.state is State.LOCKED:
        return True
    return not settings.require_locks and spec.state in _WITHOUT_LOCK and spec.entry is None


def _has_wide_encoding(data: bytes) -> bool:
    """Whether a file declares an encoding in which `spec:` need not be these bytes."""
    return b"coding" in data[:400]


def available_processes() -> int:
    """How many processes verify may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
