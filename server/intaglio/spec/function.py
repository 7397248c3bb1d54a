"""Functions: from tree-sitter's nodes to `Function` values. Reads trees, judges nothing."""

from __future__ import annotations

import re

from tree_sitter import Node

from intaglio.finding import Span
from intaglio.spec.model import Function, FunctionKind, Parameter, ParameterKind

_GENERATORS = re.compile(r"^(typing\.|collections\.abc\.|abc\.|t\.)?(Async)?(Iterator|Iterable|Generator)\b")
_STUB = re.compile(rb"^(\.\.\.|pass|raise[ \t]+NotImplementedError([ \t]*\(.*\))?)$", re.DOTALL)
_DOCSTRING_PREFIX = re.compile(rb"^[rRuU]?[\"']")
_OPAQUE = {"function_definition", "class_definition", "lambda"}


def read_function(node: Node, data: bytes) -> Function:
    """The function of a `function_definition` node, with the decorators around it."""
    outer = node.parent if node.parent is not None and node.parent.type == "decorated_definition" else node
    decorators = tuple(_text(child, data).lstrip("@").strip() for child in outer.children if child.type == "decorator")
    name_node = node.child_by_field_name("name")
    name = _text(name_node, data) if name_node is not None else ""
    owners, nested = _owners(outer)
    parameters_node = node.child_by_field_name("parameters")
    parameters = _parameters(parameters_node, data) if parameters_node is not None else ()
    returns_node = node.child_by_field_name("return_type")
    returns = _text(returns_node, data) if returns_node is not None else None
    colon = next((child.end_byte for child in reversed(node.children) if child.type == ":"), node.end_byte)
    block = node.child_by_field_name("body")
    statements = [child for child in block.named_children if child.type != "comment"] if block is not None else []
    docstring_node = statements[0] if statements and _is_docstring(statements[0], data) else None
    one_line = (
        bool(statements)
        and b"\n" not in data[colon : statements[0].start_byte]
        and b"\r" not in data[colon : statements[0].start_byte]
    )
    line_start = _line_start(data, node.start_byte)
    indentation = data[line_start : node.start_byte].decode("utf-8", "surrogatepass")
    last = statements[-1].end_byte if statements else colon
    suite_end = last if one_line else _comments_end(data, last, _indent_of(data, statements[0]) if statements else b"")
    suite = Span(colon, suite_end)
    rest = statements[1:] if docstring_node is not None else statements
    body_start = _body_start(data, colon, docstring_node, rest, one_line=one_line, suite_end=suite_end)
    return Function(
        name=name,
        qualified_name=".".join((*owners, name)),
        owners=owners,
        kind=_kind(owners, decorators, nested=nested),
        parameters=parameters,
        returns=returns,
        decorators=decorators,
        is_async=any(child.type == "async" for child in node.children),
        is_generator=bool(returns and _GENERATORS.match(returns)) or (block is not None and _has_yield(block)),
        is_nested=nested,
        is_stub=len(rest) <= 1 and (not rest or bool(_STUB.match(data[rest[0].start_byte : rest[0].end_byte]))),
        is_one_line=one_line,
        indentation=indentation if not indentation.strip() else "",
        span=Span(outer.start_byte, suite_end),
        header=Span(outer.start_byte, colon),
        suite=suite,
        docstring=Span(docstring_node.start_byte, docstring_node.end_byte) if docstring_node is not None else None,
        body=Span(body_start, suite_end),
        name_span=Span(name_node.start_byte, name_node.end_byte)
        if name_node is not None
        else Span(node.start_byte, node.start_byte),
    )


def _body_start(
    data: bytes, colon: int, docstring: Node | None, rest: list[Node], *, one_line: bool, suite_end: int
) -> int:
    if one_line:
        return rest[0].start_byte if rest else suite_end
    after = docstring.end_byte if docstring is not None else colon
    if docstring is not None and rest and b"\n" not in data[after : rest[0].start_byte]:
        return rest[0].start_byte
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


def _indent_of(data: bytes, node: Node) -> bytes:
    start = _line_start(data, node.start_byte)
    lead = data[start : node.start_byte]
    return lead if not lead.strip() else b""


def _line_start(data: bytes, offset: int) -> int:
    return max(data.rfind(b"\n", 0, offset), data.rfind(b"\r", 0, offset)) + 1


def _owners(node: Node) -> tuple[tuple[str, ...], bool]:
    owners: list[str] = []
    nested = False
    parent = node.parent
    while parent is not None:
        if parent.type == "function_definition":
            nested = True
        if parent.type in {"class_definition", "function_definition"}:
            name = parent.child_by_field_name("name")
            owners.insert(0, (name.text or b"").decode("utf-8", "surrogatepass") if name is not None else "")
        parent = parent.parent
    return tuple(owners), nested


def _kind(owners: tuple[str, ...], decorators: tuple[str, ...], *, nested: bool) -> FunctionKind:
    if not owners or nested:
        return FunctionKind.FUNCTION
    names = {decorator.split("(")[0] for decorator in decorators}
    if "staticmethod" in names:
        return FunctionKind.STATIC_METHOD
    if "classmethod" in names:
        return FunctionKind.CLASS_METHOD
    if names & {"property", "cached_property", "functools.cached_property"}:
        return FunctionKind.PROPERTY
    return FunctionKind.METHOD


def _parameters(node: Node, data: bytes) -> tuple[Parameter, ...]:
    found: list[Parameter] = []
    kind = ParameterKind.POSITIONAL_OR_KEYWORD
    for child in node.named_children:
        if child.type == "keyword_separator":
            kind = ParameterKind.KEYWORD_ONLY
            continue
        if child.type == "positional_separator":
            found = [_with_kind(parameter, ParameterKind.POSITIONAL_ONLY) for parameter in found]
            continue
        parameter = _parameter(child, data, kind)
        if parameter is None:
            continue
        found.append(parameter)
        if parameter.kind is ParameterKind.VAR_POSITIONAL:
            kind = ParameterKind.KEYWORD_ONLY
    return tuple(found)


def _parameter(node: Node, data: bytes, kind: ParameterKind) -> Parameter | None:
    span = Span(node.start_byte, node.end_byte)
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
    return Parameter(_text(target, data).lstrip("*").strip(), kind, annotation, default, span)


def _with_kind(parameter: Parameter, kind: ParameterKind) -> Parameter:
    return Parameter(parameter.name, kind, parameter.annotation, parameter.default, parameter.span)


def _is_docstring(node: Node, data: bytes) -> bool:
    if node.type != "expression_statement" or len(node.named_children) != 1:
        return False
    child = node.named_children[0]
    if child.type == "concatenated_string":
        return all(
            _DOCSTRING_PREFIX.match(data[part.start_byte : part.start_byte + 2]) for part in child.named_children
        )
    return child.type == "string" and bool(_DOCSTRING_PREFIX.match(data[child.start_byte : child.start_byte + 2]))


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


def _text(node: Node, data: bytes) -> str:
    return data[node.start_byte : node.end_byte].decode("utf-8", "surrogatepass")
