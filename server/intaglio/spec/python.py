"""The reader for Python: finds spec blocks and the functions below them. Never fails, imports nothing, runs nothing."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import tree_sitter_python
from tree_sitter import Language, Node, Parser, Query, QueryCursor, Tree

from intaglio.finding import Code, Edit, Finding, Fix, Place, Span
from intaglio.spec import codes
from intaglio.spec.block import COMMENT, START, Line, parse_block
from intaglio.spec.checks import check_spec
from intaglio.spec.function import read_function
from intaglio.spec.model import Reading, Spec
from intaglio.spec.values import read_values

LANGUAGE = Language(tree_sitter_python.language())
_COMMENTS = Query(LANGUAGE, "(comment) @comment")
_DEFINITION = re.compile(rb"^[ \t\f]*(@|(async[ \t]+)?def\b)")
_DEFINED_NAME = re.compile(rb"\bdef[ \t]+([^\s(]+)")
_COMMENT_LINES = re.compile(rb"^[ \t\f]*#.*$", re.MULTILINE)
_SPEC_LIKE = re.compile(rb"#[ \t]*spec[ \t]*:")


def read_specs(text: str, *, check: bool = True) -> Reading:
    """The specs of a Python text and what is wrong with them. Takes any text; never raises.

    Without `check` the specs are read and not judged (expressions, rules, vagueness): for those who compare what is
    there with what was judged before.
    """
    data = text.encode("utf-8", "surrogatepass")
    if not _SPEC_LIKE.search(data):
        return Reading((), ())
    return read_tree(Parser(LANGUAGE).parse(data), data, check=check)


def read_tree(tree: Tree, data: bytes, *, check: bool = True) -> Reading:
    """The specs of a text that tree-sitter has parsed."""
    lines = _lines(data)
    module_names = names_bound(data) if check else None
    comments = QueryCursor(_COMMENTS).captures(tree.root_node).get("comment", [])
    starts = (
        sorted(
            node.start_point.row
            for node in comments
            if START.match(lines[node.start_point.row].data)
            and not lines[node.start_point.row].data[: node.start_point.column].strip()
        )
        if len(lines) > tree.root_node.end_point.row
        else []
    )
    specs: list[Spec] = []
    findings: list[Finding] = []
    taken = -1
    for row in starts:
        if row <= taken:
            continue
        end = row
        while end + 1 < len(lines) and COMMENT.match(lines[end + 1].data) and not START.match(lines[end + 1].data):
            end += 1
        taken = end
        spec, found = _read_spec(tree, data, lines, row, end, module_names)
        findings.extend(found)
        if spec is not None:
            specs.append(spec)
    return Reading(_mark_duplicates(specs, tree, data), tuple(findings))


def names_bound(data: bytes) -> frozenset[str]:
    """Every identifier that the text binds or imports somewhere, by a generous reading that half-typed text allows."""
    data = _COMMENT_LINES.sub(b"", data)
    names = re.findall(
        rb"(?:\bdef|\bclass|\bas|\bimport|\bfor|\bglobal)[ \t]+([^\W\d]\w*)|^[ \t]*([^\W\d]\w*)[ \t]*(?::[^=\n]*)?=(?!=)|[,(][ \t\n]*([^\W\d]\w*)(?=[ \t]*[,)\n])",
        data,
        re.MULTILINE,
    )
    return frozenset(part.decode("utf-8", "surrogatepass") for match in names for part in match if part)


def _read_spec(
    tree: Tree, data: bytes, lines: list[Line], row: int, end: int, module_names: frozenset[str] | None
) -> tuple[Spec | None, list[Finding]]:
    block = parse_block(lines[row : end + 1])
    below = end + 1
    while below < len(lines) and not lines[below].data.strip():
        below += 1
    if below >= len(lines) or not _DEFINITION.match(lines[below].data):
        return None, [
            _finding(
                codes.NO_FUNCTION,
                "a spec comment stands directly above a function, and there is none below this one",
                block.span,
            )
        ]
    node = _function_at(tree.root_node, lines[below])
    if node is None:
        return None, [
            _finding(codes.INCOMPLETE_FUNCTION, "the function below this spec is not complete Python yet", block.span)
        ]
    function = read_function(node, data)
    spec = read_values(block, function)
    extra: list[Finding] = []
    if below > end + 1:
        gap = Span(lines[end + 1].start, lines[below].start)
        fix = Fix("Remove the blank lines", (Edit(Place("spec", gap.shift(-block.span.start)), ""),))
        extra.append(
            _spec_finding(
                codes.NO_FUNCTION,
                f"blank lines stand between the spec and `{function.name}`, to which it would belong",
                block.span,
                block.span,
                fix,
            )
        )
    body = data[function.suite.start : function.suite.end]
    if node.has_error or not body.strip():
        extra.append(
            _spec_finding(
                codes.INCOMPLETE_FUNCTION, f"`{function.name}` is not complete Python yet", block.span, block.span
            )
        )
    judged = check_spec(spec, module_names) if module_names is not None else ()
    findings = (*spec.findings, *extra, *judged)
    return replace(spec, findings=findings), []


def _function_at(root: Node, line: Line) -> Node | None:
    start = line.start + len(line.data) - len(line.data.lstrip())
    node = root.descendant_for_byte_range(start, start)
    while node is not None and node.type not in {"function_definition", "decorated_definition"}:
        if node.start_byte < start:
            return None
        node = node.parent
    if node is None or node.start_byte != start:
        return None
    if node.type == "decorated_definition":
        node = node.child_by_field_name("definition")
    return node if node is not None and node.type == "function_definition" else None


def _mark_duplicates(specs: list[Spec], tree: Tree, data: bytes) -> tuple[Spec, ...]:
    counts = Counter(spec.name for spec in specs)
    counts.update(_unspecified_twins(specs, tree, data))
    marked = []
    for spec in specs:
        if counts[spec.name] > 1:
            place = Place("function", spec.function.name_span.shift(-spec.function.span.start))
            finding = Finding(
                codes.DUPLICATE_FUNCTION.id,
                codes.DUPLICATE_FUNCTION.severity,
                f"the file defines `{spec.name}` more than once, so a lock could not say which one it means",
                place,
            )
            spec = replace(spec, findings=(*spec.findings, finding))  # noqa: PLW2901 - the same spec, with one finding more
        marked.append(spec)
    return tuple(marked)


def _unspecified_twins(specs: list[Spec], tree: Tree, data: bytes) -> list[str]:
    """Names of specs that a function without a spec bears too; overloads and property setters are no twins."""
    twins = []
    defined = Counter(_DEFINED_NAME.findall(data))
    for spec in specs:
        if defined[spec.function.name.encode("utf-8", "surrogatepass")] == 1:
            continue
        name = re.escape(spec.function.name.encode("utf-8", "surrogatepass"))
        for match in re.finditer(rb"^[ \t]*(?:async[ \t]+)?def[ \t]+(" + name + rb")[ \t]*\(", data, re.MULTILINE):
            if match.start(1) == spec.function.name_span.start:
                continue
            node = tree.root_node.descendant_for_byte_range(match.start(1), match.start(1))
            while node is not None and node.type != "function_definition":
                node = node.parent
            if node is None:
                continue
            other = read_function(node, data)
            special = any(
                decorator.split(".")[-1].split("(")[0] in {"overload", "setter", "deleter", "getter", "register"}
                for decorator in other.decorators
            )
            if (
                other.qualified_name == spec.name
                and not special
                and not any(one.function.name_span == other.name_span for one in specs)
            ):
                twins.append(spec.name)
    return twins


def _lines(data: bytes) -> list[Line]:
    """Lines as tree-sitter counts rows: they end at a newline, and a carriage return before it is no part of them."""
    lines = []
    start = 0
    for piece in data.split(b"\n"):
        lines.append(Line(start, piece.rstrip(b"\r")))
        start += len(piece) + 1
    return lines


def _finding(code: Code, message: str, span: Span) -> Finding:
    return Finding(code.id, code.severity, message, Place("file", span))


def _spec_finding(code: Code, message: str, span: Span, block: Span, *fixes: Fix) -> Finding:
    return Finding(code.id, code.severity, message, Place("spec", span.shift(-block.start)), fixes)
