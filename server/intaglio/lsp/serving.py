"""Running a server on a transport. The real standard output is the protocol's; whatever else prints goes to the error output."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import warnings
from pathlib import Path
from typing import Any

from pygls.io_ import run_async

from intaglio.lsp.lifecycle import leave
from intaglio.lsp.registration import register
from intaglio.lsp.server import Server


def create_server() -> Server:
    """A server with everything registered."""
    log = logging.getLogger("intaglio")
    log.propagate = False
    log.addHandler(logging.StreamHandler(sys.stderr))
    warnings.simplefilter("ignore")  # Python warns of the text that is read; the linter says it better
    logging.getLogger().addHandler(logging.NullHandler())  # libraries say nothing: pygls would log every payload
    server = Server()
    register(server)
    return server


def serve_stdio(record: Path | None = None) -> None:
    """Serve one client over standard input and output; end when it does. `record` is a file for the session's messages."""
    given: Any = sys.stdin.buffer
    output: Any = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    if record is not None:
        from intaglio.lsp.recording import RecordedInput, RecordedOutput, Recorder

        recorder = Recorder(record)
        given, output = RecordedInput(given, recorder), RecordedOutput(output, recorder)
    server = create_server()
    server.start_io(given, output)
    leave(server, 0 if server.protocol.was_shut_down else 1)


def serve_tcp(host: str, port: int) -> None:
    """Serve the first client that connects, and end with it. The address is printed, for port 0."""
    server = create_server()
    listening: list[asyncio.Server] = []

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        listening[0].close()
        server.protocol.set_writer(_TcpWriter(writer))
        await run_async(server.stop_event, reader, server.protocol, None, server.report_server_error)
        leave(server, 0 if server.protocol.was_shut_down else 1)

    async def serve() -> None:
        listening.append(await asyncio.start_server(connected, host, port))
        address = listening[0].sockets[0].getsockname()
        sys.stderr.write(f"listening on {address[0]}:{address[1]}\n")
        sys.stderr.flush()
        await asyncio.Event().wait()

    asyncio.run(serve())


def replay(path: Path) -> None:
    """Send a recorded client's messages to a fresh server, and print what it says, a message a line. Raises RecordingError."""
    import json

    from intaglio.lsp.recording import Replay, read_recording

    lines = read_recording(path)
    server = create_server()
    output = sys.stdout

    def show(message: dict[str, Any]) -> None:
        output.write(json.dumps(message) + "\n")

    client = Replay(lines, show)

    def receive(message: dict[str, Any]) -> None:
        server.protocol.handle_message(json.loads(json.dumps(message), object_hook=server.protocol.structure_message))

    async def run() -> None:
        server.protocol.set_writer(client)
        await client.feed(receive, server.settled)

    asyncio.run(run())
    output.flush()
    leave(server, 0)


class _TcpWriter:
    """A connection as pygls writes to it: in the loop's thread, without waiting."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer

    def write(self, data: bytes) -> None:
        """Queue bytes; a connection that is closing takes none."""
        if not self._writer.is_closing():
            self._writer.write(data)

    def close(self) -> None:
        """Close the connection."""
        self._writer.close()
