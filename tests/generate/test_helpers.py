"""Helpers at hand: found by reading, shown to the model, hints only."""

from dataclasses import replace

from test_prompt import brief

from intaglio.generate.helpers import MOST_HELPERS, helpers_at_hand
from intaglio.generate.prompt import build_messages
from intaglio.spec import read_specs

TEXT = """\
import os
from decimal import Decimal
from json import loads
from money import cents
from os.path import join


def half(x: int) -> int:
    "Half of it."
    return x // 2


class Account:
    def balance(self): ...


# spec: Another.
def other() -> int: ...


# spec: Do it.
def wanted(x: int) -> int: ...


async def later(q): ...
"""
MONEY = '''\
from decimal import Decimal
open("it-ran", "w").close()


def cents(value: Decimal, *, up: bool = False) -> int:
    """Whole cents.

    And more.
    """
'''


def found(root, text=TEXT, path="a.py"):
    spec = next(spec for spec in read_specs(text).specs if spec.name == "wanted")
    return helpers_at_hand(root, path, text, spec)


def test_own_and_imported_functions_without_specs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "money.py").write_text(MONEY)
    assert found(tmp_path) == (
        "def cents(value: Decimal, *, up: bool=False) -> int: ...  # Whole cents.",
        "def half(x: int) -> int: ...  # Half of it.",
        "async def later(q): ...",
    )
    assert not (tmp_path / "it-ran").exists()


def test_the_nearest_when_there_are_many(tmp_path):
    lines = "".join(f"def h{number}(): ...\n" for number in range(50))
    names = found(tmp_path, f"{lines}# spec: Do it.\ndef wanted() -> int: ...\n")
    assert [name.split("(")[0] for name in names] == [f"def h{number}" for number in range(50 - MOST_HELPERS, 50)]


def test_half_typed_text(tmp_path):
    assert found(tmp_path, "def half(:\n\n# spec: Do it.\ndef wanted(x: int) -> int: ...\n\ndef (") is not None


def test_they_are_in_the_task_once(tmp_path):
    helpers = ("def rate(name: str) -> int: ...", "def half(x: int) -> int: ...  # Half of it.")
    (_, task) = build_messages(replace(brief(tmp_path), helpers=helpers), (), "canary")
    assert "def half(x: int) -> int: ...  # Half of it." in task.content
    assert "def rate(name: str) -> int: ..." not in task.content
    assert "def rate(name: str) -> int:" in task.content
