"""Fixes: the ways out that findings carry, as edits of the file. For those whose place a tool or a person points at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from intaglio.assist.standing import of_candidate
from intaglio.assist.view import View
from intaglio.finding import Finding, Span
from intaglio.placement import absolute_span
from intaglio.spec.model import Spec
from intaglio.spec.references import check_references


@dataclass(frozen=True, slots=True)
class ReadyFix:
    """One way out: the finding that it is for, where that points, its title, and (span, new text) edits, which do not overlap."""

    finding: Finding
    span: Span
    title: str
    edits: tuple[tuple[Span, str], ...]


def fixes_at(view: View, within: Span) -> tuple[ReadyFix, ...]:
    """The fixes of every finding that touches a range: the reader's, of missing files, and of stages on the text as it is."""
    found: list[ReadyFix] = []
    for finding in view.document.reading.findings:
        found += _ready(finding, None, within)
    for spec in view.touching(within):
        for finding in findings_of(view, spec):
            found += _ready(finding, spec, within)
    return tuple(found)


def findings_of(view: View, spec: Spec) -> Iterator[Finding]:
    """What is said of a spec as it stands: those of a stage that speak of a candidate's text are left out."""
    yield from spec.findings
    yield from check_references(spec, view.snapshot.root / view.path, view.snapshot.root)
    candidate = of_candidate(view, spec)
    for verdict in view.verdicts(spec.name):
        for finding in verdict.findings:
            if finding.place is not None and not (candidate and finding.place.target == "function"):
                yield finding


def _ready(finding: Finding, spec: Spec | None, within: Span) -> Iterator[ReadyFix]:
    if finding.place is None or not finding.fixes:
        return
    span = absolute_span(finding.place, spec)
    if span.start > within.end or within.start > span.end:
        return
    for fix in finding.fixes:
        edits = tuple((absolute_span(edit.place, spec), edit.new_text) for edit in fix.edits)
        yield ReadyFix(finding, span, fix.title, edits)
