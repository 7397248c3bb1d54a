"""A workspace of locked functions for the benchmarks: real specs, real bodies, real locks, no stage run."""

from __future__ import annotations

from pathlib import Path

from intaglio.lock.file import write_lock
from intaglio.lock.inputs import Materials, current_inputs
from intaglio.lock.model import Accepted, Entry, Made, StageRecord
from intaglio.lock.paths import lock_path
from intaglio.spec import read_specs
from intaglio.workspace import DiskTree

HEAD = '''"""Claim lines, part {number}."""

from __future__ import annotations

import math
from dataclasses import dataclass

from shared{shared} import round_money

LIMIT_{number} = {number} + 100


@dataclass(frozen=True)
class Line{number}:
    """One line of a claim."""

    code: str
    amount: float
    units: int = 1


def clamp(value: float, low: float, high: float) -> float:
    """`value`, kept within bounds."""
    return max(low, min(high, value))

'''
FUNCTION = '''
# spec: Decide what is paid for line {index} of a claim in part {number}.
#   Pay nothing when the code is excluded. Otherwise pay the amount, at most the limit,
#   and half of it when the units are more than {index}.
# require: 0 <= amount < 100000
# ensure: result >= 0
# rule: code == "X{index}" -> 0.0
# rule: units > {index} -> amount / 2
# rule: otherwise -> amount
# example: pay_{number}_{index}("X{index}", 12.5, 1) == 0.0
# example: pay_{number}_{index}("A", 12.5, {index}) == 12.5
# example: pay_{number}_{index}("A", 100.0, 9 + {index}) == 50.0
def pay_{number}_{index}(code: str, amount: float, units: int = 1) -> float:
    """What is paid for one line."""
    if not (0 <= amount < 100000):
        raise ValueError("require: 0 <= amount < 100000")
    total = clamp(amount, 0.0, float(LIMIT_{number} + 99899))
    parts: list[float] = []
    for position in range(units):
        share = total / max(1, units)
        if position % 2 == 0 and share > {index}:
            parts.append(math.floor(share * 100) / 100)
        else:
            parts.append(share)
    if code == "X{index}":
        return 0.0
    if units > {index}:
        return round_money(amount / 2)
    if code.startswith(("B", "C")) and len(parts) > 3:
        return round_money(sum(parts) / len(parts))
    return round_money(amount)

'''
SHARED = '''"""Money, shared."""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def round_money(value: float) -> float:
    """`value` to the cent, halves up."""
    return float(Decimal(str(value)).quantize(CENT, rounding=ROUND_HALF_UP))
'''


def build(root: Path, files: int, functions: int) -> int:
    """Write a workspace with locks for every function; how many there are."""
    (root / ".intaglio").mkdir(parents=True)
    for number in range(10):
        (root / f"shared{number}.py").write_text(SHARED, encoding="utf-8")
    for number in range(files):
        text = HEAD.format(number=number, shared=number % 10)
        text += "".join(FUNCTION.format(number=number, index=index) for index in range(functions))
        (root / f"claims_{number:04}.py").write_text(text, encoding="utf-8")
    return lock_all(root)


def lock_all(root: Path) -> int:
    """Locks for every spec of a workspace, as if all had passed."""
    materials = Materials(root, DiskTree(root))
    count = 0
    for file in sorted(root.glob("claims_*.py")):
        text = file.read_text(encoding="utf-8")
        entries = [entry_for(materials, file.name, text, spec) for spec in read_specs(text).specs]
        place = root / lock_path(file.name)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(write_lock(entries), encoding="utf-8")
        count += len(entries)
    return count


def entry_for(materials: Materials, path: str, text: str, spec) -> Entry:
    present = current_inputs(materials, path, text, spec)
    stages = tuple(
        StageRecord(stage, "passed", "ab" * 32, (("bandit", "1.9.4"), ("python", "3.11.7"), ("ruff", "0.17.1")))
        for stage in ("security", "syntax", "execution", "accuracy")
    )
    made = Made(
        "litellm",
        "openai/some-model",
        (("temperature", "0"), ("max_tokens", "1024")),
        "1:" + "cd" * 32,
        812,
        204,
        "reported",
        0.0031,
        1,
    )
    return Entry(spec.name, present.inputs, made, stages, Accepted("someone", "2026-11-24T02:00:00Z", "compiled"))
