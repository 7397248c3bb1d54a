"""`intaglio/barrier`, `intaglio/specs`, `intaglio/artifact` (docs/protocol.md): requests for tools and tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from intaglio.lsp.from_client import mapping
from intaglio.lsp.to_client import plain_range, uri_of

if TYPE_CHECKING:
    from intaglio.lock.model import Inputs
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
    from intaglio.lsp.picture import draw
    from intaglio.snapshot import Snapshot
    from intaglio.source import SourceError
    from intaglio.spec.position import TextIndex
    from intaglio.workspace import DiskTree, list_paths

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
                picture = draw(spec, 0, state, None, pending=False)
                rows.append(
                    {
                        "uri": uri_of(root.path / path),
                        "name": spec.name,
                        "range": plain_range(index, picture.name_span, session.client.encoding),
                        "state": picture.state,
                        "reasons": list(picture.reasons),
                    }
                )
    return {"version": 1, "specs": rows}


def artifact(server: Server, params: Any) -> dict[str, Any]:
    """One artifact's details: the entry of the report document, with its fingerprints and its life."""
    from intaglio.lock.summary import lock_summary
    from intaglio.lsp.arguments import spec_of
    from intaglio.lsp.commands_text import life_of

    desk, spec, _ = spec_of(server, (mapping(params),))
    server.session.compute(desk)
    picture = next(one for one in desk.pictures() if one.name == spec.name)
    state = desk.state(spec.name)
    present = desk.live.present(spec.name)
    entry = state.entry if state is not None else None
    return {
        "path": desk.file.path,
        "name": spec.name,
        "state": picture.state,
        "reasons": list(picture.reasons),
        "stages": [
            {"stage": one.stage, "outcome": one.outcome, "millis": round(one.millis, 1)} for one in picture.stages
        ],
        "lock": lock_summary(entry),
        "fingerprints": {
            "now": _fingerprints(present.inputs) if present is not None else None,
            "locked": _fingerprints(entry.inputs) if entry is not None else None,
        },
        "history": life_of(desk, spec.name),
    }


def _fingerprints(inputs: Inputs) -> dict[str, Any]:
    return {
        "spec": inputs.spec,
        "signature": inputs.signature,
        "body": inputs.body,
        "template": dict(inputs.template),
        "blocks": dict(inputs.blocks),
        "golden": dict(inputs.golden),
        "reach": dict(inputs.reach),
    }
