"""A state as it is shown: one of the locks'; or `invalid`, which a spec with errors is unless a lock holds or says how it fails to; or
`accepted`, while the lock of a body that the user took is not written yet.

The one place where that is decided: the command line, the editor's surfaces and the report draw from here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from intaglio.finding import Finding, Severity
from intaglio.lock.report import SpecState, State

INVALID, ACCEPTED = "invalid", "accepted"
_GIVES_WAY = frozenset({State.STUB, State.UNLOCKED, State.READY})


@dataclass(frozen=True, slots=True)
class Shown:
    """A state's word with its reasons, which are sentences."""

    word: str
    reasons: tuple[str, ...]


def shown(state: SpecState, findings: Iterable[Finding], waits: str = "") -> Shown:
    """How a state is shown of a spec of which the reader found this: of its text, and of the files that it names.

    `waits` says of a body that was accepted what its lock waits for; "" for every other.
    """
    if waits:
        return Shown(ACCEPTED, (waits,))
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if not errors or state.state not in _GIVES_WAY:
        return Shown(state.state.value, state.reasons)
    count = "an error" if len(errors) == 1 else f"{len(errors)} errors"
    return Shown(INVALID, (f"the spec has {count}: {errors[0].message}",))
