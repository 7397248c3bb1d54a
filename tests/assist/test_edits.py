"""Edits that are offered: a spec above a function, a golden file that is missing, the fixes of findings."""

import json

import pytest

from intaglio.assist.fixes import fixes_at
from intaglio.assist.golden_file import GoldenRefused, missing_golden, new_golden
from intaglio.assist.insert_spec import insert_spec
from intaglio.finding import Span
from intaglio.spec import read_specs

FIELDS = """\
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Literal, NamedTuple, TypedDict


class Kind(Enum):
    NEW = "new"
    OLD = "old"


@dataclass
class Claim:
    amount: Decimal
    kind: Kind
    tags: list[str]
    note: str = ""


class Point(NamedTuple):
    x: int
    y: float


class Table(TypedDict):
    name: str


"""


def inserted(view, offset):
    found = insert_spec(view, offset)
    data = view.document.data
    return (data[: found.offset] + found.text.encode() + data[found.offset :]).decode()


def check(view_at, text, *lines):
    """The spec that is inserted, line by line; and it is read as a spec of that function, with no error but of meaning."""
    view, offset = view_at(text)
    after = inserted(view, offset)
    added = after.replace(view.document.text, "") if view.document.text in after else ""
    found = insert_spec(view, offset).text
    assert [line.strip() for line in found.splitlines()] == list(lines), added
    reading = read_specs(after)
    assert len(reading.specs) == len(view.specs) + 1
    return [finding for spec in reading.specs for finding in spec.findings]


def test_from_docstring_signature_and_raised_errors(view_at):
    text = (
        FIELDS
        + '''\
@staticmethod
def decide(claim: Claim, kind: Literal["a", "b"], *, at: Point | None = None, table: Table) -> bool:
    """Decide about a claim, $0which may be long.

    More.
    """
    if claim.amount < 0:
        raise ValueError("no")
    return True
'''
    )
    assert insert_spec(*view_at(text)) is None
    text = text.replace("$0", "").replace("def decide", "def de$0cide")
    findings = check(
        view_at, text, "# spec: Decide about a claim, which may be long.", "# raises: ValueError",
        '# example: decide(Claim(Decimal("1.00"), Kind.NEW, ["a"]), \'a\', table={"name": "a"}) == True',
    )  # fmt: skip
    assert findings == []


def test_a_stub_without_a_docstring_gets_prose_that_is_called_vague(view_at):
    findings = check(view_at, "def $0deny(x: int) -> None: ...\n", "# spec: Deny", "# example: deny(1) is None")
    assert [finding.code for finding in findings] == ["SP119"]


def test_a_method_keeps_its_indentation(view_at):
    text = "class A:\n    x: int\n\n    def tot$0al(self, y: str) -> list[int]:\n        '''Return the totals of y.'''\n        return []\n"
    view, offset = view_at(text)
    assert inserted(view, offset) == (
        'class A:\n    x: int\n\n    # spec: Return the totals of y.\n    # example: A(...).total("a") == [1]\n'
        "    def total(self, y: str) -> list[int]:\n        '''Return the totals of y.'''\n        return []\n"
    )


def test_line_endings_of_windows_are_kept(view_at):
    view, offset = view_at('import math\r\n\r\n\r\ndef d$0o(x: int) -> int:\r\n    """Return x."""\r\n    return x\r\n')
    assert inserted(view, offset).count("\n") == inserted(view, offset).count("\r\n")


@pytest.mark.parametrize(
    "text",
    [
        "x = $01\n\n\ndef f(): ...\n",
        "# spec: Do it now.\n# example: f() is None\ndef f$0(): ...\n",
        "def f():\n    def inn$0er(): ...\n",
        "def f():\n    retu$0rn 1\n",
    ],
)
def test_no_spec_where_none_belongs(view_at, text):
    assert insert_spec(*view_at(text)) is None


def test_a_golden_file_with_one_row_that_fits(view_at):
    text = (
        FIELDS
        + "# spec: Decide about it.\n# golden: data/rows.jsonl\n# golden: there.jsonl\n# golden: ../out.jsonl\n"
        + "def decide(claim: Claim, point: Point, table: Table, day: 'date', more: int = 1, *rest: int) -> dict[str, Kind]: ...\n"
    )
    view, _ = view_at(text, files={"there.jsonl": ""})
    (spec,) = view.specs
    assert missing_golden(view, spec) == ("data/rows.jsonl",)
    made = new_golden(view, spec, "data/rows.jsonl")
    assert made.path == "data/rows.jsonl"
    row = json.loads(made.text)
    assert row["input"] == {
        "claim": {"amount": "1.00", "kind": "new", "tags": ["a"]}, "point": {"x": 1, "y": 1.0}, "table": {"name": "a"}, "day": "2026-01-31",
    }  # fmt: skip
    assert row["output"] == {"a": "new"}
    for written, reason in [
        ("../out.jsonl", "outside"),
        ("there.jsonl", "is there already"),
        ("other.jsonl", "has no line"),
    ]:
        with pytest.raises(GoldenRefused, match=reason):
            new_golden(view, spec, written)


def applied(view, fix):
    data = view.document.data
    for span, text in sorted(fix.edits, reverse=True):
        data = data[: span.start] + text.encode() + data[span.end :]
    return data.decode()


def test_fixes_of_the_reader_where_the_cursor_is(view_at):
    text = "x = 1\n\n\n# spec: Return the amount.\n# requ$0re: amount => 0\n# example: f(1) == 1\ndef f(amount: int) -> int: ...\n"
    view, offset = view_at(text)
    (fix,) = fixes_at(view, Span(offset, offset))
    assert fix.title == "Change to `require`"
    assert "# require: amount => 0\n" in applied(view, fix)
    assert view.document.data[fix.span.start : fix.span.end] == b"requre"
    assert fixes_at(view, Span(0, 3)) == ()


def test_a_fix_of_a_missing_file(view_at):
    text = "# spec: Return the amount.\n# golden: row$0.jsonl\ndef f(amount: int) -> int: ...\n"
    view, offset = view_at(text, files={"rows.jsonl": ""})
    (fix,) = fixes_at(view, Span(offset, offset))
    assert "# golden: rows.jsonl\n" in applied(view, fix)
