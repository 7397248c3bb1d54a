"""Commands that end in an edit or in text: restore, diff, accept, example, insertSpec, createGolden, log. Nothing is run."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from pygls.exceptions import JsonRpcInvalidParams

from intaglio.finding import Span
from intaglio.lsp.arguments import spec_of, target_of, text_of
from intaglio.lsp.offer import Overtaken, TextChange, apply_changes, apply_kept, changes_for
from intaglio.lsp.open_file import difference
from intaglio.lsp.protocol import RequestFailed
from intaglio.lsp.to_client import uri_of
from intaglio.spec.position import Position

if TYPE_CHECKING:
    from pathlib import Path

    from intaglio.lsp.desk import Desk
    from intaglio.lsp.server import Server
    from intaglio.spec.model import Spec


async def restore(server: Server, *arguments: Any) -> dict[str, bool]:
    """Offer the locked body as an edit."""
    desk, spec, _ = spec_of(server, arguments)
    text = await _locked_text(desk, spec)
    if desk.spec(spec.name) is None:
        raise RequestFailed(f"{spec.name} was removed meanwhile; nothing was changed")
    span, new_text = difference(desk.file.document.data, text.encode("utf-8", "surrogatepass"))
    if not new_text and span.start == span.end:
        return {"applied": True}
    changes = (TextChange(span, new_text),)
    return {"applied": await apply_changes(server, desk, changes, f"Restore {spec.name}", "the body that is locked")}


async def diff(server: Server, *arguments: Any) -> dict[str, Any]:
    """The file beside the file with the locked body, or with the candidate that waits."""
    desk, spec, given = spec_of(server, arguments)
    present = {"title": f"{desk.file.path} now", "text": desk.file.text}
    if given.get("against") == "candidate":
        if spec.name not in desk.kept:
            raise RequestFailed(f"no candidate of {spec.name} waits; compile it")
        try:
            text = apply_text(desk.file.document.data, changes_for(desk, (desk.kept[spec.name],)))
        except Overtaken as error:
            raise RequestFailed(str(error)) from error
        return {"title": f"{spec.name}: candidate", "left": present, "right": {"title": "candidate", "text": text}}
    text = await _locked_text(desk, spec)
    return {
        "title": f"{spec.name}: since it was locked",
        "left": {"title": "as locked", "text": text},
        "right": present,
    }


async def accept(server: Server, *arguments: Any) -> dict[str, bool]:
    """Apply the candidate that waits: who asks for that has agreed."""
    desk, spec, _ = spec_of(server, arguments)
    if spec.name not in desk.kept:
        raise RequestFailed(f"no candidate of {spec.name} waits; compile it")
    return {"applied": await apply_kept(server, desk, (spec.name,), agreed=True)}


async def example(server: Server, *arguments: Any) -> dict[str, bool]:
    """Offer a line `example: ...` at the end of a spec's block."""
    desk, spec, given = spec_of(server, arguments)
    line = " ".join(text_of(given, "example").split())
    data = desk.file.document.data
    end = spec.block.end
    newline = "\r\n" if b"\r\n" in data else "\n"
    indentation = spec.function.indentation
    changes = (TextChange(Span(end, end), f"{newline}{indentation}# example: {line}"),)
    return {"applied": await apply_changes(server, desk, changes, f"Add an example to {spec.name}", line, agreed=True)}


async def insert_spec(server: Server, *arguments: Any) -> dict[str, bool]:
    """Offer a spec above the function on a line."""
    from intaglio.assist.insert_spec import insert_spec as propose

    desk, given = target_of(server, arguments)
    line = given.get("line")
    if not isinstance(line, int) or isinstance(line, bool):
        raise JsonRpcInvalidParams("the command needs `line`: a number from 0")
    offset = desk.file.index.offset(Position(line, 0), "utf-8")
    insertion = propose(server.session.view(desk), offset)
    if insertion is None:
        raise RequestFailed(f"line {line + 1} of {desk.file.path} has no function that could take a spec")
    changes = (TextChange(Span(insertion.offset, insertion.offset), insertion.text),)
    return {"applied": await apply_changes(server, desk, changes, "Insert a spec", "to be corrected", agreed=True)}


async def create_golden(server: Server, *arguments: Any) -> dict[str, str]:
    """Create a missing golden file with one row that fits the signature."""
    from intaglio.assist.golden_file import GoldenRefused, new_golden

    desk, spec, given = spec_of(server, arguments)
    try:
        new = new_golden(server.session.view(desk), spec, text_of(given, "path"))
    except GoldenRefused as error:
        raise RequestFailed(str(error)) from error
    place = desk.root.path / new.path
    outcome = await server.jobs.write(lambda: _create(place, new.text))
    if outcome:
        raise RequestFailed(f"{new.path} was not created: {outcome}")
    for concerned in server.session.changed_elsewhere(desk.root, None):
        server.publish(concerned)
    return {"uri": uri_of(place)}


def _create(place: Path, text: str) -> str:
    """Create a file that is not there; what went wrong, or ""."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        return error.strerror or str(error)
    return ""


async def log(server: Server, *arguments: Any) -> list[str]:
    """The lines of an artifact's life: its attempts, and how it was accepted."""
    desk, spec, _ = spec_of(server, arguments)
    return await asyncio.get_running_loop().run_in_executor(None, life_of, desk, spec.name)


def apply_text(data: bytes, changes: tuple[TextChange, ...]) -> str:
    """A text with changes applied."""
    for change in reversed(changes):
        new = change.new_text.encode("utf-8", "surrogatepass")
        data = data[: change.span.start] + new + data[change.span.end :]
    return data.decode("utf-8", "surrogatepass")


async def _locked_text(desk: Desk, spec: Spec) -> str:
    """The file's text with the locked body in place."""
    from intaglio.lock.store import find_suite, place_suite

    async with desk.locking:
        entry = desk.lock.find(spec.name)
    if entry is None:
        raise RequestFailed(f"{spec.name} has no usable lock")
    root, path, fingerprint = desk.root.path, desk.file.path, entry.inputs.body
    found = await asyncio.get_running_loop().run_in_executor(None, find_suite, root, path, spec.name, fingerprint)
    if found is None:
        raise RequestFailed(
            f"the locked body of {spec.name} is neither in the store nor in git's history; compile it again"
        )
    current = desk.spec(spec.name)
    if current is None:
        raise RequestFailed(f"{spec.name} was removed meanwhile")
    try:
        return place_suite(desk.file.text, current, found.suite)
    except ValueError as error:
        raise RequestFailed(str(error)) from error


def life_of(desk: Desk, name: str) -> list[str]:
    """An artifact's attempts by the ledger, and how its lock came to be, a line each."""
    from intaglio.ledger import Ledger, LedgerError

    lines: list[str] = []
    place = desk.root.path / ".intaglio" / "ledger.sqlite"
    if place.is_file():
        try:
            for one in Ledger(place).attempts(desk.file.path, name):
                cost = f", ${one.cost:.4f}" if one.cost else ""
                tokens = (one.input_tokens or 0) + (one.output_tokens or 0)
                lines.append(f"{one.at}  {one.model or one.backend}, {tokens} tokens{cost}: {one.outcome}")
        except LedgerError as error:
            lines.append(f"the ledger cannot be read: {error}")
    entry = desk.lock.find(name)
    if entry is not None:
        accepted, made = entry.accepted, entry.made
        why = f": {accepted.reason}" if accepted.reason else ""
        lines.append(f"{accepted.at}  {accepted.how} by {accepted.by}, made by {made.model or made.backend}{why}")
    return lines
