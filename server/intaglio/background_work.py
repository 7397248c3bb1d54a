"""Background work: what an editor has done on some specs of one file, as plain values; and doing it, as a stream of events.

Knows no protocol and no process: `background_process.py` does it beside a server. Loads the use cases when it is done, not
when it is described.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from intaglio.config import Settings
from intaglio.events import Assembled, Event, Proposed, Refused, SpecKey, Stopped

if TYPE_CHECKING:
    from intaglio.generate.backends import Backends
    from intaglio.validate.tools import Toolbox
    from intaglio.workshop import Workshop


@dataclass(frozen=True, slots=True)
class Compile:
    """Have a body written. See `compile.Options`."""

    replace: bool = False
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Validate:
    """Run the stages on the body that is there."""


@dataclass(frozen=True, slots=True)
class Lock:
    """Validate the body that is there and propose its lock; of those in `waiting` the lock is at hand."""

    adopt: bool = False
    reason: str = ""
    waiting: Mapping[str, Proposed] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Work:
    """Work on specs of one file, one after another. `texts` are those of the root's open files, the file itself among them;
    `regions` is each spec's own text in it.
    """

    task: Compile | Validate | Lock
    root: Path
    settings: Settings
    texts: Mapping[str, str]
    keys: tuple[SpecKey, ...]
    regions: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Told:
    """An event, with the spec's own text in the candidate where the event has one."""

    event: Event
    after: bytes = b""


@dataclass(frozen=True, slots=True)
class Begin:
    """Do some work."""

    number: int
    work: Work


@dataclass(frozen=True, slots=True)
class Cancel:
    """End work as soon as it can be ended."""

    number: int


@dataclass(frozen=True, slots=True)
class Skip:
    """Do not begin on one of the specs: it was edited meanwhile."""

    number: int
    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """Call a function of this program, which reads and computes, with plain values; runs beside the work."""

    number: int
    function: Callable[..., Any]
    arguments: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """What a call gave, or how it failed."""

    value: Any = None
    failure: str = ""


def do_work(
    work: Work, toolbox: Toolbox, backends: Backends, cancel: threading.Event, skipped: set[str]
) -> Iterator[Told]:
    """Do it, spec by spec; a body that passed is there for those that follow. What is `skipped` meanwhile is not begun."""
    from intaglio.opening import open_workshop

    overlay = dict(work.texts)
    for key in work.keys:
        if cancel.is_set() or key.name in skipped:
            yield Told(Stopped(key))
            continue
        before = overlay[key.path]
        workshop = open_workshop(work.root, work.settings, toolbox, overlay, backends)
        for event in _guarded(_events(work.task, workshop, key, before, cancel), key):
            after = b""
            if isinstance(event, Assembled | Proposed):
                new = event.text if isinstance(event, Assembled) else event.after
                after = _candidate_region(before, new, work.regions[key.name])
            yield Told(event, after)
            if isinstance(event, Proposed):
                overlay[key.path] = event.after


def _events(
    task: Compile | Validate | Lock, workshop: Workshop, key: SpecKey, text: str, cancel: threading.Event
) -> Iterator[Event]:
    match task:
        case Compile(replace=replace, remark=remark):
            from intaglio.compile import Options, propose_spec

            yield from propose_spec(workshop, key, Options(replace=replace, remark=remark), cancel)
        case Validate():
            from intaglio.validation import validate_spec

            yield from validate_spec(workshop, key, cancel)
        case Lock(adopt=adopt, reason=reason, waiting=waiting):
            from intaglio.locking import propose_lock

            if key.name in waiting:
                yield Proposed(key, text, text, waiting[key.name].entry)
            else:
                yield from propose_lock(workshop, key, cancel, adopt=adopt, reason=reason)


def _guarded(events: Iterator[Event], key: SpecKey) -> Iterator[Event]:
    """The events of a spec; a crash is a refusal that says so, and the process lives on."""
    try:
        yield from events
    except Exception as error:  # noqa: BLE001 - a crashing stage is said, never swallowed
        yield Refused(key, f"an error in intaglio itself ended this: {type(error).__name__}: {error}; please report it")


def _candidate_region(before: str, after: str, region: bytes) -> bytes:
    """The spec's own text in `after`, given its text in `before`; b"" when the two differ outside of it."""
    old, new = before.encode("utf-8", "surrogatepass"), after.encode("utf-8", "surrogatepass")
    start = old.find(region)
    if start < 0 or old[:start] != new[:start]:
        return b""
    tail = len(old) - start - len(region)
    return new[start : len(new) - tail] if new[len(new) - tail :] == old[start + len(region) :] else b""
