"""Names that an expression of a spec may use: parameters, `result`, `approx`, the function, the file's names, builtins."""

from __future__ import annotations

import builtins
import functools
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass

from intaglio.assist.bindings import Binding, BindingKind, bindings_in
from intaglio.assist.expressions import is_plain
from intaglio.spec.document import Document
from intaglio.spec.model import Spec

_UNMEANT = frozenset(
    ["breakpoint", "compile", "copyright", "credits", "delattr", "dir", "eval", "exec", "exit", "globals", "help", "input",
     "license", "locals", "memoryview", "open", "print", "quit", "setattr", "vars", "aiter", "anext", "super", "classmethod",
     "staticmethod", "property", "callable", "id", "hash"]
)  # fmt: skip
_OFTEN_RAISED = (
    "ValueError",
    "TypeError",
    "KeyError",
    "LookupError",
    "IndexError",
    "OverflowError",
    "ZeroDivisionError",
)
_LOOKS_LIKE_ERROR = re.compile(r"(Error|Exception|Failure|Refused|Invalid\w*)$")
_KINDS = {
    BindingKind.FUNCTION: "function", BindingKind.CLASS: "class", BindingKind.VARIABLE: "variable", BindingKind.IMPORT: "module",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class NameAtHand:
    """One name. `kind` is a word of `completion.ItemKind`; the smaller `order`, the nearer."""

    name: str
    kind: str
    order: int
    detail: str = ""
    documentation: str = ""


def names_at_hand(document: Document, spec: Spec, key: str) -> Iterator[NameAtHand]:
    """The names that an expression of a directive may use."""
    outside = key in {"example", "given"}
    seen: set[str] = set()
    if not outside:
        for parameter in spec.function.parameters:
            seen.add(parameter.name)
            yield NameAtHand(parameter.name, "parameter", 1, parameter.annotation or "", "a parameter")
    if key == "ensure":
        yield NameAtHand("result", "variable", 1, spec.function.returns or "", f"What `{spec.function.name}` returns.")
    if key in {"ensure", "example"}:
        yield NameAtHand("approx", "function", 3, "approx(expected, rel=1e-6, abs=1e-12)", "Equal within a tolerance.")
    if is_plain(spec):
        seen.add(spec.function.name)
        yield NameAtHand(spec.function.name, "function", 2, "the function itself")
    for binding in file_names(document):
        if binding.name not in seen:
            seen.add(binding.name)
            yield NameAtHand(binding.name, _KINDS[binding.kind], 4, binding.head)
    for one in _builtin_names():
        if one.name not in seen:
            yield one


def errors_at_hand(document: Document) -> Iterator[NameAtHand]:
    """Exceptions that a function may raise: the file's own first, then the usual ones, then all other builtins."""
    for binding in file_names(document):
        if _LOOKS_LIKE_ERROR.search(binding.name) or re.search(r"\((\w+\.)*\w*(Error|Exception)\b", binding.head):
            yield NameAtHand(binding.name, "class", 0, binding.head, binding.head)
    for name, page in _builtin_errors():
        yield NameAtHand(name, "class", _OFTEN_RAISED.index(name) + 1 if name in _OFTEN_RAISED else 20, "", page)


def file_names(document: Document) -> Iterator[Binding]:
    """The first binding of each name that the file binds at module level; its places count from its section."""
    seen: set[str] = set()
    for section, _ in document.sections:
        for binding in _bindings(section.data):
            if binding.name not in seen:
                seen.add(binding.name)
                yield binding


@functools.lru_cache(maxsize=4096)
def _bindings(data: bytes) -> tuple[Binding, ...]:
    """Of a section's bytes, which change only where somebody types."""
    return tuple(bindings_in(data, 0))


@functools.cache
def _builtin_names() -> tuple[NameAtHand, ...]:
    found = []
    for name, value in vars(builtins).items():
        if name.startswith("_") or name in _UNMEANT or (isinstance(value, type) and issubclass(value, BaseException)):
            continue
        kind = "class" if isinstance(value, type) else "function" if callable(value) else "keyword"
        page = (inspect.getdoc(value) or "").partition("\n\n")[0]
        found.append(NameAtHand(name, kind, 7, "builtin", page))
    return tuple(found)


@functools.cache
def _builtin_errors() -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, (inspect.getdoc(value) or "").partition("\n\n")[0])
        for name, value in sorted(vars(builtins).items())
        if isinstance(value, type) and issubclass(value, Exception) and not issubclass(value, Warning)
    )
