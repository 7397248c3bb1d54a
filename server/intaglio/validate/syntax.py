"""The syntax stage: parses, lints, type-checks; names and arity exist; small enough to be read. Runs nothing."""

from __future__ import annotations

import ast
import time
from collections.abc import Iterable, Iterator

from intaglio.candidate import Subject
from intaglio.finding import Code, Finding, Place, Span
from intaglio.validate import codes_syntax as codes
from intaglio.validate.linter import ERRORS, WARNINGS, lint, ruff_version
from intaglio.validate.names import check_calls, jedi_version
from intaglio.validate.placing import Lines, function_node
from intaglio.validate.type_checker import ToolMissing, TypeCheck, ty_version
from intaglio.validate.type_server import TypeFinding
from intaglio.validate.verdict import StageName, Verdict, outcome_of

MOST_LINES = 50
MOST_BRANCHES = 15
DEEPEST = 5
_IGNORED = frozenset({"F401", "B008", "B904", "PLW2901", "F841"})
_WARNED = frozenset({"F841"})
_UNRESOLVED = frozenset({"unresolved-import", "import-not-found"})
"""ty's names, the older and the newer, for an import that it does not find: what may be imported is the security stage's matter."""


def check(subject: Subject, begun: TypeCheck | None = None) -> Verdict:
    """Run the stage. `begun` is the type check of this very subject, where that was begun before."""
    started = time.perf_counter()
    findings: list[Finding] = []
    tools: list[tuple[str, str]] = []
    try:
        node = function_node(subject)
    except SyntaxError as error:
        node = None
        findings.append(_finding(codes.NOT_PYTHON, f"the file does not parse: {error}", _whole(subject)))
    if node is None:
        if not findings:
            findings.append(_finding(codes.NOT_PYTHON, "the function was not found in its file", _whole(subject)))
    else:
        lines = Lines(subject)
        findings += _size(subject, node)
        try:
            tools = [("jedi", jedi_version()), ("ruff", ruff_version()), ("ty", ty_version())]
            with begun or TypeCheck(subject) as types:
                findings += _lint(subject, lines)
                arity = [
                    _finding(codes.ARITY, message, lines.of_node(call)) for message, call in check_calls(subject, node)
                ]
                findings += _types(types.findings(), lines)
                findings += arity
        except ToolMissing as error:
            findings.append(_finding(codes.TOOL_MISSING, str(error), _whole(subject)))
    unique = tuple(dict.fromkeys(findings))
    outcome = outcome_of(unique, strict=subject.strict)
    return Verdict(StageName.SYNTAX, outcome, unique, (time.perf_counter() - started) * 1000, tuple(sorted(tools)))


def complexity(node: ast.AST) -> int:
    """McCabe's cyclomatic complexity (1976), counted on the tree: one, and one for each decision."""
    count = 1
    for child in ast.walk(node):
        match child:
            case (
                ast.If()
                | ast.For()
                | ast.AsyncFor()
                | ast.While()
                | ast.IfExp()
                | ast.ExceptHandler()
                | ast.match_case()
            ):
                count += 1
            case ast.BoolOp():
                count += len(child.values) - 1
            case ast.comprehension():
                count += 1 + len(child.ifs)
    return count


def depth(statements: list[ast.stmt]) -> int:
    """How deeply blocks stand in blocks; an `elif` is no deeper than its `if`."""
    deepest = 0
    for statement in statements:
        for field in ("body", "orelse", "finalbody", "handlers", "cases"):
            inner = getattr(statement, field, None)
            if not inner:
                continue
            if field in {"handlers", "cases"}:
                deepest = max(deepest, *(1 + depth(one.body) for one in inner))
            elif (
                field == "orelse" and isinstance(statement, ast.If) and len(inner) == 1 and isinstance(inner[0], ast.If)
            ):
                deepest = max(deepest, depth(inner))
            else:
                deepest = max(deepest, 1 + depth(inner))
    return deepest


def _size(subject: Subject, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[Finding]:
    place = Place("function", subject.slot.shift(-subject.spec.function.span.start))
    count = len([line for line in subject.slice(subject.slot).splitlines() if line.strip()])
    if count > MOST_LINES:
        yield _finding(codes.TOO_LONG, f"the body has {count} lines, and a slot has room for {MOST_LINES}", place)
    rules = len(subject.spec.rules)
    branches = complexity(node)
    if branches > MOST_BRANCHES + 2 * rules:
        yield _finding(
            codes.TOO_COMPLEX,
            f"the function has a cyclomatic complexity of {branches}; at most {MOST_BRANCHES + 2 * rules} is readable",
            place,
        )
    if depth(node.body) > DEEPEST:
        yield _finding(
            codes.TOO_COMPLEX,
            f"blocks stand {depth(node.body)} deep in each other; at most {DEEPEST} is readable",
            place,
        )


def _lint(subject: Subject, lines: Lines) -> Iterator[Finding]:
    for found in lint(subject.text, ERRORS + WARNINGS):
        place = lines.place(found.line, found.column, found.end_line, found.end_column)
        if place is None or (found.rule in _IGNORED and found.rule not in _WARNED):
            continue
        is_error = found.rule.startswith(("E9", "F", "PLE", "invalid")) and found.rule not in _WARNED
        code = codes.LINT if is_error else codes.LINT_WARNING
        yield _finding(code, f"{found.rule}: {found.message}", place)


def _types(diagnosed: Iterable[TypeFinding], lines: Lines) -> Iterator[Finding]:
    for found in diagnosed:
        if not found.is_error:
            continue
        place = lines.place(found.line, found.column, found.end_line, found.end_column)
        if place is not None and found.rule not in _UNRESOLVED:
            yield _finding(codes.TYPES, f"{found.rule}: {found.message}", place)


def _whole(subject: Subject) -> Place:
    function = subject.spec.function
    return Place("function", Span(0, function.span.end - function.span.start))


def _finding(code: Code, message: str, place: Place) -> Finding:
    return Finding(code.id, code.severity, message, place)
