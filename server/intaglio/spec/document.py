"""A document that is edited: its reading after each edit, for the cost of what the edit touched.

`Document.edit` gives a new document and leaves the old one as it was. Its reading equals that of its text read afresh: sections
are read by their bytes alone, so one whose bytes did not change is as it was, further on or further back.
"""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from intaglio.spec.host import HostLanguage, Memo
from intaglio.spec.model import Reading
from intaglio.spec.python import PYTHON
from intaglio.spec.reading import Placed, assemble


@dataclass(frozen=True, slots=True)
class Document:
    """A text of one host language with its reading. `data` is the text as UTF-8, lone surrogates by `surrogatepass`."""

    host: HostLanguage
    data: bytes
    reading: Reading
    _sections: tuple[Placed, ...] = ()
    _closed: bool = False
    """Whether the sections stand and the text ends outside a string, so that an edit's cuts are local."""

    @classmethod
    def open(cls, text: str, host: HostLanguage = PYTHON) -> Document:
        """A text read for the first time. Takes any text; never raises."""
        return _read(host, text.encode("utf-8", "surrogatepass"), ())

    @property
    def sections(self) -> tuple[Placed, ...]:
        """The sections that were read, each with its present place; none where the text may hold no spec."""
        return self._sections

    @property
    def closed(self) -> bool:
        """Whether the sections stand for themselves: no string is left open in the text."""
        return self._closed

    @property
    def text(self) -> str:
        """The text as it was given and edited."""
        return self.data.decode("utf-8", "surrogatepass")

    @property
    def names(self) -> frozenset[str] | None:
        """What it binds at module level; None where a star import leaves that open."""
        found: set[str] = set()
        for section, _ in self._sections:
            if section.names is None:
                return None
            found |= section.names
        return frozenset(found)

    def edit(self, start: int, end: int, new_text: str) -> Document:
        """The document with the bytes [start, end) replaced.

        Raises ValueError for a range that is not in the text, or that cuts a character in two.
        """
        data = self.data
        if not 0 <= start <= end <= len(data):
            raise ValueError(f"an edit needs 0 <= start <= end <= {len(data)}, not [{start}, {end})")
        if any(place < len(data) and data[place] & 0xC0 == 0x80 for place in (start, end)):
            raise ValueError(f"the edit of [{start}, {end}) begins or ends inside a character")
        inserted = new_text.encode("utf-8", "surrogatepass")
        changed = data[:start] + inserted + data[end:]
        if not self._closed:
            return _read(self.host, changed, self._sections)
        return self._edited(changed, start, start + len(inserted), len(inserted) - (end - start))

    def _edited(self, changed: bytes, start: int, end: int, delta: int) -> Document:
        """The document with new bytes, which differ in [start, end) and lie `delta` bytes further on behind it."""
        host = self.host
        if not host.may_hold_specs(changed):
            return Document(host, changed, Reading((), ()))
        data = host.canonical(changed)
        old_starts = [place for _, place in self._sections]
        # A carriage return before the edit may have become part of another line ending; the section before may have ended
        # in comments that now belong to it, or no longer do.
        first = max(0, bisect.bisect_right(old_starts, max(0, start - 1)) - 2)
        starts: list[int] = []
        rest = len(self._sections)
        for place, closed in host.cut(data, old_starts[first] if old_starts else 0):
            if not closed:
                return _read(host, changed, self._sections)
            if starts and place >= end:
                same = bisect.bisect_left(old_starts, place - delta)
                if same < len(old_starts) and old_starts[same] == place - delta and same > first:
                    rest = same
                    starts.append(place)
                    break
            starts.append(place)
        fresh = _read_some(host, data, starts, self._sections[first:rest])
        moved = [(section, place + delta) for section, place in self._sections[rest:]]
        sections = (*self._sections[:first], *fresh, *moved)
        return Document(host, changed, assemble(host, sections), sections, True)


def _read(host: HostLanguage, raw: bytes, before: Sequence[Placed]) -> Document:
    if not host.may_hold_specs(raw):
        return Document(host, raw, Reading((), ()))
    data = host.canonical(raw)
    cuts = list(host.cut(data))
    sections = _read_some(host, data, [place for place, _ in cuts], before)
    return Document(host, raw, assemble(host, sections), tuple(sections), cuts[-1][1])


def _read_some(host: HostLanguage, data: bytes, starts: list[int], before: Sequence[Placed]) -> list[Placed]:
    """The sections between consecutive starts; those of `before` with the same bytes as they are."""
    same = {section.data: section for section, _ in before}
    pieces = [(place, data[place:stop]) for place, stop in pairwise(starts)]
    still = {piece for _, piece in pieces}
    lost = [section for section, _ in before if section.data not in still]
    memo: Memo = {key: value for section in lost for key, value in section.memo.items()}
    return [
        (same[piece] if piece in same else host.read_section(piece, place, check=True, memo=memo), place)
        for place, piece in pieces
    ]
