"""Acceptance: who takes a body, when, how and why. Every lock says it, also where nobody gave a reason."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from intaglio.lock.model import NO_REASON, Accepted, Entry, How, Inputs, Present
from intaglio.lock.state import changed_inputs
from intaglio.person import person


def accept(root: Path, how: How, reason: str, by: str = "") -> Accepted:
    """Accepted now, by the person whom git names here unless `by` does."""
    at = dt.datetime.now(dt.UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
    return Accepted(by or person(root), at, how, " ".join(reason.split()))


def why_compiled(entry: Entry | None, present: Present) -> str:
    """The reason for compiling, where nobody gave one: what the lock said before, and what was there."""
    if entry is None:
        return "compiled from a new spec" if present.is_stub else "compiled in place of a body that no lock knew"
    changes = changed_inputs(entry, present)
    if not present.is_stub and entry.inputs.body != present.inputs.body:
        changes.insert(0, "the body had been edited by hand")
    if present.is_stub and not changes:
        changes = ["the locked body had been removed"]
    return f"compiled again: {'; '.join(changes)}" if changes else f"compiled again, {NO_REASON}"


def why_validated(entry: Entry | None, inputs: Inputs) -> str:
    """The reason for locking a body as it stands, where nobody gave one."""
    if entry is None or entry.inputs.body != inputs.body:
        return "validated as it stands"
    changes = changed_inputs(entry, Present(entry.name, inputs, is_stub=False, suite=""))
    return f"validated again: {'; '.join(changes)}" if changes else f"validated again, {NO_REASON}"
