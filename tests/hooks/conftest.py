"""A repository of real git with a workspace whose functions were compiled by four real stages."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from environments import environment_in

CLAIMS = '''"""Coverage."""

from limits import highest

# spec: Decide coverage for a prior-authorization request.
#   Approve when the patient has type 2 diabetes, otherwise when BMI is at least 30. Otherwise deny.
# template: own
# comply: hipaa
# require: 10 < bmi < highest()
# rule: has_t2d -> "APPROVE"
# rule: bmi >= 30 -> "APPROVE"
# rule: otherwise -> "DENY"
# example: decide(True, 24.0) == "APPROVE"
# example: decide(False, 31.0) == "APPROVE"
# example: decide(False, 24.0) == "DENY"
# golden: data/reviewed.jsonl
def decide(has_t2d: bool, bmi: float) -> str: ...
'''
ROUTES = """# spec: Return the queue of a ticket: "urgent" for priority 1, else "normal".
# rule: priority == 1 -> "urgent"
# rule: otherwise -> "normal"
# example: route(1) == "urgent"
# example: route(3) == "normal"
def route(priority: int) -> str: ...
"""
FILES = {
    "claims.py": CLAIMS,
    "routes.py": ROUTES,
    "limits.py": "def highest() -> float:\n    return 100.0\n",
    "data/reviewed.jsonl": '{"input": {"has_t2d": false, "bmi": 29.0}, "output": "DENY"}\n',
    "intaglio.toml": "stage-seconds = 60\ncall-seconds = 10\n",
    "notes.txt": "one\n",
}
EXECUTABLE = Path(sys.executable).with_name("intaglio")


@dataclass
class Ran:
    code: int
    said: str


@dataclass
class Repository:
    """A working tree, and the programs that a person runs in it."""

    root: Path
    environment: dict[str, str]
    folder: str = ""
    """Where the workspace lies in it."""

    def run(self, *command, code=0, cwd=None, environment=None):
        done = subprocess.run(
            [str(part) for part in command], cwd=cwd or self.root, env={**self.environment, **(environment or {})},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=300,
        )  # fmt: skip
        assert code is None or done.returncode == code, f"exit {done.returncode}, expected {code}\n{done.stdout}"
        return Ran(done.returncode, done.stdout)

    def git(self, *arguments, **more):
        return self.run("git", *arguments, **more)

    def intaglio(self, *arguments, **more):
        return self.run(EXECUTABLE, *arguments, **more)

    def verify(self, *arguments, code=0, **more):
        return self.intaglio("verify", "--staged", *arguments, code=code, **more).said

    def place(self, path):
        return self.root / self.folder / path

    def write(self, path, text):
        self.place(path).parent.mkdir(parents=True, exist_ok=True)
        self.place(path).write_text(text)

    def read(self, path):
        return self.place(path).read_text()

    def edit(self, path, old, new):
        text = self.read(path)
        assert old in text, (old, text)
        self.write(path, text.replace(old, new, 1))

    def commit(self, message="change", *arguments, **more):
        return self.git("commit", "-q", "-m", message, *arguments, **more)

    def commits(self):
        return self.git("log", "--format=%s").said.split()


@pytest.fixture(scope="session")
def compiled(tmp_path_factory):
    """The workspace's files with their locks, compiled once."""
    base = tmp_path_factory.mktemp("compiled")
    made = Repository(base / "work", environment_in(base))
    for path, text in FILES.items():
        made.write(path, text)
    shipped = made.run(EXECUTABLE, "templates", "show", "function").said
    made.write(".intaglio/templates/functions/own.py", shipped)
    made.write("limits.py", FILES["limits.py"])
    made.intaglio("compile")
    return made.root


@pytest.fixture
def clone(compiled, tmp_path):
    """A repository with one commit of the compiled workspace, and a clean tree."""
    made = Repository(tmp_path / "work tree", environment_in(tmp_path))
    shutil.copytree(compiled, made.root)
    made.git("init", "-q")
    made.git("add", ".")
    made.commit("first")
    return made


@pytest.fixture
def in_subfolder(compiled, tmp_path):
    """A repository whose workspace lies in a folder of it, beside other code."""
    made = Repository(tmp_path / "mono", environment_in(tmp_path), "back end/")
    shutil.copytree(compiled, made.root / made.folder)
    (made.root / "tool.py").write_text("x = 1\n")
    made.git("init", "-q")
    made.git("add", ".")
    made.commit("first")
    return made
