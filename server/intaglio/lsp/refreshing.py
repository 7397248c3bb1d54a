"""Having a client ask anew for what it draws beside the text: at once when something settled, else a few times a second.

A client waits for some quiet before it asks (VS Code a quarter of a second), and each further word begins that wait anew: told of
every step of a run, it would show none of them until the end. Knows nothing of messages.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

GAP = 0.3
"""Seconds between two words while something is at work: longer than clients wait for quiet."""


class Timer(Protocol):
    """What a clock gives for a call to come."""

    def cancel(self) -> None:
        """Never make the call."""


class Clock(Protocol):
    """Of an event loop, what is needed here."""

    def time(self) -> float:
        """Seconds since some moment."""

    def call_later(self, delay: float, callback: Callable[[], None]) -> Timer:
        """Call something in `delay` seconds."""


class Refreshing:
    """When to say it. `say` has the client ask anew."""

    def __init__(self, say: Callable[[], None]) -> None:
        self._say = say
        self._last = float("-inf")
        self._waiting: Timer | None = None

    def changed(self, clock: Clock, *, settled: bool) -> None:
        """Something is to be drawn anew; `settled`: it will stay so until somebody does something."""
        left = 0.0 if settled else self._last + GAP - clock.time()
        if left <= 0:
            self.stop()
            self._last = clock.time()
            self._say()
        elif self._waiting is None:
            self._waiting = clock.call_later(left, lambda: self._late(clock))

    def stop(self) -> None:
        """Say nothing more of what changed until now."""
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _late(self, clock: Clock) -> None:
        self._waiting = None
        self.changed(clock, settled=True)
