"""textDocument/codeLens and codeLens/resolve: what a compile may cost is told for the lenses that are looked at alone."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from intaglio.assist.lenses import Lens, lenses, priced_title
from intaglio.lsp.from_client import mapping
from intaglio.lsp.protocol import Plain

if TYPE_CHECKING:
    from intaglio.lsp.asked import Asked
    from intaglio.lsp.server import Server

ADOPT = "intaglio.adopt"
"""A command of clients that ask their user why: it sends `intaglio.lock` with the reason."""


def code_lens(asked: Asked, _params: types.CodeLensParams) -> Plain:
    """State, stages and the next thing to do above each function."""
    if not asked.editor.lenses:
        return Plain()
    return Plain(_lens(asked, lens) for lens in lenses(asked.view, dt.datetime.now(dt.UTC)))


async def resolve(server: Server, lens: types.CodeLens) -> types.CodeLens:
    """The lens of a compile with what it may cost."""
    data = mapping(lens.data)
    uri, name = data.get("uri"), data.get("name")
    asked = server.asked(uri) if isinstance(uri, str) else None
    title = "compile"
    if asked is not None and isinstance(name, str):
        title = await asyncio.to_thread(priced_title, asked.view, name)
    arguments = [{"uri": uri, "name": name}]
    return types.CodeLens(lens.range, types.Command(title, "intaglio.compile", arguments=arguments))


def _lens(asked: Asked, lens: Lens) -> dict[str, Any]:
    uri, here = asked.file.uri, asked.plain_range(lens.span)
    if lens.priced:
        return {"range": here, "data": {"uri": uri, "name": lens.name}}
    command, arguments = lens.command, dict(lens.arguments)
    if arguments.get("adopt") and asked.client.asks_reasons:
        command, arguments = ADOPT, {"name": lens.name}
    argument = {"uri": uri, **arguments} if arguments else {}
    return {"range": here, "command": {"title": lens.title, "command": command, "arguments": [argument]}}
