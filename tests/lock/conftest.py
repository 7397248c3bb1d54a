"""A small workspace with a spec, and locks for what stands in it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from intaglio.lock.check import check_file
from intaglio.lock.file import write_lock
from intaglio.lock.inputs import Materials, current_inputs
from intaglio.lock.model import Accepted, Entry, Made, Present, SpecState, StageRecord
from intaglio.lock.paths import lock_path
from intaglio.spec import read_specs
from intaglio.workspace import DiskTree

CLAIMS = '''"""Claims."""

from helpers import norm

LIMIT = 3


# spec: Decide what is paid.
#   Pay twice the amount.
# require: x < 100
# ensure: result >= 0
# example: double(LIMIT) == 6
def double(x: int) -> int:
    """Twice."""
    return norm(x * 2)


# spec: Decide what is paid in the second case.
# example: triple(1) == 3
def triple(x: int) -> int:
    return x * 3
'''
HELPERS = "def norm(x):\n    return x\n\n\ndef unused(x):\n    return x\n"


def entry_of(present: Present, **changes: object) -> Entry:
    stages = tuple(
        StageRecord(stage, "passed", "ab" * 32, (("ruff", "0.17.1"),))
        for stage in ("security", "syntax", "execution", "accuracy")
    )
    made = Made("rules", parameters=(("temperature", "0"),), cost=0.25, attempts=1)
    accepted = Accepted("someone", "2026-11-24T02:00:00Z", "compiled", "it is right")
    return Entry(present.name, present.inputs, made, stages, accepted)


@dataclass
class Workspace:
    root: Path
    files: dict[str, str] = field(default_factory=dict)

    def write(self, path: str, text: str) -> None:
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text.encode())

    def read(self, path: str) -> str:
        return (self.root / path).read_bytes().decode()

    def edit(self, path: str, old: str, new: str) -> None:
        text = self.read(path)
        assert text.count(old) >= 1, (old, text)
        self.write(path, text.replace(old, new, 1))

    @property
    def materials(self) -> Materials:
        return Materials(self.root, DiskTree(self.root))

    def present(self, name: str, path: str = "claims.py", text: str | None = None) -> Present:
        text = self.read(path) if text is None else text
        spec = read_specs(text).find(name)
        assert spec is not None
        materials = Materials(self.root, DiskTree(self.root, {path: text}))
        return current_inputs(materials, path, text, spec)

    def lock(self, *names: str, path: str = "claims.py") -> None:
        names = names or tuple(spec.name for spec in read_specs(self.read(path)).specs)
        self.write(lock_path(path), write_lock(entry_of(self.present(name, path)) for name in names))

    def states(self, path: str = "claims.py") -> tuple[SpecState, ...]:
        return check_file(self.materials, path).states

    def state(self, name: str = "double", path: str = "claims.py") -> SpecState:
        return next(state for state in self.states(path) if state.name == name)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "work space")
    (made.root / ".intaglio").mkdir(parents=True)
    made.write("claims.py", CLAIMS)
    made.write("helpers.py", HELPERS)
    return made


@pytest.fixture
def make_entry() -> Callable[[Present], Entry]:
    return entry_of
