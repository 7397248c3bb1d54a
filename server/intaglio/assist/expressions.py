"""The expressions of a spec, each with its role, and what every name in them means. Pure."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from intaglio.assist.occurrences import Occurrence, Use, in_expression
from intaglio.finding import Span
from intaglio.spec.model import FunctionKind, Parameter, Spec, Text

_BUILTINS = frozenset(dir(builtins))


class Role(StrEnum):
    """What an expression is for. Parameters are known in all but those of EXAMPLE, EXAMPLE_ERROR and GIVEN."""

    REQUIRE = "require"
    ENSURE = "ensure"
    RAISES_ERROR = "raises error"
    RAISES_CONDITION = "raises condition"
    RULE_CONDITION = "rule condition"
    RULE_VALUE = "rule value"
    RULE_ERROR = "rule error"
    EXAMPLE = "example"
    EXAMPLE_ERROR = "example error"
    GIVEN = "given"


OUTSIDE = frozenset([Role.EXAMPLE, Role.EXAMPLE_ERROR, Role.GIVEN])
"""Roles of expressions that stand outside of the function: its parameters mean nothing there."""


@dataclass(frozen=True, slots=True)
class Expression:
    """One expression of a spec."""

    role: Role
    text: Text


class Meaning(StrEnum):
    """What a name in a spec's expression stands for."""

    PARAMETER = "parameter"
    RESULT = "result"
    APPROX = "approx"
    FUNCTION = "function"
    LOCAL = "local"
    DEFINED = "defined"
    BUILTIN = "builtin"
    ATTRIBUTE = "attribute"


@dataclass(frozen=True, slots=True)
class Name:
    """One name in an expression: where it stands in the file, and what it means. DEFINED: by the file, if by anything."""

    name: str
    span: Span
    meaning: Meaning
    role: Role


def expressions_of(spec: Spec) -> tuple[Expression, ...]:
    """Every expression of a spec, in the order of their kinds."""
    found: list[Expression] = [Expression(Role.REQUIRE, text) for text in spec.require]
    found += [Expression(Role.ENSURE, text) for text in spec.ensure]
    for raised in spec.raises:
        found.append(Expression(Role.RAISES_ERROR, raised.error))
        if raised.condition is not None:
            found.append(Expression(Role.RAISES_CONDITION, raised.condition))
    for rule in spec.rules:
        parts = ((Role.RULE_CONDITION, rule.condition), (Role.RULE_VALUE, rule.value), (Role.RULE_ERROR, rule.raises))
        found += [Expression(role, text) for role, text in parts if text is not None]
    for example in spec.examples:
        found.append(Expression(Role.EXAMPLE, example.expression))
        if example.raises is not None:
            found.append(Expression(Role.EXAMPLE_ERROR, example.raises))
    for given in spec.given:
        found += [Expression(Role.GIVEN, given.call), Expression(Role.GIVEN, given.value)]
    return tuple(found)


def expression_at(spec: Spec, offset: int) -> Expression | None:
    """The expression that the byte at `offset` lies in."""
    return next((one for one in expressions_of(spec) if one.text.span.contains(offset)), None)


def names_of(spec: Spec, expression: Expression) -> Iterator[Name]:
    """Every name of an expression."""
    for one in in_expression(expression.text.value):
        span = expression.text.locate(one.start, one.end)
        yield Name(one.name, span, _meaning(spec, expression.role, one), expression.role)


def name_at(spec: Spec, offset: int) -> Name | None:
    """The name that the byte at `offset` lies in, or stands right behind."""
    expression = expression_at(spec, offset)
    if expression is None:
        return None
    return next((name for name in names_of(spec, expression) if name.span.contains(offset)), None)


def called_parameters(spec: Spec) -> tuple[Parameter, ...]:
    """The parameters that a call gives: all but `self` and `cls`."""
    function = spec.function
    bound = function.kind in {FunctionKind.METHOD, FunctionKind.CLASS_METHOD, FunctionKind.PROPERTY}
    return function.parameters[1:] if bound else function.parameters


def is_plain(spec: Spec) -> bool:
    """Whether the function is called by its bare name: it is no method."""
    return not spec.function.owners or spec.function.is_nested


def calls_own(spec: Spec, callee: str) -> bool:
    """Whether a callee, written as in `Occurrence.callee`, is the spec's function."""
    return callee == (spec.function.name if is_plain(spec) else f".{spec.function.name}")


def _meaning(spec: Spec, role: Role, one: Occurrence) -> Meaning:
    if one.use is Use.LOCAL:
        return Meaning.LOCAL
    if one.use is Use.KEYWORD:
        own = calls_own(spec, one.callee) and any(one.name == parameter.name for parameter in called_parameters(spec))
        return Meaning.PARAMETER if own else Meaning.ATTRIBUTE
    if one.use is Use.ATTRIBUTE:
        own = not is_plain(spec) and one.name == spec.function.name
        return Meaning.FUNCTION if own else Meaning.ATTRIBUTE
    if role not in OUTSIDE and any(one.name == parameter.name for parameter in spec.function.parameters):
        return Meaning.PARAMETER
    if one.name == "result" and role is Role.ENSURE:
        return Meaning.RESULT
    if one.name == "approx" and role in {Role.ENSURE, Role.EXAMPLE}:
        return Meaning.APPROX
    if is_plain(spec) and one.name == spec.function.name:
        return Meaning.FUNCTION
    return Meaning.BUILTIN if one.name in _BUILTINS else Meaning.DEFINED
