"""Behaviour: two versions of a function, run side by side in the sandbox on the same inputs. Tells where they differ.

Inputs are the calls of both specs' examples and the inputs that are generated for either; golden rows stay where they are.
Nothing is judged: a difference may be just what was wanted. The words of an error are not compared, and of a float its first
ten digits are.
"""

from __future__ import annotations

import contextlib
import json
import time
from dataclasses import dataclass
from typing import Any

from intaglio.candidate import Subject
from intaglio.config import Settings
from intaglio.sandbox.interface import ChildFailed, SandboxUnavailable
from intaglio.snapshot import Snapshot
from intaglio.source import SourceError
from intaglio.subject import gather
from intaglio.template.model import TemplateError
from intaglio.validate import security
from intaglio.validate.children import Call, Judge, LoadFailed, OutOfTime, Runner
from intaglio.validate.observation import portable
from intaglio.validate.tools import Toolbox
from intaglio.validate.verdict import Outcome

MOST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Version:
    """A function in one state of the workspace."""

    snapshot: Snapshot
    path: str
    name: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One input, as a call, and what it came to before and comes to now, in words."""

    call: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What the comparison found. `problem` says why there was none; then nothing is known. `shown` are the first differences."""

    inputs: int = 0
    differing: int = 0
    shown: tuple[Difference, ...] = ()
    problem: str = ""


def compare_behaviour(settings: Settings, toolbox: Toolbox, before: Version, after: Version) -> Behaviour:
    """Run both versions on the same inputs."""
    try:
        subjects = (_subject(settings, before), _subject(settings, after))
        for subject, when in zip(subjects, ("before", "now"), strict=True):
            verdict = security.check(subject)
            if verdict.outcome is not Outcome.PASSED:
                first = verdict.findings[0].message if verdict.findings else "no reason was given"
                return Behaviour(
                    problem=f"the body as it is {when} does not pass the security stage, so it was not run: {first}"
                )
        return _run_both(settings, toolbox, *subjects)
    except (SourceError, TemplateError, SandboxUnavailable) as error:
        return Behaviour(problem=str(error))
    except OutOfTime:
        return Behaviour(problem=f"the two did not end within {settings.stage_seconds:g} s each")
    except (LoadFailed, ChildFailed) as error:
        return Behaviour(problem=f"a sandboxed process ended: {(str(error).strip().splitlines() or ['it died'])[-1]}")


def _subject(settings: Settings, version: Version) -> Subject:
    """Raises SourceError, TemplateError."""
    text = version.snapshot.source(version.path).text
    spec = version.snapshot.reading(version.path).find(version.name)
    if spec is None or spec.function.is_stub:
        raise SourceError(f"there is no body of {version.path}::{version.name} to run")
    return gather(version.snapshot, settings, version.path, text, spec).subject


def _run_both(settings: Settings, toolbox: Toolbox, before: Subject, after: Subject) -> Behaviour:
    deadline = time.monotonic() + 2 * settings.stage_seconds
    with contextlib.ExitStack() as stack:
        old = stack.enter_context(Runner(before, toolbox.sandbox, deadline))
        new = stack.enter_context(Runner(after, toolbox.sandbox, deadline))
        old_judge = stack.enter_context(Judge(before, toolbox.sandbox, deadline, old))
        new_judge = stack.enter_context(Judge(after, toolbox.sandbox, deadline, new))
        calls = _calls(settings, new_judge) | _calls(settings, old_judge)
        pairs = list(
            zip(calls.values(), old.answers(list(calls.values())), new.answers(list(calls.values())), strict=True)
        )
        differing = [(call, was, now) for call, was, now in pairs if portable(was) != portable(now)]
        shown = tuple(_described(new_judge, *one) for one in differing[:MOST_SHOWN])
    return Behaviour(len(pairs), len(differing), shown)


def _calls(settings: Settings, judge: Judge) -> dict[str, Call]:
    """The examples' calls, then generated ones: those that the spec's conditions let through, and some that they do not."""
    answer = judge.ask("inputs", count=settings.generated_inputs)
    found = [*judge.ask("example_calls"), *answer["inputs"], *answer["violating"]]
    return {json.dumps(call, sort_keys=True): call for call in found}


def _described(judge: Judge, call: Call, was: dict[str, Any], now: dict[str, Any]) -> Difference:
    return Difference(*judge.ask("describe", call=call, outcomes=[was, now]))
