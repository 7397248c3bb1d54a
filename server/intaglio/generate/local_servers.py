"""Model servers on loopback: Ollama, LM Studio, llama.cpp and others that speak OpenAI's protocol."""

from __future__ import annotations

import concurrent.futures
import json
import urllib.error
import urllib.request
from dataclasses import dataclass

PORTS = {
    11434: "Ollama",
    1234: "LM Studio",
    8080: "llama.cpp",
    8000: "vLLM",
    8111: "llama.cpp",
    5000: "text-generation-webui",
}
_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class LocalServer:
    """A server that answered: its base URL for `api-base`, and its models as litellm names them."""

    kind: str
    api_base: str
    models: tuple[str, ...]


def find_local_servers(ports: dict[int, str] | None = None) -> tuple[LocalServer, ...]:
    """Every server that answers on a known port of loopback, asked side by side."""
    known = PORTS if ports is None else ports
    with concurrent.futures.ThreadPoolExecutor(max_workers=max(1, len(known))) as pool:
        found = pool.map(lambda entry: _ask(*entry), known.items())
        return tuple(server for server in found if server is not None)


def reachable_models(api_base: str, seconds: float = _SECONDS) -> tuple[str, ...] | None:
    """The models of a server, or None when it does not answer."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{api_base.rstrip('/')}/models", timeout=seconds) as answer:
            entries = json.loads(answer.read(1_000_000)).get("data", [])
            return tuple(str(entry["id"]) for entry in entries if isinstance(entry, dict) and "id" in entry)
    except (OSError, ValueError, AttributeError, TypeError, urllib.error.URLError):
        return None


def _ask(port: int, kind: str) -> LocalServer | None:
    base = f"http://127.0.0.1:{port}/v1"
    models = reachable_models(base)
    return LocalServer(kind, base, tuple(f"openai/{model}" for model in models)) if models else None
