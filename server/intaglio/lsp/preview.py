"""`intaglio/preview` (docs/protocol.md): a body as it streams, for clients that asked for it, at most ten times a second."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from intaglio.events import Assembled, AttemptBegun, Event, Streamed

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

    def take(self, event: Event) -> None:
        """Take an event of the job. Only the first candidate of an attempt is shown."""
        if isinstance(event, AttemptBegun):
            self._name, self._attempt, self._text = event.key.name, event.attempt, ""
        elif isinstance(event, Streamed) and event.candidate == 0:
            self._text += event.text
            if time.monotonic() - self._last >= _SECONDS_BETWEEN:
                self._tell()
        elif isinstance(event, Assembled):
            self._tell()

    def end(self) -> None:
        """Say that it is over, if anything was shown."""
        if self._told:
            self._send(None)

    def _tell(self) -> None:
        if self._text and self._text != self._told:
            self._told, self._last = self._text, time.monotonic()
            self._send(self._text)

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
