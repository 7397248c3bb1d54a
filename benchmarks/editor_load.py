"""The server under an editor's load: a file of 10,000 lines with 200 specs, 20 keys a second, and a compile streaming beside it.

Keys come at their times, whether the last one was answered or not, and each is followed by one request, as an editor's would be.
A scripted model server streams body after body over HTTP on loopback, and the stages judge each. `ruff server` gets the same keys,
between ours. All times are a client's: from the key to the message that answers it.
"""

import asyncio
import random
import sys
import tempfile
import time
from itertools import cycle
from pathlib import Path

from language_server import OURS, initialize
from limits import Met
from plain_client import PlainClient

from intaglio.lock.file import write_lock
from intaglio.lock.inputs import Materials
from intaglio.lock.paths import lock_path
from intaglio.spec import read_specs
from intaglio.workspace import DiskTree
from workspace import entry_for

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "generate"))
from scripted_server import Step, scripted

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
STUB = """
# spec: Sum the digits of a number, and add its length when it is even.
# require: 0 <= number < 1000000
# example: digits(12) == 5
# example: digits(111) == 3
# ensure: result >= 0
def digits(number: int) -> int: ...
"""
BODY = """
    text = str(number)
    total = 0
    for character in text:
        total += int(character)
    # candidate {number}: a length is added for even totals or even lengths, whichever the spec means; the examples say which one
    if len(text) % 2 == 0:
        total += len(text)
    return total
"""
KEYS, PER_SECOND, PAUSE = 1100, 20, 0.02
TYPED = {
    "    total = 0": "\n    step = amount * 2",
    '    """Say what': "\n    extra = amount - 1",
    "# spec: Decide": " Say why to all.",
}
"""What is typed, by the beginning of the line at whose end it is."""
REQUESTS = {
    "hover on a header": ("textDocument/hover", "def claim_", 6),
    "completion of a name": ("textDocument/completion", "# ensure: result", 13),
    "lenses": ("textDocument/codeLens", "", 0),
    "hover on a name": ("textDocument/hover", "# ensure: result", 12),
    "completion of an attribute": ("textDocument/completion", "# rule: amount.", 15),
    "hints of a screen": ("textDocument/inlayHint", "# ensure", 0),
    "completion of a key": ("textDocument/completion", "# ensure: result", 4),
    "tokens of a screen": ("textDocument/semanticTokens/range", "# ensure", 0),
    "highlights": ("textDocument/documentHighlight", "def claim_", 6),
    "outline": ("textDocument/documentSymbol", "", 0),
    "actions": ("textDocument/codeAction", "# ensure", 4),
}
LIMITED = ("hover", "completion", "lenses")


def workload():
    """The file's text: half of its functions are locked, half were never judged; one line asks for an attribute."""
    parts = []
    for number in range(1, 200):
        parts += [FUNCTION.format(number=number), *(HELPER.format(number=f"{number}_{one}") for one in range(2))]
    dotted = FUNCTION.format(number=200).replace("# rule: amount <= 200", "# rule: amount. <= 200")
    return "LIMIT = 100\n" + "".join(parts) + dotted + STUB


def build(root, text):
    """A workspace with the file and its locks."""
    (root / "intaglio.toml").write_text("")
    (root / "long.py").write_text(text)
    materials = Materials(root, DiskTree(root))
    entries = [entry_for(materials, "long.py", text, spec) for spec in read_specs(text).specs[:198:2]]
    place = root / lock_path("long.py")
    place.parent.mkdir(parents=True)
    place.write_text(write_lock(entries))


def answers():
    """More answers than are asked for, each another body, so that no stage has seen it."""
    head = "```python\ndef digits(number: int) -> int:"
    return [Step(f"{head}{BODY.format(number=number)}```\n", pause=PAUSE) for number in range(200)]


class Typist:
    """An editor's side of one file: what is typed, and when each version was told."""

    def __init__(self, client, uri, text):
        self.client, self.uri, self.lines = client, uri, text.split("\n")
        self.version, self.sent, self.told = 1, {}, {}
        self.quiet = asyncio.Event()
        client.hear("textDocument/publishDiagnostics", self._published)
        client.notify(
            "textDocument/didOpen", {"textDocument": {"uri": uri, "languageId": "python", "version": 1, "text": text}}
        )

    def _published(self, now, params):
        for version in [one for one in self.sent if one <= params.get("version", 0)]:
            self.told[version] = (now - self.sent.pop(version)) * 1000
        self.quiet.set()

    def type(self, line, letter):
        """One key at the end of a line."""
        self.version += 1
        at = {"line": line, "character": len(self.lines[line])}
        if letter == "\n":
            self.lines.insert(line + 1, "")
        else:
            self.lines[line] += letter
        self.sent[self.version] = time.perf_counter()
        self.client.notify(
            "textDocument/didChange",
            {
                "textDocument": {"uri": self.uri, "version": self.version},
                "contentChanges": [{"range": {"start": at, "end": at}, "text": letter}],
            },
        )

    async def all_told(self):
        """Wait until the last version was told."""
        self.quiet.clear()
        while self.sent:
            await self.quiet.wait()
            self.quiet.clear()

    def keys(self, draw):
        """Endless (line, letter), in runs at one place after another."""
        while True:
            mark = draw.choice(list(TYPED))
            line = draw.choice([number for number, one in enumerate(self.lines) if one.startswith(mark)])
            for letter in TYPED[mark]:
                yield line, letter
                line += letter == "\n"

    def params(self, draw, method, mark, character):
        """A request's parameters, at a random line that begins with `mark`."""
        line = draw.choice([number for number, one in enumerate(self.lines) if one.startswith(mark)]) if mark else 0
        place = {"line": line, "character": character}
        params = {"textDocument": {"uri": self.uri}}
        if method.endswith(("inlayHint", "range")):
            params["range"] = {"start": {"line": line, "character": 0}, "end": {"line": line + 60, "character": 0}}
        elif method.endswith("codeAction"):
            params |= {"range": {"start": place, "end": place}, "context": {"diagnostics": []}}
        else:
            params["position"] = place
        return params


class Compiles:
    """One compile after another of the stub, and what the stages' results cost from a body's end."""

    def __init__(self, client, uri, name, served):
        self.client, self.uri, self.name, self.served = client, uri, name, served
        self.first, self.last, self.bodies = [], [], 0
        self._changed = asyncio.Event()
        self._seen = []
        client.hear("intaglio/status", self._status)

    def _status(self, now, params):
        for spec in params["specs"]:
            if spec["name"] == self.name:
                done = tuple(stage["stage"] for stage in spec["stages"] if stage["outcome"] in {"passed", "failed"})
                self._seen.append((now, done))
                self._latest = spec
        self._changed.set()

    async def once(self):
        """Compile once, to the end, or to the refusal of a file that is half typed."""
        ends = len(self.served.ended)
        self._seen = []
        answer = await self.client.request(
            "workspace/executeCommand",
            {"command": "intaglio.compile", "arguments": [{"uri": self.uri, "name": self.name}]},
        )
        assert answer["job"], answer
        while True:
            self._changed.clear()
            await self._changed.wait()
            if self._latest["phase"] in {"proposed", "refused", "cancelled"}:
                break
        if self._latest["phase"] == "refused" and not self._latest["attempt"]:
            return  # at this key the file does not parse, so nothing was asked for
        assert self._latest["phase"] == "proposed", self._latest
        ended = self.served.ended[ends]
        after = [((now - ended) * 1000, len(done)) for now, done in self._seen if now > ended]
        self.bodies += 1
        self.first.append(min(spent for spent, done in after if done))
        self.last.append(min(spent for spent, done in after if done == 4))

    async def forever(self):
        """Until cancelled."""
        while True:
            await self.once()


async def opened(root, command, text, settings=None):
    """A client of a server with the file open."""
    client = await PlainClient().start(*command)
    await client.request("initialize", initialize(root, settings))
    client.notify("initialized", {})
    return client, Typist(client, (root / "long.py").as_uri(), text)


async def load(root, text, served, keys):
    """(times of edits, of each kind of request, of ruff's edits, the compiles)."""
    settings = {"model": "openai/scripted", "api-base": served.base, "max-tokens": 10**7, "stage-seconds": 60}
    client, ours = await opened(root, OURS, text, settings)
    ruff, theirs = await opened(root, (str(Path(sys.executable).parent / "ruff"), "server"), text)
    compiles = Compiles(client, ours.uri, "digits", served)
    await client.request("intaglio/barrier", {"uri": ours.uri})
    await compiles.once()  # starts the model's worker and the sandbox, which stay
    compiles.first.clear(), compiles.last.clear()
    await asyncio.sleep(1)  # a file that was opened a while ago
    background = asyncio.create_task(compiles.forever())
    draw = random.Random(3)
    times = {name: [] for name in REQUESTS}
    asked = []
    began = time.perf_counter()
    for number, (line, letter), (name, (method, mark, character)) in zip(
        range(keys), ours.keys(draw), cycle(REQUESTS.items())
    ):
        await asyncio.sleep(max(0.0, began + number / PER_SECOND - time.perf_counter()))
        params = ours.params(draw, method, mark, character)
        ours.type(line, letter)
        asked.append(asyncio.create_task(timed(client, method, params, times[name])))
        await asyncio.sleep(max(0.0, began + (number + 0.5) / PER_SECOND - time.perf_counter()))
        theirs.type(line, letter)
        if background.done():
            background.result()
    await asyncio.gather(*asked)
    for typist in (ours, theirs):
        await typist.all_told()
    background.cancel()
    await client.end()
    await ruff.end()
    return list(ours.told.values()), times, list(theirs.told.values()), compiles


async def timed(client, method, params, into):
    began = time.perf_counter()
    await client.request(method, params)
    into.append((time.perf_counter() - began) * 1000)


def main(keys=KEYS):
    with tempfile.TemporaryDirectory() as folder, scripted(*answers()) as served:
        root = Path(folder).resolve()
        text = workload()
        build(root, text)
        edits, times, ruff, compiles = asyncio.run(load(root, text, served, keys))
    met = Met()
    print(
        f"{text.count(chr(10))} lines, 200 specs, {keys} keys at {PER_SECOND} a second, a request after each, and {compiles.bodies} bodies compiled beside it"
    )
    met.said("edit to the reader's and the locks' findings", edits, p50=20, p99=80)
    met.said("  the same edits at `ruff server`", ruff)
    for kind in LIMITED:
        found = [one for name, some in times.items() if name.startswith(kind) for one in some]
        met.said(f"{kind}", found, p99=50)
    for name, some in times.items():
        met.said(f"  {name}", some)
    met.said("body's end to the first stage, meanwhile", compiles.first)
    met.said("body's end to the last stage, meanwhile", compiles.last)
    return met.code


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
