"""A workspace to run commands in."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

SPEC = '''"""Coverage."""

# spec: Decide coverage for a prior-authorization request.
#   Approve when the patient has type 2 diabetes, otherwise when BMI is at least 30. Otherwise deny.
# require: 10 < bmi < 100
# rule: has_t2d -> "APPROVE"
# rule: bmi >= 30 -> "APPROVE"
# rule: otherwise -> "DENY"
# ensure: result in ("APPROVE", "DENY")
# example: decide(True, 24.0) == "APPROVE"
# example: decide(False, 31.0) == "APPROVE"
# example: decide(False, 24.0) == "DENY"
# example: decide(False, 7.0) raises ValueError
def decide(has_t2d: bool, bmi: float) -> str: ...
'''


@dataclass
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


@dataclass
class Workspace:
    root: Path
    environment: dict[str, str]

    def run(self, *arguments, code=0, **more):
        environment = {**self.environment, **more.pop("environment", {})}
        done = subprocess.run(
            [sys.executable, "-m", "intaglio", *arguments],
            cwd=self.root, env=environment, capture_output=True, text=True, check=False, timeout=60, **more,
        )  # fmt: skip
        ran = Ran(done.returncode, done.stdout, done.stderr)
        assert ran.code == code, f"exit {ran.code}, expected {code}\n{ran.out}\n{ran.err}"
        return ran

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def read(self, name):
        return (self.root / name).read_text()


@pytest.fixture
def workspace(tmp_path):
    root = tmp_path / "work"
    root.mkdir()
    (root / "intaglio.toml").write_text("")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("INTAGLIO_")}
    patient = {"INTAGLIO_STAGE_SECONDS": "60"}  # a busy machine refuses nothing
    environment = {**kept, **patient, "XDG_CACHE_HOME": str(tmp_path / "cache"), "HOME": str(tmp_path)}
    return Workspace(root, environment)


@pytest.fixture
def spec_text():
    return SPEC
