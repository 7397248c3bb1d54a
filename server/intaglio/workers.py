"""Threads that work beside the one that takes messages. Each has warm tools of its own, closed with it.

They are daemons: a process that ends does not wait for a stage. It does wait for a write that was begun.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar


class Closable(Protocol):
    """Tools that hold processes or files."""

    def close(self) -> None:
        """Let them go."""


class NoTools:
    """For work that needs none."""

    def close(self) -> None:
        """Nothing is held."""


Tools = TypeVar("Tools", bound=Closable)


class Workers(Generic[Tools]):
    """At most `count` threads, started when first needed, each with what `open_tools` gives."""

    def __init__(self, count: int, open_tools: Callable[[], Tools]) -> None:
        self._count, self._open_tools = count, open_tools
        self._work: queue.SimpleQueue[Callable[[Tools], None] | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._tools: list[Tools] = []
        self._lock = threading.Lock()
        self._unfinished = 0

    def submit(self, work: Callable[[Tools], None]) -> None:
        """Have one thread call `work` with its tools. `work` says itself what went wrong."""
        with self._lock:
            if self._unfinished >= len(self._threads) and len(self._threads) < self._count:
                thread = threading.Thread(target=self._run, name=f"intaglio-{len(self._threads)}", daemon=True)
                self._threads.append(thread)
                thread.start()
            self._unfinished += 1
        self._work.put(work)

    def close(self, wait: float = 0.0) -> None:
        """Take up no more work, wait at most `wait` seconds for what was begun, and close every thread's tools."""
        for _ in self._threads:
            self._work.put(None)
        for thread in self._threads:
            thread.join(wait)
        for tools in self._tools:
            tools.close()

    def _run(self) -> None:
        tools = self._open_tools()
        self._tools.append(tools)
        while (work := self._work.get()) is not None:
            work(tools)
            with self._lock:
                self._unfinished -= 1
