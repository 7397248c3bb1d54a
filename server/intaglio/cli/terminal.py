"""How a report looks on a terminal, and in a pipe: the same words, with colour only where it is wanted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from intaglio.cli.report import PlacedFinding, Report, SpecReport
from intaglio.finding import Severity

STATE_COLOURS = {
    "locked": "green",
    "ready": "cyan",
    "stub": "blue",
    "unlocked": "yellow",
    "stale": "yellow",
    "drifted": "red",
    "orphaned": "red",
    "invalid": "red",
}
_SEVERITY_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.HINT: "cyan"}
_OUTCOME_SIGNS = {"passed": ("passed", "green"), "failed": ("FAILED", "red"), "skipped": ("skipped", "bright_black")}


def print_report(report: Report, *, explain: bool = False) -> None:
    """The table of specs, then every finding, then the summary line."""
    width = max((len(f"{spec.path}::{spec.name}") for spec in report.specs), default=0)
    for spec in report.specs:
        _print_spec(spec, width, explain=explain)
    for placed in report.findings:
        print_finding(placed)
    for note in report.notes:
        click.echo(note)
    click.echo(summary_line(report))


def summary_line(report: Report) -> str:
    """For instance: `3 specs: 2 locked, 1 stub; 1 error`."""
    states: dict[str, int] = {}
    for spec in report.specs:
        states[spec.state] = states.get(spec.state, 0) + 1
    parts = ", ".join(f"{count} {state}" for state, count in states.items())
    count = len(report.specs)
    line = f"{count} spec{'' if count == 1 else 's'}" + (f": {parts}" if parts else "")
    for severity in (Severity.ERROR, Severity.WARNING):
        found = sum(placed.finding.severity == severity for placed in report.all_findings())
        if found:
            line += f"; {found} {severity.value}{'' if found == 1 else 's'}"
    return line


def print_finding(placed: PlacedFinding, indent: str = "") -> None:
    """`path:line:column: severity CODE message`, the line that it points at, and the ways out."""
    finding = placed.finding
    where = f"{placed.path}:{placed.line}:{placed.column}" if placed.line else placed.path
    severity = click.style(finding.severity.value, fg=_SEVERITY_COLOURS.get(finding.severity, "red"), bold=True)
    click.echo(f"{indent}{where}: {severity} {finding.code} {finding.message}")
    if placed.excerpt.strip():
        text = placed.excerpt.replace("\t", " ")
        length = max(1, (placed.end_column if placed.end_line == placed.line else len(text) + 1) - placed.column)
        lead = len(text) - len(text.lstrip())
        click.echo(f"{indent}    {text.strip()}")
        click.echo(f"{indent}    {' ' * max(0, placed.column - 1 - lead)}{click.style('^' * length, fg='cyan')}")
    for fix in finding.fixes:
        click.echo(f"{indent}    way out: {fix.title}")


def stage_line(spec: SpecReport) -> str:
    """`security passed 12 ms · syntax passed 8 ms · ...`, with facts where a stage counted."""
    parts = []
    for verdict in spec.verdicts:
        word, colour = _OUTCOME_SIGNS[verdict.outcome.value]
        time = "" if word == "skipped" else f" {verdict.millis:.0f} ms"
        parts.append(f"{verdict.stage.value} {click.style(word, fg=colour)}{time}")
    return " · ".join(parts)


def _print_spec(spec: SpecReport, width: int, *, explain: bool) -> None:
    label = f"{spec.path}::{spec.name}"
    state = click.style(f"{spec.state:<8}", fg=STATE_COLOURS.get(spec.state), bold=True)
    first = spec.reasons[0] if spec.reasons else ""
    click.echo(f"{state}  {label:<{width}}  {first}".rstrip())
    for reason in spec.reasons[1:]:
        click.echo(f"{'':8}  {'':<{width}}  {reason}")
    if spec.verdicts:
        click.echo(f"          {stage_line(spec)}")
    if explain and spec.lock:
        for line in _lock_lines(spec.lock):
            click.echo(f"          {line}")
    for line in spec.diff.split("\n") if spec.diff else []:
        click.echo(
            f"          {click.style(line, fg='green' if line.startswith('+') else 'red' if line.startswith('-') else None)}"
        )
    for placed in spec.findings:
        print_finding(placed, indent="          ")
    for way in spec.ways:
        click.echo(f"          {f'{way.name}:':<11} {way.command}")


def _lock_lines(lock: dict[str, Any]) -> Iterator[str]:
    """What a lock says, in words."""
    yield f"locked body {lock['body']}, of the spec {lock['spec']}"
    model = f", {lock['model']}" if lock["model"] else ""
    made = {"hand": "written by hand", "rules": "made from its rules, without a model"}.get(lock["backend"])
    yield made or f"made by {lock['backend']}{model}{_usage(lock)}"
    reason = f": {lock['reason']}" if lock["reason"] else ""
    yield f"{lock['how']} and accepted by {lock['accepted_by']}, {lock['accepted_at']}{reason}"
    yield "stages: " + ", ".join(f"{stage} {outcome}" for stage, outcome in lock["stages"].items())
    if not lock["sealed"]:
        yield "its seal is broken: it was merged or edited"


def _usage(lock: dict[str, Any]) -> str:
    if not lock["input_tokens"] and not lock["output_tokens"]:
        return ""
    cost = f", ${lock['cost']:.4f}" if lock["cost"] is not None else ""
    return f": {lock['input_tokens']} tokens in, {lock['output_tokens']} out ({lock['usage']}){cost}"
