"""textDocument/completion. In a thread: attributes are asked of jedi, files of the disk, models of the ledger."""

from __future__ import annotations

from dataclasses import replace

from lsprotocol import types

from intaglio.assist.attributes import Known, attributes
from intaglio.assist.completion import Item, ItemKind, attribute_request, complete
from intaglio.finding import Span
from intaglio.lsp.asked import Asked
from intaglio.lsp.model_names import known_models
from intaglio.lsp.to_client import documentation

MOST = 200
"""Items of one answer; what is left out comes when more is typed."""
_KINDS = {
    ItemKind.DIRECTIVE: types.CompletionItemKind.Keyword,
    ItemKind.PARAMETER: types.CompletionItemKind.Variable,
    ItemKind.VARIABLE: types.CompletionItemKind.Variable,
    ItemKind.FUNCTION: types.CompletionItemKind.Function,
    ItemKind.CLASS: types.CompletionItemKind.Class,
    ItemKind.MODULE: types.CompletionItemKind.Module,
    ItemKind.PROPERTY: types.CompletionItemKind.Property,
    ItemKind.KEYWORD: types.CompletionItemKind.Keyword,
    ItemKind.FILE: types.CompletionItemKind.File,
    ItemKind.FOLDER: types.CompletionItemKind.Folder,
    ItemKind.VALUE: types.CompletionItemKind.Value,
    ItemKind.SNIPPET: types.CompletionItemKind.Snippet,
}
_OF_ATTRIBUTES = {
    "function": types.CompletionItemKind.Method,
    "class": types.CompletionItemKind.Class,
    "module": types.CompletionItemKind.Module,
    "property": types.CompletionItemKind.Property,
}


def completion(asked: Asked, params: types.CompletionParams) -> types.CompletionList | None:
    """What may stand at the place; None outside of specs, where others answer."""
    offset = asked.offset(params.position)
    view = replace(asked.view, models=known_models(asked.view))
    request = attribute_request(view, offset)
    if request is not None:
        known = attributes(view, view.spec_at(offset), request.before, inside=request.inside)
        return types.CompletionList(is_incomplete=False, items=[_attribute(asked, request.span, one) for one in known])
    items = [item for item in complete(view, offset) if _fits(view.document.data[item.span.start : offset], item.label)]
    chosen = sorted(items, key=lambda item: (item.order, item.label))[:MOST]
    if not chosen:
        return None
    return types.CompletionList(is_incomplete=len(chosen) < len(items), items=[_item(asked, item) for item in chosen])


def _fits(typed: bytes, label: str) -> bool:
    """Whether a label has the letters that are typed, in order; those that a client would leave out need not be sent."""
    letters = iter(label.lower())
    return all(letter in letters for letter in typed.decode("utf-8", "replace").lower())


def _item(asked: Asked, item: Item) -> types.CompletionItem:
    snippet = item.snippet if asked.client.snippets else ""
    text = snippet or item.text
    return types.CompletionItem(
        item.label,
        kind=_KINDS[item.kind],
        detail=item.detail or None,
        documentation=documentation(item.documentation, markdown=asked.client.completion_markdown),
        sort_text=f"{item.order:02}{item.label}",
        insert_text_format=types.InsertTextFormat.Snippet if snippet else types.InsertTextFormat.PlainText,
        text_edit=types.TextEdit(asked.range(item.span), text),
    )


def _attribute(asked: Asked, span: Span, known: Known) -> types.CompletionItem:
    return types.CompletionItem(
        known.name,
        kind=_OF_ATTRIBUTES.get(known.kind, types.CompletionItemKind.Field),
        detail=known.line,
        text_edit=types.TextEdit(asked.range(span), known.name),
    )
