"""Backends of models that stay for the next request: starting litellm takes seconds. One owner, who closes them."""

from __future__ import annotations

import threading

from intaglio.generate.litellm_backend import LitellmBackend


class Backends:
    """One backend for each server that was asked for, its worker started when first needed. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._litellm: dict[tuple[str, float], LitellmBackend] = {}

    def litellm(self, api_base: str, seconds: float) -> LitellmBackend:
        """The backend for a base URL ("" for the providers' own), which waits so many seconds for an answer."""
        with self._lock:
            key = (api_base, seconds)
            if key not in self._litellm:
                self._litellm[key] = LitellmBackend(api_base, seconds)
            return self._litellm[key]

    def close(self) -> None:
        """End every worker."""
        with self._lock:
            backends = list(self._litellm.values())
            self._litellm.clear()
        for backend in backends:
            backend.close()
