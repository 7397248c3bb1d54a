"""Verdicts: what one stage says of one subject. Values only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from intaglio.finding import Finding, Severity


class StageName(StrEnum):
    """The four stages, in their order."""

    SECURITY = "security"
    SYNTAX = "syntax"
    EXECUTION = "execution"
    ACCURACY = "accuracy"


class Outcome(StrEnum):
    """What came of a stage. SKIPPED is never shown as passed."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class DirectiveResult:
    """What one example or one golden file came to: `said` in words, in `millis` of wall time.

    `index` counts the spec's directives of that kind from 0.
    """

    directive: Literal["example", "golden"]
    index: int
    passed: bool
    said: str
    millis: float = 0.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """One stage's word on one subject.

    `millis` is wall time in milliseconds; `tools` names each tool with its version, sorted; `digest` is a SHA-256
    over what the stage observed that a replay must find again (results, counts), "" when it observed nothing.
    `facts` are counts for people and tools, as (name, value): ("examples", "10"), ("golden", "50 of 50"). `results` say what each example and golden file came to, as far as the stage got.
    """

    stage: StageName
    outcome: Outcome
    findings: tuple[Finding, ...] = ()
    millis: float = 0.0
    tools: tuple[tuple[str, str], ...] = ()
    digest: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    results: tuple[DirectiveResult, ...] = ()


def outcome_of(findings: tuple[Finding, ...], *, strict: bool) -> Outcome:
    """FAILED when a finding is an error, or a warning under `strict`; else PASSED. Fails closed on other severities."""
    harmless = {Severity.HINT} if strict else {Severity.HINT, Severity.WARNING}
    return Outcome.PASSED if all(finding.severity in harmless for finding in findings) else Outcome.FAILED


def passed(verdicts: Sequence[Verdict]) -> bool:
    """Whether all four stages are there and passed."""
    return [verdict.stage for verdict in verdicts] == list(StageName) and all(
        verdict.outcome is Outcome.PASSED for verdict in verdicts
    )
