"""Expressions of a spec as Python: parsed as if in parentheses, written so that they mean the same in a statement."""

from __future__ import annotations

import ast
import io
import tokenize

from intaglio.template.model import TemplateError

_TIGHT = (
    ast.Name,
    ast.Attribute,
    ast.Call,
    ast.Subscript,
    ast.Constant,
    ast.List,
    ast.Dict,
    ast.Set,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.JoinedStr,
)


def parse_expression(text: str) -> ast.expr:
    """The tree of an expression that may run over several lines.

    Raises TemplateError for anything that is not exactly one expression: `x) or (y` is not, though it would be one
    between parentheses.
    """
    wrapped = f"({text}\n)"
    try:
        tree = ast.parse(wrapped, mode="eval").body
        tokens = _tokens(wrapped)
    except (SyntaxError, ValueError, RecursionError, MemoryError, tokenize.TokenError) as error:
        raise TemplateError(f"expected a Python expression, got `{one_line(text)}`: {error}") from error
    depth = 0
    for index, token in enumerate(tokens):
        if token.type == tokenize.OP:
            depth += (token.string in "([{") - (token.string in ")]}")
        if depth == 0 and index < len(tokens) - 1:
            raise TemplateError(f"expected one Python expression, got `{one_line(text)}`: its parentheses do not match")
    for node in ast.walk(tree):
        if isinstance(node, ast.Yield | ast.YieldFrom):
            raise TemplateError(f"`{one_line(text)}` holds a yield, which cannot stand in a spec's expression")
    return tree


def render_expression(text: str, tree: ast.expr, *, operand: bool = False) -> str:
    """Source of the expression, as written where that is safe on its own; in parentheses where it must be.

    `operand` asks for a form that can stand behind `not`. Comments inside are left out.
    """
    if "#" in text and any(token.type == tokenize.COMMENT for token in _tokens(f"({text}\n)")):
        text = ast.unparse(tree)
    text = text.strip()
    if (operand and not isinstance(tree, _TIGHT)) or "\n" in text or isinstance(tree, ast.NamedExpr):
        return f"({text})"
    return text


def one_line(text: str) -> str:
    """The text with its line breaks as single spaces, for messages."""
    return " ".join(line.strip() for line in text.strip().splitlines())


def string_literal(value: str) -> str:
    """A double-quoted Python literal of `value` on one line."""
    text = repr(value)
    if text.startswith("'"):
        text = '"' + text[1:-1].replace("\\'", "'").replace('"', '\\"') + '"'
    return text


def _tokens(source: str) -> list[tokenize.TokenInfo]:
    skipped = (tokenize.NEWLINE, tokenize.NL, tokenize.ENDMARKER, tokenize.INDENT, tokenize.DEDENT)
    return [token for token in tokenize.generate_tokens(io.StringIO(source).readline) if token.type not in skipped]
