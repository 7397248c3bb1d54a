"""References: every place that names a parameter or the function of a spec, in its code and in the file's specs.

Names in code are followed by Python's scoping rules within the file. Attributes (`claim.total`) are followed in the spec's own
expressions alone: elsewhere nobody can tell from the text what stands before the dot.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node, Parser

from intaglio.assist.expressions import (
    Meaning,
    called_parameters,
    calls_own,
    expressions_of,
    is_plain,
    name_at,
    names_of,
)
from intaglio.assist.occurrences import Occurrence, Use, in_expression, occurrences
from intaglio.assist.view import View
from intaglio.finding import Span
from intaglio.spec.function import normal_name
from intaglio.spec.model import Parameter, Spec
from intaglio.spec.python import LANGUAGE, function_at

_NAME = re.compile(r"\*{0,2}[ \t]*([^\W\d]\w*)")


@dataclass(frozen=True, slots=True)
class Subject:
    """What is named: a spec's function, or one of its parameters."""

    spec: Spec
    parameter: Parameter | None = None

    @property
    def name(self) -> str:
        """Its name."""
        return self.parameter.name if self.parameter is not None else self.spec.function.name


@dataclass(frozen=True, slots=True)
class Reference:
    """One place. `imported` marks an import of the name."""

    span: Span
    is_definition: bool = False
    imported: bool = False


def subject_at(view: View, offset: int) -> tuple[Subject, Span] | None:
    """What the byte at `offset` names, and the name's place: in a block, in a header, or in the function's body."""
    spec = view.spec_at(offset)
    if spec is None:
        return None
    if spec.block.contains(offset):
        name = name_at(spec, offset)
        if name is None:
            return None
        if name.meaning is Meaning.FUNCTION:
            return Subject(spec), name.span
        if name.meaning is Meaning.PARAMETER:
            return Subject(spec, _parameter(spec, name.name)), name.span
        return None
    if spec.function.name_span.contains(offset):
        return Subject(spec), spec.function.name_span
    for parameter in spec.function.parameters:
        span = name_span(view, parameter)
        if span.contains(offset):
            return Subject(spec, parameter), span
    for one in _in_body(view, spec):
        if one.start <= offset <= one.end and one.use is Use.FREE:
            if (named := _parameter(spec, one.name)) is not None:
                return Subject(spec, named), Span(one.start, one.end)
            if is_plain(spec) and not spec.function.is_nested and one.name == spec.function.name:
                return Subject(spec), Span(one.start, one.end)
    return None


def references(view: View, subject: Subject) -> tuple[Reference, ...]:
    """Every place that names a subject, its definition too, in the order of the file."""
    found = dict.fromkeys(
        _of_parameter(view, subject) if subject.parameter is not None else _of_function(view, subject.spec)
    )
    return tuple(sorted(found, key=lambda one: one.span))


def name_span(view: View, parameter: Parameter) -> Span:
    """The bytes of a parameter's name, without its stars, annotation and default."""
    text = view.document.data[parameter.span.start : parameter.span.end].decode("utf-8", "replace")
    match = _NAME.match(text)
    if match is None:
        return parameter.span
    start = parameter.span.start + len(text[: match.start(1)].encode())
    return Span(start, start + len(match[1].encode()))


def body_names(view: View, spec: Spec) -> tuple[Occurrence, ...]:
    """Every name of the function's body, by places in the file; what the function itself binds is FREE."""
    return _in_body(view, spec)


def section_names(view: View, word: str) -> Iterator[Occurrence]:
    """The names of the file's code that are `word`, keywords of calls of `word` too; places count from the file's start."""
    needle = word.encode()
    for section, start in view.document.sections:
        if needle not in section.data and word.isascii():
            continue
        for one in occurrences(Parser(LANGUAGE).parse(section.data).root_node, section.data):
            if word in {one.name, one.callee}:
                yield Occurrence(one.name, one.start + start, one.end + start, one.use, one.callee, one.imported)


def _of_parameter(view: View, subject: Subject) -> Iterator[Reference]:
    spec, parameter = subject.spec, subject.parameter
    if parameter is None:
        return
    yield Reference(name_span(view, parameter), is_definition=True)
    for one in _in_body(view, spec):
        if one.use is Use.FREE and one.name == parameter.name:
            yield Reference(Span(one.start, one.end), imported=one.imported)
    for expression in expressions_of(spec):
        for name in names_of(spec, expression):
            if name.meaning is Meaning.PARAMETER and name.name == parameter.name:
                yield Reference(name.span)
    if not is_plain(spec) or spec.function.is_nested or parameter not in called_parameters(spec):
        return
    for one in section_names(view, spec.function.name):
        if one.use is Use.KEYWORD and one.callee == spec.function.name and one.name == parameter.name:
            yield Reference(Span(one.start, one.end))
    for other in view.mentioning(spec.function.name):
        if other.name != spec.name:
            for expression in expressions_of(other):
                for one in in_expression(expression.text.value):
                    if one.use is Use.KEYWORD and calls_own(spec, one.callee) and one.name == parameter.name:
                        yield Reference(expression.text.locate(one.start, one.end))


def _of_function(view: View, spec: Spec) -> Iterator[Reference]:
    yield Reference(spec.function.name_span, is_definition=True)
    for expression in expressions_of(spec):
        for name in names_of(spec, expression):
            if name.meaning is Meaning.FUNCTION:
                yield Reference(name.span)
    if not is_plain(spec) or spec.function.is_nested:
        return
    for one in section_names(view, spec.function.name):
        span = Span(one.start, one.end)
        if one.use is Use.FREE and one.name == spec.function.name and span != spec.function.name_span:
            yield Reference(span, imported=one.imported)
    for other in view.mentioning(spec.function.name):
        if other.name == spec.name:
            continue
        for expression in expressions_of(other):
            for name in names_of(other, expression):
                if name.meaning in {Meaning.DEFINED, Meaning.BUILTIN} and name.name == spec.function.name:
                    yield Reference(name.span)


def _in_body(view: View, spec: Spec) -> tuple[Occurrence, ...]:
    found = _function_node(view, spec)
    if found is None:
        return ()
    node, data, start = found
    body = node.child_by_field_name("body")
    if body is None:
        return ()
    return tuple(
        Occurrence(one.name, one.start + start, one.end + start, one.use, one.callee, one.imported)
        for one in occurrences(body, data, of_function=True)
    )


def _function_node(view: View, spec: Spec) -> tuple[Node, bytes, int] | None:
    """The tree-sitter node of a spec's function, the bytes that it counts in, and where they lie in the file."""
    place = spec.function.span.start
    for section, start in view.document.sections:
        if start <= place < start + len(section.data):
            node = function_at(Parser(LANGUAGE).parse(section.data).root_node, place - start)
            return (node, section.data, start) if node is not None else None
    return None


def _parameter(spec: Spec, name: str) -> Parameter | None:
    return next((one for one in spec.function.parameters if one.name == normal_name(name)), None)
