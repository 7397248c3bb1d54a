"""Sample values by annotation: what a first example or golden row of a function may look like. Reads text, runs nothing."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Any

from intaglio.assist.bindings import BindingKind, binding_of
from intaglio.assist.expressions import called_parameters, is_plain
from intaglio.finding import Span
from intaglio.spec.document import Document
from intaglio.spec.model import FunctionKind, Parameter, ParameterKind, Spec

_PLAIN: dict[str, tuple[str, Any]] = {
    "int": ("1", 1), "float": ("1.0", 1.0), "str": ('"a"', "a"), "bool": ("True", True), "bytes": ('b"a"', "a"),
    "complex": ("1j", None), "None": ("None", None), "object": ("None", None), "Any": ("None", None),
    "Decimal": ('Decimal("1.00")', "1.00"), "Fraction": ("Fraction(1, 2)", "1/2"), "date": ("date(2026, 1, 31)", "2026-01-31"),
    "datetime": ("datetime(2026, 1, 31, 12, 0)", "2026-01-31T12:00:00"), "time": ("time(12, 0)", "12:00:00"),
    "timedelta": ("timedelta(days=1)", None),
    "UUID": ('UUID("12345678-1234-5678-1234-567812345678")', "12345678-1234-5678-1234-567812345678"),
}  # fmt: skip
"""By the last part of an annotation's name: as Python, and as JSON."""
_EMPTY: dict[str, tuple[str, Any]] = {
    "list": ("[]", []), "List": ("[]", []), "Sequence": ("[]", []), "Iterable": ("[]", []), "Iterator": ("[]", []),
    "tuple": ("()", []), "Tuple": ("()", []), "set": ("set()", []), "frozenset": ("frozenset()", []), "dict": ("{}", {}),
    "Dict": ("{}", {}), "Mapping": ("{}", {}),
}  # fmt: skip
_FIRST_OF = frozenset(["Optional", "Union", "Annotated", "Final", "Required", "NotRequired"])
MOST_LEVELS = 5


@dataclass(frozen=True, slots=True)
class Sample:
    """A value as a Python expression and as a golden row holds it. `...` and None where none can be told."""

    python: str
    json: Any


UNKNOWN = Sample("...", None)


def sample_of(document: Document, annotation: str | None) -> Sample:
    """A value of an annotated type; enums, dataclasses, named tuples and typed dictionaries of the file are looked into."""
    return _of(document, _parse(annotation), 0)


def given_parameters(spec: Spec) -> tuple[Parameter, ...]:
    """The parameters that a call must give: those without a default and without a star."""
    starred = {ParameterKind.VAR_POSITIONAL, ParameterKind.VAR_KEYWORD}
    return tuple(one for one in called_parameters(spec) if one.default is None and one.kind not in starred)


def sample_call(document: Document, spec: Spec) -> str:
    """A call of a spec's function with a sample for each argument that it needs."""
    arguments = []
    for parameter in given_parameters(spec):
        value = sample_of(document, parameter.annotation).python
        arguments.append(f"{parameter.name}={value}" if parameter.kind is ParameterKind.KEYWORD_ONLY else value)
    called = callee_of(document, spec)
    return called if spec.function.kind is FunctionKind.PROPERTY else f"{called}({', '.join(arguments)})"


def callee_of(document: Document, spec: Spec) -> str:
    """How an example names the function: `decide`, `Claim.parse`, `Claim(1, "a").total`."""
    function = spec.function
    if is_plain(spec):
        return function.name
    owner = ".".join(function.owners)
    if function.kind in {FunctionKind.CLASS_METHOD, FunctionKind.STATIC_METHOD}:
        return f"{owner}.{function.name}"
    made = sample_of(document, owner).python
    return f"{made if made != UNKNOWN.python else f'{owner}(...)'}.{function.name}"


def _parse(annotation: str | None) -> ast.expr | None:
    if annotation is None:
        return None
    try:
        return ast.parse(annotation.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _of(document: Document, node: ast.expr | None, depth: int) -> Sample:
    if depth > MOST_LEVELS:
        return UNKNOWN
    match node:
        case ast.Constant(value=None):
            return Sample("None", None)
        case ast.Constant(value=str(text)):
            return _of(document, _parse(text), depth + 1)
        case ast.Name() | ast.Attribute():
            name = _last(node)
            known = _PLAIN.get(name) or _EMPTY.get(name)
            return Sample(*known) if known else _of_class(document, name, depth)
        case ast.BinOp(op=ast.BitOr()):
            left = _of(document, node.left, depth)
            return left if left.python not in {"None", "..."} else _of(document, node.right, depth)
        case ast.Subscript():
            return _generic(document, _last(node.value), node.slice, depth + 1)
    return UNKNOWN


def _generic(document: Document, name: str, inner: ast.expr, depth: int) -> Sample:
    parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
    if name == "Literal":
        first = parts[0] if parts else None
        return Sample(repr(first.value), first.value) if isinstance(first, ast.Constant) else UNKNOWN
    if name in {"tuple", "Tuple"} and isinstance(parts[-1], ast.Constant) and parts[-1].value is Ellipsis:
        parts = parts[:1]
    items = [_of(document, part, depth) for part in parts]
    if name in _FIRST_OF:
        return items[0]
    text = ", ".join(item.python for item in items)
    values = [item.json for item in items]
    if name in {"tuple", "Tuple"}:
        return Sample(f"({text}{',' if len(items) == 1 else ''})", values)
    if name in {"dict", "Dict", "Mapping"} and len(items) == 2:
        return Sample(f"{{{items[0].python}: {items[1].python}}}", {str(values[0]): values[1]})
    if name in {"set", "Set"}:
        return Sample(f"{{{text}}}", values)
    if name == "frozenset":
        return Sample(f"frozenset([{text}])", values)
    return Sample(f"[{text}]", values) if name in _EMPTY else UNKNOWN


def _of_class(document: Document, name: str, depth: int) -> Sample:
    binding = binding_of(document, name)
    if binding is None or binding.kind is not BindingKind.CLASS:
        return UNKNOWN
    try:
        node = ast.parse(
            document.data[binding.statement.start : binding.statement.end].decode("utf-8", "replace")
        ).body[0]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return UNKNOWN
    if not isinstance(node, ast.ClassDef):
        return UNKNOWN
    bases = {_last(base) for base in node.bases}
    if any(base.endswith(("Enum", "Flag")) for base in bases):
        for line in node.body:
            if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name):
                member = line.targets[0].id
                value = line.value.value if isinstance(line.value, ast.Constant) else member
                return Sample(f"{name}.{member}", value if isinstance(value, str | int | float) else member)
        return UNKNOWN
    fields = [
        (line.target.id, _of(document, line.annotation, depth + 1))
        for line in node.body
        if isinstance(line, ast.AnnAssign) and line.value is None and isinstance(line.target, ast.Name)
    ]
    is_table = "TypedDict" in bases
    if not is_table and "NamedTuple" not in bases and not _is_dataclass(document, binding.statement):
        return UNKNOWN
    values = {field: sample.json for field, sample in fields}
    if is_table:
        return Sample("{" + ", ".join(f'"{field}": {sample.python}' for field, sample in fields) + "}", values)
    return Sample(f"{name}({', '.join(sample.python for _, sample in fields)})", values)


def _is_dataclass(document: Document, statement: Span) -> bool:
    above = document.data[: statement.start].rpartition(b"\n\n")[2]
    return b"dataclass" in above


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
