"""Strategies for types as annotations say them: what inputs are drawn from."""

from __future__ import annotations

import dataclasses
import datetime as dt
import decimal
import enum
import fractions
import inspect
import math
import types
import typing
import uuid
from typing import Any

from intaglio.validate.programs.annotations import LISTS, MAPPINGS, SETS, plain, shown

MOST_SIZE = 6


class Unsupported(Exception):
    """An annotation that no inputs can be generated for; the message names it."""


class Strategies:
    """Builds strategies; `constants` are values of the spec's own expressions, which inputs should often be near to.

    `special` has floats be infinite, or no number, now and then.
    """

    def __init__(self, constants: list[Any], *, special: bool = False) -> None:
        from hypothesis import strategies

        self.st = strategies
        self.integers = sorted(
            {value for value in constants if type(value) is int}
            | {math.floor(value) for value in constants if type(value) is float and abs(value) < 1e15}
        )
        self.floats = sorted(
            {float(value) for value in constants if type(value) in {int, float} and math.isfinite(value)}
        )
        self.texts = sorted({value for value in constants if type(value) is str})
        self.special = [math.nan, math.inf, -math.inf] if special else []
        self.depth = 0
        self.finished: dict[Any, Any] = {}
        self.begun: dict[Any, Any] = {}

    def of(self, annotation: Any, bounds: dict[str, Any] | None = None) -> Any:
        """A strategy for an annotation; `bounds` may have "min", "max" (numbers, inclusive) and "min_size". Raises Unsupported."""
        self.depth += 1
        try:
            if self.depth > 12:
                raise Unsupported(f"{shown(annotation)} is nested too deeply")
            return self._of(plain(annotation), bounds or {})
        finally:
            self.depth -= 1

    def _of(self, kind: Any, bounds: dict[str, Any]) -> Any:
        st = self.st
        if kind is None or kind is type(None):
            return st.none()
        if kind is bool:
            return st.booleans()
        if kind is int:
            return self._integers(bounds)
        if kind is float:
            return self._floats(bounds)
        if kind is str:
            return self._texts(bounds)
        simple = self._simple(kind, bounds)
        if simple is not None:
            return simple
        origin, arguments = typing.get_origin(kind), typing.get_args(kind)
        if origin is typing.Literal:
            return st.sampled_from(arguments)
        if origin in {typing.Union, types.UnionType}:
            return st.one_of(*(self.of(argument, bounds) for argument in arguments))
        if inspect.isclass(kind) and origin is None:
            return self._once(kind, bounds)
        return self._container(kind, origin, arguments, bounds)

    def _simple(self, kind: Any, bounds: dict[str, Any]) -> Any | None:
        st = self.st
        if kind is bytes:
            return st.binary(max_size=20)
        if kind is complex:
            return st.complex_numbers(max_magnitude=1e6, allow_nan=False, allow_infinity=False)
        if kind is decimal.Decimal:
            low, high = window(bounds, 100_000)
            special = [decimal.Decimal(repr(value)) for value in self.floats if low <= value <= high]
            drawn = st.decimals(low, high, places=2, allow_nan=False, allow_infinity=False)
            return st.one_of(drawn, st.sampled_from(special)) if special else drawn
        if kind is fractions.Fraction:
            return st.fractions(-1000, 1000, max_denominator=1000)
        if kind is dt.date:
            return st.dates(dt.date(1970, 1, 1), dt.date(2100, 12, 31))
        if kind is dt.datetime:
            return st.datetimes(dt.datetime(1970, 1, 1), dt.datetime(2100, 12, 31))  # noqa: DTZ001 - naive is what is asked for
        if kind is dt.time:
            return st.times()
        if kind is dt.timedelta:
            return st.timedeltas(dt.timedelta(-3650), dt.timedelta(3650))
        if kind is uuid.UUID:
            return st.uuids()
        if kind in {Any, object}:
            return st.one_of(st.none(), st.booleans(), self._integers({}), self._texts({}))
        return None

    def _integers(self, bounds: dict[str, Any]) -> Any:
        least, most = window(bounds, 10_000)
        low, high = math.ceil(least), math.floor(most)
        near = [value + step for value in self.integers for step in (-1, 0, 1)]
        near = sorted(
            {
                value
                for value in (*near, low, high)
                if bounds.get("min", -math.inf) <= value <= bounds.get("max", math.inf)
            }
        )
        drawn = self.st.integers(min(low, high), max(low, high))
        return (
            self.st.one_of(
                drawn, self.st.integers(max(low, min(0, high)), min(high, max(20, low))), self.st.sampled_from(near)
            )
            if near
            else drawn
        )

    def _floats(self, bounds: dict[str, Any]) -> Any:
        low, high = (float(bound) for bound in window(bounds, 1_000_000))
        near = [
            value
            for constant in self.floats
            for value in (math.nextafter(constant, -math.inf), constant, math.nextafter(constant, math.inf))
        ]
        near = [*sorted({value for value in near if low <= value <= high}), *self.special]
        drawn = self.st.floats(min(low, high), max(low, high), allow_nan=False, allow_infinity=False)
        return self.st.one_of(drawn, self.st.sampled_from(near)) if near else drawn

    def _texts(self, bounds: dict[str, Any]) -> Any:
        st = self.st
        least = bounds.get("min_size", 0)
        printable = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=least, max_size=max(20, least))
        wide = st.text(st.characters(exclude_categories=("Cs",)), min_size=least, max_size=max(10, least))
        known = [text for text in self.texts if len(text) >= least]
        if not known:
            return st.one_of(printable, wide)
        return st.one_of(
            printable, st.sampled_from(known), wide, st.builds(str.__add__, st.sampled_from(known), printable)
        )

    def _once(self, kind: Any, bounds: dict[str, Any]) -> Any:
        """A class's strategy; where the class is a part of itself, the strategy too."""
        if kind in {list, tuple, set, frozenset, dict}:
            return self._container(kind, kind, (), bounds)
        if kind not in self.begun:
            self.begun[kind] = self.st.deferred(lambda: self.finished[kind])
            self.finished[kind] = self._class(kind)
        return self.begun[kind]

    def _made(self, kind: Any, parts: dict[str, Any]) -> Any:
        """Instances; arguments that the constructor refuses are no inputs, as if a `require` had excluded them."""
        from hypothesis import reject

        def construct(values: dict[str, Any]) -> Any:
            try:
                return kind(**values)
            except Exception:  # noqa: BLE001 - whatever a constructor refuses with, it has refused
                return reject()

        return self.st.fixed_dictionaries(parts).map(construct)

    def _class(self, kind: Any) -> Any:
        st = self.st
        if issubclass(kind, enum.Enum):
            return st.sampled_from(list(kind))
        if typing.is_typeddict(kind):
            hints = typing.get_type_hints(kind)
            required = {name: self.of(hints[name]) for name in hints if name in kind.__required_keys__}
            optional = {name: self.of(hints[name]) for name in hints if name not in kind.__required_keys__}
            return st.fixed_dictionaries(required, optional=optional)
        if dataclasses.is_dataclass(kind):
            hints = typing.get_type_hints(kind)
            fields = {field.name: self.of(hints[field.name]) for field in dataclasses.fields(kind) if field.init}
            return self._made(kind, fields)
        if issubclass(kind, tuple) and hasattr(kind, "_fields"):
            hints = typing.get_type_hints(kind)
            return self._made(kind, {name: self.of(hints.get(name, Any)) for name in kind._fields})
        return self._made(kind, constructor_strategies(kind, self))

    def _container(self, kind: Any, origin: Any, arguments: tuple[Any, ...], bounds: dict[str, Any]) -> Any:
        st = self.st
        size = {"min_size": bounds.get("min_size", 0), "max_size": max(MOST_SIZE, bounds.get("min_size", 0))}
        if origin in LISTS:
            return st.lists(self.of(arguments[0] if arguments else Any), **size)
        if origin in SETS:
            return st.sets(self.of(arguments[0] if arguments else str), **size)
        if origin is frozenset:
            return st.frozensets(self.of(arguments[0] if arguments else str), **size)
        if origin in MAPPINGS:
            key, value = arguments or (str, Any)
            return st.dictionaries(self.of(key), self.of(value), **size)
        if origin is tuple:
            if len(arguments) == 2 and arguments[1] is ...:
                return st.lists(self.of(arguments[0]), **size).map(tuple)
            return (
                st.tuples(*(self.of(argument) for argument in arguments))
                if arguments
                else st.lists(self.of(Any)).map(tuple)
            )
        raise Unsupported(f"no inputs can be generated for {shown(kind)}")


def window(bounds: dict[str, Any], reach: int) -> tuple[Any, Any]:
    """Where numbers are drawn from: the bounds, or as far as `reach` from zero, or from the one bound that is known."""
    low, high = bounds.get("min"), bounds.get("max")
    if low is None:
        return (-reach if high is None else min(-reach, high - reach)), (reach if high is None else high)
    return low, max(reach, low + reach) if high is None else high


def constructor_strategies(kind: Any, strategies: Strategies) -> dict[str, Any]:
    """Strategies for the parameters of a class's `__init__`. Raises Unsupported where one has no annotation."""
    if kind.__init__ is object.__init__:
        return {}
    try:
        hints = typing.get_type_hints(kind.__init__)
        parameters = list(inspect.signature(kind).parameters.values())
    except (NameError, TypeError, ValueError) as error:
        raise Unsupported(f"no instances of {shown(kind)} can be generated: {error}") from error
    built: dict[str, Any] = {}
    for parameter in parameters:
        if parameter.kind in {parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD}:
            continue
        if parameter.name not in hints:
            if parameter.default is parameter.empty:
                raise Unsupported(
                    f"no instances of {shown(kind)} can be generated: `{parameter.name}` has no annotation"
                )
            continue
        built[parameter.name] = strategies.of(hints[parameter.name])
    return built
