"""Hover, completion, lenses and more on a 10,000-line file with 200 specs while someone types, against a bare pygls server's hover.

Each request follows an edit, as in an editor: the answer is computed from the text behind that edit. Round trips over stdio.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

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


class Client:
    """As little of an editor as it takes."""

    def __init__(self, command, root):
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=root
        )
        self.number = 0
        self.request("initialize", {
            "processId": None, "rootUri": root.as_uri(), "capabilities": {"general": {"positionEncodings": ["utf-8"]}},
            "initializationOptions": {"trusted": True},
        })  # fmt: skip
        self.notify("initialized", {})

    def send(self, message):
        """One message."""
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(data), data))
        self.process.stdin.flush()

    def notify(self, method, params):
        """A notification."""
        self.send({"method": method, "params": params})

    def request(self, method, params):
        """The result of a request; what the server asks meanwhile is answered with nothing."""
        self.number += 1
        self.send({"id": self.number, "method": method, "params": params})
        while True:
            message = self.receive()
            if "method" in message and "id" in message:
                self.send({"id": message["id"], "result": None})
            elif message.get("id") == self.number:
                if "error" in message:
                    raise RuntimeError(message["error"]["message"])
                return message["result"]

    def receive(self):
        """The next message."""
        length = 0
        while line := self.process.stdout.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return json.loads(self.process.stdout.read(length))

    def end(self):
        """Shutdown and exit."""
        self.request("shutdown", None)
        self.notify("exit", None)
        self.process.wait(20)


def cpu_millis(process):
    """Processor time that a process has used, as far as the system tells."""
    try:
        fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def percentile(times, share):
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


def measure(client, bare, uri, text):
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
        bare.request("textDocument/hover", {"textDocument": document, "position": {"line": 0, "character": 0}})
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
            client.request(method, params)
            times[name].append((time.perf_counter() - began) * 1000)
            used[name] += cpu_millis(client.process) - before
    return times, {name: total / ROUNDS for name, total in used.items()}


def main():
    text = "LIMIT = 100\n\n\n" + "".join((FUNCTION + PLAIN).format(number=number) for number in range(1, 201))
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        (root / "intaglio.toml").write_text("")
        (root / "claims.py").write_text(text)
        uri = (root / "claims.py").as_uri()
        bare = Client([sys.executable, "-c", BARE], root)
        client = Client([sys.executable, "-m", "intaglio", "lsp"], root)
        client.notify(
            "textDocument/didOpen", {"textDocument": {"uri": uri, "languageId": "python", "version": 1, "text": text}}
        )
        client.request("intaglio/barrier", {"uri": uri})
        times, used = measure(client, bare, uri, text)
        client.end()
        bare.end()
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
