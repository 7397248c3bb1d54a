"""textDocument/prepareRename and textDocument/rename. What an edit cannot keep in step stands in its annotation, or in a message."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from lsprotocol import types

from intaglio.assist.rename import FileEdit, RenameRefused
from intaglio.assist.rename import prepare_rename as nameable_at
from intaglio.assist.rename import rename as renamed
from intaglio.lsp.protocol import RequestFailed
from intaglio.lsp.to_client import range_of, uri_of
from intaglio.spec.position import TextIndex
from intaglio.workspace import WorkspaceError, list_paths

if TYPE_CHECKING:
    from intaglio.lsp.asked import Asked
    from intaglio.lsp.server import Server

_NOTE = "intaglio.rename"


def prepare_rename(asked: Asked, params: types.PrepareRenameParams) -> types.PrepareRenamePlaceholder | None:
    """The name at the place, where it is a spec's function or parameter."""
    found = nameable_at(asked.view, asked.offset(params.position))
    return types.PrepareRenamePlaceholder(asked.range(found[0]), found[1]) if found is not None else None


async def rename(server: Server, params: types.RenameParams) -> types.WorkspaceEdit | None:
    """The edits. A client that shows no annotations gets what there is to know as a message."""
    asked = server.asked(params.text_document.uri)
    if asked is None:
        return None
    edit, notes = await asyncio.to_thread(_rename, asked, params, dict(server.session.versions()))
    if notes and not asked.client.annotations:
        server.show("; ".join(notes), types.MessageType.Warning)
    return edit


def _rename(
    asked: Asked, params: types.RenameParams, versions: dict[str, int | None]
) -> tuple[types.WorkspaceEdit, tuple[str, ...]]:
    settings = asked.view.settings
    root = asked.view.snapshot.root
    offset = asked.offset(params.position)
    try:
        found = renamed(asked.view, offset, params.new_name, list_paths(root, settings.include, settings.exclude))
    except (RenameRefused, WorkspaceError) as error:
        raise RequestFailed(str(error)) from error
    files: dict[str, list[FileEdit]] = {}
    for edit in found.edits:
        files.setdefault(edit.path, []).append(edit)
    annotated = bool(found.notes) and asked.client.annotations and asked.client.document_changes
    changes: dict[str, list[types.TextEdit]] = {}
    for path, edits in files.items():
        own = path == asked.file.path
        index = asked.file.index if own else TextIndex(asked.view.snapshot.source(path).text)
        uri = asked.file.uri if own else uri_of(root / path)
        changes[uri] = [
            types.TextEdit(range_of(index, edit.span, asked.client.encoding), edit.new_text) for edit in edits
        ]
    if not asked.client.document_changes:
        return types.WorkspaceEdit(changes=changes), found.notes
    notes = types.ChangeAnnotation("Rename", needs_confirmation=True, description="; ".join(found.notes))
    return (
        types.WorkspaceEdit(
            document_changes=[
                types.TextDocumentEdit(
                    types.OptionalVersionedTextDocumentIdentifier(uri, versions.get(uri)),
                    [types.AnnotatedTextEdit(_NOTE, one.range, one.new_text) for one in edits]
                    if annotated
                    else [*edits],
                )
                for uri, edits in changes.items()
            ],
            change_annotations={_NOTE: notes} if annotated else None,
        ),
        found.notes,
    )
