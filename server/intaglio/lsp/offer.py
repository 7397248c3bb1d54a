"""Offering what was made: as one versioned, annotated edit that asks, or asked by a message first; and the lock afterwards.

Never over what was edited meanwhile: the spec's own text must be what the proposal was made from. What is declined is kept.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from intaglio.events import Proposed
from intaglio.finding import Span
from intaglio.lsp.open_file import difference
from intaglio.lsp.run import region_of
from intaglio.lsp.to_client import range_of
from intaglio.source import SourceError

if TYPE_CHECKING:
    from pathlib import Path

    from intaglio.lsp.client import Client
    from intaglio.lsp.desk import Desk
    from intaglio.lsp.server import Server

APPLY, KEEP = "Apply", "Keep for later"


class Overtaken(Exception):
    """A proposal does not fit the text any more; the message says why."""


@dataclass(frozen=True, slots=True)
class TextChange:
    """A replacement of a span's bytes in the text at hand."""

    span: Span
    new_text: str


async def offer(server: Server, uri: str, title: str, proposals: tuple[Proposed, ...]) -> None:
    """Offer bodies that passed, and note what was accepted; locks of bodies that are there are written."""
    desk = server.session.desks.get(uri)
    if desk is None:
        server.show(f"{title}: the file was closed meanwhile; nothing was changed", types.MessageType.Warning)
        return
    there = tuple(one for one in proposals if one.before == one.after)
    for one in there:
        desk.pending[one.key.name] = one
        desk.explicit.add(one.key.name)
    if there:
        await write_locks(server, desk, asked=True)
    made = tuple(one for one in proposals if one.before != one.after)
    if not made:
        return
    for one in made:
        desk.kept[one.key.name] = one
    server.publish(desk)
    await apply_kept(server, desk, tuple(one.key.name for one in made))


async def apply_kept(server: Server, desk: Desk, names: tuple[str, ...], *, agreed: bool = False) -> bool:
    """Apply candidates that passed and wait; whether they were taken. `agreed`: the user has said so already."""
    made = tuple(desk.kept[name] for name in names if name in desk.kept)
    label = ", ".join(one.key.name for one in made)
    try:
        changes = changes_for(desk, made)
    except Overtaken as error:
        for one in made:
            desk.kept.pop(one.key.name, None)
        server.show(str(error), types.MessageType.Warning)
        return False
    for one in made:
        desk.pending[one.key.name] = one
    taken = await apply_changes(server, desk, changes, f"Compiled: {label}", "passed all four stages", agreed=agreed)
    if not taken:
        for one in made:
            desk.pending.pop(one.key.name, None)
        server.show(f'{label} passed all four stages and waits: the action "Apply the compiled body" puts it in')
        return False
    for one in made:
        desk.kept.pop(one.key.name, None)
        desk.take(one, locked=False)
    await server.jobs.write(lambda: _note_origins(desk.root.path, made))
    if not desk.is_held:
        await write_locks(server, desk)
    server.publish(desk)
    return True


def _note_origins(root: Path, made: tuple[Proposed, ...]) -> str:
    """In a worker: keep how bodies were made whose locks are not written yet, so that they count as nobody's handwork."""
    from intaglio.lock.origin import note_origin
    from intaglio.opening import prepare_state_folder

    prepare_state_folder(root)
    for one in made:
        note_origin(root, one.entry.inputs.body, one.entry.made)
    return ""


def changes_for(desk: Desk, proposals: tuple[Proposed, ...]) -> tuple[TextChange, ...]:
    """What turns the present text into one with the proposals. Raises Overtaken."""
    data = desk.file.document.data
    changes: list[TextChange] = []
    for one in proposals:
        before, after = one.before.encode("utf-8", "surrogatepass"), one.after.encode("utf-8", "surrogatepass")
        spec = desk.spec(one.key.name)
        if spec is None:
            raise Overtaken(f"{one.key.name} is not in the file any more; nothing was changed")
        region = region_of(spec, data)
        start = before.find(region)
        if start < 0:
            raise Overtaken(f"{one.key.name} or its spec was edited meanwhile; nothing was changed. Compile it again")
        tail = len(before) - start - len(region)
        if before[:start] != after[:start] or before[start + len(region) :] != after[len(after) - tail :]:
            if data != before or len(proposals) > 1:
                raise Overtaken(f"the file was edited in places that {one.key.name} needs; compile it again")
            span, text = difference(data, after)
            return (TextChange(span, text),)
        span, text = difference(region, after[start : len(after) - tail])
        changes.append(TextChange(span.shift(spec.block.start), text))
    return tuple(sorted(changes, key=lambda change: change.span.start))


def offers_of(desk: Desk) -> dict[str, tuple[TextChange, ...]]:
    """The candidates that wait and still fit the text, by spec."""
    found: dict[str, tuple[TextChange, ...]] = {}
    for name, proposed in desk.kept.items():
        try:
            found[name] = changes_for(desk, (proposed,))
        except Overtaken:
            continue
    return found


async def apply_changes(
    server: Server, desk: Desk, changes: tuple[TextChange, ...], label: str, why: str, *, agreed: bool = False
) -> bool:
    """Have the client apply changes, after it or we asked the user; whether it did. Who cannot be asked has not agreed."""
    client = server.session.client
    if not client.apply_edit:
        return False
    version, data = desk.file.version, desk.file.document.data
    if not desk.is_held:
        reread(server, desk)
        if desk.file.document.data != data:
            server.show(f"{label}: the file was edited meanwhile; nothing was changed", types.MessageType.Warning)
            return False
    if not client.annotations and not agreed:
        if not client.message_actions or not await ask(server, f"{label}: {why}. Apply it to {desk.file.path}?"):
            return False
        if desk.file.document.data != data:
            server.show(f"{label}: the file was edited meanwhile; nothing was changed", types.MessageType.Warning)
            return False
        version = desk.file.version
    edit = workspace_edit(server.session.client, desk, changes, label, why, version, agreed=agreed)
    asked = server.protocol.send_request_async(
        types.WORKSPACE_APPLY_EDIT, types.ApplyWorkspaceEditParams(edit=edit, label=label)
    )
    try:
        result: Any = await asyncio.shield(asked)
    except Exception as error:  # noqa: BLE001 - a client that answers with an error has not applied it
        server.log_error(f"{label}: the client refused the edit: {error}")
        return False
    if result.applied and not desk.is_held:  # it wrote the file itself, without opening it
        reread(server, desk)
    return bool(result.applied)


def reread(server: Server, desk: Desk) -> None:
    """Have a file that no editor holds be as it is on the disk. One that is gone stays as it was."""
    with contextlib.suppress(SourceError, OSError):
        server.session.from_disk(desk.file.uri)
        server.session.compute(desk)


def workspace_edit(
    client: Client,
    desk: Desk,
    changes: tuple[TextChange, ...],
    label: str,
    why: str,
    version: int | None,
    *,
    agreed: bool,
) -> types.WorkspaceEdit:
    """An edit as far as the client can take one: versioned, annotated, to be confirmed unless the user has agreed."""
    edits = [
        types.TextEdit(range_of(desk.file.index, change.span, client.encoding), change.new_text) for change in changes
    ]
    if not client.document_changes:
        return types.WorkspaceEdit(changes={desk.file.uri: edits})
    identifier = types.OptionalVersionedTextDocumentIdentifier(desk.file.uri, version)
    if not client.annotations:
        return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(identifier, list(edits))])
    annotated = [types.AnnotatedTextEdit("intaglio", one.range, one.new_text) for one in edits]
    annotation = types.ChangeAnnotation(label, needs_confirmation=not agreed, description=why)
    return types.WorkspaceEdit(
        document_changes=[types.TextDocumentEdit(identifier, list(annotated))],
        change_annotations={"intaglio": annotation},
    )


async def ask(server: Server, message: str) -> bool:
    """Ask the user by a message with two answers; no answer is no."""
    asked = server.protocol.send_request_async(
        types.WINDOW_SHOW_MESSAGE_REQUEST,
        types.ShowMessageRequestParams(
            types.MessageType.Info, message, [types.MessageActionItem(APPLY), types.MessageActionItem(KEEP)]
        ),
    )
    try:
        answer: Any = await asyncio.shield(asked)
    except Exception as error:  # noqa: BLE001 - a client that answers with an error has not agreed
        server.log_error(f"the client did not ask: {error}")
        return False
    return answer is not None and answer.title == APPLY


async def write_locks(server: Server, desk: Desk, *, asked: bool = False) -> None:
    """Write the locks that wait, of bodies that are on disk as they were accepted. Others wait on, or are given up, and said."""
    async with desk.locking:
        await _write_locks(server, desk, asked=asked)
        for other in server.session.desks.values():
            if other.root is desk.root:
                server.session.read_lock(other)
                server.publish(other)
    server.put_away()


async def _write_locks(server: Server, desk: Desk, *, asked: bool) -> None:
    from intaglio.lsp.unfinished import look_for_unfinished

    on_save = desk.root.configured.editor.lock == "on-save"
    for name, proposed in list(desk.pending.items()):
        if not (on_save or name in desk.explicit):
            continue
        root, path, text, entry = desk.root.path, desk.file.path, desk.file.text, proposed.entry

        def write(root: Any = root, path: str = path, name: str = name, text: str = text, entry: Any = entry) -> str:
            return _write_lock(root, path, name, text, entry)

        outcome = await server.jobs.write(write)
        if desk.pending.get(name) is not proposed:
            continue  # accepted anew meanwhile: that one waits for its own save
        if outcome == UNSAVED:
            if asked:
                server.show(f"{name}: its lock is written when the file is saved")
            continue
        desk.pending.pop(name, None)
        desk.explicit.discard(name)
        if outcome:
            server.show(f"{name} was not locked: {outcome}", types.MessageType.Warning)
            look_for_unfinished(server, desk.root, again=True)
        else:
            desk.take(proposed, locked=True)


UNSAVED = "unsaved"


def _write_lock(root: Any, path: str, name: str, text: str, entry: Any) -> str:
    """In a worker: write one lock when the disk has `text`; why it could not be, UNSAVED, or ""."""
    from intaglio.lock.journal import WriteStopped
    from intaglio.lock.write import commit_artifact
    from intaglio.opening import prepare_state_folder
    from intaglio.source import SourceError, read_source

    try:
        if read_source(root / path).text != text:
            return UNSAVED
        prepare_state_folder(root)
        commit_artifact(root, path, name, text, text, entry)
    except (WriteStopped, SourceError, OSError) as error:
        return str(error)
    return ""
