"""The plain git hook that `intaglio init --hook` writes: where, when not, and what it stops."""

import os
import shutil
from pathlib import Path

import pytest


def hook_of(clone):
    return clone.root / ".git" / "hooks" / "pre-commit"


def test_a_recompile_passes_with_its_lock_in_the_same_commit_and_not_without(clone):
    clone.intaglio("init", "--hook")
    clone.edit("claims.py", "bmi >= 30 ->", "bmi >= 35 ->")
    clone.edit("claims.py", "decide(False, 31.0) ==", "decide(False, 36.0) ==")
    assert "the spec changed since it was locked" in clone.commit("spec", "-a", code=1).said
    clone.intaglio("compile", "claims.py")
    clone.git("add", "claims.py")
    said = clone.commit("spec", code=1).said
    assert "git add .intaglio/locks/claims.py.toml" in said
    clone.git("add", ".intaglio/locks")
    clone.commit("spec")
    assert clone.commits() == ["spec", "first"]
    clone.intaglio("verify")


def test_it_goes_where_git_looks(clone):
    clone.git("config", "core.hooksPath", ".githooks")
    said = clone.intaglio("init", "--hook").said
    hook = clone.root / ".githooks" / "pre-commit"
    assert str(hook) in said
    assert os.access(hook, os.X_OK)
    assert str(clone.root) not in hook.read_text(), "a hook that is committed names no place of one machine"
    assert not hook_of(clone).exists()
    clone.edit("routes.py", '"normal"\n', '"later"\n')
    assert clone.commit("two", "-a", code=1, environment={"PATH": "/usr/bin:/bin"}).code == 1


def test_another_hook_is_left_as_it_is_and_the_line_is_said(clone):
    other = "#!/bin/sh\necho mine\n"
    hook_of(clone).write_text(other)
    said = clone.intaglio("init", "--hook", code=1).said
    assert "intaglio verify --staged --quiet || exit 1" in said
    assert hook_of(clone).read_text() == other
    hook_of(clone).write_text(other + "intaglio verify --staged --quiet || exit 1\n")
    hook_of(clone).chmod(0o755)
    assert "kept     " in clone.intaglio("init", "--hook").said


def test_a_commented_line_or_a_hook_that_cannot_run_is_no_hook(clone):
    hook_of(clone).write_text("#!/bin/sh\n# intaglio verify --staged\n")
    clone.intaglio("init", "--hook", code=1)
    hook_of(clone).unlink()
    hook_of(clone).symlink_to("nowhere")
    clone.intaglio("init", "--hook", code=1)


def test_written_twice_is_written_once(clone):
    clone.intaglio("init", "--hook")
    before = hook_of(clone).read_text()
    assert "kept     " in clone.intaglio("init", "--hook").said
    assert hook_of(clone).read_text() == before


def test_a_missing_tool_stops_the_commit_with_the_line_to_run(clone):
    clone.intaglio("init", "--hook")
    program = next(line.split()[1] for line in hook_of(clone).read_text().splitlines() if "exec" in line)
    hook_of(clone).write_text(hook_of(clone).read_text().replace(program, "/nowhere/intaglio"))
    git = Path(shutil.which("git")).parent
    if shutil.which("intaglio", path=f"{git}:/bin"):
        pytest.fail("this test needs a PATH with git and without intaglio")
    clone.edit("notes.txt", "one", "two")
    said = clone.commit("two", "-a", code=1, environment={"PATH": f"{git}:/usr/bin:/bin"}).said
    assert "pip install intaglio" in said
    assert clone.commits() == ["first"]


def test_without_git_it_says_so(tmp_path, clone):
    folder = tmp_path / "plain"
    folder.mkdir()
    said = clone.intaglio("init", "--hook", code=2, cwd=folder).said
    assert "--hook needs a git repository" in said
