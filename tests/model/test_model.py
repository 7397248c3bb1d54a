"""A real model through the whole of Intaglio. Needs INTAGLIO_TEST_MODEL_URL; run by `make test-model`."""

import os
import shutil
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event

import pytest

pytestmark = pytest.mark.model
HERE = Path(__file__).resolve().parent
CLIENTS = int(os.environ.get("INTAGLIO_TEST_MODEL_CLIENTS", "1"))
"""How many specs are compiled side by side: more than one only for a server that answers several clients at once."""


@dataclass(frozen=True)
class Compiled:
    """What one spec came to, of five attempts; its answers as (attempt, candidate, outcome, tokens in, out, estimated)."""

    path: str
    name: str
    locked: bool
    refusal: str
    answers: tuple

    @property
    def attempts(self):
        return max((answer[0] for answer in self.answers), default=0)

    @property
    def last_stage(self):
        return self.answers[-1][2].removeprefix("failed at ") if self.answers else self.refusal

    def passed_in(self, *, attempts, candidates=99):
        """Whether an answer passed within so many attempts and candidates of each."""
        return any(one[2].startswith("passed") and one[0] <= attempts and one[1] < candidates for one in self.answers)


def served_model():
    from intaglio.generate.local_servers import reachable_models

    base = os.environ.get("INTAGLIO_TEST_MODEL_URL", "")
    if not base:
        pytest.fail("set INTAGLIO_TEST_MODEL_URL to an OpenAI-compatible server's base URL (http://127.0.0.1:PORT/v1)")
    models = reachable_models(base, seconds=30)
    if not models:
        pytest.fail(f"no model server answers at {base}")
    return base, os.environ.get("INTAGLIO_TEST_MODEL") or f"openai/{Path(models[0]).name}"


def compile_all(folder, *, candidates, told=True, but=()):
    """Compile and lock every spec of a folder in five attempts each, and print what each came to when it ends."""
    from intaglio.compile import Options, compile_spec
    from intaglio.config import Settings
    from intaglio.events import Accepted, Refused, SpecKey
    from intaglio.generate.choose import author_for
    from intaglio.opening import open_ledger
    from intaglio.spec import read_specs
    from intaglio.validate.tools import Toolbox
    from intaglio.workshop import Workshop

    base, model = served_model()
    settings = replace(
        Settings(), model=model, api_base=base, max_tokens=200_000, answer_tokens=640, backend="litellm", attempts=5,
        candidates=candidates, keep_prompts=True, request_seconds=600.0,
    )  # fmt: skip
    (folder / "intaglio.toml").write_text("")
    authors = author_for(folder, settings, lambda: open_ledger(folder), send_findings=told)
    keys = [
        SpecKey(path.name, spec.name)
        for path in sorted(folder.glob("*.py"))
        for spec in read_specs(path.read_text()).specs
        if spec.name not in but
    ]

    def one(key):
        with Toolbox() as toolbox:
            *_, last = compile_spec(Workshop(folder, settings, toolbox, authors), key, Options(), Event())
        assert isinstance(last, Accepted | Refused), last
        refusal = last.reason if isinstance(last, Refused) else ""
        done = Compiled(key.path, key.name, isinstance(last, Accepted), refusal, answers(folder, key.name))
        print(key.name, "locked" if done.locked else refusal, *(f"{one[0]}.{one[1]} {one[2]};" for one in done.answers))
        return done

    started = time.monotonic()
    with ThreadPoolExecutor(CLIENTS) as pool:
        compiled = list(pool.map(one, keys))
    return compiled, time.monotonic() - started


def answers(folder, name):
    """What the ledger holds of a spec's answers."""
    with sqlite3.connect(folder / ".intaglio" / "ledger.sqlite") as connection:
        columns = "number, candidate, outcome, input_tokens, output_tokens, estimated"
        return tuple(connection.execute(f"SELECT {columns} FROM attempt WHERE name = ? ORDER BY id", (name,)))


def false_rows(folder, name):
    """Hidden rows on which a locked function is wrong."""
    from hidden import HIDDEN

    namespace = {}
    exec((folder / f"{name}.py").read_text(), namespace)
    wrong = []
    for arguments, expected in HIDDEN[name]:
        try:
            value = namespace[name](*arguments)
        except Exception as error:
            value = error
        if value != expected or type(value) is not type(expected):
            wrong.append((arguments, value))
    return wrong


def table(title, compiled, seconds, false_locks):
    lines = [
        f"\n{title}",
        f"{'function':<20} {'result':<8} {'attempts':>8} {'answers':>8} {'tokens in':>10} {'out':>6}  note",
    ]
    for one in compiled:
        note = "" if one.locked else f"the last answer: {one.last_stage}"
        if false_locks.get(one.name):
            note = f"FALSE LOCK {false_locks[one.name][:2]}"
        estimated = " (estimated)" if any(answer[5] for answer in one.answers) else ""
        tokens_in, tokens_out = (sum(answer[column] or 0 for answer in one.answers) for column in (3, 4))
        lines.append(
            f"{one.name:<20} {'locked' if one.locked else 'refused':<8} {one.attempts:>8} {len(one.answers):>8} "
            f"{tokens_in:>10} {tokens_out:>6}  {note}{estimated}"
        )
    locked = [one for one in compiled if one.locked]
    right = [one for one in locked if not false_locks.get(one.name)]
    lines.append(f"locked {len(locked)} of {len(compiled)}, right {len(right)}, {seconds:.0f} s")
    print("\n".join(lines))
    return locked


def ten_functions(folder):
    """The ten functions in a file each, so that they can be compiled side by side; the text of each by its file's name."""
    folder.mkdir(exist_ok=True)
    texts = {}
    for part in (HERE / "functions.py").read_text().split("\n\n\n")[1:]:
        name = part.rpartition("\ndef ")[2].partition("(")[0]
        texts[f"{name}.py"] = part.strip() + "\n"
        (folder / f"{name}.py").write_text(texts[f"{name}.py"])
    assert len(texts) == 10
    return texts


def assert_untouched(folder, compiled, texts):
    for one in compiled:
        if not one.locked:
            assert (folder / one.path).read_text() == texts[one.path]


def test_ten_simple_functions(tmp_path):
    """One run of five attempts; as each attempt knows only the ones before, what one attempt comes to is a part of it."""
    texts = ten_functions(tmp_path)
    compiled, seconds = compile_all(tmp_path, candidates=0)
    names = {one.name: false_rows(tmp_path, one.name) for one in compiled if one.locked}
    locked = table(f"ten functions, five attempts, {served_model()[1]}", compiled, seconds, names)
    greedy = [one.name for one in compiled if one.passed_in(attempts=1, candidates=1)]
    once = [one.name for one in compiled if one.passed_in(attempts=1)]
    for title, passed in (("the first, greedy answer", greedy), ("the first attempt", once)):
        print(f"{title}: locked {len(passed)}, right {sum(not names[name] for name in passed)}")
    print("mended:", [one.name for one in compiled if any(answer[2] == "passed, mended" for answer in one.answers)])
    assert_untouched(tmp_path, compiled, texts)
    size = os.environ.get("INTAGLIO_TEST_MODEL_SIZE", "0.5b")
    at_once, in_five = {"0.5b": (8, 9), "1.5b": (9, 10)}[size]
    assert len(once) >= at_once
    assert len(locked) >= in_five


def test_what_findings_gain(tmp_path):
    """Five attempts of one answer each: with the findings of what failed sent back, and with each knowing nothing of the others.

    What passes at the first answer is not compiled again: nothing failed, so there was nothing to send back.
    """
    locked, at_first = {}, set()
    for told in (True, False):
        folder = tmp_path / str(told)
        texts = ten_functions(folder)
        compiled, seconds = compile_all(folder, candidates=1, told=told, but=at_first)
        names = {one.name: false_rows(folder, one.name) for one in compiled if one.locked}
        title = "findings sent back" if told else "each attempt sampled anew, of those that failed at first"
        locked[told] = len(at_first) + len(table(title, compiled, seconds, names))
        assert_untouched(folder, compiled, texts)
        at_first |= {one.name for one in compiled if told and one.locked and one.attempts == 1}
    print(f"\nlocked of ten: findings sent back {locked[True]}, sampled anew {locked[False]}")
    assert locked[True] >= locked[False]


def test_the_examples(tmp_path, repository):
    """Five attempts of one answer each: sampling on at each example takes hours with a model that locks few of them."""
    folder = tmp_path / "examples"
    shutil.copytree(repository / "docs" / "examples", folder)
    texts = {path.name: path.read_text() for path in folder.glob("*.py")}
    compiled, seconds = compile_all(folder, candidates=1)
    table(f"the examples, five attempts of one answer each, {served_model()[1]}", compiled, seconds, {})
    assert_untouched(folder, compiled, texts)
    prompts = (folder / ".intaglio" / "ledger.sqlite").read_bytes() + b"".join(
        path.read_bytes() for path in (folder / ".intaglio").glob("ledger.sqlite-wal")
    )
    rows = [line for path in (folder / "data").glob("*.jsonl") for line in path.read_text().splitlines()]
    assert prompts
    assert not [row for row in rows if row.encode() in prompts]
