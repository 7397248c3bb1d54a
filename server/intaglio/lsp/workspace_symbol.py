"""workspace/symbol: the specs of all roots by a part of their names. Files are read again when they changed."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from intaglio.assist.symbols import document_symbols, kind_of, matches
from intaglio.lock.check import check_file
from intaglio.lock.inputs import Materials
from intaglio.lock.paths import lock_path
from intaglio.lsp.document_symbol import KINDS
from intaglio.lsp.session import FileSymbols
from intaglio.lsp.to_client import range_of, uri_of
from intaglio.spec import read_specs
from intaglio.spec.position import Encoding, TextIndex
from intaglio.workspace import DiskTree, WorkspaceError, list_paths

if TYPE_CHECKING:
    from intaglio.lsp.server import Server

MOST = 500
"""Symbols of one answer: nobody reads more, and a longer query finds the others."""


async def workspace_symbol(server: Server, params: types.WorkspaceSymbolParams) -> list[types.SymbolInformation]:
    """Specs whose names hold the query's letters: open files as in the editor, others as on disk."""
    session = server.session
    found: list[types.SymbolInformation] = []
    opened: set[tuple[Path, str]] = set()
    for uri, desk in session.desks.items():
        asked = server.asked(uri)
        if asked is None:
            continue
        opened.add((desk.root.path, desk.file.path))
        found += [
            types.SymbolInformation(
                types.Location(uri, asked.range(one.selection)), one.name, KINDS[one.kind], container_name=one.detail
            )
            for one in document_symbols(asked.view)
        ]
    roots = {id(root): root for root in (session.root_at(folder / "any.py") for folder in session.folders)}
    roots |= {id(root): root for root in session.roots.values()}
    for root in roots.values():
        settings = root.configured.settings
        found += await asyncio.to_thread(
            _on_disk, root.path, settings.include, settings.exclude, opened, session.client.encoding, session.symbols
        )
    chosen = matches(params.query, [one.name for one in found])
    return [found[number] for number in chosen[:MOST]]


def _on_disk(
    root: Path,
    include: tuple[str, ...],
    exclude: tuple[str, ...],
    opened: set[tuple[Path, str]],
    encoding: Encoding,
    known: dict[tuple[Path, str], FileSymbols],
) -> list[types.SymbolInformation]:
    materials = Materials(root, DiskTree(root))
    found: list[types.SymbolInformation] = []
    try:
        paths = list_paths(root, include, exclude)
    except WorkspaceError:  # git is there and fails; `intaglio status` says why
        return found
    for path in paths:
        if (root, path) in opened:
            continue
        stamp = (_stamp(root / path), _stamp(root / lock_path(path)), encoding)
        one = known.get((root, path))
        if one is None or one.stamp != stamp:
            one = known[root, path] = FileSymbols(stamp, tuple(_symbols(root, path, materials, encoding)))
        found += one.symbols
    return found


def _symbols(root: Path, path: str, materials: Materials, encoding: Encoding) -> list[types.SymbolInformation]:
    text = materials.text(path)
    if text is None or "spec" not in text:
        return []
    states = {state.name: state.state.value for state in check_file(materials, path).states}
    index = TextIndex(text)
    return [
        types.SymbolInformation(
            types.Location(uri_of(root / path), range_of(index, spec.function.name_span, encoding)),
            spec.name,
            KINDS[kind_of(spec)],
            container_name=states.get(spec.name, ""),
        )
        for spec in read_specs(text, check=False).specs
    ]


def _stamp(path: Path) -> tuple[int, int]:
    try:
        facts = path.stat()
    except OSError:
        return (0, 0)
    return (facts.st_mtime_ns, facts.st_size)
