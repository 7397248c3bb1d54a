"""Mending: slips of a candidate that need no model to put right, by what the stages found. Text in, text out.

It judges nothing and guesses nothing about what the function should answer: a forgotten import of a pure module is added,
and an argument that the body changes in place is copied first. What comes of it goes through all four stages afresh.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from intaglio.finding import Finding
from intaglio.spec.model import Function
from intaglio.template.purity import PURE_MODULES

CHANGED_ARGUMENT = "EX105"
"""The execution stage's finding for a body that changes what it was given."""

_UNDEFINED = re.compile(r"F821: Undefined name `(\w+)`")
_HOMES = {
    "collections": ("Counter", "OrderedDict", "defaultdict", "deque", "namedtuple"),
    "datetime": ("date", "timedelta"),
    "decimal": ("Decimal", "InvalidOperation", "ROUND_DOWN", "ROUND_HALF_EVEN", "ROUND_HALF_UP", "ROUND_UP"),
    "fractions": ("Fraction",),
    "functools": ("reduce",),
    "itertools": ("chain", "groupby"),
    "math": ("ceil", "floor", "sqrt"),
    "typing": ("Any", "Dict", "List", "Optional", "Set", "Tuple", "Union"),
}
"""Names that are used without their module often, and that mean nothing else."""
_IMPORTS = {name: f"from {module} import {name}" for module, names in _HOMES.items() for name in names} | {
    # `datetime` is the name of a class as well as of its module: which of them is meant is not known
    module: f"import {module}"
    for module in PURE_MODULES - {"datetime"}
    if "." not in module
}

_COPIES = {"list": "list", "dict": "dict", "set": "set", "List": "list", "Dict": "dict", "Set": "set"}
_CHANGING = frozenset(
    {
        "add", "append", "clear", "difference_update", "discard", "extend", "insert", "intersection_update", "pop", "popitem",
        "remove", "reverse", "setdefault", "sort", "symmetric_difference_update", "update",
    }
)  # fmt: skip
"""Methods of lists, dicts and sets that change them."""


def mend(body: str, function: Function, findings: Sequence[Finding]) -> tuple[str, tuple[str, ...]] | None:
    """The body with its slips put right, and what was done, in words; None where nothing can be."""
    imports = _forgotten_imports(findings)
    if imports:
        return "\n".join([*imports, body]), tuple(f"added `{line}`" for line in imports)
    tree = _parsed(body)
    if tree is None or not any(finding.code == CHANGED_ARGUMENT for finding in findings):
        return None
    changed = _changed_parameters(tree, function)
    if not changed:
        return None
    lines = body.split("\n")
    place = _behind_imports(tree)
    copies = [f"{name} = {copied}({name})" for name, copied in changed]
    said = tuple(f"copied `{name}`, which the body changes" for name, _ in changed)
    return "\n".join([*lines[:place], *copies, *lines[place:]]), said


def _forgotten_imports(findings: Sequence[Finding]) -> list[str]:
    names = [name for finding in findings for name in _UNDEFINED.findall(finding.message)]
    return [_IMPORTS[name] for name in dict.fromkeys(names) if name in _IMPORTS]


def _changed_parameters(tree: ast.Module, function: Function) -> list[tuple[str, str]]:
    """Parameters that are lists, dicts or sets by their annotation and that the body changes in place, with their copier."""
    kinds = {
        parameter.name: _COPIES[head]
        for parameter in function.parameters
        if (head := (parameter.annotation or "").partition("[")[0].strip()) in _COPIES
    }
    changed = {name for node in ast.walk(tree) for name in _changed_by(node)}
    return [(name, copied) for name, copied in kinds.items() if name in changed]


def _behind_imports(tree: ast.Module) -> int:
    """How many lines of the body its leading imports take."""
    place = 0
    for statement in tree.body[0].body if isinstance(tree.body[0], ast.AsyncFunctionDef) else ():
        if not isinstance(statement, ast.Import | ast.ImportFrom):
            break
        place = (statement.end_lineno or 1) - 1
    return place


def _changed_by(node: ast.AST) -> list[str]:
    """Names whose values one node changes in place."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attribute)) if attribute in _CHANGING:
            return [name]
        case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
            return [name]
        case ast.AugAssign(target=ast.Name(id=name)):
            return [name]
    return []


def _parsed(body: str) -> ast.Module | None:
    """The body inside of a function, one line further down than in its text."""
    indented = "\n".join(f" {line}" for line in body.split("\n"))
    try:
        return ast.parse(f"async def _():\n{indented}")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
