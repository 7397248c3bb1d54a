"""Messages between us and a child: length-prefixed JSON. What comes from a child is hostile until it is shown to be small.

Decoding here gives JSON values and nothing more; no object is ever built from what a child says.
"""

from __future__ import annotations

import json
import re
import struct
from itertools import accumulate

HEADER_BYTES = 4
MOST_NESTING = 320
"""Brackets within brackets. `wire` nests values 100 deep, with up to three brackets each."""
MOST_VALUES = 2_000_000
"""Values in one message: a bound on the memory that parsing takes, some 60 bytes each."""
_STRINGS = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_NOT_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[]{}")
_STEP = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
_UNPRINTABLE = re.compile(r"[^\n\t\x20-\x7e\xa0-\ud7ff\ue000-\U0010ffff]")


class NoMessage(ValueError):
    """Bytes that are no message; the message says why."""


def pack(value: object) -> bytes:
    """The frame of a JSON-compatible value. Raises NoMessage for one that cannot be written as JSON."""
    try:
        data = json.dumps(value, separators=(",", ":")).encode()
    except (ValueError, RecursionError) as error:
        raise NoMessage(f"the value cannot be sent: {error}") from error
    return struct.pack(">I", len(data)) + data


def unpack(data: bytes) -> object:
    """The value of a frame's JSON. Raises NoMessage for what is malformed, nested too deeply or made of too many values."""
    if data.count(b"[") + data.count(b"{") > MOST_NESTING and _nesting(data) > MOST_NESTING:
        raise NoMessage("it is nested too deeply")
    if data.count(b",") + data.count(b"[") + data.count(b"{") > MOST_VALUES:
        raise NoMessage("it holds too many values")
    try:
        value: object = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise NoMessage(f"it is not JSON ({type(error).__name__})") from error
    return value


def printable(data: bytes) -> str:
    """A child's words as text that is safe to show: no control characters, at most 4,000 characters."""
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", data.decode("utf-8", "replace").strip())[-4000:]


def _nesting(data: bytes) -> int:
    brackets = _STRINGS.sub(b"", data).translate(None, _NOT_BRACKETS)
    return max(accumulate(_STEP[byte] for byte in brackets), default=0)
