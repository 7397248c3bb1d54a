"""Sensitive values on their way out: from the fields that a prompt block names to messages and outputs. One function's view."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from fnmatch import fnmatchcase

from intaglio.candidate import Subject
from intaglio.finding import Code
from intaglio.validate import codes_security as codes

_HARMLESS = frozenset({"len", "bool", "isinstance", "type", "any", "all", "hash"})
_OUTPUTS = frozenset({"print", "input"})
_LOGGERS = frozenset({"debug", "info", "warning", "error", "exception", "critical", "log"})


def check_taint(
    function: ast.FunctionDef | ast.AsyncFunctionDef, subject: Subject
) -> Iterator[tuple[Code, str, ast.AST]]:
    """Sensitive values that reach an exception's message, a print or a log; and calls that a block forbids."""
    fields = frozenset(field.lower() for field in subject.comply_fields)
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            name = _dotted(node.func)
            for pattern, why in subject.forbidden_calls:
                if name and fnmatchcase(name, pattern):
                    yield codes.FORBIDDEN, f"`{name}` is forbidden: {why}", node
    if not fields:
        return
    tainted = _spread(function, fields)
    for node in ast.walk(function):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            for argument in [*node.exc.args, *(keyword.value for keyword in node.exc.keywords)]:
                if source := _sensitive(argument, fields, tainted):
                    yield codes.TAINT, f"the value of `{source}` reaches an exception's message", argument
        elif isinstance(node, ast.Assert) and node.msg is not None:
            if source := _sensitive(node.msg, fields, tainted):
                yield codes.TAINT, f"the value of `{source}` reaches an assertion's message", node.msg
        elif isinstance(node, ast.Call) and (
            _dotted(node.func) in _OUTPUTS or _dotted(node.func).rpartition(".")[2] in _LOGGERS
        ):
            for argument in node.args:
                if source := _sensitive(argument, fields, tainted):
                    yield codes.TAINT, f"the value of `{source}` reaches an output", argument


def _spread(function: ast.AST, fields: frozenset[str]) -> dict[str, str]:
    """Local names that hold a sensitive value, with the field that it came from; to a fixed point."""
    tainted: dict[str, str] = {}
    while True:
        before = len(tainted)
        for node in ast.walk(function):
            if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.NamedExpr) and node.value is not None:
                source = _sensitive(node.value, fields, tainted)
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            elif isinstance(node, ast.For | ast.comprehension):
                source, targets = _sensitive(node.iter, fields, tainted), [node.target]
            else:
                continue
            if source:
                for target in targets:
                    for name in ast.walk(target):
                        if isinstance(name, ast.Name):
                            tainted.setdefault(name.id, source)
        if len(tainted) == before:
            return tainted


def _sensitive(node: ast.AST, fields: frozenset[str], tainted: dict[str, str]) -> str:
    """The field whose value an expression carries, or ""."""
    match node:
        case ast.Name(id=name):
            return name if name.lower() in fields else tainted.get(name, "")
        case ast.Attribute(attr=name) if name.lower() in fields:
            return name
        case ast.Subscript(slice=ast.Constant(value=str() as name)) if name.lower() in fields:
            return name
        case ast.Compare():
            return ""
        case ast.Call(func=ast.Name(id=name)) if name in _HARMLESS:
            return ""
        case ast.Call(func=ast.Attribute(attr="get"), args=[ast.Constant(value=str() as name), *_]) if (
            name.lower() in fields
        ):
            return name
    return next((found for child in ast.iter_child_nodes(node) if (found := _sensitive(child, fields, tainted))), "")


def _dotted(node: ast.expr) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""
