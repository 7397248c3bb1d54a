"""From plain values to the protocol: ranges, URIs, diagnostics, edits. The only way out.

What is sent at every key is built as plain dictionaries: making the library's objects first costs several times as much.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.uris import from_fs_path

from intaglio.finding import Severity, Span
from intaglio.spec.position import Encoding, TextIndex

if TYPE_CHECKING:
    from intaglio.lsp.asked import Asked

_SEVERITIES = {Severity.ERROR: 1, Severity.WARNING: 2, Severity.HINT: 4}


def position_of(index: TextIndex, offset: int, encoding: Encoding) -> types.Position:
    """Where a byte is."""
    place = index.position(offset, encoding)
    return types.Position(place.line, place.character)


def range_of(index: TextIndex, span: Span, encoding: Encoding) -> types.Range:
    """Where a span's bytes are."""
    return types.Range(position_of(index, span.start, encoding), position_of(index, span.end, encoding))


def plain_range(index: TextIndex, span: Span, encoding: Encoding) -> dict[str, Any]:
    """`range_of` as plain data."""
    start = index.position(span.start, encoding)
    end = index.position(span.end, encoding) if span.end != span.start else start
    return {
        "start": {"line": start.line, "character": start.character},
        "end": {"line": end.line, "character": end.character},
    }


def edit_of(asked: Asked, edits: Iterable[tuple[Span, str]]) -> types.WorkspaceEdit:
    """Edits of the file that was asked about, versioned where the client heeds versions."""
    made = [types.TextEdit(asked.range(span), new_text) for span, new_text in edits]
    if not asked.client.document_changes:
        return types.WorkspaceEdit(changes={asked.file.uri: made})
    identifier = types.OptionalVersionedTextDocumentIdentifier(asked.file.uri, asked.file.version)
    return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(identifier, list(made))])


def uri_of(path: Path) -> str:
    """A file's URI."""
    return from_fs_path(str(path)) or path.as_uri()


def markup(text: str, *, markdown: bool) -> types.MarkupContent:
    """Markdown, or for a client that shows it as it is the same without its marks."""
    if markdown:
        return types.MarkupContent(types.MarkupKind.Markdown, text)
    return types.MarkupContent(types.MarkupKind.PlainText, plain_text(text))


def documentation(text: str, *, markdown: bool) -> types.MarkupContent | str | None:
    """What is said of an item or a signature; a plain string for a client that names no format."""
    if not text:
        return None
    return markup(text, markdown=True) if markdown else plain_text(text)


def plain_text(text: str) -> str:
    """Markdown without its marks."""
    bare = re.sub(r"^(```\w*|\|(-+\|)+)\n?|\*\*|`|^_|_$", "", text, flags=re.MULTILINE)
    return bare.strip()


def severity_number(severity: Severity) -> int:
    """The protocol's number of a severity."""
    return _SEVERITIES[severity]
