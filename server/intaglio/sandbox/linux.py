"""The Linux sandbox: zygotes by role and variant, each started when first needed. What they do stands in zygote.py."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field

from intaglio.sandbox.conversation import LinuxChild
from intaglio.sandbox.interface import Child, ChildFailed, Limits, Preload, Role, SandboxUnavailable
from intaglio.sandbox.zygote_process import VARIANTS, ZygoteGone, ZygoteProcess

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Place:
    """Where one zygote stands: two threads that want it start it once, and do not wait for other zygotes."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    zygote: ZygoteProcess | None = None


class LinuxSandbox:
    """See `Sandbox`. Raises SandboxUnavailable at once where a wall that is needed does not stand."""

    def __init__(self, preload: Preload | None = None) -> None:
        self._preload = preload or {}
        self._places = {(role, variant): _Place() for role in Role for variant in range(len(VARIANTS))}
        self._closed = False
        self._walls = tuple(self._zygote(Role.RUN, 0).walls.items())

    @property
    def walls(self) -> tuple[tuple[str, str], ...]:
        """Each wall with its state, as the first zygote found it when it tried them all."""
        return self._walls

    def start(self, role: Role, program: str, *, variant: int = 0, limits: Limits | None = None) -> Child:
        """See `Sandbox.start`. A zygote that has died is started once again, with a warning in the log."""
        if (role, variant) not in self._places:
            raise ValueError(f"there is no variant {variant}; there are 0 to {len(VARIANTS) - 1}")
        child = self._forked(role, variant, limits or Limits())
        try:
            child.wait_for_walls()
            child.send(program)
        except ChildFailed:
            child.close()
            raise
        return child

    def close(self) -> None:
        """End all zygotes and children."""
        self._closed = True
        for place in self._places.values():
            with place.lock:
                zygote, place.zygote = place.zygote, None
            if zygote is not None:
                zygote.close()

    def _forked(self, role: Role, variant: int, limits: Limits) -> LinuxChild:
        zygote = self._zygote(role, variant)
        try:
            return zygote.start(limits)
        except ZygoteGone as gone:
            _log.warning("the sandbox's %s zygote %d died (%s) and is started again", role, variant, gone)
            self._forget(role, variant, zygote)
        try:
            return self._zygote(role, variant).start(limits)
        except ZygoteGone as gone:
            raise ChildFailed(f"the sandbox's {role} zygote died twice: {gone}") from gone

    def _zygote(self, role: Role, variant: int) -> ZygoteProcess:
        place = self._places[role, variant]
        with place.lock:
            if self._closed:
                raise SandboxUnavailable("the sandbox has been closed")
            if place.zygote is None:
                place.zygote = ZygoteProcess(role, variant, self._preload.get(role, ()))
            return place.zygote

    def _forget(self, role: Role, variant: int, zygote: ZygoteProcess) -> None:
        place = self._places[role, variant]
        with place.lock:
            if place.zygote is zygote:
                place.zygote = None
        zygote.close()
