"""Two bodies run side by side in the sandbox on the same inputs. Judges nothing: a difference may be just what was wanted.

`compare_all` counts the inputs on which two versions of a function differ; `find_difference` searches one, and keeps the
simplest. That none was found proves nothing, and is never called the same. Golden rows stay where they are.
"""

from __future__ import annotations

import ast
import contextlib
import json
import textwrap
import time
from collections.abc import Iterator
from dataclasses import dataclass

from intaglio.candidate import Subject
from intaglio.sandbox.interface import ChildFailed, SandboxUnavailable
from intaglio.validate import security
from intaglio.validate.children import Call, Judge, LoadFailed, Outcome, OutOfTime, Runner, constants_in
from intaglio.validate.observation import portable, stable
from intaglio.validate.tools import Toolbox
from intaglio.validate.verdict import Outcome as StageOutcome

MOST_SHOWN = 5
_TRIES = 1000


@dataclass(frozen=True, slots=True)
class Side:
    """One of two bodies, and what it is called: "the locked body", "the body as it was"."""

    subject: Subject
    word: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One input, as a call, and what it comes to on either side, in words."""

    call: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What a comparison found. `problem` says why there was none; then nothing is known. `shown` are the first differences."""

    inputs: int = 0
    differing: int = 0
    shown: tuple[Difference, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Searched:
    """What a search came to. `tried` inputs were compared one by one before the simplest was looked for.

    `examples` are the example that each side's answer makes ("" where no line can say it). `problem` says why there could be
    no search, or why it ended early; `lacks_sandbox` that the machine is the cause.
    """

    difference: Difference | None = None
    examples: tuple[str, str] = ("", "")
    tried: int = 0
    problem: str = ""
    lacks_sandbox: bool = False


def compare_all(before: Side, after: Side, toolbox: Toolbox) -> Behaviour:
    """Run both on the examples' calls and on generated inputs of either spec.

    The words of an error are not compared, and of a float its first ten digits are.
    """
    count = after.subject.generated_inputs
    try:
        with _running(before, after, toolbox) as both:
            old_judge, new_judge = both.judge(before), both.judge(after)
            calls = list((_calls(new_judge, count) | _calls(old_judge, count)).values())
            pairs = zip(calls, both.before.answers(calls), both.after.answers(calls), strict=True)
            differing = [(call, [was, now]) for call, was, now in pairs if portable(was) != portable(now)]
            shown = tuple(_described(new_judge, call, outcomes) for call, outcomes in differing[:MOST_SHOWN])
    except _NotRun as error:
        return Behaviour(problem=str(error))
    return Behaviour(len(calls), len(differing), shown)


def find_difference(locked: Side, present: Side, toolbox: Toolbox) -> Searched:
    """Search an input on which the two differ. Their subjects differ in nothing but the body."""
    try:
        with _running(locked, present, toolbox) as both:
            both.begin()
            near = constants_in(tree for side in (locked, present) for tree in _trees(side.subject))
            judge = both.judge(present, near)
            answer = judge.ask("inputs", count=present.subject.generated_inputs)
            calls: list[Call] = judge.ask("example_calls") + answer["inputs"]
            found: Call | None = next((call for call in calls if both.answer(call).get("differs")), None)
            if not answer["unsupported"]:
                with contextlib.suppress(OutOfTime):  # what was found before is not lost
                    small = judge.ask("shrink", kind="differs", tries=_TRIES)
                    found = small["wire"] if small else found
            if found is None:
                return Searched(tried=len(calls), problem=answer["unsupported"])
            outcomes = [both.before.answer(found), both.after.answer(found)]
            lines = [judge.ask("example_line", call=found, outcome=outcome) for outcome in outcomes]
            return Searched(_described(judge, found, outcomes), (lines[0], lines[1]), len(calls))
    except _NotRun as error:
        return Searched(problem=str(error), lacks_sandbox=error.lacks_sandbox)


class _NotRun(Exception):
    """Why two bodies could not be run, or not to the end."""

    def __init__(self, message: str, *, lacks_sandbox: bool = False) -> None:
        super().__init__(message)
        self.lacks_sandbox = lacks_sandbox


@dataclass(frozen=True, slots=True)
class _Both:
    """Two run children. As what answers a judge's calls they give the first one's outcome, marked where they differ."""

    before: Runner
    after: Runner
    toolbox: Toolbox
    stack: contextlib.ExitStack

    def begin(self) -> None:
        """Start both."""
        self.before.begin()
        self.after.begin()

    def answer(self, call: Call) -> Outcome:
        one, other = self.before.answer(call), self.after.answer(call)
        return {**one, "differs": True} if stable(one) != stable(other) else one

    def judge(self, side: Side, near: list[object] | None = None) -> Judge:
        """A judge with the spec of one side, ended with the two."""
        return self.stack.enter_context(
            Judge(side.subject, self.toolbox.sandbox, self.before.deadline, self, near or ())
        )


@contextlib.contextmanager
def _running(before: Side, after: Side, toolbox: Toolbox) -> Iterator[_Both]:
    """Both bodies in run children, when the security stage lets both through. Raises _NotRun, for what is done with them too."""
    for side in (before, after):
        verdict = security.check(side.subject)
        if verdict.outcome is not StageOutcome.PASSED:
            said = verdict.findings[0].message if verdict.findings else "it gave no reason"
            raise _NotRun(f"{side.word} was not run, as the security stage refuses it: {said}")
    seconds = 2 * after.subject.stage_seconds
    deadline = time.monotonic() + seconds
    try:
        with contextlib.ExitStack() as stack:
            runners = [stack.enter_context(Runner(side.subject, toolbox.sandbox, deadline)) for side in (before, after)]
            yield _Both(runners[0], runners[1], toolbox, stack)
    except SandboxUnavailable as error:
        raise _NotRun(str(error), lacks_sandbox=True) from error
    except LoadFailed as error:
        raise _NotRun(f"loading the function in the sandbox failed: {error}") from error
    except OutOfTime as error:
        raise _NotRun(f"the two did not end within {seconds:g} s") from error
    except ChildFailed as error:
        last = (str(error).strip().splitlines() or ["it died"])[-1]
        raise _NotRun(f"a sandboxed process ended: {last}") from error


def _calls(judge: Judge, count: int) -> dict[str, Call]:
    """The examples' calls, then generated ones: those that the spec's conditions let through, and some that they do not."""
    answer = judge.ask("inputs", count=count)
    found = [*judge.ask("example_calls"), *answer["inputs"], *answer["violating"]]
    return {json.dumps(call, sort_keys=True): call for call in found}


def _described(judge: Judge, call: Call, outcomes: list[Outcome]) -> Difference:
    return Difference(*judge.ask("describe", call=call, outcomes=outcomes))


def _trees(subject: Subject) -> list[ast.AST]:
    function = subject.spec.function
    try:
        return [ast.parse(textwrap.dedent(function.indentation + subject.slice(function.span)))]
    except SyntaxError:
        return []
