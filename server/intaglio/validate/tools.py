"""The tools that stages use, kept warm. Opened when first needed."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Self

from intaglio.sandbox import open_sandbox
from intaglio.sandbox.interface import Sandbox
from intaglio.validate.children import PRELOAD
from intaglio.validate.observation import Observation


class Toolbox:
    """Warm tools for one user of the stages. Close it, or use it as a context manager."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sandbox: Sandbox | None = None
        self.observed: tuple[str, Observation] | None = None
        """What the execution stage saw last, by the subject's key: the accuracy stage judges the same calls."""

    @property
    def sandbox(self) -> Sandbox:
        """The sandbox. Raises SandboxUnavailable."""
        with self._lock:
            if self._sandbox is None:
                self._sandbox = open_sandbox(PRELOAD)
            return self._sandbox

    def close(self) -> None:
        """End every process that was started."""
        with self._lock:
            sandbox, self._sandbox = self._sandbox, None
        if sandbox is not None:
            sandbox.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()
