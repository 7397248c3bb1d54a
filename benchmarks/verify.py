"""How fast verify is, each figure as a ratio within one run: `python benchmarks/verify.py [FILES [FUNCTIONS]]`.

Every measurement is a fresh process. The yardstick of the large workspace is a process that reads and parses each file
and drops the tree; that of the start is one that imports only click, tomllib and ast.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from workspace import build

PARSE = """
import ast, sys, time
from pathlib import Path
files = sorted(Path(sys.argv[1]).glob("*.py"))
start = time.perf_counter()
for file in files:
    with open(file, "rb") as handle:
        ast.parse(handle.read())
print(time.perf_counter() - start)
"""
VERIFY = """
import sys, time
from pathlib import Path
from intaglio.config import Settings
from intaglio.lock.verify import available_processes, verify
start = time.perf_counter()
report = verify(Path(sys.argv[1]), (), Settings(), processes=available_processes())
print(time.perf_counter() - start)
assert report.passed and len(report.specs) == int(sys.argv[2]), report.findings[:3]
assert report.cached == int(sys.argv[3]), report.cached
"""
START = "import click, tomllib, ast"
ONE = """
import sys
from pathlib import Path
from intaglio.config import Settings
from intaglio.lock.verify import verify
assert verify(Path(sys.argv[1]), ("claims_0000.py",), Settings()).passed
"""


def environment(cache: Path) -> dict[str, str]:
    """With a cache folder of its own, and with compiled modules kept, as they are where a package is installed."""
    return {**os.environ, "XDG_CACHE_HOME": str(cache), "PYTHONDONTWRITEBYTECODE": ""}


def measured(script: str, *arguments: str, cache: Path) -> float:
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True, env=environment(cache)
    )  # fmt: skip
    return float(done.stdout)


def seconds(command: list[str], cwd: Path, cache: Path, repeats: int = 15) -> float:
    """The least wall time of a process, of several."""
    best = float("inf")
    for _ in range(repeats):
        start = time.perf_counter()
        subprocess.run(command, cwd=cwd, check=True, capture_output=True, env=environment(cache))
        best = min(best, time.perf_counter() - start)
    return best


def main(files: int = 1000, functions: int = 10) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root, cache = Path(folder) / "large", Path(folder) / "cache"
        count = build(root, files, functions)
        print(f"workspace: {count} locked functions in {files} files; {os.cpu_count()} cores")
        parse = min(measured(PARSE, str(root), cache=cache) for _ in range(3))
        cold = min(measured(VERIFY, str(root), str(count), "0", cache=cache / str(turn)) for turn in range(3))
        warm = min(measured(VERIFY, str(root), str(count), str(files + 10), cache=cache / "0") for _ in range(3))
        print(f"read and parse      {parse:7.3f} s")
        print(f"verify, cold        {cold:7.3f} s  {cold / parse:5.2f}x  (target 3x)")
        print(f"verify, unchanged   {warm:7.3f} s  {warm / parse:5.2f}x  (target 0.25x)")
        small = Path(folder) / "small"
        build(small, 1, 1)
        yardstick = seconds([sys.executable, "-c", START], small, cache)
        library = seconds([sys.executable, "-c", ONE, str(small)], small, cache)
        print(f"start, yardstick    {yardstick * 1000:7.1f} ms")
        print(f"start, verify alone {library * 1000:7.1f} ms {library / yardstick:5.2f}x")
        command = Path(sys.executable).with_name("intaglio")
        whole = seconds([str(command), "verify", "claims_0000.py"], small, cache)
        print(f"intaglio verify     {whole * 1000:7.1f} ms {whole / yardstick:5.2f}x  (target 2x)")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
