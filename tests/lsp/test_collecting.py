"""When garbage is collected while somebody types: on a clock that the test sets."""

import gc

import pytest
from test_refreshing import Clock

from intaglio.lsp.collecting import Collecting


@pytest.fixture
def walks(monkeypatch):
    """The times at which everything was walked over."""
    times = []
    monkeypatch.setattr(gc, "collect", lambda: times.append(True))
    return times


def test_nobody_who_types_waits_for_it(walks):
    clock, collecting = Clock(), Collecting()
    for key in range(100):
        clock.to(100 + key / 20)
        collecting.changed(clock)
    assert walks == []
    clock.to(110)
    clock.to(120)
    assert walks == [True], "once, when a pause came"


def test_each_pause_after_a_change_has_one(walks):
    clock, collecting = Clock(), Collecting()
    for moment in (100, 200):
        clock.to(moment)
        collecting.changed(clock)
        clock.to(moment + 50)
    assert walks == [True, True]
    clock.to(1000)
    assert walks == [True, True]
    assert clock.calls == [], "nothing wakes an editor's server that nobody uses"
