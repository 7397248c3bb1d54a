"""A real model through the whole of Intaglio. Needs INTAGLIO_TEST_MODEL_URL; run by `make test-model`."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.model
HERE = Path(__file__).resolve().parent
ATTEMPTS = (1, 5)


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


@pytest.mark.parametrize("attempts", ATTEMPTS)
def test_ten_simple_functions(tmp_path, attempts):
    (tmp_path / "intaglio.toml").write_text("")
    source = (HERE / "functions.py").read_text()
    (tmp_path / "functions.py").write_text(source)
    specs, seconds = compile_in(tmp_path, "--attempts", str(attempts), "functions.py")
    names = {spec["name"]: false_rows(tmp_path, spec["name"]) for spec in specs if spec["state"] == "locked"}
    locked, _ = table(f"ten functions, {attempts} attempt(s), {served_model()[1]}", specs, seconds, names)
    size = os.environ.get("INTAGLIO_TEST_MODEL_SIZE", "0.5b")
    least = {("0.5b", 1): 8, ("0.5b", 5): 9, ("1.5b", 1): 9, ("1.5b", 5): 10}[size, attempts]
    assert len(locked) >= least
    if not locked:
        assert (tmp_path / "functions.py").read_text() == source


def test_what_findings_gain(tmp_path):
    """Five attempts with the findings of what failed sent back, and five that know nothing of each other."""
    from dataclasses import replace
    from threading import Event

    from intaglio.compile import Options, Workshop, compile_spec
    from intaglio.config import Settings
    from intaglio.events import Accepted, AttemptBegun, SpecKey
    from intaglio.generate.choose import author_for
    from intaglio.opening import open_ledger
    from intaglio.spec import read_specs
    from intaglio.validate.tools import Toolbox

    base, model = served_model()
    settings = replace(Settings(), model=model, api_base=base, max_tokens=200_000, answer_tokens=640, backend="litellm")
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
    specs, seconds = compile_in(folder, "--attempts", "5", *(path.name for path in sorted(folder.glob("*.py"))))
    table(f"the examples, 5 attempts, {served_model()[1]}", specs, seconds, {})
    for spec in specs:
        if spec["state"] != "locked":
            assert (folder / spec["path"]).read_bytes() == before[spec["path"]]
    prompts = (folder / ".intaglio" / "ledger.sqlite").read_bytes() + b"".join(
        path.read_bytes() for path in (folder / ".intaglio").glob("ledger.sqlite-wal")
    )
    rows = [line for path in (folder / "data").glob("*.jsonl") for line in path.read_text().splitlines()]
    assert prompts
    assert not [row for row in rows if row.encode() in prompts]
