"""A sandbox for one run that somebody may cancel: its children end at once then, and none are started any more.

Whoever talks with such a child is told by an exception of its own, so that nobody takes the end for something that the child did.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self

from intaglio.sandbox.interface import Child, ChildFailed, Limits, Role, Sandbox

_LOOK_SECONDS = 0.05
"""How often it is looked whether the run was cancelled."""


class RunCancelled(Exception):
    """The run that a child belonged to was cancelled. No failure of the child's."""


class CancellableSandbox:
    """See `Sandbox`; the one that is given stays open. Close it when the run is over, or use it as a context manager."""

    def __init__(self, sandbox: Sandbox, cancel: threading.Event) -> None:
        self._sandbox, self._cancel = sandbox, cancel
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._children: set[Child] = set()
        self._watcher: threading.Thread | None = None

    @property
    def walls(self) -> tuple[tuple[str, str], ...]:
        """See `Sandbox`."""
        return self._sandbox.walls

    def start(self, role: Role, program: str, *, variant: int = 0, limits: Limits | None = None) -> Child:
        """See `Sandbox`. Raises RunCancelled too."""
        if self._cancel.is_set():
            raise RunCancelled
        child = self._sandbox.start(role, program, variant=variant, limits=limits)
        with self._lock:
            self._children.add(child)
            if self._watcher is None:
                self._watcher = threading.Thread(target=self._watch, name="intaglio-cancelling", daemon=True)
                self._watcher.start()
        if self._cancel.is_set():
            child.close()
            raise RunCancelled
        return _CancellableChild(child, self._cancel, self._forget)

    def close(self) -> None:
        """End the run's children, and look no longer whether it was cancelled."""
        self._over.set()
        self._end_children()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def _forget(self, child: Child) -> None:
        with self._lock:
            self._children.discard(child)

    def _watch(self) -> None:
        while not self._over.wait(_LOOK_SECONDS):
            if self._cancel.is_set():
                self._end_children()
                return

    def _end_children(self) -> None:
        with self._lock:
            children = tuple(self._children)
            self._children.clear()
        for child in children:
            child.close()


class _CancellableChild:
    """See `Child`."""

    def __init__(self, child: Child, cancel: threading.Event, forget: Callable[[Child], None]) -> None:
        self._child, self._cancel, self._forget = child, cancel, forget

    def send(self, message: object) -> None:
        """See `Child`. Raises RunCancelled too."""
        with self._told():
            self._child.send(message)

    def receive(self, timeout: float) -> object:
        """See `Child`. Raises RunCancelled too."""
        with self._told():
            return self._child.receive(timeout)

    def close(self) -> None:
        """See `Child`."""
        self._forget(self._child)
        self._child.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except ChildFailed as error:
            if self._cancel.is_set():
                raise RunCancelled from error
            raise
