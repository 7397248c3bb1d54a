"""workspace/executeCommand: each of docs/protocol.md's commands takes one object, and what runs long returns a job at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from pygls.exceptions import JsonRpcInvalidParams

from intaglio.lsp.from_client import plain
from intaglio.lsp.protocol import RequestFailed

if TYPE_CHECKING:
    import threading

    from intaglio.compile import Workshop
    from intaglio.events import Event, SpecKey
    from intaglio.lsp.server import Server
    from intaglio.lsp.session import Desk


def compile_(server: Server, *arguments: Any) -> dict[str, str]:
    """Compile; what passes is offered as an edit."""
    from intaglio.compile import Options, propose_spec

    desk, given = _target(server, arguments)
    _require_trust(server, desk)
    _require_tools()
    names = _names(desk, given, stubs=True)
    options = Options(replace=bool(given.get("replace")), reason=str(given.get("remark") or ""))

    def work(workshop: Workshop, key: SpecKey, cancel: threading.Event) -> Iterator[Event]:
        return propose_spec(workshop, key, options, cancel)

    return {"job": server.jobs.start(f"Compile {_label(desk, names)}", desk, names, work).id}


def validate(server: Server, *arguments: Any) -> dict[str, str]:
    """Run the four stages on the bodies that are there."""
    from intaglio.compile import validate_spec

    desk, given = _target(server, arguments)
    _require_trust(server, desk)
    _require_tools()
    names = _names(desk, given, stubs=False)

    def work(workshop: Workshop, key: SpecKey, cancel: threading.Event) -> Iterator[Event]:
        return validate_spec(workshop, key, cancel)

    return {"job": server.jobs.start(f"Validate {_label(desk, names)}", desk, names, work).id}


def lock(server: Server, *arguments: Any) -> dict[str, str]:
    """Validate and lock the bodies that are there; one that was accepted and waits needs no second run."""
    from intaglio.compile import Options, propose_lock

    desk, given = _target(server, arguments)
    _require_trust(server, desk)
    _require_tools()
    names = _names(desk, given, stubs=False)
    options = Options(reason=str(given.get("reason") or ""))
    adopt = bool(given.get("adopt"))
    waiting = {name: desk.pending[name] for name in names if desk.waits(name)}

    def work(workshop: Workshop, key: SpecKey, cancel: threading.Event) -> Iterator[Event]:
        if key.name in waiting:
            one = waiting[key.name]
            return iter((type(one)(key, one.after, one.after, one.entry),))
        return propose_lock(workshop, key, options, cancel, adopt=adopt)

    return {"job": server.jobs.start(f"Lock {_label(desk, names)}", desk, names, work).id}


def cancel(server: Server, *arguments: Any) -> None:
    """End one job, or all."""
    wanted = str(_argument(arguments).get("job") or "")
    for job in list(server.jobs.running.values()) if server.has_jobs else ():
        if not wanted or job.id == wanted:
            server.jobs.stop(job)


def trust(server: Server, *_arguments: Any) -> None:
    """Take the workspace as trusted in this session."""
    from intaglio.lsp.trust import set_trust

    set_trust(server, trusted=True)


COMMANDS: dict[str, Callable[..., Any]] = {
    "intaglio.compile": compile_,
    "intaglio.validate": validate,
    "intaglio.lock": lock,
    "intaglio.cancel": cancel,
    "intaglio.trust": trust,
}


def _argument(arguments: tuple[Any, ...]) -> dict[str, Any]:
    given = plain(arguments[0]) if arguments else {}
    if len(arguments) > 1 or not isinstance(given, dict):
        raise JsonRpcInvalidParams("a command takes one object; docs/protocol.md says which")
    return given


def _target(server: Server, arguments: tuple[Any, ...]) -> tuple[Desk, dict[str, Any]]:
    given = _argument(arguments)
    uri = given.get("uri")
    if not isinstance(uri, str):
        raise JsonRpcInvalidParams("the command needs `uri`: the file that the spec stands in")
    desk = server.session.desks.get(uri)
    if desk is None:
        raise RequestFailed(f"{uri} is not open as a Python file of a workspace; open it first")
    return desk, given


def _names(desk: Desk, given: dict[str, Any], *, stubs: bool) -> tuple[str, ...]:
    """The specs that a command is about: the named one, else the file's stubs, or its bodies."""
    name = given.get("name")
    specs = desk.file.document.reading.specs
    if name is not None:
        if desk.spec(str(name)) is None:
            raise RequestFailed(f"there is no spec on a function {name} in {desk.file.path}")
        return (str(name),)
    names = tuple(dict.fromkeys(spec.name for spec in specs if spec.function.is_stub is stubs))
    if not names:
        what = "stub" if stubs else "body"
        raise RequestFailed(f"{desk.file.path} has no {what} under a spec")
    return names


def _label(desk: Desk, names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{len(names)} specs of {desk.file.path}"


def _require_trust(server: Server, desk: Desk) -> None:
    if server.session.trusts(desk.root):
        return
    from intaglio.lsp.trust import offer_trust

    server.spawn(offer_trust(server))
    raise RequestFailed(
        "the workspace is not trusted: no model is asked and nothing is run. Trust it with the command intaglio.trust, "
        "or set `trust` in the editor's settings"
    )


def _require_tools() -> None:
    from intaglio.opening import missing_tools

    if missing := missing_tools():
        raise RequestFailed(f"this needs {', '.join(missing)}; run: pip install 'intaglio[validate]'")
