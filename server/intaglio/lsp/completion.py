"""textDocument/completion. In a thread: attributes are asked of jedi, files of the disk, models of the ledger."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lsprotocol import types

from intaglio.assist.attributes import Known, attributes
from intaglio.assist.completion import Item, ItemKind, attribute_request, complete, wants_models
from intaglio.lsp.asked import Asked
from intaglio.lsp.model_names import known_models
from intaglio.lsp.protocol import Json
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


def completion(asked: Asked, params: types.CompletionParams) -> Json | None:
    """What may stand at the place; None outside of specs, where others answer."""
    view, offset = asked.view, asked.offset(params.position)
    request = attribute_request(view, offset)
    if request is not None:
        known = attributes(view, view.spec_at(offset), request.before, inside=request.inside)
        here = asked.plain_range(request.span)
        return _listed([_attribute(here, one) for one in known], whole=True)
    if wants_models(view, offset):
        view = replace(view, models=known_models(view))
    items = [item for item in complete(view, offset) if _fits(view.document.data[item.span.start : offset], item.label)]
    chosen = sorted(items, key=lambda item: (item.order, item.label))[:MOST]
    if not chosen:
        return None
    ranges = {span: asked.plain_range(span) for span in {item.span for item in chosen}}
    return _listed([_item(asked, item, ranges[item.span]) for item in chosen], whole=len(chosen) == len(items))


def _listed(items: list[dict[str, Any]], *, whole: bool) -> Json:
    return Json.of({"isIncomplete": not whole, "items": items})


def _fits(typed: bytes, label: str) -> bool:
    """Whether a label has the letters that are typed, in order; those that a client would leave out need not be sent."""
    letters = iter(label.lower())
    return all(letter in letters for letter in typed.decode("utf-8", "replace").lower())


def _item(asked: Asked, item: Item, here: dict[str, Any]) -> dict[str, Any]:
    snippet = item.snippet if asked.client.snippets else ""
    form = types.InsertTextFormat.Snippet if snippet else types.InsertTextFormat.PlainText
    said: dict[str, Any] = {
        "label": item.label,
        "kind": _KINDS[item.kind].value,
        "sortText": f"{item.order:02}{item.label}",
        "insertTextFormat": form.value,
        "textEdit": {"range": here, "newText": snippet or item.text},
    }
    if item.detail:
        said["detail"] = item.detail
    page = documentation(item.documentation, markdown=asked.client.completion_markdown)
    if page is not None:
        said["documentation"] = page if isinstance(page, str) else {"kind": page.kind.value, "value": page.value}
    return said


def _attribute(here: dict[str, Any], known: Known) -> dict[str, Any]:
    return {
        "label": known.name,
        "kind": _OF_ATTRIBUTES.get(known.kind, types.CompletionItemKind.Field).value,
        "detail": known.line,
        "textEdit": {"range": here, "newText": known.name},
    }
