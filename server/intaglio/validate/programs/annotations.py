"""Types as annotations say them: whether a value is of one, and its form in golden files."""

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


class Mismatch(Exception):
    """A JSON value that does not have the form that an annotation asks for; the message says where."""


LISTS = {
    list,
    collections.abc.Sequence,
    collections.abc.MutableSequence,
    collections.abc.Iterable,
    collections.abc.Collection,
}
MAPPINGS = {dict, collections.abc.Mapping, collections.abc.MutableMapping}
SETS = {set, collections.abc.Set, collections.abc.MutableSet}
_ITERATORS = {
    collections.abc.Iterator,
    collections.abc.Generator,
    collections.abc.AsyncIterator,
    collections.abc.AsyncGenerator,
    collections.abc.AsyncIterable,
}


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
    if origin in MAPPINGS:
        return all(fits(key, arguments[0]) and fits(item, arguments[1]) for key, item in value.items())
    if origin is tuple:
        if len(arguments) == 2 and arguments[1] is ...:
            return all(fits(item, arguments[0]) for item in value)
        return len(value) == len(arguments) and all(fits(item, one) for item, one in zip(value, arguments, strict=True))
    if origin in LISTS or origin in SETS or origin is frozenset:
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
    if base in MAPPINGS:
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
    if base in LISTS or base in _ITERATORS or base in SETS or base is frozenset:
        items = [from_json(item, arguments[0] if arguments else Any, where) for item in _exactly(data, list, where)]
        return frozenset(items) if base is frozenset else set(items) if base in SETS else items
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
