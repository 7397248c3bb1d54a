"""What a feature computes from: one frozen view of one file, with the conversions that belong to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from intaglio.assist.view import View
from intaglio.finding import Span
from intaglio.lsp.client import Client
from intaglio.lsp.fragments import Fragment, Fragments, fragment
from intaglio.lsp.from_client import offset_of, span_of
from intaglio.lsp.open_file import OpenFile
from intaglio.lsp.protocol import Json
from intaglio.lsp.to_client import plain_range, range_of

if TYPE_CHECKING:
    from intaglio.lsp.configuration import EditorSettings
    from intaglio.lsp.offer import TextChange
    from intaglio.lsp.picture import SpecPicture
    from intaglio.spec.model import Spec


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
    answered: dict[str, Fragments]
    """What was answered of each spec last, by feature: kept only to be said again."""

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
        return plain_range(self.file.index, span, self.client.encoding)

    def of_each_spec(
        self,
        feature: str,
        made_from: Callable[[Spec, SpecPicture], tuple[object, ...]],
        make: Callable[[Spec, int], Iterable[dict[str, Any]]],
    ) -> Json:
        """A list of what `make` gives for each spec and how far it has moved, its `Span` values as ranges.

        What was made is kept, and said again with other lines, until the spec, its picture or anything in `made_from` is another
        value.
        """
        kept = self.answered.setdefault(feature, Fragments())
        said: list[str] = []
        names: set[str] = set()
        for (spec, moved), (picture, _) in zip(self.view.placed(), self.drawn, strict=True):
            line = self.file.index.line(spec.block.start + moved)

            def pieces(spec: Spec = spec, moved: int = moved, line: int = line) -> list[Fragment]:
                return [fragment(one, self.file.index, self.client.encoding, line) for one in make(spec, moved)]

            key = spec.name if spec.name not in names else f"{spec.name} {len(names)}"
            names.add(key)
            everything = (spec, picture, self.client, *made_from(spec, picture))
            said += [piece.at(line) for piece in kept.of(key, everything, pieces)]
        kept.keep_only(names)
        return Json(f"[{','.join(said)}]")
