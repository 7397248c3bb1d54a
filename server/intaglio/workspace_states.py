"""How every spec of a workspace stands, file by file, for surfaces that list them all. Reads the disk under the open editors' texts,
and asks the local cache of verdicts where it may be believed; runs nothing.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from intaglio.config import Settings
from intaglio.lock.check import check_file
from intaglio.lock.inputs import Materials
from intaglio.lock.model import Present
from intaglio.lock.shown import shown
from intaglio.lock.state import IsReady, never_ready
from intaglio.snapshot import Snapshot
from intaglio.source import SourceError
from intaglio.spec.model import Spec
from intaglio.spec.position import Encoding, Position, TextIndex
from intaglio.spec.references import check_references
from intaglio.workspace import DiskTree, list_paths


@dataclass(frozen=True, slots=True)
class SpecStanding:
    """One spec: its state's word with the reasons, and where its name stands."""

    name: str
    state: str
    reasons: tuple[str, ...]
    start: Position
    end: Position


def workspace_states(
    root: Path, settings: Settings, texts: Mapping[str, str], encoding: Encoding, *, believes_cache: bool
) -> tuple[tuple[str, tuple[SpecStanding, ...]], ...]:
    """(path, its specs in order) of each file of a workspace. Raises WorkspaceError where its files cannot be listed."""
    snapshot = Snapshot(root, DiskTree(root, dict(texts)))
    materials = Materials(root, snapshot)
    asks = believes_cache and importlib.util.find_spec("bandit") is not None
    return tuple(
        (path, tuple(_of_file(materials, snapshot, settings, path, encoding, asks_cache=asks)))
        for path in list_paths(root, settings.include, settings.exclude)
    )


def _of_file(
    materials: Materials, snapshot: Snapshot, settings: Settings, path: str, encoding: Encoding, *, asks_cache: bool
) -> Iterator[SpecStanding]:
    try:
        text = snapshot.source(path).text
    except (SourceError, OSError):  # what is wrong with it is said where it is opened
        return
    specs = {spec.name: spec for spec in snapshot.reading(path).specs}
    ready = _ready(snapshot, settings, path, specs) if asks_cache else never_ready
    states = {state.name: state for state in check_file(materials, path, ready).states} if specs else {}
    index = TextIndex(text)
    for spec in snapshot.reading(path).specs:
        if (state := states.get(spec.name)) is None:
            continue
        findings = (*spec.findings, *check_references(spec, snapshot.root / path, snapshot.root))
        stands, span = shown(state, findings), spec.function.name_span
        yield SpecStanding(
            spec.name,
            stands.word,
            stands.reasons,
            index.position(span.start, encoding),
            index.position(span.end, encoding),
        )


def _ready(snapshot: Snapshot, settings: Settings, path: str, specs: Mapping[str, Spec]) -> IsReady:
    from intaglio.validation import is_ready

    def ready(present: Present) -> bool:
        spec = specs.get(present.name)
        return spec is not None and is_ready(snapshot.root, settings, snapshot, path, spec)

    return ready
