"""textDocument/didOpen, didChange, didClose, didSave: in the order in which they come, on the loop."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from lsprotocol import types

from intaglio.lsp.collecting import keep

if TYPE_CHECKING:
    from intaglio.lsp.server import Server


_SECONDS_UNTIL_WARM = 1.0


def did_open(server: Server, params: types.DidOpenTextDocumentParams) -> None:
    """Take a Python file up."""
    document = params.text_document
    if not _is_python(document.language_id, document.uri):
        return
    desk = server.session.take_up(document.uri, document.version, document.text)
    if desk is not None:
        server.publish(desk)
        server.spawn(_look_back(server, document.uri))


async def _look_back(server: Server, uri: str) -> None:
    """Once a file was read, ask the cache what it knows; then keep what is there out of the collector's walks: one over a long
    file's specs takes longer than a key.
    """
    from intaglio.lsp.recall import recall

    await server.published(uri)
    await recall(server, uri)
    keep()
    if not server.warm and uri in server.session.desks:
        server.warm = True
        server.aside(_warm_up(server))


async def _warm_up(server: Server) -> None:
    """Load what answers are made with, before they are asked for: the first of each kind would take as long as a hundred others.

    In a thread, a little after the file was opened, so that nobody waits for it.
    """
    from intaglio.lsp.registration import load_features

    await asyncio.sleep(_SECONDS_UNTIL_WARM)
    if not server.ending:
        await asyncio.to_thread(load_features)
        keep()


def did_change(server: Server, params: types.DidChangeTextDocumentParams) -> None:
    """Take the next version, and end what is being made of specs that changed."""
    from intaglio.lsp.open_file import edit_file

    session = server.session
    desk = session.desks.get(params.text_document.uri)
    if desk is None:
        return
    file, changes = edit_file(desk.file, params.text_document.version, params.content_changes, session.client.encoding)
    overtaken = session.edit(desk, file, changes)
    if overtaken and server.has_jobs:
        server.jobs.overtaken(file.uri, overtaken)
    server.publish(desk)
    server.collecting.changed(asyncio.get_running_loop())
    if len(session.desks) > 1:
        server.publish_others(desk)


def did_close(server: Server, params: types.DidCloseTextDocumentParams) -> None:
    """Put a file away. Its jobs end: there is nothing to offer their results to."""
    uri = params.text_document.uri
    desk = server.session.close(uri)
    if desk is None:
        return
    if server.has_jobs:
        for job in list(server.jobs.running.values()):
            if job.uri == uri:
                server.jobs.stop(job, "the file was closed")
    server.clear(uri)
    server.publish_others(desk)


def did_save(server: Server, params: types.DidSaveTextDocumentParams) -> None:
    """Write the locks that wait for this save. Others may depend on this file, and not every client tells what else changed."""
    session = server.session
    desk = session.desks.get(params.text_document.uri)
    if desk is None:
        return
    for one in session.changed_elsewhere(desk.root, None):
        server.publish(one)
    if desk.pending:
        from intaglio.lsp.offer import write_locks

        server.spawn(write_locks(server, desk))


def _is_python(language: str, uri: str) -> bool:
    return language == "python" or (not language and uri.endswith((".py", ".pyi")))
