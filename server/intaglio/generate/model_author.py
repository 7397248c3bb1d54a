"""The author that asks a model: gates, caps and the ledger around a backend, candidates side by side."""

from __future__ import annotations

import hashlib
import queue
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import Protocol

from intaglio.finding import Finding, Severity
from intaglio.generate import codes
from intaglio.generate.author import Answer, Brief, Piece, Sampling
from intaglio.generate.budget import Budget, estimate_tokens
from intaglio.generate.extract import extract_body
from intaglio.generate.gates import has_secret, redact, screen_answer, screen_spec
from intaglio.generate.interface import (
    Backend,
    Cancelled,
    Completion,
    Delta,
    FailedAttempt,
    GenerationError,
    Interrupted,
    Message,
    Request,
    Usage,
)
from intaglio.generate.prompt import Form, build_messages, definitions_of
from intaglio.spec.module_index import index_module

FURTHER_TEMPERATURE = 0.8
"""Of every answer to a form of the task that was answered before, and of every attempt that starts afresh."""
REPAIR_TEMPERATURE = 0.3
"""Of attempts that answer a conversation: a greedy model repeats the code that it sees."""
FIRST_SAMPLES, FURTHER_SAMPLES = 6, 2
"""Answers of the first attempt and of each further one, at most, where they cost nothing and no number was asked for."""

_FORMS = tuple(Form)
_CUT = {
    "length": "the answer was cut off at {} tokens",
    "": "the server ended the answer without saying why; one that serves a single client at a time does when another comes",
}
"""What to say of an answer without a body, by the reason for its end."""


STAGES = ("generation", "security", "syntax", "execution", "accuracy")
"""Where an attempt may fail, in order."""


class Record(Protocol):
    """Where attempts are written down before they leave; see `intaglio.ledger.Ledger`."""

    def begin(
        self, *, path: str, name: str, number: int, candidate: int, backend: str, model: str,
        parameters: dict[str, str], prompt_fingerprint: str, prompt: str | None,
    ) -> int:  # fmt: skip
        """Write an attempt down; its id."""

    def answered(
        self,
        attempt: int,
        *,
        input_tokens: int,
        output_tokens: int,
        estimated: bool,
        cost: float | None,
        millis: float,
        answer: str | None,
    ) -> None:
        """Complete it."""

    def judged(self, attempt: int, outcome: str, verdicts: Sequence[tuple[str, str]] = ()) -> None:
        """Say what came of it."""


class ModelAuthor:
    """See `Author`."""

    def __init__(
        self, backend: Backend, model: str, budget: Budget, record: Record, *, answer_tokens: int, temperature: float, keep_prompts: bool,
        candidates: int = 1, send_findings: bool = True,
    ) -> None:  # fmt: skip
        self._backend, self._model, self._budget, self._record = backend, model, budget, record
        self._answer_tokens, self._temperature, self._keep = answer_tokens, temperature, keep_prompts
        self._candidates, self._send_findings = candidates, send_findings

    @property
    def backend(self) -> str:
        """The backend's name."""
        return self._backend.name

    @property
    def model(self) -> str:
        """The model as litellm names it."""
        return self._model

    @property
    def parameters(self) -> tuple[tuple[str, str], ...]:
        """Temperature and the most tokens of an answer."""
        return (("max_tokens", str(self._answer_tokens)), ("temperature", f"{self._temperature:g}"))

    @property
    def repairs(self) -> bool:
        """A model may do better when it is told what was wrong."""
        return True

    def screen(self, brief: Brief) -> tuple[Finding, ...]:
        """The input gate: the spec's own text, and the definitions that would leave with it."""
        findings = list(screen_spec(brief.spec))
        if has_secret(definitions_of(brief)):
            message = (
                "a definition that the function reaches holds what looks like a key or a password; nothing was sent"
            )
            findings.append(Finding(codes.SECRET.id, codes.SECRET.severity, message))
        if has_secret(brief.remark):
            message = "the remark holds what looks like a key or a password; nothing was sent"
            findings.append(Finding(codes.SECRET.id, codes.SECRET.severity, message))
        return tuple(findings)

    def sampling(self, attempt: int) -> Sampling:
        """The number of candidates that was asked for, side by side; where none was (0), more than one, one after another."""
        if self._candidates:
            return Sampling(self._candidates)
        return Sampling(FIRST_SAMPLES if attempt == 1 else FURTHER_SAMPLES, side_by_side=False)

    def write(
        self, brief: Brief, failures: Sequence[FailedAttempt], attempt: int, sampling: Sampling, cancel: threading.Event
    ) -> Generator[Piece | Answer, None, None]:
        """One attempt. Raises GenerationError when no answer came, or Cancelled."""
        if any(finding.severity is Severity.ERROR for finding in self.screen(brief)):
            raise GenerationError("GE117", "the spec's text holds what looks like a secret; nothing was sent")
        told = list(failures) if self._send_findings else []
        shown = [] if starts_afresh(attempt, told) else told
        ask = self._side_by_side if sampling.side_by_side else self._one_by_one
        yield from ask(brief, shown, attempt, sampling.candidates, cancel)
        if cancel.is_set():
            raise Cancelled

    def _one_by_one(
        self, brief: Brief, failures: Sequence[FailedAttempt], attempt: int, candidates: int, cancel: threading.Event
    ) -> Iterator[Piece | Answer]:
        """One answer after another; the first alone answers `failures`, the others sample anew.

        A further answer that cannot be had (the cap is reached, the server is gone) ends the attempt with those that came.
        """
        for number in range(candidates):
            try:
                yield from self._answered(brief, () if number else failures, attempt, number, cancel)
            except GenerationError:
                if not number:
                    raise
                return

    def _side_by_side(
        self, brief: Brief, failures: Sequence[FailedAttempt], attempt: int, candidates: int, cancel: threading.Event
    ) -> Iterator[Piece | Answer]:
        events: queue.SimpleQueue[Piece | Answer | Exception | None] = queue.SimpleQueue()
        threads = [
            threading.Thread(target=self._ask, args=(brief, failures, attempt, number, cancel, events.put), daemon=True)
            for number in range(candidates)
        ]
        for thread in threads:
            thread.start()
        open_ends, answers, errors = len(threads), 0, []
        while open_ends:
            event = events.get()
            if event is None:
                open_ends -= 1
            elif isinstance(event, Exception):
                errors.append(event)
            else:
                answers += isinstance(event, Answer)
                yield event
        if not answers and errors and not cancel.is_set():
            raise errors[0]

    def judged(self, answer: Answer, outcome: str, verdicts: Sequence[tuple[str, str]]) -> None:
        """Write into the ledger what came of an answer."""
        if answer.attempt_id:
            self._record.judged(answer.attempt_id, outcome, verdicts)

    def _ask(
        self, brief: Brief, failures: Sequence[FailedAttempt], attempt: int, number: int,
        cancel: threading.Event, tell: Callable[[Piece | Answer | Exception | None], None],
    ) -> None:  # fmt: skip
        try:
            for event in self._answered(brief, failures, attempt, number, cancel):
                tell(event)
        except Exception as error:  # noqa: BLE001 - told to the thread that waits, which raises it
            tell(error)
        finally:
            tell(None)

    def _answered(
        self, brief: Brief, failures: Sequence[FailedAttempt], attempt: int, number: int, cancel: threading.Event
    ) -> Iterator[Piece | Answer]:
        try:
            yield from self._exchange(brief, failures, attempt, number, cancel)
        except Interrupted:  # a request of its own, with its own reservation and row: what was sent is spent
            yield from self._exchange(brief, failures, attempt, number, cancel)

    def _exchange(
        self,
        brief: Brief,
        failures: Sequence[FailedAttempt],
        attempt: int,
        number: int,
        cancel: threading.Event,
    ) -> Iterator[Piece | Answer]:
        afresh = attempt > 1 and not failures
        form = _FORMS[(number + (attempt if afresh else 0)) % len(_FORMS)]
        # drawn from the prompt itself, so that the same prompt is asked for in the same words; and as it is a hash of all of
        # them, no spec can hold it
        canary = prompt_fingerprint(build_messages(brief, failures, "", form), "")[:16]
        messages = tuple(
            Message(message.role, redact(message.content)[0] if place else message.content)
            for place, message in enumerate(build_messages(brief, failures, canary, form))
        )
        varied = afresh or number >= (len(_FORMS) if attempt == 1 else 1)
        temperature = FURTHER_TEMPERATURE if varied else REPAIR_TEMPERATURE if failures else self._temperature
        seed = 1000 * attempt + number
        fingerprint = prompt_fingerprint(messages, canary)
        request = Request(brief.spec, messages, self._model, self._answer_tokens, temperature, seed, canary)
        reservation = self._budget.reserve(estimate_tokens(messages), self._answer_tokens)
        row = self._record.begin(
            path=brief.path, name=brief.spec.name, number=attempt, candidate=number, backend=self.backend, model=self._model,
            parameters={"max_tokens": str(self._answer_tokens), "temperature": f"{temperature:g}", "seed": str(seed)},
            prompt_fingerprint=fingerprint,
            prompt="\n\n".join(f"[{message.role}]\n{message.content}" for message in messages) if self._keep else None,
        )  # fmt: skip
        started = time.perf_counter()
        usage: Usage | None = None
        try:
            for step in self._backend.generate(request, cancel):
                if isinstance(step, Delta):
                    yield Piece(number, step.text)
                else:
                    usage = step.usage
                    self._record.answered(
                        row, input_tokens=usage.input_tokens, output_tokens=usage.output_tokens, estimated=usage.estimated,
                        cost=usage.cost, millis=(time.perf_counter() - started) * 1000, answer=step.text if self._keep else None,
                    )  # fmt: skip
                    yield self._answer(brief, messages, step, canary, number, fingerprint, row)
        except Cancelled:
            self._record.judged(row, "cancelled")
            raise
        except GenerationError as error:
            self._record.judged(row, f"error {error.code}")
            raise
        finally:
            reservation.settle(usage)

    def _answer(
        self,
        brief: Brief,
        messages: Sequence[Message],
        completion: Completion,
        canary: str,
        number: int,
        fingerprint: str,
        row: int,
    ) -> Answer:
        leak = screen_answer(completion.text, canary, messages[0].content)
        if leak is not None:
            return Answer(number, None, (leak,), completion.usage, completion.model, fingerprint, row)
        extracted = extract_body(completion.text, brief.spec.function, index_module(brief.path, brief.text))
        findings = extracted.findings
        if extracted.body is None and completion.finish_reason in _CUT:
            why = _CUT[completion.finish_reason].format(self._answer_tokens)
            findings = (*findings, Finding(codes.NO_BODY.id, codes.NO_BODY.severity, why))
        return Answer(number, extracted.body, findings, completion.usage, completion.model, fingerprint, row)


def starts_afresh(attempt: int, failures: Sequence[FailedAttempt]) -> bool:
    """Whether an attempt leaves the failed code behind.

    The first failure is answered with its findings; a later one only when it came further than all before it. A model that
    came no further clings to the code that it is shown, and does better without.
    """
    if attempt == 1 or not failures:
        return attempt > 1
    *earlier, last = [(STAGES.index(one.stage), -len(one.findings)) for one in failures]
    return bool(earlier) and last <= max(earlier)


def prompt_fingerprint(messages: Sequence[Message], canary: str) -> str:
    """SHA-256 over roles and contents, with the canary left out."""
    digest = hashlib.sha256()
    for message in messages:
        digest.update(f"{message.role}\0{message.content.replace(canary, '')}\0".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
