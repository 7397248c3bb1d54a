"""Find a template and its slot again in a file's text, whatever formatter has run. Compares trees, changes nothing."""

from __future__ import annotations

import ast
import re

from intaglio.finding import Span
from intaglio.spec.model import Function, Spec
from intaglio.template.canon import canonical, is_string_statement
from intaglio.template.fill import fill
from intaglio.template.model import Match, Template
from intaglio.template.shape import is_slot

_LINE_END = re.compile(rb"\r\n|\r|\n")
_SLOT = "return slot()\n"


def match(template: Template, spec: Spec, text: str) -> Match | None:
    """Recognise the function below `spec` (read from `text`) as this template filled; None if anything but the slot
    differs: a guard changed, gone or added, a statement around the slot touched. An empty slot is no match.

    The slot's span runs from its first statement, or the comments directly above it, to the end of its last statement
    or of the comments behind it. Raises TemplateError as `fill` does.
    """
    return match_function(template, spec, text.encode(), spec.function)


def match_function(template: Template, spec: Spec, data: bytes, function: Function) -> Match | None:
    """As `match`, for a function whose spans hold in `data`; the guards are those of `spec`."""
    expected = ast.parse(fill(template, spec, _SLOT))
    parsed = parse_function(data, function)
    if parsed is None:
        return None
    node, offset = parsed
    docstring = node.body[0] if is_string_statement(node.body[0]) else None
    actual = ast.Module(body=node.body[1:] if docstring else list(node.body), type_ignores=[])
    located = _locate(expected, actual)
    if located is None:
        return None
    statements, before, after = located
    end = len(statements) - after
    slot = statements[before:end]
    if not slot:
        return None
    above = statements[before - 1] if before else docstring
    span = _slot_span(data, offset, slot, above, function)
    statements[before:end] = ast.parse(_SLOT).body
    if canonical(actual.body) != canonical(expected.body):
        return None
    return Match(span)


class Offsets:
    """Turns a tree's line and column into a byte offset of the file."""

    __slots__ = ("_starts", "_wrapped")

    def __init__(self, data: bytes, start: int, end: int, *, wrapped: bool) -> None:
        self._starts = [start, *(found.end() for found in _LINE_END.finditer(data, start, end))]
        self._wrapped = wrapped

    def line(self, line: int) -> int:
        """The first byte of a line."""
        return self._starts[line - 1 - self._wrapped]

    def offset(self, line: int, column: int) -> int:
        """The byte at a line (from 1) and column (UTF-8 bytes, from 0)."""
        return self.line(line) + column


def parse_function(data: bytes, function: Function) -> tuple[ast.FunctionDef | ast.AsyncFunctionDef, Offsets] | None:
    """The function's tree on its own and the way from its positions to the file's; None when it does not parse."""
    start = max(data.rfind(b"\n", 0, function.span.start), data.rfind(b"\r", 0, function.span.start)) + 1
    lead = data[start : function.span.start]
    if lead.strip(b" \t\f"):
        start, lead = function.span.start, b""
    wrapped = bool(lead.rpartition(b"\f")[2])
    source = data[start : function.suite.end].decode()
    try:
        tree = ast.parse(f"if 1:\n{source}" if wrapped else source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    outer = tree.body[0]
    node = outer.body[0] if wrapped and isinstance(outer, ast.If) else outer
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return None
    return node, Offsets(data, start, function.suite.end, wrapped=wrapped)


def _locate(template: ast.AST, actual: ast.AST) -> tuple[list[ast.stmt], int, int] | None:
    """The list that holds the slot in `actual`, and how many statements stand before and behind the slot in it."""
    for field, value in ast.iter_fields(template):
        other = getattr(actual, field, None)
        if isinstance(value, list) and isinstance(other, list):
            for index, child in enumerate(value):
                if isinstance(child, ast.stmt) and is_slot(child):
                    after = len(value) - index - 1
                    return (other, index, after) if len(other) > index + after else None
                if isinstance(child, ast.AST) and index < len(other) and isinstance(other[index], ast.AST):
                    found = _locate(child, other[index])
                    if found is not None:
                        return found
    return None


def _slot_span(data: bytes, offsets: Offsets, slot: list[ast.stmt], above: ast.stmt | None, function: Function) -> Span:
    first, last = slot[0], slot[-1]
    decorators = getattr(first, "decorator_list", [])
    line = min([first.lineno, *(decorator.lineno for decorator in decorators)])
    start = offsets.offset(first.lineno, first.col_offset)
    if decorators:
        start = offsets.line(line) + first.col_offset
    lowest = (above.end_lineno or above.lineno) if above else 0
    lead = data[offsets.line(line) : start]
    while not lead.strip() and line - 1 > lowest:
        text = data[offsets.line(line - 1) : offsets.line(line)]
        if text.strip() and not text.lstrip().startswith(b"#"):
            break
        line -= 1
        if text.strip():
            start = offsets.line(line) + len(text) - len(text.lstrip())
    end = offsets.offset(last.end_lineno or last.lineno, last.end_col_offset or 0)
    return Span(start, _comments_end(data, end, function.suite.end))


def _comments_end(data: bytes, end: int, limit: int) -> int:
    """Behind the comments that follow `end`, on its line and on lines of their own; `end` when there are none."""
    position = end
    stop = _LINE_END.search(data, end)
    rest = data[end : stop.start() if stop else len(data)]
    if rest.lstrip(b" \t\f;").startswith(b"#"):
        end = position = end + len(rest.rstrip())
    while position < limit:
        found = re.compile(rb"[ \t\f]*(?:\r\n|\r|\n)|[ \t\f]*(#[^\r\n]*)").match(data, position)
        if found is None or found.end() > limit or found.end() == position:
            break
        position = found.end()
        if found.group(1) is not None:
            end = position
    return end
