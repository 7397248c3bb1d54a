"""workspace/didChangeWatchedFiles: locks, golden files, templates, settings and sources that change under the editor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from intaglio.lsp.from_client import path_of

if TYPE_CHECKING:
    from intaglio.lsp.server import Server

WATCHED = (
    "**/*.py",
    "**/*.jsonl",
    "**/*.ndjson",
    "**/*.json",
    "**/.intaglio/locks/**",
    "**/.intaglio/templates/**",
    "**/intaglio.toml",
    "**/pyproject.toml",
)
SETTINGS_FILES = frozenset({"intaglio.toml", "pyproject.toml"})


async def watch(server: Server) -> None:
    """Ask the client to watch what states depend on; a client that cannot be asked watches what its user configured."""
    if not server.session.client.watched_files:
        return
    options = types.DidChangeWatchedFilesRegistrationOptions([types.FileSystemWatcher(pattern) for pattern in WATCHED])
    registration = types.Registration("intaglio/watched", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
    await server.protocol.send_request_async(types.CLIENT_REGISTER_CAPABILITY, types.RegistrationParams([registration]))


def did_change_watched_files(server: Server, params: types.DidChangeWatchedFilesParams) -> None:
    """Forget what stood on the files that changed, and tell anew what that concerns."""
    from intaglio.lsp.offer import reread
    from intaglio.workspace import WorkspaceError, relative_path

    session = server.session
    paths = [path for event in params.changes if (path := path_of(event.uri)) is not None]
    appeared = any(event.type is not types.FileChangeType.Changed for event in params.changes)
    if any(path.name in SETTINGS_FILES for path in paths):
        session.reconfigure()
    for root in list(session.roots.values()):
        inside: list[str] = []
        for path in paths:
            try:
                inside.append(relative_path(root.path, path))
            except WorkspaceError:
                continue
        if not inside:
            continue
        for desk in [desk for desk in session.desks.values() if desk.root is root and not desk.is_held]:
            reread(server, desk)
        whole = appeared or any(name.startswith(".intaglio/templates") for name in inside)
        for desk in session.changed_elsewhere(root, None if whole else tuple(inside)):
            server.publish(desk)
