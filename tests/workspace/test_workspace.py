"""The workspace: its root, its files, and what is read of them."""

import os
import subprocess
from pathlib import Path

import pytest

from intaglio.repository import IndexTree, staged_changes
from intaglio.workspace import (
    DiskTree,
    WorkspaceError,
    expand_paths,
    find_root,
    list_files,
    list_paths,
    read_text,
    relative_path,
)


def write(root: Path, *paths: str) -> None:
    for path in paths:
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(f"# {path}\n".replace("\n", " ") + "\n", encoding="utf-8")


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments], cwd=root, check=True)


@pytest.mark.parametrize(
    ("marks", "start", "root"),
    [
        (["a/.intaglio/x", "a/b/pyproject.toml", ".git/x"], "a/b/c", "a"),
        (["a/intaglio.toml", "a/b/.git/x"], "a/b/c", "a/b"),
        ([".intaglio/x", "a/intaglio.toml", "a/b/pyproject.toml"], "a/b/c", "a"),
        (["a/.git/x"], "a/b/c", "a"),
        (["a/b/c/x.py"], "a/b/c/x.py", "a/b/c"),
        (["a/.git"], "a/b", "a"),
    ],
)
def test_root(tmp_path: Path, marks: list[str], start: str, root: str) -> None:
    (tmp_path / "a/b/c").mkdir(parents=True)
    write(tmp_path, *marks)
    assert find_root(tmp_path / start) == tmp_path / root


@pytest.mark.parametrize(
    ("text", "is_root"),
    [
        ("[tool.intaglio]\n", True),
        ("[tool.other]\nname = 'intaglio'\n", False),
        ("[tool.intaglio]\nbroken", True),
        ("", False),
    ],
)
def test_a_project_file_is_a_mark_only_with_our_table(tmp_path: Path, text: str, is_root: bool) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    (tmp_path / "a/pyproject.toml").write_text(text)
    assert find_root(tmp_path / "a/b") == (tmp_path / "a" if is_root else tmp_path)


def test_without_git_hidden_and_installed_folders_are_left_out(tmp_path: Path) -> None:
    write(tmp_path, "a.py", "b/c.py", "b/.hidden/d.py", ".e/f.py", "node_modules/g.py", "venv/pyvenv.cfg", "venv/lib/h.py",
          "b/__pycache__/i.py", "b/notes.txt", ".intaglio/templates/functions/j.py", "z/ünï 🦀.py", "z/line\nbreak.py")  # fmt: skip
    assert list_paths(tmp_path) == ("a.py", "b/c.py", "z/line\nbreak.py", "z/ünï 🦀.py")
    assert list_files(tmp_path)[0] == tmp_path / "a.py"


def test_in_git_tracked_and_unignored_files_count(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    write(
        tmp_path, "a.py", "ignored.py", "build/b.py", "new/ünï 🦀.py", "new/line\nbreak.py", "gone.py", ".hidden/c.py"
    )
    (tmp_path / ".gitignore").write_text("ignored.py\nbuild/\n")
    git(tmp_path, "add", "a.py", "gone.py")
    (tmp_path / "gone.py").unlink()
    assert list_paths(tmp_path) == (".hidden/c.py", "a.py", "new/line\nbreak.py", "new/ünï 🦀.py")
    write(tmp_path, "sub/x.py")
    assert list_paths(tmp_path / "sub") == ("x.py",)


def test_include_and_exclude(tmp_path: Path) -> None:
    write(tmp_path, "a.py", "src/b.py", "src/deep/c.py", "tests/d.py")
    assert list_paths(tmp_path, include=("src/*",)) == ("src/b.py", "src/deep/c.py")
    assert list_paths(tmp_path, exclude=("tests/",)) == ("a.py", "src/b.py", "src/deep/c.py")
    assert list_paths(tmp_path, include=("src/",), exclude=("*/deep/*",)) == ("src/b.py",)


@pytest.mark.parametrize("in_git", [False, True])
def test_links_out_of_the_tree_are_not_followed(tmp_path: Path, in_git: bool) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    write(outside, "secret.py", "more/deep.py")
    write(root, "a.py", "real/b.py")
    (root / "link.py").symlink_to(outside / "secret.py")
    (root / "folder").symlink_to(outside / "more")
    (root / "inside.py").symlink_to("real/b.py")
    (root / "loop.py").symlink_to("loop.py")
    if in_git:
        git(root, "init", "-q")
    assert list_paths(root) == ("a.py", "inside.py", "real/b.py")
    tree = DiskTree(root)
    assert tree.read("link.py") is None
    assert tree.read("folder/deep.py") is None
    assert tree.read("../outside/secret.py") is None
    assert tree.read("loop.py") is None
    assert tree.read("inside.py") == tree.read("real/b.py") != None  # noqa: E711 - a chain of comparisons


def test_what_is_no_plain_file_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "folder.py").mkdir()
    tree = DiskTree(tmp_path)
    assert [tree.read(name) for name in ("pipe.py", "folder.py", "none.py", "nul\0.py", "a.py/b.py")] == [None] * 5


def test_open_texts_win_over_the_disk(tmp_path: Path) -> None:
    write(tmp_path, "a.py")
    tree = DiskTree(tmp_path, {"a.py": "é", "new.py": "x"})
    assert tree.read("a.py") == "é".encode()
    assert read_text(tree, "new.py") == "x"


def test_relative_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "real/a.py")
    (tmp_path / "link").symlink_to("real")
    assert relative_path(tmp_path, tmp_path / "real" / ".." / "real" / "a.py") == "real/a.py"
    assert relative_path(tmp_path / "link", tmp_path / "real" / "a.py") == "a.py"
    monkeypatch.chdir(tmp_path / "real")
    assert relative_path(tmp_path, Path("a.py")) == "real/a.py"
    with pytest.raises(WorkspaceError, match="outside the workspace"):
        relative_path(tmp_path / "real", tmp_path / "b.py")


def test_expanding_paths(tmp_path: Path) -> None:
    write(tmp_path, "a.py", "b/c.py", "b/d.py", "script")
    assert expand_paths(tmp_path, [tmp_path / "b", tmp_path / "a.py", tmp_path / "b/c.py"]) == (
        "b/c.py",
        "b/d.py",
        "a.py",
    )
    assert expand_paths(tmp_path, [tmp_path]) == ("a.py", "b/c.py", "b/d.py")
    with pytest.raises(WorkspaceError, match="there is no file or folder"):
        expand_paths(tmp_path, [tmp_path / "none.py"])


def test_the_index(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    write(tmp_path, "ünï 🦀.py", "line\nbreak.py", "b.py")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "one")
    assert staged_changes(tmp_path) == {}
    (tmp_path / "b.py").write_text("staged\n")
    git(tmp_path, "add", "b.py")
    (tmp_path / "b.py").write_text("on disk\n")
    git(tmp_path, "rm", "-q", "line\nbreak.py")
    tree = IndexTree(tmp_path)
    assert staged_changes(tmp_path) == {"b.py": "M", "line\nbreak.py": "D"}
    assert tree.read("b.py") == b"staged\n"
    assert tree.read("line\nbreak.py") is None
    fresh = IndexTree(tmp_path)
    fresh.preload(["b.py", "ünï 🦀.py", "none.py"])
    assert [fresh.read(path) for path in tree.paths()] == [tree.read(path) for path in tree.paths()]
    assert tree.paths() == ("b.py", "ünï 🦀.py")
    assert tree.read("ünï 🦀.py") is not None


def test_git_that_fails_is_told(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="git diff failed"):
        staged_changes(tmp_path)


@pytest.mark.parametrize("data", [b"\xff", b"a\0b", b"# coding: nonsense\n"])
def test_what_cannot_be_decoded_has_no_text(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.py").write_bytes(data)
    assert read_text(DiskTree(tmp_path), "a.py") is None
