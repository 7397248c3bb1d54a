"""Values that a wire carries as one text or a few numbers: how each is written, and how it is read again, strictly."""

from __future__ import annotations

import datetime as dt
import decimal
import fractions
import ipaddress
import uuid
from collections.abc import Callable
from typing import Any

SCALARS: dict[type, tuple[str, Callable[[Any], Any]]] = {
    bytes: ("bytes", bytes.hex),
    bytearray: ("bytearray", bytearray.hex),
    complex: ("complex", lambda value: [repr(value.real), repr(value.imag)]),
    decimal.Decimal: ("decimal", str),
    fractions.Fraction: ("fraction", lambda value: [hex(value.numerator), hex(value.denominator)]),
    dt.date: ("date", lambda value: value.isoformat()),
    dt.timedelta: ("timedelta", lambda value: [value.days, value.seconds, value.microseconds]),
    uuid.UUID: ("uuid", str),
    range: ("range", lambda value: [hex(value.start), hex(value.stop), hex(value.step)]),
    slice: ("slice", lambda value: [None if part is None else hex(part) for part in _slice_parts(value)]),
    type(...): ("ellipsis", lambda _: ""),
    type(NotImplemented): ("not implemented", lambda _: ""),
    ipaddress.IPv4Address: ("ip4 address", str),
    ipaddress.IPv6Address: ("ip6 address", str),
    ipaddress.IPv4Network: ("ip4 network", str),
    ipaddress.IPv6Network: ("ip6 network", str),
}
"""By exact type: a tag, and the JSON form."""


def _slice_parts(value: slice) -> tuple[Any, Any, Any]:
    parts = (value.start, value.stop, value.step)
    if any(part is not None and type(part) is not int for part in parts):
        raise TypeError("a slice of something else than whole numbers")
    return parts


def _text(value: Any) -> str:
    if type(value) is not str:
        raise ValueError(f"a text was expected, and there was {type(value).__name__}")
    return value


def _texts(value: Any, count: int) -> list[str]:
    if type(value) is not list or len(value) != count:
        raise ValueError(f"a list of {count} was expected")
    return [_text(part) for part in value]


def _integers(value: Any, count: int) -> list[int]:
    return [int(part, 16) for part in _texts(value, count)]


def _timedelta(value: Any) -> dt.timedelta:
    if type(value) is not list or len(value) != 3 or any(type(part) is not int for part in value):
        raise ValueError("a list of three whole numbers was expected")
    return dt.timedelta(*value)


READERS: dict[str, Callable[[Any], Any]] = {
    "str": lambda value: bytes.fromhex(_text(value)).decode("utf-16-be", "surrogatepass"),
    "int": lambda value: int(_text(value), 16),
    "float": lambda value: float(_text(value)),
    "bytes": lambda value: bytes.fromhex(_text(value)),
    "bytearray": lambda value: bytearray.fromhex(_text(value)),
    "complex": lambda value: complex(*map(float, _texts(value, 2))),
    "decimal": lambda value: decimal.Decimal(_text(value)),
    "fraction": lambda value: fractions.Fraction(*_integers(value, 2)),
    "date": lambda value: dt.date.fromisoformat(_text(value)),
    "timedelta": _timedelta,
    "uuid": lambda value: uuid.UUID(_text(value)),
    "range": lambda value: range(*_integers(value, 3)),
    "slice": lambda value: slice(*(None if part is None else int(_text(part), 16) for part in value)),
    "ellipsis": lambda _: ...,
    "not implemented": lambda _: NotImplemented,
    "ip4 address": lambda value: ipaddress.IPv4Address(_text(value)),
    "ip6 address": lambda value: ipaddress.IPv6Address(_text(value)),
    "ip4 network": lambda value: ipaddress.IPv4Network(_text(value)),
    "ip6 network": lambda value: ipaddress.IPv6Network(_text(value)),
}
