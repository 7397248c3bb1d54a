"""Inlay hints: what stands behind which line, for verdicts on this text, on an earlier one, and on a candidate."""

from intaglio.assist.inlay_hints import inlay_hints
from intaglio.events import SpecKey
from intaglio.finding import Span
from intaglio.progress import Phase, SpecProgress
from intaglio.validate.verdict import DirectiveResult, Outcome, StageName, Verdict

TEXT = """\
# spec: Return "one" for 1.
# example: f(1) == "one"
# example: f(2) == (
#     "two")
# example: f(0) raises ValueError
# golden: rows.jsonl >= 0.9
def f(x: int) -> str: ...
"""
RESULTS = (
    DirectiveResult("example", 0, passed=True, said="gave 'one', and 'one' is expected", millis=0.31),
    DirectiveResult("example", 1, passed=False, said="gave 'one', and 'two' is expected", millis=0.2),
    DirectiveResult("example", 2, passed=False, said="returned 'one'", millis=0.2),
    DirectiveResult("golden", 0, passed=True, said="49 of 50", millis=12.4),
)
VERDICTS = (
    *(Verdict(stage, Outcome.PASSED) for stage in list(StageName)[:3]),
    Verdict(StageName.ACCURACY, Outcome.FAILED, results=RESULTS),
)


def shown(view, within=None):
    return [
        (view.document.data[: hint.offset].decode().rpartition("\n")[2], hint.label, hint.tooltip)
        for hint in inlay_hints(view, within)
    ]


def check(view_at, expected, **known):
    view, _ = view_at(TEXT, **known)
    assert [(line, label) for line, label, _ in shown(view)] == expected


def progress(phase=Phase.REFUSED, text=TEXT, verdicts=VERDICTS):
    return {"f": SpecProgress(SpecKey("claims.py", "f"), phase, text=text, verdicts=verdicts)}


EXPECTED = [
    ('# example: f(1) == "one"', "✓ 0.3 ms"),
    ('#     "two")', "✗ gave 'one'"),
    ("# example: f(0) raises ValueError", "✗ returned 'one'"),
    ("# golden: rows.jsonl >= 0.9", "✓ 49 of 50"),
]


def test_each_line_has_its_result(view_at):
    check(view_at, EXPECTED, progress=progress())


def test_verdicts_of_the_cache_do_as_well(view_at):
    check(view_at, EXPECTED, progress=progress(Phase.WAITING, text=""))


def test_nothing_of_an_earlier_text_is_shown(view_at):
    check(view_at, [], progress=progress(), outdated=frozenset(["f"]))


def test_nothing_is_shown_while_the_stage_has_not_ended(view_at):
    check(view_at, [], progress=progress(Phase.VALIDATING, verdicts=VERDICTS[:3]))
    check(view_at, [])


def test_a_candidate_that_is_not_in_the_file_is_called_so(view_at):
    view, _ = view_at(TEXT, progress=progress(Phase.PROPOSED, TEXT.replace("...", "return ''")))
    tooltips = [tooltip for _, _, tooltip in shown(view)]
    assert tooltips[0] == "passed in 0.3 ms of the candidate, which is not in the file"
    assert tooltips[1] == "gave 'one', and 'two' is expected of the candidate, which is not in the file"
    view, _ = view_at(TEXT, progress=progress(Phase.LOCKED))
    assert shown(view)[3][2] == "49 of 50 golden rows match, in 12 ms"


def test_a_range_takes_the_specs_that_touch_it(view_at):
    view, _ = view_at(TEXT, progress=progress())
    assert len(shown(view, Span(0, 10))) == 4
    assert shown(view, Span(len(TEXT) - 3, len(TEXT))) == []
