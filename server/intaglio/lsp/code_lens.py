"""textDocument/codeLens and codeLens/resolve: what a compile may cost is told for the lenses that are looked at alone."""

from __future__ import annotations

import asyncio
import datetime as dt
import sys
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from intaglio.assist.lenses import Lens, lenses_of, locked_since, priced_title
from intaglio.lsp.from_client import mapping
from intaglio.lsp.protocol import Json

if TYPE_CHECKING:
    from intaglio.lsp.asked import Asked
    from intaglio.lsp.picture import SpecPicture
    from intaglio.lsp.server import Server
    from intaglio.spec.model import Spec

ADOPT = "intaglio.adopt"
"""A command of clients that ask their user why: it sends `intaglio.lock` with the reason."""


def code_lens(asked: Asked, _params: types.CodeLensParams) -> Json:
    """State, stages and the next thing to do above each function."""
    if not asked.editor.lenses:
        return Json("[]")
    view, now = asked.view, dt.datetime.now(dt.UTC)

    def made_from(spec: Spec, _: SpecPicture) -> tuple[object, ...]:
        return sys.intern(locked_since(view, spec.name, now)), spec.name in view.by_hand

    def make(spec: Spec, moved: int) -> list[dict[str, Any]]:
        return [_lens(asked, lens) for lens in lenses_of(view, spec, moved, now)]

    return asked.of_each_spec("lenses", made_from, make)


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
    uri = asked.file.uri
    if lens.priced:
        return {"range": lens.span, "data": {"uri": uri, "name": lens.name}}
    command, arguments = lens.command, dict(lens.arguments)
    if arguments.get("adopt") and asked.client.asks_reasons:
        command, arguments = ADOPT, {"name": lens.name}
    argument = {"uri": uri, **arguments} if arguments else {}
    return {"range": lens.span, "command": {"title": lens.title, "command": command, "arguments": [argument]}}
