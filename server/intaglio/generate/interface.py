"""What a backend is: something that turns a request into text deltas and ends with a completion. Values and protocols."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from intaglio.finding import Finding
from intaglio.spec.model import Spec


class GenerationError(Exception):
    """A backend could not answer. `code` is a finding's code (GE...); the message says what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Interrupted(GenerationError):
    """The server ended an answer in favour of another of ours; asked again, it is asked for that one alone."""


class Cancelled(Exception):
    """The user cancelled; the provider's stream has been closed."""


@dataclass(frozen=True, slots=True)
class Message:
    """One chat message: role "system", "user" or "assistant"."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Request:
    """All that a backend needs for one attempt. `temperature` and `seed` distinguish candidates of one request."""

    spec: Spec
    messages: tuple[Message, ...] = ()
    model: str = ""
    max_tokens: int = 1024
    temperature: float = 0.0
    seed: int = 0
    canary: str = ""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one exchange and its price in US dollars (None: unknown). `estimated`: not the provider's count."""

    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = 0.0
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of the answer, as it comes."""

    text: str


@dataclass(frozen=True, slots=True)
class Completion:
    """The end of an answer: all of its text, and what it used. `model` is what the provider says it is."""

    text: str
    usage: Usage = field(default_factory=Usage)
    model: str = ""
    finish_reason: str = "stop"


@dataclass(frozen=True, slots=True)
class FailedAttempt:
    """A candidate that did not pass: the code as it was assembled, and the findings that it met."""

    body: str
    stage: str
    findings: tuple[Finding, ...]


class Backend(Protocol):
    """Yields deltas and ends with exactly one Completion. Raises GenerationError or Cancelled."""

    @property
    def name(self) -> str:
        """One of "rules", "litellm" and "cassette"."""

    def generate(self, request: Request, cancel: threading.Event) -> Iterator[Delta | Completion]:
        """One answer. Setting `cancel` ends the stream, the provider's too, and raises Cancelled."""
