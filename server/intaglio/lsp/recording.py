"""`intaglio lsp --record FILE` and `--replay FILE`: a session as JSON lines, and the same session once more.

Each line is `{"at": SECONDS, "from": "client" | "server", "message": {...}}`. What looks like personal data or a secret is masked
before it is written, by as many characters, so that edits still fit. A replay sends the client's messages, each after the answer to
the one before, answers the server's requests as the client did, and prints what the server says now.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from intaglio.generate.gates import mask

_ANSWER_SECONDS = 120.0
BY_A_USER = frozenset({"workspace/applyEdit", "window/showMessageRequest"})
"""Requests of the server's that a user answers: the answer keeps its place among what the client sends."""


class RecordingError(Exception):
    """A file that is no recording; the message says where."""


class Recorder:
    """Writes the messages of both sides to a file as they pass."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8")
        self._started = time.monotonic()

    def note(self, side: str, body: bytes) -> None:
        """Write one message; bytes that are none are left to those who read them."""
        try:
            message = masked(json.loads(body))
        except ValueError:
            return
        line = {"at": round(time.monotonic() - self._started, 3), "from": side, "message": message}
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()

    def note_frame(self, frame: bytes) -> None:
        """Write a message of the server's, which comes with its header."""
        self.note("server", frame.partition(b"\r\n\r\n")[2])


class RecordedInput:
    """What the client says, noted message by message."""

    def __init__(self, stream: Any, recorder: Recorder) -> None:
        self._stream, self._recorder = stream, recorder
        self.feed_data, self.feed_eof = stream.feed_data, stream.feed_eof

    async def readline(self) -> bytes:
        """A line of a header."""
        line: bytes = await self._stream.readline()
        return line

    async def readexactly(self, size: int) -> bytes:
        """A message's body."""
        body: bytes = await self._stream.readexactly(size)
        self._recorder.note("client", body)
        return body


class RecordedOutput:
    """What the server says, noted message by message."""

    def __init__(self, stream: Any, recorder: Recorder) -> None:
        self._stream, self._recorder = stream, recorder

    def write(self, data: bytes) -> None:
        """A whole message."""
        self._recorder.note_frame(data)
        self._stream.write(data)

    def flush(self) -> None:
        """Send it."""
        self._stream.flush()

    def close(self) -> None:
        """Close it."""
        self._stream.close()


def masked(value: Any) -> Any:
    """JSON with what is sensitive masked in every text."""
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, list):
        return [masked(one) for one in value]
    if isinstance(value, dict):
        return {key: masked(one) for key, one in value.items()}
    return value


def read_recording(path: Path) -> list[dict[str, Any]]:
    """A recording's lines. Raises RecordingError."""
    lines: list[dict[str, Any]] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            entry = json.loads(line)
        except ValueError:
            entry = None
        if not _is_message(entry):
            raise RecordingError(
                f"{path}, line {number} is no message of a recording; `intaglio lsp --record` writes one"
            )
        lines.append(entry)
    return lines


def _is_message(entry: Any) -> bool:
    return (
        isinstance(entry, dict) and entry.get("from") in {"client", "server"} and isinstance(entry.get("message"), dict)
    )


class Replay:
    """The client's side of a recording, as a writer for the server and a loop that feeds it."""

    def __init__(self, lines: list[dict[str, Any]], show: Callable[[dict[str, Any]], None]) -> None:
        self._show = show
        asked = {line["message"]["id"]: line["message"]["method"] for line in lines
                 if line["from"] == "server" and {"id", "method"} <= line["message"].keys()}  # fmt: skip
        self._steps: list[tuple[str, dict[str, Any]]] = []
        """What the client sends, in its order: ("", a message); or (the method of a request that the server comes with
        here, {}), and (that method, the user's answer)."""
        self._answers: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        for line in lines:
            message = line["message"]
            if line["from"] == "server":
                if message.get("method") in BY_A_USER:
                    self._steps.append((message["method"], {}))
                continue
            if "method" in message:
                self._steps.append(("", message))
            elif (method := asked.get(message.get("id"), "")) in BY_A_USER:
                self._steps.append((method, message))
            elif method:
                self._answers[method].append(message)
        self._open: defaultdict[str, list[Any]] = defaultdict(list)
        """The server's requests that wait for a user's answer: their ids, by method."""
        self._asked = asyncio.Event()
        self._waiting: dict[Any, asyncio.Future[None]] = {}
        self._receive: Callable[[dict[str, Any]], None] = lambda _: None

    def write(self, data: bytes) -> None:
        """Take a message of the server's: show it, note an answer, answer a request as it was answered then."""
        message = json.loads(data.partition(b"\r\n\r\n")[2])
        self._show(message)
        if "method" not in message:
            waiting = self._waiting.pop(message.get("id"), None)
            if waiting is not None and not waiting.done():
                waiting.set_result(None)
        elif "id" in message and message["method"] in BY_A_USER:
            self._open[message["method"]].append(message["id"])
            self._asked.set()
        elif "id" in message:
            answers = self._answers[message["method"]]
            answer = answers.pop(0) if answers else {"jsonrpc": "2.0", "result": None}
            asyncio.get_running_loop().call_soon(self._receive, {**answer, "id": message["id"]})

    def close(self) -> None:
        """Nothing is held."""

    async def feed(self, receive: Callable[[dict[str, Any]], None], settled: Callable[[], Awaitable[None]]) -> None:
        """Send the client's messages. Shutdown and exit are left to the one who replays."""
        self._receive = receive
        for method, message in self._steps:
            if method:
                await self._until_asked(method)
                if message and self._open[method]:
                    receive({**message, "id": self._open[method].pop(0)})
            elif message["method"] in {"shutdown", "exit"}:
                continue
            elif "id" in message:
                self._waiting[message["id"]] = answered = asyncio.get_running_loop().create_future()
                receive(message)
                if message["method"] != "intaglio/barrier":
                    await asyncio.wait({answered}, timeout=_ANSWER_SECONDS)
            else:
                receive(message)
                await asyncio.sleep(0)
        await settled()

    async def _until_asked(self, method: str) -> None:
        """Wait until the server asks what its user answered next, or for long enough that it will not."""
        loop = asyncio.get_running_loop()
        last = loop.time() + _ANSWER_SECONDS
        while not self._open[method] and loop.time() < last:
            self._asked.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._asked.wait(), last - loop.time())
