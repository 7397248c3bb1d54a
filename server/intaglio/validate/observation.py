"""What generated inputs make a function do: recorded once, judged by the execution and the accuracy stage."""

from __future__ import annotations

import functools
import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from intaglio import __version__
from intaglio.candidate import Subject
from intaglio.validate.children import Call, Judge, Outcome, Runner

VARIANTS = (0, 1, 2)
_MOST_KEPT = 32
"""How many specs' inputs are kept; 200 calls of a few arguments each are some ten kB."""
_DIGITS = 10
"""How many significant digits of a resulting float go into a digest."""
_OBSERVERS = (
    "validate/children.py", "validate/observation.py", "validate/programs/*.py", "sandbox/warm.py", "sandbox/wire*.py",
)  # fmt: skip


@dataclass(slots=True)
class Observation:
    """Calls with their outcomes under the first variant, and what was unsteady.

    `unsupported` says why no inputs could be generated, "" when they could. `example_calls` is how many of `recorded`
    come from the spec's examples; these stand first.
    """

    recorded: list[tuple[Call, Outcome]] = field(default_factory=list)
    example_calls: int = 0
    unsupported: str = ""
    violating: list[tuple[Call, Outcome]] = field(default_factory=list)
    untried: list[int] = field(default_factory=list)
    """Which `require` of the spec no input violates, counted from 0."""
    unsteady: list[tuple[Call, Outcome, Outcome, str]] = field(default_factory=list)
    """(call, one outcome, another outcome, what differed between them)."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a judge drew for one spec: the calls of its examples first, then generated ones. No body has a part in it."""

    examples: list[Call]
    inputs: list[Call]
    violating: list[Call]
    unsupported: str
    untried: list[int]


class Draws:
    """What was drawn for the last specs, so that the next body of one of them is tried on it at once."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Drawn] = OrderedDict()

    def of(self, judge: Judge, count: int, meanwhile: Callable[[], None]) -> Drawn:
        """As the judge draws them, or drew them for a judge that knew the same; `meanwhile` is done while it draws.

        Raises OutOfTime, LoadFailed, ChildFailed.
        """
        key = hashlib.sha256(json.dumps([judge.setup, count], sort_keys=True).encode()).hexdigest()
        drawn = self._kept.pop(key, None)
        if drawn is None:
            judge.pose("inputs", count=count)
            meanwhile()
            answer = judge.answer()
            drawn = Drawn(
                judge.ask("example_calls"),
                answer["inputs"], answer["violating"], answer["unsupported"], answer["untried"],
            )  # fmt: skip
        else:
            meanwhile()
        self._kept[key] = drawn
        if len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)
        return drawn


def observe(subject: Subject, judge: Judge, runners: dict[int, Runner], draws: Draws) -> Observation:
    """Generate inputs in the judge, run them under every variant. Raises OutOfTime, LoadFailed, ChildFailed."""

    def begin() -> None:
        for runner in runners.values():
            runner.begin()

    drawn = draws.of(judge, subject.generated_inputs, meanwhile=begin)
    calls: list[Call] = drawn.examples + drawn.inputs
    observation = Observation(
        example_calls=len(drawn.examples), unsupported=drawn.unsupported, untried=list(drawn.untried)
    )
    outcomes = list(runners[0].answers(calls, repeated=True))
    for call, outcome in zip(calls, outcomes, strict=True):
        unsteady = outcome.pop("unsteady", None)
        if isinstance(unsteady, dict):
            observation.unsteady.append((call, outcome, unsteady, "called again"))
        observation.recorded.append((call, outcome))
    steady = [(call, outcome) for call, outcome in observation.recorded if "failed" not in outcome]
    for variant in VARIANTS[1:]:
        again = runners[variant].answers([call for call, _ in steady])
        for (call, outcome), other in zip(steady, again, strict=True):
            if stable(outcome) != stable(other):
                observation.unsteady.append((call, outcome, other, "under another hash seed, time zone or locale"))
    if drawn.violating:
        observation.violating = list(zip(drawn.violating, runners[0].answers(drawn.violating), strict=True))
    return observation


def stable(outcome: Any) -> Any:
    """An outcome without what may differ between processes and means nothing: the texts of opaque values."""
    if isinstance(outcome, dict):
        if outcome.get("t") == "opaque":
            return {"t": "opaque", "c": outcome.get("c")}
        return {key: stable(value) for key, value in outcome.items()}
    if isinstance(outcome, list):
        return [stable(item) for item in outcome]
    return outcome


def digest_of(recorded: list[tuple[Call, Outcome]]) -> str:
    """SHA-256 over calls and outcomes, the same on every run and every machine that observes the same. See docs/locks.md."""
    digest = hashlib.sha256()
    for call, outcome in recorded:
        digest.update(json.dumps([call, portable(outcome)], sort_keys=True).encode())
    return digest.hexdigest()


def portable(outcome: Any) -> Any:
    """What of an outcome is the same wherever the same code runs.

    The texts of opaque values and of error messages are not (Python words its own errors anew in each release), and neither
    are a float's last digits (mathematical functions come from the system's library).
    """
    if isinstance(outcome, dict):
        if outcome.get("t") == "opaque":
            return {"t": "opaque", "c": outcome.get("c")}
        if outcome.get("t") == "error":
            return {"t": "error", "c": outcome.get("c")}
        return {key: portable(value) for key, value in outcome.items()}
    if isinstance(outcome, list):
        return [portable(item) for item in outcome]
    if isinstance(outcome, float):
        return f"{outcome:.{_DIGITS - 1}e}"
    return outcome


@functools.cache
def observer_version() -> str:
    """Our version with a hash of what chooses inputs and writes outcomes down: another one may observe other things."""
    package = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256()
    for name in _OBSERVERS:
        for path in sorted(package.glob(name)):
            digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return f"{__version__}+{digest.hexdigest()[:12]}"
