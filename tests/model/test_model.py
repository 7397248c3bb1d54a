"""A real model through the whole of Intaglio. Needs INTAGLIO_TEST_MODEL_URL; run by `make test-model`."""

import json
import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.model
HERE = Path(__file__).resolve().parent


def served_model():
    from intaglio.generate.local_servers import reachable_models

    base = os.environ.get("INTAGLIO_TEST_MODEL_URL", "")
    if not base:
        pytest.fail("set INTAGLIO_TEST_MODEL_URL to an OpenAI-compatible server's base URL (http://127.0.0.1:PORT/v1)")
    models = reachable_models(base, seconds=30)
    if not models:
        pytest.fail(f"no model server answers at {base}")
    return base, os.environ.get("INTAGLIO_TEST_MODEL") or f"openai/{Path(models[0]).name}"


def compile_in(folder, *arguments):
    base, model = served_model()
    environment = {
        **os.environ, "INTAGLIO_MODEL": model, "INTAGLIO_API_BASE": base, "INTAGLIO_MAX_TOKENS": "200000", "INTAGLIO_ANSWER_TOKENS": "640",
        "INTAGLIO_BACKEND": "litellm", "INTAGLIO_KEEP_PROMPTS": "true",
    }  # fmt: skip
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "intaglio", "compile", "--json", *arguments],
        cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=3600,
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stderr
    return json.loads(done.stdout)["specs"], time.monotonic() - started


def false_rows(folder, name):
    """Hidden rows on which a locked function is wrong."""
    from hidden import HIDDEN

    namespace = {}
    exec((folder / "functions.py").read_text(), namespace)
    wrong = []
    for arguments, expected in HIDDEN[name]:
        try:
            value = namespace[name](*arguments)
        except Exception as error:
            value = error
        if value != expected or type(value) is not type(expected):
            wrong.append((arguments, value))
    return wrong


def refused_at(spec):
    return next((stage["stage"] for stage in spec["stages"] if stage["outcome"] == "failed"), "generation")


def table(title, specs, seconds, false_locks):
    lines = [f"\n{title}", f"{'function':<20} {'result':<12} {'attempts':>8} {'tokens in':>10} {'out':>6}  note"]
    for spec in specs:
        made = spec["made"]
        locked = spec["state"] == "locked"
        note = (
            f"FALSE LOCK {false_locks[spec['name']][:2]}"
            if false_locks.get(spec["name"])
            else ""
            if locked
            else f"at {refused_at(spec)}"
        )
        estimated = " (estimated)" if made["usage_estimated"] else ""
        lines.append(
            f"{spec['name']:<20} {'locked' if locked else 'refused':<12} {made['attempts']:>8} {made['input_tokens']:>10} "
            f"{made['output_tokens']:>6}  {note}{estimated}"
        )
    locked = [spec for spec in specs if spec["state"] == "locked"]
    right = [spec for spec in locked if not false_locks.get(spec["name"])]
    lines.append(f"locked {len(locked)} of {len(specs)}, right {len(right)}, {seconds:.0f} s")
    print("\n".join(lines))
    return locked, right


def answers(folder):
    """What the ledger holds of every answer: (function, attempt, candidate, what came of it)."""
    with sqlite3.connect(folder / ".intaglio" / "ledger.sqlite") as connection:
        return connection.execute("SELECT name, number, candidate, outcome FROM attempt ORDER BY id").fetchall()


def passed_in(rows, *, attempts, candidates=99):
    """Functions of which an answer passed within so many attempts and candidates of each."""
    return {
        name for name, number, candidate, outcome in rows
        if outcome.startswith("passed") and number <= attempts and candidate < candidates
    }  # fmt: skip


def test_ten_simple_functions(tmp_path):
    """One run of five attempts; as each attempt knows only the ones before, what one attempt comes to is a part of it."""
    (tmp_path / "intaglio.toml").write_text("")
    source = (HERE / "functions.py").read_text()
    (tmp_path / "functions.py").write_text(source)
    specs, seconds = compile_in(tmp_path, "--attempts", "5", "functions.py")
    names = {spec["name"]: false_rows(tmp_path, spec["name"]) for spec in specs if spec["state"] == "locked"}
    locked, _ = table(f"ten functions, five attempts, {served_model()[1]}", specs, seconds, names)
    rows = answers(tmp_path)
    greedy, once = passed_in(rows, attempts=1, candidates=1), passed_in(rows, attempts=1)
    mended = sorted({name for name, *_, outcome in rows if outcome == "passed, mended"})
    print(f"passed: the first, greedy answer {len(greedy)}, the first attempt {len(once)}; mended: {mended}")
    for row in rows:
        print(*row)
    size = os.environ.get("INTAGLIO_TEST_MODEL_SIZE", "0.5b")
    at_once, in_five = {"0.5b": (8, 9), "1.5b": (9, 10)}[size]
    assert len(once) >= at_once
    assert len(locked) >= in_five
    if not locked:
        assert (tmp_path / "functions.py").read_text() == source


def test_what_findings_gain(tmp_path):
    """Five attempts of one answer each: with the findings of what failed sent back, and with each knowing nothing of the others."""
    from dataclasses import replace
    from threading import Event

    from intaglio.compile import Options, compile_spec
    from intaglio.config import Settings
    from intaglio.events import Accepted, AttemptBegun, SpecKey
    from intaglio.generate.choose import author_for
    from intaglio.opening import open_ledger
    from intaglio.spec import read_specs
    from intaglio.validate.tools import Toolbox
    from intaglio.workshop import Workshop

    base, model = served_model()
    settings = replace(
        Settings(), model=model, api_base=base, max_tokens=200_000, answer_tokens=640, backend="litellm", candidates=1
    )
    source = (HERE / "functions.py").read_text()
    locked = {}
    print("\nattempts until locked (-: refused after five)")
    with Toolbox() as toolbox:
        for told in (True, False):
            folder = tmp_path / str(told)
            folder.mkdir()
            (folder / "intaglio.toml").write_text("")
            (folder / "functions.py").write_text(source)
            authors = author_for(folder, settings, lambda root=folder: open_ledger(root), send_findings=told)
            workshop = Workshop(folder, settings, toolbox, authors)
            counts = {}
            for spec in read_specs(source).specs:
                if not told and locked[True].get(spec.name) == 1:  # nothing failed: there was nothing to send back
                    counts[spec.name] = 1
                    continue
                events = list(compile_spec(workshop, SpecKey("functions.py", spec.name), Options(), Event()))
                if isinstance(events[-1], Accepted):
                    counts[spec.name] = sum(isinstance(event, AttemptBegun) for event in events)
            locked[told] = counts
            row = ", ".join(f"{spec.name} {counts.get(spec.name, '-')}" for spec in read_specs(source).specs)
            print(f"{'findings sent back' if told else 'sampled anew':<20} locked {len(counts)} of 10: {row}")
    assert len(locked[True]) >= len(locked[False])


def test_the_examples(tmp_path, repository):
    import shutil

    folder = tmp_path / "examples"
    shutil.copytree(repository / "docs" / "examples", folder)
    (folder / "intaglio.toml").write_text("")
    before = {path.name: path.read_bytes() for path in folder.glob("*.py")}
    specs, seconds = compile_in(
        folder, "--attempts", "5", "--candidates", "1", *(path.name for path in sorted(folder.glob("*.py")))
    )
    table(f"the examples, five attempts of one answer each, {served_model()[1]}", specs, seconds, {})
    for spec in specs:
        if spec["state"] != "locked":
            assert (folder / spec["path"]).read_bytes() == before[spec["path"]]
    prompts = (folder / ".intaglio" / "ledger.sqlite").read_bytes() + b"".join(
        path.read_bytes() for path in (folder / ".intaglio").glob("ledger.sqlite-wal")
    )
    rows = [line for path in (folder / "data").glob("*.jsonl") for line in path.read_text().splitlines()]
    assert prompts
    assert not [row for row in rows if row.encode() in prompts]
