"""The worker: a process of its own that imports litellm. JSON lines in, JSON lines out. Started by `litellm_backend`.

Requests: {"id", "do": "complete", ...}, {"id", "do": "cancel"}, {"id", "do": "price" or "near", "model"}. Answers carry the id.
"""

from __future__ import annotations

import asyncio
import difflib
import json
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
os.environ.setdefault("LITELLM_LOG", "ERROR")
MOST_RETRIES = 3
MOST_WAIT = 30.0
SERVICE = "intaglio"
"""The service under which keys stand in the system keyring; the user name is the variable's name."""


_NO_KEY = re.compile(r"missing\b.*\b(credentials|api[ _-]?key)|api_key.*must be set", re.IGNORECASE)
"""How litellm and the providers' clients say that they were given no key."""


class Interrupted(Exception):
    """A server that serves one client at a time ended a stream in favour of another."""


class Worker:
    """Answers requests side by side on one event loop; one after another once a server was seen to need that."""

    def __init__(self, litellm: Any, out: Any) -> None:
        self.litellm, self.out = litellm, out
        self.tasks: dict[int, asyncio.Task[None]] = {}
        self.one_at_a_time = False
        self.running: set[int] = set()
        self.overlapped: set[int] = set()
        """Requests that ran beside another one."""
        self.turn = asyncio.Condition()

    async def serve(self, reader: asyncio.StreamReader) -> None:
        """Read requests until the parent closes its end."""
        while line := await reader.readline():
            request = json.loads(line)
            if request["do"] == "cancel":
                if task := self.tasks.pop(request["id"], None):
                    task.cancel()
                continue
            handler = {"complete": self.complete, "price": self.price, "near": self.near}[request["do"]]
            task = asyncio.create_task(handler(request))
            self.tasks[request["id"]] = task
        for task in self.tasks.values():
            task.cancel()

    def say(self, request: dict[str, Any], **words: Any) -> None:
        """Write one answer."""
        self.out.write(json.dumps({"id": request["id"], **words}) + "\n")
        self.out.flush()

    async def price(self, request: dict[str, Any]) -> None:
        """US dollars a token, in and out; null for an unknown model."""
        try:
            costs = self.litellm.cost_per_token(
                model=request["model"], prompt_tokens=1_000_000, completion_tokens=1_000_000
            )
            self.say(request, done={"input": costs[0] / 1e6, "output": costs[1] / 1e6})
        except Exception:  # noqa: BLE001 - litellm raises a bare Exception of its own for a model that it does not know
            self.say(request, done=None)

    async def near(self, request: dict[str, Any]) -> None:
        """The names of known models that are most like one, the likest first."""
        names = sorted(self.litellm.model_cost, key=lambda name: (len(name), name))
        self.say(request, done=difflib.get_close_matches(request["model"], names, n=3))

    async def complete(self, request: dict[str, Any]) -> None:
        """Stream one completion; waits and asks again while the provider limits the rate, a bounded number of times."""
        for attempt in range(MOST_RETRIES + 1):
            try:
                async with self.its_turn(request):
                    await self.stream(request)
                break
            except Interrupted:
                self.one_at_a_time = True
                self.say(
                    request,
                    error={"code": "interrupted", "message": "the server ended the answer for another client's"},
                )
                break
            except asyncio.CancelledError:
                self.say(request, error={"code": "cancelled", "message": "cancelled"})
                break
            except Exception as error:  # noqa: BLE001 - every provider's error is told to the parent, by its kind
                code, message = self.kind_of(error, request.get("keyless", []))
                if code == "GE108" and attempt < MOST_RETRIES:
                    self.say(request, waiting=True)
                    await asyncio.sleep(min(self.wait_of(error, attempt), MOST_WAIT))
                    continue
                self.say(request, error={"code": code, "message": message})
                break

    @asynccontextmanager
    async def its_turn(self, request: dict[str, Any]) -> AsyncIterator[None]:
        """While the request runs; waits for the others first where the server takes one at a time."""
        number = request["id"]
        async with self.turn:
            while self.one_at_a_time and self.running:
                self.say(request, waiting=True)
                await self.turn.wait()
            self.running.add(number)
            self.overlapped -= {number}
            if len(self.running) > 1:
                self.overlapped |= self.running
        try:
            yield
        finally:
            self.running.discard(number)
            async with self.turn:
                self.turn.notify_all()

    async def stream(self, request: dict[str, Any]) -> None:
        """One request and its stream."""
        self.find_key(request)
        options: dict[str, Any] = {
            key: request[key]
            for key in ("model", "messages", "max_tokens", "temperature", "repeat_penalty")
            if key in request
        }
        if request.get("api_base"):
            options["api_base"] = request["api_base"]
        if request.get("api_key"):
            options["api_key"] = request["api_key"]
        if request.get("seed") is not None:
            options["seed"] = request["seed"]
        reply = await asyncio.wait_for(
            self.litellm.acompletion(
                **options, stream=True, stream_options={"include_usage": True}, timeout=request["seconds"], max_retries=0,
                drop_params=True, num_retries=0,
            ),
            request["seconds"],
        )  # fmt: skip
        parts: list[str] = []
        finish, model = "", ""
        iterator = reply.__aiter__()
        try:
            while True:
                try:
                    chunk = await asyncio.wait_for(anext(iterator), request["seconds"])
                except StopAsyncIteration:
                    break
                model = getattr(chunk, "model", "") or model
                for choice in chunk.choices[:1]:
                    text = getattr(choice.delta, "content", None)
                    finish = choice.finish_reason or finish
                    if text:
                        parts.append(text)
                        self.say(request, delta=text)
                if finish and reported_usage(reply) is not None:
                    break  # all that counts is there; litellm would add up the answer once more before it says so
        finally:
            closing = getattr(reply, "aclose", None)
            if closing is not None:
                await closing()
        if not getattr(reply, "received_finish_reason", finish):
            # litellm says "stop" where the server said nothing
            finish = ""
            if request["id"] in self.overlapped:
                raise Interrupted
        if not finish and not parts:
            raise ConnectionError("the stream ended without an answer")
        self.say(
            request, done={"text": "".join(parts), "model": model, "finish": finish, "usage": reported_usage(reply)}
        )

    def find_key(self, request: dict[str, Any]) -> None:
        """Put a key from the system keyring into this process's environment, where the environment lacks it.

        The variables that stay empty are noted in the request: a provider may have other ways, and says so when it has not.
        """
        if request.get("api_key"):
            return
        try:
            missing = self.litellm.validate_environment(model=request["model"]).get("missing_keys") or []
        except Exception:  # noqa: BLE001 - a model that litellm does not know needs no key that we could look up
            return
        for name in missing:
            try:
                import keyring

                value = keyring.get_password(SERVICE, name)
            except Exception:  # noqa: BLE001 - no keyring on this machine: the provider will say that the key is missing
                value = None
            if value:
                os.environ[name] = value
            else:
                request.setdefault("keyless", []).append(name)

    def kind_of(self, error: Exception, keyless: list[str]) -> tuple[str, str]:
        """A finding's code for a provider's error, and what to say. `keyless` are variables for a key that are empty."""
        kinds = self.litellm.exceptions
        message = plain_message(error)
        if keyless and _NO_KEY.search(message):
            names = " or ".join(keyless)
            return (
                "GE105",
                f"there is no key for the provider: set {names}, or run `keyring set {SERVICE} {keyless[0]}`",
            )
        if isinstance(error, kinds.AuthenticationError | kinds.PermissionDeniedError):
            return "GE105", f"the provider refused the key: {message}"
        if isinstance(error, kinds.RateLimitError):
            return "GE108", f"the provider limits the rate: {message}"
        if isinstance(error, kinds.Timeout | asyncio.TimeoutError | TimeoutError):
            return "GE106", "the model did not answer in time; raise request-seconds, or check the server"
        if isinstance(
            error,
            kinds.APIConnectionError | kinds.ServiceUnavailableError | kinds.InternalServerError | ConnectionError,
        ):
            return "GE106", f"the model's server cannot be reached, or broke off: {message}"
        if isinstance(
            error,
            kinds.NotFoundError
            | kinds.BadRequestError
            | kinds.ContextWindowExceededError
            | kinds.UnprocessableEntityError,
        ):
            return "GE109", f"the provider refused the request: {message}"
        return "GE110", f"the answer could not be used: {message}"

    @staticmethod
    def wait_of(error: Exception, attempt: int) -> float:
        """Seconds to wait: what the provider says (Retry-After), else 1, 2, 4."""
        headers = getattr(getattr(error, "response", None), "headers", None) or {}
        try:
            return float(headers.get("retry-after", ""))
        except ValueError:
            return float(2**attempt)


def plain_message(error: Exception) -> str:
    """What an error says, on one line, without the names of the library's own classes in front of it."""
    said = " ".join(str(error).split()).partition(" Original exception:")[0]
    while (shorter := re.sub(r"^(?:litellm\.)?\w*(?:Error|Exception)(?:: | - )", "", said)) != said:
        said = shorter
    return said[:300] or type(error).__name__


def reported_usage(reply: Any) -> dict[str, int] | None:
    """The provider's own counts, None where it sent none.

    litellm hands out a last chunk with an estimate of its own when there was none; what the provider sent is among the
    chunks that its stream wrapper received.
    """
    for chunk in reversed(getattr(reply, "chunks", None) or []):
        usage = getattr(chunk, "usage", None)
        if usage is not None:
            return {"input": int(usage.prompt_tokens or 0), "output": int(usage.completion_tokens or 0)}
    return None


def main() -> None:
    """Import litellm, say that we are ready, serve."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    try:
        import litellm
    except ImportError as error:
        out.write(
            json.dumps({"id": 0, "error": {"code": "GE107", "message": f"{error}; run: pip install 'intaglio[model]'"}})
            + "\n"
        )
        out.flush()
        return
    litellm.suppress_debug_info = True
    litellm.telemetry = False
    litellm.drop_params = True

    async def run() -> None:
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(limit=1 << 24)
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        worker = Worker(litellm, out)
        worker.say({"id": 0}, ready=True)
        await worker.serve(reader)

    asyncio.run(run())


if __name__ == "__main__":
    main()
