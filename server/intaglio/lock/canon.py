"""The canonical form of a syntax tree: one text for all programs that differ in formatting alone.

Written down with test vectors in docs/fingerprints.md, so that others can compute it. Knows nothing of files, specs or
hashes. The form is the same on every Python from 3.11 on by construction: fields are written by name in alphabetical
order, and a field that is None or an empty list is not written, so what a newer Python adds and a program does not use
leaves no trace.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable

_DROPPED = frozenset({"ctx", "kind", "type_comment", "lineno", "col_offset", "end_lineno", "end_col_offset"})
_Shape = tuple[str, tuple[tuple[str, str], ...]]
"""A node's opening, and the (label, name) of its fields, last first."""
_Item = ast.AST | str
_SHAPES: dict[type[ast.AST], _Shape] = {}
_OPERATORS: dict[type, str] = {
    kind: f"({kind.__name__})"
    for family in (ast.boolop, ast.operator, ast.unaryop, ast.cmpop)
    for kind in family.__subclasses__()
}
"""Nodes that are nothing but their kind."""


def canonical_form(nodes: Iterable[ast.AST], *, own_name: str = "") -> str:
    """The canonical text of nodes, one behind the other.

    `own_name` is a function's name that is to leave no trace: a `Name` with it is written as `(Name id=@)`. The walk
    keeps its own stack, so that the depth of a tree does not matter.
    """
    written: list[str] = []
    write = written.append
    stack: list[_Item] = list(nodes)
    stack.reverse()
    push, pop = stack.append, stack.pop
    special_of, shape_of, operator_of = _SPECIAL.get, _SHAPES.get, _OPERATORS.get
    a_name, a_constant, a_list = ast.Name, ast.Constant, list
    while stack:
        item = pop()
        kind = item.__class__
        if kind is str:
            write(item)  # type: ignore[arg-type]  # the class was just compared
        elif kind is a_name:
            name: str = item.id  # type: ignore[union-attr]  # the class was just compared
            write("(Name id=@)" if name == own_name else f"(Name id={name})")
        elif kind is a_constant:
            write(f"(Constant value={atom(item.value)})")  # type: ignore[union-attr]  # the class was just compared
        elif (special := special_of(kind)) is not None:
            special(item, push)
        else:
            head, fields = shape_of(kind) or _shape_of(kind)  # type: ignore[arg-type]  # what is no str is a node
            values = item.__dict__
            text = ")"  # of the node, from its end on, as far as nothing has to be walked first
            for label, field in fields:
                value = values.get(field)
                if value is None:
                    continue
                kind = value.__class__
                if kind is a_name:
                    name = value.id
                    text = f"{label}(Name id=@){text}" if name == own_name else f"{label}(Name id={name}){text}"
                elif kind is str or kind is int:
                    text = f"{label}{value}{text}"
                elif kind is a_list:
                    if value:
                        push(f"]{text}")
                        for one in reversed(value):
                            push("~" if one is None else _netstring(one) if one.__class__ is str else one)
                        text = f"{label}["
                elif kind is a_constant:
                    text = f"{label}(Constant value={atom(value.value)}){text}"
                elif (operator := operator_of(kind)) is not None:
                    text = f"{label}{operator}{text}"
                else:
                    push(text)
                    push(value)
                    text = label
            write(head + text)
    return "".join(written)


def atom(value: object) -> str:
    """A constant, tagged by its type. Raises TypeError for what no Python literal can be."""
    kind = value.__class__
    if kind is str:
        return _netstring(value)  # type: ignore[arg-type]  # the class was just compared
    if value is None:
        return "n"
    if kind is bool:
        return "t" if value else "f"
    if kind is int:
        return f"i{value:x}"
    if kind is float:
        return f"d{value.hex()}"  # type: ignore[attr-defined]  # the class was just compared
    if kind is complex:
        return f"c{value.real.hex()},{value.imag.hex()}"  # type: ignore[attr-defined]  # the class was just compared
    if kind is bytes:
        return f"b{value.hex()};"  # type: ignore[attr-defined]  # the class was just compared
    if value is Ellipsis:
        return "e"
    raise TypeError(f"a constant of type {kind.__name__} has no canonical form")


def clean_docstring(text: str) -> str:
    """A string statement as formatters may leave it: tabs to columns of eight, the margin and outer blanks removed."""
    lines = text.expandtabs(8).split("\n")
    margin = min((len(line) - len(line.lstrip(" ")) for line in lines[1:] if line.strip()), default=0)
    cleaned = [lines[0].strip(), *(line[margin:].rstrip() for line in lines[1:])]
    return "\n".join(cleaned).strip()


def _netstring(text: str) -> str:
    length = len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
    return f"s{length}:{text}"


def _shape_of(kind: type[ast.AST]) -> _Shape:
    fields = tuple((f" {name}=", name) for name in sorted(kind._fields, reverse=True) if name not in _DROPPED)
    shape = _SHAPES[kind] = (f"({kind.__name__}", fields)
    return shape


def _push_fields(node: ast.AST, push: Callable[[_Item], None], replaced: dict[str, object]) -> None:
    """Push a node's parts, last first. `replaced` gives values that stand in for the node's own."""
    kind = node.__class__
    head, fields = _SHAPES.get(kind) or _shape_of(kind)
    values = {**node.__dict__, **replaced}
    push(")")
    for label, name in fields:
        value = values.get(name)
        if value is None:
            continue
        if value.__class__ is list:
            if value:
                push("]")
                for one in reversed(value):
                    push("~" if one is None else _netstring(one) if one.__class__ is str else one)
                push(f"{label}[")
        elif isinstance(value, ast.AST):
            push(value)
            push(label)
        else:
            push(f"{label}{value}")
    push(head)


def _push_expression_statement(node: ast.Expr, push: Callable[[_Item], None]) -> None:
    value = node.value
    if value.__class__ is ast.Constant and value.value.__class__ is str:
        cleaned = clean_docstring(value.value)
        push(f"(Expr value=(Constant value={_netstring(cleaned)}))")
    else:
        push(")")
        push(value)
        push("(Expr value=")


def _push_delete(node: ast.Delete, push: Callable[[_Item], None]) -> None:
    """`del (a, b)` and `del a, b` do the same, and formatters turn one into the other."""
    targets: list[ast.expr] = []
    pending = list(reversed(node.targets))
    while pending:
        target = pending.pop()
        if isinstance(target, ast.Tuple):
            pending.extend(reversed(target.elts))
        else:
            targets.append(target)
    _push_fields(node, push, {"targets": targets})


def _push_joined_string(node: ast.JoinedStr, push: Callable[[_Item], None]) -> None:
    """Adjacent constant parts are one; where an f-string's parts are cut differs between versions of Python."""
    values: list[ast.expr] = []
    for value in node.values:
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            if value.value == "":
                continue
            if values and isinstance(last := values[-1], ast.Constant) and isinstance(last.value, str):
                values[-1] = ast.Constant(last.value + value.value)
                continue
        values.append(value)
    _push_fields(node, push, {"values": values})


def _push_formatted_value(node: ast.FormattedValue, push: Callable[[_Item], None]) -> None:
    """An empty format specification is none: `f"{x:}"` and `f"{x}"`."""
    specification = node.format_spec
    if isinstance(specification, ast.JoinedStr) and not specification.values:
        specification = None
    _push_fields(node, push, {"format_spec": specification})


def _push_tagged(field: str) -> Callable[[ast.AST, Callable[[_Item], None]], None]:
    """A node with a field whose value is a constant rather than an identifier."""

    def push_node(node: ast.AST, push: Callable[[_Item], None]) -> None:
        _push_fields(node, push, {field: atom(getattr(node, field))})

    return push_node


_SPECIAL: dict[type, Callable[..., None]] = {
    ast.Expr: _push_expression_statement,
    ast.Delete: _push_delete,
    ast.JoinedStr: _push_joined_string,
    ast.FormattedValue: _push_formatted_value,
    ast.MatchSingleton: _push_tagged("value"),
}
for _name, _field in (("Interpolation", "str"),):  # Python 3.14
    if _kind := getattr(ast, _name, None):
        _SPECIAL[_kind] = _push_tagged(_field)
