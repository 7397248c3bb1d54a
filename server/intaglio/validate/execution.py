"""The execution stage: in the sandbox, on generated inputs. Declared types and errors, arguments kept, the same each time."""

from __future__ import annotations

import contextlib
import re
import sys
import time

from intaglio.candidate import Subject
from intaglio.finding import Code, Edit, Finding, Fix, Place, Severity, Span
from intaglio.sandbox.interface import ChildFailed, SandboxUnavailable
from intaglio.validate import codes_execution as codes
from intaglio.validate.children import Call, Judge, LoadFailed, OutOfTime, Runner
from intaglio.validate.observation import VARIANTS, Observation, digest_of, observe, observer_version
from intaglio.validate.tools import Toolbox
from intaglio.validate.verdict import Outcome as StageOutcome
from intaglio.validate.verdict import StageName, Verdict, outcome_of

LEAST_EXAMPLES = 3
NEVER_MEANT = frozenset({"Suspended", "MemoryError"})
"""A coroutine that waits for the outside, and too much memory: no input excuses them."""
STANDARD_DECORATORS = frozenset(
    [
        "staticmethod",
        "classmethod",
        "property",
        "cached_property",
        "functools.cached_property",
        "cache",
        "functools.cache",
        "lru_cache",
        "functools.lru_cache",
        "functools.wraps",
        "wraps",
        "contextmanager",
        "contextlib.contextmanager",
        "singledispatch",
        "functools.singledispatch",
        "typing.final",
        "final",
        "typing.override",
        "override",
        "typing.no_type_check",
        "functools.singledispatchmethod",
        "abstractmethod",
        "abc.abstractmethod",
    ]
)


def check(subject: Subject, toolbox: Toolbox, key: str) -> Verdict:
    """Run the stage. `key` identifies the subject, so that the accuracy stage finds what was observed here."""
    started = time.perf_counter()
    findings: list[Finding] = []
    facts: list[tuple[str, str]] = []
    digest = ""
    tools = [("python", ".".join(map(str, sys.version_info[:3])))]
    try:
        findings += _decorators(subject)
        sandbox = toolbox.sandbox
        tools += [
            ("hypothesis", _version("hypothesis")),
            ("intaglio", observer_version()),
            ("generated-inputs", str(subject.generated_inputs)),
            *(("sandbox", f"{name}: {state}") for name, state in sandbox.walls),
        ]
        deadline = time.monotonic() + subject.stage_seconds
        if not findings:
            with contextlib.ExitStack() as stack:
                runners = {
                    number: stack.enter_context(Runner(subject, sandbox, deadline, number)) for number in VARIANTS
                }
                judge = stack.enter_context(Judge(subject, sandbox, deadline, runners[0]))
                observation = observe(subject, judge, runners, toolbox.draws)
                toolbox.observed = (key, observation)
                findings += _judge(subject, judge, observation)
                digest = digest_of(observation.recorded)
                facts += _facts(subject, observation)
    except SandboxUnavailable as error:
        findings.append(_finding(codes.NO_SANDBOX, str(error)))
    except LoadFailed as error:
        findings.append(
            _at_function(subject, codes.LOAD_FAILED, f"loading the function in the sandbox failed: {error}")
        )
    except OutOfTime:
        findings.append(_at_function(subject, codes.TIMED_OUT, _slow(subject)))
    except ChildFailed as error:
        findings.append(_at_function(subject, codes.CRASHED, f"a sandboxed process ended: {_last_line(error)}"))
    outcome = outcome_of(tuple(findings), strict=subject.strict)
    return Verdict(
        StageName.EXECUTION, outcome, tuple(findings), (time.perf_counter() - started) * 1000,
        tuple(sorted(dict.fromkeys(tools))), digest if outcome is StageOutcome.PASSED else "", tuple(facts),
    )  # fmt: skip


def _judge(subject: Subject, judge: Judge, observation: Observation) -> list[Finding]:
    findings: list[Finding] = []
    generated = len(observation.recorded) - observation.example_calls
    if observation.unsupported:
        enough = observation.example_calls >= LEAST_EXAMPLES
        message = f"{observation.unsupported}; the arguments of {observation.example_calls} examples were tried instead"
        finding = _at_function(
            subject, codes.NO_GENERATED_INPUTS, message + ("" if enough else f", and {LEAST_EXAMPLES} are needed")
        )
        findings.append(finding if enough else _with_severity(finding, Severity.ERROR))
    elif generated == 0:
        where = subject.spec.require[0].span if subject.spec.require else subject.spec.prose.span
        what = "satisfies every `require:`" if subject.spec.require else "is accepted by its type's constructor"
        findings.append(_at_spec(subject, codes.UNSATISFIABLE, f"no generated input {what}", where))
    for number in observation.untried:
        text = subject.spec.require[number]
        message = f"no input violates `{' '.join(text.value.split())}`, so nothing has shown that such input is refused"
        findings.append(_at_spec(subject, codes.GUARD_UNTRIED, message, text.span))
    findings += _failures(subject, judge, observation)
    findings += _complaints(subject, judge, observation)
    changed = [(call, outcome) for call, outcome in observation.recorded if outcome.get("changed")]
    if changed:
        small = _shrunk(judge, observation, {"kind": "changed"}, changed[0][0])
        names = ", ".join(f"argument {name}" if name.isdigit() else f"`{name}`" for name in changed[0][1]["changed"])
        findings.append(_at_body(subject, codes.CHANGED_ARGUMENT, f"`{small}` changes {names}"))
    for call, one, other, how in observation.unsteady[:1]:
        said = judge.ask("describe", call=call, outcomes=[one, other])
        findings.append(_at_body(subject, codes.NOT_DETERMINISTIC, f"`{said[0]}` {said[1]}, and {how} it {said[2]}"))
    if observation.violating:
        for problem in judge.ask("guards", calls=observation.violating)[:1]:
            where = subject.spec.require[problem["require"]].span
            message = f"`{problem['call']}` violates a `require:` and {problem['gave']}; ValueError is expected"
            findings.append(_at_spec(subject, codes.GUARD_FAILED, message, where))
    return findings


def _failures(subject: Subject, judge: Judge, observation: Observation) -> list[Finding]:
    """Calls that hung or died: one finding for each kind."""
    findings = []
    for name, code in (("CallTimedOut", codes.TIMED_OUT), ("CallDied", codes.CRASHED)):
        failed = [(call, outcome) for call, outcome in observation.recorded if outcome.get("failed") == name]
        if failed:
            call, outcome = min(failed, key=lambda pair: len(str(pair[0])))
            shown = judge.ask("describe", call=call, outcomes=[])[0]
            findings.append(_at_body(subject, code, f"`{shown}` {outcome['error']['m']}"))
    return findings


def _complaints(subject: Subject, judge: Judge, observation: Observation) -> list[Finding]:
    """Undeclared exceptions and wrong types: the simplest input for each kind."""
    calls = [pair for pair in observation.recorded if "failed" not in pair[1]]
    findings: list[Finding] = []
    seen: set[tuple[str, str]] = set()
    for problem in judge.ask("check", calls=calls):
        kind = (problem["kind"], problem.get("error", ""))
        if kind in seen or len(seen) >= 3:
            continue
        seen.add(kind)
        details = {"kind": problem["kind"], "error": problem.get("error")}
        small = None if observation.unsupported else judge.ask("shrink", **details)
        shown, said = (small["call"], small["said"]) if small else (problem["call"], problem["said"])
        if problem["kind"] == "type":
            findings.append(
                _at_body(
                    subject,
                    codes.WRONG_TYPE,
                    f"`{shown}` {problem['said'] if not small else _typed(said, problem['said'])}",
                )
            )
            continue
        finding = _at_body(subject, codes.UNDECLARED_EXCEPTION, f"`{shown}` {said}, which no `raises:` allows")
        finding = Finding(
            finding.code,
            finding.severity,
            finding.message,
            finding.place,
            _ways_out(subject, problem["error"]),
            (("input", shown),),
        )
        severe = subject.spec.ensure or subject.strict or problem["error"] in NEVER_MEANT
        findings.append(_with_severity(finding, Severity.ERROR) if severe else finding)
    return findings


def _typed(said: str, original: str) -> str:
    _, _, declared = original.partition(", and is declared")
    return f"{said}, and is declared{declared}"


def _ways_out(subject: Subject, error: str) -> tuple[Fix, ...]:
    """Two: say that the exception is meant, or that such inputs do not occur."""
    fixes = []
    if re.fullmatch(r"[A-Za-z_][\w.]*", error):
        block = subject.spec.block
        line_start = subject.source_bytes.rfind(b"\n", 0, block.start) + 1
        lead = subject.source_bytes[line_start : block.start].decode()
        place = Place("spec", Span(block.end - block.start, block.end - block.start))
        fixes.append(Fix(f"Declare the exception: `# raises: {error}`", (Edit(place, f"\n{lead}# raises: {error}"),)))
    fixes.append(Fix("Exclude such inputs with a `# require:` line", ()))
    return tuple(fixes)


def _shrunk(judge: Judge, observation: Observation, details: dict[str, object], call: Call) -> str:
    small = None if observation.unsupported else judge.ask("shrink", **details)
    shown: str = small["call"] if small else judge.ask("describe", call=call, outcomes=[])[0]
    return shown


def _decorators(subject: Subject) -> list[Finding]:
    foreign = [
        name for name in subject.spec.function.decorators if re.split(r"[\s(]", name)[0] not in STANDARD_DECORATORS
    ]
    if not foreign:
        return []
    return [
        _at_function(
            subject,
            codes.FOREIGN_DECORATOR,
            f"`@{foreign[0]}` is not the standard library's, so the function cannot be run in the stages",
        )
    ]


def _facts(subject: Subject, observation: Observation) -> list[tuple[str, str]]:
    """How many inputs were generated, came from examples, and were to be refused by a `require:`."""
    generated = len(observation.recorded) - observation.example_calls
    guarded = [("guard inputs", str(len(observation.violating)))] if subject.spec.require else []
    return [("inputs", str(generated)), ("example inputs", str(observation.example_calls)), *guarded]


def _slow(subject: Subject) -> str:
    return f"the stage did not end within {subject.stage_seconds:g} s, or calls within {subject.call_seconds:g} s again and again"


def _version(name: str) -> str:
    from importlib import metadata

    return metadata.version(name)


def _last_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[-1] if lines else type(error).__name__


def _with_severity(finding: Finding, severity: Severity) -> Finding:
    return Finding(finding.code, severity, finding.message, finding.place, finding.fixes, finding.details)


def _finding(code: Code, message: str, place: Place | None = None) -> Finding:
    return Finding(code.id, code.severity, message, place)


def _at_function(subject: Subject, code: Code, message: str) -> Finding:
    return _finding(
        code, message, Place("function", subject.spec.function.name_span.shift(-subject.spec.function.span.start))
    )


def _at_body(subject: Subject, code: Code, message: str) -> Finding:
    return _finding(code, message, Place("function", subject.slot.shift(-subject.spec.function.span.start)))


def _at_spec(subject: Subject, code: Code, message: str, span: Span) -> Finding:
    return _finding(code, message, Place("spec", span.shift(-subject.spec.block.start)))
