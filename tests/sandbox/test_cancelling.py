"""A cancelled run: its children end at once, whoever talks with them is told why, and none are started any more."""

import threading

import pytest

from intaglio.sandbox.cancelling import CancellableSandbox, RunCancelled
from intaglio.sandbox.interface import ChildDied, Limits, Role

FOR_EVER = "channel.send('at work')\nwhile True: pass"
LONG = 600.0


@pytest.fixture
def cancel():
    return threading.Event()


@pytest.fixture
def run(sandbox, cancel):
    with CancellableSandbox(sandbox, cancel) as opened:
        yield opened


def test_a_child_that_computes_for_ever_ends_and_its_reader_is_told_why(run, cancel):
    child = run.start(Role.RUN, FOR_EVER, limits=Limits(wall_seconds=LONG))
    assert child.receive(LONG) == "at work"
    threading.Timer(0, cancel.set).start()
    with pytest.raises(RunCancelled):
        child.receive(LONG)


def test_what_was_cancelled_starts_no_child(run, cancel):
    cancel.set()
    with pytest.raises(RunCancelled):
        run.start(Role.RUN, FOR_EVER)


def test_a_child_that_dies_by_itself_is_not_taken_for_a_cancelled_one(run):
    child = run.start(Role.RUN, "raise ValueError('of its own')")
    with pytest.raises(ChildDied, match="of its own"):
        child.receive(LONG)


def test_the_end_of_a_run_leaves_the_sandbox_and_the_children_of_others(sandbox):
    with sandbox.start(Role.RUN, "channel.send(channel.receive())") as other:
        with CancellableSandbox(sandbox, threading.Event()) as one:
            child = one.start(Role.RUN, FOR_EVER, limits=Limits(wall_seconds=LONG))
            assert child.receive(LONG) == "at work"
        other.send("still here")
        assert other.receive(LONG) == "still here"
