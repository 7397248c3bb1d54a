"""Warm four-stage validation of a 30-line function with 10 examples and 200 generated inputs, against 250 ms and 40 ms."""

import statistics
import tempfile
import time
from pathlib import Path

from intaglio.config import Settings
from intaglio.snapshot import Snapshot
from intaglio.spec import read_specs
from intaglio.subject import gather
from intaglio.validate.pipeline import run_stages
from intaglio.validate.tools import Toolbox
from intaglio.validate.verdict import Verdict
from intaglio.workspace import DiskTree

LIMIT_MILLIS = 250
STATIC_LIMIT_MILLIS = 40
RUNS = 15
TEXT = '''"""A benchmark."""

# spec: Price an order: sum the prices, take the discount of the customer's tier, add shipping, round to cents.
# require: 0 <= quantity <= 1000
# require: 0 <= unit_price <= 10000
# ensure: result >= 0
# example: price(0, 10.0, "none", False) == 0.0
# example: price(1, 10.0, "none", False) == 14.9
# example: price(1, 100.0, "none", False) == 100.0
# example: price(1, 100.0, "silver", False) == 95.0
# example: price(1, 100.0, "gold", False) == 90.0
# example: price(2, 100.0, "gold", True) == 194.9
# example: price(1, 10.0, "none", True) == 24.9
# example: price(10, 1.0, "silver", False) == 14.4
# example: price(3, 33.33, "none", False) == 99.99
# example: price(1001, 1.0, "none", False) raises ValueError
def price(quantity: int, unit_price: float, tier: str, express: bool) -> float:
    if not (0 <= quantity <= 1000):
        raise ValueError("require: 0 <= quantity <= 1000")
    if not (0 <= unit_price <= 10000):
        raise ValueError("require: 0 <= unit_price <= 10000")
    if quantity == 0:
        return 0.0
    total = quantity * unit_price
    if tier == "gold":
        rate = 0.10
    elif tier == "silver":
        rate = 0.05
    else:
        rate = 0.0
    discount = total * rate
    total = total - discount
    if express:
        shipping = 14.9
    elif total >= 50:
        shipping = 0.0
    else:
        shipping = 4.9
    if total < 0:
        total = 0.0
    total = total + shipping
    cents = round(total * 100)
    whole = cents // 100
    rest = cents % 100
    result = whole + rest / 100
    if result < 0:
        return 0.0
    return result
'''


def main():
    with tempfile.TemporaryDirectory() as folder, Toolbox() as toolbox:
        first = measure(Path(folder), toolbox, lambda run: 10 + run)  # a spec that was never seen: its inputs are drawn
        further = measure(Path(folder), toolbox, lambda _: 10)  # another body of the same spec: its inputs are there
    told("a spec's first body", *first)
    told("a further body", *further)


def measure(folder, toolbox, quantity):
    """Milliseconds of whole runs, of security and syntax together, and of each stage by name."""
    totals, shares, static = [], {}, []
    for run in range(RUNS + 1):
        text = TEXT.replace("A benchmark.", f"Benchmark {run}.")  # a text that no tool has seen yet
        text = text.replace("price(10, 1.0", f"price({quantity(run)}, 1.0")
        text = text.replace("== 14.4", f"== {0.95 * quantity(run) + 4.9:.2f}")
        (spec,) = read_specs(text).specs
        snapshot = Snapshot(folder, DiskTree(folder, {"a.py": text}))
        started = time.perf_counter()
        subject = gather(snapshot, Settings(), "a.py", text, spec).subject
        for step in run_stages(subject, toolbox):
            if isinstance(step, Verdict):
                assert step.outcome.value == "passed", step
                if run:
                    shares.setdefault(step.stage.value, []).append(step.millis)
                if step.stage.value == "syntax" and run:
                    static.append((time.perf_counter() - started) * 1000)
        if run:
            totals.append((time.perf_counter() - started) * 1000)
    return totals, static, shares


def told(what, totals, static, shares):
    median, early = statistics.median(totals), statistics.median(static)
    print(
        f"warm validation, {what}: {median:.0f} ms median of {RUNS}; {median / LIMIT_MILLIS:.2f}x of the limit of {LIMIT_MILLIS} ms"
    )
    print("  shares: " + ", ".join(f"{stage} {statistics.median(values):.0f} ms" for stage, values in shares.items()))
    print(f"  security and syntax: {early:.0f} ms; {early / STATIC_LIMIT_MILLIS:.2f}x of {STATIC_LIMIT_MILLIS} ms")


if __name__ == "__main__":
    main()
