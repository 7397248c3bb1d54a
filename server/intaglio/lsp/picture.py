"""One immutable picture per spec, drawn from its lock state and its latest run. Every surface shows this and nothing else.

Pure: values in, values out. Knows nothing of positions in lines or of messages.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from intaglio.finding import Finding, Severity, Span
from intaglio.lock.fingerprint import short
from intaglio.lock.report import SpecState, State
from intaglio.lsp.open_file import Change
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
class Placed:
    """A run's finding where it is shown in the file now. `stage` is "" when none says it. `exact`: it is about that text."""

    stage: str
    finding: Finding
    span: Span
    exact: bool


@dataclass(frozen=True, slots=True)
class Run:
    """The latest run of one spec. `before` is the text that it works on, from the block to the function's end; `after` the
    candidate's, once there is one. `placed` are its findings, moved with the text once it is outdated.
    """

    progress: SpecProgress
    job: str
    before: bytes
    after: bytes = b""
    queued: bool = True
    outdated: bool = False
    placed: tuple[Placed, ...] = ()

    @property
    def ended(self) -> bool:
        """Whether nothing more comes of it."""
        return self.progress.done


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


def region_of(spec: Spec, data: bytes) -> bytes:
    """A spec's own text: its block, its function, and what stands between."""
    return data[spec.block.start : spec.function.span.end]


def draw(spec: Spec, moved: int, state: SpecState | None, run: Run | None, *, pending: bool) -> SpecPicture:
    """The picture of a spec that was read `moved` bytes further up. An error in the spec makes it `invalid`, unless a lock
    says more of it.
    """
    invalid = any(finding.severity is Severity.ERROR for finding in spec.findings)
    word = state.state.value if state is not None else "unlocked"
    reasons = state.reasons if state is not None else ()
    if invalid and word in {"stub", "unlocked", "ready"}:
        word, reasons = "invalid", ("the spec has errors",)
    function = spec.function
    picture = SpecPicture(
        spec.name,
        Span(spec.block.start, function.span.end).shift(moved),
        function.name_span.shift(moved),
        word,
        reasons,
        pending=pending,
        stages=_stages_of_lock(state),
        fingerprint=_fingerprint(state),
    )
    return picture if run is None else _with_run(picture, run, invalid=invalid)


def _with_run(picture: SpecPicture, run: Run, *, invalid: bool) -> SpecPicture:
    progress = run.progress
    if run.outdated:
        stages = tuple(
            StagePicture(one.stage) if invalid or one.outcome not in SETTLED else replace(one, outcome="stale")
            for one in stages_of_run(run)
        )
        return replace(picture, stages=stages, outdated=True)
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


def place_findings(run: Run, spec: Spec, data: bytes) -> tuple[Placed, ...]:
    """A run's findings in the present text, which `spec` was read from. Where the candidate is not what the file holds, a
    place in it becomes the function's name.
    """
    progress = run.progress
    present = region_of(spec, data)
    said = [("", finding) for finding in progress.findings]
    said += [(verdict.stage.value, finding) for verdict in progress.verdicts for finding in verdict.findings]
    placed: list[Placed] = []
    for stage, finding in said:
        place = finding.place
        if place is not None and place.target == "spec":
            placed.append(Placed(stage, finding, place.span.shift(spec.block.start), exact=True))
        elif place is not None and place.target == "function" and present == (run.after or run.before):
            placed.append(Placed(stage, finding, place.span.shift(spec.function.span.start), exact=True))
        else:
            placed.append(Placed(stage, finding, spec.function.name_span, exact=False))
    return tuple(dict.fromkeys(placed))


def is_of(run: Run, region: bytes) -> bool:
    """Whether a run is about this text of a spec: the one that it began with, or the candidate's."""
    return region == run.before or (bool(run.after) and region == run.after)


def moved(run: Run, changes: tuple[Change, ...]) -> Run:
    """The run with its findings moved through changes of the text."""
    placed = run.placed
    for change in changes:
        placed = tuple(replace(one, span=change.move(one.span)) for one in placed)
    return replace(run, placed=placed)


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
