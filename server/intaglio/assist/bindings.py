"""Where a file binds a name at module level: the place, the kind, and its first line. Reads the sections that bind it only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from tree_sitter import Node, Parser

from intaglio.finding import Span
from intaglio.spec.document import Document
from intaglio.spec.function import normal_name
from intaglio.spec.python import LANGUAGE

_HOLDERS = frozenset(
    ["if_statement", "elif_clause", "else_clause", "try_statement", "except_clause", "finally_clause", "with_statement",
     "with_clause", "with_item", "for_statement", "while_statement", "block", "expression_statement", "as_pattern",
     "decorated_definition", "assignment", "ERROR"]
)  # fmt: skip
_TARGETS = frozenset(["pattern_list", "tuple_pattern", "list_pattern", "list_splat_pattern", "as_pattern_target"])


class BindingKind(StrEnum):
    """What binds a name."""

    FUNCTION = "function"
    CLASS = "class"
    VARIABLE = "variable"
    IMPORT = "import"


@dataclass(frozen=True, slots=True)
class Binding:
    """One binding: the name's place in the file, its statement's, and the statement's head as one line."""

    name: str
    kind: BindingKind
    span: Span
    statement: Span
    head: str


def binding_of(document: Document, name: str) -> Binding | None:
    """The first binding of a name at module level."""
    for section, start in document.sections:
        if section.names is not None and name not in section.names:
            continue
        for binding in bindings_in(section.data, start):
            if binding.name == name:
                return binding
    if not document.sections:  # a text without specs is not cut
        return next((binding for binding in bindings_in(document.data, 0) if binding.name == name), None)
    return None


def bindings_in(data: bytes, start: int) -> Iterator[Binding]:
    """The bindings at module level of a section's bytes, which lie at `start` in the file."""
    pending = list(reversed(Parser(LANGUAGE).parse(data).root_node.named_children))
    while pending:
        node = pending.pop()
        kind = node.type
        if kind in {"function_definition", "class_definition"}:
            is_class = kind == "class_definition"
            name = node.child_by_field_name("name")
            if name is not None:
                yield _binding(name, node, BindingKind.CLASS if is_class else BindingKind.FUNCTION, data, start)
        elif kind in {"import_statement", "import_from_statement"}:
            for child in node.children_by_field_name("name"):
                alias = child.child_by_field_name("alias")
                bound = alias if alias is not None else (child.named_children or [child])[0]
                yield _binding(bound, node, BindingKind.IMPORT, data, start)
        elif kind in _TARGETS:
            for name in _identifiers(node):
                yield _binding(name, node.parent or node, BindingKind.VARIABLE, data, start)
        elif kind in _HOLDERS:
            if kind in {"assignment", "for_statement"}:
                for name in _identifiers(node.child_by_field_name("left")):
                    yield _binding(name, node, BindingKind.VARIABLE, data, start)
            pending.extend(reversed(node.named_children))


def _identifiers(node: Node | None) -> Iterator[Node]:
    pending = [node]
    while pending:
        part = pending.pop()
        if part is None:
            continue
        if part.type == "identifier":
            yield part
        elif part.type in _TARGETS:
            pending.extend(reversed(part.named_children))


def _binding(name: Node, statement: Node, kind: BindingKind, data: bytes, start: int) -> Binding:
    body = statement.child_by_field_name("body")
    end = body.start_byte if body is not None else statement.end_byte
    head = re.sub(r"\s+", " ", data[statement.start_byte : end].decode("utf-8", "replace")).strip()
    return Binding(
        normal_name(data[name.start_byte : name.end_byte].decode("utf-8", "replace")),
        kind,
        Span(name.start_byte, name.end_byte).shift(start),
        Span(statement.start_byte, statement.end_byte).shift(start),
        head if len(head) <= 300 else f"{head[:297]}...",
    )
