"""A warm sandboxed run against a plain interpreter that starts and does nothing."""

import statistics
import subprocess
import sys
import time

from intaglio.sandbox import open_sandbox
from intaglio.sandbox.interface import Role


def main():
    sandbox = open_sandbox()
    started = time.perf_counter()
    sandbox.start(Role.RUN, "channel.send(1)").close()
    cold = (time.perf_counter() - started) * 1000
    warm, plain = [], []
    for _ in range(40):
        started = time.perf_counter()
        with sandbox.start(Role.RUN, "channel.send(1)") as child:
            child.receive(5)
        warm.append(time.perf_counter() - started)
        started = time.perf_counter()
        subprocess.run([sys.executable, "-S", "-c", "pass"], check=True)
        plain.append(time.perf_counter() - started)
    sandbox.close()
    ratio = statistics.median(warm) / statistics.median(plain)
    print(
        f"sandboxed run: {statistics.median(warm) * 1000:.1f} ms warm ({cold:.0f} ms cold); {ratio:.2f}x of `python -S -c pass`"
    )


if __name__ == "__main__":
    main()
