"""Memory of the language server over thousands of edits, with requests between them: after 10,000 beside after 1,000.

Takes the number of edits as an argument. Ends with an error when more than a tenth was gained.
"""

import asyncio
import random
import sys
import tempfile
from pathlib import Path

from language_server import OURS, initialize, memory
from plain_client import PlainClient
from read_edit import FUNCTION

MOST = 1.10


async def main(edits):
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "intaglio.toml").write_text("")
        uri = (root / "a.py").as_uri()
        text = "".join(FUNCTION.format(number=number) for number in range(1, 41))
        client = await PlainClient().start(*OURS)
        await client.request("initialize", initialize(root))
        client.notify("initialized", {})
        client.notify(
            "textDocument/didOpen", {"textDocument": {"uri": uri, "languageId": "python", "version": 1, "text": text}}
        )
        draw, lines, held = random.Random(5), text.split("\n"), {}
        for number in range(1, edits + 1):
            line = draw.randrange(len(lines))
            added = number % 2 == 1 or not lines[line].endswith("x")
            size = len(lines[line])
            start, end, new = (size, size, "x") if added else (size - 1, size, "")
            lines[line] = lines[line] + "x" if added else lines[line][:-1]
            client.notify(
                "textDocument/didChange",
                {
                    "textDocument": {"uri": uri, "version": number + 1},
                    "contentChanges": [
                        {"range": {"start": {"line": line, "character": start}, "end": {"line": line, "character": end}},
                         "text": new}
                    ],
                },
            )  # fmt: skip
            if number % 10 == 0:
                here = {"textDocument": {"uri": uri}, "position": {"line": line, "character": 2}}
                await client.request("textDocument/hover", here)
                await client.request("textDocument/codeLens", {"textDocument": {"uri": uri}})
                await client.request("intaglio/barrier", {"uri": uri})
                client.told.clear()
            if number % (edits // 10) == 0:
                held[number] = memory(client.process)
                print(f"  after {number:>6} edits {held[number]:.1f} MB", flush=True)
        assert await client.end() == 0
        first, last = held[edits // 10], held[edits]
        print(f"memory after {edits} edits: {last / first:.3f}x of after {edits // 10}")
        return last / first


if __name__ == "__main__":
    sys.exit(asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)) > MOST)
