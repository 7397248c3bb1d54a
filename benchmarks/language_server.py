"""The language server: its start and its memory beside a bare pygls server's. Under load: `editor_load.py`, `body_ends.py`."""

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

from limits import Met
from plain_client import PlainClient

BARE = """
from lsprotocol import types
from pygls.lsp.server import LanguageServer
server = LanguageServer("bare", "1")
@server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
def did_change(params): ...
server.start_io()
"""
OURS = (sys.executable, "-m", "intaglio", "lsp")
START_LIMIT, MEMORY_LIMIT = 1.15, 1.6


def memory(process):
    """Resident megabytes."""
    return int(Path(f"/proc/{process.pid}/statm").read_text().split()[1]) * 4096 / 1e6


def worked(process):
    """Seconds that a process's main thread has spent on a processor: a busy machine does not change it much."""
    return int(Path(f"/proc/{process.pid}/schedstat").read_text().split()[0]) / 1e9


def initialize(root, settings=None):
    return {
        "processId": None,
        "rootUri": root.as_uri(),
        "workspaceFolders": [{"uri": root.as_uri(), "name": "w"}],
        "capabilities": {
            "general": {"positionEncodings": ["utf-8"]},
            "textDocument": {"publishDiagnostics": {"versionSupport": True}},
        },
        "initializationOptions": {"trusted": True, "status": 1, "settings": settings or {}},
    }


async def start_of(root, command):
    """(seconds from the process' start to the answer of `initialize`, resident megabytes idle, processor seconds till then)."""
    started = time.perf_counter()
    client = await PlainClient().start(*command)
    await client.request("initialize", initialize(root))
    took, spent = time.perf_counter() - started, worked(client.process)
    client.notify("initialized", {})
    await client.request("no/such", {})
    resident = memory(client.process)
    await client.end()
    return took, resident, spent


async def starts(root):
    """The ratios of our start (the least disturbed of each) and memory to the bare server's, in alternation."""
    bare, ours = [], []
    for _ in range(7):
        bare.append(await start_of(root, (sys.executable, "-c", BARE)))
        ours.append(await start_of(root, OURS))
    took = [min(one[0] for one in runs) for runs in (bare, ours)]
    spent = [statistics.median(one[2] for one in runs) for runs in (bare, ours)]
    held = [statistics.median(one[1] for one in runs) for runs in (bare, ours)]
    met = Met()
    start, memory_share = took[1] / took[0], held[1] / held[0]
    print(
        f"start to initialize: {start:.2f}x of bare pygls ({took[1] * 1000:.0f} ms to {took[0] * 1000:.0f} ms); "
        f"limit {START_LIMIT}x: {met.judged(start, START_LIMIT)}"
    )
    print(f"  of processor time: {spent[1] / spent[0]:.2f}x ({spent[1] * 1000:.0f} ms to {spent[0] * 1000:.0f} ms)")
    print(
        f"resident when idle: {memory_share:.2f}x of bare pygls ({held[1]:.0f} MB to {held[0]:.0f} MB); "
        f"limit {MEMORY_LIMIT}x: {met.judged(memory_share, MEMORY_LIMIT)}"
    )
    return met.code


def main():
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "intaglio.toml").write_text("")
        return asyncio.run(starts(root))


if __name__ == "__main__":
    sys.exit(main())
