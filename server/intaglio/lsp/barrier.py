"""`intaglio/barrier`, `intaglio/specs`, `intaglio/artifact` (docs/protocol.md): requests for tools and tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from intaglio.lsp.from_client import mapping
from intaglio.lsp.to_client import plain_range, uri_of
from intaglio.workspace import list_paths

if TYPE_CHECKING:
    from intaglio.lsp.server import Server


async def barrier(server: Server, params: Any) -> dict[str, Any]:
    """Answer once all that came before is done and published."""
    await server.settled()
    uri = mapping(params).get("uri")
    desk = server.session.desks.get(uri) if uri else None
    if desk is None:
        return {}
    return {"uri": uri, "version": desk.file.version}


def specs(server: Server, _params: Any) -> dict[str, Any]:
    """Every spec of the workspace: open files as they are in the editor, others as they are on disk."""
    from intaglio.lock.check import check_file
    from intaglio.lock.inputs import Materials
    from intaglio.snapshot import Snapshot
    from intaglio.source import SourceError
    from intaglio.spec.position import TextIndex
    from intaglio.workspace import DiskTree

    session = server.session
    rows: list[dict[str, Any]] = []
    roots = {folder: session.root_at(folder / "any.py") for folder in session.folders}
    for root in {id(root): root for root in (*roots.values(), *session.roots.values())}.values():
        settings = root.configured.settings
        snapshot = Snapshot(root.path, DiskTree(root.path, session.open_texts(root)))
        materials = Materials(root.path, snapshot)
        for path in list_paths(root.path, settings.include, settings.exclude):
            states = {state.name: state for state in check_file(materials, path).states}
            if not states:
                continue
            try:
                reading = snapshot.reading(path)
            except SourceError:
                continue
            index = TextIndex(snapshot.source(path).text)
            for spec in reading.specs:
                state = states.get(spec.name)
                if state is None:
                    continue
                rows.append(
                    {
                        "uri": uri_of(root.path / path),
                        "name": spec.name,
                        "range": plain_range(index, spec.function.name_span, session.client.encoding),
                        "state": state.state.value,
                        "reasons": list(state.reasons),
                    }
                )
    return {"version": 1, "specs": rows}
