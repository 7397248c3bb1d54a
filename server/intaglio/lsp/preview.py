"""`intaglio/preview` (docs/protocol.md): a body as it streams, for clients that asked for it, at most ten times a second."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from intaglio.events import Assembled, AttemptBegun, Event, Streamed
from intaglio.generate.extract import code_so_far

if TYPE_CHECKING:
    from intaglio.lsp.server import Server

METHOD = "intaglio/preview"
_SECONDS_BETWEEN = 0.1


class Preview:
    """What streams of one job. Ends with a null text, whatever became of it."""

    def __init__(self, server: Server, uri: str, job: str) -> None:
        self._server, self._uri, self._job = server, uri, job
        self._name, self._attempt, self._text = "", 0, ""
        self._told, self._last = "", 0.0
        self._waiting: asyncio.TimerHandle | None = None

    def take(self, event: Event) -> None:
        """Take an event of the job. Only the first candidate of an attempt is shown."""
        if isinstance(event, AttemptBegun):
            self._name, self._attempt, self._text = event.key.name, event.attempt, ""
        elif isinstance(event, Streamed) and event.candidate == 0:
            self._text += event.text
            self._tell_soon()
        elif isinstance(event, Assembled):
            self._tell()

    def end(self) -> None:
        """Say that it is over, if anything was shown."""
        self._stop_waiting()
        if self._told:
            self._send(None)

    def _tell_soon(self) -> None:
        """Tell now, or when enough time has gone by: the last piece before a pause is told too."""
        left = self._last + _SECONDS_BETWEEN - time.monotonic()
        if left <= 0:
            self._tell()
        elif self._waiting is None:
            self._waiting = asyncio.get_running_loop().call_later(left, self._tell)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _tell(self) -> None:
        self._stop_waiting()
        code = code_so_far(self._text)
        if code and code != self._told:
            self._told, self._last = code, time.monotonic()
            self._send(code)

    def _send(self, text: str | None) -> None:
        if self._server.session.client.preview:
            self._server.protocol.send(
                METHOD,
                {
                    "version": 1,
                    "uri": self._uri,
                    "name": self._name,
                    "job": self._job,
                    "attempt": self._attempt,
                    "text": text,
                },
            )
