"""Hover, completion, lenses and more on a 10,000-line file with 200 specs while someone types, against a bare pygls server's hover.

Each request follows an edit, as in an editor: the answer is computed from the text behind that edit. Round trips over stdio.
"""

import asyncio
import os
import random
import sys
import tempfile
import time
from pathlib import Path

from plain_client import PlainClient

FUNCTION = '''
# spec: Decide about claim {number}. Approve when the amount is at most {number}. Otherwise deny.
# require: amount > 0
# rule: amount <= {number} -> "APPROVE"
# rule: otherwise -> "DENY"
# example: claim_{number}({number}) == "APPROVE"
# example: claim_{number}({number} + 1) == "DENY"
# ensure: result in ("APPROVE", "DENY")
def claim_{number}(amount: int) -> str:
    """Say what becomes of a claim."""
    if amount <= {number}:
        return "APPROVE"
    return "DENY"


'''
PLAIN = "def plain_{number}(value: int) -> int:\n" + "    value += 1\n" * 33 + "    return value\n\n"
BARE = """
from lsprotocol import types
from pygls.lsp.server import LanguageServer
server = LanguageServer("bare", "1")
@server.feature(types.TEXT_DOCUMENT_HOVER)
def hover(_params):
    return types.Hover("nothing")
server.start_io()
"""
TARGET_MILLIS = 50
ROUNDS = 60


async def begin(root, *command):
    """A server of a workspace, ready for requests."""
    client = await PlainClient().start(*command)
    await client.request("initialize", {
        "processId": None, "rootUri": root.as_uri(), "capabilities": {"general": {"positionEncodings": ["utf-8"]}},
        "initializationOptions": {"trusted": True},
    })  # fmt: skip
    client.notify("initialized", {})
    return client


def cpu_millis(process):
    """Processor time that a process has used, as far as the system tells."""
    try:
        fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def percentile(times, share):
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


async def measure(client, bare, uri, text):
    """Times and processor time of each kind of request, in milliseconds; the bare server is asked in turn, under the same load."""
    lines = text.split("\n")
    document = {"uri": uri}
    draw = random.Random(11)
    places = {
        "hover on a header": ("textDocument/hover", "def claim_", 6),
        "hover on a name": ("textDocument/hover", "# ensure: result", 12),
        "completion of a name": ("textDocument/completion", "# ensure: result", 13),
        "completion of a key": ("textDocument/completion", "# ensure: result", 4),
        "lenses": ("textDocument/codeLens", "", 0),
        "hints of a screen": ("textDocument/inlayHint", "# ensure", 0),
        "tokens of a screen": ("textDocument/semanticTokens/range", "# ensure", 0),
        "tokens of the file": ("textDocument/semanticTokens/full", "", 0),
        "outline": ("textDocument/documentSymbol", "", 0),
    }
    version = 1
    spots = [number for number, line in enumerate(lines) if line.startswith("    value += 1")]
    marked = {
        mark: [number for number, one in enumerate(lines) if one.startswith(mark)]
        for _, mark, _ in places.values()
        if mark
    }
    times = {name: [] for name in ("bare", *places)}
    used = dict.fromkeys(places, 0.0)
    for _ in range(ROUNDS):
        began = time.perf_counter()
        await bare.request("textDocument/hover", {"textDocument": document, "position": {"line": 0, "character": 0}})
        times["bare"].append((time.perf_counter() - began) * 1000)
        for name, (method, mark, character) in places.items():
            version += 1
            before = cpu_millis(client.process)
            spot = draw.choice(spots)
            edit = {
                "range": {"start": {"line": spot, "character": 12}, "end": {"line": spot, "character": 12}},
                "text": " ",
            }
            client.notify(
                "textDocument/didChange", {"textDocument": {"uri": uri, "version": version}, "contentChanges": [edit]}
            )
            line = draw.choice(marked[mark]) if mark else 0
            params = {"textDocument": document, "position": {"line": line, "character": character}}
            if method.endswith(("inlayHint", "range")):
                params["range"] = {"start": {"line": line, "character": 0}, "end": {"line": line + 60, "character": 0}}
            began = time.perf_counter()
            await client.request(method, params)
            times[name].append((time.perf_counter() - began) * 1000)
            used[name] += cpu_millis(client.process) - before
    return times, {name: total / ROUNDS for name, total in used.items()}


def workspace(folder, text):
    root = Path(folder).resolve()
    (root / "intaglio.toml").write_text("")
    (root / "claims.py").write_text(text)
    return root, (root / "claims.py").as_uri()


async def answers():
    text = "LIMIT = 100\n\n\n" + "".join((FUNCTION + PLAIN).format(number=number) for number in range(1, 201))
    with tempfile.TemporaryDirectory() as folder:
        root, uri = workspace(folder, text)
        bare = await begin(root, sys.executable, "-c", BARE)
        client = await begin(root, sys.executable, "-m", "intaglio", "lsp")
        opened = {"uri": uri, "languageId": "python", "version": 1, "text": text}
        client.notify("textDocument/didOpen", {"textDocument": opened})
        await client.request("intaglio/barrier", {"uri": uri})
        times, used = await measure(client, bare, uri, text)
        await client.end()
        await bare.end()
    return text, times, used


def main():
    text, times, used = asyncio.run(answers())
    lines = text.count("\n")
    alone = times.pop("bare")
    base = percentile(alone, 0.5)
    print(
        f"{lines} lines, 200 specs, an edit before each request; a bare pygls hover: p50 {base:.2f} ms, p99 {percentile(alone, 0.99):.2f} ms"
    )
    for name, found in times.items():
        half, most = percentile(found, 0.5), percentile(found, 0.99)
        print(
            f"  {name:<22} p50 {half:6.2f} ms ({half / base:5.1f}x bare)   p99 {most:6.2f} ms: {most / TARGET_MILLIS:.2f}x of "
            f"{TARGET_MILLIS} ms   processor {used[name]:5.1f} ms an edit and an answer"
        )


if __name__ == "__main__":
    main()
