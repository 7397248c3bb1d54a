"""Reading a 10,000-line file again after an edit, against reading it afresh and against Python's own parser."""

import ast
import random
import statistics
import time

from intaglio.spec.document import Document

FUNCTION = '''
# spec: Decide about claim {number}. Approve when the amount is at most {number}. Otherwise deny.
# require: amount > 0
# example: claim_{number}({number}) == "APPROVE"
# ensure: result in ("APPROVE", "DENY")
def claim_{number}(amount: int) -> str:
    """Say what becomes of a claim."""
    if amount <= {number}:
        return "APPROVE"
    return "DENY"
'''
TARGET_MILLIS = 10


def timed(work, *arguments):
    started = time.perf_counter()
    result = work(*arguments)
    return (time.perf_counter() - started) * 1000, result


def main():
    text = "".join(FUNCTION.format(number=number) for number in range(1, 1001))
    lines = text.count("\n")
    fresh, document = timed(Document.open, text)
    parse, _ = timed(ast.parse, text)
    kinds = {"a letter in a body": b"return", "a letter in a spec": b"Otherwise", "a new rule line": b"# require"}
    draw = random.Random(7)
    print(f"{lines} lines, {len(document.reading.specs)} specs: afresh {fresh:.0f} ms, ast.parse {parse:.0f} ms")
    worst = 0.0
    for name, mark in kinds.items():
        times = []
        for _ in range(40):
            place = document.data.find(mark, draw.randrange(len(document.data) - 4000))
            new = "# rule: otherwise -> 'DENY'\n" if "rule" in name else "x"
            millis, document = timed(document.edit, place, place, new)
            times.append(millis)
        median = statistics.median(times)
        worst = max(worst, median)
        print(f"  {name:<20} median {median:.2f} ms, most {max(times):.2f} ms: {median / fresh:.3f}x of afresh")
    print(f"  the slowest median is {worst / TARGET_MILLIS:.2f}x of {TARGET_MILLIS} ms")


if __name__ == "__main__":
    main()
