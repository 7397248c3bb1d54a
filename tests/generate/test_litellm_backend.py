"""The litellm backend over real HTTP: streaming, errors, usage, cancelling. One worker serves the whole file."""

import threading

import pytest
from scripted_server import Step, scripted

from intaglio.config import Settings
from intaglio.generate.choose import author_for
from intaglio.generate.interface import Cancelled, Completion, Delta, GenerationError, Interrupted, Message, Request
from intaglio.generate.litellm_backend import LitellmBackend
from intaglio.spec import read_specs

SPEC = read_specs("# spec: Return x doubled.\n# example: f(1) == 2\ndef f(x: int) -> int: ...\n").specs[0]


@pytest.fixture(scope="module")
def backend():
    opened = LitellmBackend("http://127.0.0.1:9/v1", seconds=20)
    yield opened
    opened.close()


def ask(backend, served, cancel=None):
    backend.api_base = served.base
    request = Request(SPEC, (Message("system", "s"), Message("user", "u")), "openai/scripted", 64, 0.0, 1)
    return list(backend.generate(request, cancel or threading.Event()))


def test_streaming_and_the_provider_s_own_usage(backend):
    with scripted(Step("```python\nreturn x * 2\n```", usage=(66, 36))) as served:
        *deltas, last = ask(backend, served)
    assert len(deltas) > 1
    assert "".join(delta.text for delta in deltas) == last.text == "```python\nreturn x * 2\n```"
    assert (last.usage.input_tokens, last.usage.output_tokens, last.usage.estimated) == (66, 36, False)
    assert last.usage.cost == 0
    assert served.requests[0]["messages"] == [{"role": "system", "content": "s"}, {"role": "user", "content": "u"}]


def test_a_local_server_is_told_not_to_punish_repetition(backend):
    with scripted(Step("return x * 2")) as served:
        ask(backend, served)
    assert served.requests[0]["repeat_penalty"] == 1.0


def test_a_missing_usage_is_called_estimated(backend):
    with scripted(Step("return x * 2", usage=None)) as served:
        last = ask(backend, served)[-1]
    assert last.usage.estimated
    assert last.usage.output_tokens > 0


def test_a_cut_connection_is_an_error(backend):
    with (
        scripted(Step("return x * 2 and much more text than one piece", cut=2)) as served,
        pytest.raises(GenerationError) as caught,
    ):
        ask(backend, served)
    assert caught.value.code in {"GE106", "GE110"}


@pytest.mark.parametrize(
    ("model", "variable"), [("openai/gpt-4o", "OPENAI_API_KEY"), ("anthropic/claude-sonnet-4-5", "ANTHROPIC_API_KEY")]
)
def test_a_key_that_is_nowhere_is_named(monkeypatch, model, variable):
    """Nothing is sent: the providers' own clients look for the key first."""
    monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    backend = LitellmBackend("", seconds=20)
    try:
        with pytest.raises(GenerationError) as caught:
            list(backend.generate(Request(SPEC, (Message("user", "u"),), model, 64, 0.0, 1), threading.Event()))
    finally:
        backend.close()
    assert caught.value.code == "GE105"
    assert f"set {variable}" in str(caught.value)


def test_a_rate_limit_is_waited_for(backend):
    with scripted(Step(status=429, headers={"Retry-After": "0"}), Step("return 1")) as served:
        last = ask(backend, served)[-1]
    assert last.text == "return 1"
    assert len(served.requests) == 2


def test_a_lasting_rate_limit_is_an_error(backend):
    with (
        scripted(Step(status=429, headers={"Retry-After": "0"}), repeat=True) as served,
        pytest.raises(GenerationError) as caught,
    ):
        ask(backend, served)
    assert caught.value.code == "GE108"
    assert len(served.requests) == 4


@pytest.mark.parametrize(("status", "code"), [(401, "GE105"), (404, "GE109"), (400, "GE109")])
def test_refusals_say_what_to_do(backend, status, code):
    with scripted(Step(status=status)) as served, pytest.raises(GenerationError) as caught:
        ask(backend, served)
    assert caught.value.code == code


def test_garbage_is_an_error(backend):
    with scripted(Step(garbage=True)) as served, pytest.raises(GenerationError) as caught:
        ask(backend, served)
    assert caught.value.code in {"GE106", "GE110"}


def test_a_slow_answer_ends_in_time(backend):
    never = threading.Event()
    backend.seconds = 1.0
    try:
        with scripted(Step("return x * 2 slowly", hold=never)) as served, pytest.raises(GenerationError) as caught:
            ask(backend, served)
    finally:
        backend.seconds = 20
        never.set()
    assert caught.value.code == "GE106"


def test_nobody_there(backend):
    class Nowhere:
        base = "http://127.0.0.1:9/v1"

    with pytest.raises(GenerationError) as caught:
        ask(backend, Nowhere)
    assert caught.value.code == "GE106"


def test_cancelling_ends_the_server_s_stream(backend):
    hold, cancel = threading.Event(), threading.Event()
    with scripted(Step("return x * 2 and more and more", hold=hold)) as served:
        backend.api_base = served.base
        stream = backend.generate(Request(SPEC, (Message("user", "u"),), "openai/scripted", 64), cancel)
        assert isinstance(next(stream), Delta)
        cancel.set()
        with pytest.raises(Cancelled):
            list(stream)
        assert served.gone.wait(10)
        hold.set()


def test_the_worker_answers_after_errors(backend):
    with scripted(Step("return 3")) as served:
        assert isinstance(ask(backend, served)[-1], Completion)


def test_a_server_for_one_client_is_asked_one_after_another(backend):
    """Side by side at first; the answers that the server gave up are interrupted, and from then on each waits its turn."""
    answer = "return x * 2  # and enough text behind it for many pieces of eight characters"

    def three():
        ended = []

        def one():
            try:
                ended.append(ask(backend, served)[-1].text)
            except Interrupted:
                ended.append("interrupted")

        threads = [threading.Thread(target=one) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sorted(ended)

    with scripted(Step(answer), repeat=True, single=3) as served:
        assert three() == ["interrupted", "interrupted", answer]
        assert three() == [answer] * 3
    assert len(served.requests) == 6


def test_an_end_without_a_reason_is_not_called_a_stop(backend):
    with scripted(Step("return x * 2", finish=None)) as served:
        last = ask(backend, served)[-1]
    assert (last.text, last.finish_reason) == ("return x * 2", "")


def test_a_misspelt_model_is_named_with_those_it_is_like(tmp_path):
    choose = author_for(tmp_path, Settings(model="gpt4"), lambda: pytest.fail("nothing is recorded: nothing is sent"))
    with pytest.raises(GenerationError) as caught:
        choose(SPEC)
    assert caught.value.code == "GE113"
    assert "litellm lists no model `gpt4`" in str(caught.value)
    assert "`gpt-4`" in str(caught.value)
    for way in ("INTAGLIO_API_BASE", "--max-tokens"):
        assert way in str(caught.value)
    with pytest.raises(GenerationError) as caught:
        author_for(tmp_path, Settings(model="zzzzzzzz"), lambda: None)(SPEC)
    assert "did you mean" not in str(caught.value)
