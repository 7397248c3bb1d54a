"""An open file as the editor has it, and edits to it. Values in, values out; knows nothing of locks or runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from lsprotocol import types

from intaglio.finding import Span
from intaglio.lsp.from_client import span_of
from intaglio.spec.document import Document
from intaglio.spec.position import Encoding, TextIndex


@dataclass(frozen=True)
class OpenFile:
    """One version of one file. `path` is relative to `root`; `version` is None for a file that no editor holds."""

    uri: str
    root: Path
    path: str
    version: int | None
    document: Document

    @cached_property
    def index(self) -> TextIndex:
        """Its lines."""
        return TextIndex(self.document.data)

    @cached_property
    def text(self) -> str:
        """Its text."""
        return self.document.text


@dataclass(frozen=True, slots=True)
class Change:
    """The bytes of `span` were replaced by `length` others."""

    span: Span
    length: int

    def move(self, span: Span) -> Span:
        """Where a span is after the change: what lies within the replaced bytes shrinks to their end."""
        return Span(self._move(span.start), self._move(span.end))

    def _move(self, place: int) -> int:
        if place >= self.span.end:
            return place + self.length - (self.span.end - self.span.start)
        return min(place, self.span.start + self.length) if place > self.span.start else place


def edit_file(
    file: OpenFile, version: int | None, changes: Sequence[types.TextDocumentContentChangeEvent], encoding: Encoding
) -> tuple[OpenFile, tuple[Change, ...]]:
    """The file's next version, and what was replaced, in order. A whole new text counts as the part that differs."""
    made: list[Change] = []
    document = file.document
    for change in changes:
        if isinstance(change, types.TextDocumentContentChangePartial):
            index = file.index if document is file.document else TextIndex(document.data)
            span = span_of(index, change.range, encoding)
            new_text = change.text
        else:
            span, new_text = difference(document.data, change.text.encode("utf-8", "surrogatepass"))
        document = document.edit(span.start, span.end, new_text)
        made.append(Change(span, len(new_text.encode("utf-8", "surrogatepass"))))
    return OpenFile(file.uri, file.root, file.path, version, document), tuple(made)


def difference(before: bytes, after: bytes) -> tuple[Span, str]:
    """The one replacement that turns `before` into `after`: the span in `before`, and its new text. Cuts no character."""
    limit = min(len(before), len(after))
    start = _common(before, after, limit)
    while start and start < limit + 1 and _within(before, start, after):
        start -= 1
    tail = _common(before[start:][::-1], after[start:][::-1], limit - start)
    while tail and (_is_inner(before, len(before) - tail) or _splits_line_end(before, len(before) - tail)):
        tail -= 1
    return Span(start, len(before) - tail), after[start : len(after) - tail].decode("utf-8", "surrogatepass")


def _common(one: bytes, other: bytes, limit: int) -> int:
    """How many first bytes are the same."""
    low, high = 0, limit
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _within(before: bytes, place: int, after: bytes) -> bool:
    return _is_inner(before, place) or _is_inner(after, place) or _splits_line_end(before, place)


def _is_inner(data: bytes, place: int) -> bool:
    return place < len(data) and data[place] & 0xC0 == 0x80


def _splits_line_end(data: bytes, place: int) -> bool:
    return data[place - 1 : place + 1] == b"\r\n"
