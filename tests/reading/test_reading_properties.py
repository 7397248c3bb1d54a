"""What holds of every text: reading never fails, edits give what reading afresh gives, positions round-trip."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intaglio.finding import Place, Span
from intaglio.spec import read_specs
from intaglio.spec.document import Document
from intaglio.spec.model import Reading, Spec, Text
from intaglio.spec.position import Position, TextIndex
from intaglio.spec.python import PYTHON
from intaglio.spec.shift import shift_spec

SEED = '''"""Claims."""

import math
from dataclasses import dataclass

LIMIT = 100


@dataclass
class Claim:
    """One claim."""

    amount: float

    # spec: Return the amount due after the discount.
    #   At least nothing.
    # require: 0 <= percent <= LIMIT
    # ensure: result >= 0
    # example: Claim(10.0).due(50) == 5.0
    def due(self, percent: int = 0) -> float:
        """The amount due."""
        return max(0.0, self.amount * (1 - percent / 100))  # never less


# spec: Decide the tier of a customer.
# rule: points >= 1000 -> "gold"
# rule: points >= 100 -> "silver"
# rule: otherwise -> "basic"
# example: tier(1000) == "gold"
# example: tier(-1) raises ValueError
# raises: ValueError when points < 0
@cached
def tier(points: int) -> str: ...


if math.inf > 1:
    # spec: Say the day in words, 星期 𝒳.
    #
    #   More prose here.
    # golden: data/days.jsonl >= 0.98
    async def day(number: int, *, kind: str = "#") -> str:
        raise NotImplementedError
'''
PIECES = [
    "# spec: Return x.\n", "# spec:", "#", "# rule: x > 1 -> 2\n", "# rule: otherwise -> 1\n", "# example: f(1) == 2\n",
    "# ensure: result == (", "def f(x: int) -> int: ...\n", "def f(x", "class A:\n", "    def g(self): pass\n", '"""', "'''",
    "'", '"', "\\", "\n", "\r", "\r\n", "\t", "\f", "\0", "\ufeff", "\ud800", "\udfff", "𝒳", "é", "(", ")", "[", "]", "{", "}", ":", "    ",
    " ", "@cache\n", "@overload\n", "async ", "lambda", "yield", "f'{x}'", "# golden: ../a >= 2\n", "-> ", "raises", "when", "\x0b", "\u2028",
    "# type: ignore\n", "if x:\n", "else:\n", "tier", "due", "LIMIT", "from x import *\n", "#   more\n",
]  # fmt: skip
texts = st.one_of(
    st.text(alphabet=st.characters(), max_size=200),
    st.lists(st.sampled_from(PIECES), max_size=40).map("".join),
    st.tuples(st.integers(0, len(SEED)), st.integers(0, len(SEED)), st.sampled_from(PIECES)).map(
        lambda cut: SEED[: min(cut[:2])] + cut[2] + SEED[max(cut[:2]) :]
    ),
)


def relaxed(examples: int) -> settings:
    return settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))


def spans_of(spec: Spec) -> list[Span]:
    function = spec.function
    found = [spec.block, function.span, function.header, function.suite, function.body, function.name_span]
    found += [directive.span for directive in spec.directives] + [parameter.span for parameter in function.parameters]
    return found


def parts_of(spec: Spec) -> list[Text]:
    found = [directive.value for directive in spec.directives]
    found += [example.expression for example in spec.examples] + [golden.path for golden in spec.golden]
    return found + [rule.condition for rule in spec.rules if rule.condition is not None]


def check_places(text: str, reading: Reading) -> None:
    data = PYTHON.canonical(text.encode("utf-8", "surrogatepass"))
    for spec in reading.specs:
        for span in spans_of(spec):
            assert 0 <= span.start <= span.end <= len(data)
        for part in parts_of(spec):
            lines = [line.encode() for line in part.value.split("\n")]
            assert all(line in data[part.span.start : part.span.end] for line in lines)
            if len(lines) == 1:
                assert data[part.span.start : part.span.end] == lines[0]
        for finding in spec.findings:
            assert finding.place is not None
            base = {"spec": spec.block.start, "function": spec.function.span.start}[finding.place.target]
            assert 0 <= finding.place.span.start + base <= finding.place.span.end + base <= len(data)
    for finding in reading.findings:
        assert finding.place == Place("file", finding.place.span)
        assert 0 <= finding.place.span.start <= finding.place.span.end <= len(data)


@relaxed(400)
@given(texts)
def test_reading_never_fails_and_points_into_the_text(text: str) -> None:
    check_places(text, read_specs(text))


@relaxed(150)
@given(texts)
def test_reading_without_judging_reads_the_same(text: str) -> None:
    judged, bare = read_specs(text), read_specs(text, check=False)
    assert [spec.name for spec in judged.specs] == [spec.name for spec in bare.specs]
    for one, other in zip(judged.specs, bare.specs, strict=True):
        assert one.directives == other.directives
        assert one.function == other.function


edits = st.lists(
    st.tuples(
        st.floats(0, 1),
        st.one_of(st.just(0.0), st.floats(0, 0.02), st.floats(0, 0.5)),
        st.one_of(st.just(""), st.sampled_from(PIECES), st.text(max_size=8), st.just(SEED[300:700])),
    ),
    min_size=1,
    max_size=8,
)


@relaxed(300)
@given(
    st.sampled_from([SEED, SEED.replace("\n", "\r\n"), SEED + SEED.replace("tier", "rank"), "\ufeff" + SEED, ""]), edits
)
def test_after_any_edits_the_reading_is_that_of_the_text_read_afresh(
    text: str, changes: list[tuple[float, float, str]]
) -> None:
    document = Document.open(text)
    for place, share, new in changes:
        start = round(place * len(text))
        end = min(len(text), start + round(share * len(text)))
        bounds = [len(text[:offset].encode("utf-8", "surrogatepass")) for offset in (start, end)]
        document = document.edit(*bounds, new)
        text = text[:start] + new + text[end:]
        assert document.text == text
        fresh = read_specs(text)
        assert list(document.reading.specs) == list(fresh.specs)
        assert document.reading.findings == fresh.findings


def test_an_edit_reads_only_what_it_touches() -> None:
    document = Document.open(SEED)
    assert [spec.name for spec in document.reading.specs] == ["Claim.due", "tier", "day"]
    at = SEED.index("1000 ->")
    edited = document.edit(at, at, "1")
    assert edited.reading.specs[0] is document.reading.specs[0]
    assert edited.reading.specs[1].rules[0].condition.value == "points >= 11000"
    moved = document.edit(0, 0, "# A line before all.\n")
    assert moved.reading.specs[2] == shift_spec(document.reading.specs[2], len("# A line before all.\n"))


def test_an_edit_outside_the_text_or_inside_a_character_is_refused() -> None:
    document = Document.open("# spec: é\n")
    with pytest.raises(ValueError, match="0 <= start <= end <= 11"):
        document.edit(5, 12, "")
    with pytest.raises(ValueError, match="inside a character"):
        document.edit(9, 10, "")
    assert document.edit(8, 10, "e").text == "# spec: e\n"


@relaxed(300)
@given(
    st.lists(st.sampled_from(["a", "é", "𝒳", "\n", "\r", "\r\n", "\ud800", "\t"]), max_size=30).map("".join), st.data()
)
def test_positions_round_trip_at_characters(text: str, data: st.DataObject) -> None:
    index = TextIndex(text)
    place = data.draw(st.integers(0, len(text)))
    if text[place - 1 : place + 1] == "\r\n" and place > 0:
        place -= 1
    offset = len(text[:place].encode("utf-8", "surrogatepass"))
    for encoding, width in (("utf-8", "utf-8"), ("utf-16", "utf-16-le"), ("utf-32", "utf-32-le")):
        position = index.position(offset, encoding)
        line = text[:place].replace("\r\n", "\n").replace("\r", "\n").split("\n")[-1]
        units = len(line.encode(width, "surrogatepass")) // {"utf-8": 1, "utf-16": 2, "utf-32": 4}[encoding]
        assert position == Position(text[:place].replace("\r\n", "\n").replace("\r", "\n").count("\n"), units)
        assert index.offset(position, encoding) == offset


@relaxed(200)
@given(st.text(alphabet="aé𝒳\n\r", max_size=20), st.integers(-3, 30), st.integers(-3, 30), st.integers(-5, 100))
def test_positions_are_clamped_to_the_text(text: str, line: int, character: int, offset: int) -> None:
    index = TextIndex(text)
    for encoding in ("utf-8", "utf-16", "utf-32"):
        place = index.offset(Position(line, character), encoding)
        assert 0 <= place <= len(text.encode())
        text.encode()[place:].decode()
        position = index.position(offset, encoding)
        assert 0 <= position.line < index.lines
        assert index.position(index.offset(position, encoding), encoding) == position


@pytest.mark.parametrize(
    "value",
    ["(" * 5000, "-" * 30000 + "1", "a." * 4000 + "b", "not " * 5000 + "x", "1" * 6000, "[" * 300 + "]" * 300, "f(" * 150 + ")" * 150,
     "'\\d' in x", "x if" * 900, "\0", "1if x else 2", "x" + " + x" * 5000],
)  # fmt: skip
def test_hostile_expressions_are_findings(value: str) -> None:
    lines = "".join(
        f"# {key} {value}\n" for key in ("ensure:", "rule: otherwise ->", "example:", "raises: ValueError when")
    )
    (spec,) = read_specs(f"# spec: Return x.\n{lines}def f(x: int) -> int: ...\n").specs
    assert len(spec.directives) == 5


def test_a_long_unclosed_string_is_read_in_time_that_grows_with_it() -> None:
    text = "# spec: Return x.\ndef f(x: int) -> int: ...\n" + '\\"""' * 50_000
    assert [spec.name for spec in read_specs(text).specs] == ["f"]


def test_the_reader_reads_the_standard_library_without_failing() -> None:
    folder = Path(dataclass_file()).parent
    for file in sorted(folder.glob("*.py"))[:60]:
        text = file.read_text(encoding="utf-8")
        reading = read_specs("# spec: Return x.\ndef f(x: int) -> int: ...\n\n\n" + text)
        assert reading.specs[0].name == "f"


def dataclass_file() -> str:
    import dataclasses

    return dataclasses.__file__
