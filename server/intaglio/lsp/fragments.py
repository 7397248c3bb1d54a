"""Pieces of messages, kept from key to key: what is said of one spec, as JSON whose lines count from the spec's first line.

A file with hundreds of specs is told anew at every key, and between two keys hardly anything of it changes but lines.
"""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from intaglio.finding import Span
from intaglio.spec.position import Encoding, TextIndex


@dataclass(frozen=True, slots=True)
class Fragment:
    """JSON of an object with ranges: `parts` between them, and (line, character, line, character) of each, the lines counted
    from the spec's first.
    """

    parts: tuple[str, ...]
    ranges: tuple[tuple[int, int, int, int], ...]

    def at(self, line: int) -> str:
        """The object's JSON where the spec begins at `line`."""
        pieces = [self.parts[0]]
        for (first, left, last, right), part in zip(self.ranges, self.parts[1:], strict=True):
            pieces.append(
                f'{{"start":{{"line":{first + line},"character":{left}}},"end":{{"line":{last + line},"character":{right}}}}}{part}'
            )
        return "".join(pieces)


@dataclass(slots=True)
class Fragments:
    """What was said of each spec last, and what it was made from: the same values by identity give the same pieces."""

    _kept: dict[str, tuple[tuple[object, ...], tuple[Fragment, ...]]] = field(default_factory=dict)

    def of(
        self, name: str, made_from: tuple[object, ...], make: Callable[[], Sequence[Fragment]]
    ) -> tuple[Fragment, ...]:
        """The pieces of a spec, made anew when anything that they are made from is another value."""
        before = self._kept.get(name)
        if before is not None and all(map(operator.is_, before[0], made_from)):
            return before[1]
        made = tuple(make())
        self._kept[name] = (made_from, made)
        return made

    def keep_only(self, names: set[str]) -> None:
        """Forget specs that are gone."""
        for name in self._kept.keys() - names:
            del self._kept[name]


_MARK = "\x00"


def fragment(said: dict[str, Any], index: TextIndex, encoding: Encoding, first_line: int) -> Fragment:
    """An object whose `Span` values, at whatever depth, become ranges of the text."""
    spans: list[Span] = []

    def mark(value: Any) -> Any:
        if isinstance(value, Span):
            spans.append(value)
            return _MARK
        if isinstance(value, dict):
            return {key: mark(one) for key, one in value.items()}
        if isinstance(value, list):
            return [mark(one) for one in value]
        return value

    text = json.dumps(mark(said), separators=(",", ":"))
    ranges = []
    for span in spans:
        start, end = index.position(span.start, encoding), index.position(span.end, encoding)
        ranges.append((start.line - first_line, start.character, end.line - first_line, end.character))
    return Fragment(tuple(text.split('"\\u0000"')), tuple(ranges))
