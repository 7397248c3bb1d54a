"""Code lenses: the titles with their commands, for each state."""

import datetime as dt

import pytest

from intaglio.assist.estimate import estimate
from intaglio.assist.lenses import lenses, priced_title
from intaglio.config import Settings
from intaglio.events import SpecKey
from intaglio.generate.budget import Price
from intaglio.generate.interface import Usage
from intaglio.progress import Phase, SpecProgress
from intaglio.validate.verdict import Outcome, StageName, Verdict

NOW = dt.datetime(2026, 11, 24, 2, 0, tzinfo=dt.UTC)
RULES = '# spec: Return the sign of x.\n# rule: x < 0 -> "-"\n# rule: otherwise -> "+"\ndef f(x: int) -> str: ...\n'
BODY = '# spec: Return the sign of x.\n# example: f(1) == "+"\ndef f(x: int) -> str:\n    return "+"\n'
STUB = '# spec: Return the sign of x.\n# example: f(1) == "+"\ndef f(x: int) -> str: ...\n'


def check(view, *expected):
    found = lenses(view, NOW)
    assert [(lens.title, lens.command.removeprefix("intaglio.")) for lens in found] == list(expected)
    assert all(view.document.data[lens.span.start : lens.span.end] == b"f" for lens in found)


@pytest.mark.parametrize(
    ("text", "state", "expected"),
    [
        (STUB, "stub", [("stub", "log"), ("compile", "compile")]),
        (BODY, "unlocked", [("unlocked: why", "log"), ("validate", "validate"), ("adopt", "lock")]),
        (BODY, "ready", [("ready", "log"), ("lock", "lock")]),
        (BODY, "stale", [("stale: why", "log"), ("validate and lock", "lock"), ("compile", "compile")]),
        (BODY, "drifted", [("drifted: why", "diff"), ("adopt", "lock"), ("restore", "restore")]),
    ],
)
def test_each_state(unlocked_as, text, state, expected):
    check(unlocked_as(text, state, "why")[0], *expected)


def test_a_lock_tells_model_tokens_cost_and_age(locked_as):
    view, _ = locked_as(BODY)
    check(
        view, ("locked · openai/some-model · 1,016 tokens · $0.0031 · 4 days ago", "log"),
        ("security ✓ syntax ✓ execution ✓ accuracy ✓", "validate"),
    )  # fmt: skip


def test_a_run_shows_its_stages_and_can_be_cancelled(view_at):
    verdicts = (Verdict(StageName.SECURITY, Outcome.PASSED), Verdict(StageName.SYNTAX, Outcome.PASSED))
    progress = SpecProgress(
        SpecKey("claims.py", "f"), Phase.VALIDATING, 2, 5, "litellm", "openai/some-model", running=StageName.EXECUTION, text="another",
        verdicts=verdicts, usage=Usage(1000, 234),
    )  # fmt: skip
    view, _ = view_at(STUB, progress={"f": progress})
    check(
        view, ("validating · attempt 2 of 5 · openai/some-model · 1,234 tokens · cancel", "cancel"),
        ("candidate: security ✓ syntax ✓ execution … accuracy ·", "validate"),
    )  # fmt: skip


def test_stages_of_an_earlier_text_are_called_so_and_stand_last_where_a_narrow_window_cuts_off(view_at):
    progress = SpecProgress(
        SpecKey("claims.py", "f"), Phase.LOCKED, verdicts=(Verdict(StageName.SECURITY, Outcome.PASSED),)
    )
    view, _ = view_at(BODY, progress={"f": progress}, outdated=frozenset(["f"]))
    assert [lens.title for lens in lenses(view, NOW)][1:] == [
        "validate", "adopt", "security ↻ syntax ↻ execution ↻ accuracy ↻"
    ]  # fmt: skip


def test_an_invalid_spec_offers_nothing_to_run(view_at):
    (lens,) = lenses(view_at(STUB.replace('== "+"', '= "+"'))[0], NOW)
    assert lens.title.startswith("invalid: the spec has an error: ")


def test_the_price_before_a_compile(view_at):
    assert priced_title(view_at(RULES)[0], "f") == "compile · no model needed"
    assert priced_title(view_at(STUB)[0], "f") == "compile · needs a model"
    view, _ = view_at(STUB, settings=Settings(model="openai/some-model", answer_tokens=500))
    worst = estimate(view, view.specs[0])
    assert worst.output_tokens == 500
    assert 50 < worst.input_tokens < 1000
    total = worst.input_tokens + worst.output_tokens
    assert (
        priced_title(view, "f")
        == f"compile · up to {total:,} tokens an answer · openai/some-model, at most $0.50 in all"
    )
    priced = estimate(view, view.specs[0], Price(0.001, 0.002))
    assert priced.cost == pytest.approx(worst.input_tokens * 0.001 + 1)


def test_the_estimate_counts_what_the_spec_stands_on(view_at):
    helper = "def helper(x: int) -> int:\n    '''Help.'''\n" + "    x += 1\n" * 100 + "    return x\n\n\n"
    settings = Settings(model="m")
    alone = estimate((view := view_at(helper + STUB, settings=settings)[0]), view.specs[0])
    using = STUB.replace("f(1) ==", "f(helper(1)) ==")
    more = estimate((view := view_at(helper + using, settings=settings)[0]), view.specs[0])
    assert more.input_tokens > alone.input_tokens + 300
