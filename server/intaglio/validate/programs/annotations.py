"""Types as annotations say them: strategies that generate them, a check of values, and their form in golden files."""

from __future__ import annotations

import collections.abc
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


class Unsupported(Exception):
    """An annotation that no inputs can be generated for; the message names it."""


class Mismatch(Exception):
    """A JSON value that does not have the form that an annotation asks for; the message says where."""


_LISTS = {
    list,
    collections.abc.Sequence,
    collections.abc.MutableSequence,
    collections.abc.Iterable,
    collections.abc.Collection,
}
_MAPPINGS = {dict, collections.abc.Mapping, collections.abc.MutableMapping}
_SETS = {set, collections.abc.Set, collections.abc.MutableSet}
_ITERATORS = {
    collections.abc.Iterator,
    collections.abc.Generator,
    collections.abc.AsyncIterator,
    collections.abc.AsyncGenerator,
    collections.abc.AsyncIterable,
}
MOST_SIZE = 6


def plain(annotation: Any) -> Any:
    """An annotation without Annotated, NewType, Required, Final and aliases around it."""
    while True:
        origin = typing.get_origin(annotation)
        if origin is typing.Annotated or origin in {typing.Required, typing.NotRequired, typing.Final, typing.ClassVar}:
            annotation = typing.get_args(annotation)[0]
        elif hasattr(annotation, "__supertype__"):
            annotation = annotation.__supertype__
        elif type(annotation).__name__ == "TypeAliasType":
            annotation = annotation.__value__
        else:
            return annotation


class Strategies:
    """Builds strategies; `constants` are values of the spec's own expressions, which inputs should often be near to."""

    def __init__(self, constants: list[Any]) -> None:
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
        near = sorted({value for value in near if low <= value <= high})
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
        if origin in _LISTS:
            return st.lists(self.of(arguments[0] if arguments else Any), **size)
        if origin in _SETS:
            return st.sets(self.of(arguments[0] if arguments else str), **size)
        if origin is frozenset:
            return st.frozensets(self.of(arguments[0] if arguments else str), **size)
        if origin in _MAPPINGS:
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


def fits(value: Any, annotation: Any) -> bool:
    """Whether a value is of the declared type, looked at deeply. An int will do for a float (PEP 484's numeric tower)."""
    kind = plain(annotation)
    if kind is None or kind is type(None):
        return value is None
    if kind in {Any, object, inspect.Parameter.empty}:
        return True
    if kind is float:
        return type(value) in {float, int}
    if kind is complex:
        return type(value) in {complex, float, int}
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Literal:
        return any(type(value) is type(one) and value == one for one in arguments)
    if origin in {typing.Union, types.UnionType}:
        return any(fits(value, argument) for argument in arguments)
    if origin in _ITERATORS or kind in _ITERATORS:
        return isinstance(value, list) and (not arguments or all(fits(item, arguments[0]) for item in value))
    if typing.is_typeddict(kind):
        hints = typing.get_type_hints(kind)
        return (
            type(value) is dict
            and set(kind.__required_keys__) <= set(value) <= set(hints)
            and all(fits(value[name], hints[name]) for name in value)
        )
    if origin is None:
        return _is_instance(value, kind)
    if not _is_instance(value, origin):
        return False
    if not arguments:
        return True
    if origin in _MAPPINGS:
        return all(fits(key, arguments[0]) and fits(item, arguments[1]) for key, item in value.items())
    if origin is tuple:
        if len(arguments) == 2 and arguments[1] is ...:
            return all(fits(item, arguments[0]) for item in value)
        return len(value) == len(arguments) and all(fits(item, one) for item, one in zip(value, arguments, strict=True))
    if origin in _LISTS or origin in _SETS or origin is frozenset:
        return all(fits(item, arguments[0]) for item in value)
    return True


def _is_instance(value: Any, kind: Any) -> bool:
    try:
        if dataclasses.is_dataclass(kind) and type(value) is kind:
            hints = typing.get_type_hints(kind)
            return all(fits(getattr(value, field.name), hints[field.name]) for field in dataclasses.fields(kind))
        return isinstance(value, kind)
    except TypeError:
        return True


def from_json(data: Any, annotation: Any, where: str) -> Any:
    """A golden file's JSON value as the annotated type. Raises Mismatch."""
    kind = plain(annotation)
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if kind in {Any, object, inspect.Parameter.empty}:
        return data
    if kind is None or kind is type(None):
        return _exactly(data, type(None), where)
    if origin in {typing.Union, types.UnionType}:
        for argument in arguments:
            try:
                return from_json(data, argument, where)
            except Mismatch:
                continue
        raise Mismatch(f"{where} fits no part of {shown(kind)}")
    if origin is typing.Literal:
        for one in arguments:
            if type(one) is type(data) and one == data:
                return one
        raise Mismatch(f"{where} is none of {shown(kind)}")
    if kind in {bool, int, str}:
        return _exactly(data, kind, where)
    if kind is float:
        if type(data) not in {int, float}:
            raise Mismatch(f"{where} must be a number")
        return float(data)
    if kind in _TEXT_FORMS:
        if type(data) not in {str, int, float} or (type(data) is not str and kind is not decimal.Decimal):
            raise Mismatch(f"{where} must be a string that says a {kind.__name__}")
        try:
            return _TEXT_FORMS[kind](str(data))
        except (ValueError, ArithmeticError) as error:
            raise Mismatch(f"{where} says no {kind.__name__}") from error
    return _compound_from_json(data, kind, origin, arguments, where)


def _compound_from_json(data: Any, kind: Any, origin: Any, arguments: tuple[Any, ...], where: str) -> Any:
    base = origin or kind
    if base in _MAPPINGS:
        key, item = arguments or (str, Any)
        return {
            from_json(name, key, where) if plain(key) is not int else int(name): from_json(
                value, item, f"{where}.{name}"
            )
            for name, value in _exactly(data, dict, where).items()
        }
    if base is tuple:
        items = _exactly(data, list, where)
        if not arguments or (len(arguments) == 2 and arguments[1] is ...):
            return tuple(from_json(item, arguments[0] if arguments else Any, where) for item in items)
        if len(items) != len(arguments):
            raise Mismatch(f"{where} must have {len(arguments)} items")
        return tuple(from_json(item, one, where) for item, one in zip(items, arguments, strict=True))
    if base in _LISTS or base in _ITERATORS or base in _SETS or base is frozenset:
        items = [from_json(item, arguments[0] if arguments else Any, where) for item in _exactly(data, list, where)]
        return frozenset(items) if base is frozenset else set(items) if base in _SETS else items
    if inspect.isclass(kind) and issubclass(kind, enum.Enum):
        for member in kind:
            if type(member.value) is type(data) and member.value == data:
                return member
        if isinstance(data, str) and data in kind.__members__:
            return kind[data]
        raise Mismatch(f"{where} is no member of {kind.__name__}")
    if typing.is_typeddict(kind) or dataclasses.is_dataclass(kind) or hasattr(kind, "_fields"):
        table = _exactly(data, dict, where)
        hints = typing.get_type_hints(kind)
        unknown = set(table) - set(hints)
        if unknown:
            raise Mismatch(f"{where} has {min(unknown)!r}, which {kind.__name__} has not")
        values = {name: from_json(value, hints[name], f"{where}.{name}") for name, value in table.items()}
        try:
            return kind(**values)
        except TypeError as error:
            raise Mismatch(f"{where} lacks a part of {kind.__name__}") from error
    raise Mismatch(f"{where}: golden files cannot hold {shown(kind)}")


def _exactly(data: Any, kind: type, where: str) -> Any:
    if type(data) is not kind:
        names = {
            dict: "an object",
            list: "an array",
            str: "a string",
            int: "a whole number",
            bool: "true or false",
            type(None): "null",
        }
        raise Mismatch(f"{where} must be {names[kind]}")
    return data


def same(one: Any, other: Any) -> bool:
    """Equality that is strict on type; floats agree within 1e-9 relative, and NaN equals NaN; an int equals its float."""
    if {type(one), type(other)} == {int, float}:
        return same(float(one), float(other))
    if type(one) is not type(other):
        return False
    if isinstance(one, float):
        return (
            one == other or math.isclose(one, other, rel_tol=1e-9, abs_tol=0) or (math.isnan(one) and math.isnan(other))
        )
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(same(left, right) for left, right in zip(one, other, strict=True))
    if isinstance(one, dict):
        return len(one) == len(other) and all(key in other and same(item, other[key]) for key, item in one.items())
    if dataclasses.is_dataclass(one):
        return all(same(getattr(one, field.name), getattr(other, field.name)) for field in dataclasses.fields(one))
    return bool(one == other)


def shown(annotation: Any) -> str:
    """An annotation as people write it."""
    text = annotation.__name__ if inspect.isclass(annotation) and not typing.get_args(annotation) else str(annotation)
    return text.replace("typing.", "").replace("intaglio_workspace_module.", "")


_TEXT_FORMS: dict[Any, Any] = {
    decimal.Decimal: decimal.Decimal,
    fractions.Fraction: fractions.Fraction,
    dt.date: dt.date.fromisoformat,
    dt.datetime: dt.datetime.fromisoformat,
    dt.time: dt.time.fromisoformat,
    uuid.UUID: uuid.UUID,
    bytes: lambda text: text.encode(),
}
