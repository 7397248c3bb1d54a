"""textDocument/documentSymbol."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types

from intaglio.assist.symbols import Symbol, symbol_of
from intaglio.lsp.asked import Asked
from intaglio.lsp.protocol import Json

if TYPE_CHECKING:
    from intaglio.spec.model import Spec

KINDS = {
    "function": types.SymbolKind.Function,
    "method": types.SymbolKind.Method,
    "property": types.SymbolKind.Property,
    "key": types.SymbolKind.Key,
}


def document_symbol(asked: Asked, _params: types.DocumentSymbolParams) -> Json:
    """The file's specs with their states and directives; their names alone for a client that knows no tree."""

    def make(spec: Spec, moved: int) -> list[dict[str, Any]]:
        found = symbol_of(asked.view, spec, moved)
        if asked.client.hierarchical_symbols:
            return [_symbol(found)]
        location = {"uri": asked.file.uri, "range": found.span}
        return [{"name": found.name, "kind": KINDS[found.kind].value, "location": location}]

    return asked.of_each_spec("outline", lambda *_: (), make)


def _symbol(one: Symbol) -> dict[str, Any]:
    return {
        "name": one.name,
        "kind": KINDS[one.kind].value,
        "range": one.span,
        "selectionRange": one.selection,
        "detail": one.detail,
        "children": [_symbol(child) for child in one.children],
    }
