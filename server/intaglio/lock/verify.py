"""Verify: does every lock match, and is every spec locked? Needs no model, no network, no sandbox, no stage.

Writes nothing but its cache. Every file is read once; what is computed depends on nothing but the bytes read.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from intaglio.lock.cache import CachedFile, VerifyCache, open_cache, save_cache, template_digest, tool_signature
from intaglio.lock.paths import LOCKS_FOLDER, STORE_FOLDER, lock_path, locked_sources, source_path
from intaglio.lock.recording import Memory, RecordingTree
from intaglio.lock.report import FileStates, SpecState, State, VerifyReport
from intaglio.sparse import disk_tree
from intaglio.workspace import STATE_FOLDER, DiskTree, Tree, list_workspace, nested_roots

if TYPE_CHECKING:
    from intaglio.config import Settings
    from intaglio.finding import Finding
    from intaglio.lock.check import Result
    from intaglio.repository import IndexTree

_PARALLEL_FROM = 64
"""From how many files on a second process pays for its start."""
_TEMPLATES = f"{STATE_FOLDER}/templates/"
_WITHOUT_LOCK = frozenset({State.STUB, State.UNLOCKED, State.READY})


def verify(
    root: Path,
    paths: Sequence[str],
    settings: Settings,
    *,
    tree: Tree | None = None,
    processes: int = 1,
    use_cache: bool = True,
) -> VerifyReport:
    """Check every lock and every spec that lives in, or depends on, one of `paths` (relative; none: the workspace).

    Locked specs come without their entry (`intaglio.lock.check.read_lock_file` has it). Contents are the disk's, or those of
    `tree`; of an index, without `paths`, what it changes against HEAD is taken. Without `paths` the report names the
    workspaces further inside that want a verification of their own. Raises WorkspaceError.
    """
    tree = tree or disk_tree(root)
    chosen, nested = _chosen(root, tree, paths, settings)
    signature = tool_signature() if use_cache else ""
    cache = open_cache(root, signature) if use_cache else VerifyCache(None)
    recording = RecordingTree(tree)
    was_enabled = gc.isenabled()
    gc.disable()  # syntax trees hold no cycles; walking them for some costs more than parsing
    try:
        found: dict[str, FileStates] = {}
        pending: list[str] = []
        for path in chosen:
            if (hit := _from_cache(cache, path, recording)) is not None:
                found[path] = hit
            else:
                pending.append(path)
        cached = len(found)
        parallel = processes > 1 and len(pending) >= _PARALLEL_FROM and isinstance(tree, DiskTree)
        results = _check_in_processes(root, pending, processes) if parallel else _check_here(root, tree, pending)
        for path, result in results:
            if isinstance(result, CachedFile):
                found[path] = _all_locked(path, result)
                cache.files[path] = result
                cache.changed = True
            else:
                found[path] = result
        if not paths and _index_of(tree) is None:
            cache.files = {path: cache.files[path] for path in chosen if path in cache.files}
    finally:
        if was_enabled:
            gc.enable()
    save_cache(cache, signature)
    report = _report(root, [found[path] for path in chosen], settings, cached, nested)
    if settings.second_person:
        from intaglio.lock.second_person import accepted_alone

        if alone := accepted_alone(root, tree, report.specs):
            report = replace(report, findings=(*report.findings, *alone), passed=False)
    index = _index_of(tree)
    return _with_unmerged(report, index.unmerged) if index is not None and index.unmerged else report


def _index_of(tree: Tree) -> IndexTree | None:
    """The tree as git's index, or None: what knows git's contents is not loaded for the disk."""
    if isinstance(tree, DiskTree):
        return None
    from intaglio.repository import IndexTree

    return tree if isinstance(tree, IndexTree) else None


def _chosen(
    root: Path, tree: Tree, paths: Sequence[str], settings: Settings
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The source files to check, and the workspaces further inside."""
    if not paths and _index_of(tree) is not None:
        from intaglio.repository import staged_changes

        changes = staged_changes(root)
        owners = nested_roots(root, changes)
        own = {path: letter for path, letter in changes.items() if path not in owners}
        new = any(
            letter not in "MD" and (path.endswith((".py", ".pyi")) or path.startswith(_TEMPLATES))
            for path, letter in own.items()
        )
        return _with_dependents(root, tree, tuple(own), everything=new), tuple(sorted(set(owners.values())))
    if paths:
        return _with_dependents(root, tree, paths), ()
    listed, nested = list_workspace(root, settings.include, settings.exclude)
    return tuple(sorted({*listed, *locked_sources(root)})), nested


def _with_dependents(root: Path, tree: Tree, paths: Sequence[str], *, everything: bool = False) -> tuple[str, ...]:
    """Source files among `paths`, those whose lock file is among them, and those with a lock that depends on one.

    `everything` takes all that are locked: a new module or template may come before one that a lock stands on.
    """
    chosen = {path for path in paths if path.endswith((".py", ".pyi"))}
    chosen |= {source_path(path) for path in paths if path.startswith(f"{LOCKS_FOLDER}/") and path.endswith(".toml")}
    quoted = [path.translate(_ESCAPES).encode("utf-8", "surrogateescape") for path in paths]
    quoted = [b'"%b"' % path for path in quoted]
    index = _index_of(tree)
    if index is not None:
        from intaglio.repository import staged_files_with

        listed = index.paths()
        locks = listed if everything else staged_files_with(root, LOCKS_FOLDER, quoted)
        sources = tuple(_locked_among(locks))
        own = (*sources, *chosen)
        index.preload([*map(lock_path, own), *own, *(one for one in listed if one.startswith(_TEMPLATES))])
    else:
        sources = tuple(locked_sources(root))
    for source in sources:
        if source not in chosen:
            data = tree.read(lock_path(source)) or b""
            if everything or (any(path in data for path in quoted) and _depends_on(data, set(paths))):
                chosen.add(source)
    if index is not None:
        texts = "".join((tree.read(lock_path(source)) or b"").decode("utf-8", "replace") for source in chosen)
        index.preload(path for path in index.paths() if f'"{path}"' in texts)
    return tuple(sorted(chosen))


def _depends_on(data: bytes, paths: set[str]) -> bool:
    """Whether a lock in a lock file's bytes depends on one of the paths; so does one that cannot be read."""
    from intaglio.lock.check import lock_of

    lock, findings = lock_of(data)
    return bool(findings) or any(paths.intersection(entry.inputs.depends) for entry in lock.entries)


_ESCAPES = {ord('"'): '\\"', ord("\\"): "\\\\", 9: "\\t", 10: "\\n", 13: "\\r", 8: "\\b", 12: "\\f"}
"""How TOML writes characters of a path that do not stand for themselves."""


def _locked_among(paths: Iterable[str]) -> Iterable[str]:
    return (source_path(path) for path in paths if path.startswith(f"{LOCKS_FOLDER}/") and path.endswith(".toml"))


def _from_cache(cache: VerifyCache, path: str, recording: RecordingTree) -> FileStates | None:
    note = cache.files.get(path)
    if note is None or not note.reads:
        return None
    if any(recording.hash_of(read) != digest for read, digest in note.reads):
        return None
    if any(template_digest(recording, kind, name) != digest for kind, name, digest in note.materials):
        return None
    return _all_locked(path, note)


def _all_locked(path: str, note: CachedFile) -> FileStates:
    return FileStates(path, tuple(SpecState(path, name, State.LOCKED) for name in note.names))


def _check_here(root: Path, tree: Tree, paths: list[str]) -> Iterable[Result]:
    """Check files in this process."""
    if not paths:
        return
    from intaglio.lock.check import check_and_note, forget_trees

    memory = Memory(tree)
    try:
        for path in paths:
            yield check_and_note(root, memory, path)
    finally:
        forget_trees()


def _check_in_processes(root: Path, paths: list[str], processes: int) -> Iterable[Result]:
    """Check files in several processes; where they cannot be started, in this one."""
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    from intaglio.lock.check import check_batch

    method = "fork" if sys.platform == "linux" else "spawn"
    size = max(1, min(16, len(paths) // (processes * 4)))
    batches = [paths[start : start + size] for start in range(0, len(paths), size)]
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context(method)) as pool:
        for batch in pool.map(check_batch, [root] * len(batches), batches):
            yield from batch


def _report(
    root: Path, files: list[FileStates], settings: Settings, cached: int, nested: tuple[str, ...]
) -> VerifyReport:
    orphans = [state for one in files for state in one.states if state.state is State.ORPHANED]
    moved = {(state.path, state.name): state for state in _moved(orphans, files)}
    specs = tuple(
        moved.get((state.path, state.name), state) if state.state is State.ORPHANED else state
        for one in files
        for state in one.states
    )
    findings = [(one.path, finding) for one in files for finding in one.findings]
    findings.extend(_differ_in_case([one.path for one in files if one.states]))
    if (root / STORE_FOLDER / "journal.json").exists():
        findings.extend(_unfinished_write(root))
    bad = any(not is_allowed(spec, settings) for spec in specs)
    errors = any(finding.severity.value not in {"warning", "hint"} for _, finding in findings)
    return VerifyReport(specs, tuple(findings), not bad and not errors, cached, nested)


def _differ_in_case(paths: list[str]) -> Iterable[tuple[str, Finding]]:
    """Files that are one where names are compared without case."""
    seen: dict[str, str] = {}
    for path in paths:
        other = seen.setdefault(path.casefold(), path)
        if other != path:
            from intaglio.finding import Finding
            from intaglio.lock.codes import SEVERITIES

            message = f"{other} and {path} differ in nothing but case: on macOS and Windows they are one file, as are their locks"
            yield path, Finding("LK015", SEVERITIES["LK015"], message)


def _moved(orphans: list[SpecState], files: list[FileStates]) -> tuple[SpecState, ...]:
    if not orphans:
        return ()
    from intaglio.lock.state import with_moves

    return with_moves(orphans, [(one.path, present) for one in files for present in one.unlocked])


def _unfinished_write(root: Path) -> Iterable[tuple[str, Finding]]:
    from intaglio.finding import Finding
    from intaglio.lock.codes import SEVERITIES
    from intaglio.lock.journal import pending_journal

    if (journal := pending_journal(root)) is not None:
        message = f"a write of {journal.path or 'a source file'} was cut short; run `intaglio lock` to finish it"
        yield journal.path, Finding("LK010", SEVERITIES["LK010"], message)


def _with_unmerged(report: VerifyReport, paths: tuple[str, ...]) -> VerifyReport:
    """In the middle of a merge or a rebase the index holds several versions of a file, and none counts."""
    from intaglio.finding import Finding
    from intaglio.lock.codes import SEVERITIES

    message = "git has it unmerged: two sides are staged, and neither was verified"
    found = tuple((path, Finding("LK206", SEVERITIES["LK206"], message)) for path in paths)
    return replace(report, findings=(*report.findings, *found), passed=False)


def is_allowed(spec: SpecState, settings: Settings) -> bool:
    """Whether verify lets a spec's state through."""
    if spec.state is State.LOCKED:
        return True
    return not settings.require_locks and spec.state in _WITHOUT_LOCK and spec.entry is None


def available_processes() -> int:
    """How many processes verify may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
