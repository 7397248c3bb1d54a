"""Symbols: the specs of a file as an outline with their states, and those of a workspace by a part of their names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from intaglio.assist.standing import standing_of
from intaglio.assist.view import View
from intaglio.assist.wording import one_line
from intaglio.finding import Span
from intaglio.spec.model import FunctionKind, Spec


@dataclass(frozen=True, slots=True)
class Symbol:
    """One spec (`kind` is "function", "method" or "property") or one of its directives ("key")."""

    name: str
    detail: str
    kind: str
    span: Span
    selection: Span
    children: tuple[Symbol, ...] = ()


def document_symbols(view: View) -> tuple[Symbol, ...]:
    """Every spec with its function, and its directives below it."""
    return tuple(symbol_of(view, spec, moved) for spec, moved in view.placed())


def symbol_of(view: View, spec: Spec, moved: int) -> Symbol:
    """One spec, which was read `moved` bytes further up."""
    children = tuple(
        Symbol(
            directive.key,
            one_line(directive.value.value),
            "key",
            directive.span.shift(moved),
            directive.key_span.shift(moved),
        )
        for directive in spec.directives
        if directive.key != "spec"
    )
    span = Span(spec.block.start, max(spec.function.span.end, spec.block.end)).shift(moved)
    selection = spec.function.name_span.shift(moved)
    return Symbol(spec.name, standing_of(view, spec, moved).state, kind_of(spec), span, selection, children)


def kind_of(spec: Spec) -> str:
    """How editors draw a spec's function."""
    if spec.function.kind is FunctionKind.FUNCTION:
        return "function"
    return "property" if spec.function.kind is FunctionKind.PROPERTY else "method"


def matches(query: str, names: Iterable[str]) -> tuple[int, ...]:
    """Which of `names` hold the letters of a query in order, whatever their case; the nearest first, as indexes."""
    wanted = query.lower()
    found = []
    for number, name in enumerate(names):
        low = name.lower()
        if wanted in low:
            found.append((0 if low.rpartition(".")[2].startswith(wanted) else 1, low.index(wanted), number))
        elif _holds(low, wanted):
            found.append((2, 0, number))
    return tuple(number for _, _, number in sorted(found))


def _holds(name: str, wanted: str) -> bool:
    letters = iter(name)
    return all(letter in letters for letter in wanted)
