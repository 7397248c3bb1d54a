"""Occurrences: every name in a piece of Python, with what its scope says of it. Reads trees, also of half-typed text.

By tree-sitter, so that the places are exact in f-strings too and that text which is no Python yet gives what can be read of it.
Knows nothing of specs: a name is free, bound inside, an attribute or a keyword of a call.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from enum import StrEnum

from tree_sitter import Node, Parser

from intaglio.spec.function import normal_name
from intaglio.spec.python import LANGUAGE

_COMPREHENSIONS = frozenset(
    ["list_comprehension", "set_comprehension", "dictionary_comprehension", "generator_expression"]
)
_SCOPES = frozenset(["function_definition", "class_definition", "lambda"])
_PATTERNS = frozenset(
    ["pattern_list", "tuple_pattern", "list_pattern", "list_splat_pattern", "dictionary_splat_pattern", "as_pattern_target",
     "tuple", "list", "splat_pattern", "parenthesized_expression"]
)  # fmt: skip


class Use(StrEnum):
    """How a name is used. FREE: taken from outside of the piece. LOCAL: bound within, in a scope of its own."""

    FREE = "free"
    LOCAL = "local"
    ATTRIBUTE = "attribute"
    KEYWORD = "keyword"


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One name at [start, end), in bytes of the piece.

    `callee` is set for a KEYWORD: the name that is called, taken from outside, or with a dot before it an attribute. `imported`
    marks a name in an import, which a new name could not simply replace.
    """

    name: str
    start: int
    end: int
    use: Use
    callee: str = ""
    imported: bool = False


@functools.lru_cache(maxsize=8192)
def in_expression(text: str) -> tuple[Occurrence, ...]:
    """The names of an expression, read as if in parentheses; places count bytes of `text`."""
    data = f"(\n{text}\n)".encode("utf-8", "surrogatepass")
    found = occurrences(Parser(LANGUAGE).parse(data).root_node, data)
    return tuple(
        Occurrence(one.name, one.start - 2, one.end - 2, one.use, one.callee, one.imported)
        for one in found
        if one.start >= 2 and one.end <= len(data) - 2
    )


def occurrences(root: Node, data: bytes, *, of_function: bool = False) -> tuple[Occurrence, ...]:
    """The names under a node of a tree over `data`, whose own scope is the outermost one.

    With `of_function` that scope is a function's: what an inner function declares `global` is none of it.
    """
    walk = _Walk(data, of_function=of_function)
    walk.children(root, frozenset(), frozenset())
    return tuple(sorted(walk.found, key=lambda one: one.start))


class _Walk:
    """One pass. `bound` are names of enclosing inner scopes, `direct` those that a class body binds for itself alone."""

    def __init__(self, data: bytes, *, of_function: bool) -> None:
        self.data = data
        self.of_function = of_function
        self.found: list[Occurrence] = []

    def text(self, node: Node) -> str:
        return normal_name(self.data[node.start_byte : node.end_byte].decode("utf-8", "replace"))

    def add(self, node: Node, use: Use, callee: str = "", *, imported: bool = False) -> None:
        self.found.append(Occurrence(self.text(node), node.start_byte, node.end_byte, use, callee, imported))

    def name(self, node: Node, bound: frozenset[str], direct: frozenset[str], *, imported: bool = False) -> None:
        text = self.text(node)
        self.add(node, Use.LOCAL if text in bound or text in direct else Use.FREE, imported=imported)

    def children(self, node: Node, bound: frozenset[str], direct: frozenset[str]) -> None:
        for child in node.named_children:
            self.visit(child, bound, direct)

    def visit(self, node: Node, bound: frozenset[str], direct: frozenset[str]) -> None:
        kind = node.type
        if kind == "identifier":
            self.name(node, bound, direct)
        elif kind == "attribute":
            self.attribute(node, bound, direct)
        elif kind == "keyword_argument":
            self.keyword(node, bound, direct)
        elif kind == "keyword_pattern":
            named = node.named_children
            self.add(named[0], Use.KEYWORD)
            for child in named[1:]:
                self.visit(child, bound, direct)
        elif kind in _COMPREHENSIONS:
            self.comprehension(node, bound, direct)
        elif kind in {"lambda", "function_definition"}:
            self.function(node, bound, direct)
        elif kind == "class_definition":
            self.class_body(node, bound, direct)
        elif kind in {"import_statement", "import_from_statement", "future_import_statement"}:
            self.imports(node, bound, direct)
        elif kind == "dotted_name":
            self.name(node.named_children[0], bound, direct)
            for child in node.named_children[1:]:
                self.add(child, Use.ATTRIBUTE)
        else:
            self.children(node, bound, direct)

    def attribute(self, node: Node, bound: frozenset[str], direct: frozenset[str]) -> None:
        last = node.child_by_field_name("attribute")
        for child in node.named_children:
            if last is not None and child.start_byte == last.start_byte:
                self.add(child, Use.ATTRIBUTE)
            else:
                self.visit(child, bound, direct)

    def keyword(self, node: Node, bound: frozenset[str], direct: frozenset[str]) -> None:
        name = node.child_by_field_name("name")
        value = node.child_by_field_name("value")
        if name is not None:
            callee = self.callee(node)
            self.add(name, Use.KEYWORD, "" if callee in bound or callee in direct else callee)
        if value is not None:
            self.visit(value, bound, direct)

    def callee(self, keyword: Node) -> str:
        arguments = keyword.parent
        call = arguments.parent if arguments is not None else None
        function = call.child_by_field_name("function") if call is not None and call.type == "call" else None
        if function is None:
            return ""
        if function.type == "attribute":
            last = function.child_by_field_name("attribute")
            return f".{self.text(last)}" if last is not None else ""
        return self.text(function) if function.type == "identifier" else ""

    def comprehension(self, node: Node, bound: frozenset[str], direct: frozenset[str]) -> None:
        clauses = [child for child in node.named_children if child.type == "for_in_clause"]
        names: set[str] = set()
        for clause in clauses:
            names |= self.targets(clause.child_by_field_name("left"))
        inner = bound | names
        for child in node.named_children:
            if clauses and child.start_byte == clauses[0].start_byte:
                left = child.child_by_field_name("left")
                for part in child.named_children:
                    is_left = left is not None and part.start_byte < left.end_byte
                    self.visit(part, inner if is_left else bound, frozenset() if is_left else direct)
            else:
                self.visit(child, inner, frozenset())

    def function(self, node: Node, bound: frozenset[str], direct: frozenset[str]) -> None:
        body = node.child_by_field_name("body")
        parameters = node.child_by_field_name("parameters")
        names: set[str] = set()
        for child in node.named_children:
            if body is not None and child.start_byte == body.start_byte:
                continue
            if parameters is not None and child.start_byte == parameters.start_byte:
                names = self.parameters(child, bound, direct)
            else:
                self.visit(child, bound, direct)
        if body is None:
            return
        if node.type == "lambda":
            self.visit(body, bound | names, frozenset())
            return
        stored, declared_global, declared_nonlocal = self.stores(body)
        inner = (bound | names | stored) - (declared_nonlocal - bound)
        inner = inner | declared_global if self.of_function else inner - declared_global
        self.visit(body, inner, frozenset())

    def parameters(self, node: Node, bound: frozenset[str], direct: frozenset[str]) -> set[str]:
        names: set[str] = set()
        for parameter in node.named_children:
            target: Node | None = parameter
            if parameter.type in {"typed_parameter", "default_parameter", "typed_default_parameter"}:
                target = parameter.child_by_field_name("name") or parameter.named_children[0]
            while target is not None and target.type in {"list_splat_pattern", "dictionary_splat_pattern"}:
                target = target.named_children[0] if target.named_children else None
            if target is None or target.type != "identifier":
                self.children(parameter, bound, direct)
                continue
            names.add(self.text(target))
            self.add(target, Use.LOCAL)
            for field in ("type", "value"):
                part = parameter.child_by_field_name(field)
                if part is not None:
                    self.visit(part, bound, direct)
        return names

    def class_body(self, node: Node, bound: frozenset[str], direct: frozenset[str]) -> None:
        body = node.child_by_field_name("body")
        for child in node.named_children:
            if body is not None and child.start_byte == body.start_byte:
                stored, _, declared = self.stores(body)
                self.visit(body, bound, frozenset(stored - declared))
            else:
                self.visit(child, bound, direct)

    def imports(self, node: Node, bound: frozenset[str], direct: frozenset[str]) -> None:
        for child in node.children_by_field_name("name"):
            alias = child.child_by_field_name("alias")
            bound_name = alias if alias is not None else (child.named_children or [child])[0]
            self.name(bound_name, bound, direct, imported=True)

    def stores(self, body: Node) -> tuple[set[str], set[str], set[str]]:
        """Names that a scope's own statements bind, those it declares `global`, and those it declares `nonlocal`."""
        stored: set[str] = set()
        declared_global: set[str] = set()
        declared_nonlocal: set[str] = set()
        pending = [body]
        while pending:
            node = pending.pop()
            kind = node.type
            if kind in {"global_statement", "nonlocal_statement"}:
                declared = declared_global if kind == "global_statement" else declared_nonlocal
                declared.update(self.text(child) for child in node.named_children)
                continue
            if kind in {"assignment", "augmented_assignment", "for_statement"}:
                stored |= self.targets(node.child_by_field_name("left"))
            elif kind == "named_expression":
                stored |= self.targets(node.child_by_field_name("name"))
            elif kind == "as_pattern_target":
                stored |= self.targets(node)
            elif kind == "case_clause":
                for child in node.named_children:
                    if child.type == "case_pattern":
                        stored |= self.captures(child)
            elif kind in {"function_definition", "class_definition"}:
                stored |= self.targets(node.child_by_field_name("name"))
            elif kind in {"import_statement", "import_from_statement"}:
                for child in node.children_by_field_name("name"):
                    alias = child.child_by_field_name("alias")
                    stored.add(self.text(alias if alias is not None else (child.named_children or [child])[0]))
            if kind not in _SCOPES:
                pending.extend(node.named_children)
        return stored - declared_global - declared_nonlocal, declared_global, declared_nonlocal

    def targets(self, node: Node | None) -> set[str]:
        names: set[str] = set()
        pending = [node]
        while pending:
            part = pending.pop()
            if part is None:
                continue
            if part.type == "identifier":
                names.add(self.text(part))
            elif part.type in _PATTERNS:
                pending.extend(part.named_children)
        return names

    def captures(self, pattern: Node) -> set[str]:
        names: set[str] = set()
        pending = [pattern]
        while pending:
            part = pending.pop()
            if part.type in {"dotted_name", "splat_pattern"}:
                if len(part.named_children) == 1:
                    names.add(self.text(part.named_children[0]))
            elif part.type == "as_pattern":
                names |= {self.text(child) for child in part.named_children if child.type == "identifier"}
                pending.extend(child for child in part.named_children if child.type != "identifier")
            elif part.type == "class_pattern":
                pending.extend(child for child in part.named_children if child.type != "dotted_name")
            elif part.type == "keyword_pattern":
                pending.extend(part.named_children[1:])
            else:
                pending.extend(part.named_children)
        return names
