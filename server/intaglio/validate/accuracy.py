"""The accuracy stage: examples, properties, rules and golden rows. Expected values exist in the judge child alone."""

from __future__ import annotations

import ast
import contextlib
import hashlib
import sys
import textwrap
import time
from dataclasses import dataclass, field
from typing import Any

from intaglio.candidate import GoldenFile, Subject
from intaglio.finding import Code, Finding, Place, Severity, Span
from intaglio.sandbox.interface import ChildFailed, SandboxUnavailable
from intaglio.spec.expression import ExpressionError, parse_expression
from intaglio.validate import codes_accuracy as codes
from intaglio.validate import codes_execution
from intaglio.validate.children import Judge, LoadFailed, OutOfTime, Runner
from intaglio.validate.observation import VARIANTS, digest_of, observe, observer_version
from intaglio.validate.tools import Toolbox
from intaglio.validate.verdict import DirectiveResult, StageName, Verdict, outcome_of

MOST_ROWS = 100_000


@dataclass(slots=True)
class _Told:
    """What the stage has to tell besides findings, as it goes."""

    facts: list[tuple[str, str]] = field(default_factory=list)
    digests: list[str] = field(default_factory=list)
    results: list[DirectiveResult] = field(default_factory=list)


def check(subject: Subject, toolbox: Toolbox, key: str) -> Verdict:
    """Run the stage on what the execution stage observed under `key`; observe anew when it did not run."""
    started = time.perf_counter()
    findings: list[Finding] = list(_echoes(subject))
    told = _Told()
    spec = subject.spec
    try:
        if not (spec.examples or spec.ensure or spec.rules or spec.golden):
            findings.append(
                _at_spec(
                    subject,
                    codes.NOTHING_JUDGED,
                    "nothing says whether the body is right; add an `example:` at least",
                    spec.prose.span,
                )
            )
        else:
            sandbox = toolbox.sandbox
            deadline = time.monotonic() + subject.stage_seconds
            with contextlib.ExitStack() as stack:
                runners = {
                    number: stack.enter_context(Runner(subject, sandbox, deadline, number)) for number in VARIANTS
                }
                judge = stack.enter_context(Judge(subject, sandbox, deadline, runners[0]))
                findings += _examples(subject, judge, told)
                findings += _properties(subject, toolbox, key, judge, runners, told)
                for index, golden in enumerate(subject.golden):
                    findings += _golden(subject, judge, index, golden, told)
    except SandboxUnavailable as error:
        findings.append(Finding(codes_execution.NO_SANDBOX.id, Severity.ERROR, str(error)))
    except OutOfTime:
        findings.append(
            _at_spec(
                subject,
                codes.CALL_FAILED,
                f"the stage did not end within {subject.stage_seconds:g} s, or calls within {subject.call_seconds:g} s again and again",
                spec.prose.span,
            )
        )
    except (LoadFailed, ChildFailed) as error:
        lines = str(error).strip().splitlines()
        findings.append(
            _at_spec(
                subject,
                codes.CALL_FAILED,
                f"a sandboxed process ended: {lines[-1] if lines else type(error).__name__}",
                spec.prose.span,
            )
        )
    outcome = outcome_of(tuple(findings), strict=subject.strict)
    tools = (("intaglio", observer_version()), ("python", ".".join(map(str, sys.version_info[:3]))))
    digest = hashlib.sha256("\n".join(told.digests).encode()).hexdigest() if told.digests else ""
    millis = (time.perf_counter() - started) * 1000
    return Verdict(
        StageName.ACCURACY, outcome, tuple(findings), millis, tools, digest, tuple(told.facts), tuple(told.results)
    )


def _examples(subject: Subject, judge: Judge, told: _Told) -> list[Finding]:
    examples = subject.spec.examples
    if not examples:
        return []
    findings = []
    judge.runner.begin()
    results: list[dict[str, Any]] = judge.ask("examples")
    for index, (example, result) in enumerate(zip(examples, results, strict=True)):
        told.results.append(DirectiveResult("example", index, result["ok"], result["said"], result["millis"]))
        if not result["ok"]:
            shown = " ".join(example.expression.value.split())
            wanted = f", and {example.raises.value} is expected" if example.raises is not None else ""
            message = (
                f"`{shown}` {result['said']}{wanted}" if example.raises is not None else f"`{shown}`: {result['said']}"
            )
            findings.append(_at_spec(subject, codes.EXAMPLE_FAILED, message, example.span))
    right = sum(result["ok"] for result in results)
    told.facts.append(("examples", f"{right} of {len(examples)}"))
    told.digests.append(digest_of([tuple(pair) for result in results for pair in result["calls"]]))
    return findings


def _properties(
    subject: Subject,
    toolbox: Toolbox,
    key: str,
    judge: Judge,
    runners: dict[int, Runner],
    told: _Told,
) -> list[Finding]:
    spec = subject.spec
    if not spec.ensure and not spec.rules:
        return []
    if toolbox.observed is not None and toolbox.observed[0] == key:
        observation = toolbox.observed[1]
    else:
        observation = observe(subject, judge, runners, toolbox.draws)
    findings = []
    calls = [pair for pair in observation.recorded if "failed" not in pair[1]]
    for problem in judge.ask("properties", calls=calls):
        small = None if observation.unsupported else judge.ask("shrink", kind=problem["kind"])
        shown = small or problem
        message = f"`{shown['call']}` {shown['said']}"
        if problem["kind"] == "rule":
            span = spec.rules[shown["rule"]].span if shown["rule"] is not None else spec.rules[0].span
            findings.append(_at_spec(subject, codes.RULE_CONTRADICTED, message, span))
        else:
            text = spec.ensure[int(problem["kind"].split()[1])]
            message = f"`{' '.join(text.value.split())}` does not hold: {message}"
            findings.append(_at_spec(subject, codes.ENSURE_FAILED, message, text.span))
    if spec.ensure:
        told.facts.append(("ensure", f"{len(spec.ensure)} on {len(calls)} inputs"))
    if spec.rules:
        told.facts.append(("rules", f"{len(spec.rules)} on {len(calls)} inputs"))
    return findings


def _golden(subject: Subject, judge: Judge, index: int, golden: GoldenFile, told: _Told) -> list[Finding]:
    if golden.data is None:
        return [_at_spec(subject, codes.GOLDEN_MISSING, f"the golden file {golden.path} is missing", golden.span)]
    try:
        lines = golden.data.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        return [_at_spec(subject, codes.GOLDEN_BROKEN, f"{golden.path} is not UTF-8 (byte {error.start})", golden.span)]
    rows = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if not rows or len(rows) > MOST_ROWS:
        said = "has no rows" if not rows else f"has more than {MOST_ROWS} rows"
        return [_at_spec(subject, codes.GOLDEN_MISSING, f"the golden file {golden.path} {said}", golden.span)]
    answered = len(judge.answered)
    began = time.perf_counter()
    answer = judge.ask("golden", rows=rows)
    millis = (time.perf_counter() - began) * 1000
    findings = []
    if answer["broken"]:
        details = tuple((f"line {number}", said) for number, said in answer["broken"][:20])
        count = len(answer["broken"])
        message = f"{golden.path}: {count} of {len(rows)} rows cannot be read as the annotations say"
        findings.append(_at_spec(subject, codes.GOLDEN_BROKEN, message, golden.span, details))
    right = answer["right"]
    enough = right >= golden.share * len(rows) - 1e-9
    said = f"{right} of {len(rows)}"
    told.results.append(DirectiveResult("golden", index, enough and not answer["broken"], said, millis))
    if not enough:
        numbers = ", ".join(map(str, answer["wrong"][:20]))
        wanted = "all" if golden.share == 1 else f"{golden.share * 100:.6g}%"
        message = f"{golden.path}: {right} of {len(rows)} rows match, and {wanted} of them must"
        findings.append(_at_spec(subject, codes.GOLDEN_BELOW, message, golden.span, (("lines", numbers),)))
    told.facts.append(("golden", said))
    told.digests.append(digest_of(judge.answered[answered:]))
    return findings


def _echoes(subject: Subject) -> list[Finding]:
    """Bodies that answer examples by heart: literals that only the examples have, compared with and returned.

    Counted are distinct argument tuples of the examples whose every distinctive literal stands in the body, where a literal
    is distinctive when no other text of the spec holds it. Two such tuples, and at least half of all, are an echo.
    """
    spec = subject.spec
    try:
        slot = ast.parse(textwrap.dedent(subject.slice(Span(_line_start(subject), subject.slot.end))))
    except (SyntaxError, ValueError):
        return []
    in_body = {_key(node) for node in ast.walk(slot) if isinstance(node, ast.Constant)}
    elsewhere: set[tuple[str, str]] = set()
    prose = spec.prose.value
    texts = [*spec.require, *spec.ensure]
    for rule in spec.rules:
        texts += [part for part in (rule.condition, rule.value, rule.raises) if part is not None]
    for text in texts:
        elsewhere |= _literals(text.value)
    matched, total = 0, 0
    for example in spec.examples:
        if example.raises is not None:
            continue
        literals = {
            literal
            for literal in _arguments(example.expression.value, spec.function.name)
            if literal not in elsewhere
            and literal[1].strip("'\"") not in prose
            and literal[0] in {"str", "int", "float"}
            and len(literal[1]) > 2
        }
        if literals:
            total += 1
            matched += literals <= in_body
    if matched >= 2 and matched * 2 >= total:
        place = Place("function", subject.slot.shift(-spec.function.span.start))
        return [
            Finding(
                codes.ECHOED.id,
                codes.ECHOED.severity,
                f"the body holds the arguments of {matched} of {total} examples as literals",
                place,
            )
        ]
    return []


def _line_start(subject: Subject) -> int:
    return subject.source_bytes.rfind(b"\n", 0, subject.slot.start) + 1


def _arguments(text: str, name: str) -> set[tuple[str, str]]:
    try:
        tree = parse_expression(text)
    except ExpressionError:
        return set()
    found: set[tuple[str, str]] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (
            getattr(node.func, "id", None) == name or getattr(node.func, "attr", None) == name
        ):
            for argument in [*node.args, *(keyword.value for keyword in node.keywords)]:
                found |= {_key(child) for child in ast.walk(argument) if isinstance(child, ast.Constant)}
    return found


def _literals(text: str) -> set[tuple[str, str]]:
    try:
        return {_key(node) for node in ast.walk(parse_expression(text)) if isinstance(node, ast.Constant)}
    except ExpressionError:
        return set()


def _key(node: ast.Constant) -> tuple[str, str]:
    return type(node.value).__name__, repr(node.value)


def _at_spec(
    subject: Subject, code: Code, message: str, span: Span, details: tuple[tuple[str, str], ...] = ()
) -> Finding:
    return Finding(code.id, code.severity, message, Place("spec", span.shift(-subject.spec.block.start)), (), details)
