"""The server's end of its background process (`background_process.py`). It is started with the first work, and again
after it died: what it was at is then refused with the reason.

Messages are written by one thread and read by another, so that the loop never waits for the process.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import pickle
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from intaglio.background_work import Answered, Begin, Call, Cancel, Skip, Told, Work
from intaglio.events import Accepted, Proposed, Refused, SpecKey, Stopped

_SECONDS_TO_END = 3.0
Take = Callable[[Told | None], None]
Answer = TypeVar("Answer")


@dataclass(slots=True)
class _Open:
    take: Take
    left: list[SpecKey]
    """The specs that are not done."""


class Background:
    """Held by the loop's thread. What is told of some work comes there too, and None at its end."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._open: dict[int, _Open] = {}
        self._asked: dict[int, asyncio.Future[Answered]] = {}
        self._messages: queue.SimpleQueue[Begin | Call | Cancel | Skip | None] = queue.SimpleQueue()
        self._starting = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False
        self._writer: threading.Thread | None = None

    def begin(self, work: Work, take: Take) -> int:
        """Have some work done; its number."""
        number = next(self._numbers)
        self._open[number] = _Open(take, list(work.keys))
        self._put(Begin(number, work))
        return number

    async def call(self, function: Callable[..., Answer], *arguments: Any) -> Answer:
        """What a function of this program gives there. Raises RuntimeError with what it failed of."""
        number = next(self._numbers)
        asked = self._asked[number] = asyncio.get_running_loop().create_future()
        self._put(Call(number, function, arguments))
        try:
            answered = await asked
        finally:
            self._asked.pop(number, None)
        if answered.failure:
            raise RuntimeError(answered.failure)
        value: Answer = answered.value
        return value

    def _put(self, message: Begin | Call) -> None:
        if self._writer is None:
            loop = asyncio.get_running_loop()
            self._writer = threading.Thread(target=self._write, args=(loop,), name="intaglio-background", daemon=True)
            self._writer.start()
        self._messages.put(message)

    def cancel(self, number: int) -> None:
        """End work as soon as it can be ended; 0 for what was not begun."""
        if number in self._open:
            self._messages.put(Cancel(number))

    def skip(self, number: int, name: str) -> None:
        """Do not begin on one of its specs."""
        if number in self._open:
            self._messages.put(Skip(number, name))

    def close(self) -> None:
        """End the process with all that it started. Waits for it; one that does not end is killed."""
        with self._starting:
            self._closed = True
        if self._process is None or self._process.stdin is None:
            return
        self._messages.put(None)
        try:
            self._process.wait(_SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def _told(self, number: int, told: Told | Answered | None) -> None:
        if isinstance(told, Answered):
            if (asked := self._asked.get(number)) is not None and not asked.done():
                asked.set_result(told)
            return
        if (here := self._open.get(number)) is None:
            return
        if told is None:
            del self._open[number]
        elif isinstance(told.event, Accepted | Proposed | Refused | Stopped) and told.event.key in here.left:
            here.left.remove(told.event.key)
        here.take(told)

    def _lost(self, number: int, code: int | None) -> None:
        """The process died: what it was at will not come to an end."""
        if (asked := self._asked.get(number)) is not None and not asked.done():
            asked.set_result(Answered(failure=f"the process that was asked ended (code {code})"))
        if (here := self._open.pop(number, None)) is None:
            return
        why = f"the process that runs the stages ended (code {code}); try again, and report it if it comes back"
        for key in here.left:
            here.take(Told(Refused(key, why)))
        here.take(None)

    def _write(self, loop: asyncio.AbstractEventLoop) -> None:
        sent: set[int] = set()
        while (message := self._messages.get()) is not None:
            if isinstance(message, Begin | Call):
                if self._process is None or self._process.poll() is not None:
                    sent = set()
                    if not self._start(loop, sent):
                        return
                sent.add(message.number)
            process = self._process
            if process is None or process.stdin is None:
                continue
            try:
                pickle.dump(message, process.stdin, pickle.HIGHEST_PROTOCOL)
                process.stdin.flush()
            except OSError:
                _post(loop, self._lost, message.number, process.wait())
        if self._process is not None and self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()

    def _start(self, loop: asyncio.AbstractEventLoop, sent: set[int]) -> bool:
        """Start the process, and a thread that reads it; not after the end has begun."""
        with self._starting:
            if self._closed:
                return False
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "intaglio.background_process"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
        threading.Thread(target=self._read, args=(loop, self._process, sent), daemon=True).start()
        return True

    def _read(self, loop: asyncio.AbstractEventLoop, process: subprocess.Popen[bytes], sent: set[int]) -> None:
        given = process.stdout
        try:
            while given is not None:
                number, told = pickle.load(given)  # noqa: S301 - from our own process, see there
                if told is None or isinstance(told, Answered):
                    sent.discard(number)
                _post(loop, self._told, number, told)
        except (EOFError, OSError, pickle.UnpicklingError):
            code = process.wait()
            for number in tuple(sent):
                _post(loop, self._lost, number, code)


def _post(loop: asyncio.AbstractEventLoop, call: Callable[..., Any], *arguments: Any) -> None:
    """Call something on the loop, unless it has ended."""
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(call, *arguments)
