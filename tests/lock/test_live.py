"""States while typing equal those of the file read afresh: thousands of random edits against `check_text` as the oracle."""

import ast
import os
import random

import pytest

from intaglio.lock.check import check_text
from intaglio.lock.inputs import Materials, current_inputs
from intaglio.lock.live import LiveStates
from intaglio.lock.model import Accepted, Entry, LockFile, Made, State
from intaglio.spec import read_specs
from intaglio.spec.document import Document
from intaglio.workspace import DiskTree

START = """from __future__ import annotations

import math
from limits import MOST

LIMIT = 10
TABLE = {"a": 1}


def helper(n: int) -> int:
    return n + LIMIT


# spec: Return whether n is at most the limit.
# rule: n <= LIMIT -> True
# rule: otherwise -> False
# example: small(3) == True
def small(n: int) -> bool:
    return n <= LIMIT


# spec: Return n helped, at most MOST.
# example: helped(1) == 11
def helped(n: int) -> int:
    return min(helper(n), MOST)


class Claim:
    RATE = 2

    # spec: Return the total of a claim.
    # example: Claim().total(2) == 4
    def total(self, n: int) -> int:
        return n * self.RATE + TABLE["a"] - TABLE["a"]


# spec: Return the root of n.
# example: root(4) == 2.0
def root(n: float) -> float:
    return math.sqrt(n)
"""
PIECES = ["LIMIT", "helper", "TABLE", "x", "1", "\n", "    ", "# spec: ", "def small():\n    pass\n", "LIMIT = 11\n",
          "helper = None\n", "global LIMIT\n", "TABLE['b'] = 2\n", "LIMIT += 1\n", "from limits import MOST as LIMIT\n", "class A: ...\n",
          "# example: small(1) == True\n", '"', "'''", "(", ")", "é", "𝔘", "del LIMIT\n", "from limits import *\n", "\r\n", "@"]  # fmt: skip


@pytest.fixture
def materials(tmp_path):
    (tmp_path / "limits.py").write_text("MOST = 100\n")
    return Materials(tmp_path, DiskTree(tmp_path))


def locked(materials, text):
    """A lock of everything as it is in `text`."""
    made = [current_inputs(materials, "a.py", text, spec).inputs for spec in read_specs(text, check=False).specs]
    names = [spec.name for spec in read_specs(text, check=False).specs]
    by = Accepted("me", "2026-01-01T00:00:00Z", "compiled")
    return LockFile(tuple(Entry(name, inputs, Made("rules"), (), by) for name, inputs in zip(names, made, strict=True)))


def seen(states):
    """What the oracle and the server are to agree on: the first state of each name, with its reasons."""
    found = {}
    for one in states:
        orphaned = one.state is State.ORPHANED  # where it went is told by the server alone
        found.setdefault(one.name, (one.state, one.reasons[:1] if orphaned else one.reasons))
    return found


def edit(draw, document):
    data = document.data
    start = draw.randrange(len(data) + 1)
    end = min(len(data), start + draw.choice([0, 0, 0, 1, 4, 30]))
    while start < len(data) and data[start] & 0xC0 == 0x80:
        start += 1
    end = max(start, end)
    while end < len(data) and data[end] & 0xC0 == 0x80:
        end += 1
    return document.edit(start, end, draw.choice(PIECES))


@pytest.mark.filterwarnings("ignore::SyntaxWarning")
@pytest.mark.parametrize("seed", range(int(os.environ.get("INTAGLIO_FUZZ", "6"))))
def test_states_are_those_of_a_fresh_reading(materials, seed):
    draw = random.Random(seed)
    lock = locked(materials, START)
    live, document = LiveStates("a.py"), Document.open(START)
    compared, good, broken = 0, document, 0
    for _ in range(300):
        document = edit(draw, document)
        now = live.states(document, materials, lock)
        try:
            ast.parse(document.data)
        except (SyntaxError, ValueError):
            # What is half typed disturbs no other spec here, while a file that cannot be parsed stops the oracle as a whole.
            broken += 1
            if broken > draw.randrange(3):
                document, broken = good, 0
            continue
        compared, good, broken = compared + 1, document, 0
        assert seen(now.states) == seen(check_text(materials, "a.py", document.text, lock).states), document.text
    assert compared > 20


def test_only_what_stands_on_a_change_is_computed_again(materials):
    live, document = LiveStates("a.py"), Document.open(START.replace("from __future__ import annotations", ""))
    assert list(live.advance(document, materials)) == ["small", "helped", "Claim.total", "root"]
    assert list(live.advance(document, materials)) == []
    place = document.data.index(b"math.sqrt")
    document = document.edit(place, place, "1 + ")
    assert list(live.advance(document, materials)) == ["root"]
    place = document.data.index(b"n + LIMIT")
    document = document.edit(place, place, "1 + ")
    assert list(live.advance(document, materials)) == ["helped"]


def test_another_file_that_changed_concerns_those_that_stand_on_it(materials):
    live, document = LiveStates("a.py"), Document.open(START)
    list(live.advance(document, materials))
    live.forget(["elsewhere.py"])
    assert list(live.advance(document, materials)) == []
    live.forget(["limits.py"])
    assert list(live.advance(document, materials)) == ["helped"]


HALF = """

def unrelated(n):
    total = n
    for one in range(n):
        total +=
    return total
"""


def test_what_is_half_typed_in_one_function_is_nothing_to_those_that_share_its_variables(materials):
    live = LiveStates("a.py")
    document = Document.open(START + HALF.replace("+=", "+= 1"))
    lock = locked(materials, document.text)
    assert {one.state for one in live.states(document, materials, lock).states} == {State.LOCKED}
    assert list(live.advance(Document.open(START + HALF), materials)) == []
    assert {one.state for one in live.finish(lock).states} == {State.LOCKED}
    broken = Document.open(START + HALF.replace("def unrelated", "def helper"))
    assert list(live.advance(broken, materials)) == ["helped"]
    assert {one.name for one in live.finish(lock).states if one.state is not State.LOCKED} == {"helped"}


def test_what_a_string_that_is_opened_hides_is_not_computed_again_when_it_is_closed(materials):
    live = LiveStates("a.py")
    document = Document.open(START)
    list(live.advance(document, materials))
    place = START.index("class Claim")
    hidden = document.edit(place, place, '"""')
    assert list(live.advance(hidden, materials)) == ["helped"]  # its section runs up to the string
    assert "Claim.total" not in {one.name for one in live.finish(LockFile()).states}
    assert list(live.advance(hidden.edit(place, place + 3, ""), materials)) == ["helped"]
    assert len(live.finish(LockFile()).states) == 4
