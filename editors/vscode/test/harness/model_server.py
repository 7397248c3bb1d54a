"""The scripted model server of tests/generate for the workbench: prints its address; each line on stdin lets the held answer go on.

It tells how many requests came, with which keys, and whether a client left in the middle of an answer.
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
    print(json.dumps(served.base), flush=True)
    waiting = iter(gates)
    for line in sys.stdin:
        if line.strip() == "release":
            next(waiting).set()
        told = {"requests": len(served.requests), "left": served.gone.is_set(), "keys": served.keys}
        print(json.dumps(told), flush=True)
