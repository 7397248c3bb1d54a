"""Running use cases for several specs: one reducer, one picture, on a terminal with progress and in a pipe without."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from types import FrameType
from typing import Any

import click

from intaglio.cli.report import Report, SpecReport, place_finding
from intaglio.cli.selection import Selection
from intaglio.cli.terminal import print_finding, stage_line
from intaglio.events import Event, SpecKey
from intaglio.progress import Phase, SpecProgress, advance
from intaglio.spec import read_specs
from intaglio.validate.verdict import Outcome, StageName

Work = Callable[[SpecKey, threading.Event], Iterator[Event]]


def run_all(selection: Selection, keys: Iterable[SpecKey], work: Work, *, quiet: bool) -> tuple[SpecProgress, ...]:
    """Run `work` for each spec in turn and draw what happens; Ctrl-C cancels the spec at hand and ends the run."""
    cancel = threading.Event()
    done: list[SpecProgress] = []
    with _cancelling(cancel), _display(enabled=not quiet) as draw:
        for key in keys:
            if cancel.is_set():
                break
            state = SpecProgress(key)
            for event in work(key, cancel):
                state = advance(state, event)
                draw(state, event)
            done.append(state)
            if not quiet:
                draw(None, None)
                _print_outcome(selection, state)
    return tuple(done)


def report_of(selection: Selection, states: Iterable[SpecProgress], after: Report) -> Report:
    """What a run came to: each spec's state afterwards with the run's verdicts and findings; and the files' findings."""
    rows = {SpecKey(row.path, row.name): row for row in after.specs}
    return Report(tuple(_row(selection, state, rows.get(state.key)) for state in states), after.findings)


def print_file_findings(report: Report) -> None:
    """What was said of whole files: those that cannot be read, and specs that belong to no function."""
    for placed in report.findings:
        print_finding(placed, indent="")


def exit_code(states: Iterable[SpecProgress], after: Report) -> int:
    """0 when every spec was accepted and no file has an error; 3 when only the machine lacked something; else 1."""
    refused = [state for state in states if state.phase in {Phase.REFUSED, Phase.CANCELLED}]
    if Report((), after.findings).has_error():
        return 1
    if not refused:
        return 0
    return 3 if all(state.environment for state in refused) else 1


def _row(selection: Selection, state: SpecProgress, after: SpecReport | None) -> SpecReport:
    text = state.text or selection.snapshot.text(state.key.path) or ""
    spec = read_specs(text).find(state.key.name)
    findings = [place_finding(finding, state.key.path, text, spec) for finding in state.findings]
    for verdict in state.verdicts:
        findings += [place_finding(finding, state.key.path, text, spec, verdict.stage) for finding in verdict.findings]
    made: dict[str, Any] = {
        "attempts": state.attempt,
        "backend": state.backend,
        "model": state.model,
        "input_tokens": state.usage.input_tokens,
        "output_tokens": state.usage.output_tokens,
        "usage_estimated": state.usage.estimated,
        "cost": state.usage.cost,
    }
    reasons = (state.reason,) if state.reason else after.reasons if after else ()
    name = after.state if after else "invalid"
    return SpecReport(
        state.key.path,
        state.key.name,
        name,
        reasons,
        state.verdicts,
        tuple(findings),
        after.lock if after else None,
        made,
    )


def _print_outcome(selection: Selection, state: SpecProgress) -> None:
    row = _row(selection, state, None)
    colour = {Phase.LOCKED: "green", Phase.ACCEPTED: "cyan"}.get(state.phase, "red")
    word = {Phase.LOCKED: "locked", Phase.ACCEPTED: "passed", Phase.CANCELLED: "cancelled"}.get(state.phase, "refused")
    attempts = f"  {state.attempt} attempts" if state.attempt > 1 else ""
    tokens = state.usage.input_tokens + state.usage.output_tokens
    usage = f"  {tokens} tokens{' (estimated)' if state.usage.estimated else ''}" if tokens else ""
    click.echo(f"{click.style(f'{word:<8}', fg=colour, bold=True)}  {state.key}{attempts}{usage}")
    if row.verdicts:
        click.echo(f"          {stage_line(row)}")
        facts = ", ".join(
            f"{name} {value}" for verdict in row.verdicts for name, value in verdict.facts if name != "reason"
        )
        if facts and word != "refused":
            click.echo(f"          {facts}")
    if state.reason:
        click.echo(f"          {state.reason}")
    for placed in row.findings:
        print_finding(placed, indent="          ")
    if (
        state.phase is Phase.REFUSED
        and state.body
        and any(verdict.outcome is Outcome.FAILED for verdict in state.verdicts)
    ):
        click.echo(click.style("          the candidate:", dim=True))
        for line in state.body.rstrip().split("\n"):
            click.echo(click.style(f"            {line}", dim=True))


@contextlib.contextmanager
def _cancelling(cancel: threading.Event) -> Iterator[None]:
    """The first Ctrl-C asks to stop, the second one stops."""

    def ask(_number: int, _frame: FrameType | None) -> None:
        if cancel.is_set():
            raise KeyboardInterrupt
        cancel.set()

    try:
        before = signal.signal(signal.SIGINT, ask)
    except ValueError:  # not the main thread: nobody presses keys
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextlib.contextmanager
def _display(*, enabled: bool) -> Iterator[Callable[[SpecProgress | None, Event | None], None]]:
    """A live line on a terminal; nothing in a pipe."""
    if not enabled or not sys.stderr.isatty():
        yield lambda _state, _event: None
        return
    from rich.console import Console
    from rich.live import Live
    from rich.spinner import Spinner
    from rich.text import Text

    console = Console(stderr=True)
    with Live(Text(""), console=console, refresh_per_second=12, transient=True) as live:

        def draw(state: SpecProgress | None, _event: Event | None) -> None:
            if state is None:
                live.update(Text(""), refresh=True)
                return
            live.update(Spinner("dots", Text(_doing(state))))

        yield draw


def _doing(state: SpecProgress) -> str:
    if state.phase is Phase.GENERATING:
        attempt = f" (attempt {state.attempt} of {state.attempts})" if state.attempts > 1 else ""
        last = state.streamed.rstrip().rpartition("\n")[2][-60:]
        return f"{state.key}  {state.model or state.backend} is writing{attempt}  {last}"
    stages = " ".join(
        f"{stage.value}{'…' if stage is state.running else ''}"
        for stage in StageName
        if stage is state.running or state.outcome(stage)
    )
    return f"{state.key}  {stages}"
