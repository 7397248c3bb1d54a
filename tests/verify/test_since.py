"""`verify --since REV`: which locks changed, why, what the functions now do differently, and what nothing explains."""

import json
import sys
from dataclasses import replace

import jsonschema
import pytest

from intaglio.cli.report import SCHEMA
from intaglio.lock.model import NO_REASON, Accepted


def since(locked, revision="HEAD", code=0):
    document = json.loads(locked.intaglio("verify", "--since", revision, "--json", code=code).out)
    jsonschema.validate(document, SCHEMA)
    return {change["name"]: change for change in document["changes"]}


def test_nothing_changed(locked):
    assert "since HEAD: no locks changed" in locked.intaglio("verify", "--since", "HEAD").out


def test_a_changed_spec_is_a_cause_and_its_difference_is_shown(locked):
    locked.edit("claims.py", "bmi >= 30 ->", "bmi >= 35 ->")
    locked.intaglio("compile", "claims.py")
    said = locked.intaglio("verify", "--since", "HEAD").out
    assert "since HEAD: 1 lock changed" in said
    assert "the spec changed" in said
    assert "decide(False, 30.0)  returns 'APPROVE', now returns 'DENY'" in said
    (change,) = since(locked).values()
    assert (change["kind"], change["causes"], change["refused"]) == ("changed", ["the spec changed"], "")
    assert 0 < change["behaviour"]["differing"] < change["behaviour"]["inputs"]
    assert change["body_before"] != change["body_after"]
    locked.git("commit", "-qam", "two")
    assert since(locked) == {}
    assert list(since(locked, "HEAD~1")) == ["decide"]


def test_a_definition_is_a_cause_and_what_it_does_to_both_is_told(locked):
    locked.edit("limits.py", "100.0", "30.5")
    locked.intaglio("lock", "claims.py", "--reason", "a lower limit")
    (change,) = since(locked).values()
    assert change["causes"] == ["the definition highest in limits.py changed"]
    assert change["reason"] == "a lower limit"
    assert change["how"] == []
    assert any("ValueError" in one["after"] for one in change["behaviour"]["differences"])


def test_a_hand_written_body_needs_a_reason(locked):
    locked.edit("claims.py", 'return "DENY"', 'return "DE" + "NY"')
    locked.intaglio("lock", "--adopt", "--reason", "x", "claims.py")
    locked.forge(accepted=replace(locked.entry().accepted, reason=""))
    change = since(locked, code=1)["decide"]
    assert "it was written by hand" in change["how"]
    assert change["refused"] == "a hand-written body was adopted, and nobody said why"
    assert change["behaviour"]["differing"] == 0
    locked.git("checkout", "-q", ".")
    locked.edit("claims.py", 'return "DENY"', 'return "DE" + "NY"')
    locked.intaglio("lock", "--adopt", "--reason", "reads better", "claims.py")
    assert since(locked)["decide"]["refused"] == ""


def test_another_model_is_told_and_a_body_without_a_cause_is_refused(locked):
    """A recompile of the same spec by a model: the same lock but for the body and its maker."""
    entry = locked.entry("root")
    made = replace(entry.made, backend="litellm", model="some/model")
    locked.edit("claims.py", "return max(a, b) ** 0.5", "return (a if a > b else b) ** 0.5")
    locked.intaglio("lock", "--adopt", "--reason", "x", "claims.py")
    accepted = Accepted("someone", "2026-11-24T02:00:00Z", "compiled", f"compiled again, {NO_REASON}")
    locked.forge("root", made=made, accepted=accepted)
    change = since(locked, code=1)["root"]
    assert "made by some/model (litellm), before by rules" in change["how"]
    assert change["refused"] == "the body changed, nothing that it was made from did, and nobody said why"
    locked.forge("root", made=made, accepted=replace(accepted, reason="the other one was slow"))
    assert since(locked)["root"]["refused"] == ""


def test_a_lock_that_says_another_observation_of_the_same_is_refused(locked):
    locked.forge_stage("execution", digest="ab" * 32)
    change = since(locked, code=1)["decide"]
    assert change["refused"].startswith("the same body, made from the same things")
    assert change["behaviour"] is None, "the two can do nothing different"


def test_a_removed_lock_is_refused_unless_its_function_is_gone(locked):
    from intaglio.lock.file import read_lock, write_lock

    lock = locked.root / ".intaglio/locks/claims.py.toml"
    lock.write_text(write_lock(one for one in read_lock(lock.read_text()).entries if one.name == "decide"))
    change = since(locked, code=1)["root"]
    assert (change["kind"], change["refused"]) == (
        "removed",
        "the lock was taken out, and the function still has its spec",
    )
    text = locked.read("claims.py")
    (locked.root / "claims.py").write_text(text[: text.index("\n\n# spec: Return the square root")] + "\n")
    change = since(locked)["root"]
    assert (change["kind"], change["causes"], change["refused"]) == (
        "removed",
        ["the function, or its spec, is gone"],
        "",
    )


def test_a_move_is_a_move(locked):
    locked.git("mv", "claims.py", "coverage.py")
    locked.intaglio("lock", "--follow", "--reason", "renamed")
    changes = since(locked)
    assert {change["kind"] for change in changes.values()} == {"moved"}
    assert changes["decide"]["was"] == "claims.py::decide"


def test_a_changed_signature_leaves_nothing_to_compare(locked):
    locked.edit("claims.py", "def root(a: float, b: float) -> float:", "def root(a: float, b: float = 1.0) -> float:")
    locked.intaglio("lock", "claims.py")
    assert "take no inputs in common" in since(locked)["root"]["behaviour"]["problem"]


def test_without_the_extra_it_goes_on_and_says_so(locked):
    locked.edit("limits.py", "100.0", "30.5")
    locked.intaglio("lock", "claims.py")
    script = (
        "import sys, importlib.util\nfind = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name, *more: None if name == 'hypothesis' else find(name, *more)\n"
        "from intaglio.cli import commands\ncommands(['verify', '--since', 'HEAD'], prog_name='intaglio')"
    )
    assert "behaviour not compared: that needs more than is installed" in locked.run(sys.executable, "-c", script).out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--since", "nowhere"], "git knows no commit 'nowhere'"),
        (["--since", "--help"], "git knows no commit '--help'"),
        (["--since", "HEAD", "--staged"], "choose one"),
        (["--json", "--sarif"], "choose one"),
    ],
)
def test_wrong_use(locked, arguments, said):
    assert said in locked.intaglio("verify", *arguments, code=2).err
