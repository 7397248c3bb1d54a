"""Commands that run long: compile, validate, lock. Each returns its job at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from intaglio.lsp.arguments import label_of, names_of, require_specs, require_tools, require_trust, target_of

if TYPE_CHECKING:
    import threading

    from intaglio.events import Event, SpecKey
    from intaglio.lsp.server import Server
    from intaglio.workshop import Workshop


def compile_(server: Server, *arguments: Any) -> dict[str, str]:
    """Compile; what passes is offered as an edit."""
    from intaglio.compile import Options, propose_spec

    desk, given = target_of(server, arguments)
    require_trust(server, desk)
    require_tools()
    names = names_of(desk, given, stubs=True)
    require_specs(desk, names)
    options = Options(replace=bool(given.get("replace")), remark=str(given.get("remark") or ""))
    model = str(given.get("model") or "")

    def work(workshop: Workshop, key: SpecKey, cancel: threading.Event) -> Iterator[Event]:
        return propose_spec(workshop, key, options, cancel)

    return {"job": server.jobs.start(f"Compile {label_of(desk, names)}", desk, names, work, model=model).id}


def validate(server: Server, *arguments: Any) -> dict[str, str]:
    """Run the four stages on the bodies that are there."""
    from intaglio.validation import validate_spec

    desk, given = target_of(server, arguments)
    require_trust(server, desk)
    require_tools()
    names = names_of(desk, given, stubs=False)

    def work(workshop: Workshop, key: SpecKey, cancel: threading.Event) -> Iterator[Event]:
        return validate_spec(workshop, key, cancel)

    return {"job": server.jobs.start(f"Validate {label_of(desk, names)}", desk, names, work).id}


def lock(server: Server, *arguments: Any) -> dict[str, str]:
    """Validate and lock the bodies that are there; one that was accepted and waits needs no second run."""
    from intaglio.events import Proposed
    from intaglio.locking import propose_lock

    desk, given = target_of(server, arguments)
    require_trust(server, desk)
    require_tools()
    names = names_of(desk, given, stubs=False)
    adopt = bool(given.get("adopt"))
    reason = str(given.get("reason") or "").strip()
    reason = reason or ("adopted in the editor; nobody gave a reason" if adopt else "")
    waiting = {name: desk.pending[name] for name in names if desk.waits(name)}
    text = desk.file.text

    def work(workshop: Workshop, key: SpecKey, cancel: threading.Event) -> Iterator[Event]:
        if key.name in waiting:
            return iter((Proposed(key, text, text, waiting[key.name].entry),))
        return propose_lock(workshop, key, cancel, adopt=adopt, reason=reason)

    return {"job": server.jobs.start(f"Lock {label_of(desk, names)}", desk, names, work).id}
