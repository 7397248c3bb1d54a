"""Where a byte stands in a spec's block: in which directive, in its key or its value, or where a new one may begin.

Read from the comment lines alone, so that it also holds for a block above a function that is not written yet.
"""

from __future__ import annotations

from dataclasses import dataclass

from intaglio.finding import Span
from intaglio.spec.block import COMMENT, START, Block, Line, column_of, parse_block
from intaglio.spec.model import Directive, Text


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a block. `directive` is the one whose key or value it stands in; None where a directive may begin.

    `word` is what stands on the line between the comment mark and the place, for a place outside of any value.
    """

    offset: int
    block: Block
    directive: Directive | None
    in_key: bool
    word: Span
    indentation: bytes
    """White space before the comment mark."""
    before: str = ""
    """The part of the directive's value before the place, with the white space there; "" outside of a value."""


def value_before(data: bytes, text: Text, offset: int) -> str:
    """The part of a value before a byte of the file, its lines joined as in the value; white space at its end is kept."""
    value = text.value.encode("utf-8", "surrogatepass")
    end, place = 0, text.span.start
    for value_start, file_start, length in text.segments:
        if offset < file_start:
            break
        end = value_start + min(length, offset - file_start)
        place = file_start + length
    rest = data[place:offset] if end and offset > place else b""
    blank = ("\n" if b"\n" in rest else "") + (" " if rest[-1:] in {b" ", b"\t"} else "")
    return value[:end].decode("utf-8", "replace") + blank


def cursor_at(data: bytes, offset: int) -> Cursor | None:
    """Where the byte at `offset` stands in the block that it lies in; None outside of blocks and before a comment mark."""
    lines = block_lines(data, offset)
    if lines is None:
        return None
    line = next(one for one in reversed(lines) if one.start <= offset)
    mark = line.start + line.data.index(b"#")
    if offset <= mark:
        return None
    block = parse_block(lines)
    content = data[mark + 1 : offset]
    stripped = content.lstrip()
    blank = content[: len(content) - len(stripped)]
    word = Span(offset - len(stripped), offset)
    indentation = line.data[: line.data.index(b"#")].removeprefix(b"\xef\xbb\xbf")
    rest = line.data[mark + 1 - line.start :]
    column = column_of(rest[: len(rest) - len(rest.lstrip())]) if rest.strip() else column_of(blank)
    above = next((one for one in reversed(block.directives) if one.key_span.start <= offset), None)
    if above is None:
        return Cursor(offset, block, None, in_key=True, word=word, indentation=indentation)
    if above.key_span.start >= line.start:
        in_key = offset <= above.key_span.end
        before = "" if in_key else value_before(data, above.value, offset)
        return Cursor(offset, block, above, in_key, word, indentation, before)
    if column > _column(lines, above) and above.key_span.start < line.start:
        before = value_before(data, above.value, offset)
        return Cursor(offset, block, above, in_key=False, word=word, indentation=indentation, before=before)
    return Cursor(offset, block, None, in_key=True, word=word, indentation=indentation)


def block_lines(data: bytes, offset: int) -> list[Line] | None:
    """The lines of the block around a byte; None when it lies in none."""
    start = data.rfind(b"\n", 0, offset) + 1
    lines: list[Line] = []
    place = start
    while True:
        line = _line(data, place)
        if not COMMENT.match(line.data):
            return None
        lines.append(line)
        if START.match(line.data):
            break
        if place == 0:
            return None
        place = data.rfind(b"\n", 0, place - 1) + 1
    lines.reverse()
    first = _mark_column(lines[0])
    place = lines[-1].start + len(lines[-1].data)
    while (place := data.find(b"\n", place)) >= 0:
        line = _line(data, place + 1)
        if not COMMENT.match(line.data) or (START.match(line.data) and _mark_column(line) <= first):
            break
        lines.append(line)
        place = line.start
    return lines


def _line(data: bytes, start: int) -> Line:
    end = data.find(b"\n", start)
    return Line(start, data[start : end if end >= 0 else len(data)].rstrip(b"\r"))


def _mark_column(line: Line) -> int:
    content = line.data[line.data.index(b"#") + 1 :]
    return column_of(content[: len(content) - len(content.lstrip())])


def _column(lines: list[Line], directive: Directive) -> int:
    line = next(one for one in reversed(lines) if one.start <= directive.key_span.start)
    return _mark_column(line)
