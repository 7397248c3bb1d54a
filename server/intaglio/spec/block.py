"""Comment blocks: from lines that begin with `#` to directives with places. Knows nothing of what directives mean."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from intaglio.finding import Span
from intaglio.spec.language import BY_KEY
from intaglio.spec.model import Directive, Text

_BLANK = rb"^(?:\A\xef\xbb\xbf)?[ \t\f]*"
START = re.compile(_BLANK + rb"#[ \t]*spec[ \t]*:(?!:)", re.MULTILINE)
MAY_HOLD = re.compile(rb"#[ \t]*(?:[Ss]pecs?|SPECS?)\b")
"""A quick search for specs, and for what was meant to be one; it only ever errs towards yes."""
COMMENT = re.compile(_BLANK + rb"#")
_KEY = re.compile(rb"([A-Za-z_\x80-\xff][\w\x80-\xff-]*)[ \t]*:(?![:/])")
_FOREIGN = re.compile(rb"(type:|noqa\b|fmt:|pragma:|pylint:|mypy:|ruff:|pyright:|isort:|nosec\b)")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file without its line ending: its first byte, and its bytes."""

    start: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Block:
    """A parsed block: its directives, and the lines that belong to none."""

    span: Span
    directives: tuple[Directive, ...]
    loose: tuple[Span, ...]


@dataclass(slots=True)
class _Open:
    """A directive that is being read: its key, the column of its key, and the pieces of its value."""

    key: str
    key_span: Span
    column: int
    pieces: list[tuple[int, bytes]]
    end: int


def block_lines(data: bytes, offset: int, base: int = 0) -> tuple[list[Line], int]:
    """The lines of the block that begins at `offset`, and where the line below it starts.

    `data` lies `base` bytes behind the start of the file; the lines' places count from there, the rest from `data`.
    """
    lines: list[Line] = []
    first = 0
    while offset < len(data):
        end = data.find(b"\n", offset)
        end = len(data) if end < 0 else end
        line = data[offset:end].rstrip(b"\r")
        if not COMMENT.match(line):
            break
        if not lines:
            first = _column(line)
        elif START.match(line) and _column(line) <= first:
            break
        lines.append(Line(base + offset, line))
        offset = end + 1
    return lines, min(offset, len(data))


def parse_block(lines: list[Line]) -> Block:
    """The directives of consecutive comment lines, the first of which is a `# spec:`."""
    directives: list[Directive] = []
    loose: list[Span] = []
    current: _Open | None = None
    first = lines[0]
    start = first.start + first.data.index(b"#")
    end = start
    for line in lines:
        behind = line.data.index(b"#") + 1
        content = line.data[behind:].rstrip()
        end = line.start + behind + len(content)
        body = content.lstrip()
        blank = len(content) - len(body)
        place = line.start + behind + blank
        if not body:
            if current is not None:
                current.pieces.append((place, b""))
            continue
        column = column_of(content[:blank])
        if current is not None and column > current.column:
            current.pieces.append((place, body))
            current.end = end
            continue
        if _FOREIGN.match(body):
            continue
        if match := _key(body):
            if current is not None:
                directives.append(_close(current))
            value = body[match.end() :].lstrip()
            key_span = Span(place, place + match.end(1))
            current = _Open(_decoded(match[1]), key_span, column, [(place + len(body) - len(value), value)], end)
            continue
        loose.append(Span(place, place + len(body)))
    if current is not None:
        directives.append(_close(current))
    return Block(Span(start, end), tuple(directives), tuple(loose))


def _key(body: bytes) -> re.Match[bytes] | None:
    """`key:` followed by white space, or by anything when the language has the key."""
    match = _KEY.match(body)
    if match is None or body[match.end() : match.end() + 1] in b" \t":
        return match
    return match if _decoded(match[1]) in BY_KEY else None


@functools.lru_cache(maxsize=1024)
def _decoded(key: bytes) -> str:
    return key.decode("utf-8", "replace")


def column_of(blank: bytes) -> int:
    """The column behind a comment mark and this white space; a tab goes to the next multiple of eight."""
    return 1 + len(blank) if b"\t" not in blank else len((b"#" + blank).expandtabs(8))


def _column(line: bytes) -> int:
    content = line[line.index(b"#") + 1 :]
    return column_of(content[: len(content) - len(content.lstrip())])


def _close(opened: _Open) -> Directive:
    pieces = opened.pieces
    key_span = opened.key_span
    if len(pieces) == 1:  # nearly every directive
        ((place, data),) = pieces
        text = Text(data.decode("utf-8", "replace"), Span(place, place + len(data)), ((0, place, len(data)),))
        span = Span(key_span.start, max(opened.end, key_span.end))
        return Directive(opened.key, key_span, text, span, opened.key in BY_KEY)
    while len(pieces) > 1 and not pieces[-1][1]:
        pieces = pieces[:-1]
    while len(pieces) > 1 and not pieces[0][1]:
        pieces = pieces[1:]
    segments: list[tuple[int, int, int]] = []
    offset = 0
    for place, data in pieces:
        segments.append((offset, place, len(data)))
        offset += len(data) + 1
    value = b"\n".join(data for _, data in pieces).decode("utf-8", "replace")
    span = Span(pieces[0][0], pieces[-1][0] + len(pieces[-1][1]))
    return Directive(
        opened.key,
        key_span,
        Text(value, span, tuple(segments)),
        Span(key_span.start, max(opened.end, key_span.end)),
        opened.key in BY_KEY,
    )
