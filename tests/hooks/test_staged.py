"""`verify --staged`: what the next commit would hold, in every state that git can be in. Real repositories."""

import shutil

import pytest

HAND = ('return "DENY"', 'return "APPROVE"')


def test_nothing_staged_is_nothing_to_refuse(clone):
    clone.edit("claims.py", *HAND)
    assert "0 specs" in clone.verify()


def test_a_hand_edit_is_told_in_words_with_three_ways_on(clone):
    clone.edit("claims.py", *HAND)
    clone.git("add", "claims.py")
    said = clone.verify(code=1)
    assert "drifted" in said
    assert "the body was changed by hand" in said
    assert '-    return "DENY"' in said
    assert '+    return "APPROVE"' in said
    assert "recompile:  intaglio compile --replace claims.py::decide" in said
    assert 'adopt:      intaglio lock --adopt --reason "WHY" claims.py::decide' in said
    assert "restore:    intaglio restore claims.py::decide" in said


def test_of_a_partly_staged_file_what_is_staged_counts(clone):
    clone.edit("claims.py", '"""Coverage."""', '"""What is covered."""')
    clone.git("add", "claims.py")
    clone.edit("claims.py", *HAND)  # beside it on disk, and not staged
    assert "1 locked" in clone.verify()
    clone.git("add", "claims.py")
    clone.git("checkout", "-q", "HEAD", "--", "claims.py")
    assert "0 specs" in clone.verify()
    clone.edit("claims.py", *HAND)
    clone.git("add", "claims.py")
    clone.write("claims.py", clone.git("show", "HEAD:claims.py").said)
    assert "drifted" in clone.verify(code=1)


@pytest.mark.parametrize(
    ("path", "old", "new", "reason"),
    [
        ("limits.py", "100.0", "90.0", "the definition highest in limits.py changed"),
        ("data/reviewed.jsonl", "29.0", "28.0", "the golden file data/reviewed.jsonl changed"),
        (".intaglio/templates/functions/own.py", "A plain function", "A function", "the template own changed"),
        ("claims.py", "bmi >= 30 ->", "bmi >= 35 ->", "the spec changed"),
        (".intaglio/locks/claims.py.toml", 'backend = "rules"', 'backend = "hand"', "never validated together"),
    ],
)
def test_each_input_is_read_from_the_index_and_not_from_the_disk(clone, path, old, new, reason):
    before = clone.read(path)
    if old not in before:
        pytest.fail(f"{path} holds no {old!r}")
    clone.edit(path, old, new)
    clone.git("add", path)
    clone.write(path, before)  # on disk all is well
    clone.intaglio("verify")
    said = clone.verify(code=1)
    assert "claims.py::decide" in said
    assert reason in said
    assert "routes.py" not in said
    assert "stage it:" in said, "what the disk holds matches, so staging it is the way on"
    assert f"git add {path}" in said
    clone.git("add", path)
    clone.verify()


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [("limits.py", "100.0", "90.0"), (".intaglio/templates/functions/own.py", "A plain function", "A function")],
)
def test_what_is_changed_on_disk_alone_is_left_alone(clone, path, old, new):
    clone.edit(path, old, new)
    clone.edit("claims.py", '"""Coverage."""', '"""What is covered."""')
    clone.git("add", "claims.py")
    assert "1 locked" in clone.verify()
    clone.place(path).unlink()
    assert "1 locked" in clone.verify()


def test_settings_are_those_that_are_staged(clone):
    clone.write(
        "more.py", "# spec: Return twice x.\n# example: twice(1) == 2\ndef twice(x: int) -> int:\n    return 2 * x\n"
    )
    clone.write("intaglio.toml", "require-locks = false\n")
    clone.git("add", "more.py")
    assert "unlocked" in clone.verify(code=1)
    clone.git("add", "intaglio.toml")
    clone.write("intaglio.toml", "nonsense = 1\n")
    clone.verify()


def test_a_new_file_that_is_found_before_another_is_noticed(clone):
    clone.write("limits/__init__.py", "def highest() -> float:\n    return 10.0\n")
    clone.git("add", "limits")
    assert "the definition highest" in clone.verify(code=1)
    clone.git("rm", "-rqf", "limits")
    own = clone.read(".intaglio/templates/functions/own.py")
    clone.write(".intaglio/templates/functions/function.py", own.replace("A plain function", "A function"))
    clone.git("add", ".intaglio/templates")
    assert "the template function changed" in clone.verify(code=1)


def test_renames_and_deletions(clone):
    clone.git("mv", "claims.py", "coverage.py")
    said = clone.verify(code=1)
    assert "orphaned  claims.py::decide" in said
    assert "it looks like coverage.py::decide now" in said
    assert "follow:     intaglio lock --follow" in said
    clone.intaglio("lock", "--follow", "--reason", "renamed")
    clone.git("add", "-A")
    assert "locked    coverage.py::decide" in clone.verify()
    clone.commit("renamed")
    clone.git("rm", "-q", "coverage.py")
    assert "orphaned" in clone.verify(code=1)
    clone.git("rm", "-q", ".intaglio/locks/coverage.py.toml")
    clone.verify()
    clone.git("reset", "-q", "--hard")
    clone.git("rm", "-q", "limits.py")
    assert "coverage.py::decide" in clone.verify(code=1)
    clone.git("reset", "-q", "--hard")
    clone.git("rm", "-q", ".intaglio/locks/routes.py.toml")
    assert "unlocked  routes.py::route" in clone.verify(code=1)


def test_the_first_commit_of_a_repository(clone):
    shutil.rmtree(clone.root / ".git")
    clone.git("init", "-q")
    assert "0 specs" in clone.verify()
    clone.git("add", ".")
    assert "2 locked" in clone.verify()
    clone.edit("routes.py", '"normal"\n', '"later"\n')
    clone.git("rm", "-q", "--cached", ".intaglio/locks/claims.py.toml")
    said = clone.verify(code=1)
    assert "unlocked  claims.py::decide" in said


def branches(clone):
    """`main` and `other` with a change each, in different files that one lock stands on."""
    clone.git("checkout", "-qb", "other")
    clone.edit("claims.py", "bmi >= 30 ->", "bmi >= 35 ->")
    clone.edit("claims.py", "decide(False, 31.0) ==", "decide(False, 36.0) ==")
    clone.intaglio("compile", "claims.py")
    clone.git("add", ".")
    clone.verify()
    clone.commit("other")
    clone.git("checkout", "-q", "main")
    clone.edit("limits.py", "100.0", "90.0")
    clone.intaglio("lock", "claims.py", "--reason", "a lower limit")
    clone.git("add", ".")
    clone.verify()
    clone.commit("main")


def test_a_merge_in_progress(clone):
    branches(clone)
    clone.git("merge", "-q", "--no-commit", "other", code=1)
    said = clone.verify(code=1)
    assert ".intaglio/locks/claims.py.toml: error LK206 git has it unmerged" in said
    clone.git("checkout", "--theirs", ".intaglio/locks/claims.py.toml")
    clone.git("add", ".intaglio/locks/claims.py.toml")
    said = clone.verify(code=1)  # their lock knows nothing of our limit
    assert "the definition highest in limits.py changed" in said
    clone.intaglio("lock", "claims.py", "--reason", "merged")
    clone.git("add", ".")
    assert "1 locked" in clone.verify()
    clone.git("commit", "-q", "--no-edit")


def test_a_rebase_in_progress(clone):
    branches(clone)
    clone.git("checkout", "-q", "other")
    clone.git("rebase", "-q", "main", code=1)
    assert "LK206" in clone.verify(code=1)
    clone.intaglio("lock", "claims.py", "--reason", "rebased")
    clone.git("add", ".")
    assert "1 locked" in clone.verify()
    clone.git("-c", "core.editor=true", "rebase", "--continue")
    clone.intaglio("verify")


def test_intent_to_add_is_not_staged_and_everything_taken_out_is_nothing_left(clone):
    clone.write("more.py", "# spec: Return twice x.\n# example: twice(1) == 2\ndef twice(x: int) -> int: ...\n")
    clone.git("add", "-N", "more.py")
    assert "0 specs" in clone.verify()
    clone.git("rm", "-rqf", "--cached", ".")
    assert "0 specs" in clone.verify()


def test_a_link_in_the_index_is_followed_inside_and_not_outside(clone):
    clone.git("mv", "limits.py", "real.py")
    clone.place("limits.py").symlink_to("real.py")
    clone.git("add", ".")
    assert "locked    claims.py::decide" in clone.verify()
    clone.place("limits.py").unlink()
    clone.place("limits.py").symlink_to("/etc/hostname")
    clone.git("add", ".")
    assert "stale" in clone.verify(code=1)


def test_a_workspace_in_a_subfolder_is_verified_from_the_top(in_subfolder):
    in_subfolder.write("claims.py", in_subfolder.read("claims.py").replace(*HAND))
    in_subfolder.git("add", ".")
    said = in_subfolder.verify(code=1)
    assert "drifted   back end/claims.py::decide" in said
    assert "restore:    intaglio restore 'back end/claims.py::decide'" in said
    in_subfolder.intaglio("restore", "back end/claims.py::decide")
    in_subfolder.git("add", ".")
    in_subfolder.verify()
    in_subfolder.edit("limits.py", "100.0", "90.0")
    in_subfolder.git("add", ".")
    assert "stale" in in_subfolder.verify(code=1)
    assert "stale" in in_subfolder.verify(code=1, cwd=in_subfolder.root / in_subfolder.folder)
    in_subfolder.git("stash", "-q")
    assert "2 locked" in in_subfolder.intaglio("verify").said


@pytest.mark.parametrize("bare", [False, True])
def test_a_commit_in_a_linked_worktree(in_subfolder, tmp_path, bare):
    """Git names such a hook its own folder and not the top: any subfolder would be taken for the top."""
    source = in_subfolder.root
    if bare:
        in_subfolder.git("clone", "-q", "--bare", source, tmp_path / "bare.git", cwd=tmp_path)
        source = tmp_path / "bare.git"
    in_subfolder.git("worktree", "add", "-q", tmp_path / "linked tree", "-b", "linked", cwd=source)
    in_subfolder.root = tmp_path / "linked tree"
    in_subfolder.intaglio("init", "--hook", in_subfolder.folder)
    in_subfolder.git("add", ".")
    in_subfolder.edit("claims.py", *HAND)
    assert "back end/claims.py::decide" in in_subfolder.commit("two", "-a", code=1).said
    in_subfolder.intaglio("restore", "back end/claims.py::decide")
    in_subfolder.edit("claims.py", '"""Coverage."""', '"""What is covered."""')
    in_subfolder.commit("two", "-a")
    assert in_subfolder.commits() == ["two", "first"]


def test_commit_of_everything_and_of_one_path_have_an_index_of_their_own(clone):
    clone.intaglio("init", "--hook")
    clone.edit("claims.py", *HAND)
    clone.edit("routes.py", '"normal"\n', '"later"\n')
    assert "drifted" in clone.commit("two", "-a", code=1).said
    assert "drifted" in clone.commit("two", "claims.py", code=1).said
    clone.git("checkout", "-q", "routes.py", "claims.py")
    clone.edit("claims.py", *HAND)
    clone.git("add", "claims.py")
    clone.edit("notes.txt", "one", "two")
    clone.commit("notes", "notes.txt")  # what is staged beside it is no part of this commit
    assert clone.commits() == ["notes", "first"]
    assert "drifted" in clone.commit("rest", code=1).said
