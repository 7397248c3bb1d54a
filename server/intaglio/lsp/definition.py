"""textDocument/documentLink and textDocument/definition."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types

from intaglio.assist.definition import Link, document_links
from intaglio.assist.definition import definition as defined_at
from intaglio.finding import Span
from intaglio.lsp.asked import Asked
from intaglio.lsp.to_client import range_of, uri_of
from intaglio.source import SourceError, read_source
from intaglio.spec.position import TextIndex

_BEGIN = types.Range(types.Position(0, 0), types.Position(0, 0))


def document_link(asked: Asked, _params: types.DocumentLinkParams) -> list[types.DocumentLink]:
    """The templates, prompt blocks and golden files that specs name."""

    def tooltip(link: Link) -> str | None:
        return link.tooltip if asked.client.link_tooltips else None

    return [
        types.DocumentLink(asked.range(link.span), target=uri_of(link.target), tooltip=tooltip(link))
        for link in document_links(asked.view)
    ]


def definition(asked: Asked, params: types.DefinitionParams) -> types.Location | list[types.LocationLink] | None:
    """What defines the thing at the place."""
    found = defined_at(asked.view, asked.offset(params.position))
    if found is None:
        return None
    uri = asked.file.uri if found.file is None else uri_of(found.file)
    target = _range(asked, found.file, found.span)
    if not asked.client.definition_links:
        return types.Location(uri, target)
    whole = _range(asked, found.file, found.whole or found.span)
    return [types.LocationLink(uri, whole, target, asked.range(found.origin))]


def _range(asked: Asked, file: Path | None, span: Span | None) -> types.Range:
    if span is None:
        return _BEGIN
    if file is None:
        return asked.range(span)
    text = (
        asked.view.snapshot.text(file.relative_to(asked.view.snapshot.root).as_posix())
        if _is_inside(asked, file)
        else None
    )
    try:
        text = read_source(file).text if text is None else text
    except (OSError, SourceError):
        return _BEGIN
    return range_of(TextIndex(text), span, asked.client.encoding)


def _is_inside(asked: Asked, file: Path) -> bool:
    return file.is_relative_to(asked.view.snapshot.root)
