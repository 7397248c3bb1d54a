"""Every kind of parameter is generated, run in the sandbox, and checked against the declared result."""

import pytest

HEAD = """\
import dataclasses, datetime as dt, enum, fractions, uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal, NamedTuple, NewType, NotRequired, Optional, TypedDict, Union


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True)
class Point:
    x: int
    y: float = 0.0


class Pair(NamedTuple):
    left: str
    right: int


class Row(TypedDict):
    name: str
    size: NotRequired[int]


class Box:
    def __init__(self, size: int) -> None:
        self.size = size


Count = NewType("Count", int)
"""

KINDS = {
    "bool": ("value: bool", "bool", "return not value", "f(True) == False"),
    "int": ("value: int", "int", "return value + 1", "f(1) == 2"),
    "float": ("value: float", "float", "return value * 2", "f(1.5) == 3.0"),
    "str": ("value: str", "str", "return value.upper()", "f('a') == 'A'"),
    "bytes": ("value: bytes", "int", "return len(value)", "f(b'ab') == 2"),
    "Decimal": ("value: Decimal", "Decimal", "return value + 1", "f(Decimal('1.5')) == Decimal('2.5')"),
    "Fraction": ("value: fractions.Fraction", "fractions.Fraction", "return value / 2", "f(fractions.Fraction(1)) == fractions.Fraction(1, 2)"),
    "date": ("value: dt.date", "int", "return value.year", "f(dt.date(2024, 2, 29)) == 2024"),
    "datetime": ("value: dt.datetime", "dt.date", "return value.date()", "f(dt.datetime(2024, 1, 2)) == dt.date(2024, 1, 2)"),
    "time": ("value: dt.time", "int", "return value.hour", "f(dt.time(7)) == 7"),
    "timedelta": ("value: dt.timedelta", "float", "return value.total_seconds()", "f(dt.timedelta(seconds=2)) == 2.0"),
    "UUID": ("value: uuid.UUID", "str", "return value.hex", "len(f(uuid.UUID(int=1))) == 32"),
    "list": ("value: list[int]", "list[int]", "return sorted(value)", "f([2, 1]) == [1, 2]"),
    "tuple": ("value: tuple[int, str]", "str", "return value[1] * 2", "f((1, 'a')) == 'aa'"),
    "tuple of any length": ("value: tuple[int, ...]", "int", "return len(value)", "f((1, 2)) == 2"),
    "set": ("value: set[int]", "list[int]", "return sorted(value)", "f({2, 1}) == [1, 2]"),
    "frozenset": ("value: frozenset[str]", "int", "return len(value)", "f(frozenset()) == 0"),
    "dict": ("value: dict[str, int]", "int", "return sum(value.values())", "f({'a': 1}) == 1"),
    "Mapping": ("value: Mapping[str, list[int]]", "int", "return len(value)", "f({}) == 0"),
    "Sequence": ("value: Sequence[float]", "int", "return len(value)", "f([1.0]) == 1"),
    "Literal": ("value: Literal['a', 'b']", "bool", "return value == 'a'", "f('a') == True"),
    "Enum": ("value: Colour", "str", "return value.value", "f(Colour.RED) == 'red'"),
    "dataclass": ("value: Point", "Point", "return dataclasses.replace(value, x=value.x + 1)", "f(Point(1)) == Point(2)"),
    "NamedTuple": ("value: Pair", "Pair", "return Pair(value.left, value.right + 1)", "f(Pair('a', 1)) == Pair('a', 2)"),
    "TypedDict": ("value: Row", "int", "return value.get('size', 0)", "f({'name': 'a'}) == 0"),
    "Optional": ("value: Optional[int]", "int", "return 0 if value is None else value", "f(None) == 0"),
    "union": ("value: int | str", "str", "return str(value)", "f(1) == '1'"),
    "Union": ("value: Union[int, None, str]", "str", "return str(value)", "f(1) == '1'"),
    "Annotated": ("value: Annotated[int, 'metres']", "int", "return value", "f(1) == 1"),
    "NewType": ("value: Count", "int", "return value + 1", "f(Count(1)) == 2"),
    "Any": ("value: Any", "bool", "return value is None", "f(None) == True"),
    "a class with a typed constructor": ("value: Box", "int", "return value.size", "f(Box(3)) == 3"),
    "keyword only": ("*, value: int = 3", "int", "return value", "f() == 3"),
    "positional only": ("value: int, /", "int", "return value", "f(3) == 3"),
    "star arguments": ("*value: int", "int", "return sum(value)", "f(1, 2) == 3"),
    "star keywords": ("**value: int", "int", "return sum(value.values())", "f(a=1, b=2) == 3"),
    "nested": ("value: list[dict[str, Point | None]]", "int", "return len(value)", "f([{'a': Point(1)}]) == 1"),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_kind(kind, judge):
    parameter, returns, body, example = KINDS[kind]
    text = f"{HEAD}\n\n# spec: Return something simple made of the value.\n# example: {example}\ndef f({parameter}) -> {returns}:\n    {body}\n"
    verdicts = judge(text)
    said = [(finding.code, finding.message) for verdict in verdicts.values() for finding in verdict.findings]
    assert verdicts["execution"].outcome.value == "passed", said
    assert verdicts["accuracy"].outcome.value == "passed", said
    assert int(dict(verdicts["execution"].facts)["inputs"]) >= 1
    assert "EX109" not in {code for code, _ in said}


def test_async_is_driven_to_its_end(judge):
    verdicts = judge("# spec: Return x doubled.\n# example: f(2) == 4\nasync def f(x: int) -> int:\n    return x * 2\n")
    assert verdicts["accuracy"].outcome.value == "passed"


def test_a_generator_is_the_list_of_its_items(judge):
    text = (
        "from collections.abc import Iterator\n\n\n# spec: Yield the numbers below x.\n# require: 0 <= x <= 50\n"
        "# ensure: len(result) == x\n# example: f(2) == [0, 1]\ndef f(x: int) -> Iterator[int]:\n"
        '    if not (0 <= x <= 50):\n        raise ValueError("require: 0 <= x <= 50")\n    yield from range(x)\n'
    )
    verdicts = judge(text)
    assert verdicts["accuracy"].outcome.value == "passed", verdicts


METHODS = """\
from dataclasses import dataclass


@dataclass
class Claim:
    amount: int

    {block}
    {decorator}def total(self, more: int) -> int:
        return self.amount + more
"""


def test_a_method_gets_its_self_from_a_typed_constructor(judge):
    block = "# spec: Return the amount plus more.\n    # example: Claim(1).total(2) == 3\n    # ensure: result == self.amount + more"
    verdicts = judge(METHODS.format(block=block, decorator=""))
    assert [verdict.outcome.value for verdict in verdicts.values()] == ["passed"] * 4


def test_static_and_class_methods_and_properties(judge):
    text = (
        "from dataclasses import dataclass\n\n\n@dataclass\nclass Claim:\n    amount: int\n\n"
        "    # spec: Return the amount doubled.\n    # example: Claim(4).double == 8\n    @property\n"
        "    def double(self) -> int:\n        return self.amount * 2\n"
    )
    assert judge(text)["accuracy"].outcome.value == "passed"
    for decorator, first in (("@staticmethod", ""), ("@classmethod", "cls, ")):
        text = f"class Claim:\n    # spec: Return x doubled.\n    # example: Claim.f(4) == 8\n    {decorator}\n    def f({first}x: int) -> int:\n        return x * 2\n"
        assert judge(text)["accuracy"].outcome.value == "passed"


def test_helpers_constants_and_classes_of_other_modules_travel(judge):
    files = {
        "rates.py": "from decimal import Decimal\n\nRATES = {'a': Decimal('0.5')}\n\n\ndef rate(name: str) -> Decimal:\n    return RATES.get(name, Decimal(1))\n"
    }
    text = (
        "from decimal import Decimal\n\nfrom rates import rate\n\nFEE = Decimal(2)\n\n\n# spec: Return the fee times the rate of a name.\n"
        "# example: price('a') == Decimal('1.0')\n# example: price('z') == Decimal(2)\ndef price(name: str) -> Decimal:\n    return FEE * rate(name)\n"
    )
    assert [verdict.outcome.value for verdict in judge(text, files).values()] == ["passed"] * 4


def test_an_untyped_parameter_falls_back_to_three_examples(judge):
    text = (
        "# spec: Return x doubled.\n# example: f(1) == 2\n# example: f(2) == 4\n{}def f(x) -> int:\n    return x * 2\n"
    )
    few = judge(text.format(""))
    assert few["execution"].outcome.value == "failed"
    enough = judge(text.format("# example: f(5) == 10\n"))
    assert enough["execution"].outcome.value == "passed"
    assert "EX109" in {finding.code for finding in enough["execution"].findings}


def test_a_foreign_decorator_is_refused(judge):
    text = "import functools\n\n\ndef twice(g):\n    return g\n\n\n# spec: Return x doubled.\n# example: f(1) == 2\n@twice\ndef f(x: int) -> int:\n    return x * 2\n"
    assert "EX112" in {finding.code for finding in judge(text)["execution"].findings}


def test_a_definition_that_raises_when_it_loads(judge):
    text = "LIMIT = 1 // 0\n\n\n# spec: Return x below the limit.\n# example: f(1) == 1\ndef f(x: int) -> int:\n    return min(x, LIMIT)\n"
    (finding,) = judge(text)["execution"].findings
    assert finding.code == "EX102"
    assert "ZeroDivisionError" in finding.message


def test_an_undeclared_exception_is_a_warning_with_two_ways_out_and_a_shrunk_input(judge):
    text = "# spec: Return a hundred over x.\n# example: f(4) == 25\ndef f(x: int) -> int:\n    return 100 // x\n"
    verdicts = judge(text)
    (finding,) = [one for one in verdicts["execution"].findings if one.code == "EX103"]
    assert verdicts["execution"].outcome.value == "passed"
    assert "`f(0)` raises ZeroDivisionError" in finding.message
    assert len(finding.fixes) == 2
    edit = finding.fixes[0].edits[0]
    assert edit.new_text == "\n# raises: ZeroDivisionError"
    assert "EX103" not in {
        one.code
        for one in judge(text.replace("# example", "# raises: ZeroDivisionError\n# example"))["execution"].findings
    }


def test_forged_answers_are_no_outcomes(judge):
    """A body that could write to the pipe still cannot make the judge see another value than the one it compares."""
    text = "# spec: Return x doubled.\n# example: f(1) == 2\ndef f(x: int) -> int:\n    class Two(int):\n        pass\n    return Two(x * 2)\n"
    verdicts = judge(text)
    assert verdicts["execution"].outcome.value == "failed"
    assert "EX104" in {finding.code for finding in verdicts["execution"].findings}


def test_a_constructor_that_refuses_excludes_inputs(judge):
    text = (
        "from dataclasses import dataclass\n\n\n@dataclass(frozen=True)\nclass Share:\n    part: float\n\n"
        "    def __post_init__(self) -> None:\n        if not 0 <= self.part <= {most}:\n            raise ValueError(self.part)\n\n\n"
        "# spec: Return the share as per cent.\n# example: f(Share(0.0)) == 0.0\ndef f(share: Share) -> float:\n    return share.part * 100\n"
    )
    verdicts = judge(text.format(most=1000))
    assert verdicts["accuracy"].outcome.value == "passed", verdicts
    assert int(dict(verdicts["execution"].facts)["inputs"]) >= 1
    (finding,) = judge(text.format(most=-1).replace("f(Share(0.0)) == 0.0", "True"))["execution"].findings
    assert finding.code == "EX111"
    assert "constructor" in finding.message


def test_a_class_that_is_a_part_of_itself(judge):
    text = (
        "from __future__ import annotations\n\nfrom dataclasses import dataclass\n\n\n@dataclass(frozen=True)\nclass Node:\n    size: int\n"
        "    parts: tuple[Node, ...] = ()\n\n\n"
        "# spec: Return how many parts a node has.\n# example: f(Node(1, (Node(2),))) == 1\ndef f(node: Node) -> int:\n    return len(node.parts)\n"
    )
    verdicts = judge(text)
    assert verdicts["accuracy"].outcome.value == "passed", verdicts
    assert int(dict(verdicts["execution"].facts)["inputs"]) > 20
    assert "EX109" not in {finding.code for finding in verdicts["execution"].findings}


@pytest.mark.parametrize("condition", ["x > 250_000", "x < -250_000", "x >= 10**7", "250_000 < x < 250_003"])
def test_bounds_far_from_zero_are_reached(judge, condition):
    text = (
        f"# spec: Return x doubled.\n# require: {condition}\n# ensure: result == 2 * x\n"
        f"def f(x: int) -> int:\n    if not ({condition}):\n        raise ValueError({'require: ' + condition!r})\n    return x * 2\n"
    )
    verdicts = judge(text)
    assert "EX111" not in {finding.code for finding in verdicts["execution"].findings}
    assert int(dict(verdicts["execution"].facts)["inputs"]) >= 2


BAD = 'raise LookupError("none")'
ERRORS = {
    "by raises": ("# raises: LookupError\n", BAD, False),
    "by raises when it is true": ("# raises: LookupError when x < 0\n", f"if x < 0:\n        {BAD}\n    return x", False),
    "by raises when, elsewhere": ("# raises: LookupError when x < 0\n", f"if x < 5:\n        {BAD}\n    return x", True),
    "by a rule that decides": ("# rule: x < 0 -> raises LookupError('none')\n# rule: otherwise -> x\n", f"if x < 0:\n        {BAD}\n    return x", False),
    "by a rule, elsewhere": ("# rule: x < 0 -> raises LookupError('none')\n# rule: otherwise -> x\n", f"if x < 5:\n        {BAD}\n    return x", True),
    "by an example": ("# example: f(-1) raises LookupError\n", f"if x < 0:\n        {BAD}\n    return x", False),
    "by nothing": ("", f"if x < 0:\n        {BAD}\n    return x", True),
}  # fmt: skip


@pytest.mark.parametrize("case", ERRORS)
def test_which_errors_are_declared(case, judge):
    lines, body, complained = ERRORS[case]
    verdicts = judge(f"# spec: Return x.\n{lines}# example: f(7) == 7\ndef f(x: int) -> int:\n    {body}\n")
    assert ("EX103" in {finding.code for finding in verdicts["execution"].findings}) == complained


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("import asyncio\n\n\n", "await asyncio.sleep(0)\n    return x"),
        ("", "return len([x] * 10**12)"),
    ],
)
def test_waiting_and_too_much_memory_are_errors(judge, head, body):
    """Without `ensure:` as well; the security stage is left out here, which would not let the first one pass."""
    from intaglio.validate import execution
    from intaglio.validate.verdict import Outcome

    keyword = "async def" if head else "def"
    verdicts = judge(
        f"{head}# spec: Return x.\n# example: True\n{keyword} f(x: int) -> int:\n    {body}\n", only=execution
    )
    assert verdicts["execution"].outcome is Outcome.FAILED


@pytest.mark.parametrize(
    "forged",
    [
        ["os", "system"],
        ["builtins", "type"],
        ["sys", "modules"],
        ["intaglio_workspace_module", "f"],
        ["intaglio_workspace_module", "Point.x"],
        ["intaglio_workspace_module", "__builtins__"],
        ["nowhere", "C"],
    ],
)
def test_a_look_up_gives_classes_by_their_own_names_alone(forged):
    """What the judge gives for names that come from the other child."""
    import enum
    import sys
    import types

    from intaglio.validate.programs import inside

    module = types.ModuleType(inside.MAIN)
    exec(
        "class Colour:\n    class Shade:\n        pass\nclass Point:\n    x = Colour\ndef f(): pass\nAlias = Colour\n",
        module.__dict__,
    )
    sys.modules[inside.MAIN] = module
    try:
        assert inside.lookup(inside.MAIN, "Colour.Shade").__qualname__ == "Colour.Shade"
        assert inside.lookup("enum", "Enum") is enum.Enum
        if forged == ["builtins", "type"]:
            assert inside.lookup(*forged) is type  # a class; the decoder makes no instance of it
        else:
            with pytest.raises(LookupError):
                inside.lookup(*forged)
        with pytest.raises(LookupError):
            inside.lookup(inside.MAIN, "Alias")
    finally:
        del sys.modules[inside.MAIN]


GUARDED = """\
import math
from decimal import Decimal


# spec: Return the word for an amount.
# require: {condition}
# example: {example}
def f(amount: {kind}) -> str:
    if not ({condition}):
        raise ValueError("require")
    return "plus"
"""


@pytest.mark.parametrize(
    ("kind", "condition"),
    [
        ("int", "amount >= 0"),
        ("float", "amount >= 0"),
        ("Decimal", "amount >= 0"),
        ("float", "math.isfinite(amount)"),
        ("float", "amount == amount"),
        ("str", "len(amount) >= 1"),
        ("list[int]", "len(amount) < 3"),
    ],
)
def test_every_guard_meets_an_input_that_it_refuses(judge, kind, condition):
    call = {"str": '"a"', "list[int]": "[1]"}.get(kind, f"{kind}(1)")
    verdict = judge(GUARDED.format(kind=kind, condition=condition, example=f'f({call}) == "plus"'))["execution"]
    assert verdict.findings == ()
    assert int(dict(verdict.facts)["guard inputs"]) > 0


def test_a_guard_that_nothing_tried_is_named(judge):
    text = GUARDED.format(kind="int", condition="amount != 987_654", example='f(1) == "plus"')
    text = text.replace("# example", "# require: amount >= 0\n# example").replace(
        "    return", '    if not (amount >= 0):\n        raise ValueError("require")\n    return'
    )
    text = text.replace("amount != 987_654", "str(amount) != str(987) + str(654)")
    verdict = judge(text)["execution"]
    (finding,) = verdict.findings
    assert (finding.code, finding.severity.value) == ("EX114", "warning")
    assert "`str(amount) != str(987) + str(654)`" in finding.message
    assert verdict.outcome.value == "passed"
    shown = text.replace("# example", "# example: f(987654) raises ValueError\n# example", 1)
    assert judge(shown)["execution"].findings == ()


def test_no_guards_no_inputs_for_them(judge):
    assert "guard inputs" not in dict(judge(SIMPLE)["execution"].facts)


SIMPLE = "# spec: Return x doubled.\n# ensure: result == 2 * x\ndef f(x: int) -> int:\n    return x * 2\n"
