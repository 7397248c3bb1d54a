"""A team's clones of one repository, with real git and the real command line."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

CLAIMS = '''"""Claims."""

LIMIT = 3


# spec: Decide which class a claim belongs to by its size.
# rule: x > LIMIT -> "A"
# rule: otherwise -> "B"
# example: small(5) == "A"
# example: small(1) == "B"
def small(x: int) -> str: ...


# spec: Decide which class a claim belongs to when it is middling.
# rule: x > 10 -> "A"
# rule: otherwise -> "B"
# example: middle(50) == "A"
# example: middle(1) == "B"
def middle(x: int) -> str: ...


# spec: Decide which class a claim belongs to when it is large.
# rule: x > 100 -> "A"
# rule: otherwise -> "B"
# example: large(500) == "A"
# example: large(1) == "B"
def large(x: int) -> str: ...
'''


@dataclass
class Clone:
    """One person's clone."""

    root: Path
    person: str
    environment: dict[str, str] = field(default_factory=dict)

    def git(self, *arguments: str, code: int | None = 0) -> str:
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.root,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert code is None or done.returncode == code, (
            f"git {arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        )
        return done.stdout + done.stderr

    def run(self, *arguments: str, code: int | None = 0, **environment: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "intaglio", *arguments], cwd=self.root, env={**self.environment, **environment},
            capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        said = done.stdout + done.stderr
        assert "Traceback" not in said, said
        assert code is None or done.returncode == code, (
            f"intaglio {arguments}: {done.returncode}, expected {code}\n{said}"
        )
        return said

    def read(self, path: str = "claims.py") -> str:
        return (self.root / path).read_bytes().decode()

    def write(self, path: str, text: str) -> None:
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text.encode())

    def edit(self, old: str, new: str, path: str = "claims.py") -> None:
        text = self.read(path)
        assert old in text, (old, text)
        self.write(path, text.replace(old, new, 1))

    def rule(self, name: str, number: int, to: int) -> None:
        """Change the rule of one function, and nothing of its body."""
        head, _, rest = self.read().partition(f"# example: {name}(")
        place = head.rindex(f"# rule: x > {number} ->")
        self.write(
            "claims.py", head[:place] + head[place:].replace(str(number), str(to), 1) + f"# example: {name}(" + rest
        )

    def commit(self, message: str) -> str:
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)
        return self.git("rev-parse", "HEAD").strip()

    def state(self, name: str, path: str = "claims.py") -> str:
        return self.run("status", f"{path}::{name}", code=None).split()[0]

    @property
    def lock(self) -> Path:
        return self.root / ".intaglio" / "locks" / "claims.py.toml"


def environment_of(home: Path, person: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("INTAGLIO_", "GIT_"))}
    mail = f"{person.lower()}@example.org"
    return {
        **kept, "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "GIT_CONFIG_NOSYSTEM": "1", "GIT_EDITOR": "true",
        "GIT_AUTHOR_NAME": person, "GIT_AUTHOR_EMAIL": mail, "GIT_COMMITTER_NAME": person, "GIT_COMMITTER_EMAIL": mail,
        "INTAGLIO_STAGE_SECONDS": "120", "INTAGLIO_CALL_SECONDS": "20", "INTAGLIO_GENERATED_INPUTS": "30",
        "PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "1",
    }  # fmt: skip


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with three locked functions and its first commit, made once."""
    folder = tmp_path_factory.mktemp("compiled")
    clone = Clone(folder / "repo", "Ann", environment_of(folder, "Ann"))
    clone.root.mkdir()
    clone.git("init", "-q", "-b", "main")
    clone.write("claims.py", CLAIMS)
    clone.write("intaglio.toml", "")
    clone.run("compile")
    clone.commit("First claims")
    return clone.root


@pytest.fixture
def ann(compiled: Path, tmp_path: Path) -> Clone:
    """Ann's own copy of the repository, with its store and caches."""
    shutil.copytree(compiled, tmp_path / "ann")
    return Clone(tmp_path / "ann", "Ann", environment_of(tmp_path, "Ann"))
