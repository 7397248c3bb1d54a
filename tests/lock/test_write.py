"""Writing: all or nothing, at any kill, with full disks and with two writers; nothing false is ever green."""

import base64
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from intaglio.config import Settings
from intaglio.lock.check import check_file, read_lock_file
from intaglio.lock.journal import WriteOvertaken, WriteStopped, pending_journal
from intaglio.lock.model import Accepted, Entry, Present, State
from intaglio.lock.paths import STORE_FOLDER, lock_path
from intaglio.lock.store import find_suite, in_store, place_suite
from intaglio.lock.verify import verify
from intaglio.lock.write import commit_artifact, discard_journal, drop_entry, finish_journal, follow_entry
from intaglio.spec import read_specs
from intaglio.workspace import DiskTree

NEW_BODY = ("    return norm(x * 2)", "    total = norm(x)\n    return total + total")
STEPS = ["store", "journal", "stage claims.py", f"stage {lock_path('claims.py')}",
         "place claims.py", f"place {lock_path('claims.py')}", "forget"]  # fmt: skip
DRIVER = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from conftest import Workspace, entry_of
from intaglio.lock.write import commit_artifact
workspace = Workspace(Path(sys.argv[2]))
text = workspace.read("claims.py")
new = text.replace(*eval(sys.argv[3]))
entry = entry_of(workspace.present(sys.argv[4], text=new))
def step(name):
    print(name, flush=True)
    if name == sys.argv[5]:
        os.kill(os.getpid(), signal.SIGKILL)
commit_artifact(workspace.root, "claims.py", sys.argv[4], text, new, entry, step=step)
"""


def drive(workspace, name: str, body: tuple[str, str], kill_at: str = "") -> subprocess.Popen[str]:
    here = str(Path(__file__).parent)
    arguments = [sys.executable, "-c", DRIVER, here, str(workspace.root), repr(body), name, kill_at]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)


def commit(workspace, make_entry: Callable[[Present], Entry], name: str = "double", body=NEW_BODY, **options) -> str:
    text = workspace.read("claims.py")
    new = text.replace(*body)
    entry = make_entry(workspace.present(name, text=new))
    return commit_artifact(workspace.root, "claims.py", name, text, new, entry, **options)


def suite_of(workspace, name: str) -> str:
    return workspace.present(name).suite


def passed(workspace) -> bool:
    return verify(workspace.root, (), Settings(), use_cache=False).passed


def test_a_commit_writes_source_and_lock(workspace, make_entry) -> None:
    steps: list[str] = []
    written = commit(workspace, make_entry, step=steps.append)
    assert steps == STEPS
    assert workspace.read("claims.py") == written
    assert NEW_BODY[1] in written
    assert workspace.state("double").state is State.LOCKED
    assert workspace.state("triple").state is State.UNLOCKED
    assert pending_journal(workspace.root) is None
    assert not list(workspace.root.rglob("*.new"))


@pytest.mark.parametrize("kill_at", STEPS)
@pytest.mark.parametrize("locked_before", [False, True])
def test_killed_at_any_step_nothing_is_lost_and_nothing_false_is_green(
    workspace, kill_at: str, locked_before: bool
) -> None:
    if locked_before:
        workspace.lock()
    old_text = workspace.read("claims.py")
    old_suite = suite_of(workspace, "double")
    process = drive(workspace, "double", NEW_BODY, kill_at)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    new_text = old_text.replace(*NEW_BODY)
    text = workspace.read("claims.py")
    assert text in (old_text, new_text)
    state = workspace.state("double").state
    entry = read_lock_file(DiskTree(workspace.root), "claims.py").find("double")
    if state is State.LOCKED:
        assert entry is not None
        assert entry.inputs == workspace.present("double").inputs
    else:
        assert state in {State.UNLOCKED, State.DRIFTED}
    assert locked_before is False or workspace.state("triple").state is State.LOCKED
    journal = pending_journal(workspace.root)
    if text == new_text:
        assert find_suite(workspace.root, "claims.py", "double", workspace.present("double").inputs.body)
        assert state is State.LOCKED or journal is not None
    if journal is None:
        assert kill_at in {"store", "journal"}
        return
    assert (journal.path, journal.name) == ("claims.py", "double")
    assert not passed(workspace) or state is State.LOCKED
    finish_journal(workspace.root)
    assert workspace.read("claims.py") == new_text
    assert workspace.state("double").state is State.LOCKED
    assert pending_journal(workspace.root) is None
    assert not list(workspace.root.rglob("*.new"))
    old = workspace.present("double", text=old_text).inputs.body
    found = find_suite(workspace.root, "claims.py", "double", old)
    assert found is not None
    assert found.suite == old_suite


def test_a_journal_can_be_discarded_and_blocks_writers_until_then(workspace, make_entry) -> None:
    process = drive(workspace, "double", NEW_BODY, f"place {lock_path('claims.py')}")
    process.communicate()
    with pytest.raises(WriteStopped, match="cut short"):
        commit(workspace, make_entry, "triple", ("return x * 3", "return 3 * x"))
    report = verify(workspace.root, (), Settings(), use_cache=False)
    assert "LK010" in [finding.code for _, finding in report.findings]
    assert discard_journal(workspace.root) is not None
    assert workspace.state("double").state is State.UNLOCKED
    commit(workspace, make_entry, "triple", ("return x * 3", "return 3 * x"))
    assert workspace.state("triple").state is State.LOCKED


def test_a_journal_is_not_finished_over_a_later_edit(workspace) -> None:
    drive(workspace, "double", NEW_BODY, "place claims.py").communicate()
    workspace.edit("claims.py", "LIMIT = 3", "LIMIT = 4")
    edited = workspace.read("claims.py")
    with pytest.raises(WriteOvertaken, match="changed since"):
        finish_journal(workspace.root)
    assert workspace.read("claims.py") == edited
    discard_journal(workspace.root)
    assert workspace.read("claims.py") == edited


def test_a_torn_journal_is_told_and_discarded(workspace) -> None:
    drive(workspace, "double", NEW_BODY, "place claims.py").communicate()
    (workspace.root / STORE_FOLDER / "journal.json").write_bytes(b'{"path": ')
    with pytest.raises(WriteOvertaken, match="cannot be read"):
        finish_journal(workspace.root)
    discard_journal(workspace.root)
    assert pending_journal(workspace.root) is None


@pytest.mark.parametrize("aim", ["../aim.py", "{tmp}/aim.py", ".git/hooks/pre-commit", "link.py", "elsewhere.py"])
def test_a_journal_that_someone_planted_writes_nothing(workspace, tmp_path, aim: str) -> None:
    (workspace.root / "link.py").symlink_to(tmp_path / "aim.py")
    aim = aim.format(tmp=tmp_path)
    change = {"path": aim, "before": None, "after": base64.b64encode(b"print('mine')\n").decode()}
    named = "claims.py" if aim == "elsewhere.py" else aim
    journal = json.dumps({"path": named, "name": "double", "changes": [change]})
    workspace.write(f"{STORE_FOLDER}/journal.json", journal)
    with pytest.raises(WriteOvertaken):
        finish_journal(workspace.root)
    assert not (workspace.root / aim).exists()
    assert not (tmp_path / "aim.py").exists()


def test_two_writers_lose_nothing(workspace) -> None:
    bodies = {"double": NEW_BODY, "triple": ("return x * 3", "return 3 * x")}
    for _ in range(3):
        running = [drive(workspace, name, body) for name, body in bodies.items()]
        for process in running:
            process.communicate()
        assert [process.returncode for process in running] == [0, 0]
        states = {state.name: state.state for state in workspace.states()}
        assert states == {"double": State.LOCKED, "triple": State.LOCKED}
        bodies = {name: (body[1], body[0]) for name, body in bodies.items()}


def test_eight_writers_on_one_file(workspace) -> None:
    functions = "".join(
        f"\n\n# spec: Decide case {n} of it.\ndef f{n}(x: int) -> int:\n    return x + {n}\n" for n in range(8)
    )
    workspace.write("claims.py", functions)
    running = [drive(workspace, f"f{n}", (f"return x + {n}\n", f"return {n} + x\n")) for n in range(8)]
    for process in running:
        process.communicate()
    assert [process.returncode for process in running] == [0] * 8
    assert {state.state for state in workspace.states()} == {State.LOCKED}
    assert passed(workspace)


def test_edits_elsewhere_are_kept(workspace, make_entry) -> None:
    text = workspace.read("claims.py")
    new = text.replace(*NEW_BODY)
    entry = make_entry(workspace.present("double", text=new))
    workspace.write("claims.py", "# ünicode 🦀\n" + text.replace("return x * 3", "return 3 * x") + "\nMORE = 1\n")
    written = commit_artifact(workspace.root, "claims.py", "double", text, new, entry)
    assert written == "# ünicode 🦀\n" + new.replace("return x * 3", "return 3 * x") + "\nMORE = 1\n"
    assert workspace.read("claims.py") == written
    assert workspace.state("double").state is State.LOCKED


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("claims.py", "norm(x * 2)", "norm(x * 2) + 0"),
        ("claims.py", "Pay twice", "Pay thrice"),
        ("claims.py", "def double(x: int)", "def double(x: float)"),
        ("claims.py", "LIMIT = 3", "LIMIT = 4"),
        ("helpers.py", "return x", "return -x"),
        ("claims.py", "from helpers import norm", "from helpers import unused as norm"),
        ("claims.py", "def double", "def other"),
    ],
)
def test_what_changed_meanwhile_stops_the_write(workspace, make_entry, path: str, old: str, new: str) -> None:
    text = workspace.read("claims.py")
    filled = text.replace(*NEW_BODY)
    entry = make_entry(workspace.present("double", text=filled))
    workspace.edit(path, old, new)
    before = {name: workspace.read(name) for name in ("claims.py", "helpers.py")}
    with pytest.raises(WriteStopped):
        commit_artifact(workspace.root, "claims.py", "double", text, filled, entry)
    assert {name: workspace.read(name) for name in before} == before
    assert not (workspace.root / lock_path("claims.py")).exists()
    assert pending_journal(workspace.root) is None


def test_an_edit_between_rereading_and_writing_stops_the_write(workspace, make_entry) -> None:
    def step(name: str) -> None:
        if name == f"stage {lock_path('claims.py')}":
            workspace.edit("claims.py", "LIMIT = 3", "LIMIT = 33")

    with pytest.raises(WriteStopped, match="last moment"):
        commit(workspace, make_entry, step=step)
    assert "LIMIT = 33" in workspace.read("claims.py")
    assert NEW_BODY[1] not in workspace.read("claims.py")


def test_an_entry_for_another_body_is_refused(workspace, make_entry) -> None:
    text = workspace.read("claims.py")
    entry = make_entry(workspace.present("double"))
    with pytest.raises(WriteStopped, match="not the one that was validated"):
        commit_artifact(workspace.root, "claims.py", "double", text, text.replace(*NEW_BODY), entry)


@pytest.mark.parametrize("note", ["# locked: 123456789abc", "# locked: -", "# locked: a\n#   b"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_note_for_readers_is_written_with_the_lock(workspace, make_entry, note: str, newline: str) -> None:
    """And is of no account: the lock holds before and after. A spec without the line gets none."""
    workspace.edit("claims.py", "# example: double(LIMIT) == 6", f"# example: double(LIMIT) == 6\n{note}")
    workspace.write("claims.py", workspace.read("claims.py").replace("\n", newline))
    written = commit(workspace, make_entry, body=NEW_BODY if newline == "\n" else (" * 2)", " * 2 )"))
    assert workspace.state("double").state is State.LOCKED
    entry = read_lock_file(DiskTree(workspace.root), "claims.py").find("double")
    said = f"# locked: {entry.inputs.body[2:14]}{newline}def double"
    assert said in written == workspace.read("claims.py")
    assert written.count("locked:") == 1
    assert not check_file(workspace.materials, "claims.py").findings


def test_line_endings_marks_and_encodings_stay(workspace, make_entry) -> None:
    text = workspace.read("claims.py").replace("Twice", "Tvåfalt").replace("\n", "\r\n")
    data = b"# coding: latin-1\r\n" + text.encode("latin-1")
    (workspace.root / "claims.py").write_bytes(data)
    full = data.decode("latin-1")
    body = (NEW_BODY[0], NEW_BODY[1].replace("\n", "\r\n"))
    new = full.replace(*body)
    entry = make_entry(workspace.present("double", text=new.replace("coding: latin-1", "coding: utf-8")))
    commit_artifact(workspace.root, "claims.py", "double", full, new, entry)
    assert (workspace.root / "claims.py").read_bytes() == new.encode("latin-1")
    assert workspace.state("double").state is State.LOCKED


def test_a_symbolic_link_and_permissions_stay(workspace, make_entry) -> None:
    (workspace.root / "real").mkdir()
    (workspace.root / "claims.py").rename(workspace.root / "real" / "code.py")
    (workspace.root / "claims.py").symlink_to("real/code.py")
    (workspace.root / "real" / "code.py").chmod(0o750)
    commit(workspace, make_entry)
    assert (workspace.root / "claims.py").is_symlink()
    assert (workspace.root / "real" / "code.py").stat().st_mode & 0o777 == 0o750
    assert NEW_BODY[1] in workspace.read("real/code.py")


@pytest.mark.parametrize("limit", [0, 200, 700, 1500])
def test_a_full_disk_leaves_everything_as_it_was(workspace, limit: int) -> None:
    workspace.lock()
    before = workspace.read("claims.py"), workspace.read(lock_path("claims.py"))
    pid = os.fork()
    if pid == 0:
        code = 2
        try:
            code = _write_with_limit(workspace, limit)
        finally:
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 1
    assert (workspace.read("claims.py"), workspace.read(lock_path("claims.py"))) == before
    assert pending_journal(workspace.root) is None
    assert workspace.state("double").state is State.LOCKED
    assert not list(workspace.root.rglob("*.new"))


def _write_with_limit(workspace, limit: int) -> int:
    """In a child: commit while no file may grow past `limit` bytes. 1: stopped as it must be."""
    text = workspace.read("claims.py")
    new = text.replace(*NEW_BODY)
    old_entry = read_lock_file(DiskTree(workspace.root), "claims.py").find("double")
    assert old_entry is not None
    entry = replace(old_entry, inputs=workspace.present("double", text=new).inputs)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    try:
        commit_artifact(workspace.root, "claims.py", "double", text, new, entry)
    except WriteStopped:
        return 1
    return 0


def test_drop_and_the_file_goes_with_the_last_one(workspace) -> None:
    workspace.lock()
    drop_entry(workspace.root, "claims.py", "double")
    assert [state.state for state in workspace.states()] == [State.UNLOCKED, State.LOCKED]
    drop_entry(workspace.root, "claims.py", "triple")
    assert not (workspace.root / lock_path("claims.py")).exists()


def test_follow_to_another_name_and_another_file(workspace) -> None:
    workspace.lock()
    by = Accepted("someone", "2026-11-24T03:00:00Z", "followed")
    workspace.write("claims.py", workspace.read("claims.py").replace("double", "twofold"))
    follow_entry(workspace.root, "claims.py", "double", "claims.py", "twofold", by)
    assert {state.name: state.state for state in workspace.states()} == {
        "twofold": State.LOCKED,
        "triple": State.LOCKED,
    }
    workspace.write("moved.py", workspace.read("claims.py"))
    (workspace.root / "claims.py").unlink()
    follow_entry(workspace.root, "claims.py", "twofold", "moved.py", "twofold", by)
    follow_entry(workspace.root, "claims.py", "triple", "moved.py", "triple", by)
    assert passed(workspace)
    assert not (workspace.root / lock_path("claims.py")).exists()


def test_follow_refuses_what_is_not_the_same(workspace) -> None:
    workspace.lock()
    by = Accepted("someone", "2026-11-24T03:00:00Z", "followed")
    workspace.write("claims.py", workspace.read("claims.py").replace("double", "twofold").replace("x * 2", "x * 4"))
    with pytest.raises(WriteStopped, match="is not what was locked: the body"):
        follow_entry(workspace.root, "claims.py", "double", "claims.py", "twofold", by)


def test_the_store_is_ignored_by_git_and_distrusts_what_it_finds(workspace, make_entry) -> None:
    commit(workspace, make_entry)
    body = workspace.present("double").inputs.body
    assert (workspace.root / STORE_FOLDER / ".gitignore").read_text() == "*\n"
    assert in_store(workspace.root, body)
    place = workspace.root / STORE_FOLDER / f"{body.replace(':', '-')}.txt"
    place.write_text(place.read_text().replace("total", "other"))
    assert not in_store(workspace.root, body)


def test_restore_from_git_history_when_the_store_is_gone(workspace) -> None:
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-C", str(workspace.root)]
    subprocess.run([*git, "init", "-q"], check=True)
    old = workspace.present("double").inputs.body
    suite = suite_of(workspace, "double")
    for number in range(3):
        subprocess.run([*git, "add", "claims.py"], check=True)
        subprocess.run([*git, "commit", "-qm", f"{number}"], check=True)
        workspace.edit("claims.py", "norm(", f"norm({number} + ")
    found = find_suite(workspace.root, "claims.py", "double", old)
    assert found is not None
    assert found.suite == suite
    assert found.where.startswith("git, commit ")
    assert find_suite(workspace.root, "claims.py", "double", "1:" + "0" * 64) is None
    text = workspace.read("claims.py")
    spec = read_specs(text).find("double")
    assert spec is not None
    assert "norm(x * 2)" in place_suite(text, spec, found.suite)


def test_a_suite_is_indented_as_the_function_is_now(workspace) -> None:
    suite = "\n    a = '''one\n    two'''\n    if x:\n        return a\n    return x"
    text = "class C:\n    # spec: Decide it all.\n    def f(x): ...\n"
    spec = read_specs(text).find("C.f")
    assert spec is not None
    placed = place_suite(text, spec, suite)
    assert placed.endswith(
        "def f(x):\n        a = '''one\n    two'''\n        if x:\n            return a\n        return x\n"
    )
