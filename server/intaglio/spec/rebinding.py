"""Whether a function's own name still means the function once its file has run. Reads an index; follows nothing.

Two functions of one name are the reader's finding (SP102); this is about every other statement that takes the name away.
"""

from __future__ import annotations

import ast

from intaglio.finding import Span
from intaglio.spec.module_index import ModuleIndex, Statement


def bound_again(index: ModuleIndex, own: Statement, name: str) -> tuple[str, Span] | None:
    """What takes `name` from the function that `own` defines, in words with its place; None when nothing does."""
    for statement in (*index.statements.get(name, ()), *index.changes.get(name, ())):
        if statement.order > own.order and _takes(statement.node, name):
            line = statement.node.lineno
            return f"line {line} of {index.path} binds {name} again, so its body is not what runs", statement.span
    for module, level, span in index.stars:
        if span.start > own.span.start:
            star = f"from {'.' * level}{module} import *"
            return f"`{star}` stands below {name} in {index.path} and may bind it again", span
    if name in index.rebound_by_functions:
        return f"a function of {index.path} declares `global {name}`, so another may take its place", own.span
    return None


def _takes(node: ast.stmt, name: str) -> bool:
    """Whether a statement gives the name another meaning; a second `def` is another finding's, a new attribute none."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Expr):
        return False
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return node.value is not None
    targets = node.targets if isinstance(node, ast.Assign | ast.Delete) else ()
    attributes = [target for target in targets if isinstance(target, ast.Attribute | ast.Subscript)]
    if targets and len(attributes) == len(targets):
        return any(
            isinstance(target, ast.Attribute) and target.attr.startswith("__") and isinstance(target.value, ast.Name)
            and target.value.id == name
            for target in attributes
        )  # fmt: skip
    if isinstance(node, ast.AnnAssign | ast.AugAssign):
        return isinstance(node.target, ast.Name)
    return True
