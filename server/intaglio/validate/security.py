"""The security stage: what a body may reach is a list; bandit, ruff's security rules, secrets, patterns, taint besides.

It explains and filters; the boundary is the sandbox. The whole function is judged, its decorators, defaults and annotations
too. Inline suppressions and the workspace's settings do not count.
"""

from __future__ import annotations

import ast
import io
import re
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

from intaglio.candidate import Subject
from intaglio.finding import Code, Finding, Place, Severity, Span
from intaglio.validate import codes_security as codes
from intaglio.validate.capability import check_capabilities
from intaglio.validate.linter import SECURITY, LintFinding, lint, ruff_version
from intaglio.validate.patterns import check_patterns
from intaglio.validate.placing import Lines, function_node, tree_of
from intaglio.validate.taint import check_taint
from intaglio.validate.type_checker import ToolMissing
from intaglio.validate.verdict import StageName, Verdict, outcome_of

SECRETS = (
    ("an AWS access key", re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b")),
    ("a private key", re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----")),
    ("a GitHub token", re.compile(r"\bgh[pousr]_[A-Za-z0-9]{36,}\b")),
    ("a Slack token", re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{10,}\b")),
    ("a Google API key", re.compile(r"\bAIza[0-9A-Za-z_-]{35}\b")),
    ("a Stripe key", re.compile(r"\b[sr]k_(?:live|test)_[0-9A-Za-z]{16,}\b")),
    ("an API key", re.compile(r"\bsk-[A-Za-z0-9_-]{20,}\b")),
    ("a JSON Web Token", re.compile(r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.")),
    ("a password in a URL", re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s/:@]+:[^\s/:@]{3,}@")),
)
_RUFF_IGNORED = frozenset({"S101", "S311"})
"""assert is a matter of style here (and is refused by name where it matters); randomness is not granted anyway."""
_BANDIT_IGNORED = frozenset({"B101", "B311", "B404", "B403"})


def check(subject: Subject) -> Verdict:
    """Run the stage."""
    started = time.perf_counter()
    findings: list[Finding] = []
    tools: list[tuple[str, str]] = []
    try:
        node = function_node(subject)
    except SyntaxError as error:
        node = None
        findings.append(_finding(codes.UNREADABLE, f"the file does not parse: {error}", _whole(subject)))
    if node is None:
        if not findings:
            findings.append(_finding(codes.UNREADABLE, "the function was not found in its file", _whole(subject)))
    else:
        lines = Lines(subject)
        with ThreadPoolExecutor(1) as beside:  # ruff is a process of its own
            linted = beside.submit(lint, subject.text, SECURITY)
            said = (
                *check_capabilities(node, subject),
                *check_patterns(node),
                *check_taint(node, subject),
                *_secrets(node),
            )
            findings += [_finding(code, message, lines.of_node(where)) for code, message, where in said]
            try:
                tools = [("bandit", bandit_version()), ("ruff", ruff_version())]
                findings += _bandit(subject, lines)
                findings += _ruff(linted.result(), lines)
            except ToolMissing as error:
                findings.append(_finding(codes.UNREADABLE, str(error), _whole(subject)))
    unique = tuple(dict.fromkeys(findings))
    outcome = outcome_of(unique, strict=subject.strict)
    return Verdict(StageName.SECURITY, outcome, unique, (time.perf_counter() - started) * 1000, tuple(sorted(tools)))


@cache
def bandit_version() -> str:
    """The installed version. Raises ToolMissing."""
    from importlib import metadata

    try:
        return metadata.version("bandit")
    except metadata.PackageNotFoundError as error:
        raise ToolMissing("bandit is not installed; run: pip install 'intaglio[validate]'") from error


def _secrets(function: ast.AST) -> Iterator[tuple[Code, str, ast.AST]]:
    for node in ast.walk(function):
        if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
            text = node.value if isinstance(node.value, str) else node.value.decode("latin-1")
            for what, pattern in SECRETS:
                if pattern.search(text):
                    yield codes.SECRET, f"the body holds what looks like {what}", node


@cache
def _bandit_tests() -> Any:
    """Bandit's tests, built once: 200 ms cold, and nothing afterwards. Raises ToolMissing."""
    try:
        import logging

        from bandit.core.config import BanditConfig
        from bandit.core.manager import BanditManager
    except ImportError as error:
        raise ToolMissing(f"bandit does not load ({error}); run: pip install 'intaglio[validate]'") from error
    logging.getLogger("bandit").setLevel(logging.CRITICAL)
    return BanditManager(BanditConfig(), "file").b_ts


def _bandit(subject: Subject, lines: Lines) -> Iterator[Finding]:
    tests = _bandit_tests()
    from bandit.core.meta_ast import BanditMetaAst
    from bandit.core.metrics import Metrics
    from bandit.core.node_visitor import BanditNodeVisitor

    data, numbers = _around(subject)
    metrics = Metrics()
    metrics.begin("body.py")
    visitor = BanditNodeVisitor("body.py", io.BytesIO(data), BanditMetaAst(), tests, False, {}, metrics)
    visitor.process(data)
    for issue in visitor.tester.results:
        if issue.test_id in _BANDIT_IGNORED:
            continue
        line = numbers[issue.lineno - 1]
        place = lines.place(
            line, (issue.col_offset or 0) + 1, line, (issue.end_col_offset or issue.col_offset or 0) + 1
        )
        if place is None:
            continue
        severity = Severity.WARNING if issue.severity == "LOW" else Severity.ERROR
        yield Finding(codes.INSECURE_CALL.id, severity, f"{issue.test_id}: {issue.text}", place)


def _around(subject: Subject) -> tuple[bytes, list[int]]:
    """The subject's text for bandit, and which line of the file each of its lines is: the statement that holds the function, and
    those that import something. What it says of all others is of no use, and a long file takes it a second.
    """
    function = subject.spec.function.span
    data = subject.source_bytes
    first, last = data[: function.start].count(b"\n") + 1, data[: function.end].count(b"\n") + 1
    kept: list[int] = []
    for begin, end, together in _by_lines(tree_of(subject)):
        if (begin <= last and first <= end) or any(map(_imports, together)):
            kept += range(begin, end + 1)
    lines = data.split(b"\n")
    return b"\n".join([*(lines[number - 1] for number in kept), b""]), kept


def _by_lines(tree: ast.Module) -> Iterator[tuple[int, int, list[ast.stmt]]]:
    """The first and the last line of each statement, decorators included; those that share a line together."""
    begin, end, together = 0, 0, list[ast.stmt]()
    for statement in tree.body:
        starts = min([statement.lineno, *(one.lineno for one in getattr(statement, "decorator_list", ()))])
        if together and starts > end:
            yield begin, end, together
            together = []
        if not together:
            begin = starts
        end = statement.end_lineno or statement.lineno
        together.append(statement)
    if together:
        yield begin, end, together


def _imports(statement: ast.stmt) -> bool:
    """Whether a statement that defines nothing imports something."""
    return not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and any(
        isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(statement)
    )


def _ruff(diagnosed: Iterable[LintFinding], lines: Lines) -> Iterator[Finding]:
    for found in diagnosed:
        if found.rule in _RUFF_IGNORED:
            continue
        place = lines.place(found.line, found.column, found.end_line, found.end_column)
        if place is not None:
            yield _finding(codes.LINT_SECURITY, f"{found.rule}: {found.message}", place)


def _whole(subject: Subject) -> Place:
    function = subject.spec.function
    return Place("function", Span(0, function.span.end - function.span.start))


def _finding(code: Code, message: str, place: Place) -> Finding:
    return Finding(code.id, code.severity, message, place)
