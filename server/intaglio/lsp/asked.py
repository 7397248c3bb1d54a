"""What a feature computes from: one frozen view of one file, with the conversions that belong to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lsprotocol import types

from intaglio.assist.view import View
from intaglio.finding import Span
from intaglio.lsp.client import Client
from intaglio.lsp.from_client import offset_of, span_of
from intaglio.lsp.open_file import OpenFile
from intaglio.lsp.to_client import range_of

if TYPE_CHECKING:
    from intaglio.lsp.configuration import EditorSettings
    from intaglio.lsp.offer import TextChange
    from intaglio.lsp.picture import SpecPicture


@dataclass(frozen=True, slots=True)
class Asked:
    """A file as it was when a request came."""

    view: View
    file: OpenFile
    client: Client
    editor: EditorSettings
    drawn: tuple[tuple[SpecPicture, int], ...]
    """The picture of each spec, and how far it has moved since it was drawn."""
    offers: Mapping[str, tuple[TextChange, ...]]
    """What waits to be applied, by spec: candidates that passed."""

    def picture(self, name: str) -> SpecPicture | None:
        """The picture of a spec; its spans are where it was drawn."""
        return next((picture for picture, _ in self.drawn if picture.name == name), None)

    def offset(self, position: types.Position) -> int:
        """The byte at a position."""
        return offset_of(self.file.index, position, self.client.encoding)

    def span(self, range_: types.Range) -> Span:
        """The bytes of a range."""
        return span_of(self.file.index, range_, self.client.encoding)

    def range(self, span: Span) -> types.Range:
        """The range of a span's bytes."""
        return range_of(self.file.index, span, self.client.encoding)

    def plain_range(self, span: Span) -> dict[str, dict[str, int]]:
        """The same as plain data, for answers that hold hundreds."""
        start = self.file.index.position(span.start, self.client.encoding)
        end = self.file.index.position(span.end, self.client.encoding)
        return {
            "start": {"line": start.line, "character": start.character},
            "end": {"line": end.line, "character": end.character},
        }
