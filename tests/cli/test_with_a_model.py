"""Compiling with a model that answers by a script, over real HTTP: repair, refusal, caps, what is written down."""

import sqlite3

import pytest
from scripted_server import Step, scripted

SPEC = """\
# spec: Return x doubled.
# example: f(1) == 2
# example: f(5) == 10
# golden: rows.jsonl >= 1.0
def f(x: int) -> int: ...
"""
ROWS = "".join(f'{{"input": {{"x": {x}}}, "output": {2 * x}}}\n' for x in range(700_001, 700_008))
RIGHT = "```python\ndef f(x: int) -> int:\n    return x * 2\n```"
WRONG = "```python\ndef f(x: int) -> int:\n    return x + 1\n```"


@pytest.fixture
def compiled(workspace):
    """Compile with the served steps; the run and the requests that the server got."""

    def run(*steps, code=0, settings=(), repeat=False, options=(), text=SPEC, single=0):
        path = workspace.write("a.py", text)
        workspace.write("rows.jsonl", ROWS)
        with scripted(*steps, repeat=repeat, single=single) as served:
            environment = {
                "INTAGLIO_MODEL": "openai/scripted",
                "INTAGLIO_API_BASE": served.base,
                "INTAGLIO_MAX_TOKENS": "50000",
                "INTAGLIO_CANDIDATES": "1",
                **dict(settings),
            }
            ran = workspace.run("compile", *options, code=code, environment=environment)
        return ran, path.read_text(), served.requests

    return run


def attempts(workspace):
    with sqlite3.connect(workspace.root / ".intaglio" / "ledger.sqlite") as connection:
        return connection.execute(
            "SELECT number, outcome, input_tokens, output_tokens, prompt, answer FROM attempt ORDER BY id"
        ).fetchall()


def test_answers_that_a_server_gave_up_are_requests_of_their_own(workspace, compiled):
    """Candidates beside each other at a server for one client: each request has its row, and what was sent is spent."""
    _, text, requests = compiled(Step(RIGHT), repeat=True, single=3, options=("--candidates", "3"))
    assert text.endswith("    return x * 2\n")
    rows = attempts(workspace)
    assert len(rows) == len(requests) == 5
    assert [row[1] for row in rows].count("error GE106") == 2
    assert [row[1] for row in rows].count("passed") == 3


def test_an_answer_asked_for_again_needs_room_under_the_cap(workspace, compiled):
    """The cap has room for three requests; two of them are given up, and nothing more is sent."""
    room = {"INTAGLIO_MAX_TOKENS": "4500", "INTAGLIO_ANSWER_TOKENS": "1024"}
    _, _, requests = compiled(Step(RIGHT), repeat=True, single=3, options=("--candidates", "3"), settings=room.items())
    assert len(requests) == 3


def test_a_wrong_answer_goes_back_with_its_findings(workspace, compiled):
    ran, text, requests = compiled(Step(WRONG), Step(RIGHT))
    assert text.endswith("    return x * 2\n")
    assert "2 attempts" in ran.out
    assert "204 tokens" in ran.out
    assert "(estimated)" not in ran.out
    assert len(requests) == 2
    repair = requests[1]["messages"]
    assert "return x + 1" in repair[-2]["content"]
    assert "10 is expected" in repair[-1]["content"]
    assert not [message for request in requests for message in request["messages"] if "70000" in message["content"]]
    assert attempts(workspace) == [(1, "failed at accuracy", 66, 36, None, None), (2, "passed", 66, 36, None, None)]
    workspace.run("verify")


def test_prompts_and_answers_are_kept_only_if_the_setting_says_so(workspace, compiled):
    compiled(Step(RIGHT), settings={"INTAGLIO_KEEP_PROMPTS": "true"})
    ((_, _, _, _, prompt, answer),) = attempts(workspace)
    assert "Return x doubled" in prompt
    assert "70000" not in prompt
    assert answer == RIGHT


ANSWERS = {
    "prose around code": (f"Of course!\n\n{RIGHT}\n\nIt doubles x.", 0),
    "two code blocks": (f"```python\nprint(1)\n```\n{RIGHT}", 0),
    "wrong indentation": ("```python\n   return x * 2\n```", 0),
    "a wrong function": ("```python\ndef g(x):\n    return x * 2\n```", 1),
    "garbage": ("%&/()= 🦀 \x07", 1),
    "nothing": ("", 1),
    "half a function": ("```python\ndef f(x):\n    return (x *\n```", 1),
    "code that may not run": ("```python\ndef f(x):\n    import os\n    return x * 2\n```", 1),
    "an endless loop": ("```python\ndef f(x):\n    while True:\n        x = x + 0\n```", 1),
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_answers_of_every_kind(answer, compiled):
    text, code = ANSWERS[answer]
    ran, after, requests = compiled(Step(text), code=code, repeat=True, options=("--attempts", "2"))
    assert len(requests) == (2 if code else 1)
    if code:
        assert after == SPEC
        assert "refused" in ran.out
    else:
        assert after.endswith("    return x * 2\n")


@pytest.mark.parametrize(
    ("step", "code"),
    [(Step(status=401), 3), (Step(RIGHT, cut=2), 3), (Step(garbage=True), 3), (Step(status=500), 3)],
)
def test_a_server_that_fails_leaves_the_file_alone(step, code, compiled):
    ran, after, _ = compiled(step, code=code, repeat=True, options=("--attempts", "1"))
    assert after == SPEC
    assert "refused" in ran.out
    assert "litellm." not in ran.out


def test_a_cap_stops_before_anything_leaves(compiled):
    ran, after, requests = compiled(Step(RIGHT), code=1, settings={"INTAGLIO_MAX_TOKENS": "50"})
    assert requests == []
    assert after == SPEC
    assert "max-tokens" in ran.out


def test_a_secret_in_a_spec_is_never_sent(compiled):
    text = SPEC.replace("doubled.", "doubled, with " + "AKIA" + "IOSFODNN7EXAMPLE.")
    ran, after, requests = compiled(Step(RIGHT), code=1, text=text)
    assert requests == []
    assert after == text
    assert "nothing was sent" in ran.out


def test_of_candidates_side_by_side_the_simplest_that_passes_is_kept(compiled):
    long = "```python\ndef f(x: int) -> int:\n    total = 0\n    total = total + x\n    total = total + x\n    return total\n```"
    _, after, requests = compiled(Step(long), Step(RIGHT), Step(WRONG), options=("--candidates", "3"))
    assert len(requests) == 3
    assert after.endswith("    return x * 2\n")


def test_a_candidate_without_a_warning_is_kept_before_a_simpler_one(compiled):
    """`1 // x` is shorter, and raises what the spec does not declare."""
    text = "# spec: Return one divided by x, whole; 0 for 0.\n# example: f(2) == 0\ndef f(x: int) -> int: ...\n"
    bare = "```python\ndef f(x: int) -> int:\n    return 1 // x\n```"
    whole = "```python\ndef f(x: int) -> int:\n    if x == 0:\n        return 0\n    return 1 // x\n```"
    _, after, _ = compiled(Step(bare), Step(whole), text=text, options=("--candidates", "2"))
    assert "if x == 0" in after


FREE = {"INTAGLIO_CANDIDATES": "0"}
"""No number of candidates: at a server on loopback more than one, one after another."""


def test_at_a_local_server_an_answer_that_passes_is_the_last_one_asked_for(workspace, compiled):
    _, text, requests = compiled(*[Step(WRONG)] * 3, Step(RIGHT), Step(WRONG), settings=FREE)
    assert text.endswith("    return x * 2\n")
    assert len(requests) == 4
    assert [row[:2] for row in attempts(workspace)] == [*[(1, "failed at accuracy")] * 3, (1, "passed")]


def test_at_a_local_server_each_form_is_answered_greedily_before_any_is_sampled(compiled):
    *_, requests = compiled(*[Step(WRONG)] * 5, Step(RIGHT), settings=FREE)
    assert [request["temperature"] for request in requests] == [0.0, 0.0, 0.0, 0.8, 0.8, 0.8]
    assert len({request["seed"] for request in requests}) == 6
    tasks = [request["messages"][1]["content"] for request in requests]
    assert len(set(tasks[:3])) == 3
    assert tasks[3:] == tasks[:3]


def test_at_a_local_server_a_failed_attempt_is_repaired_and_sampled_anew(compiled):
    ran, _, requests = compiled(*[Step(WRONG)] * 7, Step(RIGHT), settings=FREE)
    assert "2 attempts" in ran.out
    assert [len(request["messages"]) for request in requests] == [2, 2, 2, 2, 2, 2, 4, 2]


def test_at_a_local_server_a_warning_is_not_the_end(compiled):
    text = "# spec: Return one divided by x, whole; 0 for 0.\n# example: f(2) == 0\ndef f(x: int) -> int: ...\n"
    bare = "```python\ndef f(x: int) -> int:\n    return 1 // x\n```"
    whole = "```python\ndef f(x: int) -> int:\n    if x == 0:\n        return 0\n    return 1 // x\n```"
    _, after, requests = compiled(Step(bare), Step(whole), Step(bare), text=text, settings=FREE)
    assert "if x == 0" in after
    assert len(requests) == 2


def test_at_a_local_server_the_cap_ends_an_attempt_with_what_came(compiled):
    """Room for two requests of about 1,300 tokens: the second finds room since the first used little, the third does not."""
    room = {**FREE, "INTAGLIO_MAX_TOKENS": "1500", "INTAGLIO_ANSWER_TOKENS": "1024"}
    ran, after, requests = compiled(
        Step(WRONG, usage=(100, 20)), Step(WRONG, usage=(100, 900)), Step(RIGHT), code=1, settings=room
    )
    assert len(requests) == 2
    assert after == SPEC
    assert "max-tokens" in ran.out


def test_a_slip_is_mended_without_the_model(workspace, compiled):
    """The import is missing and the argument is changed in place: one request, and the four stages on what came of it."""
    text = (
        "# spec: Return how many of the two smallest items are the smallest one.\n# require: len(items) > 1\n"
        "# example: f([3, 1, 1]) == 2\n# example: f([3, 1, 2]) == 1\ndef f(items: list[int]) -> int: ...\n"
    )
    slip = "```python\ndef f(items):\n    items.sort()\n    return Counter(items[:2])[items[0]]\n```"
    ran, after, requests = compiled(Step(slip), text=text)
    assert len(requests) == 1
    assert "    from collections import Counter\n" in after
    assert "    items = list(items)\n    items.sort()\n" in after
    assert "copied `items`" in ran.out
    assert attempts(workspace)[0][1] == "passed, mended"
    workspace.run("verify")


def test_nobody_there_is_the_environment_s_fault(workspace):
    path = workspace.write("a.py", SPEC)
    workspace.write("rows.jsonl", ROWS)
    environment = {
        "INTAGLIO_MODEL": "openai/scripted",
        "INTAGLIO_API_BASE": "http://127.0.0.1:9/v1",
        "INTAGLIO_MAX_TOKENS": "50000",
    }
    workspace.run("compile", code=3, environment=environment)
    assert path.read_text() == SPEC
