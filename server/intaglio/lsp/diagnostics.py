"""textDocument/publishDiagnostics: the union of what the reader, the locks and the runs say of a file, as one list a version.

Built as plain data at every key. A finding of a run on an older text is said to be outdated, and weighs less.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from intaglio.finding import Finding, Severity, Span
from intaglio.lock.report import SpecState, State
from intaglio.lock.shown import ACCEPTED, INVALID, Shown, shown
from intaglio.lsp.client import Client
from intaglio.lsp.desk import Desk
from intaglio.lsp.fragments import Fragment, fragment
from intaglio.lsp.run import Placed, Run, is_of, place_findings, region_of
from intaglio.lsp.session import Session
from intaglio.lsp.to_client import severity_number
from intaglio.placement import absolute_span
from intaglio.spec.model import Spec
from intaglio.spec.shift import placed_specs

_STATE_SEVERITIES = {
    State.STUB: 4, State.UNLOCKED: 3, State.READY: 3, State.STALE: 2, State.DRIFTED: 2, State.ORPHANED: 2
}  # fmt: skip
_FADED = {1: 2, 2: 3, 3: 4, 4: 4}
UNNECESSARY = 1
_ASKED_BY = {"SE111": ("comply",), "SE112": ("comply",), "EX103": ("ensure", "strict")}
"""Codes of errors in a body that are errors only because of such directives."""


def diagnostics_of(session: Session, desk: Desk) -> str:
    """Everything that is to be said of an open file now, as the JSON of a list."""
    index, encoding = desk.file.index, session.client.encoding
    states = {state.name: state for state in (desk.states.states if desk.states else ())}
    said = [fragment(one, index, encoding, 0).at(0) for one in _of_file(session, desk, states)]
    names: set[str] = set()
    for spec, offset in placed_specs(desk.file.document.reading.specs):
        state, waits, references = states.get(spec.name), desk.why_it_waits(spec.name), desk.references(spec)
        run = desk.latest(spec.name, state)
        line = index.line(spec.block.start + offset)
        key = spec.name if spec.name not in names else f"{spec.name} {offset}"
        names.add(key)

        def make(
            spec: Spec = spec, offset: int = offset, state: SpecState | None = state, run: Run | None = run,
            references: tuple[Finding, ...] = references, waits: str = waits, line: int = line,
        ) -> list[Fragment]:  # fmt: skip
            found = _of_spec(session, desk, spec, offset, state, run, references, waits)
            return [fragment(one, index, encoding, line) for one in found]

        made_from = (spec, state, run, waits, references, session.client)
        said += [piece.at(line) for piece in desk.said.of(key, made_from, make)]
    desk.said.keep_only(names)
    return f"[{','.join(said)}]"


def _of_file(session: Session, desk: Desk, states: Mapping[str, SpecState]) -> Iterator[dict[str, Any]]:
    """What is no spec's: the reader's of the file, the lock file's, settings that cannot be used, locks without their function."""
    client, nowhere = session.client, Span(0, 0)
    for finding in desk.file.document.reading.findings:
        yield _said_of(client, finding, finding.place.span if finding.place else nowhere, "", "reader")
    for finding in desk.states.findings if desk.states else ():
        yield _said_of(client, finding, nowhere, "", "lock")
    for problem in desk.root.configured.problems:
        yield _said(client, nowhere, 1, "settings", problem)
    names = {spec.name for spec, _ in placed_specs(desk.file.document.reading.specs)}
    for state in states.values():
        if state.name not in names:
            sentence = _sentence(state.name, shown(state, ()))
            yield _said(client, nowhere, _STATE_SEVERITIES[state.state], state.state.value, sentence, name=state.name,
                        stage="lock")  # fmt: skip


def _of_spec(
    session: Session,
    desk: Desk,
    spec: Spec,
    offset: int,
    state: SpecState | None,
    run: Run | None,
    references: tuple[Finding, ...],
    waits: str,
) -> Iterator[dict[str, Any]]:
    """What is one spec's: the reader's, its state, its latest run's."""
    client, name = session.client, spec.name
    name_span = spec.function.name_span.shift(offset)
    read = (*spec.findings, *references)
    for finding in read:
        span = absolute_span(finding.place, spec) if finding.place else spec.function.name_span
        yield _said_of(client, finding, span.shift(offset), name, "reader")
    if state is not None and state.state is not State.LOCKED:
        stands = shown(state, read, waits)
        if stands.word != INVALID:  # the errors themselves say it
            severity = 4 if stands.word == ACCEPTED else _STATE_SEVERITIES[state.state]
            yield _said(client, name_span, severity, stands.word, _sentence(name, stands), name=name, stage="lock")
    if run is None:
        return
    for one in _of_run(desk, run):
        if run.outdated and not one.stage:
            continue  # it was about what stood around the spec then
        if not one.stage and one.finding in read:
            continue
        said = _said_of(client, one.finding, one.span, name, one.stage or "run")
        if run.outdated:
            said["severity"], said["message"] = _FADED[said["severity"]], f"Outdated: {one.finding.message}"
            if client.diagnostic_tags:
                said["tags"] = [UNNECESSARY]
        elif not one.exact and one.stage:
            said["message"] = f"{one.finding.message} (in the candidate)"
        asked = _directives_of(one, spec, offset)
        if client.related_information and asked and not run.outdated:
            said["relatedInformation"] = [
                {"location": {"uri": desk.file.uri, "range": place}, "message": "what the spec asks for"}
                for place in asked
            ]
        yield said
    if run.progress.reason and not run.outdated and run.ended and not _is_said(run):
        yield _said(client, name_span, 2, run.progress.phase.value, run.progress.reason, name=name, stage="run")


def _said_of(client: Client, finding: Finding, span: Span, name: str, stage: str) -> dict[str, Any]:
    return _said(client, span, severity_number(finding.severity), finding.code, finding.message, name=name, stage=stage,
                 fixes=[fix.title for fix in finding.fixes if fix.edits], details=dict(finding.details))  # fmt: skip


def _said(client: Client, span: Span, severity: int, code: str, message: str, **data: Any) -> dict[str, Any]:
    said: dict[str, Any] = {
        "range": span,
        "severity": severity,
        "source": "intaglio",
        "code": code,
        "message": message,
    }
    if data and client.diagnostic_data:
        said["data"] = data
    if client.code_description and (page := page_of(code)):
        said["codeDescription"] = {"href": page}
    return said


def _directives_of(one: Placed, spec: Spec, offset: int) -> list[Span]:
    """The directives that asked for what a finding in the body misses: by what the finding is about, or as its message quotes one."""
    if one.finding.place is None or one.finding.place.target != "function":
        return []
    keys = _ASKED_BY.get(one.finding.code, ()) if one.finding.severity is Severity.ERROR else ()
    return [
        directive.span.shift(offset)
        for directive in spec.directives
        if directive.key in keys
        or (directive.key != "spec" and directive.value.value and f"`{directive.value.value}`" in one.finding.message)
    ]


def _of_run(desk: Desk, run: Run) -> Iterator[Placed]:
    """A run's findings in the present text; those of another text where they were moved to."""
    spec, data = desk.spec(run.progress.key.name), desk.file.document.data
    if spec is not None and is_of(run, region_of(spec, data)):
        yield from place_findings(run, spec, data)
    else:
        yield from run.placed


def _is_said(run: Run) -> bool:
    """Whether a run's findings say why it was refused."""
    return any(
        finding.severity is Severity.ERROR for verdict in run.progress.verdicts for finding in verdict.findings
    ) or any(finding.severity is Severity.ERROR for finding in run.progress.findings)


def _sentence(name: str, stands: Shown) -> str:
    reasons = "; ".join(stands.reasons)
    return f"{name}: {reasons}" if stands.word == State.STUB else f"{name} is {stands.word}: {reasons}"


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
