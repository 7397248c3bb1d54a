"""Running a server on a transport. The real standard output is the protocol's; whatever else prints goes to the error output."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
import threading
import warnings
from pathlib import Path
from typing import Any

from pygls.io_ import StdoutWriter, run_async

from intaglio.lsp.collecting import seldom
from intaglio.lsp.lifecycle import leave
from intaglio.lsp.registration import register
from intaglio.lsp.server import Server

_SWITCH = 0.0005
"""Seconds that a thread may compute while the loop waits for its turn: a tenth of Python's own, as answers are what counts."""
_PIECE, _MOST_HEADER, _PIPE = 2**16, 2**20, 2**20
"""Bytes: read at once; of a header's line; that a pipe holds."""


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


def _put_answers_first() -> None:
    """Give the loop its turn soon while a thread computes, and have no garbage collected while somebody waits."""
    sys.setswitchinterval(_SWITCH)
    seldom()


def serve_stdio(record: Path | None = None) -> None:
    """Serve one client over standard input and output; end when it does. `record` is a file for the session's messages."""
    output: Any = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    _widen(output.fileno())
    server = create_server()

    _put_answers_first()

    async def serve() -> None:
        given: Any = _Input(asyncio.StreamReader(_MOST_HEADER))
        writer: Any = output
        if record is not None:
            from intaglio.lsp.recording import RecordedInput, RecordedOutput, Recorder

            recorder = Recorder(record)
            given, writer = RecordedInput(given, recorder), RecordedOutput(output, recorder)
        server.protocol.set_writer(StdoutWriter(writer))
        threading.Thread(target=_feed, args=(0, given, asyncio.get_running_loop()), daemon=True).start()
        await run_async(server.stop_event, given, server.protocol, None, server.report_server_error)

    with contextlib.suppress(BrokenPipeError, KeyboardInterrupt, asyncio.IncompleteReadError):
        asyncio.run(serve())
    leave(server, 0 if server.protocol.was_shut_down else 1)


def _feed(source: int, given: Any, loop: asyncio.AbstractEventLoop) -> None:
    """Hand what comes in to the loop, piece by piece: pygls' own reader changes threads three times for each message."""
    with contextlib.suppress(RuntimeError):  # the loop has ended
        while True:
            try:
                data = os.read(source, _PIECE)
            except OSError:
                data = b""
            if not data:
                loop.call_soon_threadsafe(given.feed_eof)
                return
            loop.call_soon_threadsafe(given.feed_data, data)


class _Input:
    """What came in, as pygls reads it. The loop has a turn before each message: what the last one asked for is told first."""

    def __init__(self, stream: asyncio.StreamReader) -> None:
        self._stream = stream
        self.feed_data, self.feed_eof = stream.feed_data, stream.feed_eof

    async def readline(self) -> bytes:
        """A line of a header."""
        await asyncio.sleep(0)
        return await self._stream.readline()

    async def readexactly(self, size: int) -> bytes:
        """A message's body."""
        return await self._stream.readexactly(size)


def _widen(pipe: int) -> None:
    """Have the system keep more of what is said until the client takes it, where it can: a key in a long file is told in 100 kB,
    and the loop stands still while a pipe is full.
    """
    try:
        import fcntl

        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE)
    except (ImportError, AttributeError, OSError):  # not Linux, or no pipe
        return


def serve_tcp(host: str, port: int, record: Path | None = None) -> None:
    """Serve the first client that connects, and end with it. The address is printed, for port 0. `record` as in `serve_stdio`."""
    server = create_server()
    _put_answers_first()
    listening: list[asyncio.Server] = []

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        listening[0].close()
        given: Any = reader
        told: Any = _TcpWriter(writer)
        if record is not None:
            from intaglio.lsp.recording import RecordedInput, RecordedOutput, Recorder

            recorder = Recorder(record)
            given, told = RecordedInput(reader, recorder), RecordedOutput(told, recorder)
        server.protocol.set_writer(told)
        await run_async(server.stop_event, given, server.protocol, None, server.report_server_error)
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
