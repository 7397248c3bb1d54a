"""Byte offsets to lines and characters and back, in the three encodings that editors count in.

Lines end at LF, CR and CR LF, as in the Language Server Protocol; a position within a character or a line ending
goes to its start, and one beyond the end of its line or of the text to that end.
"""

from __future__ import annotations

import bisect
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

Encoding = Literal["utf-8", "utf-16", "utf-32"]


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a text: line and character count from 0, characters in units of the encoding asked for."""

    line: int
    character: int


class TextIndex:
    """A text prepared for conversions. Lone surrogates count as three bytes, as `surrogatepass` writes them."""

    __slots__ = ("_data", "_starts")

    def __init__(self, text: str | bytes) -> None:
        self._data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
        lines = self._data.splitlines(keepends=True)
        self._starts = [0, *accumulate(map(len, lines))]
        if lines and lines[-1][-1] not in b"\r\n":
            self._starts.pop()

    @property
    def lines(self) -> int:
        """How many lines the text has; one more than its line endings."""
        return len(self._starts)

    def line(self, offset: int) -> int:
        """The line of the byte at `offset`."""
        return bisect.bisect_right(self._starts, max(0, min(offset, len(self._data)))) - 1

    def position(self, offset: int, encoding: Encoding) -> Position:
        """Where the byte at `offset` is."""
        offset = max(0, min(offset, len(self._data)))
        line = bisect.bisect_right(self._starts, offset) - 1
        start = self._starts[line]
        offset = min(offset, self._line_end(line))
        while start < offset < len(self._data) and self._data[offset] & 0xC0 == 0x80:
            offset -= 1
        return Position(line, units_of(self._data[start:offset], encoding))

    def offset(self, position: Position, encoding: Encoding) -> int:
        """The byte at a position."""
        if position.line < 0:
            return 0
        if position.line >= len(self._starts):
            return len(self._data)
        start, end = self._starts[position.line], self._line_end(position.line)
        data = self._data[start:end]
        if encoding == "utf-8" or data.isascii():
            place = start + max(0, min(position.character, len(data)))
            while start < place < end and self._data[place] & 0xC0 == 0x80:
                place -= 1
            return place
        left = position.character
        place = start
        for character in data.decode("utf-8", "surrogatepass"):
            width = 2 if encoding == "utf-16" and ord(character) > 0xFFFF else 1
            if left < width:
                break
            left -= width
            place += len(character.encode("utf-8", "surrogatepass"))
        return place

    def _line_end(self, line: int) -> int:
        """Where the text of a line ends, its line ending left out."""
        if line + 1 == len(self._starts):
            return len(self._data)
        end = self._starts[line + 1] - 1
        return end - 1 if end > self._starts[line] and self._data[end - 1 : end + 1] == b"\r\n" else end


def units_of(text: str | bytes, encoding: Encoding) -> int:
    """How long a text is in units of an encoding."""
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    if encoding == "utf-8" or data.isascii():
        return len(data)
    characters = data.decode("utf-8", "surrogatepass")
    wide = 0 if encoding == "utf-32" else sum(ord(character) > 0xFFFF for character in characters)
    return len(characters) + wide
