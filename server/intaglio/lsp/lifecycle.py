"""initialize, initialized, shutdown, exit; and the end that comes without them."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING

from lsprotocol import types

from intaglio.lsp.from_client import client_of, path_of

if TYPE_CHECKING:
    from intaglio.lsp.server import Server

_SECONDS_BETWEEN_LOOKS = 5.0


def initialize(server: Server, params: types.InitializeParams) -> None:
    """Note what the client can do. Nothing else: the reader and the rest are loaded after the answer."""
    server.client = client_of(params)
    server.folder_uris = [folder.uri for folder in params.workspace_folders or ()] or (
        [params.root_uri] if params.root_uri else []
    )


def initialized(server: Server, _params: types.InitializedParams) -> None:
    """Load what `initialize` did without, and ask the client for what it offers."""
    session = server.session
    session.folders = [path for uri in server.folder_uris if (path := path_of(uri)) is not None]
    if server.process_id:
        server.watch = asyncio.get_running_loop().create_task(_watch_parent(server, server.process_id))
    from intaglio.lsp.did_change_configuration import pull_configuration
    from intaglio.lsp.watched_files import watch

    server.spawn(watch(server))
    server.spawn(pull_configuration(server))


def shutdown(server: Server, _params: None) -> None:
    """Cancel the jobs first: pygls cancels what it knows of behind this."""
    if server.has_jobs:
        for job in server.jobs.running.values():
            server.jobs.stop(job)


def exit_(server: Server, _params: None) -> None:
    """End at once, without waiting for a client that keeps its end of the pipe open."""
    leave(server, 0 if server.protocol.was_shut_down else 1)


def leave(server: Server, code: int) -> None:
    """End this process: children first, then everything."""
    server.leave()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


async def _watch_parent(server: Server, process: int) -> None:
    """End when the process that started the client's side is gone, pipe or not."""
    while _is_there(process):  # noqa: ASYNC110 - another process's end is no event of this loop
        await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
    leave(server, 1)


def _is_there(process: int) -> bool:
    if os.name != "posix":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
