"""The background process of a language server: stages, models and the reading of whole files compute for
seconds, and in the server's own process every answer would wait for them.

Pickled values between two ends of one program: in come `Begin`, `Cancel`, `Skip` and `Call`, out go (number, what was told); None
ends some work, `Answered` a call. What a sandbox says never comes here unread: it is plain data when it leaves the sandbox's package. Ends, with all
that it started, when its input does.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import sys
import threading
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from intaglio.background_work import Answered, Begin, Call, Cancel, Skip, Work, do_work
from intaglio.generate.backends import Backends
from intaglio.validate.tools import Toolbox
from intaglio.workers import NoTools, Workers

_NICE = 5
"""By how much less its work weighs than the server's, where there is not enough for both: keys come first."""


_THRESHOLDS = 50_000, 20, 20
"""Objects more than there were, and walks of the younger, until the collector of garbage walks: a tree of a long file is hundreds
of thousands, without a cycle, and a walk over them costs as much as parsing it.
"""


@dataclass(slots=True)
class _Running:
    cancel: threading.Event = field(default_factory=threading.Event)
    skipped: set[str] = field(default_factory=set)


class BackgroundProcess:
    """The process's own side."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._writing = threading.Lock()
        self._running: dict[int, _Running] = {}
        self._workers = Workers(2, Toolbox)
        self._callers = Workers(2, NoTools)
        self._backends = Backends()

    def take(self, message: Any) -> None:
        """Take one message."""
        match message:
            case Begin(number=number, work=work):
                running = self._running[number] = _Running()
                self._workers.submit(lambda toolbox: self._run(number, work, running, toolbox))
            case Call(number=number, function=function, arguments=arguments):
                self._callers.submit(lambda _: self._say(number, _answer(function, arguments)))
            case Cancel(number=number) if number in self._running:
                self._running[number].cancel.set()
            case Skip(number=number, name=name) if number in self._running:
                self._running[number].skipped.add(name)

    def close(self) -> None:
        """End what runs."""
        for running in list(self._running.values()):
            running.cancel.set()
        self._workers.close(wait=0.2)
        self._backends.close()

    def _run(self, number: int, work: Work, running: _Running, toolbox: Toolbox) -> None:
        try:
            for told in do_work(work, toolbox, self._backends, running.cancel, running.skipped):
                self._say(number, told)
        finally:
            self._running.pop(number, None)
            self._say(number, None)
            if not self._running:
                gc.collect()

    def _say(self, number: int, told: object) -> None:
        data = pickle.dumps((number, told), pickle.HIGHEST_PROTOCOL)
        with self._writing:
            try:
                self._out.write(data)
                self._out.flush()
            except OSError:  # the server is gone: the input's end is seen next
                return


def _answer(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Answered:
    try:
        return Answered(function(*arguments))
    except Exception as error:  # noqa: BLE001 - said to the one who called
        return Answered(failure=f"{type(error).__name__}: {error}")


def serve(given: BinaryIO, out: BinaryIO) -> None:
    """Take messages until the other end closes."""
    process = BackgroundProcess(out)
    try:
        while True:
            process.take(pickle.load(given))  # noqa: S301 - the server that started this process writes there, nobody else
    except (EOFError, OSError):
        process.close()


def main() -> None:
    """Keep the pipes for the messages alone, and serve."""
    given, out = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt at a terminal is the server's, which closes the pipe
    warnings.simplefilter("ignore")
    gc.set_threshold(*_THRESHOLDS)
    if hasattr(os, "nice"):
        os.nice(_NICE)
    serve(given, out)
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
