"""Work-done progress that the server creates: begun, reported, ended; nothing for clients that show none.

Ending comes after the status, so that nobody sees "done" beside an old picture.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING
from uuid import uuid4

from lsprotocol import types

if TYPE_CHECKING:
    from intaglio.lsp.server import Server

_SECONDS_BETWEEN = 0.1


class WorkDone:
    """One progress bar. Its token is new each time, and names the job for the button that cancels."""

    def __init__(self, server: Server, title: str, job: str) -> None:
        self._server, self._title = server, title
        self.token = f"intaglio/{job}/{uuid4().hex}"
        self._begun = False
        self._last = ("", 0.0)

    async def begin(self) -> None:
        """Ask the client for a bar, without waiting long for one that does not answer."""
        if not self._server.session.client.progress:
            return
        asked = self._server.protocol.send_request_async(
            types.WINDOW_WORK_DONE_PROGRESS_CREATE, types.WorkDoneProgressCreateParams(self.token)
        )
        done, _ = await asyncio.wait({asked}, timeout=2.0)
        if not done or asked.exception() is not None:
            return
        self._begun = True
        self._send({"kind": "begin", "title": self._title, "cancellable": True})

    def report(self, message: str) -> None:
        """Say what goes on, at most ten times a second unless it is something else."""
        last, at = self._last
        now = time.monotonic()
        if self._begun and message != last and now - at >= _SECONDS_BETWEEN:
            self._last = (message, now)
            self._send({"kind": "report", "message": message})

    def end(self, message: str) -> None:
        """Take the bar away."""
        if self._begun:
            self._begun = False
            self._send({"kind": "end", "message": message})

    def _send(self, value: dict[str, object]) -> None:
        self._server.protocol.send(types.PROGRESS, {"token": self.token, "value": value})


def job_of(token: object) -> str:
    """The job that a progress token names, "" for a foreign one."""
    parts = str(token).split("/")
    return parts[1] if len(parts) == 3 and parts[0] == "intaglio" else ""
