"""What the local verdict cache knows of an open file, looked up in a thread: when the file is opened, and when a job has ended.

So a body that passed is `ready` in the editor as on the command line, and its hints are there when the file is opened again. Runs
nothing; in a workspace that is not trusted nothing is believed that stands in its cache.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from lsprotocol import types

from intaglio.lsp.session import Judged

if TYPE_CHECKING:
    from intaglio.config import Settings
    from intaglio.lsp.server import Server
    from intaglio.snapshot import Snapshot


async def recall(server: Server, uri: str, names: tuple[str, ...] | None = None) -> None:
    """Look up what the cache says of a file's bodies (those of `names`, or all), and tell what changes by it."""
    session = server.session
    desk = session.desks.get(uri)
    if desk is None or not session.trusts(desk.root):
        return
    await server.published(uri)
    if session.desks.get(uri) is not desk:
        return
    view = session.view(desk)
    found = await asyncio.to_thread(_look_up, view.snapshot, view.settings, view.path, names)
    if found and session.desks.get(uri) is desk and not server.ending:
        desk.note({**desk.judged, **found})
        server.publish(desk)
        if session.client.hint_refresh:
            server.protocol.send_request(types.WORKSPACE_INLAY_HINT_REFRESH, None)


def _look_up(snapshot: Snapshot, settings: Settings, path: str, names: tuple[str, ...] | None) -> dict[str, Judged]:
    from intaglio.lock.inputs import Materials, current_inputs
    from intaglio.source import SourceError
    from intaglio.subject import gather
    from intaglio.template.model import TemplateError
    from intaglio.validate.pipeline import passed, read_cached, subject_key

    folder = snapshot.root / ".intaglio" / "cache" / "verdicts"
    found: dict[str, Judged] = {}
    try:
        if not folder.is_dir() or not any(folder.iterdir()):
            return found
        text, reading = snapshot.source(path).text, snapshot.reading(path)
    except (OSError, SourceError):
        return found
    materials = Materials(snapshot.root, snapshot)
    for spec in reading.specs:
        if spec.function.is_stub or (names is not None and spec.name not in names):
            continue
        try:
            subject = gather(snapshot, settings, path, text, spec).subject
        except (SourceError, TemplateError):  # said where the spec's own findings are
            continue
        verdicts = read_cached(folder, subject_key(subject))
        if verdicts is not None:
            inputs = current_inputs(materials, path, text, spec).inputs
            found[spec.name] = Judged(inputs, verdicts, passed(verdicts), settings)
    return found
