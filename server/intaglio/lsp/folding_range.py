"""textDocument/foldingRange and textDocument/selectionRange."""

from __future__ import annotations

from lsprotocol import types

from intaglio.assist.folding import folding_ranges, selection_ranges
from intaglio.lsp.asked import Asked


def folding_range(asked: Asked, _params: types.FoldingRangeParams) -> list[types.FoldingRange]:
    """Blocks, and their long values."""
    found = []
    for fold in folding_ranges(asked.view):
        place = asked.range(fold.span)
        one = types.FoldingRange(place.start.line, place.end.line, kind=fold.kind)
        if not asked.client.line_folding_only:
            end = asked.file.index.position(fold.span.end, asked.client.encoding)
            one.end_character = end.character
        found.append(one)
    return found


def selection_range(asked: Asked, params: types.SelectionRangeParams) -> list[types.SelectionRange]:
    """For each place the ranges around it, from a name outwards."""
    found = []
    for position in params.positions:
        outer: types.SelectionRange | None = None
        for span in reversed(selection_ranges(asked.view, asked.offset(position))):
            outer = types.SelectionRange(asked.range(span), outer)
        if outer is not None:
            found.append(outer)
    return found
