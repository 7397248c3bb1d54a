"""What the local verdict cache knows of an open file, looked up in the process beside the server's: when the file is
opened, when a job has ended, and when typing pauses after the file, or something that its bodies stand on,
has changed.

So a body that passed is `ready` in the editor as on the command line, what failed is said again when the file is opened again,
and an undo brings back what was known. Runs nothing; in a workspace that is not trusted nothing is believed that stands in its
cache.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from intaglio.cached_verdicts import Cached, Known, look_up
from intaglio.events import SpecKey
from intaglio.lsp.run import Basis, Run, region_of
from intaglio.progress import SpecProgress

if TYPE_CHECKING:
    from intaglio.lsp.server import Server


async def recall(server: Server, uri: str) -> None:
    """Look up what the cache says of a file's bodies that it was not asked for yet, and tell what changes by it."""
    session = server.session
    await server.published(uri)
    desk = session.desks.get(uri)
    if desk is None or not session.trusts(desk.root):
        return
    view = session.view(desk)
    names = desk.not_looked_up()
    presents = {name: present for name in names if (present := desk.live.present(name)) is not None}
    if not presents:
        return
    known = Known({})
    if (desk.root.path / ".intaglio" / "cache" / "verdicts").is_dir():
        known = await server.jobs.call(look_up, view.snapshot, view.settings, view.path, presents, desk.lock)
    if session.desks.get(uri) is not desk or server.ending or not session.trusts(desk.root):
        return
    found: dict[str, Run | None] = dict.fromkeys(presents)
    for name, cached in known.bodies.items():
        if (spec := view.document.reading.find(name)) is not None:
            region = region_of(spec, view.document.data)
            found[name] = _run(view.path, name, region, cached, Basis.of(presents[name], view.settings))
    data = view.document.data if known.broken else b""
    desk.looked_up |= {name: (present, data) for name, present in presents.items()}
    if all(run is None and name not in desk.recalled for name, run in found.items()):
        return
    desk.recall(found)
    server.publish(desk)
    if session.client.hint_refresh:
        server.protocol.send_request(types.WORKSPACE_INLAY_HINT_REFRESH, None)


def _run(path: str, name: str, region: bytes, cached: Cached, basis: Basis) -> Run:
    """What the cache knows of a body, as a run."""
    progress = SpecProgress(SpecKey(path, name), verdicts=cached.verdicts)
    return Run(progress, "", region, queued=False, basis=basis, recalled=True, by_hand=cached.by_hand)
