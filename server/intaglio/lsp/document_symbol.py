"""textDocument/documentSymbol."""

from __future__ import annotations

from lsprotocol import types

from intaglio.assist.symbols import Symbol, document_symbols
from intaglio.lsp.asked import Asked

KINDS = {
    "function": types.SymbolKind.Function,
    "method": types.SymbolKind.Method,
    "property": types.SymbolKind.Property,
    "key": types.SymbolKind.Key,
}


def document_symbol(
    asked: Asked, _params: types.DocumentSymbolParams
) -> list[types.DocumentSymbol] | list[types.SymbolInformation]:
    """The file's specs with their states and directives; their names alone for a client that knows no tree."""
    found = document_symbols(asked.view)
    if asked.client.hierarchical_symbols:
        return [_symbol(asked, one) for one in found]
    return [
        types.SymbolInformation(types.Location(asked.file.uri, asked.range(one.span)), one.name, KINDS[one.kind])
        for one in found
    ]


def _symbol(asked: Asked, one: Symbol) -> types.DocumentSymbol:
    return types.DocumentSymbol(
        one.name,
        KINDS[one.kind],
        asked.range(one.span),
        asked.range(one.selection),
        detail=one.detail,
        children=[_symbol(asked, child) for child in one.children],
    )
