"""Commands that run long: compile, validate, lock. Each returns its job at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from intaglio.background_work import Compile, Lock, Validate
from intaglio.lsp.arguments import label_of, names_of, require_specs, require_tools, require_trust, target_of

if TYPE_CHECKING:
    from intaglio.lsp.server import Server


def compile_(server: Server, *arguments: Any) -> dict[str, str]:
    """Compile; what passes is offered as an edit."""
    desk, given = target_of(server, arguments)
    require_trust(server, desk)
    require_tools()
    names = names_of(desk, given, stubs=True)
    require_specs(desk, names)
    work = Compile(replace=bool(given.get("replace")), remark=str(given.get("remark") or ""))
    model = str(given.get("model") or "")
    return {"job": server.jobs.start(f"Compile {label_of(desk, names)}", desk, names, work, model=model).id}


def validate(server: Server, *arguments: Any) -> dict[str, str]:
    """Run the four stages on the bodies that are there."""
    desk, given = target_of(server, arguments)
    require_trust(server, desk)
    require_tools()
    names = names_of(desk, given, stubs=False)
    return {"job": server.jobs.start(f"Validate {label_of(desk, names)}", desk, names, Validate()).id}


def lock(server: Server, *arguments: Any) -> dict[str, str]:
    """Validate and lock the bodies that are there; one that was accepted and waits needs no second run."""
    desk, given = target_of(server, arguments)
    require_trust(server, desk)
    require_tools()
    names = names_of(desk, given, stubs=False)
    adopt = bool(given.get("adopt"))
    reason = str(given.get("reason") or "").strip()
    reason = reason or ("adopted in the editor; nobody gave a reason" if adopt else "")
    waiting = {name: desk.pending[name] for name in names if desk.waits(name)}
    work = Lock(adopt=adopt, reason=reason, waiting=waiting)
    return {"job": server.jobs.start(f"Lock {label_of(desk, names)}", desk, names, work).id}
