"""textDocument/publishDiagnostics: the union of what the reader, the locks and the runs say of a file, as one list a version.

Built as plain data at every key. A finding of a run on an older text is said to be outdated, and weighs less.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from intaglio.finding import Finding, Severity, Span
from intaglio.lock.report import SpecState, State
from intaglio.lsp.picture import Placed, Run, place_findings
from intaglio.lsp.session import Desk, Session
from intaglio.lsp.to_client import plain_range, severity_number
from intaglio.placement import absolute_span
from intaglio.spec.model import Spec
from intaglio.spec.shift import placed_specs

_STATE_SEVERITIES = {
    State.STUB: 4, State.UNLOCKED: 3, State.READY: 3, State.STALE: 2, State.DRIFTED: 2, State.ORPHANED: 2
}  # fmt: skip
_FADED = {1: 2, 2: 3, 3: 4, 4: 4}
UNNECESSARY = 1


def diagnostics_of(session: Session, desk: Desk) -> list[dict[str, Any]]:
    """Everything that is to be said of an open file now."""
    client, index = session.client, desk.file.index
    shown: list[dict[str, Any]] = []
    states = {state.name: state for state in (desk.states.states if desk.states else ())}

    def say(span: Span, severity: int, code: str, message: str, **data: Any) -> dict[str, Any]:
        said: dict[str, Any] = {
            "range": plain_range(index, span, client.encoding),
            "severity": severity,
            "source": "intaglio",
            "code": code,
            "message": message,
        }
        if data and client.diagnostic_data:
            said["data"] = data
        if client.code_description and (page := page_of(code)):
            said["codeDescription"] = {"href": page}
        shown.append(said)
        return said

    def say_finding(finding: Finding, span: Span, spec: Spec | None, stage: str) -> None:
        say(span, severity_number(finding.severity), finding.code, finding.message,
            name=spec.name if spec is not None else "", stage=stage, fixes=[fix.title for fix in finding.fixes])  # fmt: skip

    for finding in desk.file.document.reading.findings:
        say_finding(finding, finding.place.span if finding.place else Span(0, 0), None, "reader")
    for finding in desk.states.findings if desk.states else ():
        say_finding(finding, Span(0, 0), None, "lock")
    for problem in desk.root.configured.problems:
        say(Span(0, 0), 1, "settings", problem)
    names: set[str] = set()
    for spec, offset in placed_specs(desk.file.document.reading.specs):
        names.add(spec.name)
        for finding in (*spec.findings, *session.references(desk, spec)):
            span = absolute_span(finding.place, spec) if finding.place else spec.function.name_span
            say_finding(finding, span.shift(offset), spec, "reader")
        state = states.get(spec.name)
        if state is not None and state.state is not State.LOCKED:
            say(spec.function.name_span.shift(offset), _STATE_SEVERITIES[state.state], state.state.value,
                _sentence(state, pending=desk.waits(spec.name)), name=spec.name, stage="lock")  # fmt: skip
        run = desk.runs.get(spec.name)
        if run is not None:
            for one in _of_run(desk, run):
                severity = severity_number(one.finding.severity)
                message = one.finding.message
                if run.outdated:
                    severity, message = _FADED[severity], f"Outdated: {message}"
                elif not one.exact and one.stage:
                    message = f"{message} (in the candidate)"
                said = say(one.span, severity, one.finding.code, message, name=spec.name, stage=one.stage or "run",
                           details=dict(one.finding.details))  # fmt: skip
                if run.outdated and client.diagnostic_tags:
                    said["tags"] = [UNNECESSARY]
            if run.progress.reason and not run.outdated and run.ended and not _is_said(run):
                say(spec.function.name_span.shift(offset), 2, run.progress.phase.value, run.progress.reason,
                    name=spec.name, stage="run")  # fmt: skip
    for state in states.values():
        if state.name not in names:
            say(Span(0, 0), _STATE_SEVERITIES[state.state], state.state.value, _sentence(state, pending=False),
                name=state.name, stage="lock")  # fmt: skip
    return shown


def _of_run(desk: Desk, run: Run) -> Iterator[Placed]:
    if run.outdated:
        yield from run.placed
        return
    spec = desk.spec(run.progress.key.name)
    if spec is not None:
        yield from place_findings(run, spec, desk.file.document.data)


def _is_said(run: Run) -> bool:
    """Whether a run's findings say why it was refused."""
    return any(
        finding.severity is Severity.ERROR for verdict in run.progress.verdicts for finding in verdict.findings
    ) or any(finding.severity is Severity.ERROR for finding in run.progress.findings)


def _sentence(state: SpecState, *, pending: bool) -> str:
    if pending:
        return f"{state.name} was accepted; its lock is written when the file is saved"
    if state.state is State.STUB:
        return f"{state.name}: {'; '.join(state.reasons)}"
    return f"{state.name} is {state.state.value}: {'; '.join(state.reasons)}"


def page_of(code: str) -> str:
    """Where a code is explained: the page that is installed with the tool; "" for words that are no code."""
    if len(code) != 5 or not _PAGES:
        return ""
    name = _code_name(code)
    return f"{_PAGES}#{code.lower()}-{name}" if name else ""


def _find_page() -> str:
    package = Path(__file__).resolve().parents[1]
    for place in (package / "findings.md", package.parents[1] / "docs" / "findings.md"):
        if place.is_file():
            return place.as_uri()
    return ""


_PAGES = _find_page()
_NAMES: dict[str, str] = {}


def _code_name(code: str) -> str:
    if not _NAMES:
        from intaglio.explanations import all_codes

        _NAMES.update({name: one.name for name, one in all_codes().items()})
    return _NAMES.get(code, "")
