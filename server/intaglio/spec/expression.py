"""Expressions in directives: parsed as if in parentheses, split at the words and signs of the spec language."""

from __future__ import annotations

import ast
import functools
import io
import keyword
import re
import tokenize
import warnings
from dataclasses import dataclass

from intaglio.finding import Span
from intaglio.spec.model import Text

_PLAIN_STRING = re.compile(r"\"[^\"]+\"|'[^']+'")
_INNERMOST = re.compile(r"\([^][(){}]*\)|\[[^][(){}]*\]|\{[^][(){}]*\}")
_BRACKET = re.compile(r"[][(){}]")
_NUMBER_AND_WORD = re.compile(r"\d[A-Za-z]")
_REFUSED = {ast.NamedExpr: "`:=`", ast.Await: "`await`", ast.Yield: "`yield`", ast.YieldFrom: "`yield from`"}
_OPERATORS = {"=>": ">=", "=<": "<=", "<>": "!=", "&&": "and", "||": "or"}
_PAIRS = {"(": ")", "[": "]", "{": "}"}
_STRING_OR_BRACKET = re.compile(
    r"""#[^\n]*|\"{3}(?:[^\\]|\\.)*?\"{3}|'{3}(?:[^\\]|\\.)*?'{3}|"(?:[^"\\\n]|\\.)*+"|'(?:[^'\\\n]|\\.)*+'|[][(){}]""",
    re.DOTALL,
)
MOST_BYTES = 20_000
MOST_LEVELS = 100


@dataclass(frozen=True, slots=True)
class ExpressionError(Exception):
    """An expression that does not parse: a message, and the bytes of the text that it speaks of.

    `instead` is what may be meant by the bytes [at, at_end); "" when nothing is known.
    """

    message: str
    start: int
    end: int
    instead: str = ""
    at: int = 0
    at_end: int = 0


@functools.lru_cache(maxsize=16384)
def parse_expression(text: str) -> ast.expr:
    """The tree of an expression that may run over lines. Raises ExpressionError. Treat the tree as frozen."""
    size = len(text.encode("utf-8", "surrogatepass"))
    if not text.strip():
        raise ExpressionError("an expression is missing", 0, size)
    if "\0" in text:
        raise ExpressionError("the expression holds a NUL character", 0, size)
    if size > MOST_BYTES:
        raise ExpressionError(f"the expression is longer than {MOST_BYTES} bytes; give its parts names", 0, size)
    try:
        tree = _parse(text)
    except SyntaxError as error:
        raise _placed(error, text) from None
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        raise ExpressionError(f"the expression cannot be read: {error}", 0, size) from None
    if tree.lineno < 2 and (not isinstance(tree, ast.Tuple | ast.GeneratorExp) or not _is_balanced(text)):
        raise _unbalanced(text) or ExpressionError("a bracket is closed that was not opened", 0, size)
    level: list[ast.AST] = [tree]
    for _ in range(MOST_LEVELS):
        for node in level:
            if (name := _REFUSED.get(type(node))) is not None:
                raise ExpressionError(f"{name} has no place in a spec's expression", *byte_range(text, node))
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return tree
    raise ExpressionError(f"the expression is nested more than {MOST_LEVELS} levels deep", 0, size)


def _parse(text: str) -> ast.expr:
    source = f"(\n{text}\n)"
    if "\\" not in text and not _NUMBER_AND_WORD.search(text):
        return ast.parse(source, mode="eval").body
    with warnings.catch_warnings():  # an unknown escape is the linter's business, and must not become an exception here
        warnings.simplefilter("ignore")
        return ast.parse(source, mode="eval").body


def _is_balanced(text: str) -> bool:
    """Whether brackets within a text close only what was opened in it: then other brackets can stand around it."""
    try:
        ast.parse(f"[\n{text}\n]", mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


@dataclass(frozen=True, slots=True)
class UsedName:
    """A name that an expression takes from outside itself, where it first does: bytes of the expression's text."""

    name: str
    start: int
    end: int


@functools.lru_cache(maxsize=16384)
def used_names(text: str) -> tuple[UsedName, ...]:
    """Names that an expression loads and does not bind itself (in a comprehension or a lambda), each once."""
    tree = parse_expression(text)
    loaded: dict[str, ast.Name] = {}
    bound: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            if isinstance(node.ctx, ast.Load):
                loaded.setdefault(node.id, node)
            else:
                bound.add(node.id)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
    return tuple(UsedName(name, *byte_range(text, node)) for name, node in loaded.items() if name not in bound)


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
    """The character offset of the last bare `word` outside brackets and strings, or None."""
    places = _words(text, word)
    return places[-1] if places else None


def split_first_word(text: str, word: str) -> int | None:
    """The character offset of the first bare `word` outside brackets and strings, or None."""
    places = _words(text, word)
    return places[0] if places else None


def _words(text: str, word: str) -> list[int]:
    return [offset for found, offset in _top_level(text) if found == word] if word in text else []


def part(text: Text, start: int, end: int) -> Text:
    """The characters [start, end) of a text's value, stripped, with their place in the file."""
    piece = text.value[start:end]
    start += len(piece) - len(piece.lstrip())
    piece = piece.strip()
    if piece and len(text.segments) == 1 and text.value.isascii():  # one line, a byte a character: nearly every value
        ((value_start, file_start, length),) = text.segments
        place = file_start + start - value_start
        return Text(piece, Span(place, place + len(piece)), ((0, place, length - start + value_start),))
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
    before = ""
    try:
        for token in tokenize.generate_tokens(io.StringIO("(\n" + text + "\n)").readline):
            if token.type == tokenize.OP and token.string in "([{":
                depth += 1
            elif token.type == tokenize.OP and token.string in ")]}":
                depth -= 1
            elif depth == 1 and token.type in {tokenize.OP, tokenize.NAME} and token.start[0] >= 2 and before != ".":
                found.append((token.string, starts[token.start[0] - 2] + token.start[1]))
            before = token.string
    except (tokenize.TokenError, SyntaxError, ValueError):
        pass  # half-typed text: what was read so far is what there is; parsing says what is wrong
    return found


def _placed(error: SyntaxError, text: str) -> ExpressionError:
    if (found := _unbalanced(text)) is not None:
        return found
    data = text.encode("utf-8", "surrogatepass")
    start = _byte_at(text.split("\n"), error.lineno, error.offset)
    if start is None:
        return ExpressionError(_worded(error.msg), 0, len(data))
    start = min(start, max(0, len(data) - 1))
    while start and data[start] & 0xC0 == 0x80:
        start -= 1
    end = _byte_at(text.split("\n"), error.end_lineno, error.end_offset) or 0
    end = min(len(data), max(end, start + 1))
    while end < len(data) and data[end] & 0xC0 == 0x80:
        end += 1
    for at in (start, start - 1):
        wrong = data[max(0, at) : at + 2].decode("utf-8", "replace")
        if (right := _OPERATORS.get(wrong)) is not None:
            return ExpressionError(f"`{wrong}` is no operator; write `{right}`", at, at + 2, right, at, at + 2)
    if "Maybe you meant '=='" in error.msg and (at := data.find(b"=", start)) >= 0:
        return ExpressionError("`=` assigns; to compare, write `==`", start, end, "==", at, at + 1)
    return ExpressionError(_worded(error.msg), start, end)


def _unbalanced(text: str) -> ExpressionError | None:
    """The first bracket of a text that closes nothing, or the last that nothing closes."""
    opened: list[tuple[str, int]] = []
    for match in _STRING_OR_BRACKET.finditer(text):
        bracket = match[0]
        if bracket in _PAIRS:
            opened.append((bracket, match.start()))
        elif bracket in _PAIRS.values() and (not opened or _PAIRS[opened.pop()[0]] != bracket):
            at = len(text[: match.start()].encode("utf-8", "surrogatepass"))
            return ExpressionError("a bracket is closed that was not opened", at, at + 1)
    if not opened:
        return None
    at = len(text[: opened[-1][1]].encode("utf-8", "surrogatepass"))
    return ExpressionError("this bracket is not closed", at, at + 1)


def _byte_at(lines: list[str], line: int | None, column: int | None) -> int | None:
    """The byte at a syntax error's line (from 1, our bracket's line first) and column (characters, from 1)."""
    number = (line or 0) - 2
    if not 0 <= number < len(lines) or not column:
        return None
    before = sum(len(one.encode("utf-8", "surrogatepass")) + 1 for one in lines[:number])
    return before + len(lines[number][: column - 1].encode("utf-8", "surrogatepass"))


def _worded(message: str) -> str:
    if "unterminated" in message:
        return "a string is not closed"
    if "forgot a comma" in message or message == "invalid syntax" or "never closed" in message:
        return "this is not a Python expression"
    return message[:1].lower() + message[1:]
