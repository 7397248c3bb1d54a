"""What can be known of a decision table without running the function: unreachable rules, uncovered cases.

A bounded evaluation over the neighbourhood of every constant that a parameter is compared with. For tables whose
conditions only compare parameters with constants (and combine that with and, or, not), that neighbourhood holds one
value of each region in which no comparison changes, so what is found there holds for every input: "shown". For other
tables the same search proves nothing, and is called a search.
"""

from __future__ import annotations

import ast
import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from intaglio.spec.expression import ExpressionError, parse_expression
from intaglio.spec.model import Rule, Spec

MOST_CASES = 4096


class Coverage(StrEnum):
    """Whether rules without `otherwise` take every input."""

    SHOWN = "shown"
    NOT_FOUND = "no uncovered case found"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Judgement:
    """Indices of rules that nothing reaches; coverage; and a case that no rule takes, in words."""

    unreachable: tuple[int, ...] = ()
    coverage: Coverage = Coverage.NOT_FOUND
    witness: str = ""


def judge_rules(spec: Spec, rules: tuple[Rule, ...]) -> Judgement:
    """Judge the rules of a spec by their conditions. Rules that cannot be evaluated here are taken as reachable."""
    try:
        conditions = [parse_expression(rule.condition.value) if rule.condition is not None else None for rule in rules]
        requires = [parse_expression(text.value) for text in spec.require]
    except ExpressionError:
        return Judgement()
    trees = [tree for tree in (*conditions, *requires) if tree is not None]
    annotations = {parameter.name: parameter.annotation for parameter in spec.function.parameters}
    names = sorted({node.id for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Name)})
    if any(name not in annotations for name in names) or not all(_is_plain(tree) for tree in trees):
        return Judgement()
    values = {name: _values(name, annotations[name], trees) for name in names}
    total = math.prod(len(found) for found in values.values())
    if any(not found for found in values.values()) or total > MOST_CASES:
        return Judgement()
    exhaustive = not any(_mixes_parameters(tree) for tree in trees)
    reached: set[int] = set()
    witness = ""
    for case in itertools.product(*(values[name] for name in names)):
        bound = dict(zip(names, case, strict=True))
        try:
            if not all(_evaluate(tree, bound) for tree in requires):
                continue
            winner = next(
                (place for place, tree in enumerate(conditions) if tree is None or _evaluate(tree, bound)), None
            )
        except (_Unknown, TypeError, ArithmeticError):
            return Judgement()
        if winner is None:
            witness = witness or ", ".join(f"{name} = {value!r}" for name, value in bound.items())
        else:
            reached.add(winner)
    unreachable = tuple(place for place in range(len(rules)) if place not in reached) if exhaustive else ()
    if witness:
        return Judgement(unreachable, Coverage.OPEN, witness)
    return Judgement(unreachable, Coverage.SHOWN if exhaustive else Coverage.NOT_FOUND)


class _Unknown(Exception):
    """A form of expression that is not evaluated here."""


_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: lambda left, right: left == right,
    ast.NotEq: lambda left, right: left != right,
    ast.Lt: lambda left, right: left < right,
    ast.LtE: lambda left, right: left <= right,
    ast.Gt: lambda left, right: left > right,
    ast.GtE: lambda left, right: left >= right,
    ast.In: lambda left, right: left in right,
    ast.NotIn: lambda left, right: left not in right,
    ast.Is: lambda left, right: left is right,
    ast.IsNot: lambda left, right: left is not right,
}
_PLAIN = (
    ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.UAdd, ast.Compare, ast.Name, ast.Load, ast.Constant,
    ast.Tuple, ast.List, ast.Set, *_COMPARISONS,
)  # fmt: skip


def _is_plain(tree: ast.expr) -> bool:
    return all(isinstance(node, _PLAIN) for node in ast.walk(tree))


def _mixes_parameters(tree: ast.expr) -> bool:
    """Whether a comparison has parameters on more than one side: then constants do not mark every region."""
    return any(
        sum(any(isinstance(node, ast.Name) for node in ast.walk(side)) for side in (compare.left, *compare.comparators))
        > 1
        for compare in ast.walk(tree)
        if isinstance(compare, ast.Compare)
    )


def _evaluate(node: ast.expr, bound: dict[str, Any]) -> Any:
    match node:
        case ast.Constant():
            return node.value
        case ast.Name():
            return bound[node.id]
        case ast.BoolOp(op=ast.And()):
            return all(_evaluate(value, bound) for value in node.values)
        case ast.BoolOp():
            return any(_evaluate(value, bound) for value in node.values)
        case ast.UnaryOp(op=ast.Not()):
            return not _evaluate(node.operand, bound)
        case ast.UnaryOp(op=ast.USub()):
            return -_evaluate(node.operand, bound)
        case ast.UnaryOp(op=ast.UAdd()):
            return +_evaluate(node.operand, bound)
        case ast.Tuple() | ast.List() | ast.Set():
            return tuple(_evaluate(item, bound) for item in node.elts)
        case ast.Compare():
            left = _evaluate(node.left, bound)
            for operator, comparator in zip(node.ops, node.comparators, strict=True):
                right = _evaluate(comparator, bound)
                if not _COMPARISONS[type(operator)](left, right):
                    return False
                left = right
            return True
    raise _Unknown


def _values(name: str, annotation: str | None, trees: list[ast.expr]) -> list[Any]:
    """One value of every region that the constants compared with `name` cut its type into."""
    if annotation == "bool":
        return [False, True]
    constants = [value for tree in trees for value in _constants(tree, name)]
    if annotation in {"int", "float"} and all(isinstance(value, int | float) for value in constants):
        found: set[float] = {0}
        for value in constants:
            if annotation == "int":
                found |= {math.floor(value) - 1, math.floor(value), math.floor(value) + 1, math.ceil(value)}
            else:
                found |= {float(value), math.nextafter(value, -math.inf), math.nextafter(value, math.inf)}
        ordered = sorted(found)
        between = [(low + high) / 2 for low, high in itertools.pairwise(ordered)] if annotation == "float" else []
        return [ordered[0] - 1, *ordered, *between, ordered[-1] + 1]
    if annotation == "str" and all(isinstance(value, str) for value in constants):
        return [*dict.fromkeys(constants), "\0other"]
    return []


def _constants(tree: ast.expr, name: str) -> Iterator[Any]:
    for compare in ast.walk(tree):
        if not isinstance(compare, ast.Compare):
            continue
        sides = (compare.left, *compare.comparators)
        if not any(isinstance(side, ast.Name) and side.id == name for side in sides):
            continue
        for side in sides:
            if isinstance(side, ast.Name):
                continue
            try:
                value = _evaluate(side, {})
            except (_Unknown, KeyError, TypeError):
                continue
            yield from value if isinstance(value, tuple) else (value,)
