"""textDocument/inlayHint."""

from __future__ import annotations

from lsprotocol import types

from intaglio.assist.inlay_hints import inlay_hints
from intaglio.finding import Span
from intaglio.lsp.asked import Asked


def inlay_hint(asked: Asked, params: types.InlayHintParams) -> list[types.InlayHint]:
    """What each example and golden file came to, as far as it is about the text as it is."""
    if not asked.editor.inlay_hints:
        return []
    return [
        types.InlayHint(
            asked.range(Span(hint.offset, hint.offset)).start, hint.label, tooltip=hint.tooltip, padding_left=True
        )
        for hint in inlay_hints(asked.view, asked.span(params.range))
    ]
