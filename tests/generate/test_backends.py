"""A model's worker serves request after request: starting one takes seconds."""

import threading

from scripted_server import Step, scripted

from intaglio.generate.backends import Backends
from intaglio.generate.interface import Completion, Message, Request
from intaglio.spec import read_specs


def ask(backend):
    (spec,) = read_specs("# spec: Return n.\ndef same(n: int) -> int: ...\n").specs
    request = Request(spec, (Message("user", "hello"),), "openai/scripted", 50, 0.0, 1, "canary")
    return [step.text for step in backend.generate(request, threading.Event()) if isinstance(step, Completion)]


def test_two_jobs_at_one_server_share_a_worker_which_ends_with_its_owner():
    with scripted(Step("one"), Step("two")) as served:
        backends = Backends()
        assert ask(backends.litellm(served.base, 60.0)) == ["one"]
        worker = backends.litellm(served.base, 60.0)._worker
        assert ask(backends.litellm(served.base, 60.0)) == ["two"]
        assert backends.litellm(served.base, 60.0)._worker is worker
        assert backends.litellm("http://127.0.0.1:1/v1", 60.0)._worker is None
        backends.close()
        assert not worker.alive
