"""Golden rows: decoded by annotation, compared strictly, counted, and kept out of every message."""

import json

import pytest

TEXT = """\
from decimal import Decimal


# spec: Return the price doubled.
# golden: rows.jsonl{share}
def f(price: Decimal) -> Decimal:
    return price * 2
"""


def rows(*pairs):
    return "".join(json.dumps(pair) + "\n" for pair in pairs)


def right(count):
    return [{"input": {"price": f"{number}.50"}, "output": f"{2 * number + 1}.00"} for number in range(count)]


def test_all_rows_match(judge):
    verdicts = judge(TEXT.format(share=""), {"rows.jsonl": rows(*right(4)) + "\n\n"})
    assert verdicts["accuracy"].outcome.value == "passed"
    assert ("golden", "4 of 4") in verdicts["accuracy"].facts


def test_below_the_threshold_says_counts_and_no_row(judge):
    wrong = {"input": {"price": "77.77"}, "output": "0.00"}
    verdicts = judge(TEXT.format(share=""), {"rows.jsonl": rows(*right(3), wrong)})
    (finding,) = verdicts["accuracy"].findings
    assert finding.code == "AC104"
    assert "3 of 4 rows match, and all of them must" in finding.message
    assert "77.77" not in finding.message
    assert finding.details == (("lines", "4"),)
    assert (
        judge(TEXT.format(share=" >= 0.75"), {"rows.jsonl": rows(*right(3), wrong)})["accuracy"].outcome.value
        == "passed"
    )
    (finding,) = judge(TEXT.format(share=" >= 0.985"), {"rows.jsonl": rows(*right(3), wrong)})["accuracy"].findings
    assert "and 98.5% of them must" in finding.message


@pytest.mark.parametrize(
    "line",
    [
        "{broken", "[]", "[" * 5000, '{"input": {}}', '{"input": {"price": "1"}}', '{"input": {"price": "1"}, "output": "2", "raises": "E"}',
        '{"input": {"price": "x"}, "output": "2"}', '{"input": {"cost": "1"}, "output": "2"}', '{"input": {"price": true}, "output": "2"}',
        '{"input": {"price": "1"}, "output": [2]}',
    ],
)  # fmt: skip
def test_a_broken_row_fails_the_stage(judge, line):
    verdicts = judge(TEXT.format(share=" >= 0.5"), {"rows.jsonl": rows(*right(3)) + line + "\n"})
    assert "AC105" in {finding.code for finding in verdicts["accuracy"].findings}
    assert verdicts["accuracy"].outcome.value == "failed"


@pytest.mark.parametrize("content", [None, "", "\n \n"])
def test_a_missing_or_empty_file_is_no_pass(judge, content):
    files = {} if content is None else {"rows.jsonl": content}
    verdicts = judge(TEXT.format(share=""), files)
    assert verdicts["accuracy"].outcome.value == "failed"
    assert "AC106" in {finding.code for finding in verdicts["accuracy"].findings}


def test_equality_is_strict_on_type(judge):
    text = "# spec: Return x as it is.\n# golden: rows.jsonl\ndef f(x: int) -> object:\n    return {}\n"
    files = {"rows.jsonl": '{"input": {"x": 1}, "output": 1}\n'}
    assert judge(text.format("x"), files)["accuracy"].outcome.value == "passed"
    assert judge(text.format("bool(x)"), files)["accuracy"].outcome.value == "failed"
    assert judge(text.format("str(x)"), files)["accuracy"].outcome.value == "failed"


def test_rows_that_raise(judge):
    text = "# spec: Return a hundred over x.\n# raises: ZeroDivisionError\n# golden: rows.jsonl\ndef f(x: int) -> int:\n    return 100 // x\n"
    good = '{"input": {"x": 0}, "raises": "ZeroDivisionError"}\n'
    assert judge(text, {"rows.jsonl": good})["accuracy"].outcome.value == "passed"
    assert judge(text, {"rows.jsonl": good.replace("Zero", "Other")})["accuracy"].outcome.value == "failed"


def test_an_example_says_what_came_and_what_was_expected(judge):
    verdicts = judge('# spec: Return yes or no.\n# example: f(1) == "no"\ndef f(x: int) -> str:\n    return "yes"\n')
    (finding,) = verdicts["accuracy"].findings
    assert finding.message == "`f(1) == \"no\"`: gave 'yes', and 'no' is expected"
    assert finding.place.target == "spec"


def test_approx_is_at_hand(judge):
    text = "# spec: Return a third of x.\n# example: f(1.0) == approx(0.3333333)\n# example: f(3.0) == 1.0\ndef f(x: float) -> float:\n    return x / 3\n"
    assert judge(text)["accuracy"].outcome.value == "passed"
    assert judge(text.replace("0.3333333", "0.3334"))["accuracy"].outcome.value == "failed"


def test_an_ensure_is_refuted_with_a_shrunk_input(judge):
    text = "# spec: Return the absolute value.\n# ensure: result >= 0\n# example: f(1) == 1\ndef f(x: int) -> int:\n    return x if x < 100 else -x\n"
    messages = [finding.message for finding in judge(text, generated_inputs=200)["accuracy"].findings]
    assert any("`f(-1)`" in message or "`f(100)`" in message for message in messages), messages


def test_nothing_to_judge_is_no_pass(judge):
    verdicts = judge("# spec: Return x as it is.\ndef f(x: int) -> int:\n    return x\n")
    assert {finding.code for finding in verdicts["accuracy"].findings} == {"AC108"}
    assert verdicts["accuracy"].outcome.value == "failed"


def test_each_example_and_golden_file_has_its_own_result(judge):
    text = (
        '# spec: Return the word for x.\n# example: f(1) == "one"\n# example: f(2) == "two"\n'
        "# example: f(-1) raises ValueError\n# golden: rows.jsonl >= 0.5\n"
        'def f(x: int) -> str:\n    if x < 0:\n        raise ValueError("x")\n    return "one"\n'
    )
    files = {"rows.jsonl": rows({"input": {"x": 1}, "output": "one"}, {"input": {"x": 3}, "output": "three"})}
    results = judge(text, files)["accuracy"].results
    assert [(one.directive, one.index, one.passed, one.said) for one in results] == [
        ("example", 0, True, "gave 'one', and 'one' is expected"),
        ("example", 1, False, "gave 'one', and 'two' is expected"),
        ("example", 2, True, "raised ValueError"),
        ("golden", 0, True, "1 of 2"),
    ]
    assert all(one.millis > 0 for one in results)


RULED = """\
# spec: Return the word for the sign of x.
# require: -50 <= x
# require: x <= 50
# rule: x < 0 -> "minus"
# rule: 1 // (x - 7) > 9 -> "never"
# rule: x == 0 -> "zero"
# rule: otherwise -> "plus"
def sign(x: int) -> str:
{guards}
    if x < 0:
        return {minus}
    if x == 7:
        {seven}
    return {zero} if x == 0 else {plus}
"""
GUARDS = '    if not -50 <= x:\n        raise ValueError("x")\n    if not x <= 50:\n        raise ValueError("x")'
RIGHT = {
    "minus": '"minus"', "zero": '"zero"', "plus": '"plus"', "seven": "raise ZeroDivisionError", "guards": GUARDS,
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "rule", "said"),
    [
        ({"minus": '"plus"'}, 'x < 0 -> "minus"', "`sign(-1)` returns 'plus', and the rules say 'minus'"),
        ({"zero": '"plus"'}, 'x == 0 -> "zero"', "`sign(0)` returns 'plus', and the rules say 'zero'"),
        ({"plus": '"minus"'}, 'otherwise -> "plus"', "`sign(1)` returns 'minus', and the rules say 'plus'"),
        ({"seven": 'return "plus"'}, '1 // (x - 7) > 9 -> "never"', "and the rules say it raises ZeroDivisionError"),
    ],
)
def test_a_finding_marks_the_rule_that_the_input_selects(judge, change, rule, said):
    text = RULED.format(**{**RIGHT, **change})
    (finding,) = judge(text)["accuracy"].findings
    assert finding.code == "AC103"
    assert said in finding.message
    assert marked(text, finding) == f"rule: {rule}"


def test_a_finding_marks_the_condition_that_the_input_violates(judge):
    text = RULED.format(**{**RIGHT, "guards": GUARDS.replace("not x <= 50", "x > 5000")})
    (finding,) = [one for one in judge(text)["execution"].findings if one.code == "EX110"]
    assert marked(text, finding) == "x <= 50"


def marked(text, finding):
    """The text that a finding in the spec's block points at."""
    assert finding.place.target == "spec"
    return text[finding.place.span.start : finding.place.span.end]
