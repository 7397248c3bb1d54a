"""Findings: what the reader or a stage has to say, with a code, a place, a severity and a way out.

Values only. Knows nothing of how findings are made or shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Severity(StrEnum):
    """How much a finding weighs. An ERROR fails its stage; a WARNING does so only under `strict: yes`."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range [start, end) of byte offsets into a text encoded as UTF-8."""

    start: int
    end: int

    def shift(self, offset: int) -> Span:
        """The same range, `offset` bytes further on."""
        return Span(self.start + offset, self.end + offset)

    def contains(self, offset: int) -> bool:
        """Whether the byte at `offset` lies within, its end included (so that a cursor behind a word is on it)."""
        return self.start <= offset <= self.end


Target = Literal["spec", "function", "file"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a finding points.

    `span` counts bytes from the target's start: for "spec" the first byte of the comment block (its `#`), for
    "function" the first byte of the function (its first decorator's `@`, else `def` or `async`), for "file" the
    file. Findings of stages are relative, so that a cached verdict stays true when the function moves.
    A "function" place speaks of the candidate's text, which need not be what the file holds.
    """

    target: Target
    span: Span


@dataclass(frozen=True, slots=True)
class Edit:
    """A replacement of `place` by `new_text`."""

    place: Place
    new_text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A way out that a tool can apply: its title in the imperative, and its edits, which do not overlap."""

    title: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of finding. Each package declares its own in its `codes.py`; `intaglio explain` prints them.

    `id` is stable: two capital letters for the source (SP spec, TM template, GE generation, SE security, SY syntax,
    EX execution, AC accuracy, LK lock, EN environment) and three digits. `name` is its kebab-case name.
    `explanation` and `way_out` are Markdown: what it means and why it matters; what to do.
    """

    id: str
    name: str
    severity: Severity
    explanation: str
    way_out: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing said about one spec. `message` is one sentence that says what was expected and what was there."""

    code: str
    severity: Severity
    message: str
    place: Place | None = None
    fixes: tuple[Fix, ...] = ()
    details: tuple[tuple[str, str], ...] = ()
    """Further facts for tools, as (name, value): for instance ("input", "f(0)")."""


def errors_of(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those that are errors."""
    return tuple(finding for finding in findings if finding.severity is Severity.ERROR)
