"""Semantic tokens: the keys of directives, the language's own words and signs, and the Python inside of the comments.

A token never runs over a line. What is prose stays a comment, and gets none.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node, Parser

from intaglio.assist.expressions import Expression, Meaning, Role, expressions_of, names_of
from intaglio.assist.view import View
from intaglio.finding import Span
from intaglio.spec.expression import split_arrow, split_first_word, split_last_word
from intaglio.spec.model import Directive, Spec, Text
from intaglio.spec.python import LANGUAGE

_NAMED = {"template": "function", "comply": "namespace", "use": "namespace", "model": "string", "strict": "keyword"}
_ROLES = {
    "require": Role.REQUIRE, "ensure": Role.ENSURE, "raises": Role.RAISES_CONDITION, "rule": Role.RULE_CONDITION,
    "example": Role.EXAMPLE, "given": Role.GIVEN,
}  # fmt: skip
_PYTHON_WORDS = frozenset(
    ["and", "or", "not", "in", "is", "if", "else", "for", "lambda", "async", "await", "not in", "is not", "True", "False",
     "None"]
)  # fmt: skip
_SIGNS = re.compile(r"[-+*/%@<>=!&|^~:]+\Z")
_PIECE = re.compile(r"[^\s,]+")
_MEANINGS = {
    Meaning.PARAMETER: "parameter", Meaning.RESULT: "variable", Meaning.APPROX: "function", Meaning.FUNCTION: "function",
    Meaning.LOCAL: "variable", Meaning.DEFINED: "variable", Meaning.BUILTIN: "function", Meaning.ATTRIBUTE: "property",
}  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Token:
    """One token: its bytes in the file, and its type."""

    span: Span
    type: str


def semantic_tokens(view: View, within: Span | None = None) -> tuple[Token, ...]:
    """The tokens of all blocks, or of those that touch a range, in the order of the file."""
    found: list[Token] = []
    data = view.document.data
    for spec, moved in view.placed(within):
        start = spec.block.start + moved
        block = data[start : spec.block.end + moved]
        function = spec.function
        names = (
            function.name,
            function.owners,
            function.kind,
            function.is_nested,
            *(one.name for one in function.parameters),
        )
        key = (block, names)
        known = _KNOWN.get(key)
        if known is None:
            known = tuple(
                (one.span.start - spec.block.start, one.span.end - spec.block.start, one.type) for one in _of_spec(spec)
            )
            if len(_KNOWN) >= _MOST_KNOWN:
                _KNOWN.clear()
            _KNOWN[key] = known
        found += [Token(Span(begin + start, end + start), kind) for begin, end, kind in known]
    if within is not None:
        found = [token for token in found if token.span.start < within.end and within.start < token.span.end]
    return tuple(sorted(found, key=lambda token: token.span.start))


_KNOWN: dict[tuple[bytes, tuple[object, ...]], tuple[tuple[int, int, str], ...]] = {}
"""Tokens from their block's start, by the block's bytes and what else they depend on: most blocks are as they were a key ago."""
_MOST_KNOWN = 4096


def _of_spec(spec: Spec) -> Iterator[Token]:
    named: set[int] = set()
    expressions = list(expressions_of(spec))
    read = {expression.text.span.start for expression in expressions}
    for directive in spec.directives:  # what is half typed and has not become an expression yet
        span = directive.value.span
        if directive.key in _ROLES and not any(span.start <= place <= span.end for place in read):
            expressions.append(Expression(_ROLES[directive.key], directive.value))
    for expression in expressions:
        for name in names_of(spec, expression):
            if name.name not in _PYTHON_WORDS and name.name not in {"when", "otherwise", "raises"}:
                named.add(name.span.start)
                kind = (
                    "class" if name.meaning is Meaning.BUILTIN and name.name[:1].isupper() else _MEANINGS[name.meaning]
                )
                yield Token(name.span, kind)
    for directive in spec.directives:
        if directive.known:
            yield Token(directive.key_span, "macro")
            yield from _of_value(directive, named)


def _of_value(directive: Directive, named: set[int]) -> Iterator[Token]:
    text = directive.value
    key = directive.key
    if key in _NAMED:
        for match in _PIECE.finditer(text.value):
            yield from _placed(text, _bytes(text, match.start()), _bytes(text, match.end()), _NAMED[key])
    elif key == "golden":
        path, sign, share = text.value.partition(">=")
        yield from _placed(text, 0, _bytes(text, len(path.rstrip())), "string")
        if sign:
            place = _bytes(text, len(path))
            yield from _placed(text, place, place + 2, "operator")
            begin = place + 2 + len(share) - len(share.lstrip())
            yield from _placed(text, begin, begin + len(share.strip().encode()), "number")
    elif key in {"require", "ensure", "raises", "rule", "example", "given"}:
        words = dict(_own_words(key, text.value))
        for start, end, kind in _python_tokens(text.value):
            if any(begin < end and start < stop for begin, (stop, _) in words.items()):
                continue
            span = text.locate(start, end)
            if kind != "name" and span.start not in named:
                yield from _placed(text, start, end, kind)
        for start, (end, kind) in words.items():
            yield from _placed(text, start, end, kind)


def _own_words(key: str, value: str) -> Iterator[tuple[int, tuple[int, str]]]:
    """The words and signs of the spec language in a value, as bytes: start, then (end, type)."""
    found: list[tuple[int | None, str, str]] = []
    if key in {"rule", "given"}:
        arrow = split_arrow(value)
        found.append((arrow, "->", "operator"))
        if key == "rule" and re.match(r"otherwise\s*(->|\Z)", value):
            found.append((0, "otherwise", "keyword"))
        if key == "rule" and arrow is not None and (match := re.compile(r"->\s*(raises)\s").match(value, arrow)):
            found.append((match.start(1), "raises", "keyword"))
    elif key == "raises":
        found.append((split_first_word(value, "when"), "when", "keyword"))
    elif key == "example":
        found.append((split_last_word(value, "raises"), "raises", "keyword"))
    for place, word, kind in found:
        if place is not None:
            start = len(value[:place].encode("utf-8", "surrogatepass"))
            yield start, (start + len(word), kind)


@functools.lru_cache(maxsize=8192)
def _python_tokens(value: str) -> tuple[tuple[int, int, str], ...]:
    """Strings, numbers, operators and words of a text that is Python, as far as it is: (start, end, type) in its bytes."""
    data = f"(\n{value}\n)".encode("utf-8", "surrogatepass")
    found: list[tuple[int, int, str]] = []
    pending: list[Node] = [Parser(LANGUAGE).parse(data).root_node]
    while pending:
        node = pending.pop()
        kind = node.type
        if kind in {"string_start", "string_content", "string_end"}:
            found.append((node.start_byte - 2, node.end_byte - 2, "string"))
        elif kind in {"integer", "float"}:
            found.append((node.start_byte - 2, node.end_byte - 2, "number"))
        elif node.child_count:
            pending.extend(reversed(node.children))
        else:
            word = data[node.start_byte : node.end_byte].decode("utf-8", "replace")
            if word in _PYTHON_WORDS:
                found.append((node.start_byte - 2, node.end_byte - 2, "keyword"))
            elif _SIGNS.match(word):
                found.append((node.start_byte - 2, node.end_byte - 2, "operator"))
    size = len(data) - 4
    return tuple(_joined(sorted(one for one in found if 0 <= one[0] < one[1] <= size)))


def _joined(found: list[tuple[int, int, str]]) -> Iterator[tuple[int, int, str]]:
    """Quotes and what is between them as one string, where nothing else is between them."""
    open_string: tuple[int, int, str] | None = None
    for one in found:
        if open_string is not None:
            if one[2] == "string" and one[0] == open_string[1]:
                open_string = (open_string[0], one[1], "string")
                continue
            yield open_string
            open_string = None
        if one[2] == "string":
            open_string = one
        else:
            yield one
    if open_string is not None:
        yield open_string


def _placed(text: Text, start: int, end: int, kind: str) -> Iterator[Token]:
    """The part [start, end) of a value's bytes, in the file: one token for each of its lines."""
    for value_start, file_start, length in text.segments:
        first, last = max(start, value_start), min(end, value_start + length)
        if first < last:
            yield Token(Span(file_start + first - value_start, file_start + last - value_start), kind)


def _bytes(text: Text, characters: int) -> int:
    return len(text.value[:characters].encode("utf-8", "surrogatepass"))
