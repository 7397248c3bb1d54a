"""Where a body came from: its lock, a note in the store (compiled and not locked), or an earlier lock in git's history.

That a suite lies in the store says only that it is not lost: what people wrote and others overwrote lies there too.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
from pathlib import Path

from intaglio.lock.fingerprint import short
from intaglio.lock.inputs import Materials, current_inputs
from intaglio.lock.model import Entry, Made
from intaglio.lock.paths import STORE_FOLDER, lock_path
from intaglio.lock.report import SpecState
from intaglio.lock.resolution import Past
from intaglio.lock.revisions import lock_at, revisions
from intaglio.lock.store import in_store, prepare_store
from intaglio.source import write_atomically
from intaglio.spec.model import Spec

_MOST_PAST = 50


def origin_of(root: Path, path: str, name: str, body: str, entry: Entry | None) -> Made | None:
    """How the body with this fingerprint was made; None for one that nothing vouches for: somebody's handwork."""
    if not body:
        return None
    if entry is not None and entry.inputs.body == body:
        return entry.made
    return _noted(root, body) or _locked_before(root, path, name, body)


def told_of_drift(materials: Materials, state: SpecState, text: str, spec: Spec) -> SpecState:
    """A drifted state that says so when its body was here before: then it was put back, and not edited."""
    body = current_inputs(materials, state.path, text, spec).inputs.body
    if state.entry is None or not in_store(materials.root, body):
        return state
    locked = short(state.entry.inputs.body)
    reason = f"the body is one that was here before ({short(body)}), not the one that was locked ({locked})"
    return dataclasses.replace(state, reasons=(reason, *state.reasons[1:]))


def note_origin(root: Path, body: str, made: Made) -> None:
    """Keep how a body was made that is written without a lock. Where that fails, it will count as handwork."""
    with contextlib.suppress(OSError):
        prepare_store(root)
        write_atomically(_place(root, body), json.dumps(dataclasses.asdict(made)).encode())


def _noted(root: Path, body: str) -> Made | None:
    try:
        values = json.loads(_place(root, body).read_bytes())
        values["parameters"] = tuple((str(name), str(value)) for name, value in values["parameters"])
        return Made(**values)
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _locked_before(root: Path, path: str, name: str, body: str) -> Made | None:
    """From what is being merged or rebased, where git is in the middle of it; else from the last commits."""
    for lock in Past.of(root).locks(path):
        entry = lock.find(name)
        if entry is not None and entry.inputs.body == body:
            return entry.made
    for revision in revisions(root, [lock_path(path)], _MOST_PAST):
        entry = lock_at(root, revision.commit, path).find(name)
        if entry is not None and entry.inputs.body == body:
            return entry.made
    return None


def _place(root: Path, body: str) -> Path:
    return root / STORE_FOLDER / f"{body.replace(':', '-')}.made.json"
