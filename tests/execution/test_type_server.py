"""A warm ty says what a cold one says; one that breaks is started anew, and never makes anything green."""

import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from intaglio.config import Settings
from intaglio.snapshot import Snapshot
from intaglio.spec import read_specs
from intaglio.subject import gather
from intaglio.validate import syntax, type_checker, type_server
from intaglio.validate.tools import Toolbox
from intaglio.validate.type_checker import ToolMissing, TypeCheck, ty_path
from intaglio.validate.type_server import TypeServer
from intaglio.workspace import DiskTree

BODIES = [
    "return x",
    "return str(x)",
    "return '😀' + x",
    "return x.upper()",
    "return len(x)",
    "return f(x, x)",
    "y = [x]\n    return y['a']",
    "import nowhere\n    return nowhere.f(x)",
    "from typing import nothing\n    return nothing",
    "return x  # type: ignore\n    return ''  # ty: ignore",
    "return undefined",
    "\treturn x",
    "return (",
    "return '\\ud800'",
]


def subject_of(body: str, path: str = "a.py"):
    text = f"# spec: Return x.\n# example: f(1) == 1\ndef f(x: int) -> int:\n    {body}\n"
    snapshot = Snapshot(Path(), DiskTree(Path(), {path: text}))
    return gather(snapshot, Settings(), path, text, read_specs(text).specs[0]).subject


def said(subject, server=None):
    with TypeCheck(subject, server) as types:
        return types.findings()


@pytest.fixture
def server():
    server = TypeServer()
    yield server
    server.close()


@pytest.fixture
def folders(tmp_path, monkeypatch):
    """The folder in which ty gets its own, and what is left of these."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    return place


@pytest.fixture
def use_server(tmp_path, monkeypatch):
    """Puts a shell script in the place of `ty server`; `ty check` stays what it is."""

    def use(script: str) -> None:
        place = tmp_path / "ty"
        place.write_text(f'#!/bin/sh\ntest "$1" = server || exec {ty_path.__wrapped__()} "$@"\n{script}\n')
        place.chmod(0o700)
        monkeypatch.setattr(type_checker, "ty_path", lambda: str(place))

    return use


def answering(result: str, encoding: str = "utf-32") -> str:
    """A script that answers `initialize`, and then with `result`, whatever is asked."""
    message = '{{"jsonrpc": "2.0", "id": {}, {}}}'
    told = [
        message.format(1, f'"result": {{"capabilities": {{"positionEncoding": "{encoding}"}}}}'),
        message.format(2, result),
    ]
    return "\n".join(f"printf 'Content-Length: {len(one)}\\r\\n\\r\\n%s' '{one}'" for one in told) + "\nsleep 1000"


@pytest.mark.parametrize("body", BODIES)
def test_warm_and_cold_say_the_same(server, body):
    subject = subject_of(body)
    assert said(subject, server) == said(subject)
    assert said(subject, server) == said(subject)


@pytest.mark.parametrize("path", ["pkg/sub/a.py", "my file.py", "ä/ß😀.py", "b%20c.py"])
def test_wherever_the_file_stands(server, path):
    subject = subject_of("return str(x)", path)
    assert said(subject, server) == said(subject) != ()


def test_a_file_that_is_called_as_a_module_of_the_standard_library_hides_nothing(server):
    assert said(subject_of("return str(x)", "typing.py"), server) != ()


def test_one_server_answers_all_and_one_text_never_sees_another(server):
    said(subject_of("return x", "first.py"), server)
    process = server._process
    alone = subject_of("from first import f as g\n    return g(x) + ''", "second.py")
    assert [one.rule for one in said(alone, server)] == [one.rule for one in said(alone)]
    assert server._process is process


def test_what_is_not_asked_for_in_the_end_is_not_told_to_the_next(server):
    server.ask(ty_path(), "a.py", "x: int = ''\n")
    assert server.answer(server.ask(ty_path(), "b.py", "x: int = 1\n"), time.monotonic() + 20) == ()
    TypeCheck(subject_of("return str(x)"), server).close()
    assert said(subject_of("return x"), server) == ()


def test_a_file_that_imports_itself_has_a_process_of_its_own(server):
    subject = subject_of("from a import f as g\n    return str(g(x))")
    assert said(subject, server) == said(subject) != ()
    assert server._process is None


@pytest.mark.parametrize(("file", "table"), [("ty.toml", "rules"), ("pyproject.toml", "tool.ty.rules")])
def test_settings_in_a_folder_above_do_not_count(folders, server, file, table):
    rules = {found.rule for found in said(subject_of("return str(x)"))}
    ignored = "".join(f'{rule} = "ignore"\n' for rule in rules)
    (folders / file).write_text(f"[{table}]\n{ignored}")
    assert {found.rule for found in said(subject_of("return str(x)"))} == rules != set()
    for _ in range(3):  # the first answer ends the folder that holds settings of ours
        assert {found.rule for found in said(subject_of("return str(x)"), server)} == rules


def test_after_many_questions_another_server_is_started(server, monkeypatch, folders):
    monkeypatch.setattr(type_server, "_MOST_QUESTIONS", 2)
    said(subject_of("return x"), server)
    first = server._process
    said(subject_of("return x"), server)
    assert server._process is first
    assert said(subject_of("return str(x)"), server) != ()
    assert server._process is not first
    assert first.poll() is not None
    assert list(folders.iterdir()) == []


def test_one_that_was_killed_is_started_anew(server):
    said(subject_of("return x"), server)
    server._process.kill()
    server._process.wait()
    assert said(subject_of("return str(x)"), server) != ()


@pytest.mark.parametrize(
    "script",
    [
        "exit 1",
        "kill -9 $$",
        "echo nonsense; sleep 1000",
        "printf 'Content-Length: 5\\r\\n\\r\\n12345'",
        "printf 'Content-Length: 3\\r\\n\\r\\n{x}'",
        answering('"result": {"kind": "full", "items": []}', encoding="utf-16"),
        answering('"result": {"kind": "unchanged", "resultId": "1"}'),
        answering('"result": {"kind": "full", "items": [{"message": "no range"}]}'),
        answering('"result": null'),
        answering('"error": {"code": -32801, "message": "content modified"}'),
    ],
)
def test_one_that_gives_no_answer_costs_time_and_nothing_else(server, use_server, folders, script):
    use_server(script)
    verdict = syntax.check(subject_of("return str(x)"), TypeCheck(subject_of("return str(x)"), server))
    assert [finding.code for finding in verdict.findings] == ["SY104"]
    server.close()
    assert list(folders.iterdir()) == []


def test_one_that_hangs_fails_the_stage_and_is_ended(server, use_server, monkeypatch, folders):
    use_server("exec sleep 1000")
    monkeypatch.setattr(type_checker, "_SECONDS", 0.2)
    check = TypeCheck(subject_of("return x"), server)
    process = server._process.pid
    verdict = syntax.check(subject_of("return x"), check)
    assert verdict.outcome.value == "failed"
    assert "timed out" in verdict.findings[0].message
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
    assert list(folders.iterdir()) == []


def test_one_that_cannot_be_started_fails_the_stage(server, monkeypatch, tmp_path, folders):
    monkeypatch.setattr(type_checker, "ty_path", lambda: str(tmp_path / "nowhere"))
    with TypeCheck(subject_of("return x"), server) as types, pytest.raises(ToolMissing, match="ty does not run"):
        types.findings()
    server.close()
    assert list(folders.iterdir()) == []


def test_a_toolbox_that_is_closed_leaves_nothing(folders):
    with Toolbox() as toolbox:
        said(subject_of("return x"), toolbox.types)
        process = toolbox.types._process
    assert process.poll() is not None
    assert list(folders.iterdir()) == []


def test_when_we_are_killed_it_ends_and_nothing_is_left(tmp_path):
    program = textwrap.dedent(
        f"""
        import os, sys
        from intaglio.validate.type_server import TypeServer
        server = TypeServer()
        server.answer(server.ask({ty_path()!r}, "a.py", "x = 1\\n"), 1e9)
        print(server._process.pid, flush=True)
        os.kill(os.getpid(), 9)
        """
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    assert list(tmp_path.iterdir()) == []
    process = int(done.stdout)
    end = time.monotonic() + 10
    while Path(f"/proc/{process}").exists() and "zombie" not in Path(f"/proc/{process}/status").read_text():
        assert time.monotonic() < end
        time.sleep(0.02)
