"""The cassette backend: recorded exchanges, keyed by the request's hash. A miss is a loud error. For CI and tests."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from intaglio.generate.interface import Backend, Cancelled, Completion, Delta, GenerationError, Request, Usage
from intaglio.source import write_atomically


def request_fingerprint(request: Request) -> str:
    """SHA-256 over messages (the canary left out), model and parameters."""
    messages = [
        [message.role, message.content.replace(request.canary, "") if request.canary else message.content]
        for message in request.messages
    ]
    parts: list[Any] = [messages, request.model, request.max_tokens, request.temperature, request.seed]
    return hashlib.sha256(json.dumps(parts).encode("utf-8", "surrogatepass")).hexdigest()


class CassetteBackend:
    """Plays recordings from a folder; with a `source`, asks it for what is missing and records the answer."""

    def __init__(self, folder: Path, source: Backend | None = None) -> None:
        self.folder, self.source = folder, source

    @property
    def name(self) -> str:
        """The backend's name."""
        return "cassette"

    def generate(self, request: Request, cancel: threading.Event) -> Iterator[Delta | Completion]:
        """The recorded answer. Raises GenerationError for a miss."""
        if cancel.is_set():
            raise Cancelled
        key = request_fingerprint(request)
        path = self.folder / f"{request.spec.name}-{key[:16]}.json"
        if path.is_file():
            recorded = self._load(path, key)
            yield Delta(recorded.text)
            yield recorded
            return
        if self.source is None:
            near = ", ".join(sorted(one.name for one in self.folder.glob(f"{request.spec.name}-*.json"))) or "none"
            raise GenerationError(
                "GE114", f"{self.folder.name} has no recording {path.name}; recordings of this spec: {near}"
            )
        for step in self.source.generate(request, cancel):
            if isinstance(step, Completion):
                self._save(path, key, request, step)
            yield step

    def _load(self, path: Path, key: str) -> Completion:
        try:
            entry = json.loads(path.read_text(encoding="utf-8"))
            usage = Usage(entry["input_tokens"], entry["output_tokens"], entry["cost"], entry["estimated"])
            recorded, completion = (
                entry["request"],
                Completion(entry["text"], usage, entry["model"], entry["finish_reason"]),
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise GenerationError("GE114", f"the recording {path.name} cannot be read: {error}") from error
        if recorded != key:
            raise GenerationError("GE114", f"the recording {path.name} is of another request")
        return completion

    def _save(self, path: Path, key: str, request: Request, completion: Completion) -> None:
        entry = {
            "request": key,
            "spec": request.spec.name,
            "model": completion.model,
            "finish_reason": completion.finish_reason,
            "input_tokens": completion.usage.input_tokens,
            "output_tokens": completion.usage.output_tokens,
            "cost": completion.usage.cost,
            "estimated": completion.usage.estimated,
            "text": completion.text,
        }
        self.folder.mkdir(parents=True, exist_ok=True)
        write_atomically(path, (json.dumps(entry, indent=2) + "\n").encode())
