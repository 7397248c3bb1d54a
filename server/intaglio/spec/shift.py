"""The same spec further on in its file: every absolute place moved by an offset. Findings stay, as they are relative."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import overload

from intaglio.finding import Finding, Place, Span
from intaglio.spec.model import (
    Directive,
    Example,
    Function,
    Given,
    Golden,
    Parameter,
    Raises,
    Rule,
    Spec,
    Text,
)


class ShiftedSpecs(Sequence[Spec]):
    """Specs as they were read, each to be moved by an offset when it is looked at. Equals any sequence of the same."""

    __slots__ = ("_pairs", "_specs")

    def __init__(self, pairs: Sequence[tuple[Spec, int]]) -> None:
        self._pairs = tuple(pairs)
        self._specs: list[Spec | None] = [spec if offset == 0 else None for spec, offset in self._pairs]

    @overload
    def __getitem__(self, place: int) -> Spec: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Spec, ...]: ...
    def __getitem__(self, place: int | slice) -> Spec | tuple[Spec, ...]:
        """A spec in its present place."""
        if isinstance(place, slice):
            return tuple(self[one] for one in range(*place.indices(len(self))))
        spec = self._specs[place]
        if spec is None:
            spec = self._specs[place] = shift_spec(*self._pairs[place])
        return spec

    def __len__(self) -> int:
        """How many."""
        return len(self._pairs)

    def __iter__(self) -> Iterator[Spec]:
        """Each in its present place."""
        return (self[place] for place in range(len(self)))

    def placed(self) -> tuple[tuple[Spec, int], ...]:
        """Each spec as it was read, with how far it has moved since: cheaper than the moved spec."""
        return self._pairs

    def __eq__(self, other: object) -> bool:
        """By what is in it."""
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        """As its tuple's."""
        return hash(tuple(self))

    def __repr__(self) -> str:
        """As its tuple's."""
        return repr(tuple(self))

    @property
    def names(self) -> tuple[str, ...]:
        """The qualified names; moves nothing."""
        return tuple(spec.name for spec, _ in self._pairs)


def shift_finding(finding: Finding, offset: int) -> Finding:
    """A finding of the file, `offset` bytes further on; others are relative and stay."""
    if offset == 0 or finding.place is None or finding.place.target != "file":
        return finding
    fixes = tuple(
        replace(
            fix,
            edits=tuple(
                replace(edit, place=Place(edit.place.target, edit.place.span.shift(offset)))
                if edit.place.target == "file"
                else edit
                for edit in fix.edits
            ),
        )
        for fix in finding.fixes
    )
    return replace(finding, place=Place("file", finding.place.span.shift(offset)), fixes=fixes)


def shift_spec(spec: Spec, offset: int) -> Spec:
    """The spec, `offset` bytes further on."""
    if offset == 0:
        return spec
    move = _Mover(offset)
    return replace(
        spec,
        function=move.function(spec.function),
        block=spec.block.shift(offset),
        prose=move.text(spec.prose),
        directives=tuple(map(move.directive, spec.directives)),
        use=tuple(map(move.text, spec.use)),
        comply=tuple(map(move.text, spec.comply)),
        require=tuple(map(move.text, spec.require)),
        ensure=tuple(map(move.text, spec.ensure)),
        raises=tuple(map(move.raises, spec.raises)),
        rules=tuple(map(move.rule, spec.rules)),
        examples=tuple(map(move.example, spec.examples)),
        golden=tuple(map(move.golden, spec.golden)),
        given=tuple(map(move.given, spec.given)),
    )


class _Mover:
    """One offset, applied to each kind of value."""

    def __init__(self, offset: int) -> None:
        self.offset = offset

    def span(self, span: Span) -> Span:
        return Span(span.start + self.offset, span.end + self.offset)

    def text(self, text: Text) -> Text:
        segments = tuple((value, file + self.offset, length) for value, file, length in text.segments)
        return Text(text.value, self.span(text.span), segments)

    def maybe(self, text: Text | None) -> Text | None:
        return None if text is None else self.text(text)

    def directive(self, one: Directive) -> Directive:
        return Directive(one.key, self.span(one.key_span), self.text(one.value), self.span(one.span), one.known)

    def raises(self, one: Raises) -> Raises:
        return Raises(self.text(one.error), self.maybe(one.condition), self.span(one.span))

    def rule(self, one: Rule) -> Rule:
        return Rule(self.maybe(one.condition), self.maybe(one.value), self.maybe(one.raises), self.span(one.span))

    def example(self, one: Example) -> Example:
        return Example(self.text(one.expression), self.maybe(one.raises), self.span(one.span))

    def golden(self, one: Golden) -> Golden:
        return Golden(self.text(one.path), one.share, self.span(one.span))

    def given(self, one: Given) -> Given:
        return Given(self.text(one.call), self.text(one.value), self.span(one.span))

    def parameter(self, one: Parameter) -> Parameter:
        return Parameter(one.name, one.kind, one.annotation, one.default, self.span(one.span))

    def function(self, one: Function) -> Function:
        return replace(
            one,
            parameters=tuple(map(self.parameter, one.parameters)),
            span=self.span(one.span),
            header=self.span(one.header),
            suite=self.span(one.suite),
            docstring=None if one.docstring is None else self.span(one.docstring),
            body=self.span(one.body),
            name_span=self.span(one.name_span),
        )


def placed_specs(specs: Sequence[Spec]) -> tuple[tuple[Spec, int], ...]:
    """Specs of a reading as they were read, each with how far it has moved since."""
    return specs.placed() if isinstance(specs, ShiftedSpecs) else tuple((spec, 0) for spec in specs)
