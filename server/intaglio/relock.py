"""The use case of locking again what is there: validate a body as it stands, and lock it with what is known of its origin.

For merges, for functions that were renamed, for new versions of the tools. Decides nothing about which bodies these are,
and never writes a source file.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace

from intaglio.compile import Workshop, entry_for, validate_spec
from intaglio.events import Accepted, Event, Refused, SpecKey, StageEnded
from intaglio.lock.inputs import Materials, current_inputs
from intaglio.lock.journal import WriteStopped
from intaglio.lock.model import Accepted as AcceptedBy
from intaglio.lock.model import Made, Present
from intaglio.lock.write import commit_artifact
from intaglio.snapshot import Snapshot
from intaglio.source import SourceError
from intaglio.validate.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Origin:
    """What the new lock says of a body besides its verdicts: how it was made, and by whom, how and why it is accepted."""

    made: Made
    accepted: AcceptedBy


def relock_spec(
    workshop: Workshop, key: SpecKey, origin: Origin, cancel: threading.Event, *, write: bool = True
) -> Iterator[Event]:
    """Validate the body that is there; when it passes all four stages, lock it (`write`). The last event says which."""
    snapshot = Snapshot.of_disk(workshop.root)
    try:
        text = snapshot.source(key.path).text
        present = present_of(workshop, snapshot, key)
    except SourceError as error:
        yield Refused(key, str(error))
        return
    verdicts: list[Verdict] = []
    for event in validate_spec(workshop, key, cancel):
        if isinstance(event, StageEnded):
            verdicts.append(event.verdict)
        if not isinstance(event, Accepted) or not write:
            yield event
            continue
        try:
            entry = entry_for(key.name, present.inputs, origin.made, verdicts, origin.accepted)
            commit_artifact(workshop.root, key.path, key.name, text, text, entry)
        except WriteStopped as error:
            yield Refused(key, str(error))
            return
        yield replace(event, locked=True)


def present_of(workshop: Workshop, snapshot: Snapshot, key: SpecKey) -> Present:
    """What a spec's function is made from now, read before its stages run: what changes meanwhile is not locked.

    Raises SourceError.
    """
    text = snapshot.source(key.path).text
    spec = snapshot.reading(key.path).find(key.name)
    if spec is None:
        raise SourceError(f"there is no spec on a function {key.name} in {key.path}")
    return current_inputs(Materials(workshop.root, snapshot), key.path, text, spec)
