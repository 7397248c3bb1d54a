"""pygls' protocol as this server needs it: no second copy of each document, nothing kept of what is done, nothing said twice.

Only what differs from pygls stands here; handlers are registered in `registration.py`.
"""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Callable, Generator
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.protocol import LanguageServerProtocol, lsp_method

if TYPE_CHECKING:
    from cattrs import Converter
    from pygls.lsp.server import LanguageServer


class RequestFailed(JsonRpcException):
    """A request that was right and cannot be done now; the message says why, and what to do (-32803)."""

    CODE = types.LSPErrorCodes.RequestFailed.value
    MESSAGE = "Request failed"


class Json(str):
    """An answer that is JSON already: a long one takes the library's objects, and their way to JSON, many times as long."""

    __slots__ = ()

    @classmethod
    def of(cls, answer: Any) -> Json:
        """Plain data as an answer."""
        return cls(json.dumps(answer, separators=(",", ":")))


class Protocol(LanguageServerProtocol):
    """Documents are the session's alone; requests that were answered are forgotten; after shutdown nothing is written."""

    quiet = False
    """Nothing is sent any more."""

    def __init__(self, server: LanguageServer, converter: Converter) -> None:
        super().__init__(server, converter)
        self._writing: set[asyncio.Future[Any]] = set()

    def send(self, method: str, params: Any) -> None:
        """Send a notification of plain data, without a detour through the library's objects."""
        self._send_data({"jsonrpc": self.VERSION, "method": method, "params": params})

    def send_text(self, method: str, params: str) -> None:
        """Send a notification whose parameters are JSON already."""
        self._write(f'{{"jsonrpc":"2.0","method":"{method}","params":{params}}}'.encode())

    def _write(self, body: bytes) -> None:
        if self.quiet or self.writer is None:
            return
        head = f"Content-Length: {len(body)}\r\nContent-Type: {self.CONTENT_TYPE}; charset={self.CHARSET}\r\n\r\n"
        try:
            written = self.writer.write(head.encode() + body)
        except (BrokenPipeError, ValueError):
            self.quiet = True  # the client is gone; reading will notice, and end the server
            return
        if inspect.isawaitable(written):
            task = asyncio.ensure_future(written)
            self._writing.add(task)
            task.add_done_callback(self._writing.discard)

    def _send_response(self, msg_id: Any, result: Any | None = None, error: types.ResponseError | None = None) -> None:
        if error is None and isinstance(result, Json):
            self._result_types.pop(msg_id, None)
            self._write(f'{{"jsonrpc":"2.0","id":{json.dumps(msg_id)},"result":{result}}}'.encode())
        else:
            super()._send_response(msg_id, result, error)

    def _send_data(self, data: Any) -> None:
        if not self.quiet:
            super()._send_data(data)

    @property
    def was_shut_down(self) -> bool:
        """Whether the client asked for the end before it came."""
        return bool(self._shutdown)

    def _own(self, method: str, params: Any) -> Generator[Any, Any, None]:
        if (handler := self.fm.features.get(method)) is not None:
            yield handler, (params,), None

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> Generator[Any, Any, None]:
        """Leave it to the session."""
        return (yield from self._own(types.TEXT_DOCUMENT_DID_OPEN, params))

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> Generator[Any, Any, None]:
        """Leave it to the session."""
        return (yield from self._own(types.TEXT_DOCUMENT_DID_CHANGE, params))

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> Generator[Any, Any, None]:
        """Leave it to the session."""
        return (yield from self._own(types.TEXT_DOCUMENT_DID_CLOSE, params))

    @lsp_method(types.WINDOW_WORK_DONE_PROGRESS_CANCEL)
    def lsp_work_done_progress_cancel(self, params: types.WorkDoneProgressCancelParams) -> Generator[Any, Any, None]:
        """Leave it to the jobs."""
        return (yield from self._own(types.WINDOW_WORK_DONE_PROGRESS_CANCEL, params))

    def _execute_handler(
        self,
        msg_id: Any,
        handler: Callable[..., Any],
        callback: Callable[[Future[Any]], None],
        args: tuple[Any, ...] | None = None,
        kwargs: dict[str, Any] | None = None,
    ) -> None:
        super()._execute_handler(msg_id, handler, callback, args, kwargs)
        future = self._request_futures.get(msg_id)
        if future is not None:
            future.add_done_callback(lambda _: self._request_futures.pop(msg_id, None))
