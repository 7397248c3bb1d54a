"""Plain data over a wire: tagged, JSON-compatible, never unpickled. Standard library only; loaded by path into zygotes.

A value becomes a JSON scalar (None, bool, str, int of at most 53 bits, finite float), an array (list), or an object with a
tag "t". Only exact types are taken for what they say: an instance of a subclass of `int` is opaque. What cannot be
encoded becomes `{"t": "opaque", "c": [module, class], "v": a short repr}`, which equals nothing when decoded.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import decimal
import enum
import fractions
import math
import uuid
import zoneinfo
from collections.abc import Callable
from typing import Any

OBJECT_MODULES: set[str] = set()
"""Modules whose plain instances are encoded by their attributes: the workspace's own, as the child that loads them says."""
MOST_DEPTH = 100
MOST_ITEMS = 200_000
SAFE_INTEGER = 2**53

Lookup = Callable[[str, str], Any]


class WireError(ValueError):
    """Data that is no encoded value; the message says where."""


class Opaque:
    """What came instead of a value that has no encoding. Equal to nothing, itself included."""

    def __init__(self, class_name: str, shown: str) -> None:
        self.class_name = class_name
        self.shown = shown

    def __repr__(self) -> str:
        return self.shown

    def __eq__(self, other: object) -> bool:
        return False

    __hash__ = None  # type: ignore[assignment]  # equal to nothing, so it has no hash


class RaisedError:
    """An exception that a call raised, by name: it may be of a class that the decoding side lacks."""

    def __init__(self, module: str, name: str, message: str, bases: tuple[str, ...]) -> None:
        self.module = module
        self.name = name
        self.message = message
        self.bases = bases
        """Qualified names of its class and those above it, `ValueError`, `pack.Odd`."""


def encode(value: object) -> Any:
    """A JSON-compatible form of any value. Never raises for a value that has no form: that becomes opaque."""
    return _Encoder().encode(value, 0)


def encode_error(error: BaseException) -> Any:
    """An exception: its class, the classes above it, and its message cut at 500 characters."""
    kind = type(error)
    try:
        message = str(error)[:500]
    except Exception:  # noqa: BLE001 - a hostile __str__ must not hide that something was raised
        message = "(no message: its __str__ raised)"
    bases = [_dotted(base) for base in kind.__mro__ if base is not object]
    return {"t": "error", "c": [kind.__module__, kind.__qualname__], "m": message, "b": bases}


class _Encoder:
    def __init__(self) -> None:
        self.left = MOST_ITEMS
        self.open: set[int] = set()

    def encode(self, value: object, depth: int) -> Any:
        self.left -= 1
        if self.left < 0 or depth > MOST_DEPTH:
            return _opaque(value, "(too large or too deep)")
        kind = type(value)
        if value is None or kind is bool or kind is str:
            return value
        if kind is int:
            return value if -SAFE_INTEGER < value < SAFE_INTEGER else {"t": "int", "v": hex(value)}  # type: ignore[operator,arg-type]  # kind is int
        if kind is float:
            return value if math.isfinite(value) else {"t": "float", "v": repr(value)}  # type: ignore[arg-type]  # kind is float
        if kind in _SIMPLE:
            return {"t": _SIMPLE[kind][0], "v": _SIMPLE[kind][1](value)}
        if id(value) in self.open:
            return _opaque(value, "(refers to itself)")
        self.open.add(id(value))
        try:
            return self.compound(value, kind, depth + 1)
        finally:
            self.open.discard(id(value))

    def compound(self, value: Any, kind: type, depth: int) -> Any:
        if kind is list:
            return [self.encode(item, depth) for item in value]
        if kind is tuple:
            return {"t": "tuple", "v": [self.encode(item, depth) for item in value]}
        if kind is dict:
            return {
                "t": "dict",
                "v": [[self.encode(key, depth), self.encode(item, depth)] for key, item in value.items()],
            }
        if kind is set or kind is frozenset:
            items = [self.encode(item, depth) for item in value]
            return {"t": kind.__name__, "v": sorted(items, key=repr)}
        if kind is dt.datetime or kind is dt.time:
            zone = value.tzinfo
            if zone is None:
                return {"t": kind.__name__, "v": value.isoformat(), "f": value.fold}
            if type(zone) is zoneinfo.ZoneInfo and zone.key:
                return {"t": kind.__name__, "v": value.replace(tzinfo=None).isoformat(), "f": value.fold, "z": zone.key}
            if type(zone) is dt.timezone:
                return {"t": kind.__name__, "v": value.isoformat(), "f": value.fold}
            return _opaque(value, "(a time zone of another kind)")
        name = [kind.__module__, kind.__qualname__]
        if "<locals>" in kind.__qualname__ and not isinstance(value, BaseException):
            return _opaque(value, "")
        if isinstance(value, enum.Enum) and isinstance(kind, enum.EnumMeta):
            if kind._member_map_.get(value._name_ or "") is value:
                return {"t": "enum", "c": name, "v": value._name_}
            return {"t": "flag", "c": name, "v": self.encode(value._value_, depth)}
        if dataclasses.is_dataclass(kind):
            try:
                fields = {
                    field.name: self.encode(getattr(value, field.name), depth) for field in dataclasses.fields(kind)
                }
            except AttributeError:
                return _opaque(value, "(a dataclass without all of its fields)")
            return {"t": "data", "c": name, "v": fields}
        if issubclass(kind, tuple) and hasattr(kind, "_fields"):
            return {"t": "named", "c": name, "v": [self.encode(item, depth) for item in tuple.__iter__(value)]}
        if isinstance(value, BaseException):
            return encode_error(value)
        if (
            kind.__module__ in OBJECT_MODULES
            and not issubclass(kind, _BUILT_IN)
            and type(getattr(value, "__dict__", None)) is dict
        ):
            return {"t": "object", "c": name, "v": {key: self.encode(item, depth) for key, item in vars(value).items()}}
        return _opaque(value, "")


def decode(data: Any, lookup: Lookup) -> Any:
    """The value of an encoded form; `lookup(module, qualified name)` gives classes. Raises WireError."""
    try:
        return _decode(data, lookup, 0)
    except WireError:
        raise
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, ArithmeticError, RecursionError) as error:
        raise WireError(f"this is no encoded value: {type(error).__name__}: {error}") from error


def _decode(data: Any, lookup: Lookup, depth: int) -> Any:
    if depth > MOST_DEPTH + 2:
        raise WireError("the value is nested too deeply")
    if isinstance(data, list):
        return [_decode(item, lookup, depth + 1) for item in data]
    if not isinstance(data, dict):
        return data
    tag: str = data["t"]
    value: Any = data.get("v")
    if tag == "tuple":
        return tuple(_decode(item, lookup, depth + 1) for item in value)
    if tag == "dict":
        return {_decode(key, lookup, depth + 1): _decode(item, lookup, depth + 1) for key, item in value}
    if tag in {"set", "frozenset"}:
        items = [_decode(item, lookup, depth + 1) for item in value]
        return set(items) if tag == "set" else frozenset(items)
    if tag in _READERS:
        return _READERS[tag](value)
    if tag in {"datetime", "time"}:
        kind = dt.datetime if tag == "datetime" else dt.time
        moment = kind.fromisoformat(value).replace(fold=data["f"])
        return moment.replace(tzinfo=zoneinfo.ZoneInfo(data["z"])) if "z" in data else moment
    if tag == "opaque":
        return Opaque(data["c"][1], value)
    if tag == "error":
        return RaisedError(data["c"][0], data["c"][1], data["m"], tuple(data["b"]))
    found = lookup(*data["c"])
    if tag == "enum":
        return found[value]
    if tag == "flag":
        return found(_decode(value, lookup, depth + 1))
    if tag == "named":
        return tuple.__new__(found, [_decode(item, lookup, depth + 1) for item in value])
    if tag in {"data", "object"}:
        made = object.__new__(found)
        for name, item in value.items():
            object.__setattr__(made, name, _decode(item, lookup, depth + 1))
        return made
    raise WireError(f"there is no tag {tag!r}")


def _opaque(value: object, note: str) -> dict[str, Any]:
    kind = type(value)
    shown = note
    if not note:
        try:
            shown = repr(value)[:200]
        except Exception:  # noqa: BLE001 - a hostile __repr__ is only for show
            shown = f"<{kind.__qualname__}>"
    return {"t": "opaque", "c": [str(kind.__module__), str(kind.__qualname__)], "v": shown or f"<{kind.__qualname__}>"}


def _dotted(kind: type) -> str:
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


_BUILT_IN = (int, float, complex, str, bytes, bytearray, list, tuple, dict, set, frozenset)
_SIMPLE: dict[type, tuple[str, Callable[[Any], Any]]] = {
    bytes: ("bytes", bytes.hex),
    bytearray: ("bytearray", bytearray.hex),
    complex: ("complex", lambda value: [repr(value.real), repr(value.imag)]),
    decimal.Decimal: ("decimal", str),
    fractions.Fraction: ("fraction", lambda value: [hex(value.numerator), hex(value.denominator)]),
    dt.date: ("date", lambda value: value.isoformat()),
    dt.timedelta: ("timedelta", lambda value: [value.days, value.seconds, value.microseconds]),
    uuid.UUID: ("uuid", str),
    range: ("range", lambda value: [hex(value.start), hex(value.stop), hex(value.step)]),
    type(...): ("ellipsis", lambda _: ""),
}
_READERS: dict[str, Callable[[Any], Any]] = {
    "int": lambda value: int(value, 16),
    "float": float,
    "bytes": bytes.fromhex,
    "bytearray": bytearray.fromhex,
    "complex": lambda value: complex(float(value[0]), float(value[1])),
    "decimal": decimal.Decimal,
    "fraction": lambda value: fractions.Fraction(int(value[0], 16), int(value[1], 16)),
    "date": dt.date.fromisoformat,
    "timedelta": lambda value: dt.timedelta(*value),
    "uuid": uuid.UUID,
    "range": lambda value: range(*(int(part, 16) for part in value)),
    "ellipsis": lambda _: ...,
}
