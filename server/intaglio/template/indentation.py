"""Indent and dedent Python text without touching what stands inside strings. Lines end with a newline here."""

from __future__ import annotations

import io
import re
import tokenize

_PAIRS = [
    (getattr(tokenize, f"{kind}_START"), getattr(tokenize, f"{kind}_END"))
    for kind in ("FSTRING", "TSTRING")
    if hasattr(tokenize, f"{kind}_START")
]
_OPENING = frozenset(pair[0] for pair in _PAIRS)
_CLOSING = frozenset(pair[1] for pair in _PAIRS)
_MAY_SPAN = re.compile(r"\"{3}|'{3}|\\\n" + (r"|(?i:[ft]r?)[\"']" if _PAIRS else ""))
"""What a string of several lines cannot do without: three quotes, a backslash at a line's end, or a field in braces."""


def unix_lines(text: str) -> str:
    """The text with every line ending as a newline, as Python itself reads it."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def lines_in_strings(source: str) -> frozenset[int]:
    """Numbers (from 0) of the lines that begin inside a string literal. May raise SyntaxError or tokenize.TokenError."""
    if not _MAY_SPAN.search(source):
        return frozenset()  # taking it apart costs more than all else that is done to a suite
    inside: set[int] = set()
    starts: list[int] = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.STRING:
            inside.update(range(token.start[0], token.end[0]))
        elif token.type in _OPENING:
            starts.append(token.start[0])
        elif token.type in _CLOSING:
            inside.update(range(starts.pop(), token.end[0]))
    return frozenset(inside)


def indent(source: str, indentation: str) -> str:
    """Put `indentation` before each line that is not empty and does not begin inside a string."""
    inside = lines_in_strings(source)
    return "\n".join(
        line if number in inside or not line.strip() else indentation + line
        for number, line in enumerate(source.split("\n"))
    )


def dedent(source: str, indentation: str) -> str:
    """Take `indentation` from each line that has it and does not begin inside a string.

    A line with less loses what white space it has: comments and blank lines may stand further left than code.
    `source` is a suite as it stands in a file; its first line is indented.
    """
    inside = {number - 1 for number in lines_in_strings(f"if 1:\n{source}" if indentation else source)}
    if not indentation:
        return source
    return "\n".join(
        line if number in inside else _strip(line, indentation) for number, line in enumerate(source.split("\n"))
    )


def leading_space(line: str) -> str:
    """The white space before a line's code; a form feed starts the count again, as in Python."""
    space = re.match(r"[ \t\f]*", line)
    return "" if space is None else space.group().rpartition("\f")[2]


def _strip(line: str, indentation: str) -> str:
    line = line[len(line) - len(line.lstrip("\f")) :]
    return line[len(indentation) :] if line.startswith(indentation) else line.lstrip(" \t\f")
