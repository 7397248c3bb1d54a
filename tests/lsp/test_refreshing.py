"""When a client is told to ask anew for lenses and hints: on a clock that the test sets."""

from intaglio.lsp.refreshing import GAP, Refreshing


class Clock:
    """A loop's clock that stands until it is set."""

    def __init__(self):
        self.now = 100.0
        self.calls = []

    def time(self):
        return self.now

    def call_later(self, delay, callback):
        call = [self.now + delay, callback]
        self.calls.append(call)
        call_list = self.calls

        class Handle:
            def cancel(self):
                call_list.remove(call)

        return Handle()

    def to(self, now):
        self.now = now
        for call in [one for one in self.calls if one[0] <= now]:
            self.calls.remove(call)
            call[1]()


def said():
    clock, times = Clock(), []
    return clock, times, Refreshing(lambda: times.append(round(clock.now, 3)))


def test_of_a_run_with_many_steps_some_are_shown_and_the_end_at_once():
    clock, times, refreshing = said()
    for step in range(10):
        clock.to(100 + step / 10)
        refreshing.changed(clock, settled=False)
    clock.to(100.95)
    refreshing.changed(clock, settled=True)
    clock.to(200)
    assert times == [100.0, 100.3, 100.6, 100.9, 100.95]


def test_the_last_step_of_a_burst_is_never_left_unsaid():
    clock, times, refreshing = said()
    refreshing.changed(clock, settled=False)
    clock.to(100.1)
    refreshing.changed(clock, settled=False)
    clock.to(200)
    assert times == [100.0, 200]
    assert GAP > 0.25, "longer than VS Code waits for quiet"


def test_nothing_is_said_after_the_end():
    clock, times, refreshing = said()
    refreshing.changed(clock, settled=True)
    clock.to(100.1)
    refreshing.changed(clock, settled=False)
    refreshing.stop()
    clock.to(200)
    assert times == [100.0]
