"""Faults of machines, disks, clocks and repositories: nothing is lost, nothing false is green, the message says what to do.

The table of docs/faults.md, line by line. What a machine cannot do (mount, another user) is skipped by name.
"""

import contextlib
import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from intaglio.acceptance import accept
from intaglio.config import Settings
from intaglio.lock.check import read_lock_file
from intaglio.lock.file import write_block
from intaglio.lock.journal import pending_journal
from intaglio.lock.paths import lock_path
from intaglio.lock.resolution import Past, resolve
from intaglio.lock.verify import verify
from intaglio.lock.write import drop_entry, finish_journal, follow_entry, settle_entries
from intaglio.workspace import DiskTree


def states(root: Path) -> dict[str, str]:
    return {spec.name: spec.state.value for spec in verify(root, (), Settings(), use_cache=False).specs}


def killed(work, at: str) -> bool:
    """Whether a child that does `work` died before the step of this name."""
    child = os.fork()
    if child == 0:

        def step(name: str) -> None:
            if name == at:
                os.kill(os.getpid(), signal.SIGKILL)

        with contextlib.suppress(BaseException):
            work(step)
        os._exit(0)
    return os.waitpid(child, 0)[1] == signal.SIGKILL


LOCK = lock_path("claims.py")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this platform")
@pytest.mark.parametrize("at", ["journal", f"stage {LOCK}", f"place {LOCK}", "forget"])
def test_killed_while_locks_are_settled(ann, at):
    lock = ann.lock.read_text()
    ann.lock.write_text(f"<<<<<<< ours\n{lock}=======\n{lock}>>>>>>> theirs\n")
    plan = resolve(ann.root, "claims.py", Past.of(ann.root))
    entries = plan.entries
    assert killed(lambda step: settle_entries(ann.root, "claims.py", entries, plan.expected, step=step), at)
    assert set(states(ann.root).values()) <= {"unlocked", "locked"}
    if pending_journal(ann.root) is not None:
        finish_journal(ann.root)
        assert read_lock_file(DiskTree(ann.root), "claims.py").entries == entries
    kept = [place.read_text() for place in (ann.root / ".intaglio" / "store").glob("*.txt")]
    assert ann.lock.read_text() == lock or any("<<<<<<< ours" in text for text in (*kept, ann.lock.read_text()))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this platform")
@pytest.mark.parametrize("at", ["journal", "stage .intaglio/locks/new.py.toml", f"stage {LOCK}",
                                "place .intaglio/locks/new.py.toml", f"place {LOCK}", "forget"])  # fmt: skip
def test_killed_while_a_lock_follows_its_function_to_another_file(ann, at):
    head, body = ann.read().split("# spec: Decide which class a claim belongs to when it is large.")
    ann.write("new.py", "# spec: Decide which class a claim belongs to when it is large." + body)
    ann.write("claims.py", head)
    accepted = accept(ann.root, "followed", "moved")
    assert killed(lambda step: follow_entry(ann.root, "claims.py", "large", "new.py", "large", accepted, step=step), at)
    copies = [read_lock_file(DiskTree(ann.root), path).find("large") for path in ("claims.py", "new.py")]
    assert any(copies)
    if pending_journal(ann.root) is not None:
        finish_journal(ann.root)
        assert set(states(ann.root).values()) == {"locked"}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this platform")
@pytest.mark.parametrize("at", ["journal", f"stage {LOCK}", f"place {LOCK}", "forget"])
def test_killed_while_a_lock_is_dropped(ann, at):
    assert killed(lambda step: drop_entry(ann.root, "claims.py", "large", step=step), at)
    assert set(states(ann.root).values()) <= {"locked", "unlocked"}
    if pending_journal(ann.root) is not None:
        finish_journal(ann.root)
        assert states(ann.root)["large"] == "unlocked"


@pytest.fixture
def small_disk(tmp_path):
    """A file system of one megabyte."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("this machine lets nobody mount a small disk here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=False)


def on_disk(ann, place: Path):
    shutil.copytree(ann.root, place / "work", ignore=shutil.ignore_patterns("cache"))
    ann.root = place / "work"
    return ann


def test_a_full_disk(ann, small_disk):
    ann = on_disk(ann, small_disk)
    ann.rule("middle", 10, 12)
    before, lock = ann.read(), ann.lock.read_text()
    with contextlib.suppress(OSError):
        for number in range(4096):
            (small_disk / f"filler{number}").write_bytes(bytes(1024))
    said = ann.run("compile", code=1)
    assert "No space left on device" in said
    assert (ann.read(), ann.lock.read_text()) == (before, lock)
    assert states(ann.root)["middle"] == "stale"
    for filler in small_disk.glob("filler*"):
        filler.unlink()
    ann.run("compile")
    ann.run("verify")


def test_a_read_only_tree(ann, small_disk):
    ann = on_disk(ann, small_disk)
    ann.rule("middle", 10, 12)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    try:
        assert "2 locked" in ann.run("verify", code=1)
        ann.run("status", "--explain")
        ann.run("log", "claims.py::middle")
        for command in (["compile"], ["lock", "claims.py::small"], ["restore", "claims.py::middle"]):
            assert "Read-only file system" in ann.run(*command, code=None), command
    finally:
        subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)


def test_a_clock_that_goes_backwards(ann):
    ann.edit("LIMIT = 3", "LIMIT = 4")
    past = {"GIT_AUTHOR_DATE": "2001-01-01T00:00:00Z", "GIT_COMMITTER_DATE": "2001-01-01T00:00:00Z"}
    ann.environment |= past
    moved = ann.commit("In the past")
    os.utime(ann.root / "claims.py", (0, 0))
    os.utime(ann.lock, (2**31, 2**31))
    assert "2 locked" in ann.run("verify", code=1)
    assert "2 locked" in ann.run("verify", code=1)  # by the cache, which knows no times
    assert f"since commit {moved[:12]}" in ann.run("status", "--explain")
    assert "First claims" in ann.run("log", "claims.py::small")


@pytest.mark.parametrize(
    ("spoil", "code", "words"),
    [
        (lambda data: data.replace(b"version = 1", b"version = 2"), "LK003", "this Intaglio reads 1"),
        (lambda data: b"\xff\xfe" + data, "LK007", "not UTF-8"),
        (lambda data: data[: len(data) // 2] + b"\x00\xff" + data[len(data) // 2 :], "LK007", "not UTF-8"),
    ],
    ids=["a newer version", "another encoding", "a torn byte"],
)
def test_a_lock_file_that_cannot_be_read_is_never_written_over(ann, spoil, code, words):
    data = spoil(ann.lock.read_bytes())
    ann.lock.write_bytes(data)
    said = ann.run("verify", code=1)
    assert code in said
    assert words in said
    for command in (["lock", "claims.py::small"], ["lock", "--resolve"], ["compile", "--replace", "claims.py::small"]):
        said = ann.run(*command, code=1)
        assert "update Intaglio" in said or "bring it back from git" in said, said
        assert ann.lock.read_bytes() == data, command
    ann.git("checkout", "-q", LOCK)
    ann.run("verify")


def test_source_that_is_not_utf_8(ann):
    data = ann.read().encode().replace(b'"""Claims."""', b'"""Cl\xff\xfeims."""')
    (ann.root / "claims.py").write_bytes(data)
    assert "LK012" in ann.run("verify", code=1)
    assert "claims.py" in ann.run("lock", "--resolve", code=1)
    ann.run("compile", code=1)
    assert (ann.root / "claims.py").read_bytes() == data


def test_doubled_blocks(ann):
    entry = read_lock_file(DiskTree(ann.root), "claims.py").find("middle")
    assert entry is not None
    ann.lock.write_text(ann.lock.read_text() + "\n" + write_block(entry))
    said = ann.run("verify", code=1)
    assert "LK004 middle: it has 2 locks" in said
    assert states(ann.root) == {"small": "locked", "middle": "unlocked", "large": "locked"}
    ann.run("lock", "--resolve")
    assert states(ann.root) == dict.fromkeys(("small", "middle", "large"), "locked")


def test_two_files_that_differ_in_case_are_named(ann):
    ann.write("Claims.py", ann.read())
    shutil.copy(ann.lock, ann.lock.with_name("Claims.py.toml"))
    said = ann.run("verify")
    assert "LK015 Claims.py and claims.py differ in nothing but case" in said


def test_a_name_that_is_too_long_for_its_lock_file(ann):
    name = f"{'n' * 250}.py"
    ann.write(name, ann.read())
    assert "3 unlocked" in ann.run("verify", name, code=1)
    text = ann.read(name)
    said = ann.run("lock", "--adopt", "--reason", "by hand", f"{name}::small", code=1)
    assert "File name too long" in said
    assert ann.read(name) == text
    assert "3 locked" in ann.run("verify", "claims.py")


def test_a_submodule_is_a_workspace_of_its_own(ann, tmp_path):
    outer = tmp_path / "outer"
    outer.mkdir()
    inner, ann.root = ann.root, outer
    ann.git("init", "-q", "-b", "main")
    ann.write("intaglio.toml", "")
    ann.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner), "parts")
    ann.commit("With a part")
    ann.root = outer / "parts"
    assert "3 locked" in ann.run("verify")
    assert "First claims" in ann.run("log", "claims.py::middle")
    ann.edit("    if x > 10:", "    if x > 11:")
    ann.run("verify", code=1)
    ann.run("restore", "claims.py::middle")
    ann.run("verify")
    ann.root = outer
    ann.run("verify", code=None)
    assert not (outer / ".intaglio" / "locks").exists()


def test_nobody_is_told_to_stage_locks_whose_source_is_in_conflict(ann):
    ann.git("checkout", "-q", "-b", "side")
    for branch, word in (("side", "C"), (None, "D")):
        if branch is None:
            ann.git("checkout", "-q", "-")
        ann.edit('return "A"', f'return "{word}"')
        text = ann.lock.read_text()
        ann.lock.write_text(text.replace("[artifact.small]\n", f"[artifact.small]\nx{word} = 1\n"))
        ann.commit(f"Return {word}")
    ann.git("merge", "-q", "side", code=1)
    before = ann.lock.read_text()
    assert "<<<<<<<" in before
    said = ann.run("lock", "--resolve", code=1)
    assert "itself is in conflict; settle it first" in said
    assert "to stage it" not in said
    assert ann.lock.read_text() == before


def test_a_worktree_has_its_own_merge(ann):
    ann.git("worktree", "add", "-q", "-b", "side", "../side")
    main = ann.root
    for root, number in ((main.parent / "side", 12), (main, 14)):
        ann.root = root
        text = ann.lock.read_text()
        ann.lock.write_text(text.replace("[artifact.middle]\n", f"[artifact.middle]\nx{number} = 1\n"))
        ann.commit(f"Spoil {number}")
    ann.git("merge", "-q", "side", code=1)
    assert "LK002" in ann.run("verify", code=1)
    ann.root = main.parent / "side"
    assert "LK005" in ann.run("verify", code=1)
    ann.root = main
    assert Past.of(main).sides.doing == "merge"
    assert Past.of(main.parent / "side").sides is None
    ann.run("lock", "--resolve")
    ann.run("verify")


def test_a_sparse_checkout_loses_no_lock(ann):
    ann.write("helpers/limits.py", "HIGHEST = 3\n")
    ann.write("other/more.py", ann.read().replace("LIMIT = 3", "from helpers.limits import HIGHEST as LIMIT"))
    ann.write("helpers/__init__.py", "")
    ann.run("lock", "--adopt", "--reason", "copied", "other/more.py")
    ann.commit("More")
    assert "6 locked" in ann.run("verify", "--no-cache")
    ann.git("sparse-checkout", "set", "--no-cone", "/*", "!/helpers/", "!/other/")
    assert not (ann.root / "other").exists()
    assert "6 locked" in ann.run("verify", "--no-cache")
    ann.git("sparse-checkout", "set", "--no-cone", "/*", "!/helpers/")
    assert "6 locked" in ann.run("verify", "--no-cache")
    ann.edit("    if x > 10:", "    if x > 11:", "other/more.py")
    ann.run("verify", "--no-cache", code=1)


@pytest.mark.skipif("INTAGLIO_TEST_LARGE" not in os.environ, reason="10,000 artifacts: set INTAGLIO_TEST_LARGE=1")
def test_ten_thousand_artifacts(ann):
    lock, text = ann.lock.read_bytes(), ann.read().encode()
    for number in range(3334):
        folder = f"part{number // 100:02}"
        ann.write(f"{folder}/claims{number}.py", text.decode())
        place = ann.root / lock_path(f"{folder}/claims{number}.py")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(lock)
    ann.commit("Ten thousand")
    assert "10005 locked" in ann.run("verify", "-q", "--no-cache") or "10005 locked" in ann.run("verify")
    ann.edit("    if x > 10:", "    if x > 11:", "part07/claims777.py")
    said = ann.run("verify", code=1)
    assert "part07/claims777.py::middle" in said
    assert "10004 locked" in said
