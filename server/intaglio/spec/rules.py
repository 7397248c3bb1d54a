"""What can be known of a decision table without running the function: unreachable rules, uncovered cases.

Each parameter's type is cut into the regions that the constants compared with it make, and each region is stood for by
one of its values (NaN is a region of its own). Every condition then is a set of cases, one bit a case, and the table is a
matter of `and`, `or` and `not` over such sets. For conditions that compare parameters with constants the answer holds for
every input: "shown". A condition of another form (`code.startswith("A")`) is a case of its own, true or false. A
comparison of two parameters is tried on their values: then the same sets are a search, which proves nothing.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any

from intaglio.spec.expression import ExpressionError, parse_expression
from intaglio.spec.model import Rule, Spec

MOST_CASES = 2**16


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
    """Judge the rules of a spec by their conditions. What cannot be evaluated here is taken as reachable and as open."""
    annotations = {parameter.name: parameter.annotation or "" for parameter in spec.function.parameters}
    try:
        conditions = [None if rule.condition is None else parse_expression(rule.condition.value) for rule in rules]
        requires = [parse_expression(text.value) for text in spec.require]
        table = _Table(annotations, [tree for tree in (*requires, *conditions) if tree is not None])
        left = table.everything
        for tree in requires:
            left &= table.cases(tree, left)
        reached = []
        for condition in conditions:
            taken = left if condition is None else table.cases(condition, left)
            reached.append(bool(taken))
            left &= ~taken
    except (ExpressionError, _Unknown, TypeError, ArithmeticError, ValueError):
        return Judgement()
    unreachable = () if table.is_search else tuple(place for place, found in enumerate(reached) if not found)
    if not left:
        return Judgement(unreachable, Coverage.NOT_FOUND if table.is_search else Coverage.SHOWN)
    witness = table.describe(left)
    return Judgement(unreachable, Coverage.OPEN if witness else Coverage.NOT_FOUND, witness)


class _Unknown(Exception):
    """A table that is too large, or a parameter whose type has no regions here."""


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


@dataclass(slots=True)
class _Axis:
    """One dimension of the cases: its values, and how many consecutive cases share one of them."""

    values: list[Any]
    stride: int = 1


class _Table:
    """All cases of a decision table. A set of cases is an integer with a bit for each."""

    def __init__(self, annotations: dict[str, str], trees: list[ast.expr]) -> None:
        self.annotations = annotations
        self.is_search = False
        self.opaque = False
        constants: dict[str, list[Any]] = {}
        opaque: dict[str, None] = {}
        for tree in trees:
            self.gather(tree, constants, opaque)
        self.axes: dict[str, _Axis] = {}
        size = 1
        for name in sorted(constants):
            values = _regions(annotations[name], constants[name])
            if values is None:
                raise _Unknown
            self.axes[name] = _Axis(values)
        for key in opaque:
            self.axes[key] = _Axis([False, True])
            self.opaque = True
        for axis in self.axes.values():
            axis.stride = size
            size *= len(axis.values)
            if size > MOST_CASES:
                raise _Unknown
        self.size = size
        self.everything = (1 << size) - 1

    def gather(self, tree: ast.expr, constants: dict[str, list[Any]], opaque: dict[str, None]) -> None:
        """Collect what the atoms of a condition compare each parameter with."""
        for atom in _atoms(tree):
            names = self.compared(atom)
            if names is None:
                opaque[ast.dump(atom)] = None
                continue
            for name in names:
                constants.setdefault(name, [])
            if isinstance(atom, ast.Compare):
                found = [value for side in (atom.left, atom.comparators[0]) for value in _constant_values(side)]
                for name in names:
                    constants[name].extend(found)

    def compared(self, atom: ast.expr) -> tuple[str, ...] | None:
        """The parameters of an atom that is evaluated here; None for one of another form."""
        if isinstance(atom, ast.Constant):
            return ()
        if isinstance(atom, ast.Name):
            return (atom.id,) if self.annotations.get(atom.id) in {"bool", "int", "float", "str"} else None
        if not isinstance(atom, ast.Compare):
            return None
        operator, sides = atom.ops[0], (atom.left, atom.comparators[0])
        if not all(isinstance(side, ast.Name) or _is_constant(side) for side in sides):
            return None
        names = tuple(dict.fromkeys(side.id for side in sides if isinstance(side, ast.Name)))
        if any(_regions(self.annotations.get(name, ""), []) is None for name in names):
            return None
        if isinstance(operator, ast.In | ast.NotIn) and not isinstance(sides[1], ast.Tuple | ast.List | ast.Set):
            return None
        if isinstance(operator, ast.Is | ast.IsNot) and not _is_singleton(sides[1]):
            return None
        return names

    def cases(self, tree: ast.expr, among: int) -> int:
        """The cases of a set in which a condition is true. Raises TypeError when it has no value in one of them."""
        match tree:
            case ast.BoolOp(op=ast.And()):
                for value in tree.values:
                    among = self.cases(value, among)
                return among
            case ast.BoolOp():
                found = 0
                for value in tree.values:
                    found |= self.cases(value, among & ~found)
                return found
            case ast.UnaryOp(op=ast.Not()):
                return among & ~self.cases(tree.operand, among)
            case ast.Compare() if len(tree.ops) > 1:
                for pair in _pairs(tree):
                    among = self.cases(pair, among)
                return among
        names = self.compared(tree)
        if names is None:
            return self.where(self.axes[ast.dump(tree)], among, lambda value: value)
        if not names:
            return among if _evaluate(tree, {}) else 0
        if len(names) == 1:
            return self.where(self.axes[names[0]], among, lambda value: _evaluate(tree, {names[0]: value}))
        self.is_search = True
        first, second = names
        found = 0
        for value in self.axes[first].values:
            found |= self.pair(tree, {first: value}, second, self.only(first, value, among))
        return found

    def pair(self, tree: ast.expr, bound: dict[str, Any], second: str, among: int) -> int:
        """The cases in which a comparison of two parameters holds, the first of which is bound."""
        return self.where(self.axes[second], among, lambda value: _evaluate(tree, {**bound, second: value}))

    def where(self, axis: _Axis, among: int, holds: Callable[[Any], Any]) -> int:
        """The cases of a set whose value on one axis has a property."""
        period = axis.stride * len(axis.values)
        repeat = self.everything // ((1 << period) - 1)
        block = ((1 << axis.stride) - 1) * repeat
        found = 0
        for place, value in enumerate(axis.values):
            here = among & (block << (place * axis.stride))
            if here and holds(value):
                found |= here
        return found

    def only(self, name: str, value: object, among: int) -> int:
        """The cases of a set in which a parameter has just this one of its values."""
        return self.where(self.axes[name], among, lambda other: other is value)

    def describe(self, cases: int) -> str:
        """One of some cases in words; "" when opaque conditions may make it impossible."""
        if self.opaque:
            return ""
        number = (cases & -cases).bit_length() - 1
        return ", ".join(
            f"{name} = {axis.values[number // axis.stride % len(axis.values)]!r}" for name, axis in self.axes.items()
        )


def _pairs(tree: ast.Compare) -> list[ast.Compare]:
    """`a < b <= c` as `a < b` and `b <= c`."""
    sides = [tree.left, *tree.comparators]
    return [
        ast.Compare(left, [operator], [right])
        for (left, right), operator in zip(pairwise(sides), tree.ops, strict=True)
    ]


def _atoms(tree: ast.expr) -> Iterable[ast.expr]:
    """The parts of a condition that `and`, `or`, `not` and chained comparisons join."""
    match tree:
        case ast.BoolOp():
            for value in tree.values:
                yield from _atoms(value)
        case ast.UnaryOp(op=ast.Not()):
            yield from _atoms(tree.operand)
        case ast.Compare() if len(tree.ops) > 1:
            yield from _pairs(tree)
        case _:
            yield tree


def _is_singleton(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and (node.value is None or isinstance(node.value, bool))


def _is_constant(node: ast.expr) -> bool:
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.USub | ast.UAdd) and _is_constant(node.operand)
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return all(_is_constant(item) for item in node.elts)
    return isinstance(node, ast.Constant)


def _constant_values(node: ast.expr) -> list[Any]:
    if not _is_constant(node):
        return []
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return [value for item in node.elts for value in _constant_values(item)]
    return [_evaluate(node, {})]


def _evaluate(node: ast.expr, bound: dict[str, Any]) -> Any:
    match node:
        case ast.Constant():
            return node.value
        case ast.Name():
            return bound[node.id]
        case ast.UnaryOp(op=ast.USub()):
            return -_evaluate(node.operand, bound)
        case ast.UnaryOp(op=ast.UAdd()):
            return +_evaluate(node.operand, bound)
        case ast.Tuple() | ast.List() | ast.Set():
            return tuple(_evaluate(item, bound) for item in node.elts)
        case ast.Compare():
            compare = _COMPARISONS[type(node.ops[0])]
            return compare(_evaluate(node.left, bound), _evaluate(node.comparators[0], bound))
    raise _Unknown


def _regions(annotation: str, constants: list[Any]) -> list[Any] | None:
    """One value of every region that constants cut a type into; None for a type, or constants, not known here."""
    kind, is_optional = _kind(annotation)
    constants = [value for value in constants if value is not None]
    none: list[Any] = [None] if is_optional else []
    if kind == "bool":
        return [False, True, *none]
    if kind in {"int", "float"} and all(isinstance(value, int | float) for value in constants):
        found: set[float] = {0}
        for value in constants:
            if kind == "int":
                found |= {math.floor(value) - 1, math.floor(value), math.floor(value) + 1, math.ceil(value)}
            else:
                found.add(float(value))
        ordered = sorted(found)
        if kind == "int":
            return [ordered[0] - 1, *ordered, ordered[-1] + 1, *none]
        between = [low / 2 + high / 2 for low, high in pairwise(ordered)]
        below = ordered[0] - 1.0 if ordered[0] - 1.0 < ordered[0] else -math.inf
        above = ordered[-1] + 1.0 if ordered[-1] + 1.0 > ordered[-1] else math.inf
        return [below, *(float(value) for value in ordered), *between, above, math.nan, *none]
    if kind == "str" and all(isinstance(value, str) for value in constants):
        return [*_texts_around(constants), *none]
    try:
        literal = (
            ast.literal_eval(f"({kind.removeprefix('Literal[').removesuffix(']')},)") if "Literal[" in kind else None
        )
    except (ValueError, SyntaxError):
        return None
    return [*literal, *none] if literal and all(isinstance(value, int | str) for value in literal) else None


def _texts_around(constants: list[str]) -> list[str]:
    """The constants, and a text right behind each; readable ones where there are such."""
    ordered = sorted({"", *constants})
    found = list(ordered)
    for value, following in zip(ordered, [*ordered[1:], None], strict=True):
        behind = (value + tail for tail in ("a", "A", " ", "\0"))
        found.extend([text for text in behind if following is None or text < following][:1])
    return found


def _kind(annotation: str) -> tuple[str, bool]:
    """A type without `| None`, and whether it had it."""
    text = annotation.strip().removeprefix("typing.")
    if text.startswith("Optional[") and text.endswith("]"):
        return text[len("Optional[") : -1].strip(), True
    for tail in ("| None", "|None"):
        if text.endswith(tail):
            return text.removesuffix(tail).strip(), True
    return text, False
