"""Threads for stages, models and the disk, apart from those that read messages. Each has warm tools of its own.

They are daemons: a server that ends does not wait for a stage. It does wait for a write that was begun.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from intaglio.validate.tools import Toolbox


class Workers:
    """At most `count` threads, started when first needed."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._work: queue.SimpleQueue[Callable[[Toolbox], None] | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._toolboxes: list[Toolbox] = []
        self._lock = threading.Lock()
        self._unfinished = 0

    def submit(self, work: Callable[[Toolbox], None]) -> None:
        """Have one thread call `work` with its tools. `work` says itself what went wrong."""
        with self._lock:
            if self._unfinished >= len(self._threads) and len(self._threads) < self._count:
                thread = threading.Thread(target=self._run, name=f"intaglio-{len(self._threads)}", daemon=True)
                self._threads.append(thread)
                thread.start()
            self._unfinished += 1
        self._work.put(work)

    def close(self, wait: float = 0.0) -> None:
        """Take up no more work, wait at most `wait` seconds for what was begun, and end every child."""
        for _ in self._threads:
            self._work.put(None)
        for thread in self._threads:
            thread.join(wait)
        for toolbox in self._toolboxes:
            toolbox.close()

    def _run(self) -> None:
        from intaglio.validate.tools import Toolbox

        toolbox = Toolbox()
        self._toolboxes.append(toolbox)
        while (work := self._work.get()) is not None:
            work(toolbox)
            with self._lock:
                self._unfinished -= 1
