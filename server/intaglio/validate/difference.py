"""A search for an input on which two bodies of one function answer differently, in the sandbox; the simplest is kept.

Judges nothing: both answers are reported. That none was found proves nothing, and is never called the same.
"""

from __future__ import annotations

import ast
import contextlib
import textwrap
import time
from dataclasses import dataclass

from intaglio.candidate import Subject
from intaglio.sandbox.interface import ChildFailed, SandboxUnavailable
from intaglio.validate import security
from intaglio.validate.children import Call, Judge, LoadFailed, Outcome, OutOfTime, Runner, constants_in
from intaglio.validate.observation import stable
from intaglio.validate.tools import Toolbox
from intaglio.validate.verdict import Outcome as StageOutcome

_TRIES = 1000


@dataclass(frozen=True, slots=True)
class Difference:
    """A call, what each body answers in words, and the example that each answer makes ("" where no line can say it)."""

    call: str
    locked: str
    present: str
    locked_example: str
    present_example: str


@dataclass(frozen=True, slots=True)
class Searched:
    """What a search came to. `tried` inputs were compared one by one before the simplest was looked for.

    `problem` says why there could be no search, or why it ended early; `lacks_sandbox` that the machine is the cause.
    """

    difference: Difference | None = None
    tried: int = 0
    problem: str = ""
    lacks_sandbox: bool = False


def find_difference(locked: Subject, present: Subject, toolbox: Toolbox) -> Searched:
    """Search. The subjects differ in nothing but the body. Nothing runs that the security stage does not let through."""
    for subject, which in ((locked, "locked"), (present, "present")):
        verdict = security.check(subject)
        if verdict.outcome is not StageOutcome.PASSED:
            said = verdict.findings[0].message if verdict.findings else "refused"
            return Searched(problem=f"the {which} body was not run, as the security stage refuses it: {said}")
    try:
        return _search(locked, present, toolbox)
    except SandboxUnavailable as error:
        return Searched(problem=str(error), lacks_sandbox=True)
    except LoadFailed as error:
        return Searched(problem=f"loading the function in the sandbox failed: {error}")
    except OutOfTime:
        return Searched(problem=f"the search did not end within {present.stage_seconds:g} s")
    except ChildFailed as error:
        return Searched(problem=f"a sandboxed process ended: {error}")


@dataclass(slots=True)
class _Both:
    """Two run children whose answers are compared: the locked body's is given out, marked where they differ."""

    locked: Runner
    present: Runner

    def begin(self) -> None:
        """Start both."""
        self.locked.begin()
        self.present.begin()

    def answer(self, call: Call) -> Outcome:
        one, other = self.locked.answer(call), self.present.answer(call)
        return {**one, "differs": True} if stable(one) != stable(other) else one


def _search(locked: Subject, present: Subject, toolbox: Toolbox) -> Searched:
    deadline = time.monotonic() + present.stage_seconds
    sandbox = toolbox.sandbox
    with contextlib.ExitStack() as stack:
        both = _Both(
            stack.enter_context(Runner(locked, sandbox, deadline)),
            stack.enter_context(Runner(present, sandbox, deadline)),
        )
        both.begin()
        near = constants_in(tree for subject in (locked, present) for tree in _trees(subject))
        judge = stack.enter_context(Judge(present, sandbox, deadline, both, near))
        answer = judge.ask("inputs", count=present.generated_inputs)
        calls: list[Call] = judge.ask("example_calls") + answer["inputs"]
        found: Call | None = next((call for call in calls if both.answer(call).get("differs")), None)
        if not answer["unsupported"]:
            with contextlib.suppress(OutOfTime):  # what was found before is not lost
                small = judge.ask("shrink", kind="differs", tries=_TRIES)
                found = small["wire"] if small else found
        if found is None:
            return Searched(tried=len(calls), problem=answer["unsupported"])
        outcomes = [both.locked.answer(found), both.present.answer(found)]
        shown, *words = judge.ask("describe", call=found, outcomes=outcomes)
        lines = [judge.ask("example_line", call=found, outcome=outcome) for outcome in outcomes]
        return Searched(Difference(shown, words[0], words[1], lines[0], lines[1]), len(calls))


def _trees(subject: Subject) -> list[ast.AST]:
    function = subject.spec.function
    try:
        return [ast.parse(textwrap.dedent(function.indentation + subject.slice(function.span)))]
    except SyntaxError:
        return []
