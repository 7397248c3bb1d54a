"""What a lock says, and what a function is made from. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from intaglio.finding import Finding
from intaglio.lock.report import FileStates, SpecState, State, VerifyReport

__all__ = [
    "NO_REASON",
    "Accepted",
    "Entry",
    "FileStates",
    "How",
    "Inputs",
    "LockFile",
    "Made",
    "Pairs",
    "Present",
    "SpecState",
    "StageRecord",
    "State",
    "VerifyReport",
]  # fmt: skip

How = Literal["compiled", "validated", "adopted", "followed"]
"""How a body came to be accepted; "adopted" is one that a person wrote."""
Pairs = tuple[tuple[str, str], ...]
"""(name, fingerprint) pairs, sorted by name."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """The fingerprints of one function and of all that it is made from. A lock records them; verify computes them anew.

    `reach` names definitions: `NAME` in the own file, `PATH::NAME` in another. `depends` are the workspace files,
    the function's own left out, whose change can change a fingerprint here. Of what is missing the fingerprint is "".
    """

    spec: str
    signature: str
    body: str
    template: Pairs = ()
    modules: Pairs = ()
    blocks: Pairs = ()
    golden: Pairs = ()
    reach: Pairs = ()
    depends: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Present:
    """A spec's function as it is now: its inputs, whether it has a body, and what could not be read."""

    name: str
    inputs: Inputs
    is_stub: bool
    suite: str
    """The suite's text, from behind the colon of the header."""
    locked_note: str | None = None
    """What the spec's own `locked:` line says."""
    problems: tuple[Finding, ...] = ()
    """Errors that leave some input unknown: a lock cannot hold while there are any."""


@dataclass(frozen=True, slots=True)
class Made:
    """How a body came to be. `backend` is "rules", "litellm", "cassette", "hand" for an adopted one, or "merge" for one that
    git merged line by line from two that were locked.

    `usage` says whose count the tokens are: the provider's ("reported"), ours ("estimated"), or nobody's ("none").
    `cost` is in US dollars, None when unknown. `prompt` is the prompt's fingerprint.
    """

    backend: str
    model: str = ""
    parameters: tuple[tuple[str, str], ...] = ()
    prompt: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    usage: Literal["reported", "estimated", "none"] = "none"
    cost: float | None = None
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class StageRecord:
    """A stage's verdict as a lock keeps it."""

    stage: str
    outcome: str
    digest: str = ""
    tools: tuple[tuple[str, str], ...] = ()


NO_REASON = "though nothing had changed"
"""What a lock's reason ends in where nobody gave one and there was none to see."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """Who accepted a body, when (ISO 8601, UTC, seconds), how, and why."""

    by: str
    at: str
    how: How
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One artifact's lock. `sealed` says whether its seal holds; only such an entry proves anything."""

    name: str
    inputs: Inputs
    made: Made
    stages: tuple[StageRecord, ...]
    accepted: Accepted
    sealed: bool = True


@dataclass(frozen=True)
class LockFile:
    """What the lock file of one source file says. `findings` tell what in it cannot be used, and `broken` names the
    artifacts that this concerns, as far as they can be made out.
    """

    entries: tuple[Entry, ...] = ()
    findings: tuple[Finding, ...] = ()
    broken: tuple[tuple[str, str], ...] = ()
    """(name, why) of artifacts that the file mentions and that cannot be used."""

    def find(self, name: str) -> Entry | None:
        """The usable entry of a qualified name."""
        return self._by_name.get(name)

    @cached_property
    def _by_name(self) -> dict[str, Entry]:
        return {entry.name: entry for entry in reversed(self.entries)}
