"""A template's tree: which function is filled, where its guards and its slot stand. Reads text, runs nothing."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from intaglio.template.canon import is_string_statement
from intaglio.template.model import TemplateError

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Shape:
    """The filled function of a template and its two marks, each a statement on a line of its own."""

    function: ast.FunctionDef | ast.AsyncFunctionDef
    statements: tuple[ast.stmt, ...]
    """The function's suite without its docstring."""
    guards: ast.stmt
    slot: ast.stmt


def read_shape(source: str, path: str) -> Shape:
    """Find the function, the guards and the slot of a template. Raises TemplateError saying what is amiss and where."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise TemplateError(f"{path}: a template must be valid Python: {error}") from error
    statements_of_file = [node for node in ast.walk(tree) if isinstance(node, ast.stmt)]
    slots = [node for node in statements_of_file if is_slot(node)]
    if len(slots) != 1:
        places = ", ".join(str(node.lineno) for node in slots) or "none"
        raise TemplateError(
            f"{path}: a template must have exactly one slot, the statement `return slot()`; found {len(slots)} "
            f"(lines: {places})"
        )
    holders = [node for node in tree.body if isinstance(node, _FUNCTIONS) and slots[0] in ast.walk(node)]
    if not holders:
        raise TemplateError(f"{path}: the slot must stand in a function at the module's top level")
    function = holders[0]
    statements = tuple(function.body[1:] if is_string_statement(function.body[0]) else function.body)
    guards = [node for node in statements_of_file if _is_guards(node)]
    if len(guards) != 1 or guards[0] not in statements:
        raise TemplateError(
            f"{path}: `{function.name}` must have exactly one statement `guards()`, not inside another statement; "
            f"found {len(guards)} in the file"
        )
    if guards[0].lineno >= slots[0].lineno:
        raise TemplateError(f"{path}: `guards()` must stand before the slot")
    _check_lines(source, path, (guards[0], slots[0]))
    return Shape(function, statements, guards[0], slots[0])


def is_slot(node: ast.AST) -> bool:
    """Whether the node is the statement `return slot()`."""
    return isinstance(node, ast.Return) and node.value is not None and _is_call(node.value, "slot")


def _is_guards(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and _is_call(node.value, "guards")


def _is_call(node: ast.expr, name: str) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == name
        and not node.args
        and not node.keywords
    )


def _check_lines(source: str, path: str, marks: tuple[ast.stmt, ...]) -> None:
    lines = source.split("\n")
    for mark in marks:
        line = mark.lineno
        if lines[line - 1].strip() not in ("guards()", "return slot()"):
            raise TemplateError(
                f"{path}: line {line}: `guards()` and `return slot()` must each have a line of their own"
            )
