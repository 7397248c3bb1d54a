"""docs/fingerprints.md holds what it says: each test vector, and that newer Pythons compute the same."""

import ast
import json
import math
import re
from pathlib import Path

import pytest

from intaglio.lock.canon import atom, canonical_form, clean_docstring
from intaglio.lock.fingerprint import (
    definition_fingerprint,
    file_fingerprint,
    signature_fingerprint,
    spec_fingerprint,
    spec_form,
    suite_fingerprint,
)
from intaglio.spec import read_specs

PAGE = Path(__file__).resolve().parents[2] / "docs" / "fingerprints.md"
VECTOR = re.compile(
    r"### (?P<title>[^\n]+)\n\n(?:The text[^\n]*\n\n)?```(?P<kind_of_text>python|json)\n(?P<text>.*?)```\n\n"
    r"(?:```text\n(?P<form>.*?)\n```\n\n)?`(?P<kind>\w+)` `(?P<fingerprint>1:[0-9a-f]{64})`\n",
    re.DOTALL,
)
VECTORS = [match.groupdict() for match in VECTOR.finditer(PAGE.read_text(encoding="utf-8"))]


def computed(kind: str, text: str) -> tuple[str | None, str]:
    if kind == "file":
        return None, file_fingerprint(text.encode())
    if kind == "spec":
        (spec,) = read_specs(text).specs
        return spec_form(spec), spec_fingerprint(spec)
    tree = ast.parse(text)
    if kind == "definition":
        return canonical_form(tree.body), definition_fingerprint(text)
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
    if kind == "suite":
        return canonical_form(function.body), suite_fingerprint(function.body)
    fingerprint = signature_fingerprint(function)
    function.name, function.body = None, []  # type: ignore[assignment]  # what the page says
    return canonical_form([function]), fingerprint


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["title"])
def test_vector(vector: dict[str, str]) -> None:
    text = json.loads(vector["text"]) if vector["kind_of_text"] == "json" else vector["text"]
    form, fingerprint = computed(vector["kind"], text)
    assert fingerprint == vector["fingerprint"]
    if form is not None:
        assert form.encode("utf-8", "backslashreplace").decode() == vector["form"]


def test_the_page_has_vectors_of_every_kind() -> None:
    assert len(VECTORS) >= 12
    assert {vector["kind"] for vector in VECTORS} == {"suite", "signature", "definition", "spec", "file"}


CONSTANTS = [
    1,
    1.0,
    True,
    "1",
    b"1",
    1j,
    None,
    ...,
    0,
    0.0,
    -0.0,
    False,
    "",
    b"",
    0j,
    math.inf,
    math.nan,
    "n",
    "t",
    10**5000,
]


def test_constants_of_different_types_and_values_differ() -> None:
    assert len({atom(value) for value in CONSTANTS}) == len(CONSTANTS)


def test_what_a_newer_python_adds_and_leaves_empty_leaves_no_trace() -> None:
    text = "@d\ndef f(x: int = 1) -> int:\n    class C(B): pass\n    return x\n"
    (node,) = ast.parse(text).body

    def renewed(node: object) -> object:
        """The same tree of node classes with further fields, as Python 3.12 and later have."""
        if isinstance(node, list):
            return [renewed(item) for item in node]
        if not isinstance(node, ast.AST) or isinstance(node, ast.Constant):
            return node
        fields = ("type_params", *reversed(node._fields), "default_value")
        made = type(type(node).__name__, (ast.AST,), {"_fields": fields})()
        for name in node._fields:
            setattr(made, name, renewed(getattr(node, name, None)))
        made.type_params, made.default_value = [], None
        return made

    newer = renewed(node)
    assert isinstance(newer, ast.AST)
    plain = canonical_form([node])
    # the classes are other ones, so nothing but names and fields can make the two agree
    assert canonical_form([newer]) == plain


def test_f_string_parts_however_they_are_cut() -> None:
    def joined(*values: ast.expr) -> str:
        return canonical_form([ast.JoinedStr(list(values))])

    x = ast.FormattedValue(ast.Name("x", ast.Load()), -1, None)
    empty = ast.FormattedValue(ast.Name("x", ast.Load()), -1, ast.JoinedStr([]))
    a, b, ab, none = (ast.Constant(text) for text in ("a", "b", "ab", ""))
    assert joined(a, b, x) == joined(ab, x) == joined(none, a, none, b, x, none) == joined(ab, empty)
    assert joined(a, x, b) != joined(ab, x)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("  a  ", "a"),
        ("a\n    b\n      c\n    ", "a\nb\n  c"),
        ("\n\n    a\n\n    b  \n", "a\n\nb"),
        ("a\n\tb\n\t  c", "a\nb\n  c"),
        ("\n        a\n    b", "a\nb"),
        ("", ""),
        (" \n \n", ""),
    ],
)
def test_docstrings_are_cleaned(text: str, cleaned: str) -> None:
    assert clean_docstring(text) == cleaned


def test_a_deep_tree_is_no_problem() -> None:
    node: ast.expr = ast.Name("x", ast.Load())
    for _ in range(50_000):
        node = ast.UnaryOp(ast.Not(), node)
    assert canonical_form([node]).count("(UnaryOp") == 50_000
    while isinstance(node, ast.UnaryOp):  # take it apart by hand: freeing it in one go recurses
        node = node.operand


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("(x): int = 1", "x: int = 1"),
        ("f'a'", "a = f'a'"),
        ("x = f'a'", "x = 'a'"),
        ("not a == b", "a != b"),
        ("f(a, b)", "f((a, b))"),
        ("f(*a)", "f(a)"),
        ("f(a=1)", "f(b=1)"),
        ("import a.b", "import a"),
        ("from . import a", "from .. import a"),
        ("x = 1", "x = True"),
        ("x = -1", "x = - -1"),
        ("x = [a]", "x = (a,)"),
        ("x = {**a}", "x = {a: a}"),
        ("global a, b", "global ab"),
        ("a if b else c", "b if a else c"),
        ("for x in y: pass\nelse: pass", "for x in y: pass"),
        ("try: a\nexcept: b", "try: a\nexcept BaseException: b"),
        ("try: a\nexcept* E: b", "try: a\nexcept E: b"),
        ("lambda: x", "lambda x: x"),
        ("[x async for x in y]", "[x for x in y]"),
        ("x[1:2]", "x[1, 2]"),
        ("x = 'a b'", "x = 'a  b'"),
        ("with a as b, c: pass", "with a, b as c: pass"),
        ("x = 'é'", "x = 'e\u0301'"),
        ("match x:\n case a: pass", "match x:\n case a.a: pass"),
    ],
)  # fmt: skip
def test_what_differs_differs(one: str, other: str) -> None:
    assert suite_fingerprint(ast.parse(one).body) != suite_fingerprint(ast.parse(other).body)
