"""A proposal is all of a compile but the writing: open editors win, the disk is left alone, committing is a step of its own."""

import threading
from dataclasses import replace

import pytest

from intaglio.compile import Options, compile_spec, propose_spec
from intaglio.config import Settings
from intaglio.events import Accepted, Proposed, Refused, SpecKey, StageEnded, Stopped
from intaglio.generate.choose import author_for
from intaglio.lock.model import State
from intaglio.lock.verify import verify
from intaglio.locking import commit, lock_spec, propose_lock
from intaglio.progress import Phase, SpecProgress, advance
from intaglio.template import load_template
from intaglio.validate.tools import Toolbox
from intaglio.validate.verdict import StageName
from intaglio.workshop import Workshop

SPEC = """# spec: Return the fee for a parcel.
# rule: heavy -> {fee}
# rule: otherwise -> 3
# example: fee(False) == 3
def fee(heavy: bool) -> int: ...
"""
KEY = SpecKey("fees.py", "fee")


@pytest.fixture(scope="module")
def toolbox():
    with Toolbox() as tools:
        yield tools


@pytest.fixture
def workshop(tmp_path, toolbox):
    (tmp_path / ".intaglio").mkdir()
    (tmp_path / "fees.py").write_text(SPEC.format(fee=9))
    settings = Settings(generated_inputs=20, stage_seconds=120, call_seconds=20)
    return Workshop(tmp_path, settings, toolbox, author_for(tmp_path, settings, lambda: None))


def last(events):
    return list(events)[-1]


def test_a_proposal_writes_nothing_and_its_commit_locks(workshop):
    before = (workshop.root / "fees.py").read_text()
    proposed = last(propose_spec(workshop, KEY, Options(), threading.Event()))
    assert isinstance(proposed, Proposed)
    assert proposed.before == before == (workshop.root / "fees.py").read_text()
    assert not (workshop.root / ".intaglio" / "locks").exists()
    assert commit(workshop, proposed) == Accepted(KEY, proposed.entry.inputs.body.partition(":")[2][:12], locked=True)
    assert (workshop.root / "fees.py").read_text() == proposed.after
    assert [spec.state for spec in verify(workshop.root, (), workshop.settings, use_cache=False).specs] == [
        State.LOCKED
    ]


def test_open_editors_win_over_the_disk(workshop):
    opened = replace(workshop, open_texts={"fees.py": SPEC.format(fee=12)})
    proposed = last(propose_spec(opened, KEY, Options(), threading.Event()))
    assert "return 12" in proposed.after
    assert "9" not in proposed.after


def test_a_proposal_is_not_committed_over_another_text(workshop):
    proposed = last(propose_spec(workshop, KEY, Options(), threading.Event()))
    (workshop.root / "fees.py").write_text(SPEC.format(fee=10))
    assert isinstance(commit(workshop, proposed), Refused)
    assert (workshop.root / "fees.py").read_text() == SPEC.format(fee=10)


def test_a_lock_is_proposed_with_the_text_as_it_is(workshop):
    commit(workshop, last(propose_spec(workshop, KEY, Options(), threading.Event())), lock=False)
    proposed = last(propose_lock(workshop, KEY, threading.Event(), adopt=False))
    assert isinstance(proposed, Proposed)
    assert proposed.before == proposed.after == (workshop.root / "fees.py").read_text()


def test_what_is_cancelled_proposes_nothing(workshop):
    cancel = threading.Event()
    cancel.set()
    assert isinstance(last(propose_spec(workshop, KEY, Options(), cancel)), Stopped)


def test_the_picture_of_a_proposal_is_done(workshop):
    state = SpecProgress(KEY)
    for event in propose_spec(workshop, KEY, Options(), threading.Event()):
        state = advance(state, event)
    assert state.phase is Phase.PROPOSED
    assert state.done
    assert len(state.verdicts) == 4


def after_the_stages(events, change):
    """The last event of a run in which something changes on the disk when the last stage has ended."""
    for event in events:
        if isinstance(event, StageEnded) and event.verdict.stage is StageName.ACCURACY:
            change()
        kept = event
    return kept


@pytest.mark.parametrize("of", ["compile", "lock"])
@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("rows.jsonl", '{"input": {"heavy": false}, "output": 4}\n'),
        ("helpers.py", "LEAST = 30\n"),
        (".intaglio/templates/functions/plain.py", '"""Another contract.\n\n'),
    ],
)
def test_what_changes_after_the_stages_was_not_judged_and_is_not_locked(workshop, of, path, content):
    """Golden rows, reached definitions and templates, as well as the source."""
    shipped = load_template("function", workshop.root).source
    (workshop.root / ".intaglio/templates/functions").mkdir(parents=True)
    (workshop.root / ".intaglio/templates/functions/plain.py").write_text(shipped)
    (workshop.root / "rows.jsonl").write_text('{"input": {"heavy": false}, "output": 3}\n')
    (workshop.root / "helpers.py").write_text("LEAST = 3\n")
    text = "from helpers import LEAST\n\n\n" + SPEC.format(fee=9).replace(
        "# rule: otherwise -> 3", "# template: plain\n# golden: rows.jsonl\n# rule: otherwise -> LEAST"
    )
    (workshop.root / "fees.py").write_text(text)
    if of == "lock":
        assert isinstance(last(compile_spec(workshop, KEY, Options(lock=False), threading.Event())), Accepted)
        events = lock_spec(workshop, KEY, threading.Event(), adopt=False)
    else:
        events = compile_spec(workshop, KEY, Options(), threading.Event())
    before = (workshop.root / "fees.py").read_text()
    if path.endswith("plain.py"):
        content = shipped.replace('"""', content, 1)
    done = after_the_stages(events, lambda: (workshop.root / path).write_text(content))
    assert isinstance(done, Refused)
    assert "changed" in done.reason
    assert (workshop.root / "fees.py").read_text() == before
    assert not (workshop.root / ".intaglio" / "locks").exists()


def test_a_candidate_whose_reach_cannot_be_followed_is_refused_with_the_reason(workshop):
    """`import helpers` is an error only once a body uses it: an attempt's failure, which goes back to the author."""
    (workshop.root / "helpers.py").write_text("LEAST = 3\n")
    text = "import helpers\n\n\n" + SPEC.format(fee=9).replace("otherwise -> 3", "otherwise -> helpers.LEAST")
    (workshop.root / "fees.py").write_text(text)
    done = last(compile_spec(workshop, KEY, Options(), threading.Event()))
    assert isinstance(done, Refused)
    assert "LEAST" in done.reason or "helpers" in done.reason
    assert "meanwhile" not in done.reason
