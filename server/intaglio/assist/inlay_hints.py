"""Inlay hints: beside each example and golden file what it came to, from verdicts on the text as it is now.

A result of an earlier text is not shown; nor is one of a run that goes on or did not come so far.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from intaglio.assist.standing import of_candidate
from intaglio.assist.view import View
from intaglio.assist.wording import duration, one_line
from intaglio.finding import Span
from intaglio.spec.model import Spec
from intaglio.validate.verdict import DirectiveResult, StageName


@dataclass(frozen=True, slots=True)
class Hint:
    """A label to show behind the byte at `offset`, and what it means."""

    offset: int
    label: str
    tooltip: str
    passed: bool


def inlay_hints(view: View, within: Span | None = None) -> tuple[Hint, ...]:
    """The hints of all specs, or of those whose blocks touch a range."""
    return tuple(hint for spec, moved in view.placed(within) for hint in _of_spec(view, spec, moved))


def _of_spec(view: View, spec: Spec, moved: int) -> list[Hint]:
    verdict = next((one for one in view.verdicts(spec.name) if one.stage is StageName.ACCURACY), None)
    if verdict is None:
        return []
    places = {"example": [one.span for one in spec.examples], "golden": [one.span for one in spec.golden]}
    whose = " of the candidate, which is not in the file" if of_candidate(view, spec, moved) else ""
    found = []
    for result in verdict.results:
        spans = places[result.directive]
        if result.index < len(spans):
            found.append(_hint(spans[result.index].end + moved, result, whose))
    return sorted(found, key=lambda hint: hint.offset)


def _hint(offset: int, result: DirectiveResult, whose: str) -> Hint:
    time = duration(result.millis)
    mark = "✓" if result.passed else "✗"
    if result.directive == "golden":
        label, what = f"{mark} {result.said}", f"{result.said} golden rows match, in {time}"
    elif result.passed:
        label, what = f"{mark} {time}", f"passed in {time}"
    else:
        label, what = f"{mark} {one_line(_came(result.said), 60)}", result.said
    return Hint(offset, label, f"{what}{whose}", result.passed)


def _came(said: str) -> str:
    """What came, without what was expected, which stands on the line."""
    return re.sub(r", and .* is expected\Z", "", said, flags=re.DOTALL)
