"""One immutable picture per spec, drawn from its lock state and what is known of its stages. Every surface shows this and nothing else.

Pure: values in, values out. Knows nothing of positions in lines or of messages.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from intaglio.finding import Finding, Severity, Span
from intaglio.lock.fingerprint import short
from intaglio.lock.report import SpecState, State
from intaglio.lock.shown import ACCEPTED, Shown, shown
from intaglio.lsp.run import Run
from intaglio.progress import Phase, SpecProgress
from intaglio.spec.model import Spec
from intaglio.validate.verdict import Outcome, StageName

SETTLED = frozenset({"passed", "failed", "skipped"})


@dataclass(frozen=True, slots=True)
class StagePicture:
    """One stage as it is shown. `outcome`: notRun, queued, running, passed, failed, skipped, stale."""

    stage: str
    outcome: str = "notRun"
    millis: float = 0.0
    errors: int = 0
    warnings: int = 0


@dataclass(frozen=True, slots=True)
class SpecPicture:
    """What is shown of one spec. Spans are absolute in the file's bytes; `reasons` are sentences."""

    name: str
    span: Span
    name_span: Span
    state: str
    reasons: tuple[str, ...] = ()
    phase: str = "idle"
    stages: tuple[StagePicture, ...] = tuple(StagePicture(stage.value) for stage in StageName)
    attempt: int = 0
    attempts: int = 0
    model: str = ""
    tokens: int = 0
    estimated: bool = False
    cost: float | None = None
    job: str = ""
    fingerprint: str = ""
    outdated: bool = False
    pending: bool = False


def draw(
    spec: Spec,
    moved: int,
    state: SpecState | None,
    run: Run | None,
    referred: tuple[Finding, ...] = (),
    *,
    waits: str = "",
) -> SpecPicture:
    """The picture of a spec that was read `moved` bytes further up. `referred` was found of the files that it names; `waits`
    says what the lock of an accepted body waits for.
    """
    findings = (*spec.findings, *referred)
    stands = shown(state, findings, waits) if state is not None else Shown("unlocked", ())
    function = spec.function
    picture = SpecPicture(
        spec.name,
        Span(spec.block.start, function.span.end).shift(moved),
        function.name_span.shift(moved),
        stands.word,
        stands.reasons,
        pending=stands.word == ACCEPTED,
        stages=_stages_of_lock(state),
        fingerprint=_fingerprint(state),
    )
    invalid = any(finding.severity is Severity.ERROR for finding in findings)
    return picture if run is None else _with_run(picture, run, invalid=invalid)


def _with_run(picture: SpecPicture, run: Run, *, invalid: bool) -> SpecPicture:
    progress = run.progress
    if run.outdated:
        stages = tuple(
            StagePicture(one.stage) if invalid or one.outcome not in SETTLED else replace(one, outcome="stale")
            for one in stages_of_run(run)
        )
        return replace(picture, stages=stages, outdated=True)
    if run.recalled:
        return replace(picture, stages=stages_of_run(run))
    phase = "queued" if run.queued else "validating" if progress.phase is Phase.WAITING else progress.phase.value
    if progress.phase is Phase.ACCEPTED and picture.state == State.LOCKED:
        phase = "locked"
    return replace(
        picture,
        phase=phase,
        stages=stages_of_run(run),
        attempt=progress.attempt,
        attempts=progress.attempts,
        model=progress.model,
        tokens=progress.usage.input_tokens + progress.usage.output_tokens,
        estimated=progress.usage.estimated,
        cost=progress.usage.cost,
        job="" if run.ended else run.job,
        fingerprint=progress.body_fingerprint or picture.fingerprint,
    )


def stages_of_run(run: Run) -> tuple[StagePicture, ...]:
    """The four stages of a run's latest candidate. Between attempts the last candidate's stay, until the next one is judged."""
    progress = run.progress
    shown: list[StagePicture] = []
    for stage in StageName:
        verdict = next((one for one in progress.verdicts if one.stage is stage), None)
        if verdict is not None:
            errors = sum(finding.severity is Severity.ERROR for finding in verdict.findings)
            warnings = sum(finding.severity is Severity.WARNING for finding in verdict.findings)
            shown.append(StagePicture(stage.value, verdict.outcome.value, verdict.millis, errors, warnings))
        elif progress.running is stage:
            shown.append(StagePicture(stage.value, "running"))
        else:
            waiting = not progress.done and not _has_failed(progress)
            shown.append(StagePicture(stage.value, "queued" if waiting else "notRun"))
    return tuple(shown)


def _has_failed(progress: SpecProgress) -> bool:
    return any(verdict.outcome is Outcome.FAILED for verdict in progress.verdicts)


def _stages_of_lock(state: SpecState | None) -> tuple[StagePicture, ...]:
    """What the lock says that the stages said, and whether that still is about this text."""
    if state is None or state.entry is None or state.state is State.STUB:
        return tuple(StagePicture(stage.value) for stage in StageName)
    outcomes = {record.stage: record.outcome for record in state.entry.stages}
    fresh = state.state is State.LOCKED
    return tuple(
        StagePicture(stage.value, outcomes[stage.value] if fresh else "stale")
        if stage.value in outcomes
        else StagePicture(stage.value)
        for stage in StageName
    )


def _fingerprint(state: SpecState | None) -> str:
    return short(state.entry.inputs.body) if state is not None and state.entry is not None else ""
