"""What a command is about: its one object read, its file and specs found, its conditions checked. Each lack is a clear error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pygls.exceptions import JsonRpcInvalidParams

from intaglio.finding import Severity
from intaglio.lsp.from_client import plain
from intaglio.lsp.protocol import RequestFailed

if TYPE_CHECKING:
    from intaglio.lsp.desk import Desk
    from intaglio.lsp.server import Server
    from intaglio.spec.model import Spec


def argument_of(arguments: tuple[Any, ...]) -> dict[str, Any]:
    """The one object of a command; an empty one when there is none."""
    given = plain(arguments[0]) if arguments else {}
    if len(arguments) > 1 or not isinstance(given, dict):
        raise JsonRpcInvalidParams("a command takes one object; docs/protocol.md says which")
    return given


def target_of(server: Server, arguments: tuple[Any, ...]) -> tuple[Desk, dict[str, Any]]:
    """The file that a command names, and all that it was given."""
    given = argument_of(arguments)
    uri = given.get("uri")
    if not isinstance(uri, str):
        raise JsonRpcInvalidParams("the command needs `uri`: the file that the spec stands in")
    return _desk_at(server, uri), given


def _desk_at(server: Server, uri: str) -> Desk:
    """The file as an editor has it; one that is not open, as it is on the disk."""
    from intaglio.source import SourceError

    desk = server.session.desks.get(uri)
    if desk is not None and desk.is_held:
        return desk
    if not uri.endswith((".py", ".pyi")):
        raise RequestFailed(f"{uri} is no Python file of a workspace")
    try:
        desk = server.session.from_disk(uri)
    except (SourceError, OSError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise RequestFailed(f"{uri} is not open, and cannot be read from the disk: {why or error}") from error
    if desk is None:
        raise RequestFailed(f"{uri} is no file of a workspace: save it first")
    server.session.compute(desk)
    return desk


def spec_of(server: Server, arguments: tuple[Any, ...]) -> tuple[Desk, Spec, dict[str, Any]]:
    """The file and the spec that a command names, and all that it was given."""
    desk, given = target_of(server, arguments)
    name = text_of(given, "name")
    spec = desk.spec(name)
    if spec is None:
        raise RequestFailed(f"there is no spec on a function {name} in {desk.file.path}")
    return desk, spec, given


def text_of(given: dict[str, Any], name: str) -> str:
    """A text that the command needs."""
    value = given.get(name)
    if not isinstance(value, str) or not value:
        raise JsonRpcInvalidParams(f"the command needs `{name}`: a text")
    return value


def names_of(desk: Desk, given: dict[str, Any], *, stubs: bool) -> tuple[str, ...]:
    """The specs that a command is about: the named one, else the file's stubs, or its bodies."""
    name = given.get("name")
    if name is not None:
        if desk.spec(str(name)) is None:
            raise RequestFailed(f"there is no spec on a function {name} in {desk.file.path}")
        return (str(name),)
    specs = desk.file.document.reading.specs
    names = tuple(dict.fromkeys(spec.name for spec in specs if spec.function.is_stub is stubs))
    if not names:
        raise RequestFailed(f"{desk.file.path} has no {'stub' if stubs else 'body'} under a spec")
    return names


def label_of(desk: Desk, names: tuple[str, ...]) -> str:
    """What a job on these specs is called."""
    return names[0] if len(names) == 1 else f"{len(names)} specs of {desk.file.path}"


def require_trust(server: Server, desk: Desk) -> None:
    """Refuse, and offer to trust, unless the workspace is trusted."""
    if server.session.trusts(desk.root):
        return
    from intaglio.lsp.trust import how_to_trust, offer_trust

    server.aside(offer_trust(server))
    raise RequestFailed(f"the workspace is not trusted: no model is asked and nothing is run. {how_to_trust(server)}")


def require_specs(desk: Desk, names: tuple[str, ...]) -> None:
    """Refuse, with the first error, unless one of the specs can be compiled."""
    errors = {
        name: finding.message
        for name in names
        if (spec := desk.spec(name)) is not None
        for finding in reversed((*spec.findings, *desk.references(spec)))
        if finding.severity is Severity.ERROR
    }
    if names and all(name in errors for name in names):
        raise RequestFailed(f"the spec of {names[0]} has errors, so nothing is compiled: {errors[names[0]]}")


def require_tools() -> None:
    """Refuse, with the line to run, unless everything is installed that the stages need."""
    from intaglio.opening import missing_tools

    if missing := missing_tools():
        raise RequestFailed(f"this needs {', '.join(missing)}; run: pip install 'intaglio[validate]'")
