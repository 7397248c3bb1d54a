"""Regular expressions in a body: those that some input makes run for ever, and those that a parameter gives."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from intaglio.finding import Code
from intaglio.validate import codes_security as codes

_CALLS = frozenset({"compile", "match", "search", "fullmatch", "findall", "finditer", "split", "sub", "subn"})
_UNBOUNDED = 100
"""A repetition of at least this many is as good as without bound."""


def check_patterns(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[tuple[Code, str, ast.AST]]:
    """Calls of `re` with a pattern that nests repetitions, or that is a parameter."""
    parameters = {
        argument.arg for argument in [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    }
    for node in ast.walk(function):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _CALLS):
            continue
        if not (isinstance(node.func.value, ast.Name) and node.func.value.id == "re" and node.args):
            continue
        pattern = node.args[0]
        if isinstance(pattern, ast.Constant) and isinstance(pattern.value, str):
            if is_slow(pattern.value):
                yield codes.SLOW_PATTERN, f"the pattern {pattern.value!r} repeats a repetition", pattern
        elif isinstance(pattern, ast.Name) and pattern.id in parameters:
            yield codes.VARIABLE_PATTERN, f"the pattern is the parameter `{pattern.id}`", pattern


def is_slow(pattern: str) -> bool:
    """Whether a pattern has an unbounded repetition within another, whose parts can begin with the same character."""
    try:
        tree = re._parser.parse(pattern)  # type: ignore[attr-defined]  # noqa: SLF001 - the standard library's own parser has no public name
    except (re.error, RecursionError, OverflowError):
        return False
    return _nested(tree, inside=False)


def _nested(tree: Any, *, inside: bool) -> bool:
    for position, (operation, argument) in enumerate(tree):
        name = str(operation)
        if name in {"MAX_REPEAT", "MIN_REPEAT"}:
            _, most, body = argument
            unbounded = int(most) >= _UNBOUNDED
            if unbounded and inside and _can_meet(tree, position):
                return True
            if _nested(body, inside=inside or unbounded):
                return True
        elif name == "SUBPATTERN":
            if _nested(argument[-1], inside=inside):
                return True
        elif name == "BRANCH":
            branches = argument[1]
            if inside and _overlap(branches):
                return True
            if any(_nested(branch, inside=inside) for branch in branches):
                return True
        elif name in {"ASSERT", "ASSERT_NOT"} and _nested(argument[1], inside=inside):
            return True
    return False


def _can_meet(tree: Any, position: int) -> bool:
    """Whether nothing that must match stands beside a repetition: then its end is open, and the outer one doubles it."""
    others = [item for place, item in enumerate(tree) if place != position]
    return all(
        str(operation) in {"MAX_REPEAT", "MIN_REPEAT", "AT"} and (str(operation) == "AT" or argument[0] == 0)
        for operation, argument in others
    )


def _overlap(branches: list[Any]) -> bool:
    """Whether two branches can begin with the same literal."""
    firsts: list[str] = []
    for branch in branches:
        items = list(branch)
        firsts.append(str(items[0]) if items else "")
    return len(set(firsts)) < len(firsts)
