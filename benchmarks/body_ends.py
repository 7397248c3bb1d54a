"""From a body's end to what the stages say of it: a compile in the language server, at a scripted model server over HTTP.

A client notes when the status came that has the first stage's outcome, and the last one's; the server sends a file's diagnostics
right before its status. The body's end is when its last piece was sent. A function of 30 lines with 10 examples, each body another.
"""

import asyncio
import statistics
import sys
import tempfile
from pathlib import Path

from editor_load import Compiles, opened
from language_server import OURS
from limits import Met
from validation import TEXT

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "generate"))
from scripted_server import Step, scripted

RUNS, PAUSE = 12, 0.01
FIRST, LAST = 40, 250
HEAD, _, BODY = TEXT.partition(" -> float:\n")
STUB = f"{HEAD} -> float: ...\n"
SIGNATURE = f"{HEAD.rpartition(chr(10))[2]} -> float:\n"


def answers():
    """A body for each compile; the model's own guards are the template's."""
    body = BODY[BODY.index("    if quantity == 0") :]
    return [
        Step(f"```python\n{SIGNATURE}{body.replace('return 0.0', f'return 0.0 * {number}', 1)}```\n", pause=PAUSE)
        for number in range(1, RUNS + 5)
    ]


async def measure(root, served):
    """The compiles, warm."""
    settings = {"model": "openai/scripted", "api-base": served.base, "max-tokens": 10**7}
    client, editor = await opened(root, OURS, STUB, settings)
    await client.request("intaglio/barrier", {"uri": editor.uri})
    compiles = Compiles(client, editor.uri, "price", served)
    await compiles.once()
    compiles.first.clear()
    compiles.last.clear()
    for _ in range(RUNS):
        await compiles.once()
    await client.end()
    return compiles


def main():
    with tempfile.TemporaryDirectory() as folder, scripted(*answers()) as served:
        root = Path(folder).resolve()
        (root / "intaglio.toml").write_text("")
        (root / "long.py").write_text(STUB)
        compiles = asyncio.run(measure(root, served))
    met = Met()
    for name, times, limit in (("first", compiles.first, FIRST), ("last", compiles.last, LAST)):
        median = statistics.median(times)
        print(
            f"from a body's end to the {name} stage's findings in the editor: median {median:.0f} ms of {RUNS}; limit {limit} ms: {met.judged(median, limit)}"
        )
    return met.code


if __name__ == "__main__":
    sys.exit(main())
