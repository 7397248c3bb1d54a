"""Folding and selection: blocks and long values fold; a selection grows from a name to its call, its value, its function."""

from __future__ import annotations

from dataclasses import dataclass

from tree_sitter import Node, Parser

from intaglio.assist.expressions import expression_at
from intaglio.assist.view import View
from intaglio.finding import Span
from intaglio.spec.model import Text
from intaglio.spec.python import LANGUAGE


@dataclass(frozen=True, slots=True)
class Fold:
    """Bytes that fold to their first line. `kind` is "comment" for a block, "region" for a value of several lines."""

    span: Span
    kind: str


def folding_ranges(view: View) -> tuple[Fold, ...]:
    """Every block of more than one line, and in it every directive of more than two."""
    found: list[Fold] = []
    data = view.document.data
    for spec, moved in view.placed():
        block = spec.block.shift(moved)
        if b"\n" in data[block.start : block.end]:
            found.append(Fold(block, "comment"))
        for directive in spec.directives:
            span = directive.span.shift(moved)
            if data.count(b"\n", span.start, span.end) > 1 and span.end < block.end:
                found.append(Fold(span, "region"))
    return tuple(found)


def selection_ranges(view: View, offset: int) -> tuple[Span, ...]:
    """Spans around a byte, each within the next, from a name outwards; the whole file alone outside of specs."""
    whole = Span(0, len(view.document.data))
    spec = view.spec_at(offset)
    if spec is None:
        return (whole,)
    spans: list[Span] = []
    if spec.block.contains(offset):
        expression = expression_at(spec, offset)
        if expression is not None:
            spans += _nodes(expression.text, offset)
            spans.append(expression.text.span)
        for directive in spec.directives:
            if directive.span.contains(offset):
                spans += [directive.key_span] if directive.key_span.contains(offset) else [directive.value.span]
                spans.append(directive.span)
        spans.append(spec.block)
    else:
        spans += [
            span
            for span in (spec.function.name_span, spec.function.header, spec.function.body)
            if span.contains(offset)
        ]
        spans.append(spec.function.span)
    spans += [Span(spec.block.start, spec.function.span.end), whole]
    return tuple(_growing(spans))


def _nodes(text: Text, offset: int) -> list[Span]:
    """The nodes of an expression's tree around a byte, in the file, the smallest first."""
    data = f"(\n{text.value}\n)".encode("utf-8", "surrogatepass")
    found: list[Span] = []
    node: Node | None = Parser(LANGUAGE).parse(data).root_node
    while node is not None:
        if node.start_byte >= 2 and node.end_byte <= len(data) - 2:
            found.append(text.locate(node.start_byte - 2, node.end_byte - 2))
        node = next(
            (
                child
                for child in node.children
                if text.locate(max(0, child.start_byte - 2), max(0, child.end_byte - 2)).contains(offset)
                and (child.is_named or child.child_count)
            ),
            None,
        )
    return found[::-1]


def _growing(spans: list[Span]) -> list[Span]:
    """Those that hold the one before them, each once."""
    found: list[Span] = []
    for span in spans:
        if not found or (span != found[-1] and span.start <= found[-1].start and span.end >= found[-1].end):
            found.append(span)
    return found
