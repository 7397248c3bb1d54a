"""Each state with its reasons, and what moves between them."""

from dataclasses import replace

import pytest

from intaglio.config import Settings
from intaglio.lock.check import check_file, read_lock_file
from intaglio.lock.model import State
from intaglio.lock.paths import lock_path
from intaglio.lock.state import changed_inputs, states_of
from intaglio.lock.verify import verify
from intaglio.workspace import DiskTree

SETTINGS = Settings()


def test_a_stub(workspace) -> None:
    workspace.write("claims.py", "# spec: Decide it all now.\ndef f(x: int) -> int: ...\n")
    assert workspace.state("f").state is State.STUB
    assert workspace.state("f").reasons == ("it has no body yet",)


def test_unlocked(workspace) -> None:
    state = workspace.state()
    assert state.state is State.UNLOCKED
    assert "no lock" in state.reasons[0]


def test_ready_is_what_the_verdict_cache_says_and_only_of_these_inputs(workspace) -> None:
    known = workspace.present("double")
    ready = check_file(workspace.materials, "claims.py", lambda present: present.inputs == known.inputs).states
    assert [state.state for state in ready] == [State.READY, State.UNLOCKED]
    workspace.edit("claims.py", "x * 2", "x + x")
    ready = check_file(workspace.materials, "claims.py", lambda present: present.inputs == known.inputs).states
    assert [state.state for state in ready] == [State.UNLOCKED, State.UNLOCKED]


def test_locked(workspace) -> None:
    workspace.lock()
    assert [state.state for state in workspace.states()] == [State.LOCKED, State.LOCKED]
    assert workspace.state().reasons == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    return norm(x * 2)", "    # why\n\n    return (norm( x*2 ))"),
        ('"""Twice."""', '"""   Twice.   """'),
        ("# spec: Decide what is paid.\n#   Pay twice", "#  spec:   Decide what\n#     is paid.  Pay twice"),
        ("# require: x < 100", "# require: x<100"),
        ("# example: double(LIMIT) == 6", "# example: (double( LIMIT ) == 6)"),
        (
            "# ensure: result >= 0\n# example: double(LIMIT) == 6",
            "# example: double(LIMIT) == 6\n# ensure: result >= 0",
        ),
        ("def double(x: int)", "def double(\n    x: int,\n)"),
        ("LIMIT = 3", "LIMIT = (3)  # three\n\n\nOTHER = 4"),
        ("# example: double(LIMIT) == 6", "# example: double(LIMIT) == 6\n# locked: 123456789abc"),
    ],
)
def test_still_locked_after_edits_of_form(workspace, old: str, new: str) -> None:
    workspace.lock()
    workspace.edit("claims.py", old, new)
    assert workspace.state().state is State.LOCKED, workspace.state()


def test_still_locked_after_edits_elsewhere(workspace) -> None:
    workspace.lock()
    workspace.edit("claims.py", "return x * 3", "return x * 4")
    workspace.edit("helpers.py", "def unused(x):\n    return x", "def unused(x):\n    return x + 1")
    assert workspace.state("double").state is State.LOCKED
    assert workspace.state("triple").state is State.DRIFTED


@pytest.mark.parametrize(
    ("path", "old", "new", "reason"),
    [
        ("claims.py", "Pay twice", "Pay thrice", "the spec changed since it was locked"),
        ("claims.py", "x < 100", "x < 99", "the spec changed since it was locked"),
        ("claims.py", "== 6", "== 6.0", "the spec changed since it was locked"),
        ("claims.py", "def double(x: int)", "def double(x: float)", "the signature changed since it was locked"),
        ("claims.py", "def double(x: int)", "@cache\ndef double(x: int)", "the signature changed since it was locked"),
        ("claims.py", "LIMIT = 3", "LIMIT = 4", "the definition LIMIT changed since it was locked"),
        ("helpers.py", "return x", "return -x", "the definition norm in helpers.py changed since it was locked"),
        ("claims.py", "from helpers import norm\n", "", "the definition norm is no longer used"),
        ("claims.py", "from helpers import norm", "from helpers import unused as norm", "the definition unused in helpers.py was not used when it was locked"),
        ("helpers.py", "def norm(x):", "def norm(x:", "helpers.py is not valid Python"),
        ("claims.py", "from helpers import norm", "from helpers import *", "the definition norm is no longer used"),
        ("claims.py", "# require: x < 100", "# template: other\n# require: x < 100", "the template function is no longer used"),
    ],
)  # fmt: skip
def test_stale_says_what_changed(workspace, path: str, old: str, new: str, reason: str) -> None:
    workspace.lock()
    workspace.edit(path, old, new)
    state = workspace.state()
    assert state.state is State.STALE
    assert any(reason in given for given in state.reasons), state.reasons


def test_stale_through_a_golden_file_a_template_and_a_block(workspace) -> None:
    from intaglio.template.library import load_block, load_template

    workspace.edit("claims.py", "# require: x < 100", "# golden: data/rows.jsonl\n# comply: hipaa\n# require: x < 100")
    workspace.write("data/rows.jsonl", '{"input": {"x": 1}, "output": 2}\n')
    workspace.write(".intaglio/templates/functions/function.py", load_template("function", None).source)
    workspace.write(".intaglio/templates/blocks/hipaa.md", load_block("hipaa", None).source)
    workspace.lock()
    assert workspace.state().state is State.LOCKED
    assert set(workspace.present("double").inputs.depends) == {
        "helpers.py", "data/rows.jsonl", ".intaglio/templates/functions/function.py", ".intaglio/templates/blocks/hipaa.md",
    }  # fmt: skip
    workspace.edit("data/rows.jsonl", '"output": 2', '"output": 3')
    assert workspace.state().reasons == ("the golden file data/rows.jsonl changed since it was locked",)
    workspace.edit(".intaglio/templates/blocks/hipaa.md", load_block("hipaa", None).text[:20], "Other words. ")
    assert "the prompt block hipaa changed since it was locked" in workspace.state().reasons
    (workspace.root / "data/rows.jsonl").unlink()
    assert "the golden file data/rows.jsonl cannot be read any more" in workspace.state().reasons
    assert workspace.state("triple").state is State.LOCKED
    with (workspace.root / ".intaglio/templates/functions/function.py").open("a") as file:
        file.write("\nEXTRA = 1\n")
    assert workspace.state("triple").reasons == ("the template function changed since it was locked",)


def test_a_golden_file_outside_of_the_workspace_is_none(workspace, tmp_path) -> None:
    (tmp_path / "rows.jsonl").write_text("{}\n")
    (workspace.root / "link.jsonl").symlink_to(tmp_path / "rows.jsonl")
    for place in ("../rows.jsonl", str(tmp_path / "rows.jsonl"), "link.jsonl"):
        workspace.write("one.py", f"# spec: Decide it all.\n# golden: {place}\ndef f(x: int) -> int:\n    return x\n")
        present = workspace.present("f", "one.py")
        assert all(fingerprint == "" for _, fingerprint in present.inputs.golden)
        assert present.problems


def test_drifted(workspace) -> None:
    workspace.lock()
    workspace.edit("claims.py", "x * 2", "x * 2 + 0")
    state = workspace.state()
    assert state.state is State.DRIFTED
    assert "changed by hand" in state.reasons[0]
    workspace.edit("claims.py", "Pay twice", "Pay thrice")
    state = workspace.state()
    assert state.state is State.DRIFTED
    assert "the spec changed since it was locked" in state.reasons


def test_an_emptied_locked_body_is_a_stub_that_keeps_its_lock(workspace) -> None:
    workspace.lock()
    workspace.edit("claims.py", "    return norm(x * 2)\n", "    ...\n")
    state = workspace.state()
    assert state.state is State.STUB
    assert "was removed" in state.reasons[0]
    assert state.entry is not None


def test_orphaned_and_where_it_went(workspace) -> None:
    workspace.lock()
    text = workspace.read("claims.py")
    workspace.write("moved.py", text.replace("def double", "def doubled").replace("double(LIMIT)", "doubled(LIMIT)"))
    workspace.write("claims.py", text[: text.index("# spec: Decide what is paid.\n")])
    report = verify(workspace.root, (), SETTINGS, use_cache=False)
    orphans = [spec for spec in report.specs if spec.state is State.ORPHANED]
    assert [(one.name, one.moved_to) for one in orphans] == [
        ("double", ("moved.py", "doubled")),
        ("triple", ("moved.py", "triple")),
    ]
    assert "moved.py::doubled" in orphans[0].reasons[-1]
    assert not report.passed


def test_orphaned_when_the_file_is_gone(workspace) -> None:
    workspace.lock()
    (workspace.root / "claims.py").unlink()
    report = verify(workspace.root, (), SETTINGS, use_cache=False)
    assert [spec.state for spec in report.specs] == [State.ORPHANED, State.ORPHANED]


def test_functions_that_are_alike_are_told_apart_by_their_names(workspace) -> None:
    """A file that moves takes all of its functions along, two with the same body and the same words among them."""
    alike = "# spec: Return what is paid.\n# example: {0}(1) == 1\ndef {0}(x: int) -> int:\n    return x\n\n\n"
    workspace.write("claims.py", alike.format("one") + alike.format("two"))
    workspace.lock()
    workspace.write("moved.py", workspace.read("claims.py"))
    (workspace.root / "claims.py").unlink()
    orphans = [one for one in verify(workspace.root, (), SETTINGS).specs if one.state is State.ORPHANED]
    assert [(one.name, one.moved_to) for one in orphans] == [("one", ("moved.py", "one")), ("two", ("moved.py", "two"))]


def test_a_copy_is_no_move(workspace) -> None:
    workspace.lock()
    text = workspace.read("claims.py")
    tail = text[text.index("# spec: Decide what is paid in") :]
    workspace.write("a.py", tail)
    workspace.write("b.py", tail)
    workspace.write("claims.py", text.replace(tail, ""))
    orphan = next(one for one in verify(workspace.root, (), SETTINGS, use_cache=False).specs if one.state == "orphaned")
    assert orphan.moved_to is None


def test_a_broken_seal_is_unlocked_and_says_so(workspace) -> None:
    workspace.lock()
    workspace.edit(lock_path("claims.py"), 'backend = "rules"', 'backend = "hand"')
    state = workspace.state()
    assert state.state is State.UNLOCKED
    assert state.reasons[0] == "merged or edited: these parts were never validated together"
    assert workspace.state("triple").state is State.LOCKED


def test_two_functions_of_one_name_are_never_locked(workspace) -> None:
    workspace.lock()
    text = workspace.read("claims.py")
    workspace.write("claims.py", text + "\n\n" + text[text.index("# spec: Decide what is paid in") :])
    assert all(state.state is not State.LOCKED for state in workspace.states() if state.name == "triple")


def test_a_file_that_does_not_parse_is_never_green(workspace) -> None:
    workspace.lock()
    workspace.write("claims.py", workspace.read("claims.py") + "\n\ndef broken(:\n")
    states = workspace.states()
    assert [state.state for state in states] == [State.STALE, State.STALE]
    assert "not valid Python" in " ".join(states[0].reasons)


def test_reasons_come_from_one_place(workspace) -> None:
    workspace.lock()
    present = workspace.present("double")
    lock = read_lock_file(DiskTree(workspace.root), "claims.py")
    assert [state.state for state in states_of("claims.py", [present], lock)] == [State.LOCKED, State.ORPHANED]


def test_a_renamed_function_keeps_its_spec_s_fingerprint(workspace) -> None:
    before = workspace.present("double")
    workspace.write("claims.py", workspace.read("claims.py").replace("double", "twofold"))
    after = workspace.present("twofold")
    assert before.inputs == after.inputs


def test_a_fingerprint_that_is_missing_now_holds_for_nothing_even_where_a_lock_names_it_so(
    workspace, make_entry
) -> None:
    present = workspace.present("double")
    entry = make_entry(present)
    assert changed_inputs(entry, present) == []
    for field, what in (("reach", "the definition"), ("golden", "the golden file"), ("template", "the template")):
        inputs = replace(present.inputs, **{field: (("gone", ""),)})
        changes = changed_inputs(replace(entry, inputs=inputs), replace(present, inputs=inputs))
        assert changes == [f"{what} gone cannot be read any more"]
