"""ty kept warm: a `ty server` that is shown one text after another and asked what it says of each, over its language server protocol.

From a cold process an answer costs forty times as much: nearly all of it goes into reading the builtins' types anew. The texts are
shown in memory, in a folder that held nothing but settings, so one subject never sees another, and nothing of the workspace.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

_MOST_QUESTIONS = 500
"""After as many a server is started anew, so that what it keeps does not grow without end."""
_SECONDS_TO_END = 2.0


class ServerBroke(Exception):
    """The server ended, or answered what is no answer. The next question starts another."""


@dataclass(frozen=True, slots=True)
class TypeFinding:
    """One diagnostic: its rule, its message, and where it is: lines from 1, columns from 1 in code points."""

    rule: str
    message: str
    line: int
    column: int
    end_line: int
    end_column: int
    is_error: bool


@dataclass(frozen=True, slots=True)
class Question:
    """What a server was asked: the number of its request, and the text's URI."""

    number: int
    uri: str


class TypeServer:
    """A `ty server`, started with the first question. Not for two threads at once. Close it."""

    def __init__(self) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._root = Path()
        self._process: subprocess.Popen[bytes] | None = None
        self._replies: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._numbers = itertools.count(1)
        self._left = 0
        self._ready: int | None = None
        """The number of `initialize`, until it was answered."""

    def ask(self, program: str, path: str, text: str) -> Question:
        """Show a text as the file at `path`, relative, and ask for its diagnostics; does not wait. Raises OSError, ServerBroke."""
        if self._process is None or self._process.poll() is not None or not self._left:
            self.close()
            self._start(program)
        self._left -= 1
        uri = (self._root / path).as_uri()
        document = {"uri": uri, "languageId": "python", "version": 1, "text": text.encode(errors="replace").decode()}
        self._send("textDocument/didOpen", {"textDocument": document})
        return Question(self._request("textDocument/diagnostic", {"textDocument": {"uri": uri}}), uri)

    def answer(self, question: Question, until: float) -> tuple[TypeFinding, ...]:
        """What it says of a text; `until` is a time of `time.monotonic`. Raises ServerBroke, TimeoutError."""
        try:
            if self._ready is not None:
                said = self._reply(self._ready, until)
                _must(said["capabilities"]["positionEncoding"] == "utf-32", "its columns are not code points")
                self._ready = None
            said = self._reply(question.number, until)
            _must(said["kind"] == "full", "it did not say all")
            found = tuple(_finding(one) for one in said["items"])
        except (KeyError, TypeError, AttributeError, ServerBroke) as error:
            self.close()
            raise ServerBroke(f"ty server gave no answer that can be used: {error}") from error
        except TimeoutError:
            self.close()
            raise
        self._remove_folder()  # it has read its settings: whoever is killed from now on leaves nothing
        return found

    def forget(self, question: Question) -> None:
        """Take the text away; what is still said of it is not heard."""
        with contextlib.suppress(ServerBroke):
            self._send("textDocument/didClose", {"textDocument": {"uri": question.uri}})

    def close(self) -> None:
        """End the server, and remove its folder."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            with contextlib.suppress(OSError, subprocess.TimeoutExpired):
                process.wait(_SECONDS_TO_END)
            with contextlib.suppress(OSError):
                process.stdin.close()  # type: ignore[union-attr]  # a pipe; the other is its reader's
        self._remove_folder()

    def _remove_folder(self) -> None:
        folder, self._folder = self._folder, None
        if folder is not None:
            folder.cleanup()

    def _start(self, program: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="intaglio-", ignore_cleanup_errors=True)
        root = self._root = Path(self._folder.name).resolve()
        self._process = subprocess.Popen(
            [program, "server"],
            cwd=root,
            env=settings_for(root),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._replies = queue.SimpleQueue()
        self._left = _MOST_QUESTIONS
        threading.Thread(target=_read, args=(self._process.stdout, self._replies), daemon=True).start()
        capabilities = {"general": {"positionEncodings": ["utf-32"]}, "textDocument": {"diagnostic": {}}}
        folders = [{"uri": root.as_uri(), "name": "body"}]
        self._ready = self._request(
            "initialize", {"processId": os.getpid(), "workspaceFolders": folders, "capabilities": capabilities}
        )
        self._send("initialized", {})

    def _request(self, method: str, parameters: dict[str, Any]) -> int:
        number = next(self._numbers)
        self._send(method, parameters, id=number)
        return number

    def _send(self, method: str, parameters: dict[str, Any], **more: int) -> None:
        if self._process is None or self._process.stdin is None:
            raise ServerBroke("ty server was ended")
        data = json.dumps({"jsonrpc": "2.0", **more, "method": method, "params": parameters}).encode()
        try:
            self._process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(data), data))
            self._process.stdin.flush()
        except (OSError, ValueError) as error:
            raise ServerBroke(f"ty server does not listen: {error}") from error

    def _reply(self, number: int, until: float) -> Any:
        """The result of a request; what else is told is passed over."""
        while True:
            try:
                message = self._replies.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                raise TimeoutError("timed out") from None
            if message is None:
                raise ServerBroke("it ended")
            if message.get("id") == number and "method" not in message:
                if "result" not in message:
                    raise ServerBroke(str(message.get("error")))
                return message["result"]


def settings_for(folder: Path) -> dict[str, str]:
    """Give ty settings of ours in the folder that it will work in; its environment. Raises OSError.

    Without a file there it would take the settings of a folder above, which may be anybody's.
    """
    python = {"python": sys.prefix, "python-version": f"{sys.version_info.major}.{sys.version_info.minor}"}
    settings = ["[environment]", *(f"{name} = {json.dumps(value)}" for name, value in python.items()), ""]
    (folder / "ty.toml").write_text("\n".join(settings), encoding="utf-8")
    return {"PATH": os.environ.get("PATH", ""), "HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}


def _read(out: IO[bytes], replies: queue.SimpleQueue[dict[str, Any] | None]) -> None:
    """Hand over message by message, then None."""
    with out, contextlib.suppress(OSError, ValueError):
        while True:
            length = 0
            while line := out.readline().strip():
                name, value = line.split(b":", 1)
                length = int(value) if name.lower() == b"content-length" else length
            if not length:
                break
            message = json.loads(out.read(length))
            if isinstance(message, dict):
                replies.put(message)
    replies.put(None)


def _must(holds: bool, why: str) -> None:
    if not holds:
        raise ServerBroke(why)


def _finding(entry: dict[str, Any]) -> TypeFinding:
    start, end = entry["range"]["start"], entry["range"]["end"]
    said = str(entry["message"]).partition("\n")[0]  # the lines below say where it looked
    return TypeFinding(
        str(entry["code"]), said, start["line"] + 1, start["character"] + 1, end["line"] + 1, end["character"] + 1,
        entry["severity"] == 1,
    )  # fmt: skip
