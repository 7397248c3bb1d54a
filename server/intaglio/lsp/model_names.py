"""Names of models for completion: the settings', those that the ledger knows, and those of local servers.

Local servers are looked for in the background, at most once a minute and in a trusted workspace alone: whoever completes gets what
was found until then, and waits for nothing.
"""

from __future__ import annotations

import threading
import time

from intaglio.assist.view import View
from intaglio.ledger import models_used

_SECONDS = 60.0


class _LocalModels:
    """What the last look found."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._looked: float | None = None
        self._found: tuple[str, ...] = ()

    def now(self) -> tuple[str, ...]:
        """What is known now; begins another look where the last was long ago."""
        with self._lock:
            if self._looked is None or time.monotonic() - self._looked > _SECONDS:
                self._looked = time.monotonic()
                threading.Thread(target=self._look, name="intaglio-local-models", daemon=True).start()
            return self._found

    def _look(self) -> None:
        from intaglio.generate.local_servers import find_local_servers

        found = tuple(model for server in find_local_servers() for model in server.models)
        with self._lock:
            self._found = found


_LOCAL = _LocalModels()


def known_models(view: View) -> tuple[str, ...]:
    """Every name that is known without waiting, the settings' own first."""
    names = [view.settings.model] if view.settings.model else []
    names += models_used(view.snapshot.root / ".intaglio" / "ledger.sqlite")
    if view.trusted:
        names += _LOCAL.now()
    return tuple(dict.fromkeys(names))
