"""When Python's collector of garbage walks: in pauses, where nobody waits for an answer. Hardly anything here makes cycles, and a
walk over a long file's specs takes longer than a key.
"""

from __future__ import annotations

import gc

from intaglio.lsp.refreshing import Clock

_THRESHOLDS = 20_000, 10, 10
"""Objects more than there were, and walks of the younger, until a walk that does not wait for a pause."""
_PAUSE = 1.0
"""Seconds without a change that make a pause."""


def seldom() -> None:
    """Have the collector walk seldom by itself: the objects of one long answer would set it off several times."""
    gc.set_threshold(*_THRESHOLDS)


def keep() -> None:
    """Collect, and leave what is there now out of all walks to come."""
    gc.collect()
    gc.freeze()


class Collecting:
    """Walks when a pause comes. `quiet`: nothing has changed since the last one."""

    def __init__(self) -> None:
        self._changed = 0.0
        self.quiet = True

    def changed(self, clock: Clock) -> None:
        """Something changed, so there is something to collect once a pause comes."""
        self._changed = clock.time()
        if self.quiet:
            self.quiet = False
            clock.call_later(_PAUSE, lambda: self._look(clock))

    def _look(self, clock: Clock) -> None:
        left = self._changed + _PAUSE - clock.time()
        if left > 0:
            clock.call_later(left, lambda: self._look(clock))
        else:
            self.quiet = True
            gc.collect()
