"""Checks the LuaCATS annotations of the plugin: `check_types.py SERVER RUNTIME`, with EmmyLua's language server.

SERVER is the program `emmylua_ls`, RUNTIME Neovim's runtime folder, whose own annotations describe `vim`. Prints each
finding as `FILE:LINE: CODE: MESSAGE` and exits 1 when there is one. Needs nothing but the standard library.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

PLUGIN = Path(__file__).resolve().parents[1]
PROBE = PLUGIN / "lua" / "intaglio" / "probe.lua"
PROBE_TEXT = """local workspace = require("intaglio.workspace")
workspace.root(3)
vim.api.nvim_buf_get_name("one")
"""
PROBE_FINDINGS = [(2, "param-type-mismatch"), (3, "param-type-mismatch")]
CHECKED = ("lua", "plugin", "lsp")


class Server:
    """A language server on stdio, asked one thing at a time."""

    def __init__(self, to_server: IO[bytes], from_server: IO[bytes]) -> None:
        self.to_server = to_server
        self.from_server = from_server
        self.last = 0

    def send(self, message: dict[str, Any]) -> None:
        """Send one message."""
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.to_server.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.to_server.flush()

    def receive(self) -> dict[str, Any]:
        """The next message. Raises EOFError when the server is gone."""
        length = 0
        while line := self.from_server.readline().strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        if not length:
            raise EOFError("the type checker ended without an answer")
        message: dict[str, Any] = json.loads(self.from_server.read(length))
        return message

    def pump(self) -> dict[str, Any]:
        """The next message; a request of the server is answered on the way."""
        message = self.receive()
        if "id" in message and "method" in message:
            items = message.get("params", {}).get("items", [])
            answer = [None for _ in items] if message["method"] == "workspace/configuration" else None
            self.send({"id": message["id"], "result": answer})
        return message

    def ask(self, method: str, params: Any) -> Any:
        """Send a request and wait for its answer."""
        self.last += 1
        self.send({"id": self.last, "method": method, "params": params})
        while True:
            message = self.pump()
            if message.get("id") == self.last and "method" not in message:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]


@contextmanager
def started(program: str, runtime: Path) -> Iterator[Server]:
    """The server, with the plugin as its workspace, once it has read everything."""
    given = {**os.environ, "VIMRUNTIME": str(runtime)}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen([program], env=given, **pipes)
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("the type checker has no pipes")
    try:
        server = Server(process.stdin, process.stdout)
        server.ask(
            "initialize",
            {
                "processId": None,
                "rootUri": PLUGIN.as_uri(),
                "workspaceFolders": [{"uri": PLUGIN.as_uri(), "name": "plugin"}],
                "capabilities": {
                    "workspace": {"configuration": True},
                    "window": {"workDoneProgress": True},
                    "textDocument": {"diagnostic": {}},
                },
            },
        )
        server.send({"method": "initialized", "params": {}})
        wait_until_read(server)
        yield server
    finally:
        process.kill()
        process.wait()


def judged(server: Server, path: Path, text: str) -> list[tuple[int, str, str]]:
    """What the server says of a file with this text: (line, code, message) from 1."""
    document = {"uri": path.as_uri(), "languageId": "lua", "version": 1, "text": text}
    server.send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
    answer = server.ask("textDocument/diagnostic", {"textDocument": {"uri": path.as_uri()}})
    server.send({"method": "textDocument/didClose", "params": {"textDocument": {"uri": path.as_uri()}}})
    return [(item["range"]["start"]["line"] + 1, item.get("code", ""), item["message"]) for item in answer["items"]]


def wait_until_read(server: Server) -> None:
    """Wait until it finds the probe's mistakes and no others: it tells nobody when it has read everything.

    So a run without findings means that mistakes would have been found.
    """
    end = time.monotonic() + 60
    while (found := [(line, code) for line, code, _ in judged(server, PROBE, PROBE_TEXT)]) != PROBE_FINDINGS:
        if time.monotonic() > end:
            raise TimeoutError(f"the type checker does not find the probe's mistakes {PROBE_FINDINGS}, but {found}")
        time.sleep(0.2)


def findings(program: str, runtime: Path, files: list[Path]) -> list[str]:
    """What a server says of the files."""
    with started(program, runtime) as server:
        return [
            f"{file.relative_to(PLUGIN)}:{line}: {code}: {message}"
            for file in files
            for line, code, message in judged(server, file, file.read_text(encoding="utf-8"))
        ]


def main(program: str, runtime: Path) -> int:
    """Check every file; the exit code."""
    files = sorted(file for folder in CHECKED for file in (PLUGIN / folder).rglob("*.lua"))
    found = findings(program, runtime, files)
    # It infers in parallel, and once in a while takes a half-known type for a known one: what stands is found again.
    for _ in range(2):
        if found:
            again = findings(program, runtime, files)
            found = [line for line in found if line in again]
    for line in found:
        print(line)
    print(f"{len(files)} Lua files, {len(found)} findings of the type checker")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
