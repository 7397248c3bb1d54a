"""The use case: generate, assemble, validate, lock one spec, as a stream of events.

`propose_spec` and `propose_lock` end in a proposal and write nothing; `compile_spec` and `lock_spec` commit it to the disk,
and a language server shows it to the user first. The command line, the server, the benchmarks and the tests consume the
same events. Nothing is printed here, and the source file is left as it was unless all four stages passed.
"""

from __future__ import annotations

import ast
import re
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from intaglio.acceptance import accept, why_compiled, why_validated
from intaglio.candidate import Subject
from intaglio.config import Settings
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
from intaglio.finding import Finding, Severity
from intaglio.generate.author import Answer, Author, Brief, Piece
from intaglio.generate.codes import MENDED
from intaglio.generate.helpers import helpers_at_hand
from intaglio.generate.interface import Cancelled, FailedAttempt, GenerationError
from intaglio.generate.mend import mend
from intaglio.lock.check import read_lock_file
from intaglio.lock.fingerprint import short
from intaglio.lock.inputs import Materials, current_inputs
from intaglio.lock.journal import WriteStopped
from intaglio.lock.model import Accepted as AcceptedBy
from intaglio.lock.model import Entry, Inputs, Made, StageRecord
from intaglio.lock.origin import note_origin, origin_of
from intaglio.lock.store import in_store
from intaglio.lock.write import commit_artifact
from intaglio.snapshot import Snapshot
from intaglio.source import SourceError
from intaglio.spec.model import Spec
from intaglio.spec.reach import find_reach
from intaglio.spec.references import check_references
from intaglio.subject import Gathered, gather
from intaglio.template import assemble, lost_comments, read_format_settings
from intaglio.template.model import FormatterMissing, TemplateError
from intaglio.template.purity import PURE_MODULES
from intaglio.validate.pipeline import StageStarted, passed, run_stages
from intaglio.validate.tools import Toolbox
from intaglio.validate.verdict import Outcome, StageName, Verdict
from intaglio.workspace import DiskTree

MOST_MENDS = 2
"""How often one answer is mended: an import that was missing may hide an argument that is changed."""
ENVIRONMENT_CODES = frozenset({"EN101", "EX101"})


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asked for besides settings."""

    replace: bool = False
    lock: bool = True
    dry_run: bool = False
    reason: str = ""
    accepted_by: str = ""
    remark: str = ""
    """What the user has to say of the body that is there, for the model."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """What compiling needs besides a spec. `author_for` chooses an author, or raises GenerationError.

    `open_texts` are the texts of open editors by path, which win over the disk for everything that is read.
    """

    root: Path
    settings: Settings
    toolbox: Toolbox
    author_for: Callable[[Spec], Author]
    open_texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def verdicts(self) -> Path:
        """The folder of cached verdicts."""
        return self.root / ".intaglio" / "cache" / "verdicts"

    def snapshot(self, texts: Mapping[str, str] | None = None) -> Snapshot:
        """The workspace as it is now, under the open editors and under `texts`."""
        return Snapshot(self.root, DiskTree(self.root, {**self.open_texts, **(texts or {})}))


@dataclass(frozen=True, slots=True)
class _Passed:
    """A candidate that passed all four stages. `inputs` were taken before they began: what changed since was not judged."""

    answer: Answer
    text: str
    inputs: Inputs
    verdicts: tuple[Verdict, ...]
    mended: tuple[Finding, ...] = ()

    @property
    def warnings(self) -> int:
        """How many warnings the stages have of it."""
        findings = [finding for verdict in self.verdicts for finding in verdict.findings]
        return sum(finding.severity is Severity.WARNING for finding in findings)


def compile_spec(workshop: Workshop, key: SpecKey, options: Options, cancel: threading.Event) -> Iterator[Event]:
    """Compile one spec and write what passed. The last event is Accepted, Refused or Stopped."""
    for event in propose_spec(workshop, key, options, cancel):
        if not isinstance(event, Proposed):
            yield event
        elif options.dry_run:
            yield Accepted(key, short(event.entry.inputs.body), locked=False, dry_run=True)
        else:
            yield commit(workshop, event, lock=options.lock)


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


def propose_spec(workshop: Workshop, key: SpecKey, options: Options, cancel: threading.Event) -> Iterator[Event]:
    """Compile one spec and write nothing. The last event is Proposed, Refused or Stopped."""
    yield Begun(key)
    try:
        opened = yield from _open(workshop, key)
        if opened is None:
            return
        snapshot, text, spec, gathered = opened
        if refusal := _would_lose(workshop, snapshot, key, text, spec, options):
            yield Refused(key, refusal)
            return
        for finding in lost_comments(text, spec):
            yield Noticed(key, finding)
        author = workshop.author_for(spec)
        yield from _attempts(workshop, key, snapshot, text, spec, gathered, author, options, cancel)
    except Cancelled:
        yield Stopped(key)
    except GenerationError as error:
        yield Refused(key, str(error), environment=error.code in NO_MODEL_CODES)
    except FormatterMissing as error:
        yield Refused(key, str(error), environment=True)
    except (SourceError, TemplateError) as error:
        yield Refused(key, str(error))


def _open(workshop: Workshop, key: SpecKey) -> Generator[Event, None, tuple[Snapshot, str, Spec, Gathered] | None]:
    """Read a spec and gather what its verdict depends on; None when it was refused. Raises SourceError, TemplateError."""
    snapshot = workshop.snapshot()
    text = snapshot.source(key.path).text
    spec = snapshot.reading(key.path).find(key.name)
    if spec is None:
        yield Refused(key, f"there is no spec on a function {key.name} in {key.path}")
        return None
    noticed = _spec_findings(workshop.root, snapshot, key.path, spec)
    for finding in noticed:
        yield Noticed(key, finding)
    if problems := _errors(noticed):
        yield Refused(key, f"the spec has errors: {problems[0].message}")
        return None
    gathered = gather(snapshot, workshop.settings, key.path, text, spec)
    for finding in gathered.findings:
        yield Noticed(key, finding)
    if problems := _errors(gathered.findings):
        yield Refused(key, problems[0].message)
        return None
    return snapshot, text, spec, gathered


NO_MODEL_CODES = frozenset({"GE104", "GE105", "GE106", "GE107"})
"""Codes of generation errors that are a lack of the machine: no model, no key, unreachable, an extra not installed."""


def _spec_findings(root: Path, snapshot: Snapshot, path: str, spec: Spec) -> tuple[Finding, ...]:
    """What is said of the spec itself and of what it refers to; with an error it can be neither compiled nor locked."""
    return (*spec.findings, *check_references(spec, snapshot.root / path, root))


def _errors(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    return tuple(finding for finding in findings if finding.severity is Severity.ERROR)


def _would_lose(workshop: Workshop, snapshot: Snapshot, key: SpecKey, text: str, spec: Spec, options: Options) -> str:
    """Why compiling would overwrite work that nothing else holds; "" when it would not."""
    if spec.function.is_stub or options.replace:
        return ""
    present = current_inputs(Materials(workshop.root, snapshot), key.path, text, spec)
    entry = read_lock_file(snapshot, key.path).find(key.name)
    known = present.inputs.body and (
        (entry is not None and entry.inputs.body == present.inputs.body) or in_store(workshop.root, present.inputs.body)
    )
    if known:
        return ""
    return (
        f"{key.name} has a body that no lock and no store knows; `intaglio lock --adopt` keeps it, "
        "`intaglio compile --replace` puts it into the store and writes another"
    )


def brief_for(snapshot: Snapshot, path: str, text: str, spec: Spec, gathered: Gathered) -> Brief:
    """What an author is told of a spec: of all that was gathered the golden rows stay behind.

    A stub uses nothing yet, so the constants, classes and helpers that the spec's prose names are shown as well.
    """
    words = frozenset(re.findall(r"[^\W\d]\w*", spec.prose.value))
    return Brief(
        path,
        text,
        spec,
        find_reach(text, path, spec, snapshot.text, words - {spec.function.name}),
        f"{gathered.template.summary}\n\n{gathered.template.contract}",
        tuple(block.text for block in gathered.blocks),
        tuple(sorted(PURE_MODULES | gathered.subject.grant.modules)),
    )


def _attempts(
    workshop: Workshop,
    key: SpecKey,
    snapshot: Snapshot,
    text: str,
    spec: Spec,
    gathered: Gathered,
    author: Author,
    options: Options,
    cancel: threading.Event,
) -> Iterator[Event]:
    """Ask, assemble, validate; with the findings of what failed, again; then propose what passed."""
    settings = workshop.settings
    brief = replace(brief_for(snapshot, key.path, text, spec, gathered), remark=options.remark)
    if author.repairs:  # it reads the brief's hints; rules are compiled as they stand
        brief = replace(brief, helpers=helpers_at_hand(workshop.root, key.path, text, spec))
    for finding in (screened := author.screen(brief)):
        yield Noticed(key, finding)
    if errors := _errors(screened):
        yield Refused(key, errors[0].message)
        return
    attempts = settings.attempts if author.repairs else 1
    failures: list[FailedAttempt] = []
    for attempt in range(1, attempts + 1):
        yield AttemptBegun(key, attempt, attempts, author.backend, author.model)
        good, failed = yield from _attempt(
            workshop, key, text, spec, gathered, author, brief, failures, attempt, cancel
        )
        if good:
            best = min(good, key=_preference)
            if len(good) + len(failed) > 1:  # the picture is that of the one that is kept, not of the last one judged
                yield Assembled(key, attempt, best.answer.candidate, best.answer.body or "", best.text)
                for verdict in best.verdicts:
                    yield StageEnded(key, best.answer.candidate, verdict)
            for finding in best.mended:
                yield Noticed(key, finding)
            yield _propose(workshop, key, text, author, best, attempt, options)
            return
        if lacks := [finding for one in failed for finding in _lacks(one)]:
            yield Refused(key, lacks[0].message, environment=True)
            return
        failures.append(_furthest(failed))
    count = f"none of {attempts} attempts" if attempts > 1 else "the candidate"
    verb = "passed" if attempts > 1 else "did not pass"
    yield Refused(
        key, f"{count} {verb}; the last was refused by the {failures[-1].stage} stage, and the file is as it was"
    )


def _attempt(
    workshop: Workshop,
    key: SpecKey,
    text: str,
    spec: Spec,
    gathered: Gathered,
    author: Author,
    brief: Brief,
    failures: Sequence[FailedAttempt],
    attempt: int,
    cancel: threading.Event,
) -> Generator[Event, None, tuple[list[_Passed], list[FailedAttempt]]]:
    """One attempt's candidates that passed, and those that failed.

    Side by side, all are judged when all have come. One after another, each is judged when it comes, and the first that
    passes without a warning is the last one asked for.
    """
    sampling = author.sampling(attempt)
    good: list[_Passed] = []
    failed: list[FailedAttempt] = []
    waiting: list[Answer] = []
    with closing(author.write(brief, failures, attempt, sampling, cancel)) as steps:
        for step in steps:
            if isinstance(step, Piece):
                yield Streamed(key, attempt, step.candidate, step.text)
                continue
            yield Generated(key, attempt, step.candidate, step.usage)
            if sampling.side_by_side:
                waiting.append(step)
                continue
            yield from _settle(workshop, key, text, spec, gathered, author, step, attempt, cancel, good, failed)
            if (good and not good[-1].warnings) or any(_lacks(one) for one in failed):
                break
    for answer in waiting:
        yield from _settle(workshop, key, text, spec, gathered, author, answer, attempt, cancel, good, failed)
    return good, failed


def _settle(
    workshop: Workshop,
    key: SpecKey,
    text: str,
    spec: Spec,
    gathered: Gathered,
    author: Author,
    answer: Answer,
    attempt: int,
    cancel: threading.Event,
    good: list[_Passed],
    failed: list[FailedAttempt],
) -> Iterator[Event]:
    """Judge one answer, put it among `good` or `failed`, and tell the author. What needs no model is mended, and judged again."""
    if cancel.is_set():
        raise Cancelled
    outcomes = [(yield from _judge(workshop, key, text, spec, gathered, answer, attempt, cancel))]
    done: list[str] = []
    while isinstance(last := outcomes[-1], FailedAttempt) and len(outcomes) <= MOST_MENDS:
        mended = mend(last.body, spec.function, last.findings)
        if mended is None:
            break
        done += mended[1]
        answer = replace(answer, body=mended[0])
        outcomes.append((yield from _judge(workshop, key, text, spec, gathered, answer, attempt, cancel)))
    if isinstance(last, _Passed):
        hints = tuple(Finding(MENDED.id, MENDED.severity, f"mended without the model: {what}") for what in done)
        good.append(replace(last, mended=hints))
        author.judged(answer, "passed, mended" if done else "passed", _pairs(last.verdicts))
        return
    furthest = _furthest([outcome for outcome in outcomes if isinstance(outcome, FailedAttempt)])
    failed.append(furthest)
    author.judged(answer, f"failed at {furthest.stage}", ())


def _lacks(failure: FailedAttempt) -> tuple[Finding, ...]:
    """What the machine lacks to judge a candidate at all: no other candidate would fare better."""
    return tuple(finding for finding in failure.findings if finding.code in ENVIRONMENT_CODES)


def _preference(candidate: _Passed) -> tuple[int, int, int]:
    """What is kept of several that passed, the smallest: the fewest warnings, then the simplest."""
    return candidate.warnings, *simplicity(candidate.answer.body or "")


def _pairs(verdicts: Sequence[Verdict]) -> list[tuple[str, str]]:
    return [(verdict.stage.value, verdict.outcome.value) for verdict in verdicts]


def simplicity(body: str) -> tuple[int, int]:
    """How simple a body is, the simpler the smaller: nodes of its tree, then characters."""
    try:
        nodes = sum(1 for _ in ast.walk(ast.parse(f"async def _():\n{_indented(body)}")))
    except SyntaxError:
        nodes = 10**9
    return nodes, len(body)


def _indented(body: str) -> str:
    return "\n".join(f" {line}" for line in body.split("\n"))


def _furthest(failed: Sequence[FailedAttempt]) -> FailedAttempt:
    """The failure that came furthest through the stages."""
    order = ["generation", *(stage.value for stage in StageName)]
    return max(failed, key=lambda one: order.index(one.stage) if one.stage in order else 0)


def _judge(
    workshop: Workshop,
    key: SpecKey,
    text: str,
    spec: Spec,
    gathered: Gathered,
    answer: Answer,
    attempt: int,
    cancel: threading.Event,
) -> Generator[Event, None, _Passed | FailedAttempt]:
    """Assemble and validate one answer."""
    if answer.body is None:
        for finding in answer.findings:
            yield Noticed(key, finding)
        return FailedAttempt("", "generation", answer.findings)
    layout = read_format_settings(workshop.root / key.path, workshop.root)
    assembled = assemble(text, spec, gathered.template, answer.body, layout)
    errors = _errors(assembled.findings)
    if errors:
        yield Assembled(key, attempt, answer.candidate, answer.body, text)
        yield StageEnded(key, answer.candidate, Verdict(StageName.SYNTAX, Outcome.FAILED, errors))
        return FailedAttempt(answer.body, StageName.SYNTAX.value, errors)
    yield Assembled(key, attempt, answer.candidate, answer.body, assembled.text)
    snapshot = workshop.snapshot({key.path: assembled.text})
    candidate = snapshot.reading(key.path).find(key.name)
    if candidate is None:
        raise TemplateError(f"{key.name} was not found again after its body was put in; please report it")
    present = current_inputs(Materials(workshop.root, snapshot), key.path, assembled.text, candidate)
    filled = gather(snapshot, workshop.settings, key.path, assembled.text, candidate)
    if errors := _errors(filled.findings):
        yield StageEnded(key, answer.candidate, Verdict(StageName.SECURITY, Outcome.FAILED, errors))
        return FailedAttempt(answer.body, StageName.SECURITY.value, errors)
    verdicts: list[Verdict] = []
    yield from _stages(workshop, key, answer.candidate, filled.subject, verdicts, cancel)
    if passed(verdicts):
        return _Passed(answer, assembled.text, present.inputs, tuple(verdicts))
    if cancel.is_set():
        raise Cancelled
    broken = next(verdict for verdict in verdicts if verdict.outcome is Outcome.FAILED)
    return FailedAttempt(answer.body, broken.stage.value, broken.findings)


def _stages(
    workshop: Workshop,
    key: SpecKey,
    candidate: int,
    subject: Subject,
    verdicts: list[Verdict],
    cancel: threading.Event,
    stages: Sequence[StageName] = tuple(StageName),
) -> Iterator[Event]:
    """Run the stages; their verdicts are put into `verdicts`."""
    for step in run_stages(subject, workshop.toolbox, workshop.verdicts, cancel, stages):
        if isinstance(step, StageStarted):
            yield StageBegun(key, candidate, step.stage)
        else:
            verdicts.append(step)
            yield StageEnded(key, candidate, step)


def _propose(
    workshop: Workshop, key: SpecKey, text: str, author: Author, best: _Passed, attempt: int, options: Options
) -> Proposed:
    usage = best.answer.usage
    made = Made(
        author.backend,
        best.answer.model or author.model,
        author.parameters,
        best.answer.prompt,
        usage.input_tokens,
        usage.output_tokens,
        "none" if author.backend == "rules" else "estimated" if usage.estimated else "reported",
        usage.cost,
        attempt,
    )
    accepted = accept(workshop.root, "compiled", options.reason or _why(workshop, key, text), options.accepted_by)
    entry = entry_for(key.name, best.inputs, made, best.verdicts, accepted)
    return Proposed(key, text, best.text, entry)


def entry_for(name: str, inputs: Inputs, made: Made, verdicts: Sequence[Verdict], accepted: AcceptedBy) -> Entry:
    """A lock's entry. Raises ValueError unless all four stages passed: there is no other way to a green lock."""
    if not passed(verdicts):
        raise ValueError(f"{name} has not passed all four stages; it cannot be locked")
    stages = tuple(
        StageRecord(verdict.stage.value, verdict.outcome.value, verdict.digest, verdict.tools) for verdict in verdicts
    )
    return Entry(name, inputs, made, stages, accepted)


def _why(workshop: Workshop, key: SpecKey, text: str) -> str:
    """Why this spec was compiled, from its text and lock as they were before."""
    snapshot = workshop.snapshot({key.path: text})
    spec = snapshot.reading(key.path).find(key.name)
    if spec is None:
        return ""
    present = current_inputs(Materials(workshop.root, snapshot), key.path, text, spec)
    return why_compiled(read_lock_file(snapshot, key.path).find(key.name), present)


@dataclass(frozen=True, slots=True)
class Judged:
    """A body that is there, and its verdicts, all passed. `inputs` were taken before the stages began."""

    snapshot: Snapshot
    text: str
    inputs: Inputs
    verdicts: tuple[Verdict, ...]


def validate_spec(
    workshop: Workshop,
    key: SpecKey,
    cancel: threading.Event,
    stages: Sequence[StageName] = tuple(StageName),
) -> Iterator[Event]:
    """Run the stages on the body that is there. The last event is Accepted (all that were asked for passed), Refused or
    Stopped.
    """
    judged = yield from judge_present(workshop, key, cancel, stages)
    if judged is not None:
        yield Accepted(key, short(judged.inputs.body), locked=False)


def judge_present(
    workshop: Workshop, key: SpecKey, cancel: threading.Event, stages: Sequence[StageName] = tuple(StageName)
) -> Generator[Event, None, Judged | None]:
    """Judge the body that is there; None when it was refused or stopped, which has been said."""
    yield Begun(key)
    try:
        opened = yield from _open(workshop, key)
        if opened is None:
            return None
        snapshot, text, spec, gathered = opened
        if spec.function.is_stub:
            yield Refused(key, f"{key.name} is a stub: there is nothing to validate; compile it first")
            return None
        yield Assembled(key, 0, 0, "", text)
        inputs = current_inputs(Materials(workshop.root, snapshot), key.path, text, spec).inputs
        verdicts: list[Verdict] = []
        yield from _stages(workshop, key, 0, gathered.subject, verdicts, cancel, stages)
    except (SourceError, TemplateError) as error:
        yield Refused(key, str(error))
        return None
    if cancel.is_set():
        yield Stopped(key)
        return None
    broken = next((verdict for verdict in verdicts if verdict.outcome is not Outcome.PASSED), None)
    if broken is not None:
        lacks = any(finding.code in ENVIRONMENT_CODES for finding in broken.findings)
        yield Refused(key, f"refused by the {broken.stage} stage", environment=lacks)
        return None
    return Judged(snapshot, text, inputs, tuple(verdicts))


def lock_spec(
    workshop: Workshop, key: SpecKey, options: Options, cancel: threading.Event, *, adopt: bool
) -> Iterator[Event]:
    """Validate the body that is there and write its lock. The last event is Accepted, Refused or Stopped."""
    for event in propose_lock(workshop, key, options, cancel, adopt=adopt):
        yield commit(workshop, event) if isinstance(event, Proposed) else event


def propose_lock(
    workshop: Workshop, key: SpecKey, options: Options, cancel: threading.Event, *, adopt: bool
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
    if made is None and not (adopt and options.reason.strip()):
        yield Refused(
            key,
            f"{key.name} passed, and its body was written by hand; `intaglio lock --adopt --reason TEXT` locks it as such",
        )
        return
    accepted = accept(
        workshop.root,
        "adopted" if made is None else "validated",
        options.reason or why_validated(entry, inputs),
        options.accepted_by,
    )
    fresh = entry_for(key.name, inputs, made or Made("hand"), judged.verdicts, accepted)
    yield Proposed(key, text, text, fresh)


def is_ready(workshop_root: Path, settings: Settings, snapshot: Snapshot, path: str, spec: Spec) -> bool:
    """Whether the local verdict cache has four passed stages on exactly this body and all that it stands on."""
    from intaglio.validate.pipeline import read_cached, subject_key

    try:
        text = snapshot.source(path).text
        gathered = gather(snapshot, settings, path, text, spec)
    except (SourceError, TemplateError):
        return False
    folder = workshop_root / ".intaglio" / "cache" / "verdicts"
    return passed(read_cached(folder, subject_key(gathered.subject)) or ())
