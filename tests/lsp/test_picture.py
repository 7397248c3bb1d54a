"""One picture per spec, drawn from its lock state and its latest run, as columns beside the source: `- q r P F S o`."""

import pytest

from intaglio.events import (
    Accepted,
    Assembled,
    AttemptBegun,
    Begun,
    Noticed,
    Refused,
    SpecKey,
    StageBegun,
    StageEnded,
    Stopped,
)
from intaglio.finding import Finding, Place, Severity, Span
from intaglio.lock.report import SpecState, State
from intaglio.lsp.open_file import Change
from intaglio.lsp.picture import draw
from intaglio.lsp.run import Run, is_of, moved, place_findings, region_of
from intaglio.progress import SpecProgress, advance
from intaglio.spec import read_specs
from intaglio.validate.verdict import Outcome, StageName, Verdict

TEXT = """import math


# spec: Return the negative of n.
# example: f(3) == -3
def f(n: int) -> int: ...
"""
KEY = SpecKey("a.py", "f")
MARKS = {"notRun": "-", "queued": "q", "running": "r", "passed": "P", "failed": "F", "skipped": "S", "stale": "o"}
SECURITY, SYNTAX, EXECUTION, ACCURACY = StageName


def spec_of(text):
    return read_specs(text).specs[0]


def ended(stage, outcome=Outcome.PASSED, *findings):
    return StageEnded(KEY, 0, Verdict(stage, outcome, findings))


def check(events, *columns, text=TEXT, now=None):
    """The picture after each event, one line each; a failing test prints the corrected lines."""
    spec = spec_of(text)
    run = Run(SpecProgress(KEY), "1", region_of(spec, text.encode()))
    present = spec_of(now or text)
    state = SpecState("a.py", "f", State.STUB, ("it has no body yet",))
    drawn = []
    for event in events:
        outdated = not is_of(run, region_of(present, (now or text).encode()))
        run = Run(advance(run.progress, event), "1", run.before, run.after, queued=False, outdated=outdated)
        picture = draw(present, 0, state, run)
        drawn.append(f"{picture.phase:<10} {''.join(MARKS[one.outcome] for one in picture.stages)}")
    assert drawn == list(columns), "\n".join(drawn)


def test_a_candidate_that_passes_stage_by_stage():
    check(
        [Begun(KEY), AttemptBegun(KEY, 1, 1, "rules", ""), Assembled(KEY, 1, 0, "", TEXT), StageBegun(KEY, 0, SECURITY),
         ended(SECURITY), StageBegun(KEY, 0, SYNTAX), ended(SYNTAX), ended(EXECUTION), ended(ACCURACY), Accepted(KEY, "f00", True)],
        "validating qqqq",
        "generating qqqq",
        "validating qqqq",
        "validating rqqq",
        "validating Pqqq",
        "validating Prqq",
        "validating PPqq",
        "validating PPPq",
        "validating PPPP",
        "locked     PPPP",
    )  # fmt: skip


def test_a_failure_skips_what_comes_after_and_is_never_shown_as_passed():
    check(
        [Begun(KEY), ended(SECURITY), ended(SYNTAX, Outcome.FAILED), ended(EXECUTION, Outcome.SKIPPED),
         ended(ACCURACY, Outcome.SKIPPED), Refused(KEY, "refused by the syntax stage")],
        "validating qqqq",
        "validating Pqqq",
        "validating PF--",
        "validating PFS-",
        "validating PFSS",
        "refused    PFSS",
    )  # fmt: skip


def test_a_cancelled_run_leaves_nothing_running_or_queued():
    check(
        [Begun(KEY), ended(SECURITY), StageBegun(KEY, 0, SYNTAX), Stopped(KEY)],
        "validating qqqq",
        "validating Pqqq",
        "validating Prqq",
        "cancelled  P---",
    )


def test_a_run_on_another_text_is_stale_and_idle():
    now = TEXT.replace("-3", "-4")
    check([Begun(KEY), ended(SECURITY), ended(SYNTAX, Outcome.FAILED)], "idle       ----", "idle       o---", "idle       oo--", now=now)  # fmt: skip


def test_an_error_of_the_reader_clears_the_green_of_a_run_on_another_text():
    now = TEXT.replace("example", "exampl")
    check([Begun(KEY), ended(SECURITY)], "idle       ----", "idle       ----", now=now)


@pytest.mark.parametrize(
    ("change", "before", "after"),
    [
        (Change(Span(0, 0), 5), Span(10, 20), Span(15, 25)),
        (Change(Span(30, 40), 0), Span(10, 20), Span(10, 20)),
        (Change(Span(12, 14), 6), Span(10, 20), Span(10, 24)),
        (Change(Span(5, 15), 0), Span(10, 20), Span(5, 10)),
        (Change(Span(15, 25), 1), Span(10, 20), Span(10, 16)),
        (Change(Span(5, 25), 2), Span(10, 20), Span(7, 7)),
    ],
)
def test_a_span_moves_with_the_text(change, before, after):
    assert change.move(before) == after


def test_a_finding_of_a_candidate_that_is_not_in_the_file_points_at_the_name():
    spec = spec_of(TEXT)
    in_body = Finding("SY101", Severity.ERROR, "m", Place("function", Span(30, 35)))
    in_spec = Finding("AC101", Severity.ERROR, "m", Place("spec", Span(2, 6)))
    progress = SpecProgress(KEY)
    for event in (Begun(KEY), Noticed(KEY, in_spec), ended(SYNTAX, Outcome.FAILED, in_body)):
        progress = advance(progress, event)
    run = Run(progress, "1", region_of(spec, TEXT.encode()), after=b"# spec: another")
    said, name = place_findings(run, spec, TEXT.encode())
    assert TEXT[said.span.start : said.span.end] == "spec"
    assert (TEXT[name.span.start : name.span.end], name.exact) == ("f", False)
    assert moved(Run(progress, "1", b"", placed=(said,)), (Change(Span(0, 0), 3),)).placed[0].span == said.span.shift(3)
