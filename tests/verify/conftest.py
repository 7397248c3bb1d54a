"""A workspace in git whose locks four real stages gave, and a hand that forges them."""

import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from environments import environment_in

from intaglio.lock.file import read_lock, write_lock
from intaglio.lock.paths import lock_path

CLAIMS = '''"""Coverage."""

from limits import highest

# spec: Decide coverage for a prior-authorization request.
#   Approve when the patient has type 2 diabetes, otherwise when BMI is at least 30. Otherwise deny.
# require: 10 < bmi < highest()
# rule: has_t2d -> "APPROVE"
# rule: bmi >= 30 -> "APPROVE"
# rule: otherwise -> "DENY"
# example: decide(True, 24.0) == "APPROVE"
# example: decide(False, 24.0) == "DENY"
# golden: reviewed.jsonl
def decide(has_t2d: bool, bmi: float) -> str: ...


# spec: Return the square root of the larger number, and 0 for negative ones.
# rule: max(a, b) < 0 -> 0.0
# rule: otherwise -> max(a, b) ** 0.5
# example: root(4.0, 1.0) == 2.0
def root(a: float, b: float) -> float: ...
'''
FILES = {
    "claims.py": CLAIMS,
    "limits.py": "def highest() -> float:\n    return 100.0\n",
    "reviewed.jsonl": '{"input": {"has_t2d": false, "bmi": 29.0}, "output": "DENY"}\n',
    "intaglio.toml": "stage-seconds = 60\ncall-seconds = 10\n",
}
LOCK = lock_path("claims.py")


@dataclass
class Ran:
    code: int
    out: str
    err: str


@dataclass
class Locked:
    root: Path
    environment: dict[str, str]

    def run(self, *command, code=0, environment=None):
        done = subprocess.run(
            [str(part) for part in command], cwd=self.root, env={**self.environment, **(environment or {})},
            capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        assert done.returncode == code, f"exit {done.returncode}, expected {code}\n{done.stdout}\n{done.stderr}"
        return Ran(done.returncode, done.stdout, done.stderr)

    def intaglio(self, *arguments, code=0, environment=None):
        return self.run(sys.executable, "-m", "intaglio", *arguments, code=code, environment=environment)

    def git(self, *arguments):
        return self.run("git", *arguments).out

    def read(self, path):
        return (self.root / path).read_text()

    def edit(self, path, old, new):
        text = self.read(path)
        assert old in text, (old, text)
        (self.root / path).write_text(text.replace(old, new, 1))

    def entry(self, name="decide"):
        return read_lock(self.read(LOCK)).find(name)

    def forge(self, name="decide", **changes):
        """Type another lock, with a seal that holds: whoever can write the file can compute that."""
        entries = [replace(one, **changes) if one.name == name else one for one in read_lock(self.read(LOCK)).entries]
        (self.root / LOCK).write_text(write_lock(entries))

    def forge_stage(self, stage, name="decide", **changes):
        stages = tuple(replace(one, **changes) if one.stage == stage else one for one in self.entry(name).stages)
        self.forge(name, stages=stages)


@pytest.fixture(scope="session")
def compiled(tmp_path_factory):
    base = tmp_path_factory.mktemp("compiled")
    made = Locked(base / "work", environment_in(base))
    made.root.mkdir()
    for path, text in FILES.items():
        (made.root / path).write_text(text)
    made.intaglio("compile")
    return made


@pytest.fixture
def locked(compiled, tmp_path):
    """The workspace, committed, with a clean tree. Caches are shared: they hold no verdict on a lock."""
    made = Locked(tmp_path / "work", compiled.environment)
    shutil.copytree(compiled.root, made.root)
    made.git("init", "-q")
    made.git("add", ".")
    made.git("commit", "-qm", "one")
    return made
