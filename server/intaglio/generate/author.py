"""Authors: what writes candidates for a spec. A small face over backends, so that the use case knows none of them."""

from __future__ import annotations

import threading
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from intaglio.candidate import Reach
from intaglio.finding import Finding
from intaglio.generate.interface import Backend, Completion, Delta, FailedAttempt, Request, Usage
from intaglio.spec.model import Spec


@dataclass(frozen=True, slots=True)
class Brief:
    """All that an author may know of a spec. Golden rows are not among it: they are the held-out test."""

    path: str
    text: str
    spec: Spec
    reach: Reach
    contract: str
    blocks: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    helpers: tuple[str, ...] = ()
    """Functions at hand that nothing of the spec names, each as a line of Python."""
    remark: str = ""
    """What the user wants to be otherwise than in the body that is there."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of one candidate's answer, as it comes."""

    candidate: int
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One candidate's answer: a body, or None with the findings that say why there is none.

    `attempt_id` names its row in the ledger (0: it has none), where `Author.judged` completes it.
    """

    candidate: int
    body: str | None
    findings: tuple[Finding, ...] = ()
    usage: Usage = field(default_factory=Usage)
    model: str = ""
    prompt: str = ""
    attempt_id: int = 0


@dataclass(frozen=True, slots=True)
class Sampling:
    """How many answers one attempt asks for, at most: side by side, or one after another until one passes."""

    candidates: int = 1
    side_by_side: bool = True


class Author(Protocol):
    """Writes candidates. `repairs` says whether it makes sense to ask it again with findings."""

    @property
    def backend(self) -> str:
        """The backend's name."""

    @property
    def model(self) -> str:
        """The model's name, "" when there is none."""

    @property
    def parameters(self) -> tuple[tuple[str, str], ...]:
        """What the model was asked with, for the lock."""

    @property
    def repairs(self) -> bool:
        """Whether another attempt could give another answer."""

    def screen(self, brief: Brief) -> tuple[Finding, ...]:
        """What the input gate has to say before anything leaves; an ERROR among it stops the compile."""

    def sampling(self, attempt: int) -> Sampling:
        """How an attempt is to be made."""

    def write(
        self, brief: Brief, failures: Sequence[FailedAttempt], attempt: int, sampling: Sampling, cancel: threading.Event
    ) -> Generator[Piece | Answer, None, None]:
        """One attempt: pieces, and one Answer for each candidate. Raises GenerationError or Cancelled.

        One after another, the next answer is asked for when the last one has been consumed: closed before, it is not.
        """

    def judged(self, answer: Answer, outcome: str, verdicts: Sequence[tuple[str, str]]) -> None:
        """Tell what came of an answer: an outcome in a word, and (stage, outcome) pairs."""


class RulesAuthor:
    """Compiles `rule:` lines directly. See `Author`."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    @property
    def backend(self) -> str:
        """The backend's name."""
        return self._backend.name

    @property
    def model(self) -> str:
        """There is none."""
        return ""

    @property
    def parameters(self) -> tuple[tuple[str, str], ...]:
        """There are none."""
        return ()

    @property
    def repairs(self) -> bool:
        """The same rules give the same body."""
        return False

    def screen(self, brief: Brief) -> tuple[Finding, ...]:  # noqa: ARG002 - nothing leaves the machine
        """Nothing to say."""
        return ()

    def sampling(self, attempt: int) -> Sampling:  # noqa: ARG002 - there is one attempt
        """One answer: there is no other."""
        return Sampling()

    def write(
        self,
        brief: Brief,
        failures: Sequence[FailedAttempt],  # noqa: ARG002 - rules learn nothing
        attempt: int,  # noqa: ARG002 - as above
        sampling: Sampling,  # noqa: ARG002 - as above
        cancel: threading.Event,
    ) -> Generator[Piece | Answer, None, None]:
        """The one body that the rules say."""
        for step in self._backend.generate(Request(brief.spec), cancel):
            match step:
                case Delta(text=text):
                    yield Piece(0, text)
                case Completion(text=text, usage=usage):
                    yield Answer(0, text, usage=usage)

    def judged(self, answer: Answer, outcome: str, verdicts: Sequence[tuple[str, str]]) -> None:
        """Nothing is recorded: nothing left the machine."""
