"""The language server: its start beside a bare pygls server's, and typing in a file of 10,000 lines beside `ruff server`'s."""

import asyncio
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

from plain_client import PlainClient
from read_edit import FUNCTION

HELPER = '''

def helper_{number}(amount: int) -> int:
    """Stands between the specs, as most code does."""
    total = 0
    for step in range(amount):
        if step % 2:
            total += step
        else:
            total -= step
    while total > 100:
        total //= 2
    if total < 0:
        total = -total
    values = [total, amount]
    for value in values:
        total += value
    return total
'''
BARE = """
from lsprotocol import types
from pygls.lsp.server import LanguageServer
server = LanguageServer("bare", "1")
@server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
def did_change(params): ...
server.start_io()
"""
OURS = (sys.executable, "-m", "intaglio", "lsp")
KEYSTROKES = 200
PER_SECOND = 20


def workload():
    """A file of about 10,000 lines with 200 specs."""
    parts = []
    for number in range(1, 201):
        parts.append(FUNCTION.format(number=number))
        parts += [HELPER.format(number=f"{number}_{one}") for one in range(2)]
    return "".join(parts)


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
    print(
        f"start to initialize: {took[1] / took[0]:.2f}x of bare pygls ({took[1] * 1000:.0f} ms to {took[0] * 1000:.0f} ms)"
    )
    print(f"  of processor time: {spent[1] / spent[0]:.2f}x ({spent[1] * 1000:.0f} ms to {spent[0] * 1000:.0f} ms)")
    print(f"resident when idle: {held[1] / held[0]:.2f}x of bare pygls ({held[1]:.0f} MB to {held[0]:.0f} MB)")


async def typing(root, command, text, *, beside=False):
    """Milliseconds from each keystroke to the diagnostics of its version, and of a hover after it."""
    uri = (root / "long.py").as_uri()
    client = await PlainClient().start(*command)
    await client.request("initialize", initialize(root))
    client.notify("initialized", {})
    first = asyncio.create_task(client.until(_published(uri, 1)))
    client.notify(
        "textDocument/didOpen",
        {"textDocument": {"uri": uri, "languageId": "python", "version": 1, "text": text}},
    )
    await first
    draw, lines, hovers, times = random.Random(3), text.split("\n"), [], []
    bodies = [number for number, line in enumerate(lines) if line.lstrip().startswith(("return", "# spec"))]
    line = draw.choice(bodies)
    if beside:
        await client.request("workspace/executeCommand", {"command": "intaglio.compile", "arguments": [{"uri": uri}]})
    for version in range(2, KEYSTROKES + 2):
        if version % 20 == 0:
            line = draw.choice(bodies)
        at = {"line": line, "character": len(lines[line])}
        lines[line] += "x"
        waiting = asyncio.create_task(client.until(_published(uri, version)))
        await asyncio.sleep(0)
        sent = time.perf_counter()
        client.notify(
            "textDocument/didChange",
            {
                "textDocument": {"uri": uri, "version": version},
                "contentChanges": [{"range": {"start": at, "end": at}, "text": "x"}],
            },
        )
        times.append((await asyncio.wait_for(waiting, 20) - sent) * 1000)
        asked = time.perf_counter()
        await client.request(
            "textDocument/hover", {"textDocument": {"uri": uri}, "position": {"line": line, "character": 3}}
        )
        hovers.append((time.perf_counter() - asked) * 1000)
        await asyncio.sleep(max(0.0, 1 / PER_SECOND - (time.perf_counter() - sent)))
    client.process.kill()
    await client.process.wait()
    return times, hovers


def _published(uri, version):
    def wanted(method, params):
        return (
            method == "textDocument/publishDiagnostics" and params["uri"] == uri and params.get("version", 0) >= version
        )

    return wanted


def said(name, times):
    ordered = sorted(times)
    print(f"  {name:<44} p50 {ordered[len(ordered) // 2]:6.1f} ms, p99 {ordered[int(len(ordered) * 0.99)]:6.1f} ms")


async def main():
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "intaglio.toml").write_text("")
        text = workload()
        (root / "long.py").write_text(text)
        await starts(root)
        lines = text.count("\n")
        print(
            f"from an edit to the diagnostics of its version, {lines} lines, 200 specs, {PER_SECOND} keystrokes a second:"
        )
        times, hovers = await typing(root, OURS, text)
        said("intaglio lsp: reader and locks", times)
        said("intaglio lsp: hover", hovers)
        times, hovers = await typing(root, (str(Path(sys.executable).parent / "ruff"), "server"), text)
        said("ruff server: its lint", times)


if __name__ == "__main__":
    asyncio.run(main())
