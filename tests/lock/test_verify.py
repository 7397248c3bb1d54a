"""Verify: its decision, what it takes for which paths, the index, and a cache that never changes the answer."""

import json
import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from intaglio.config import Settings
from intaglio.lock.cache import cache_folder, tool_signature
from intaglio.lock.model import State, VerifyReport
from intaglio.lock.paths import lock_path
from intaglio.lock.verify import verify
from intaglio.repository import IndexTree

SETTINGS = Settings()


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "intaglio" / "verify"


def run(workspace, *paths: str, staged: bool = False, **options) -> VerifyReport:
    if staged:
        options["tree"] = IndexTree(workspace.root)
    return verify(workspace.root, paths, options.pop("settings", SETTINGS), **options)


def shown(report: VerifyReport) -> dict[str, str]:
    return {f"{one.path}::{one.name}": one.state.value for one in report.specs}


def git(workspace, *arguments: str) -> None:
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments], cwd=workspace.root, check=True)


def test_it_passes_only_when_everything_is_locked(workspace) -> None:
    assert not run(workspace).passed
    workspace.lock("double")
    assert not run(workspace).passed
    workspace.lock()
    assert run(workspace).passed
    workspace.edit("claims.py", "x * 2", "x * 3")
    assert not run(workspace).passed


def test_specs_without_locks_can_be_allowed_and_nothing_else(workspace) -> None:
    relaxed = Settings(require_locks=False)
    assert run(workspace, settings=relaxed).passed
    workspace.lock("double")
    assert run(workspace, settings=relaxed).passed
    workspace.edit("helpers.py", "return x", "return -x")
    assert not run(workspace, settings=relaxed).passed
    workspace.edit("helpers.py", "return -x", "return x")
    workspace.edit("claims.py", "    return norm(x * 2)", "    ...")
    assert shown(run(workspace, settings=relaxed))["claims.py::double"] == "stub"
    assert not run(workspace, settings=relaxed).passed


def test_a_broken_lock_file_fails_even_where_locks_are_not_required(workspace) -> None:
    workspace.lock()
    workspace.write(lock_path("claims.py"), "<<<<<<< HEAD\n" + workspace.read(lock_path("claims.py")))
    report = run(workspace, settings=Settings(require_locks=False))
    assert "LK002" in [finding.code for _, finding in report.findings]
    assert not report.passed


def test_a_workspace_without_specs_passes(workspace) -> None:
    workspace.write("claims.py", "x = 1\n")
    assert run(workspace) == VerifyReport((), ())


def test_a_path_takes_what_lives_there_and_what_depends_on_it(workspace) -> None:
    workspace.lock()
    workspace.write(
        "other.py", "# spec: Decide something else.\n# example: g(1) == 1\ndef g(x: int) -> int:\n    return x\n"
    )
    workspace.lock(path="other.py")
    assert set(shown(run(workspace, "other.py"))) == {"other.py::g"}
    assert set(shown(run(workspace, "helpers.py"))) == {"claims.py::double", "claims.py::triple"}
    assert set(shown(run(workspace, lock_path("other.py")))) == {"other.py::g"}
    assert shown(run(workspace, "README.md")) == {}
    assert len(shown(run(workspace))) == 3


@pytest.mark.parametrize("name", ["data/rows.jsonl", "dätä/🦀 rows.jsonl", 'quo"te.jsonl', "back\\slash.jsonl"])
def test_a_golden_file_s_path_takes_its_specs(workspace, name: str) -> None:
    workspace.edit("claims.py", "# ensure:", f"# golden: {name}\n# ensure:")
    workspace.write(name, '{"input": {"x": 1}, "output": 2}\n')
    workspace.lock()
    if name in workspace.present("double").inputs.depends:
        assert "claims.py::double" in shown(run(workspace, name))
    else:
        assert not run(workspace).passed


def test_staged_reads_the_index_and_not_the_disk(workspace) -> None:
    workspace.lock()
    git(workspace, "init", "-q")
    git(workspace, "add", ".")
    git(workspace, "commit", "-qm", "one")
    assert run(workspace, staged=True) == VerifyReport((), ())
    workspace.edit("helpers.py", "return x", "return -x")
    assert run(workspace, staged=True).passed
    git(workspace, "add", "helpers.py")
    assert shown(run(workspace, staged=True))["claims.py::double"] == "stale"
    workspace.edit("helpers.py", "return -x", "return x")
    assert run(workspace).passed
    report = run(workspace, staged=True)
    assert shown(report)["claims.py::double"] == "stale"
    assert not report.passed


@pytest.mark.parametrize("name", ["data/ünï 1.jsonl", "data/it's.jsonl", 'data/a "b".jsonl'])
def test_staged_finds_what_depends_on_a_file_of_any_name(workspace, name: str) -> None:
    workspace.write(name, '{"input": {"x": 1}, "output": 2}\n')
    workspace.edit("claims.py", "# require: x < 100", f"# golden: {name}\n# require: x < 100")
    workspace.lock()
    git(workspace, "init", "-q")
    git(workspace, "add", ".")
    git(workspace, "commit", "-qm", "one")
    workspace.write(name, '{"input": {"x": 1}, "output": 3}\n')
    git(workspace, "add", ".")
    assert shown(run(workspace, staged=True)) == {"claims.py::double": "stale", "claims.py::triple": "locked"}


def test_a_look_at_what_is_staged_forgets_nothing_of_the_rest(workspace) -> None:
    workspace.lock()
    workspace.write("more.py", "x = 1\n")
    git(workspace, "init", "-q")
    git(workspace, "add", ".")
    run(workspace)
    assert run(workspace).cached == 3
    git(workspace, "commit", "-qm", "one")
    workspace.edit("helpers.py", "unused", "still_unused")
    git(workspace, "add", ".")
    assert run(workspace, staged=True).passed
    assert run(workspace).cached == 3


def test_staged_sees_a_deleted_file_and_an_unfinished_merge(workspace) -> None:
    workspace.lock()
    git(workspace, "init", "-q")
    git(workspace, "add", ".")
    git(workspace, "commit", "-qm", "one")
    git(workspace, "rm", "-q", "claims.py")
    assert set(shown(run(workspace, staged=True)).values()) == {"orphaned"}
    git(workspace, "reset", "-q", "--hard")
    git(workspace, "rm", "-q", "helpers.py")
    assert shown(run(workspace, staged=True))["claims.py::double"] == "stale"


def test_the_cache_answers_the_second_time_and_says_the_same(workspace, own_cache: Path) -> None:
    workspace.lock()
    first = run(workspace)
    second = run(workspace)
    assert (first.cached, second.cached) == (0, 2)
    assert replace(second, cached=0) == first
    assert own_cache.is_dir()
    assert not str(cache_folder()).startswith(str(workspace.root))


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("claims.py", "x * 2", "x * 3"),
        ("claims.py", "LIMIT = 3", "LIMIT = 4"),
        ("helpers.py", "return x", "return 1"),
        (lock_path("claims.py"), 'backend = "rules"', 'backend = "hand_"'),
    ],
)
def test_the_cache_goes_by_content_and_not_by_time_or_size(workspace, path: str, old: str, new: str) -> None:
    workspace.lock()
    assert run(workspace).passed
    facts = (workspace.root / path).stat()
    workspace.edit(path, old, new)
    os.utime(workspace.root / path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    report = run(workspace)
    assert not report.passed
    assert shown(report) == shown(run(workspace, use_cache=False))


def test_the_cache_notices_files_that_appear(workspace) -> None:
    workspace.lock()
    assert run(workspace).passed
    workspace.write("helpers/__init__.py", "def norm(x):\n    return 0\n")
    assert shown(run(workspace)) == shown(run(workspace, use_cache=False))
    workspace.write(".intaglio/templates/functions/function.py", "def broken(:\n")
    report = run(workspace)
    assert not report.passed
    assert report.specs == run(workspace, use_cache=False).specs


def test_what_another_intaglio_found_is_not_believed(workspace, own_cache: Path, tmp_path: Path) -> None:
    """Another version, or the same one with other files: what it called locked, this one may not even read."""
    workspace.lock()
    run(workspace)
    assert run(workspace).cached == 2
    (kept,) = own_cache.rglob("*.json")
    document = json.loads(kept.read_bytes())
    document["signature"] = "another"
    kept.write_text(json.dumps(document))
    assert run(workspace).cached == 0

    package = tmp_path / "package"
    for folder in ("lock", "spec", "template"):
        (package / folder).mkdir(parents=True)
    (package / "lock" / "file.py").write_text("VERSION = 1\n")
    before = tool_signature(package)
    assert before == tool_signature(package)
    (package / "lock" / "file.py").write_text("VERSION = 10\n")
    assert before != tool_signature(package)


def test_only_green_files_are_cached(workspace) -> None:
    workspace.lock("double")
    run(workspace)
    assert run(workspace).cached == 1  # helpers.py, which has no specs
    assert [one.state for one in run(workspace).specs] == [State.LOCKED, State.UNLOCKED]


def test_a_cache_that_others_can_write_or_that_is_broken_is_not_used(workspace, own_cache: Path) -> None:
    workspace.lock()
    run(workspace)
    (file,) = own_cache.glob("*.json")
    file.write_bytes(b'{"signature": ')
    assert run(workspace).cached == 0
    assert run(workspace).cached == 2
    document = json.loads(file.read_bytes())
    document["files"]["claims.py"][1] = "nonsense"
    file.write_text(json.dumps(document))
    assert run(workspace).passed
    own_cache.chmod(0o777)
    assert run(workspace).cached == 0


def test_a_cache_folder_in_the_workspace_is_not_used(workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(workspace.root / "cache"))
    workspace.lock()
    run(workspace)
    assert run(workspace).cached == 0
    assert not (workspace.root / "cache").exists()


def test_verify_writes_nothing_in_the_workspace(workspace) -> None:
    workspace.lock()
    before = {path: path.stat().st_mtime_ns for path in workspace.root.rglob("*")}
    run(workspace)
    run(workspace, "claims.py")
    assert {path: path.stat().st_mtime_ns for path in workspace.root.rglob("*")} == before


def test_several_processes_say_the_same(workspace) -> None:
    for number in range(70):
        workspace.write(
            f"many/m{number}.py", f"# spec: Decide case {number}.\ndef f(x: int) -> int:\n    return x + {number}\n"
        )
        if number % 7:
            workspace.lock(path=f"many/m{number}.py")
    alone = run(workspace, use_cache=False)
    together = run(workspace, use_cache=False, processes=2)
    assert alone == together
    assert len([one for one in alone.specs if one.state is State.UNLOCKED]) == 12


def test_it_needs_no_library_but_the_parser(workspace) -> None:
    workspace.lock()
    script = (
        "import sys\nfrom pathlib import Path\nfrom intaglio.config import Settings\nfrom intaglio.lock.verify import verify\n"
        f"assert verify(Path({str(workspace.root)!r}), (), Settings(), use_cache=False).passed\n"
        "top = {name.partition('.')[0] for name in sys.modules}\n"
        "print(*sorted(top - sys.stdlib_module_names - {'__main__', '__mp_main__'}))\n"
    )
    import sys

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    foreign = {
        name for name in done.stdout.split() if not name.startswith(("_", "sitecustomize", "tree_sitter", "intaglio"))
    }
    assert foreign == set()
