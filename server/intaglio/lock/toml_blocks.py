"""Reading the TOML of lock files quickly.

`read_plain` takes only the shapes that lock files are written in, at ten times the speed of tomllib, and gives None for
everything else, which tomllib then reads. The two agree wherever the first answers; a test holds them together.
"""

from __future__ import annotations

import re
from typing import Any

_PART = re.compile(r'"([^"]*)"|([^."]+)')
_LINE = re.compile(
    r"""
    (?: \[(?P<table>[A-Za-z0-9_-]+(?:\.(?:[A-Za-z0-9_-]+|"[^"\\\x00-\x1f\x7f]*"))*)\]
      | (?: (?P<bare>[A-Za-z0-9_-]+) | "(?P<quoted>[^"\\\x00-\x1f\x7f]*)" ) [ ]=[ ]
        (?: "(?P<text>[^"\\\x00-\x08\x0a-\x1f\x7f]*)"
          | (?P<integer>0|[1-9][0-9]{0,17})
          | (?P<real>(?:0|[1-9][0-9]{0,15})\.[0-9]{1,20}(?:e-[0-9]{1,3})?)
          | (?P<truth>true|false)
          | (?P<empty>\[\])
          | (?P<open>\[) )
      | (?P<close>\])
      | \#[^\x00-\x08\x0a-\x1f\x7f]*
      | [ ]{4}"(?P<item>[^"\\\x00-\x08\x0a-\x1f\x7f]*)",
    )? \n
    """,
    re.VERBOSE,
)


def read_plain(text: str) -> dict[str, Any] | None:
    """The document as tomllib would give it, or None where it has any but the plain shapes."""
    document: dict[str, Any] = {}
    table: dict[str, Any] = document
    items: list[str] | None = None
    position, size = 0, len(text)
    match_line = _LINE.match
    while position < size:
        match = match_line(text, position)
        if match is None:
            return None
        position = match.end()
        kind = match.lastgroup
        if items is not None:
            if kind == "item":
                items.append(match["item"])
                continue
            if kind != "close":
                return None
            items = None
            continue
        if kind is None:
            continue
        if kind in {"item", "close"}:
            return None
        if kind == "table":
            opened = _open_table(document, match["table"])
            if opened is None:
                return None
            table = opened
            continue
        key = match["bare"]
        if key is None:
            key = match["quoted"]
        if key in table:
            return None
        if kind == "text":
            table[key] = match["text"]
        elif kind == "integer":
            table[key] = int(match["integer"])
        elif kind == "real":
            table[key] = float(match["real"])
        elif kind == "truth":
            table[key] = match["truth"] == "true"
        else:
            fresh: list[str] = []
            table[key] = fresh
            if kind == "open":
                items = fresh
    return None if items is not None else document


def _open_table(document: dict[str, Any], dotted: str) -> dict[str, Any] | None:
    """The new table that a header opens; None where one was opened before or a value is in the way."""
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
