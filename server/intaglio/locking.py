"""The use case of locking the body that is there: validate it as it stands, propose its lock, commit that to the disk.

`propose_lock` writes nothing, so that an editor shows it first. `relock_spec` is for bodies whose origin is known: merges,
functions that were renamed, new versions of the tools. A source file is written by `commit` alone.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from intaglio.acceptance import accept, why_validated
from intaglio.events import Accepted, Event, Proposed, Refused, SpecKey
from intaglio.lock.check import read_lock_file
from intaglio.lock.fingerprint import short
from intaglio.lock.journal import WriteStopped
from intaglio.lock.model import Accepted as AcceptedBy
from intaglio.lock.model import Entry, Inputs, Made, StageRecord
from intaglio.lock.origin import note_origin, origin_of
from intaglio.lock.write import commit_artifact
from intaglio.source import SourceError
from intaglio.validate.verdict import Verdict, passed
from intaglio.validation import judge_present
from intaglio.workshop import Workshop


def lock_spec(
    workshop: Workshop, key: SpecKey, cancel: threading.Event, *, adopt: bool, reason: str = ""
) -> Iterator[Event]:
    """Validate the body that is there and write its lock. The last event is Accepted, Refused or Stopped."""
    for event in propose_lock(workshop, key, cancel, adopt=adopt, reason=reason):
        yield commit(workshop, event) if isinstance(event, Proposed) else event


def propose_lock(
    workshop: Workshop, key: SpecKey, cancel: threading.Event, *, adopt: bool, reason: str = ""
) -> Iterator[Event]:
    """Validate the body that is there and propose its lock. The last event is Proposed, Refused or Stopped.

    A body that was compiled or locked before may be locked; another is hand-written, and needs `adopt` and a reason.
    """
    judged = yield from judge_present(workshop, key, cancel)
    if judged is None:
        return
    text, inputs = judged.text, judged.inputs
    entry = read_lock_file(judged.snapshot, key.path).find(key.name)
    made = origin_of(workshop.root, key.path, key.name, inputs.body, entry)
    if made is None and not (adopt and reason.strip()):
        yield Refused(
            key,
            f"{key.name} passed, and its body was written by hand; `intaglio lock --adopt --reason TEXT` locks it as such",
        )
        return
    accepted = accept(
        workshop.root,
        "adopted" if made is None else "validated",
        reason or why_validated(entry, inputs),
    )
    fresh = entry_for(key.name, inputs, made or Made("hand"), judged.verdicts, accepted)
    yield Proposed(key, text, text, fresh)


def entry_for(name: str, inputs: Inputs, made: Made, verdicts: Sequence[Verdict], accepted: AcceptedBy) -> Entry:
    """A lock's entry. Raises ValueError unless all four stages passed: there is no other way to a green lock."""
    if not passed(verdicts):
        raise ValueError(f"{name} has not passed all four stages; it cannot be locked")
    stages = tuple(
        StageRecord(verdict.stage.value, verdict.outcome.value, verdict.digest, verdict.tools) for verdict in verdicts
    )
    return Entry(name, inputs, made, stages, accepted)


def commit(workshop: Workshop, proposed: Proposed, *, lock: bool = True) -> Accepted | Refused:
    """Write a proposal to the disk, its lock too unless `lock` is false; or say why it could not be written."""
    key, entry = proposed.key, proposed.entry
    try:
        commit_artifact(workshop.root, key.path, key.name, proposed.before, proposed.after, entry if lock else None)
    except (SourceError, WriteStopped) as error:
        return Refused(key, str(error))
    if not lock:
        note_origin(workshop.root, entry.inputs.body, entry.made)
    return Accepted(key, short(entry.inputs.body), locked=lock)


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
