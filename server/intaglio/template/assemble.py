"""Put a body into its function in a file's text: template, formatter, indentation, line endings. Writes no file."""

from __future__ import annotations

import ast
import re
import tokenize
from dataclasses import replace

from intaglio.finding import Code, Finding, Place, Span
from intaglio.spec.expression import ExpressionError
from intaglio.spec.model import Function, Spec
from intaglio.template import codes
from intaglio.template.canon import canonical, is_string_statement
from intaglio.template.fill import fill
from intaglio.template.format import format_suite
from intaglio.template.indentation import indent, unix_lines
from intaglio.template.match import match
from intaglio.template.model import Assembled, FormatSettings, FormatterMissing, Template, TemplateError
from intaglio.template.suite import body_span


def assemble(text: str, spec: Spec, template: Template, body: str, settings: FormatSettings) -> Assembled:
    """The file's text with the function below `spec` filled; everything outside its body byte for byte as it was.

    `body` is dedented statements. On a finding of severity ERROR nothing was assembled. Raises FormatterMissing.
    """
    accepted, findings = _accept(body, spec.function)
    if accepted is None:
        return Assembled(text, Span(0, 0), findings)
    inner = _inner_indentation(text.encode("utf-8", "surrogatepass"), spec.function)
    settings = _with_unit(settings, inner.removeprefix(spec.function.indentation))
    try:
        suite = fill(template, spec, accepted)
        formatted = _formatted(suite, spec.function, settings)
    except FormatterMissing:
        raise
    except (TemplateError, ExpressionError, SyntaxError, tokenize.TokenError) as error:
        return _refused(text, codes.GUARD_INVALID, str(error))
    filled = _replace(text, spec.function, formatted, inner)
    from intaglio.spec import read_specs  # the parser: whoever loads a template to compare it does without

    reread = read_specs(filled).find(spec.name)
    matched = match(template, reread, filled) if reread is not None else None
    if reread is None or matched is None or not _same(filled, reread.function, suite):
        return _refused(
            text, codes.FORMAT_CHANGED, "the filled function was not recognised after formatting; nothing was written"
        )
    return Assembled(filled, matched.slot, findings)


def _accept(body: str, function: Function) -> tuple[str | None, tuple[Finding, ...]]:
    """The body as it will be filled in, or None with the finding that refuses it."""
    body = unix_lines(body).strip("\n") + "\n"
    if body[:1] in (" ", "\t"):
        return None, (
            _finding(codes.BODY_INDENTED, "the body's first line is indented; a body is dedented statements"),
        )
    header = "async def _():\n" if function.is_async else "def _():\n"
    try:
        tree = ast.parse(header + indent(body, "    "))
        compile(tree, "<body>", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError, tokenize.TokenError) as error:
        line = getattr(error, "lineno", None)
        where = f" (line {line - 1})" if isinstance(line, int) and line > 1 else ""
        message = getattr(error, "msg", None) or str(error)
        return None, (_finding(codes.BODY_SYNTAX, f"the body is not Python{where}: {message}"),)
    node = tree.body[0]
    statements = node.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else []
    findings: tuple[Finding, ...] = ()
    only = statements[0] if len(statements) == 1 else None
    if isinstance(only, ast.FunctionDef | ast.AsyncFunctionDef) and only.name == function.name:
        said = "the body is the whole function again; leave its `def` line out"
        return None, (_finding(codes.BODY_INDENTED, said),)
    if is_string_statement(statements[0]) and len(statements) > 1:
        lines = body.split("\n")
        last = statements[0].end_lineno or statements[0].lineno
        if statements[1].lineno > last:
            body = "\n".join(lines[last - 1 :]).lstrip("\n")
            findings = (_finding(codes.DOCSTRING_DROPPED, "the body's own docstring was left out"),)
        statements = statements[1:]
    if all(_does_nothing(statement) for statement in statements):
        return None, (_finding(codes.BODY_EMPTY, "the body does nothing"),)
    return body, findings


def _does_nothing(statement: ast.stmt) -> bool:
    match statement:
        case ast.Pass():
            return True
        case ast.Expr(value=ast.Constant()):
            return True
        case (
            ast.Raise(exc=ast.Name(id="NotImplementedError"))
            | ast.Raise(exc=ast.Call(func=ast.Name(id="NotImplementedError")))
        ):
            return True
    return False


def _formatted(suite: str, function: Function, settings: FormatSettings) -> str:
    unit_depth = len(function.indentation.expandtabs(4)) // 4 if function.indentation else 0
    return format_suite(
        suite, settings, depth=unit_depth + 1, docstring=function.docstring is not None, is_async=function.is_async
    )


def _replace(text: str, function: Function, suite: str, inner: str) -> str:
    """Lay the formatted, dedented suite over the function's body, in the file's indentation and line endings."""
    data = text.encode("utf-8", "surrogatepass")
    span = body_span(data, function)
    newline = "\r\n" if re.search(rb"\r\n", data) and not re.search(rb"(?<!\r)\n", data) else "\n"
    lines = indent(suite.strip("\n"), inner)
    blank = suite.startswith("\n")
    start = span.start
    line_start = max(data.rfind(b"\n", 0, start), data.rfind(b"\r", 0, start)) + 1
    if function.is_one_line or data[line_start:start].strip():
        lead = data[:start].rstrip(b" \t;")
        if function.is_one_line and (docstring := function.docstring) is not None:
            # A suite on the header's line cannot go on below: its docstring moves to a line of its own.
            moved = f"{newline}{inner}".encode() + data[docstring.start : docstring.end]
            lead = data[: docstring.start].rstrip(b" \t") + moved
        comment, rest = _trailing_comment(data, span.end)
        head = lead.decode("utf-8", "surrogatepass") + comment + newline
        tail = data[rest:].decode("utf-8", "surrogatepass")
    else:
        head = data[:line_start].decode("utf-8", "surrogatepass")
        comment, rest = _trailing_comment(data, span.end)
        tail = data[rest:].decode("utf-8", "surrogatepass")
        blank = blank and not head.rstrip(" \t").endswith(("\n\n", "\r\n\r\n"))
    return head + (newline if blank and function.docstring is not None else "") + lines.replace("\n", newline) + tail


def _trailing_comment(data: bytes, end: int) -> tuple[str, int]:
    """A comment behind the suite's end on the same line, with two spaces in front, and where the rest begins."""
    found = re.compile(rb"[ \t;]*(#[^\r\n]*)?").match(data, end)
    if found is None:
        return "", end
    comment = found.group(1)
    return (f"  {comment.decode('utf-8', 'surrogatepass').rstrip()}" if comment else ""), found.end()


def _inner_indentation(data: bytes, function: Function) -> str:
    """How the function's body is indented, or would be: as it is, else one more of the file's own unit."""
    if not function.is_one_line:
        for place in (function.docstring.start if function.docstring else None, function.body.start):
            if place is None:
                continue
            line_start = max(data.rfind(b"\n", 0, place), data.rfind(b"\r", 0, place)) + 1
            found = re.compile(rb"[ \t]*").match(data, line_start)
            if found and found.group() and found.end() < function.suite.end:
                return found.group().decode()
    outer = function.indentation
    if "\t" in outer:
        return outer + "\t"
    unit = re.search(rb"^(?:class|def|if|for|async def|with|try)\b[^\n]*:[ \t]*\r?\n([ \t]+)\S", data, re.MULTILINE)
    return outer + (unit.group(1).decode() if unit else "    ")


def _with_unit(settings: FormatSettings, unit: str) -> FormatSettings:
    """The workspace's settings with the indentation that this file has."""
    if unit.startswith("\t"):
        return replace(settings, indent_style="tab")
    return replace(settings, indent_style="space", indent_width=len(unit) or settings.indent_width)


def _same(text: str, function: Function, suite: str) -> bool:
    """Whether the function's suite in the text means what was filled in (its docstring apart)."""
    data = text.encode("utf-8", "surrogatepass")
    source = data[function.span.start : function.suite.end].decode("utf-8", "surrogatepass")
    lead = function.indentation
    try:
        node = ast.parse(f"if 1:\n{lead}{source}" if lead else source).body[0]
    except (SyntaxError, ValueError):
        return False
    if isinstance(node, ast.If):
        node = node.body[0]
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    actual = node.body[1:] if is_string_statement(node.body[0]) and function.docstring is not None else node.body
    header = "async def _():\n" if function.is_async else "def _():\n"
    expected = ast.parse(header + indent(suite, "    ")).body[0]
    return isinstance(expected, ast.FunctionDef | ast.AsyncFunctionDef) and canonical(actual) == canonical(
        expected.body
    )


def _refused(text: str, code: Code, message: str) -> Assembled:
    return Assembled(text, Span(0, 0), (_finding(code, message),))


def _finding(code: Code, message: str) -> Finding:
    return Finding(code.id, code.severity, message, Place("function", Span(0, 0)))
