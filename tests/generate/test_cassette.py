"""Recorded exchanges: the same request gives the same answer, another one is a loud error."""

import json
import threading
from dataclasses import replace

import pytest

from intaglio.generate.cassette import CassetteBackend
from intaglio.generate.interface import Completion, Delta, GenerationError, Message, Request, Usage
from intaglio.spec import read_specs

SPEC = read_specs("# spec: Return x.\ndef f(x: int) -> int: ...\n").specs[0]
REQUEST = Request(SPEC, (Message("system", "s [canary1]"), Message("user", "u")), "m", 64, 0.0, 1, canary="canary1")


class Source:
    name = "source"
    asked = 0

    def generate(self, _request, _cancel):
        self.asked += 1
        yield Delta("return ")
        yield Delta("x")
        yield Completion("return x", Usage(5, 2), "m", "stop")


def play(backend, request=REQUEST):
    return list(backend.generate(request, threading.Event()))[-1]


def test_recorded_once_and_played_for_ever(tmp_path):
    source = Source()
    first = play(CassetteBackend(tmp_path, source))
    again = play(CassetteBackend(tmp_path, source))
    alone = play(
        CassetteBackend(tmp_path),
        replace(REQUEST, canary="another", messages=(Message("system", "s [another]"), Message("user", "u"))),
    )
    assert source.asked == 1
    assert first == again == alone


@pytest.mark.parametrize(
    "change", [{"seed": 2}, {"temperature": 0.5}, {"model": "n"}, {"messages": (Message("user", "v"),)}]
)
def test_another_request_is_a_miss(tmp_path, change):
    play(CassetteBackend(tmp_path, Source()))
    with pytest.raises(GenerationError, match="no recording") as caught:
        play(CassetteBackend(tmp_path), replace(REQUEST, **change))
    assert caught.value.code == "GE114"
    assert "f-" in str(caught.value)


@pytest.mark.parametrize("damage", [lambda _: "", lambda _: "{}", lambda entry: json.dumps({**entry, "request": "0"})])
def test_a_damaged_recording_is_an_error(tmp_path, damage):
    play(CassetteBackend(tmp_path, Source()))
    (path,) = tmp_path.glob("*.json")
    path.write_text(damage(json.loads(path.read_text())))
    with pytest.raises(GenerationError):
        play(CassetteBackend(tmp_path))
