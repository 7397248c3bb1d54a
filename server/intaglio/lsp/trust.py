"""Trust: what the client or the user says of it, and what follows. Until there is some, nothing runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types

from intaglio.lsp.from_client import mapping

if TYPE_CHECKING:
    from intaglio.lsp.server import Server

TRUST_ACTION = "Trust this workspace"


def did_change_trust(server: Server, params: Any) -> None:
    """`intaglio/trust`: the client's notion of it changed."""
    trusted = mapping(params).get("trusted")
    if isinstance(trusted, bool):
        set_trust(server, trusted=trusted)


def set_trust(server: Server, *, trusted: bool) -> None:
    """Take the workspace as trusted or not; what runs ends when it is not any more."""
    session = server.session
    session.trusted = trusted
    if not trusted and server.has_jobs:
        for job in list(server.jobs.running.values()):
            server.jobs.stop(job, "the workspace is not trusted any more")
    for desk in session.desks.values():
        server.publish(desk)


async def offer_trust(server: Server) -> None:
    """Say that trust is needed, with an action that gives it."""
    params = types.ShowMessageRequestParams(
        types.MessageType.Warning,
        "Intaglio does not ask models or run anything until this workspace is trusted.",
        [types.MessageActionItem(TRUST_ACTION)],
    )
    answer: Any = await server.protocol.send_request_async(types.WINDOW_SHOW_MESSAGE_REQUEST, params)
    if answer is not None and answer.title == TRUST_ACTION:
        set_trust(server, trusted=True)
