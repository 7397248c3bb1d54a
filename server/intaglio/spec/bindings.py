"""Names that a text binds at module level, from tree-sitter's nodes. Knows no other scope, and follows no import."""

from __future__ import annotations

import re

from tree_sitter import Node

from intaglio.spec.function import normal_name

_COMPOUND = frozenset(
    [
        "if_statement", "elif_clause", "else_clause", "for_statement", "while_statement", "try_statement", "except_clause",
        "except_group_clause", "finally_clause", "with_statement", "with_clause", "with_item", "block", "match_statement",
        "case_clause", "expression_statement", "as_pattern", "ERROR",
    ]
)  # fmt: skip
_PATTERNS = frozenset(["pattern_list", "tuple_pattern", "list_pattern", "list_splat_pattern", "as_pattern_target"])
_BOUND_SOMEWHERE = re.compile(
    rb"(?:\bdef|\bclass|\bas|\bimport|\bfor|\bglobal)[ \t]+([A-Za-z_\x80-\xff][\w\x80-\xff]*)"
    rb"|^[ \t]*([A-Za-z_\x80-\xff][\w\x80-\xff]*)[ \t]*(?::[^=\n]*)?=(?!=)|[,(][ \t\n]*([A-Za-z_\x80-\xff][\w\x80-\xff]*)(?=[ \t]*[,)\n])",
    re.MULTILINE,
)


def module_names(root: Node, data: bytes) -> frozenset[str] | None:
    """What a text binds at module level, conditional statements included; None after `from x import *`.

    In half-typed text every name counts that looks as if something bound it, wherever.
    """
    names: set[str] = set()
    pending = list(root.named_children)
    while pending:
        node = pending.pop()
        kind = node.type
        if kind == "decorated_definition":
            pending.extend(node.named_children)
        elif kind in {"function_definition", "class_definition"}:
            _add(names, node.child_by_field_name("name"), data)
        elif kind in {"import_statement", "import_from_statement", "future_import_statement"}:
            if any(child.type == "wildcard_import" for child in node.named_children):
                return None
            for child in node.children_by_field_name("name"):
                bound = child.child_by_field_name("alias") or (child.named_children or [child])[0]
                _add(names, bound if child.type == "aliased_import" else (child.named_children or [child])[0], data)
        elif kind == "assignment":
            _add_pattern(names, node.child_by_field_name("left"), data)
            right = node.child_by_field_name("right")
            if right is not None and right.type == "assignment":
                pending.append(right)
        elif kind == "type_alias_statement":
            left = node.child_by_field_name("left") or (node.named_children[0] if node.named_children else None)
            _add_pattern(names, left, data)
        elif kind == "as_pattern_target":
            _add_pattern(names, node, data)
        elif kind in _COMPOUND:
            if kind == "for_statement":
                _add_pattern(names, node.child_by_field_name("left"), data)
            pending.extend(node.named_children)
    if root.has_error:
        for match in _BOUND_SOMEWHERE.findall(data):
            names.update(normal_name(part.decode("utf-8", "replace")) for part in match if part)
    return frozenset(names)


def _add(names: set[str], node: Node | None, data: bytes) -> None:
    if node is not None:
        names.add(normal_name(data[node.start_byte : node.end_byte].decode("utf-8", "replace")))


def _add_pattern(names: set[str], node: Node | None, data: bytes) -> None:
    pending = [node]
    while pending:
        part = pending.pop()
        if part is None:
            continue
        if part.type == "identifier":
            _add(names, part, data)
        elif part.type in _PATTERNS or part.type in {"type", "generic_type"}:
            pending.extend(part.named_children)
