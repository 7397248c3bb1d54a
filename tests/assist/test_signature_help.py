"""Signature help: the source line with `$0` at the cursor, then the label with the active parameter in brackets."""

import pytest

from intaglio.assist.attributes import called
from intaglio.assist.signature_help import CallAsked, SignatureHelp, shown_call, signature_help

FOOT = "def decide(claim: float, /, code: str = 'a', *rest: int, share: int = 1, **more: bool) -> str: ...\n"


def drawn(found):
    if found.active is None:
        return found.label
    start, end = found.parameters[found.active]
    return f"{found.label[:start]}[{found.label[start:end]}]{found.label[end:]}"


def check(view_at, line, expected, foot=FOOT):
    view, offset = view_at(f"import math\n\n\n# spec: Decide about it.\n# {line}\n{foot}")
    found = signature_help(view, offset)
    assert isinstance(found, SignatureHelp)
    assert drawn(found) == expected
    assert "Decide about it." in found.documentation


WHOLE = "decide(claim: float, code: str = 'a', *rest: int, share: int = 1, **more: bool) -> str"


@pytest.mark.parametrize(
    ("line", "active"),
    [
        ("example: decide($0", "claim: float"),
        ("example: decide(1, $0) == 3", "code: str = 'a'"),
        ("example: decide(1, 'a,(', $0", "*rest: int"),
        ("example: decide(1, [2, 3], 4, 5, $0", "*rest: int"),
        ("example: decide(1, share=$0", "share: int = 1"),
        ("example: decide(1, other=$0", "**more: bool"),
        ("example: decide(1, share=2, $0", "code: str = 'a'"),
        ("example: decide(max(1, 2), {'a': $0", "code: str = 'a'"),
        ("ensure: result == decide($0", "claim: float"),
    ],
)
def test_the_spec_s_own_function(view_at, line, active):
    check(view_at, line, WHOLE.replace(active, f"[{active}]", 1))


def test_over_several_lines(view_at):
    check(view_at, "example: decide(1,\n#   $0)", WHOLE.replace("code: str = 'a'", "[code: str = 'a']"))


def test_a_method_is_called_without_self(view_at):
    view, offset = view_at(
        "class A:\n    # spec: Say it.\n    # example: A().f($0\n    def f(self, x: int) -> int: ...\n"
    )
    assert drawn(signature_help(view, offset)) == "f([x: int]) -> int"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("example: decide(helper(1, $0", "helper(x: int, [y: str='a'])"),
        ("require: math.isclose($0", "isclose([a: _SupportsFloatOrIndex]"),
    ],
)
def test_other_functions_are_asked_of_jedi(view_at, line, expected):
    foot = "def decide(claim: float) -> str: ...\n\n\ndef helper(x: int, y: str = 'a'): ...\n"
    view, offset = view_at(f"import math\n\n\n# spec: Decide about it.\n# {line}\n{foot}")
    asked = signature_help(view, offset)
    assert isinstance(asked, CallAsked)
    found = called(view, view.spec_at(offset), asked.before, inside=asked.inside)
    assert drawn(shown_call(found.name, list(found.parameters), found.active)).startswith(expected)


@pytest.mark.parametrize(
    "line", ["example: $0", "example: decide(1)$0", "example: decide('$0", "spec: decide($0", "golden: decide($0"]
)
def test_nothing_elsewhere(view_at, line):
    view, offset = view_at(f"# spec: Decide about it.\n# {line}\n{FOOT}")
    assert signature_help(view, offset) is None
