"""textDocument/references and textDocument/documentHighlight."""

from __future__ import annotations

from lsprotocol import types

from intaglio.assist.references import references as places_of
from intaglio.assist.references import subject_at
from intaglio.lsp.asked import Asked


def references(asked: Asked, params: types.ReferenceParams) -> list[types.Location] | None:
    """Every place that names the function or the parameter at the place, in code and in specs."""
    found = subject_at(asked.view, asked.offset(params.position))
    if found is None:
        return None
    return [
        types.Location(asked.file.uri, asked.range(one.span))
        for one in places_of(asked.view, found[0])
        if params.context.include_declaration or not one.is_definition
    ]


def document_highlight(asked: Asked, params: types.DocumentHighlightParams) -> list[types.DocumentHighlight] | None:
    """The same places, to be marked in the text."""
    found = subject_at(asked.view, asked.offset(params.position))
    if found is None:
        return None
    return [types.DocumentHighlight(asked.range(one.span)) for one in places_of(asked.view, found[0])]
