"""Trust: what the client or the user says of it, and what follows. Until there is some, nothing runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types

from intaglio.lsp.from_client import mapping
from intaglio.lsp.protocol import RequestFailed

if TYPE_CHECKING:
    from intaglio.lsp.server import Server

TRUST_ACTION = "Trust this workspace"
NOT_TRUSTED = "Intaglio does not ask models or run anything until this workspace is trusted."
IN_THE_EDITOR = "Trust it in the editor (Neovim: `:Intaglio trust`, or the option `trusted`)."
BY_SETTING = (
    "Trust it for this session with the command intaglio.trust (Neovim: `:Intaglio trust`), or for good with the setting "
    "`intaglio.trust` or the initialization option `trusted` (Neovim: the option `trusted`)."
)


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


def trust_by_command(server: Server) -> None:
    """`intaglio.trust`: for clients without a notion of trust. One that said how it stands decides by itself."""
    if server.client.trusted is None:
        set_trust(server, trusted=True)
    elif not server.session.trusted:
        raise RequestFailed(f"{NOT_TRUSTED} {IN_THE_EDITOR}")


def how_to_trust(server: Server) -> str:
    """The ways to trust a workspace that this client has: one with a notion of trust decides by itself."""
    return BY_SETTING if server.client.trusted is None else IN_THE_EDITOR


async def offer_trust(server: Server) -> None:
    """Say that trust is needed; to a client without a notion of it, with an action that gives it."""
    if server.client.trusted is not None:
        server.show(f"{NOT_TRUSTED} {IN_THE_EDITOR}", types.MessageType.Warning)
        return
    params = types.ShowMessageRequestParams(
        types.MessageType.Warning,
        NOT_TRUSTED,
        [types.MessageActionItem(TRUST_ACTION)],
    )
    answer: Any = await server.protocol.send_request_async(types.WINDOW_SHOW_MESSAGE_REQUEST, params)
    if answer is not None and answer.title == TRUST_ACTION:
        set_trust(server, trusted=True)
