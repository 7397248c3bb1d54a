"""Hover: the source text with `$0` at the cursor, then what must be said, and what it speaks of."""

import pytest

from intaglio.assist.hover import hover
from intaglio.events import SpecKey
from intaglio.progress import Phase, SpecProgress
from intaglio.validate.verdict import Outcome, StageName, Verdict

SPEC = '''\
import math
from dataclasses import dataclass

LIMIT: int = 100


@dataclass
class Claim:
    """A claim."""

    amount: float


# spec: Decide about a claim. Approve it when the amount is at most the limit.
# template: function
# use: hashlib
# comply: hipaa
# require: amount > 0
# ensure: result in ("✓😀", "DENY") and len(result) > 0
# example: decide(1.0) == "✓😀"
# example: decide(math.pi, share=2) == approx(3)
def decide(amount: float, *, share: int = 1) -> str:
    return "DENY"
'''


def at(word, text=SPEC, skip=0):
    """The text with the cursor in the middle of the (skip+1)th occurrence of a word."""
    place = -1
    for _ in range(skip + 1):
        place = text.index(word, place + 1)
    place += len(word) // 2
    return text[:place] + "$0" + text[place:]


def check(view_at, text, *said, of=None, **known):
    view, offset = view_at(text, **known)
    found = hover(view, offset)
    assert found is not None, "nothing was said"
    for part in said:
        assert part in found.markdown
    if of is not None:
        assert view.document.data[found.span.start : found.span.end].decode() == of


@pytest.mark.parametrize(
    ("text", "said", "of"),
    [
        (at("require"), ["# require: CONDITION", "raises ValueError", "more than once"], "require"),
        (at("template"), ["# template: NAME", "once at most"], "template"),
        (at("amount > 0"[:6], skip=2), ["(parameter) amount: float", "`decide`"], "amount"),
        (at("share", skip=0), ["(parameter) share: int = 1"], "share"),
        (at("result", skip=1), ["result: str", "What `decide` returns"], "result"),
        (at("decide(1.0"[:6], skip=0), ["def decide(amount: float, *, share: int = 1) -> str", "Approve it"], "decide"),
        (at("approx"), ["approx(expected, rel=1e-6"], "approx"),
        (at("math", skip=1), ["import math", "import of this file"], "math"),
        (at("len"), ["(builtin) len", "number of items"], "len"),
        (
            at("function"),
            ["**function** · intaglio/templates/functions/function.py", "A plain function", "Slot:"],
            "function",
        ),
        (at("hipaa"), ["protected health information"], "hipaa"),
        (at("hashlib"), ["**hashlib**: a module of the standard library"], "hashlib"),
    ],
)
def test_keys_and_names(view_at, text, said, of):
    check(view_at, text, *said, of=of)


@pytest.mark.parametrize("word", ["Decide about", "def decide", "-> str"])
def test_the_prose_and_the_header_say_how_the_spec_stands(unlocked_as, word):
    view, offset = unlocked_as(at(word), "unlocked", "the body has no lock")
    found = hover(view, offset)
    assert "**decide** is **unlocked**\n\n- the body has no lock\n\nNo stage has run on this text." in found.markdown


@pytest.mark.parametrize("word", ['return "DENY"', "class Claim", "LIMIT"])
def test_nothing_is_said_elsewhere(view_at, word):
    assert hover(*view_at(at(word))) is None


def test_a_lock_says_where_the_body_comes_from(locked_as):
    view, offset = locked_as(at("def decide"), reason="reviewed with claims")
    said = hover(view, offset).markdown
    assert "**decide** is **locked**" in said
    assert "| accuracy | ✓ passed |  | by the lock |" in said
    assert "Written by openai/some-model · 812 + 204 tokens (reported) · $0.0031 · attempt 2" in said
    assert "Accepted by Ann Example, 2026-11-20 02:00 UTC (compiled): reviewed with claims" in said
    assert "Locked body `" in said
    assert "→" not in said


def test_what_changed_since_the_lock(locked_as):
    view, offset = locked_as(at("def decide"), then=SPEC.replace("amount > 0", "amount > 1"))
    said = hover(view, offset).markdown
    assert "is **stale**" in said
    assert "- the spec changed since it was locked" in said
    spec_part = said.rpartition("Locked ")[2].split(" · ")[1]
    assert spec_part.startswith("spec `")
    assert "` → `" in spec_part


def verdicts(*outcomes):
    return tuple(
        Verdict(stage, Outcome(outcome), (), 12.0, facts=(("examples", "1 of 2"),) if stage == "accuracy" else ())
        for stage, outcome in zip(StageName, outcomes, strict=True)
    )


def test_stages_of_a_candidate_that_did_not_pass(view_at):
    progress = SpecProgress(
        SpecKey("claims.py", "decide"),
        Phase.REFUSED,
        attempt=3,
        text="another",
        verdicts=verdicts("passed", "passed", "failed", "skipped"),
    )
    check(
        view_at, at("def decide"), "| execution | ✗ failed | 12 ms |  |", "| accuracy | – skipped |  |",
        "candidate of attempt 3, which is not in the file", progress={"decide": progress},
    )  # fmt: skip


def test_an_outdated_run_is_not_shown_as_fresh(view_at):
    progress = SpecProgress(SpecKey("claims.py", "decide"), Phase.ACCEPTED, verdicts=verdicts(*["passed"] * 4))
    view, offset = view_at(at("def decide"), progress={"decide": progress}, outdated=frozenset(["decide"]))
    said = hover(view, offset).markdown
    assert "passed" not in said
    assert "| accuracy | ↻ outdated |" in said


def test_an_invalid_spec_says_its_first_error(view_at):
    check(view_at, at("def decide", SPEC.replace("amount > 0", "amount => 0")), "is **invalid**", "write `>=`")


def test_a_template_of_the_workspace_needs_trust(view_at):
    files = {".intaglio/templates/blocks/house.md": "+++\n+++\nBe kind.\n"}
    text = at("house", SPEC.replace("hipaa", "house"))
    check(view_at, text, "there is no prompt block `house`")
    check(view_at, text, "**house** is the workspace's own, and the workspace is not trusted", files=files)
    check(view_at, text, "Be kind.", files=files, trusted=True)


def test_a_key_above_a_function_that_is_not_written_yet(view_at):
    check(view_at, "# spec: Decide about it.\n# requ$0ire: x\n", "# require: CONDITION", of="require")
