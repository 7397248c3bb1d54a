"""Plain data over a wire: tagged, JSON-compatible, never unpickled. Standard library only; loaded by path into zygotes.

A value becomes a JSON scalar (None, bool, str without surrogates, int of at most 53 bits, finite float), an array (list),
or an object with a tag "t". Only exact types are taken for what they say: an instance of a subclass of `int` is opaque.
What cannot be encoded becomes `{"t": "opaque", "c": [module, class], "v": a short repr}`, which equals nothing when decoded.

Encoding may run code of the value's class (properties, `__repr__`): it happens where that code runs anyway. Decoding runs
none that the data could choose: it builds plain values, and members and instances of classes that `lookup` gives and
that are of the very kind that the tag says.
"""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
import enum
import math
import re
import zoneinfo
from collections.abc import Callable
from typing import Any

from intaglio.sandbox.wire_scalars import READERS, SCALARS

OBJECT_MODULES: set[str] = set()
"""Modules whose plain instances are encoded by their attributes: the workspace's own, as the child that loads them says."""
MOST_DEPTH = 100
MOST_ITEMS = 200_000
MOST_SHOWN = 200
SAFE_INTEGER = 2**53

Lookup = Callable[[str, str], Any]
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_MAPPINGS: dict[str, type] = {"ordered": collections.OrderedDict, "counter": collections.Counter}
_BUILT_IN = (int, float, complex, str, bytes, bytearray, list, tuple, dict, set, frozenset)
_FACTORIES: dict[str, Any] = {kind.__name__: kind for kind in (bool, dict, float, int, list, set, str, tuple)}


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


class _TooLarge(Exception):
    """The value has more items than may be sent."""


def encode(value: object, *, most_depth: int = MOST_DEPTH, most_items: int = MOST_ITEMS) -> Any:
    """A JSON-compatible form of any value. Never raises an Exception: what has no form becomes opaque.

    A value nested deeper than `most_depth` is opaque there; one with more than `most_items` items is opaque as a whole.
    """
    try:
        return _Encoder(most_depth, most_items).encode(value, 0)
    except _TooLarge:
        return _opaque(value, f"(more than {most_items:,} items)")
    except RecursionError:
        return _opaque(value, "(too deep)")
    except Exception as error:  # noqa: BLE001 - a hostile value must not hide that it is there
        return _opaque(value, f"(cannot be taken apart: {type(error).__name__})")


def encode_error(error: BaseException) -> Any:
    """An exception: its class, the classes above it, and its message cut at 500 characters."""
    kind = type(error)
    try:
        message = _text(str(error))[:500]
    except Exception:  # noqa: BLE001 - a hostile __str__ must not hide that something was raised
        message = "(no message: its __str__ raised)"
    bases = [_dotted(base) for base in kind.__mro__ if base is not object]
    return {"t": "error", "c": _names(kind), "m": message, "b": bases}


class _Encoder:
    def __init__(self, most_depth: int, most_items: int) -> None:
        self.most_depth = most_depth
        self.left = most_items
        self.open: set[int] = set()

    def encode(self, value: Any, depth: int) -> Any:
        self.left -= 1
        if self.left < 0:
            raise _TooLarge
        kind = type(value)
        if value is None or kind is bool:
            return value
        if kind is str:
            return (
                value if _text(value) == value else {"t": "str", "v": value.encode("utf-16-be", "surrogatepass").hex()}
            )
        if kind is int:
            return value if -SAFE_INTEGER < value < SAFE_INTEGER else {"t": "int", "v": hex(value)}
        if kind is float:
            return value if math.isfinite(value) else {"t": "float", "v": repr(value)}
        if kind in SCALARS:
            tag, form = SCALARS[kind]
            return {"t": tag, "v": form(value)}
        if depth >= self.most_depth:
            return _opaque(value, "(too deep)")
        if id(value) in self.open:
            return _opaque(value, "(refers to itself)")
        self.open.add(id(value))
        try:
            return self.compound(value, kind, depth + 1)
        finally:
            self.open.discard(id(value))

    def compound(self, value: Any, kind: Any, depth: int) -> Any:
        if kind is list:
            return [self.encode(item, depth) for item in value]
        if kind is tuple:
            return {"t": "tuple", "v": [self.encode(item, depth) for item in value]}
        if kind is dict:
            return {"t": "dict", "v": self.pairs(value, depth)}
        if kind is set or kind is frozenset:
            items = [self.encode(item, depth) for item in value]
            return {"t": kind.__name__, "v": sorted(items, key=repr)}
        if kind is dt.datetime or kind is dt.time:
            return _moment(value, kind)
        if kind is collections.deque:
            return {"t": "deque", "v": [self.encode(item, depth) for item in value], "m": value.maxlen}
        for tag, mapping in _MAPPINGS.items():
            if kind is mapping:
                return {"t": tag, "v": self.pairs(value, depth)}
        if kind is collections.defaultdict:
            factory = value.default_factory
            if factory is None or any(factory is known for known in _FACTORIES.values()):
                return {"t": "default", "f": factory and factory.__name__, "v": self.pairs(value, depth)}
            return _opaque(value, "")
        return self.instance(value, kind, depth)

    def instance(self, value: Any, kind: Any, depth: int) -> Any:
        if issubclass(kind, BaseException):
            return encode_error(value)
        if "<locals>" in kind.__qualname__:
            return _opaque(value, "")  # no other process can find such a class by its name
        if isinstance(kind, enum.EnumMeta):
            name = value._name_
            if kind._member_map_.get(name or "") is value:
                return {"t": "enum", "c": _names(kind), "v": name}
            return {"t": "flag", "c": _names(kind), "v": self.encode(value._value_, depth)}
        if dataclasses.is_dataclass(kind):
            try:
                fields = {name: getattr(value, name) for name in (field.name for field in dataclasses.fields(kind))}
            except AttributeError:
                return _opaque(value, "(a dataclass without all of its fields)")
            return {
                "t": "data",
                "c": _names(kind),
                "v": {name: self.encode(item, depth) for name, item in fields.items()},
            }
        if _is_named_tuple(kind):
            return {"t": "named", "c": _names(kind), "v": [self.encode(item, depth) for item in tuple.__iter__(value)]}
        if _is_plain_class(kind) and type(getattr(value, "__dict__", None)) is dict:
            items = {_text(name): self.encode(item, depth) for name, item in vars(value).items()}
            return {"t": "object", "c": _names(kind), "v": items}
        return _opaque(value, "")

    def pairs(self, value: dict[Any, Any], depth: int) -> list[Any]:
        return [[self.encode(key, depth), self.encode(item, depth)] for key, item in dict.items(value)]


def decode(data: Any, lookup: Lookup) -> Any:
    """The value of an encoded form; `lookup(module, qualified name)` gives classes. Raises WireError."""
    try:
        return _decode(data, lookup, 0)
    except WireError:
        raise
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError) as error:
        raise WireError(f"this is no encoded value: {type(error).__name__}: {error}") from error


def _decode(data: Any, lookup: Lookup, depth: int) -> Any:
    if depth > MOST_DEPTH + 2:
        raise WireError("the value is nested too deeply")
    if isinstance(data, list):
        return [_decode(item, lookup, depth + 1) for item in data]
    if not isinstance(data, dict):
        return data
    tag, value = data["t"], data.get("v")
    if tag in READERS:
        return READERS[tag](value)
    if tag in {"tuple", "set", "frozenset", "deque"}:
        items = [_decode(item, lookup, depth + 1) for item in _is(list, value)]
        if tag == "deque":
            return collections.deque(items, data["m"])
        return {"tuple": tuple, "set": set, "frozenset": frozenset}[tag](items)
    if tag in {"dict", "ordered", "counter", "default"}:
        pairs = {_decode(key, lookup, depth + 1): _decode(item, lookup, depth + 1) for key, item in _is(list, value)}
        if tag == "default":
            return collections.defaultdict(data["f"] and _FACTORIES[data["f"]], pairs)
        return _MAPPINGS[tag](pairs) if tag in _MAPPINGS else pairs
    if tag in {"datetime", "time"}:
        kind = dt.datetime if tag == "datetime" else dt.time
        moment = kind.fromisoformat(_is(str, value)).replace(fold=data["f"])
        return moment.replace(tzinfo=zoneinfo.ZoneInfo(data["z"])) if "z" in data else moment
    module, name = (_is(str, part) for part in data["c"])
    if tag == "opaque":
        return Opaque(name, _is(str, value))
    if tag == "error":
        return RaisedError(module, name, _is(str, data["m"]), tuple(_is(str, base) for base in data["b"]))
    return _decode_instance(tag, lookup(module, name), value, lambda item: _decode(item, lookup, depth + 1))


def _decode_instance(tag: str, kind: Any, value: Any, inner: Callable[[Any], Any]) -> Any:
    """A member or an instance of a class, made without calling anything of it but what `Enum` itself calls."""
    if not isinstance(kind, type):
        raise WireError("what it names is no class")
    if tag == "enum" and isinstance(kind, enum.EnumMeta):
        return kind._member_map_[_is(str, value)]
    if tag == "flag" and isinstance(kind, enum.EnumMeta) and issubclass(kind, enum.Flag):
        return kind(_is(int, inner(value)))
    if tag == "named" and _is_named_tuple(kind):
        items = [inner(item) for item in _is(list, value)]
        if len(items) != len(kind._fields):  # type: ignore[attr-defined]  # a named tuple has them
            raise WireError(f"{kind.__qualname__} has another number of items")
        return tuple.__new__(kind, items)
    if tag == "data" and dataclasses.is_dataclass(kind):
        if {field.name for field in dataclasses.fields(kind)} != set(_is(dict, value)):
            raise WireError(f"{kind.__qualname__} has other fields")
        made = object.__new__(kind)
        for name, item in value.items():
            object.__setattr__(made, name, inner(item))
        return made
    if tag == "object" and _is_plain_class(kind):
        made = object.__new__(kind)
        made.__dict__.update({_is(str, name): inner(item) for name, item in _is(dict, value).items()})
        return made
    raise WireError(f"{kind.__qualname__} is nothing that the tag {tag!r} stands for")


def _is(kind: Any, value: Any) -> Any:
    if type(value) is not kind:
        raise WireError(
            f"a value of type {kind.__name__} was expected, and there was one of type {type(value).__name__}"
        )
    return value


def _moment(value: Any, kind: type) -> dict[str, Any]:
    zone = value.tzinfo
    form = {"t": kind.__name__, "v": value.isoformat(), "f": value.fold}
    if type(zone) is zoneinfo.ZoneInfo and zone.key:
        return {**form, "v": value.replace(tzinfo=None).isoformat(), "z": zone.key}
    if zone is None or type(zone) is dt.timezone:
        return form
    return _opaque(value, "(a time zone of another kind)")


def _is_plain_class(kind: type) -> bool:
    """Whether an instance is its attributes and nothing else: of the workspace's own, and no kind of number, text or list."""
    return kind.__module__ in OBJECT_MODULES and not issubclass(kind, _BUILT_IN)


def _is_named_tuple(kind: type) -> bool:
    fields = getattr(kind, "_fields", None)
    return issubclass(kind, tuple) and type(fields) is tuple


def _opaque(value: object, note: str) -> dict[str, Any]:
    kind = type(value)
    shown = note
    if not note:
        try:
            shown = _ADDRESS.sub("", _text(repr(value))[:MOST_SHOWN])
        except Exception:  # noqa: BLE001 - a hostile __repr__ is only for show
            shown = ""
    return {"t": "opaque", "c": _names(kind), "v": shown or f"<{_text(kind.__qualname__)}>"}


def _text(text: str) -> str:
    """The same text as a plain string that UTF-8 can hold: surrogates become replacement characters."""
    return str.encode(text, "utf-8", "replace").decode() if not str.isascii(text) else str.__str__(text)


def _names(kind: Any) -> list[str]:
    module: object = kind.__module__  # a class may say anything here
    return [_text(module) if isinstance(module, str) else "", _text(kind.__qualname__)]


def _dotted(kind: type) -> str:
    module, name = _names(kind)
    return name if module == "builtins" else f"{module}.{name}"
