"""A text form of syntax trees that formatters do not move. For comparing code with a template, not for locks."""

from __future__ import annotations

import ast
import inspect


def canonical(nodes: list[ast.stmt]) -> str:
    """The statements' trees as text: no positions, no string prefixes, docstrings cleaned, `del (a, b)` as `del a, b`.

    Equal texts mean equal code. Changes the trees.
    """
    module = ast.Module(body=nodes, type_ignores=[])
    for node in ast.walk(module):
        if isinstance(node, ast.Constant):
            node.kind = None
        elif isinstance(node, ast.Delete):
            node.targets = [
                part
                for target in node.targets
                for part in (target.elts if isinstance(target, ast.Tuple | ast.List) else [target])
            ]
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            statement = node.body[0] if node.body else None
            if is_string_statement(statement):
                statement.value.value = inspect.cleandoc(statement.value.value).strip()  # type: ignore[union-attr]  # checked by is_string_statement
    return ast.dump(module, annotate_fields=False)


def is_string_statement(node: ast.stmt | None) -> bool:
    """Whether the statement is a plain string: a docstring, where it stands first."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
