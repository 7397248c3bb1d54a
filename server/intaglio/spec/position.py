"""Byte offsets to lines and characters and back, in the three encodings that editors count in."""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass
from typing import Literal

Encoding = Literal["utf-8", "utf-16", "utf-32"]
_LINE_END = re.compile(rb"\r\n|\n|\r")


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a text: line and character count from 0, characters in units of the encoding asked for."""

    line: int
    character: int


class TextIndex:
    """A text prepared for conversions. Lone surrogates count as three bytes, as `surrogatepass` writes them."""

    __slots__ = ("_data", "_starts")

    def __init__(self, text: str) -> None:
        self._data = text.encode("utf-8", "surrogatepass")
        self._starts = [0, *(match.end() for match in _LINE_END.finditer(self._data))]

    def position(self, offset: int, encoding: Encoding) -> Position:
        """Where the byte at `offset` is; offsets outside are clamped, those inside a character go to its start."""
        offset = max(0, min(offset, len(self._data)))
        while 0 < offset < len(self._data) and self._data[offset] & 0xC0 == 0x80:
            offset -= 1
        line = bisect.bisect_right(self._starts, offset) - 1
        start = self._starts[line]
        return Position(line, _units(self._data[start : min(offset, self._line_end(line))], encoding))

    def offset(self, position: Position, encoding: Encoding) -> int:
        """The byte at a position; a line or character beyond the end is clamped, as the LSP asks."""
        if position.line < 0:
            return 0
        if position.line >= len(self._starts):
            return len(self._data)
        start, end = self._starts[position.line], self._line_end(position.line)
        if encoding == "utf-8":
            return min(start + max(0, position.character), end)
        left = position.character
        place = start
        for character in self._data[start:end].decode("utf-8", "surrogatepass"):
            width = 2 if encoding == "utf-16" and ord(character) > 0xFFFF else 1
            if left < width:
                break
            left -= width
            place += len(character.encode("utf-8", "surrogatepass"))
        return place

    def _line_end(self, line: int) -> int:
        """Where the text of a line ends, its line ending left out."""
        end = self._starts[line + 1] if line + 1 < len(self._starts) else len(self._data)
        while end > self._starts[line] and self._data[end - 1] in b"\r\n" and line + 1 < len(self._starts):
            end -= 1
        return end


def _units(data: bytes, encoding: Encoding) -> int:
    if encoding == "utf-8" or data.isascii():
        return len(data)
    text = data.decode("utf-8", "surrogatepass")
    return len(text) if encoding == "utf-32" else len(text) + sum(ord(character) > 0xFFFF for character in text)
