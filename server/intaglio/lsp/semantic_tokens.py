"""textDocument/semanticTokens/full and /range."""

from __future__ import annotations

from lsprotocol import types

from intaglio.assist.semantic_tokens import Token
from intaglio.assist.semantic_tokens import semantic_tokens as tokens_of
from intaglio.assist.token_types import TYPES
from intaglio.lsp.asked import Asked

_NUMBERS = {name: number for number, name in enumerate(TYPES)}


def full(asked: Asked, _params: types.SemanticTokensParams) -> types.SemanticTokens:
    """Every token of the file."""
    return _encoded(asked, tokens_of(asked.view))


def within(asked: Asked, params: types.SemanticTokensRangeParams) -> types.SemanticTokens:
    """The tokens that touch a range."""
    return _encoded(asked, tokens_of(asked.view, asked.span(params.range)))


def _encoded(asked: Asked, tokens: tuple[Token, ...]) -> types.SemanticTokens:
    """Five numbers a token: lines and characters from the one before, length, type, and no modifier."""
    data: list[int] = []
    line = character = 0
    index, encoding = asked.file.index, asked.client.encoding
    for token in tokens:
        start, end = index.position(token.span.start, encoding), index.position(token.span.end, encoding)
        data += [
            start.line - line,
            start.character - (character if start.line == line else 0),
            end.character - start.character,
            _NUMBERS[token.type],
            0,
        ]
        line, character = start.line, start.character
    return types.SemanticTokens(data)
