"""`intaglio/barrier`, `intaglio/specs`, `intaglio/artifact` (docs/protocol.md): requests for tools and tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from intaglio.lsp.from_client import mapping
from intaglio.lsp.to_client import plain_range, uri_of

if TYPE_CHECKING:
    from intaglio.lock.inputs import Materials
    from intaglio.lock.model import Inputs
    from intaglio.lsp.picture import SpecPicture
    from intaglio.lsp.server import Server
    from intaglio.snapshot import Snapshot
    from intaglio.spec.position import TextIndex


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
    from intaglio.lock.inputs import Materials
    from intaglio.snapshot import Snapshot
    from intaglio.workspace import DiskTree, list_paths

    session = server.session
    rows: list[dict[str, Any]] = []
    roots = {folder: session.root_at(folder / "any.py") for folder in session.folders}
    for root in {id(root): root for root in (*roots.values(), *session.roots.values())}.values():
        settings = root.configured.settings
        snapshot = Snapshot(root.path, DiskTree(root.path, session.open_texts(root)))
        materials = Materials(root.path, snapshot)
        for path in list_paths(root.path, settings.include, settings.exclude):
            desk = session.desk_of(root, path)
            if desk is not None:
                session.compute(desk)
                pictures, index, uri = desk.pictures(), desk.file.index, desk.file.uri
            else:
                pictures, index, uri = *_on_disk(materials, snapshot, path), uri_of(root.path / path)
            rows += [
                {
                    "uri": uri,
                    "name": picture.name,
                    "range": plain_range(index, picture.name_span, session.client.encoding),
                    "state": picture.state,
                    "reasons": list(picture.reasons),
                }
                for picture in pictures
            ]
    return {"version": 1, "specs": rows}


def _on_disk(materials: Materials, snapshot: Snapshot, path: str) -> tuple[tuple[SpecPicture, ...], TextIndex]:
    """The pictures of a file that is not open, with the lines of its text."""
    from intaglio.lock.check import check_file
    from intaglio.lsp.picture import draw
    from intaglio.source import SourceError
    from intaglio.spec.position import TextIndex
    from intaglio.spec.references import check_references

    states = {state.name: state for state in check_file(materials, path).states}
    try:
        text, reading = (snapshot.source(path).text, snapshot.reading(path)) if states else ("", None)
    except SourceError:
        text, reading = "", None
    root = snapshot.root
    pictures = tuple(
        draw(spec, 0, states[spec.name], None, check_references(spec, root / path, root))
        for spec in (reading.specs if reading is not None else ())
        if spec.name in states
    )
    return pictures, TextIndex(text)


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
