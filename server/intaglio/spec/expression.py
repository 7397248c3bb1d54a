"""Expressions in directives: parsed as if in parentheses, split at the words and signs of the spec language."""

from __future__ import annotations

import ast
import functools
import io
import keyword
import re
import tokenize
from dataclasses import dataclass

from intaglio.spec.model import Text

_PLAIN_STRING = re.compile(r"\"[^\"]+\"|'[^']+'")
_INNERMOST = re.compile(r"\([^][(){}]*\)|\[[^][(){}]*\]|\{[^][(){}]*\}")
_BRACKET = re.compile(r"[][(){}]")


@dataclass(frozen=True, slots=True)
class ExpressionError(Exception):
    """An expression that does not parse: a message, and the bytes of the text that it speaks of."""

    message: str
    start: int
    end: int


@functools.lru_cache(maxsize=16384)
def parse_expression(text: str) -> ast.expr:
    """The tree of an expression that may run over lines. Raises ExpressionError. Treat the tree as frozen."""
    try:
        tree = ast.parse(f"(\n{text}\n)", mode="eval").body
    except SyntaxError as error:
        raise _placed(error, text) from None
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        raise ExpressionError(
            f"the expression cannot be read: {error}", 0, len(text.encode("utf-8", "replace"))
        ) from None
    if isinstance(tree, ast.Tuple) and not text.strip():
        raise ExpressionError("an expression is missing", 0, 0)
    for node in ast.walk(tree):
        if isinstance(node, ast.NamedExpr | ast.Await | ast.Yield | ast.YieldFrom):
            name = {"NamedExpr": ":=", "Await": "await", "Yield": "yield", "YieldFrom": "yield from"}[
                type(node).__name__
            ]
            raise ExpressionError(f"{name} has no place in a spec's expression", *byte_range(text, node))
    return tree


def byte_range(text: str, node: ast.AST) -> tuple[int, int]:
    """The bytes of `text` that a node from `parse_expression(text)` covers."""
    lines = text.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line.encode("utf-8", "surrogatepass")) + 1)
    start_line = getattr(node, "lineno", 2) - 2
    end_line = getattr(node, "end_lineno", 2) - 2
    return (
        starts[max(0, min(start_line, len(lines)))] + getattr(node, "col_offset", 0),
        starts[max(0, min(end_line, len(lines)))] + getattr(node, "end_col_offset", 0),
    )


def split_arrow(text: str) -> int | None:
    """The character offset of the one `->` outside brackets; None when there is none, or more than one."""
    if "->" not in text:
        return None
    plain = _without_strings_and_brackets(text)
    if plain is not None:
        return plain.index("->") if plain.count("->") == 1 else None
    places = [offset for word, offset in _top_level(text) if word == "->"]
    return places[0] if len(places) == 1 else None


def split_last_word(text: str, word: str) -> int | None:
    """The character offset of the last bare `word` outside brackets, or None."""
    if word not in text:
        return None
    places = [offset for found, offset in _top_level(text) if found == word]
    return places[-1] if places else None


def part(text: Text, start: int, end: int) -> Text:
    """The characters [start, end) of a text's value, stripped, with their place in the file."""
    piece = text.value[start:end]
    start += len(piece) - len(piece.lstrip())
    piece = piece.strip()
    first = len(text.value[:start].encode("utf-8", "surrogatepass"))
    size = len(piece.encode("utf-8", "surrogatepass"))
    segments = tuple(
        (
            max(value_start, first) - first,
            file_start + max(0, first - value_start),
            length - max(0, first - value_start),
        )
        for value_start, file_start, length in text.segments
        if value_start + length > first and value_start < first + size
    )
    return Text(piece, text.locate(first, first + size), segments)


def is_error_name(text: str) -> bool:
    """Whether a text is a dotted name, as an exception's must be."""
    return bool(text) and all(name.isidentifier() and not keyword.iskeyword(name) for name in text.split("."))


def _without_strings_and_brackets(text: str) -> str | None:
    """A text of the same length with its plain strings and brackets blanked; None when that takes a tokenizer."""
    if "\\" in text or "#" in text or "\n" in text:
        return None
    plain = _PLAIN_STRING.sub(_blank, text)
    if '"' in plain or "'" in plain:
        return None
    before = ""
    while before != plain:
        before, plain = plain, _INNERMOST.sub(_blank, plain)
    return None if _BRACKET.search(plain) else plain


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())


def _top_level(text: str) -> list[tuple[str, int]]:
    """Names and operators outside brackets with their character offsets; as far as the text can be read."""
    found: list[tuple[str, int]] = []
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    depth = 0
    try:
        for token in tokenize.generate_tokens(io.StringIO("(\n" + text + "\n)").readline):
            if token.type == tokenize.OP and token.string in "([{":
                depth += 1
            elif token.type == tokenize.OP and token.string in ")]}":
                depth -= 1
            elif depth == 1 and token.type in {tokenize.OP, tokenize.NAME} and token.start[0] >= 2:
                found.append((token.string, starts[token.start[0] - 2] + token.start[1]))
    except (tokenize.TokenError, SyntaxError, ValueError):
        pass  # half-typed text: what was read so far is what there is; parsing says what is wrong
    return found


def _placed(error: SyntaxError, text: str) -> ExpressionError:
    lines = text.split("\n")
    line = (error.lineno or 2) - 2
    size = len(text.encode("utf-8", "surrogatepass"))
    if not 0 <= line < len(lines):
        return ExpressionError(_worded(error.msg), 0, size)
    before = sum(len(one.encode("utf-8", "surrogatepass")) + 1 for one in lines[:line])
    column = len(lines[line][: max(0, (error.offset or 1) - 1)].encode("utf-8", "surrogatepass"))
    start = min(before + column, max(0, size - 1))
    return ExpressionError(_worded(error.msg), start, min(size, start + 1))


def _worded(message: str) -> str:
    return message.replace("'(' was never closed", "a bracket is not closed").replace(
        "invalid syntax", "this is not a Python expression"
    )
