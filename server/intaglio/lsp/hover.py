"""textDocument/hover."""

from __future__ import annotations

from lsprotocol import types

from intaglio.assist.hover import hover as said_at
from intaglio.lsp.asked import Asked
from intaglio.lsp.to_client import markup


def hover(asked: Asked, params: types.HoverParams) -> types.Hover | None:
    """What there is to say of the place."""
    found = said_at(asked.view, asked.offset(params.position))
    if found is None:
        return None
    return types.Hover(markup(found.markdown, markdown=asked.client.markdown), asked.range(found.span))
