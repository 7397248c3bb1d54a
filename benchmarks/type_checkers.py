"""Type checkers on generated-like bodies: which mistakes they find, what they say of clean ones, and how long they take.

mypy and pyright are measured when they are installed (`mypy` is; for pyright set PYRIGHT to its `index.js` and have node).
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HEAD = "from __future__ import annotations\nfrom dataclasses import dataclass\nfrom decimal import Decimal\nimport datetime as dt\nimport re\n\n@dataclass\nclass Claim:\n    amount: Decimal\n    code: str\n    note: str | None = None\n\ndef half(x: int) -> int:\n    return x // 2\n\n"
WRONG = [
    "def f(x: int) -> str:\n    return x + 1\n",
    "def f(x: int) -> str:\n    if x > 1:\n        return 'a'\n",
    "def f(x: str) -> str:\n    return x.uper()\n",
    "def f(x: int) -> int:\n    return half(x, 2)\n",
    "def f(x: int) -> int:\n    return half()\n",
    "def f(x: int) -> int:\n    return hlaf(x)\n",
    "def f(x: str) -> str:\n    return re.match('a', x).group()\n",
    "def f(claim: Claim) -> str:\n    return claim.note.upper()\n",
    "def f(claim: Claim) -> str:\n    return claim.nmae\n",
    "def f(claim: Claim) -> float:\n    return claim.amount * 1.5\n",
    "def f(xs: list[int]) -> int:\n    return xs['a']\n",
    "def f(xs: list[int]) -> list[str]:\n    return [x * 2 for x in xs]\n",
    "def f(xs: dict[str, int]) -> int:\n    return xs.get('a') + 1\n",
    "def f(day: dt.date) -> int:\n    return day - dt.date(2024, 1, 1)\n",
    "def f(day: dt.date) -> bool:\n    return day < '2024-01-01'\n",
    "def f(x: int) -> Claim:\n    return Claim(Decimal(x))\n",
    "def f(x: int) -> Claim:\n    return Claim(amount=x, code='a')\n",
    "def f(x: int | None) -> int:\n    return x + 1\n",
    "def f(x: int) -> tuple[int, str]:\n    return x, x\n",
    "def f(xs: list[str]) -> int:\n    return sum(xs)\n",
    "def f(x: str) -> int:\n    return len(x).bit_count\n",
    "def f(x: float) -> int:\n    return round(x, 2)\n",
]
CLEAN = [
    "def f(x: int) -> str:\n    return f'{x:02d}'\n",
    "def f(xs: list[int]) -> int:\n    return max(xs, default=0)\n",
    "def f(x: str) -> str | None:\n    found = re.match('a', x)\n    return found.group() if found else None\n",
    "def f(claim: Claim) -> Decimal:\n    return claim.amount.quantize(Decimal('0.01'))\n",
    "def f(xs: dict[str, int]) -> int:\n    return sum(v for k, v in xs.items() if k.startswith('a'))\n",
    "def f(day: dt.date) -> int:\n    return (day - dt.date(2024, 1, 1)).days\n",
    "def f(claim: Claim) -> str:\n    return (claim.note or '').strip()\n",
    "def f(x: int) -> int:\n    total = 0\n    for n in range(x):\n        total += n\n    return total\n",
    "def f(xs: list[str]) -> dict[str, int]:\n    counts: dict[str, int] = {}\n    for x in xs:\n        counts[x] = counts.get(x, 0) + 1\n    return counts\n",
    "def f(x: str) -> tuple[str, str]:\n    key, _, value = x.partition('=')\n    return key, value\n",
]


def commands(folder):
    """The checkers at hand: name and command on a file."""
    beside = Path(sys.executable).parent
    found = {
        "ty": [str(beside / "ty"), "check", "--project", str(folder), "--output-format", "concise", "--no-progress"]
    }
    found["mypy, cache"] = [
        str(beside / "mypy"),
        "--strict",
        "--no-error-summary",
        "--cache-dir",
        str(folder / "cache"),
    ]
    found["dmypy"] = [
        str(beside / "dmypy"),
        "--status-file",
        str(folder / "status"),
        "run",
        "--",
        "--strict",
        "--no-error-summary",
    ]
    if os.environ.get("PYRIGHT") and shutil.which("node"):
        found["pyright"] = ["node", os.environ["PYRIGHT"]]
    return found


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for checker, command in commands(folder).items():
            times, caught, alarms = [], 0, 0
            for number, body in enumerate([CLEAN[0], *WRONG, *CLEAN]):
                path = folder / "body.py"
                path.write_text(HEAD + body)
                started = time.perf_counter()
                done = subprocess.run([*command, str(path)], cwd=folder, capture_output=True, check=False)
                if number == 0:
                    continue
                times.append(time.perf_counter() - started)
                if number <= len(WRONG):
                    caught += done.returncode != 0
                else:
                    alarms += done.returncode != 0
            print(
                f"{checker:<12} {statistics.median(times) * 1000:5.0f} ms median; caught {caught} of {len(WRONG)}, false alarms {alarms} of {len(CLEAN)}"
            )
        subprocess.run(
            [str(Path(sys.executable).parent / "dmypy"), "--status-file", str(folder / "status"), "stop"],
            capture_output=True,
            check=False,
        )


if __name__ == "__main__":
    main()
