"""The type checker is begun before the security stage and judged after it: whatever becomes of it, nothing is lost or green.

Of a function that reaches into another file it is a process of its own; of all others a warm server (`test_type_server.py`).
"""

import os
import threading
from pathlib import Path

import pytest

from intaglio.config import Settings
from intaglio.snapshot import Snapshot
from intaglio.spec import read_specs
from intaglio.subject import gather
from intaglio.validate import syntax, type_checker
from intaglio.validate.pipeline import run_stages
from intaglio.validate.type_checker import TypeCheck
from intaglio.validate.verdict import Verdict
from intaglio.workspace import DiskTree

GOOD = "from near import same\n\n# spec: Return x.\n# example: f(1) == 1\ndef f(x: int) -> int:\n    return same(x)\n"
REFUSED = GOOD.replace("return same(x)", "return same(eval('x'))")
ILL_TYPED = GOOD.replace("return same(x)", "return str(same(x))")
NEAR = "def same(x: int) -> int:\n    return x\n"


def subject_of(root: Path, text: str):
    snapshot = Snapshot(root, DiskTree(root, {"a.py": text, "near.py": NEAR}))
    return gather(snapshot, Settings(generated_inputs=20), "a.py", text, read_specs(text).specs[0]).subject


@pytest.fixture
def use_ty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Puts a shell script in ty's place."""

    def use(script: str) -> None:
        place = tmp_path / "bin" / "ty"
        place.parent.mkdir()
        place.write_text(f"#!/bin/sh\n{script}\n")
        place.chmod(0o700)
        monkeypatch.setattr(type_checker, "ty_path", lambda: str(place))

    return use


@pytest.fixture
def hanging_ty(tmp_path: Path, use_ty):
    """A ty that never answers; gives its process, once it runs."""
    pipe = tmp_path / "started"
    os.mkfifo(pipe)
    use_ty(f"echo $$ > {pipe}\nexec sleep 1000")
    return lambda: int(pipe.read_text())


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """What is left of the folders that ty worked in."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    return lambda: [one.name for one in place.iterdir()]


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def outcomes(steps) -> list[tuple[str, str]]:
    return [(step.stage.value, step.outcome.value) for step in steps if isinstance(step, Verdict)]


def test_a_body_that_security_refuses_has_syntax_skipped_and_ty_ended(tmp_path, toolbox, hanging_ty, folders):
    steps = run_stages(subject_of(tmp_path, REFUSED), toolbox)
    next(steps)
    process = hanging_ty()
    assert is_alive(process)
    assert outcomes(steps) == [
        ("security", "failed"), ("syntax", "skipped"), ("execution", "skipped"), ("accuracy", "skipped"),
    ]  # fmt: skip
    assert not is_alive(process)
    assert folders() == []


def test_what_ty_has_to_say_of_a_refused_body_is_not_told(tmp_path, toolbox):
    steps = run_stages(subject_of(tmp_path, REFUSED.replace("eval('x')", "str(eval('x'))")), toolbox)
    syntax = next(step for step in steps if isinstance(step, Verdict) and step.stage.value == "syntax")
    assert syntax.outcome.value == "skipped"
    assert syntax.findings == ()


@pytest.mark.parametrize("end", ["cancel", "close"])
def test_whoever_ends_the_run_ends_ty(tmp_path, toolbox, hanging_ty, folders, end):
    cancel = threading.Event()
    steps = run_stages(subject_of(tmp_path, GOOD), toolbox, cancel=cancel)
    next(steps)
    process = hanging_ty()
    if end == "cancel":
        cancel.set()
        assert outcomes(steps) == [("security", "passed")]
    else:
        steps.close()
    assert not is_alive(process)
    assert folders() == []


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("echo 'thread panicked' >&2; exit 101", "ty failed: thread panicked"),
        ("kill -9 $$", "ty failed: exit code -9"),
        ("echo nonsense", "ty failed: exit code 0"),
        ("echo '{}'", "ty failed: exit code 0"),
        ("exit 3", "ty failed: exit code 3"),
    ],
)
def test_a_ty_that_breaks_fails_the_syntax_stage(tmp_path, toolbox, use_ty, folders, script, why):
    use_ty(script)
    steps = list(run_stages(subject_of(tmp_path, GOOD), toolbox))
    assert outcomes(steps) == [
        ("security", "passed"), ("syntax", "failed"), ("execution", "skipped"), ("accuracy", "skipped"),
    ]  # fmt: skip
    (finding,) = next(step for step in steps if isinstance(step, Verdict) and step.stage.value == "syntax").findings
    assert why in finding.message
    assert folders() == []


def test_a_ty_that_does_not_answer_in_time_fails_the_syntax_stage(tmp_path, toolbox, hanging_ty, monkeypatch, folders):
    monkeypatch.setattr(type_checker, "_SECONDS", 0.0)
    steps = run_stages(subject_of(tmp_path, GOOD), toolbox)
    next(steps)
    process = hanging_ty()
    verdicts = [step for step in steps if isinstance(step, Verdict)]
    assert outcomes(verdicts)[:2] == [("security", "passed"), ("syntax", "failed")]
    assert "timed out" in verdicts[1].findings[0].message
    assert not is_alive(process)
    assert folders() == []


def test_a_ty_that_cannot_be_started_fails_the_syntax_stage(tmp_path, toolbox, monkeypatch, folders):
    monkeypatch.setattr(type_checker, "ty_path", lambda: str(tmp_path / "nowhere"))
    verdicts = [step for step in run_stages(subject_of(tmp_path, GOOD), toolbox) if isinstance(step, Verdict)]
    assert outcomes(verdicts)[:2] == [("security", "passed"), ("syntax", "failed")]
    assert "ty does not run" in verdicts[1].findings[0].message
    assert folders() == []


def test_begun_early_or_late_it_says_the_same(tmp_path, toolbox):
    subject = subject_of(tmp_path, ILL_TYPED)
    early = next(
        step for step in run_stages(subject, toolbox) if isinstance(step, Verdict) and step.stage.value == "syntax"
    )
    late = syntax.check(subject)
    assert early.outcome.value == "failed"
    assert early.findings == late.findings


def test_ty_runs_nothing_of_what_it_reads(tmp_path):
    mark = tmp_path / "ran"
    text = f'open({str(mark)!r}, "w").close()\n' + GOOD.replace("x: int", f"x: int = open({str(mark)!r}, 'w').fileno()")
    with TypeCheck(subject_of(tmp_path, text)) as types:
        types.findings()
    assert not mark.exists()


def test_an_import_that_is_not_found_is_the_security_stages_matter(tmp_path):
    verdict = syntax.check(
        subject_of(tmp_path, GOOD.replace("return x", "import nowhere\n    return int(nowhere.f(x))"))
    )
    assert verdict.findings == ()
