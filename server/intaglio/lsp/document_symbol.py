"""textDocument/documentSymbol."""

from __future__ import annotations

from typing import Any

from lsprotocol import types

from intaglio.assist.symbols import Symbol, document_symbols
from intaglio.lsp.asked import Asked
from intaglio.lsp.protocol import Plain

KINDS = {
    "function": types.SymbolKind.Function,
    "method": types.SymbolKind.Method,
    "property": types.SymbolKind.Property,
    "key": types.SymbolKind.Key,
}


def document_symbol(asked: Asked, _params: types.DocumentSymbolParams) -> Plain:
    """The file's specs with their states and directives; their names alone for a client that knows no tree."""
    found = document_symbols(asked.view)
    if asked.client.hierarchical_symbols:
        return Plain(_symbol(asked, one) for one in found)
    uri = asked.file.uri
    return Plain(
        {
            "name": one.name,
            "kind": KINDS[one.kind].value,
            "location": {"uri": uri, "range": asked.plain_range(one.span)},
        }
        for one in found
    )


def _symbol(asked: Asked, one: Symbol) -> dict[str, Any]:
    return {
        "name": one.name,
        "kind": KINDS[one.kind].value,
        "range": asked.plain_range(one.span),
        "selectionRange": asked.plain_range(one.selection),
        "detail": one.detail,
        "children": [_symbol(asked, child) for child in one.children],
    }
