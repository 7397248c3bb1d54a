"""The order of the stages and their cache: cached and cold agree, every input counts, nothing partial is kept."""

import json
import re
import threading

from intaglio.config import Settings
from intaglio.snapshot import Snapshot
from intaglio.spec import read_specs
from intaglio.subject import gather
from intaglio.validate.pipeline import StageStarted, run_stages
from intaglio.workspace import DiskTree

TEXT = "LIMIT = {limit}\n\n\n# spec: Return x, at most the limit.\n# example: f(1) == 1\n# golden: rows.jsonl\ndef f(x: int) -> int:\n    return min(x, LIMIT)\n"
ROWS = {"rows.jsonl": '{"input": {"x": 2}, "output": 2}\n'}


def entries(cache):
    return sorted(path.name for path in cache.glob("*.json")) if cache.exists() else []


def test_cached_and_cold_agree(judge, tmp_path):
    cache = tmp_path / "cache"
    cold = judge(TEXT.format(limit=9), ROWS, cache)
    assert len(entries(cache)) == 1
    assert judge(TEXT.format(limit=9), ROWS, cache) == cold


def test_a_cached_verdict_stays_true_when_the_function_moves(judge, tmp_path):
    cache = tmp_path / "cache"
    judge(TEXT.format(limit=9), ROWS, cache)
    judge('"""Moved down."""\n\n\n' + TEXT.format(limit=9), ROWS, cache)
    assert len(entries(cache)) == 1


def test_every_input_counts(judge, tmp_path):
    cache = tmp_path / "cache"
    judge(TEXT.format(limit=9), ROWS, cache)
    judge(TEXT.format(limit=10), ROWS, cache)
    judge(TEXT.format(limit=9), {"rows.jsonl": '{"input": {"x": 3}, "output": 3}\n'}, cache)
    judge(TEXT.format(limit=9).replace("f(1) == 1", "f(2) == 2"), ROWS, cache)
    judge(TEXT.format(limit=9).replace("min(x, LIMIT)", "min(LIMIT, x)"), ROWS, cache)
    judge(TEXT.format(limit=9), ROWS, cache, strict=True)
    judge(TEXT.format(limit=9), ROWS, cache, generated_inputs=61)
    assert len(entries(cache)) == 7


def test_a_failure_is_cached_and_later_stages_stay_skipped(judge, tmp_path):
    cache = tmp_path / "cache"
    text = TEXT.format(limit=9).replace("min(x, LIMIT)", "eval('x')")
    first = judge(text, ROWS, cache)
    assert [verdict.outcome.value for verdict in first.values()] == ["failed", "skipped", "skipped", "skipped"]
    assert judge(text, ROWS, cache) == first


def test_a_damaged_entry_is_ignored_and_written_again(judge, tmp_path):
    cache = tmp_path / "cache"
    cold = judge(TEXT.format(limit=9), ROWS, cache)
    (name,) = entries(cache)
    for damage in ("{", "[]", '{"verdicts": []}', json.dumps({"key": "other", "verdicts": []})):
        (cache / name).write_text(damage)
        again = judge(TEXT.format(limit=9), ROWS, cache)
        assert {stage: verdict.outcome for stage, verdict in again.items()} == {
            stage: verdict.outcome for stage, verdict in cold.items()
        }
        assert again["execution"].digest == cold["execution"].digest


def test_a_time_out_is_not_cached(judge, tmp_path):
    cache = tmp_path / "cache"
    text = TEXT.format(limit=9).replace(
        "return min(x, LIMIT)", "while x > 5:\n        x = x + 0\n    return min(x, LIMIT)"
    )
    verdicts = judge(text, ROWS, cache, call_seconds=0.1)
    assert "EX107" in {finding.code for finding in verdicts["execution"].findings}
    assert entries(cache) == []


def test_without_a_sandbox_stages_three_and_four_fail(tmp_path, monkeypatch):
    from intaglio.config import Settings
    from intaglio.sandbox import linux
    from intaglio.sandbox.interface import SandboxUnavailable
    from intaglio.snapshot import Snapshot
    from intaglio.spec import read_specs
    from intaglio.subject import gather
    from intaglio.validate import accuracy, execution
    from intaglio.validate.tools import Toolbox
    from intaglio.workspace import DiskTree

    def refuse(*_):
        raise SandboxUnavailable("Execution not run: no sandbox on this machine (seccomp: missing).")

    monkeypatch.setattr(linux.ZygoteProcess, "__init__", refuse)
    text = "# spec: Return x.\n# example: f(1) == 1\ndef f(x: int) -> int:\n    return x\n"
    snapshot = Snapshot(tmp_path, DiskTree(tmp_path, {"a.py": text}))
    subject = gather(snapshot, Settings(), "a.py", text, read_specs(text).specs[0]).subject
    with Toolbox() as toolbox:
        for stage in (execution, accuracy):
            verdict = stage.check(subject, toolbox, "key")
            assert verdict.outcome.value == "failed"
            assert [finding.code for finding in verdict.findings] == ["EX101"]


def test_nothing_runs_before_security_has_passed(judge, toolbox, tmp_path):
    """Whoever asks for the execution stage alone gets the security stage before it."""
    from intaglio.config import Settings
    from intaglio.snapshot import Snapshot
    from intaglio.spec import read_specs
    from intaglio.subject import gather
    from intaglio.validate.pipeline import run_stages
    from intaglio.validate.verdict import StageName, Verdict
    from intaglio.workspace import DiskTree

    text = "# spec: Return x.\n# example: f(1) == 1\ndef f(x: int) -> int:\n    import os\n    return x\n"
    snapshot = Snapshot(tmp_path, DiskTree(tmp_path, {"a.py": text}))
    subject = gather(snapshot, Settings(), "a.py", text, read_specs(text).specs[0]).subject
    steps = [
        step for step in run_stages(subject, toolbox, None, None, (StageName.EXECUTION,)) if isinstance(step, Verdict)
    ]
    assert [(step.stage.value, step.outcome.value) for step in steps] == [
        ("security", "failed"),
        ("execution", "skipped"),
    ]


BODIES = {
    "decide": """
    if not (10 < bmi < 100):
        raise ValueError("require: 10 < bmi < 100")
    if has_t2d:
        return "APPROVE"
    if bmi >= 30 and step_failed:
        return "APPROVE"
    return "DENY"
""",
    "checksum": """
    if not number.isascii():
        raise LookupError("not number.isascii()")
    import hashlib

    return hashlib.sha256(number.encode()).hexdigest()[:8].upper()
""",
}


def test_the_language_page_s_specs_are_right(judge, repository):
    page = (repository / "docs" / "spec-language.md").read_text(encoding="utf-8")
    shown = re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert len(shown) == len(BODIES)
    for text in shown:
        name = re.search(r"^def (\w+)", text, re.MULTILINE)[1]
        verdicts = judge(text.replace(" ...\n", BODIES[name]))
        told = [(finding.code, finding.message) for verdict in verdicts.values() for finding in verdict.findings]
        assert told == []
        assert [verdict.outcome.value for verdict in verdicts.values()] == ["passed"] * 4


def test_bandit_follows_an_import_from_far_away_and_says_nothing_of_other_functions(judge):
    text = (
        "PAIR = (1,\n    2); import os\n"
        "try:\n    import subprocess as sp\nexcept ImportError:\n    sp = None\n\n\n"
        "def elsewhere(n):\n    return eval(str(n))\n\n\n" + "X = 1\n" * 50 + "class Runner:\n"
        "    # spec: Return n after a command.\n    # example: Runner().run(1) == 1\n"
        '    def run(self, n: int) -> int:\n        sp.call("ls " + str(n), shell=True)\n        return n\n'
    )
    security = judge(text)["security"]
    found = [finding for finding in security.findings if finding.message.startswith("B")]
    assert [finding.message.partition(":")[0] for finding in found] == ["B602"]
    start = text.index("    def run") + 4
    (place,) = [finding.place.span.shift(start) for finding in found]
    assert text[place.start : place.end].startswith("sp.call")


def test_a_cancelled_run_says_nothing_of_the_stage_that_was_ended_and_keeps_nothing(toolbox, tmp_path):
    text = "# spec: Return x.\n# example: f(1) == 1\ndef f(x: int) -> int:\n    while x == x:\n        x += 1\n    return x\n"
    settings = Settings(call_seconds=600.0, stage_seconds=600.0)  # the body would run until then
    snapshot = Snapshot(tmp_path, DiskTree(tmp_path, {"a.py": text}))
    subject = gather(snapshot, settings, "a.py", text, read_specs(text).specs[0]).subject
    cache, cancel, said = tmp_path / "cache", threading.Event(), []
    for step in run_stages(subject, toolbox, cache, cancel):
        said.append(f"{step.stage} {'begun' if isinstance(step, StageStarted) else step.outcome}")
        if said[-1] == "execution begun":
            threading.Timer(0, cancel.set).start()
    assert said == ["security begun", "security passed", "syntax begun", "syntax passed", "execution begun"]
    assert entries(cache) == []
