"""The use case of locking again what is there: validate a body as it stands, and lock it with what is known of its origin.

For merges, for functions that were renamed, for new versions of the tools. Decides nothing about which bodies these are,
and never writes a source file.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass

from intaglio.compile import Workshop, commit, entry_for, judge_present
from intaglio.events import Accepted, Event, Proposed, SpecKey
from intaglio.lock.fingerprint import short
from intaglio.lock.model import Accepted as AcceptedBy
from intaglio.lock.model import Made


@dataclass(frozen=True, slots=True)
class Origin:
    """What the new lock says of a body besides its verdicts: how it was made, and by whom, how and why it is accepted."""

    made: Made
    accepted: AcceptedBy


def relock_spec(
    workshop: Workshop, key: SpecKey, origin: Origin, cancel: threading.Event, *, write: bool = True
) -> Iterator[Event]:
    """Validate the body that is there; when it passes all four stages, lock it (`write`). The last event says which."""
    judged = yield from judge_present(workshop, key, cancel)
    if judged is None:
        return
    if not write:
        yield Accepted(key, short(judged.inputs.body), locked=False)
        return
    entry = entry_for(key.name, judged.inputs, origin.made, judged.verdicts, origin.accepted)
    yield commit(workshop, Proposed(key, judged.text, judged.text, entry))
