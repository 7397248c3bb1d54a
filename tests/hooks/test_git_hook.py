"""The plain git hook that `intaglio init --hook` writes: where, when not, and what it stops."""

import os
import shutil
from pathlib import Path

import pytest


def hook_of(repository):
    return repository.root / ".git" / "hooks" / "pre-commit"


def test_a_recompile_passes_with_its_lock_in_the_same_commit_and_not_without(repository):
    repository.intaglio("init", "--hook")
    repository.edit("claims.py", "bmi >= 30 ->", "bmi >= 35 ->")
    repository.edit("claims.py", "decide(False, 31.0) ==", "decide(False, 36.0) ==")
    assert "the spec changed since it was locked" in repository.commit("spec", "-a", code=1).said
    repository.intaglio("compile", "claims.py")
    repository.git("add", "claims.py")
    said = repository.commit("spec", code=1).said
    assert "git add .intaglio/locks/claims.py.toml" in said
    repository.git("add", ".intaglio/locks")
    repository.commit("spec")
    assert repository.commits() == ["spec", "first"]
    repository.intaglio("verify")


def test_it_goes_where_git_looks(repository):
    repository.git("config", "core.hooksPath", ".githooks")
    said = repository.intaglio("init", "--hook").said
    hook = repository.root / ".githooks" / "pre-commit"
    assert str(hook) in said
    assert os.access(hook, os.X_OK)
    assert str(repository.root) not in hook.read_text(), "a hook that is committed names no place of one machine"
    assert not hook_of(repository).exists()
    repository.edit("routes.py", '"normal"\n', '"later"\n')
    assert repository.commit("two", "-a", code=1, environment={"PATH": "/usr/bin:/bin"}).code == 1


def test_another_hook_is_left_as_it_is_and_the_line_is_said(repository):
    other = "#!/bin/sh\necho mine\n"
    hook_of(repository).write_text(other)
    said = repository.intaglio("init", "--hook", code=1).said
    assert "intaglio verify --staged --quiet || exit 1" in said
    assert hook_of(repository).read_text() == other
    hook_of(repository).write_text(other + "intaglio verify --staged --quiet || exit 1\n")
    hook_of(repository).chmod(0o755)
    assert "kept     " in repository.intaglio("init", "--hook").said


def test_a_commented_line_or_a_hook_that_cannot_run_is_no_hook(repository):
    hook_of(repository).write_text("#!/bin/sh\n# intaglio verify --staged\n")
    repository.intaglio("init", "--hook", code=1)
    hook_of(repository).unlink()
    hook_of(repository).symlink_to("nowhere")
    repository.intaglio("init", "--hook", code=1)


def test_written_twice_is_written_once(repository):
    repository.intaglio("init", "--hook")
    before = hook_of(repository).read_text()
    assert "kept     " in repository.intaglio("init", "--hook").said
    assert hook_of(repository).read_text() == before


def test_a_missing_tool_stops_the_commit_with_the_line_to_run(repository):
    repository.intaglio("init", "--hook")
    program = next(line.split()[1] for line in hook_of(repository).read_text().splitlines() if "exec" in line)
    hook_of(repository).write_text(hook_of(repository).read_text().replace(program, "/nowhere/intaglio"))
    git = Path(shutil.which("git")).parent
    if shutil.which("intaglio", path=f"{git}:/bin"):
        pytest.fail("this test needs a PATH with git and without intaglio")
    repository.edit("notes.txt", "one", "two")
    said = repository.commit("two", "-a", code=1, environment={"PATH": f"{git}:/usr/bin:/bin"}).said
    assert "pip install intaglio" in said
    assert repository.commits() == ["first"]


def test_without_git_it_says_so(tmp_path, repository):
    folder = tmp_path / "plain"
    folder.mkdir()
    said = repository.intaglio("init", "--hook", code=2, cwd=folder).said
    assert "--hook needs a git repository" in said
