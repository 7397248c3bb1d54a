"""workspace/didChangeConfiguration, workspace/configuration, workspace/didChangeWorkspaceFolders: settings and roots, live."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types

from intaglio.lsp.from_client import mapping, path_of

if TYPE_CHECKING:
    from intaglio.lsp.server import Server

SECTION = "intaglio"


def did_change_configuration(server: Server, params: types.DidChangeConfigurationParams) -> None:
    """Take new settings: those that came along, or those that the client gives when it is asked. Those that it started the
    server with hold until it sets others.
    """
    if server.session.client.configuration:
        server.spawn(pull_configuration(server))
        return
    given = mapping(params.settings)
    own = mapping(given.get(SECTION)) if SECTION in given else given
    server.session.from_client = {**server.session.client.settings, **own}
    _publish_all(server)


async def pull_configuration(server: Server) -> None:
    """Ask the client for its settings: for all, and for each folder."""
    session = server.session
    if not session.client.configuration:
        return
    items = [types.ConfigurationItem(section=SECTION)]
    items += [types.ConfigurationItem(scope_uri=uri, section=SECTION) for uri in server.folder_uris]
    answer: Any = await server.protocol.send_request_async(
        types.WORKSPACE_CONFIGURATION, types.ConfigurationParams(items)
    )
    answers = list(answer or ())
    session.from_client = {**session.client.settings, **mapping(answers[0] if answers else {})}
    folders = [path_of(uri) for uri in server.folder_uris]
    session.from_folders = {
        folder: dict(mapping(one)) for folder, one in zip(folders, answers[1:], strict=False) if folder is not None
    }
    _publish_all(server)


def did_change_workspace_folders(server: Server, params: types.DidChangeWorkspaceFoldersParams) -> None:
    """Take folders up and put them away; open files find their roots anew."""
    gone = {folder.uri for folder in params.event.removed}
    server.folder_uris = [uri for uri in server.folder_uris if uri not in gone]
    server.folder_uris += [folder.uri for folder in params.event.added if folder.uri not in server.folder_uris]
    session = server.session
    session.folders = [path for uri in server.folder_uris if (path := path_of(uri)) is not None]
    for desk in list(session.desks.values()):
        session.find_root_again(desk)
    session.forget_roots()
    server.spawn(pull_configuration(server))
    _publish_all(server)


def _publish_all(server: Server) -> None:
    server.session.reconfigure()
    for desk in server.session.desks.values():
        server.publish(desk)
