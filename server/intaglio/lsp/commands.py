"""workspace/executeCommand: the table of docs/protocol.md's commands. Each takes one object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types

from intaglio.lsp.trust import trust_by_command

if TYPE_CHECKING:
    from intaglio.lsp.server import Server


def cancel(server: Server, *arguments: Any) -> None:
    """End one job, or all."""
    from intaglio.lsp.arguments import argument_of

    wanted = str(argument_of(arguments).get("job") or "")
    for job in list(server.jobs.running.values()) if server.has_jobs else ():
        if not wanted or job.id == wanted:
            server.jobs.stop(job)


def cancel_progress(server: Server, params: types.WorkDoneProgressCancelParams) -> None:
    """window/workDoneProgress/cancel: the button beside a job's progress."""
    from intaglio.lsp.work_done import job_of

    if server.has_jobs and (job := server.jobs.running.get(job_of(params.token))) is not None:
        server.jobs.stop(job)


def trust(server: Server, *_arguments: Any) -> None:
    """Take the workspace as trusted in this session, where the client has no notion of trust of its own."""
    trust_by_command(server)


COMMANDS: dict[str, str] = {
    "intaglio.compile": "commands_run:compile_",
    "intaglio.validate": "commands_run:validate",
    "intaglio.lock": "commands_run:lock",
    "intaglio.restore": "commands_text:restore",
    "intaglio.diff": "commands_text:diff",
    "intaglio.accept": "commands_text:accept",
    "intaglio.example": "commands_text:example",
    "intaglio.insertSpec": "commands_text:insert_spec",
    "intaglio.createGolden": "commands_text:create_golden",
    "intaglio.finishWrite": "unfinished:finish_write",
    "intaglio.cancel": "commands:cancel",
    "intaglio.trust": "commands:trust",
    "intaglio.log": "commands_text:log",
}
"""By name: "module:function" under intaglio.lsp, loaded when first called."""
WAITING = ("commands_text", "unfinished")
"""The modules whose commands are coroutines: they wait for the disk or for the user."""
