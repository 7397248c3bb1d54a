"""The hooks of .pre-commit-hooks.yaml under the real pre-commit, installed from this checkout as a team would have it."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from environments import environment_in

PRE_COMMIT = Path(sys.executable).with_name("pre-commit")
HAND = ('return "DENY"', 'return "APPROVE"')


@dataclass
class Hooks:
    """Where pre-commit finds our hooks, and where it keeps the environment that it makes for them, once a session."""

    place: Path
    revision: str
    home: Path

    @property
    def environment(self):
        return {"PRE_COMMIT_HOME": str(self.home)}

    def configuration(self, *ids):
        hooks = [{"id": name} for name in ids]
        return yaml.safe_dump({"repos": [{"repo": str(self.place), "rev": self.revision, "hooks": hooks}]})


@pytest.fixture(scope="session")
def hooks(repository, tmp_path_factory):
    """This checkout's files, committed to a repository of their own."""
    base = tmp_path_factory.mktemp("hooks")
    environment = environment_in(base)
    place = base / "intaglio"
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=repository, capture_output=True, check=True
    ).stdout.decode()
    for name in filter(None, listed.split("\0")):
        if (repository / name).is_file():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(repository / name, place / name)

    def git(*arguments):
        done = subprocess.run(
            ["git", *arguments], cwd=place, env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "hooks")
    return Hooks(place, git("rev-parse", "HEAD"), base / "home")


@pytest.fixture
def guarded(clone, hooks):
    """The clone with `intaglio-verify` installed and configured."""
    clone.environment |= hooks.environment
    clone.write(".pre-commit-config.yaml", hooks.configuration("intaglio-verify"))
    clone.git("add", ".pre-commit-config.yaml")
    clone.run(PRE_COMMIT, "install")
    clone.commit("guarded")
    return clone


def test_a_hand_edit_is_stopped_with_words(guarded):
    guarded.edit("claims.py", *HAND)
    said = guarded.commit("two", "-a", code=1).said
    assert "intaglio verify" in said
    assert "Failed" in said
    assert "the body was changed by hand since it was locked" in said
    assert '-    return "DENY"' in said
    for way in ("recompile: ", "adopt: ", "restore: "):
        assert way in said
    assert guarded.commits() == ["guarded", "first"]
    guarded.intaglio("lock", "--adopt", "--reason", "payers agreed", "claims.py", code=1)  # golden rows say otherwise
    guarded.intaglio("restore", "claims.py::decide")
    guarded.edit("claims.py", '"""Coverage."""', '"""What is covered."""')
    guarded.commit("three", "-a")


def test_a_recompile_passes_with_its_lock_in_the_same_commit_and_not_without(guarded):
    guarded.edit("claims.py", "bmi >= 30 ->", "bmi >= 35 ->")
    guarded.edit("claims.py", "decide(False, 31.0) ==", "decide(False, 36.0) ==")
    guarded.intaglio("compile", "claims.py")
    guarded.git("add", "claims.py")
    said = guarded.commit("spec", code=1).said  # pre-commit puts aside what is not staged: the old lock is there
    assert "drifted" in said
    assert "its lock in .intaglio/locks" in said
    assert "decide(False, 36.0)" in guarded.read("claims.py")
    guarded.git("add", ".intaglio")
    guarded.commit("spec")
    assert guarded.commits() == ["spec", "guarded", "first"]


def test_whatever_depends_on_a_staged_file_counts(guarded):
    for path, old, new in (("limits.py", "100.0", "90.0"), ("data/reviewed.jsonl", "29.0", "28.0")):
        guarded.edit(path, old, new)
        assert "stale     claims.py::decide" in guarded.commit("two", "-a", code=1).said
        guarded.git("checkout", "-q", "HEAD", "--", path)
    guarded.edit("notes.txt", "one", "two")
    guarded.commit("notes", "-a")


def test_what_is_not_staged_does_not_count(guarded):
    guarded.edit("claims.py", *HAND)
    guarded.edit("notes.txt", "one", "two")
    guarded.commit("notes", "notes.txt")
    guarded.git("add", "claims.py")
    guarded.edit("claims.py", HAND[1], HAND[0])
    assert "drifted" in guarded.commit("two", code=1).said


def test_a_missing_tool_stops_the_commit(clone, hooks):
    clone.environment |= hooks.environment
    local = {"id": "intaglio-verify", "name": "intaglio verify", "entry": "intaglio verify --staged", "language": "system",
             "always_run": True, "pass_filenames": False}  # fmt: skip
    clone.write(".pre-commit-config.yaml", yaml.safe_dump({"repos": [{"repo": "local", "hooks": [local]}]}))
    clone.git("add", ".")
    git = Path(shutil.which("git")).parent
    bare = {"PATH": f"{git}:/usr/bin:/bin"}
    said = clone.run(PRE_COMMIT, "run", code=1, environment=bare).said
    assert "Executable `intaglio` not found" in said
    with_tool = {"PATH": f"{Path(sys.executable).parent}:{bare['PATH']}"}
    assert "Passed" in clone.run(PRE_COMMIT, "run", environment=with_tool).said


def test_validate_runs_on_the_staged_python_files(clone, repository):
    """The hook's own line, in the environment of these tests: an environment of its own would install every stage's tools."""
    declared = {hook["id"]: hook for hook in yaml.safe_load((repository / ".pre-commit-hooks.yaml").read_text())}
    hook = {**declared["intaglio-validate"], "language": "system"}
    del hook["additional_dependencies"]
    clone.write(".pre-commit-config.yaml", yaml.safe_dump({"repos": [{"repo": "local", "hooks": [hook]}]}))
    clone.edit("claims.py", *HAND)
    clone.git("add", ".")
    path = {"PATH": f"{Path(sys.executable).parent}:{clone.environment['PATH']}"}
    said = clone.run(PRE_COMMIT, "run", code=1, environment=path).said
    assert "AC101" in said
    clone.git("checkout", "-q", "HEAD", "--", "claims.py")
    clone.edit("claims.py", '"""Coverage."""', '"""What is covered."""')
    clone.git("add", ".")
    assert "Passed" in clone.run(PRE_COMMIT, "run", environment=path).said


def test_the_verify_hook_needs_the_base_package_alone(repository):
    declared = {hook["id"]: hook for hook in yaml.safe_load((repository / ".pre-commit-hooks.yaml").read_text())}
    verify = declared["intaglio-verify"]
    assert verify["always_run"]
    assert not verify["pass_filenames"]
    assert "additional_dependencies" not in verify
    assert declared["intaglio-validate"]["additional_dependencies"] == [".[validate]"]
