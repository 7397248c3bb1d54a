"""What a model is told: all of the spec, what is in reach, the findings; never a golden row."""

import ast

import pytest

from intaglio.compile import brief_for
from intaglio.config import Settings
from intaglio.finding import Finding, Severity
from intaglio.generate.interface import FailedAttempt
from intaglio.generate.model_author import starts_afresh
from intaglio.generate.prompt import Form, build_messages
from intaglio.snapshot import Snapshot
from intaglio.spec import read_specs
from intaglio.subject import gather
from intaglio.workspace import DiskTree

TEXT = """\
from rates import rate

FEE = 12


# spec: Decide the price. It is the FEE times the rate of the name.
# require: size > 0
# raises: LookupError when name == ""
# raises: OverflowError
# ensure: result >= 0
# example: price("std", 2) == 24
# example: price("a  b", 2) == 72
# example: price("", 2) raises LookupError
# golden: rows.jsonl >= 0.9
def price(name: str, size: int) -> int: ...
"""


def brief(tmp_path):
    (tmp_path / "rates.py").write_text("def rate(name: str) -> int:\n    return {'std': 1}.get(name, 3)\n")
    (tmp_path / "rows.jsonl").write_text('{"input": {"name": "SENTINEL-NAME", "size": 7}, "output": 987654321}\n')
    (tmp_path / "a.py").write_text(TEXT)
    snapshot = Snapshot(tmp_path, DiskTree(tmp_path))
    spec = read_specs(TEXT).specs[0]
    return brief_for(snapshot, "a.py", TEXT, spec, gather(snapshot, Settings(), "a.py", TEXT, spec))


@pytest.mark.parametrize("form", Form)
def test_the_spec_and_what_is_in_reach(form, tmp_path):
    system, task = build_messages(brief(tmp_path), (), "canary-here", form)
    assert "canary-here" in system.content
    for part in (
        "FEE times the rate",
        "size > 0",
        "OverflowError",
        "result >= 0",
        "price('std', 2)",
        "price('a  b', 2)",
        "24",
        "LookupError",
        "FEE = 12",
        "def rate(name: str) -> int:",
        "def price(name: str, size: int) -> int",
    ):
        assert part in task.content, part


def test_in_comments_nothing_of_the_spec_stands_inside_of_the_function(tmp_path):
    """What stands inside is repeated by small models, and costs half of an answer."""
    _, task = build_messages(brief(tmp_path), (), "c", Form.COMMENTS)
    code = task.content.split("```python\n")[1].split("```")[0]
    function = ast.parse(code).body[-1]
    assert ast.unparse(function) == "def price(name: str, size: int) -> int:\n    ..."
    assert code.index("FEE times the rate") < code.index("def price") < code.index("# >>> price('std', 2)")


def test_golden_rows_are_never_in_it(tmp_path):
    failure = FailedAttempt("return 0", "accuracy", (Finding("AC103", Severity.ERROR, "0 of 1 rows match"),))
    for form in Form:
        told = "".join(message.content for message in build_messages(brief(tmp_path), (failure,), "c", form))
        assert "SENTINEL" not in told
        assert "987654321" not in told
        assert "0 of 1" in told


def test_the_failed_code_goes_back_with_its_findings(tmp_path):
    failure = FailedAttempt(
        "return FEE", "accuracy", (Finding("AC101", Severity.ERROR, "gave 12, and 24 is expected"),)
    )
    *_, assistant, complaint = build_messages(brief(tmp_path), (failure,), "c")
    assert (assistant.role, complaint.role) == ("assistant", "user")
    assert "def price(name: str, size: int) -> int:\n    return FEE" in assistant.content
    assert "gave 12, and 24 is expected" in complaint.content


def failed(stage, count):
    return FailedAttempt("", stage, (Finding("AC101", Severity.ERROR, "no"),) * count)


@pytest.mark.parametrize(
    ("attempt", "failures", "afresh"),
    [
        (1, [], False),
        (2, [failed("accuracy", 2)], False),
        (2, [], True),
        (3, [failed("accuracy", 2), failed("accuracy", 2)], True),
        (3, [failed("accuracy", 2), failed("accuracy", 1)], False),
        (3, [failed("syntax", 1), failed("accuracy", 3)], False),
        (3, [failed("accuracy", 3), failed("syntax", 1)], True),
        (4, [failed("accuracy", 1), failed("generation", 1), failed("execution", 1)], True),
    ],
)
def test_a_repair_goes_on_while_it_comes_further(attempt, failures, afresh):
    assert starts_afresh(attempt, failures) is afresh
