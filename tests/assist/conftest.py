"""A view of a text in which `$0` marks the cursor, over a workspace of real files."""

import pytest

from intaglio.assist.view import View
from intaglio.config import Settings
from intaglio.lock.inputs import Materials, current_inputs
from intaglio.lock.model import Accepted, Entry, LockFile, Made, SpecState, StageRecord, State
from intaglio.lock.state import state_of
from intaglio.snapshot import Snapshot
from intaglio.spec.document import Document
from intaglio.workspace import DiskTree

CURSOR = "$0"


@pytest.fixture
def view_at(tmp_path):
    """(view, offset) of a text with a cursor; `files` are put into the workspace, `path` names the text's own."""

    def build(text, files=None, path="claims.py", **known):
        before, _, after = text.partition(CURSOR)
        for name, content in (files or {}).items():
            place = tmp_path / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(content, encoding="utf-8")
        whole = before + after
        snapshot = Snapshot(tmp_path, DiskTree(tmp_path, {path: whole}))
        view = View(path, Document.open(whole), snapshot, known.pop("settings", Settings()), **known)
        return view, len(before.encode())

    return build


@pytest.fixture
def locked_as(view_at, tmp_path):
    """A view whose specs were locked as they stand in `then`, by a model."""

    def build(text, then=None, reason="", **known):
        view, _ = view_at(text, **known)
        before, _ = view_at(then if then is not None else text)
        states = {}
        inputs = {}
        for spec in view.specs:
            old = before.document.reading.find(spec.name)
            stages = tuple(
                StageRecord(stage, "passed", "ab" * 32) for stage in ("security", "syntax", "execution", "accuracy")
            )
            made = Made("litellm", "openai/some-model", (), "1:" + "cd" * 32, 812, 204, "reported", 0.0031, 2)
            accepted = Accepted("Ann Example", "2026-11-20T02:00:00Z", "compiled", reason)
            materials = Materials(tmp_path, before.snapshot)
            entry = Entry(
                spec.name,
                current_inputs(materials, before.path, before.document.text, old).inputs,
                made,
                stages,
                accepted,
            )
            present = current_inputs(Materials(tmp_path, view.snapshot), view.path, view.document.text, spec)
            states[spec.name] = state_of(view.path, present, LockFile((entry,)))
            inputs[spec.name] = present.inputs
        return view_at(text, states=states, inputs=inputs, **known)

    return build


@pytest.fixture
def unlocked_as(view_at):
    """A view whose specs have a state and no lock."""

    def build(text, state, *reasons, **known):
        view, _ = view_at(text)
        states = {spec.name: SpecState(view.path, spec.name, State(state), reasons) for spec in view.specs}
        return view_at(text, states=states, **known)

    return build
