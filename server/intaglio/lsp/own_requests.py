"""`intaglio/barrier`, `intaglio/specs`, `intaglio/artifact` (docs/protocol.md): requests for tools and tests."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from intaglio.lsp.from_client import mapping
from intaglio.lsp.protocol import RequestFailed
from intaglio.lsp.to_client import plain_range, uri_of

if TYPE_CHECKING:
    from intaglio.lock.model import Inputs
    from intaglio.lsp.server import Server
    from intaglio.workspace_states import SpecStanding


async def barrier(server: Server, params: Any) -> dict[str, Any]:
    """Answer once all that came before is done and published."""
    await server.settled()
    uri = mapping(params).get("uri")
    desk = server.session.desks.get(uri) if uri else None
    if desk is None:
        return {}
    return {"uri": uri, "version": desk.file.version}


async def specs(server: Server, _params: Any) -> dict[str, Any]:
    """Every spec of the workspace: open files as they are in the editor, others as they are on disk, read beside the loop."""
    from intaglio.workspace_states import workspace_states

    session = server.session
    roots = [session.root_at(folder / "any.py") for folder in session.folders]
    rows: list[dict[str, Any]] = []
    for root in {id(root): root for root in (*roots, *session.roots.values())}.values():
        settings, texts, trusts = root.configured.settings, session.open_texts(root), session.trusts(root)
        listed = partial(workspace_states, believes_cache=trusts)
        try:
            files = await server.jobs.call(listed, root.path, settings, texts, session.client.encoding)
        except RuntimeError as error:
            raise RequestFailed(f"the workspace {root.path} cannot be read: {error}") from error
        for path, found in files:
            if (desk := session.desk_of(root, path)) is None:
                rows += [_row(uri_of(root.path / path), one.name, _range(one), one.state, one.reasons) for one in found]
                continue
            session.compute(desk)
            for one in desk.pictures():
                here = plain_range(desk.file.index, one.name_span, session.client.encoding)
                rows.append(_row(desk.file.uri, one.name, here, one.state, one.reasons))
    return {"version": 1, "specs": rows}


def _row(uri: str, name: str, here: dict[str, Any], state: str, reasons: tuple[str, ...]) -> dict[str, Any]:
    return {"uri": uri, "name": name, "range": here, "state": state, "reasons": list(reasons)}


def _range(one: SpecStanding) -> dict[str, Any]:
    places = {"start": one.start, "end": one.end}
    return {side: {"line": place.line, "character": place.character} for side, place in places.items()}


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
