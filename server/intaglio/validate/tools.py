"""The tools that stages use, kept warm. Opened when first needed."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from types import TracebackType
from typing import Self

from intaglio.sandbox import open_sandbox
from intaglio.sandbox.cancelling import CancellableSandbox
from intaglio.sandbox.interface import Sandbox
from intaglio.validate.children import PRELOAD
from intaglio.validate.observation import Draws, Observation
from intaglio.validate.type_server import TypeServer


class Toolbox:
    """Warm tools for one user of the stages. Close it, or use it as a context manager."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sandbox: Sandbox | None = None
        self._cancel: threading.Event | None = None
        self._run: CancellableSandbox | None = None
        self.observed: tuple[str, Observation] | None = None
        """What the execution stage saw last, by the subject's key: the accuracy stage judges the same calls."""
        self.types = TypeServer()
        self.draws = Draws()
        """The inputs drawn for specs that were executed lately: the next bodies get the same."""

    @property
    def sandbox(self) -> Sandbox:
        """The sandbox; within `until`, one whose children end when the run is cancelled. Raises SandboxUnavailable."""
        with self._lock:
            if self._sandbox is None:
                self._sandbox = open_sandbox(PRELOAD)
            if self._cancel is None:
                return self._sandbox
            if self._run is None:
                self._run = CancellableSandbox(self._sandbox, self._cancel)
            return self._run

    @contextlib.contextmanager
    def until(self, cancel: threading.Event | None) -> Iterator[None]:
        """One run, whose children end at once when `cancel` is set: whoever talks with them gets RunCancelled."""
        self._cancel = cancel
        try:
            yield
        finally:
            with self._lock:
                run, self._run, self._cancel = self._run, None, None
            if run is not None:
                run.close()

    def close(self) -> None:
        """End every process that was started."""
        with self._lock:
            sandbox, self._sandbox = self._sandbox, None
        if sandbox is not None:
            sandbox.close()
        self.types.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()
