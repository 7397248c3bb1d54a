"""The scripted model server of tests/generate for the clicks: prints its address; each line on stdin lets the held answer go on.

It tells how many requests came, so that a test can say that none did.
"""

import json
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[4] / "tests" / "generate"))
from scripted_server import Step, scripted


class Later:
    """A gate that lets the first pieces of an answer through, so that something of it is seen while the rest is held."""

    def __init__(self, gate: threading.Event, free: int) -> None:
        self.gate, self.free = gate, free

    def wait(self, seconds: float) -> bool:
        self.free -= 1
        return self.free >= 0 or self.gate.wait(seconds)


texts = json.loads(sys.argv[1])
gates = [threading.Event() for _ in texts]
steps = [Step(f"```python\n{text}```\n", hold=Later(gate, 7)) for text, gate in zip(texts, gates, strict=True)]
with scripted(*steps) as served:
    print(served.base, flush=True)
    waiting = iter(gates)
    for line in sys.stdin:
        if line.strip() == "release":
            next(waiting).set()
        print(len(served.requests), flush=True)
