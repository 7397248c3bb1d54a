"""Functions: from tree-sitter's nodes to `Function` values. Reads trees, judges nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

from intaglio.finding import Span
from intaglio.spec.model import Function, FunctionKind, Parameter, ParameterKind

if TYPE_CHECKING:
    from tree_sitter import Node

_GENERATORS = re.compile(r"^(typing\.|collections\.abc\.|abc\.|t\.)?(Async)?(Iterator|Iterable|Generator)\b")
DOCSTRING_PREFIX = re.compile(rb"[rRuU]?[\"']")
_OPAQUE = {"function_definition", "class_definition", "lambda"}


def read_function(node: Node, data: bytes, base: int = 0) -> Function:
    """The function of a `function_definition` node, with the decorators around it.

    `data` is what the tree was parsed from, and lies `base` bytes behind the start of the file.
    """
    outer = node.parent if node.parent is not None and node.parent.type == "decorated_definition" else node
    decorators = tuple(_decorator(child, data) for child in outer.children if child.type == "decorator")
    name_node = node.child_by_field_name("name")
    name = _name(name_node, data) if name_node is not None else ""
    owners, nested = owners_of(outer, data)
    parameters_node = node.child_by_field_name("parameters")
    parameters = _parameters(parameters_node, data, base) if parameters_node is not None else ()
    returns_node = node.child_by_field_name("return_type")
    returns = _text(returns_node, data) if returns_node is not None else None
    colon = next((child.end_byte for child in reversed(node.children) if child.type == ":"), node.end_byte)
    block = node.child_by_field_name("body")
    statements = [child for child in block.named_children if child.type != "comment"] if block is not None else []
    docstring_node = statements[0] if statements and _is_docstring(statements[0], data) else None
    spans = [Span(statement.start_byte, statement.end_byte) for statement in statements]
    one_line, body_start, suite_end = lay_out(data, colon, spans, has_docstring=docstring_node is not None)
    indentation = indent_of(data, node.start_byte)
    rest = statements[1:] if docstring_node is not None else statements
    return Function(
        name=name,
        qualified_name=".".join((*owners, name)),
        owners=owners,
        kind=kind_of(owners, decorators, nested=nested),
        parameters=parameters,
        returns=returns,
        decorators=decorators,
        is_async=any(child.type == "async" for child in node.children),
        is_generator=returns_generator(returns) or (block is not None and _has_yield(block)),
        is_nested=nested,
        is_stub=not rest or (len(rest) == 1 and _is_stub_statement(rest[0], data)),
        is_one_line=one_line,
        indentation=indentation.decode(),
        span=Span(base + outer.start_byte, base + suite_end),
        header=Span(base + outer.start_byte, base + colon),
        suite=Span(base + colon, base + suite_end),
        docstring=Span(base + docstring_node.start_byte, base + docstring_node.end_byte)
        if docstring_node is not None
        else None,
        body=Span(base + body_start, base + suite_end),
        name_span=Span(base + name_node.start_byte, base + name_node.end_byte)
        if name_node is not None
        else Span(base + node.start_byte, base + node.start_byte),
    )


def owners_of(node: Node, data: bytes) -> tuple[tuple[str, ...], bool]:
    """Names of the classes and functions around a definition, outermost first, and whether one is a function."""
    owners: list[str] = []
    nested = False
    parent = node.parent
    while parent is not None:
        if parent.type == "function_definition":
            nested = True
        if parent.type in {"class_definition", "function_definition"}:
            name = parent.child_by_field_name("name")
            owners.append(_name(name, data) if name is not None else "")
        parent = parent.parent
    return tuple(reversed(owners)), nested


def lay_out(data: bytes, colon: int, statements: Sequence[Span], *, has_docstring: bool) -> tuple[bool, int, int]:
    """Whether a suite stands on the line of its colon, where it begins without its docstring, and where it ends.

    `colon` is where the header ends; comments are no statements.
    """
    one_line = bool(statements) and b"\n" not in data[colon : statements[0].start]
    last = statements[-1].end if statements else colon
    end = last
    if not one_line:
        end = _comments_end(data, last, indent_of(data, statements[0].start) if statements else b"")
    return one_line, _body_start(data, colon, statements, has_docstring, one_line=one_line, suite_end=end), end


def _body_start(
    data: bytes, colon: int, statements: Sequence[Span], has_docstring: bool, *, one_line: bool, suite_end: int
) -> int:
    rest = statements[1:] if has_docstring else statements
    if one_line:
        return rest[0].start if rest else suite_end
    after = statements[0].end if has_docstring else colon
    if has_docstring and rest and b"\n" not in data[after : rest[0].start]:
        return rest[0].start
    place = data.find(b"\n", after)
    if place < 0 or place >= suite_end:
        return suite_end
    place += 1
    while place < suite_end:
        end = data.find(b"\n", place)
        end = suite_end if end < 0 else end
        if data[place:end].strip():
            return place
        place = end + 1
    return suite_end


def _comments_end(data: bytes, last: int, indentation: bytes) -> int:
    """Behind the comment lines that follow the last statement and are indented as the body."""
    end = last
    place = data.find(b"\n", last)
    trailing = data[last : place if place >= 0 else len(data)]
    if trailing.strip().startswith(b"#"):
        end = last + len(trailing.rstrip())
    while 0 <= place < len(data):
        stop = data.find(b"\n", place + 1)
        line = data[place + 1 : stop if stop >= 0 else len(data)]
        stripped = line.strip()
        if stripped.startswith(b"#") and indentation and line.startswith(indentation):
            end = place + 1 + len(line.rstrip())
        elif stripped:
            break
        place = stop
    return end


def indent_of(data: bytes, place: int) -> bytes:
    """The white space before a place, which begins its line but for that; none where something else stands before it."""
    lead = data[data.rfind(b"\n", 0, place) + 1 : place]
    return lead if not lead.strip() else b""


def returns_generator(returns: str | None) -> bool:
    """Whether a return annotation is one of a generator."""
    return bool(returns and _GENERATORS.match(returns))


def kind_of(owners: tuple[str, ...], decorators: tuple[str, ...], *, nested: bool) -> FunctionKind:
    """How a function with these owners and decorators is called."""
    if not owners or nested:
        return FunctionKind.FUNCTION
    names = {decorator.partition("(")[0].strip() for decorator in decorators}
    if "staticmethod" in names:
        return FunctionKind.STATIC_METHOD
    if "classmethod" in names:
        return FunctionKind.CLASS_METHOD
    if names & {"property", "cached_property", "functools.cached_property"}:
        return FunctionKind.PROPERTY
    return FunctionKind.METHOD


def _parameters(node: Node, data: bytes, base: int) -> tuple[Parameter, ...]:
    found: list[Parameter] = []
    kind = ParameterKind.POSITIONAL_OR_KEYWORD
    for child in node.named_children:
        if child.type == "keyword_separator":
            kind = ParameterKind.KEYWORD_ONLY
            continue
        if child.type == "positional_separator":
            found = [_with_kind(parameter, ParameterKind.POSITIONAL_ONLY) for parameter in found]
            continue
        parameter = _parameter(child, data, base, kind)
        if parameter is None:
            continue
        found.append(parameter)
        if parameter.kind is ParameterKind.VAR_POSITIONAL:
            kind = ParameterKind.KEYWORD_ONLY
    return tuple(found)


def _parameter(node: Node, data: bytes, base: int, kind: ParameterKind) -> Parameter | None:
    span = Span(base + node.start_byte, base + node.end_byte)
    annotation_node = node.child_by_field_name("type")
    default_node = node.child_by_field_name("value")
    annotation = _text(annotation_node, data) if annotation_node is not None else None
    default = _text(default_node, data) if default_node is not None else None
    target: Node | None = node
    if node.type in {"typed_parameter", "default_parameter", "typed_default_parameter"}:
        target = node.child_by_field_name("name") or (node.named_children[0] if node.named_children else None)
    if target is None:
        return None
    if target.type == "list_splat_pattern":
        kind = ParameterKind.VAR_POSITIONAL
    elif target.type == "dictionary_splat_pattern":
        kind = ParameterKind.VAR_KEYWORD
    elif target.type != "identifier":
        return None
    return Parameter(normal_name(_text(target, data).lstrip("*").strip()), kind, annotation, default, span)


def _with_kind(parameter: Parameter, kind: ParameterKind) -> Parameter:
    return Parameter(parameter.name, kind, parameter.annotation, parameter.default, parameter.span)


def _is_docstring(node: Node, data: bytes) -> bool:
    if node.type != "expression_statement" or len(node.named_children) != 1:
        return False
    child = node.named_children[0]
    if child.type == "concatenated_string":
        return all(DOCSTRING_PREFIX.match(data[part.start_byte : part.start_byte + 2]) for part in child.named_children)
    return child.type == "string" and bool(DOCSTRING_PREFIX.match(data[child.start_byte : child.start_byte + 2]))


def _is_stub_statement(node: Node, data: bytes) -> bool:
    """`...`, `pass`, or `raise NotImplementedError` with or without a call."""
    if node.type == "raise_statement":
        parts = node.named_children
        raised: Node | None = parts[0] if len(parts) == 1 else None
        if raised is not None and raised.type == "call":
            raised = raised.child_by_field_name("function")
        return raised is not None and _text(raised, data) == "NotImplementedError"
    return node.type == "pass_statement" or _text(node, data) == "..."


def _has_yield(node: Node) -> bool:
    if b"yield" not in (node.text or b"yield"):
        return False
    pending = list(node.children)
    while pending:
        child = pending.pop()
        if child.type == "yield":
            return True
        if child.type not in _OPAQUE:
            pending.extend(child.children)
    return False


def _decorator(node: Node, data: bytes) -> str:
    expression = next((child for child in node.named_children if child.type != "comment"), None)
    return _text(expression, data) if expression is not None else ""


def normal_name(name: str) -> str:
    """An identifier as Python knows it (PEP 3131)."""
    return name if name.isascii() else unicodedata.normalize("NFKC", name)


def _name(node: Node, data: bytes) -> str:
    return normal_name(_text(node, data))


def _text(node: Node, data: bytes) -> str:
    return data[node.start_byte : node.end_byte].decode("utf-8", "replace")
