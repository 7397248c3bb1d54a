"""Inputs are drawn once for a spec, whatever its bodies are, and drawing ends when there is enough."""

import pytest

from intaglio.validate import observation
from intaglio.validate.children import Judge
from intaglio.validate.programs.drawing import explore

TEXT = """# spec: Return the smaller of both.
# require: a >= 0
# ensure: result <= a
# example: f(1, 2) == 1
def f(a: int, b: int) -> int:
    if not (a >= 0):
        raise ValueError("require: a >= 0")
    return {body}
"""


@pytest.fixture
def posed(monkeypatch):
    """The questions that judges are posed."""
    questions = []
    pose = Judge.pose

    def counting(self, question, **details):
        questions.append(question)
        pose(self, question, **details)

    monkeypatch.setattr(Judge, "pose", counting)
    return questions


@pytest.fixture
def draws(toolbox):
    """Nothing is drawn yet."""
    toolbox.draws = observation.Draws()
    return toolbox.draws


def outcomes(verdicts):
    return [verdict.outcome.value for verdict in verdicts.values()]


def test_drawing_ends_when_there_is_enough():
    from hypothesis import strategies

    drawn = []

    def collect(values):
        drawn.append(values)
        return len(drawn) == 7

    explore(strategies.integers().map(lambda number: {"x": number}), collect, examples=100)
    assert len(drawn) == 7


def test_a_further_body_is_tried_on_what_was_drawn_for_the_first(judge, draws, posed):
    first = judge(TEXT.format(body="min(a, b)"))
    assert posed.count("inputs") == 1
    further = judge(TEXT.format(body="a if a < b else b"))
    assert posed.count("inputs") == 1
    assert outcomes(first) == outcomes(further) == ["passed"] * 4
    assert first["execution"].digest == further["execution"].digest


def test_a_wrong_further_body_is_refused_as_it_is_without_what_was_drawn(judge, toolbox, draws):
    judge(TEXT.format(body="min(a, b)"))
    warm = judge(TEXT.format(body="max(a, b) if b > 50 else min(a, b)"))
    toolbox.draws = observation.Draws()
    cold = judge(TEXT.format(body="max(a, b) if b > 50 else min(a, b)"))
    assert outcomes(warm) == outcomes(cold) == ["passed", "passed", "passed", "failed"]
    assert warm["accuracy"].findings == cold["accuracy"].findings


@pytest.mark.parametrize(
    ("old", "new"),
    [("a >= 0", "a >= 1"), ("f(1, 2) == 1", "f(1, 3) == 1"), ("b: int", "b: bool"), ("result <= a", "result <= b")],
)
def test_inputs_are_drawn_anew_for_another_spec(judge, draws, posed, old, new):
    judge(TEXT.format(body="min(a, b)"))
    judge(TEXT.format(body="min(a, b)").replace(old, new))
    assert posed.count("inputs") == 2


def test_as_many_as_are_asked_for_now(judge, draws, posed):
    assert dict(judge(TEXT.format(body="min(a, b)"))["execution"].facts)["inputs"] == "60"
    assert dict(judge(TEXT.format(body="min(a, b)"), generated_inputs=80)["execution"].facts)["inputs"] == "80"


def test_the_last_specs_are_kept_and_no_more(judge, draws, posed, monkeypatch):
    monkeypatch.setattr(observation, "_MOST_KEPT", 1)
    for expected, example in enumerate(["f(1, 2) == 1", "f(1, 3) == 1", "f(1, 2) == 1"], start=1):
        judge(TEXT.format(body="min(a, b)").replace("f(1, 2) == 1", example))
        assert posed.count("inputs") == expected
