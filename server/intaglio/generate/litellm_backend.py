"""The litellm backend: talks with the worker process, where litellm lives, so that its import costs nobody's start."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import queue
import subprocess
import sys
import threading
import urllib.parse
from collections.abc import Iterator
from typing import Any

from intaglio.generate.budget import Price, estimate_tokens
from intaglio.generate.interface import Cancelled, Completion, Delta, GenerationError, Interrupted, Request, Usage

_START_SECONDS = 60.0
NO_PENALTY = 1.0
"""What a local server is told of repetition. llama-cpp-python and Ollama punish it by 1.1 when nobody says, and code repeats
itself: the names, the brackets, the lines that it was shown. Servers that do not know the parameter leave it aside."""
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1", "[::1]"})


def is_loopback(api_base: str) -> bool:
    """Whether a base URL points at this machine."""
    return (urllib.parse.urlsplit(api_base).hostname or "") in _LOOPBACK


class LitellmBackend:
    """See `Backend`. The worker is started when first needed, and again after it died. Thread-safe."""

    def __init__(self, api_base: str = "", seconds: float = 120.0) -> None:
        self.api_base, self.seconds = api_base, seconds
        self._lock = threading.Lock()
        self._worker: _Worker | None = None

    @property
    def name(self) -> str:
        """The backend's name."""
        return "litellm"

    def price(self, model: str) -> Price | None:
        """What the model costs; nothing on loopback; None when it is unknown. Raises GenerationError."""
        if self.api_base and is_loopback(self.api_base):
            return Price(0.0, 0.0)
        for message in self._ready().ask({"do": "price", "model": model}, threading.Event(), self.seconds):
            found = message.get("done")
            return Price(found["input"], found["output"]) if found else None
        return None

    def near(self, model: str) -> tuple[str, ...]:
        """The names most like this one among the models whose price is known. Raises GenerationError."""
        for message in self._ready().ask({"do": "near", "model": model}, threading.Event(), self.seconds):
            return tuple(message.get("done") or ())
        return ()

    def generate(self, request: Request, cancel: threading.Event) -> Iterator[Delta | Completion]:
        """One answer, streamed. Raises GenerationError or Cancelled."""
        local = bool(self.api_base) and is_loopback(self.api_base)
        question: dict[str, Any] = {
            "do": "complete",
            "model": request.model,
            "messages": [{"role": message.role, "content": message.content} for message in request.messages],
            "max_tokens": request.max_tokens,
            "temperature": request.temperature,
            "seed": request.seed,
            "seconds": self.seconds,
            "api_base": self.api_base,
            "api_key": "none" if local else "",
        }
        if local:
            question["repeat_penalty"] = NO_PENALTY
        for message in self._ready().ask(question, cancel, self.seconds * 5):
            if "delta" in message:
                yield Delta(message["delta"])
            elif "done" in message:
                done = message["done"]
                yield Completion(
                    done["text"], self._usage(request, done), done["model"] or request.model, done["finish"]
                )

    def close(self) -> None:
        """End the worker."""
        with self._lock:
            worker, self._worker = self._worker, None
        if worker is not None:
            worker.close()

    def _usage(self, request: Request, done: dict[str, Any]) -> Usage:
        reported = done["usage"]
        if reported is None:
            estimate = Usage(estimate_tokens(request.messages), max(1, len(done["text"]) // 3), None, estimated=True)
            counted = estimate
        else:
            counted = Usage(reported["input"], reported["output"], None)
        price = self.price(request.model)
        cost = price.of(counted.input_tokens, counted.output_tokens) if price is not None else None
        return Usage(counted.input_tokens, counted.output_tokens, cost, counted.estimated)

    def _ready(self) -> _Worker:
        with self._lock:
            if self._worker is None or not self._worker.alive:
                self._worker = _Worker(local=bool(self.api_base) and is_loopback(self.api_base))
            return self._worker


class _Worker:
    """The process, a thread that reads it, and a queue for each request."""

    def __init__(self, *, local: bool) -> None:
        environment = dict(os.environ)
        if local:
            environment["NO_PROXY"] = environment["no_proxy"] = "127.0.0.1,localhost,::1"
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "intaglio.generate.worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, env=environment, text=True, encoding="utf-8", start_new_session=True,
        )  # fmt: skip
        self._numbers = itertools.count(1)
        self._queues: dict[int, queue.SimpleQueue[dict[str, Any]]] = {0: queue.SimpleQueue()}
        self._write = threading.Lock()
        threading.Thread(target=self._read, daemon=True).start()
        try:
            first = self._queues[0].get(timeout=_START_SECONDS)
        except queue.Empty:
            self.close()
            raise GenerationError(
                "GE107", "the model worker did not start; is litellm installed? pip install 'intaglio[model]'"
            ) from None
        if "error" in first:
            self.close()
            raise GenerationError(first["error"]["code"], first["error"]["message"])

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    def ask(self, question: dict[str, Any], cancel: threading.Event, seconds: float) -> Iterator[dict[str, Any]]:
        """The messages that answer a question, the last being a `done`. Raises GenerationError or Cancelled."""
        number = next(self._numbers)
        answers = self._queues.setdefault(number, queue.SimpleQueue())
        finished = False
        try:
            self._send({"id": number, **question})
            waited = 0.0
            while True:
                if cancel.is_set():
                    raise Cancelled
                try:
                    message = answers.get(timeout=0.05)
                except queue.Empty:
                    waited += 0.05
                    if waited > seconds:
                        raise GenerationError("GE106", f"the model did not answer within {seconds:g} s") from None
                    continue
                waited = 0.0
                if "error" in message:
                    finished = True
                    if message["error"]["code"] == "interrupted":
                        raise Interrupted("GE106", message["error"]["message"])
                    raise GenerationError(message["error"]["code"], message["error"]["message"])
                finished = "done" in message
                yield message
                if finished:
                    return
        finally:
            if not finished and self.alive:
                with contextlib.suppress(GenerationError):
                    self._send({"id": number, "do": "cancel"})
            self._queues.pop(number, None)

    def close(self) -> None:
        """End the process."""
        with contextlib.suppress(OSError):
            if self._process.stdin is not None:
                self._process.stdin.close()
        try:
            self._process.wait(2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _send(self, message: dict[str, Any]) -> None:
        try:
            with self._write:
                if self._process.stdin is None:
                    raise BrokenPipeError
                self._process.stdin.write(json.dumps(message) + "\n")
                self._process.stdin.flush()
        except (OSError, ValueError) as error:
            raise GenerationError("GE110", "the model worker ended; try again") from error

    def _read(self) -> None:
        for line in self._process.stdout or ():
            try:
                message = json.loads(line)
            except ValueError:
                continue
            waiting = self._queues.get(message.get("id", -1))
            if waiting is not None:
                waiting.put(message)
        for waiting in list(self._queues.values()):
            waiting.put({"error": {"code": "GE110", "message": "the model worker ended; try again"}})
