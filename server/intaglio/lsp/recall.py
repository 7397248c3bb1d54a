"""What the local verdict cache knows of an open file, looked up in the process beside the server's: when the file is
opened, when a job has ended, and when typing pauses after the file, or something that its bodies stand on,
has changed.

So a body that passed is `ready` in the editor as on the command line, what failed is said again when the file is opened again,
and an undo brings back what was known. Runs nothing; in a workspace that is not trusted nothing is believed that stands in its
cache.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from lsprotocol import types

from intaglio.lsp.run import Basis, Run, region_of
from intaglio.progress import SpecProgress
from intaglio.validate.verdict import passed

if TYPE_CHECKING:
    from intaglio.config import Settings
    from intaglio.lock.model import LockFile, Present
    from intaglio.lsp.server import Server
    from intaglio.snapshot import Snapshot
    from intaglio.spec.model import Spec


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
    broken, found = False, dict[str, Run | None].fromkeys(presents)
    if (desk.root.path / ".intaglio" / "cache" / "verdicts").is_dir():
        broken, found = await server.jobs.call(_look_up, view.snapshot, view.settings, view.path, presents, desk.lock)
    if session.desks.get(uri) is not desk or server.ending or not session.trusts(desk.root):
        return
    found = {  # what went over and came back equals what is here, and comparing the same values is quicker at every key
        name: run and replace(run, basis=Basis.of(presents[name], view.settings)) for name, run in found.items()
    }
    data = view.document.data if broken else b""
    desk.looked_up |= {name: (present, data) for name, present in presents.items()}
    if all(run is None and name not in desk.recalled for name, run in found.items()):
        return
    desk.recall(found)
    server.publish(desk)
    if session.client.hint_refresh:
        server.protocol.send_request(types.WORKSPACE_INLAY_HINT_REFRESH, None)


def _look_up(
    snapshot: Snapshot, settings: Settings, path: str, presents: Mapping[str, Present], lock: LockFile
) -> tuple[bool, dict[str, Run | None]]:
    """Whether the file does not parse as a whole, and of each body what the cache has, as a run."""
    from intaglio.lock.origin import origin_of
    from intaglio.source import SourceError
    from intaglio.spec.module_index import index_module

    folder = snapshot.root / ".intaglio" / "cache" / "verdicts"
    found: dict[str, Run | None] = dict.fromkeys(presents)
    try:
        if not folder.is_dir() or not any(folder.iterdir()):
            return False, found
        text, reading = snapshot.source(path).text, snapshot.reading(path)
    except (OSError, SourceError):
        return False, found
    if index_module(path, text).error:
        return True, found
    for spec in reading.specs:
        if (present := presents.get(spec.name)) is not None:
            run = _known(snapshot, settings, path, text, spec, present)
            if run is not None and passed(run.progress.verdicts):
                made = origin_of(snapshot.root, path, spec.name, present.inputs.body, lock.find(spec.name))
                run = replace(run, by_hand=made is None)
            found[spec.name] = run
    return False, found


def _known(snapshot: Snapshot, settings: Settings, path: str, text: str, spec: Spec, present: Present) -> Run | None:
    from intaglio.events import SpecKey
    from intaglio.finding import Severity
    from intaglio.source import SourceError
    from intaglio.subject import gather
    from intaglio.template.model import TemplateError
    from intaglio.validate.pipeline import read_cached, subject_key

    try:
        gathered = gather(snapshot, settings, path, text, spec)
    except (SourceError, TemplateError):  # said where the spec's own findings are
        return None
    if any(finding.severity is Severity.ERROR for finding in (*spec.findings, *gathered.findings)):
        return None
    folder = snapshot.root / ".intaglio" / "cache" / "verdicts"
    verdicts = read_cached(folder, subject_key(gathered.subject))
    if verdicts is None:
        return None
    progress = SpecProgress(SpecKey(path, spec.name), verdicts=verdicts)
    region = region_of(spec, text.encode("utf-8", "surrogatepass"))
    return Run(progress, "", region, queued=False, basis=Basis.of(present, settings), recalled=True)
