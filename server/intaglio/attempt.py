"""One attempt at a body: an author's answers, each put into its template, judged by the four stages, and mended where that needs
no model. Says what passed and what failed; decides neither what is kept nor whether there is another attempt.
"""

from __future__ import annotations

import ast
import threading
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from intaglio.events import Assembled, Event, Generated, Noticed, StageEnded, Streamed
from intaglio.finding import Finding, Severity, errors_of
from intaglio.generate.author import Answer, Author, Brief, Piece
from intaglio.generate.codes import MENDED
from intaglio.generate.interface import Cancelled, FailedAttempt
from intaglio.generate.mend import mend
from intaglio.lock.inputs import Materials, current_inputs
from intaglio.lock.model import Inputs
from intaglio.subject import gather
from intaglio.template import assemble, read_format_settings
from intaglio.template.model import TemplateError
from intaglio.validate.verdict import Outcome, StageName, Verdict, passed
from intaglio.workshop import ENVIRONMENT_CODES, Opened, Workshop, run_and_tell

MOST_MENDS = 2
"""How often one answer is mended: an import that was missing may hide an argument that is changed."""


@dataclass(frozen=True, slots=True)
class Artifact:
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


def make_attempt(
    workshop: Workshop,
    opened: Opened,
    author: Author,
    brief: Brief,
    failures: Sequence[FailedAttempt],
    attempt: int,
    cancel: threading.Event,
) -> Generator[Event, None, tuple[list[Artifact], list[FailedAttempt]]]:
    """One attempt's candidates that passed, and those that failed. Raises Cancelled, GenerationError, TemplateError.

    Side by side, all are judged when all have come. One after another, each is judged when it comes, and the first that
    passes without a warning is the last one asked for.
    """
    sampling = author.sampling(attempt)
    good: list[Artifact] = []
    failed: list[FailedAttempt] = []
    waiting: list[Answer] = []
    with closing(author.write(brief, failures, attempt, sampling, cancel)) as steps:
        for step in steps:
            if isinstance(step, Piece):
                yield Streamed(opened.key, attempt, step.candidate, step.text)
                continue
            yield Generated(opened.key, attempt, step.candidate, step.usage)
            if sampling.side_by_side:
                waiting.append(step)
                continue
            settled = yield from _settle(workshop, opened, author, step, attempt, cancel)
            if isinstance(settled, Artifact):
                good.append(settled)
                if not settled.warnings:
                    break
            else:
                failed.append(settled)
                if lacks_of(settled):
                    break
    for answer in waiting:
        settled = yield from _settle(workshop, opened, author, answer, attempt, cancel)
        if isinstance(settled, Artifact):
            good.append(settled)
        else:
            failed.append(settled)
    return good, failed


def _settle(
    workshop: Workshop, opened: Opened, author: Author, answer: Answer, attempt: int, cancel: threading.Event
) -> Generator[Event, None, Artifact | FailedAttempt]:
    """Judge one answer and tell the author. What needs no model is mended, and judged again."""
    if cancel.is_set():
        raise Cancelled
    outcomes = [(yield from _judge(workshop, opened, answer, attempt, cancel))]
    done: list[str] = []
    while isinstance(last := outcomes[-1], FailedAttempt) and len(outcomes) <= MOST_MENDS:
        mended = mend(last.body, opened.spec.function, last.findings)
        if mended is None:
            break
        done += mended[1]
        answer = replace(answer, body=mended[0])
        outcomes.append((yield from _judge(workshop, opened, answer, attempt, cancel)))
    if isinstance(last, Artifact):
        hints = tuple(Finding(MENDED.id, MENDED.severity, f"mended without the model: {what}") for what in done)
        author.judged(answer, "passed, mended" if done else "passed", _pairs(last.verdicts))
        return replace(last, mended=hints)
    furthest = furthest_of([outcome for outcome in outcomes if isinstance(outcome, FailedAttempt)])
    author.judged(answer, f"failed at {furthest.stage}", ())
    return furthest


def _judge(
    workshop: Workshop, opened: Opened, answer: Answer, attempt: int, cancel: threading.Event
) -> Generator[Event, None, Artifact | FailedAttempt]:
    """Assemble and validate one answer."""
    key = opened.key
    if answer.body is None:
        for finding in answer.findings:
            yield Noticed(key, finding)
        return FailedAttempt("", "generation", answer.findings)
    layout = read_format_settings(workshop.root / key.path, workshop.root)
    assembled = assemble(opened.text, opened.spec, opened.gathered.template, answer.body, layout)
    errors = errors_of(assembled.findings)
    if errors:
        yield Assembled(key, attempt, answer.candidate, answer.body, opened.text)
        yield StageEnded(key, answer.candidate, Verdict(StageName.SYNTAX, Outcome.FAILED, errors))
        return FailedAttempt(answer.body, StageName.SYNTAX.value, errors)
    yield Assembled(key, attempt, answer.candidate, answer.body, assembled.text)
    snapshot = workshop.snapshot({key.path: assembled.text})
    candidate = snapshot.reading(key.path).find(key.name)
    if candidate is None:
        raise TemplateError(f"{key.name} was not found again after its body was put in; please report it")
    present = current_inputs(Materials(workshop.root, snapshot), key.path, assembled.text, candidate)
    filled = gather(snapshot, workshop.settings, key.path, assembled.text, candidate)
    if errors := errors_of(filled.findings):
        yield StageEnded(key, answer.candidate, Verdict(StageName.SECURITY, Outcome.FAILED, errors))
        return FailedAttempt(answer.body, StageName.SECURITY.value, errors)
    verdicts = yield from run_and_tell(workshop, key, answer.candidate, filled.subject, cancel)
    if passed(verdicts):
        return Artifact(answer, assembled.text, present.inputs, verdicts)
    if cancel.is_set():
        raise Cancelled
    broken = next(verdict for verdict in verdicts if verdict.outcome is Outcome.FAILED)
    return FailedAttempt(answer.body, broken.stage.value, broken.findings)


def lacks_of(failure: FailedAttempt) -> tuple[Finding, ...]:
    """What the machine lacks to judge a candidate at all: no other candidate would fare better."""
    return tuple(finding for finding in failure.findings if finding.code in ENVIRONMENT_CODES)


def preference(candidate: Artifact) -> tuple[int, int, int]:
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


def furthest_of(failed: Sequence[FailedAttempt]) -> FailedAttempt:
    """The failure that came furthest through the stages."""
    order = ["generation", *(stage.value for stage in StageName)]
    return max(failed, key=lambda one: order.index(one.stage) if one.stage in order else 0)
