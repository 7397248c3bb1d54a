"""The pure reducer: events folded into one immutable picture per spec. Every surface is drawn from it alone."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

from intaglio.events import (
    Accepted,
    Assembled,
    AttemptBegun,
    Begun,
    Event,
    Generated,
    Noticed,
    Proposed,
    Refused,
    SpecKey,
    StageBegun,
    StageEnded,
    Stopped,
    Streamed,
)
from intaglio.finding import Finding
from intaglio.generate.interface import Usage
from intaglio.lock.fingerprint import short
from intaglio.validate.verdict import Outcome, StageName, Verdict


class Phase(StrEnum):
    """Where the work on a spec stands."""

    WAITING = "waiting"
    GENERATING = "generating"
    VALIDATING = "validating"
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    LOCKED = "locked"
    REFUSED = "refused"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class SpecProgress:
    """One spec's picture. `verdicts` are those of the latest candidate; `usage` sums all attempts."""

    key: SpecKey
    phase: Phase = Phase.WAITING
    attempt: int = 0
    attempts: int = 0
    backend: str = ""
    model: str = ""
    streamed: str = ""
    candidate: int = 0
    body: str = ""
    text: str = ""
    running: StageName | None = None
    verdicts: tuple[Verdict, ...] = ()
    findings: tuple[Finding, ...] = ()
    usage: Usage = field(default_factory=Usage)
    reason: str = ""
    environment: bool = False
    body_fingerprint: str = ""

    def outcome(self, stage: StageName) -> Outcome | None:
        """What the latest candidate's stage came to; None while it has not ended."""
        return next((verdict.outcome for verdict in self.verdicts if verdict.stage == stage), None)

    @property
    def done(self) -> bool:
        """Whether nothing more will happen."""
        return self.phase in {Phase.PROPOSED, Phase.ACCEPTED, Phase.LOCKED, Phase.REFUSED, Phase.CANCELLED}


def advance(state: SpecProgress, event: Event) -> SpecProgress:
    """The state after one event of the same spec. Raises ValueError for another spec's event."""
    if event.key != state.key:
        raise ValueError(f"an event of {event.key} cannot advance the state of {state.key}")
    match event:
        case Begun():
            return SpecProgress(state.key)
        case Noticed(finding=finding):
            return replace(state, findings=(*state.findings, finding))
        case AttemptBegun():
            return replace(
                state,
                phase=Phase.GENERATING,
                attempt=event.attempt,
                attempts=event.attempts,
                backend=event.backend,
                model=event.model,
                streamed="",
                candidate=0,
            )
        case Streamed(candidate=candidate, text=text) if state.phase is Phase.VALIDATING:  # one after another: the next
            return replace(state, phase=Phase.GENERATING, streamed=text, candidate=candidate)
        case Streamed():
            return replace(state, streamed=state.streamed + event.text) if event.candidate == state.candidate else state
        case Generated(usage=usage):
            return replace(state, usage=add_usage(state.usage, usage))
        case Assembled():
            return replace(
                state,
                phase=Phase.VALIDATING,
                candidate=event.candidate,
                body=event.body,
                text=event.text,
                verdicts=(),
                running=None,
            )
        case StageBegun(stage=stage):
            return replace(state, phase=Phase.VALIDATING, running=stage)
        case StageEnded(verdict=verdict):
            return replace(state, running=None, verdicts=(*state.verdicts, verdict))
        case Proposed(entry=entry):
            return replace(
                state, phase=Phase.PROPOSED, text=event.after, body_fingerprint=short(entry.inputs.body), running=None
            )
        case Accepted():
            return replace(
                state,
                phase=Phase.LOCKED if event.locked else Phase.ACCEPTED,
                body_fingerprint=event.body_fingerprint,
                running=None,
            )
        case Refused():
            return replace(state, phase=Phase.REFUSED, reason=event.reason, environment=event.environment, running=None)
        case Stopped():
            return replace(state, phase=Phase.CANCELLED, reason="cancelled", running=None)


def add_usage(one: Usage, other: Usage) -> Usage:
    """The sum of two usages; a price is unknown, and a count estimated, where that of either is."""
    cost = None if one.cost is None or other.cost is None else one.cost + other.cost
    return Usage(
        one.input_tokens + other.input_tokens,
        one.output_tokens + other.output_tokens,
        cost,
        one.estimated or other.estimated,
    )
