"""The scripted model server of tests/generate for the clicks: prints its address; each line on stdin lets the held answer go on.

It tells how many requests came, so that a test can say that none did.
"""

import json
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[4] / "tests" / "generate"))
from scripted_server import Step, scripted

texts = json.loads(sys.argv[1])
gates = [threading.Event() for _ in texts]
steps = [Step(f"```python\n{text}```\n", hold=gate, hold_after=7) for text, gate in zip(texts, gates, strict=True)]
with scripted(*steps) as served:
    print(served.base, flush=True)
    waiting = iter(gates)
    for line in sys.stdin:
        if line.strip() == "release":
            next(waiting).set()
        print(len(served.requests), flush=True)
