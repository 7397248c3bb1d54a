"""A write of a source file and its lock that was cut short (a kill, a full disk): offered for finishing, as the command line does.

Asked once a workspace when it is taken up, and again when the record of it stands in the way of another write. To a client
that cannot ask it is told, and an action does it. Only in a trusted workspace: the record lies in it.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from intaglio.lock.paths import STORE_FOLDER
from intaglio.lsp.arguments import require_trust, target_of
from intaglio.lsp.protocol import RequestFailed

if TYPE_CHECKING:
    from intaglio.lock.journal import Journal
    from intaglio.lsp.desk import Root
    from intaglio.lsp.server import Server

FINISH, LEAVE = "Finish it", "Leave the files as they are"


def look_for_unfinished(server: Server, root: Root, *, again: bool = False) -> None:
    """Offer to finish a write of this workspace that was cut short, if there is one."""
    if (root.path in server.offered and not again) or not (root.path / STORE_FOLDER / "journal.json").exists():
        return
    if server.session.trusts(root):
        server.offered.add(root.path)
        server.aside(_offer(server, root))


async def _offer(server: Server, root: Root) -> None:
    from intaglio.lock.journal import WriteStopped
    from intaglio.lock.write import unfinished_write

    try:
        journal = await asyncio.to_thread(unfinished_write, root.path)
    except WriteStopped:  # somebody writes all the while
        return
    if journal is None:
        return
    said = f"A write of {name_of(journal)} was cut short."
    if not server.session.client.message_actions:
        server.show(f"{said} An action in the file finishes it, or `intaglio lock`.", types.MessageType.Warning)
        return
    params = types.ShowMessageRequestParams(
        types.MessageType.Warning,
        f"{said} Finish it?",
        [types.MessageActionItem(FINISH), types.MessageActionItem(LEAVE)],
    )
    answer: Any = await asyncio.shield(server.protocol.send_request_async(types.WINDOW_SHOW_MESSAGE_REQUEST, params))
    if answer is not None:
        await settle(server, root, finish=answer.title == FINISH)


async def finish_write(server: Server, *arguments: Any) -> dict[str, str]:
    """`intaglio.finishWrite`: finish the write that was cut short, or give it up (`discard`)."""
    desk, given = target_of(server, arguments)
    require_trust(server, desk)
    said = await settle(server, desk.root, finish=not given.get("discard"))
    if not said:
        raise RequestFailed("no write was cut short here")
    return {"said": said}


async def settle(server: Server, root: Root, *, finish: bool) -> str:
    """Finish the write, or give it up; what was done, in words. One that cannot be finished any more is given up."""
    said = await server.jobs.write(lambda: _settle(root, finish=finish))
    if said:
        server.show(said, types.MessageType.Info)
    for desk in server.session.changed_elsewhere(root, None):
        server.publish(desk)
    return said


def _settle(root: Root, *, finish: bool) -> str:
    from intaglio.lock.journal import WriteOvertaken, WriteStopped
    from intaglio.lock.write import discard_journal, finish_journal

    try:
        journal = finish_journal(root.path) if finish else discard_journal(root.path)
    except WriteOvertaken as error:
        discard_journal(root.path)
        return f"Gave up the interrupted write: {error}"
    except (WriteStopped, OSError) as error:
        return f"The interrupted write was not finished: {error}"
    if journal is None:
        return ""
    return (
        f"Finished the interrupted write of {name_of(journal)}"
        if finish
        else (f"Gave up the interrupted write of {name_of(journal)}: the files are as they were found")
    )


def name_of(journal: Journal) -> str:
    """What a write was of, in words."""
    return f"{journal.path}::{journal.name}" if journal.readable else "a file"
