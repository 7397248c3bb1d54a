"""Which author writes for a spec: the one that was asked for, else the model that is set, else the spec's own rules."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from intaglio.config import Settings
from intaglio.generate.author import Author, RulesAuthor
from intaglio.generate.backends import Backends
from intaglio.generate.budget import Budget, Price
from intaglio.generate.cassette import CassetteBackend
from intaglio.generate.interface import Backend, GenerationError
from intaglio.generate.litellm_backend import LitellmBackend, is_loopback
from intaglio.generate.local_servers import find_local_servers
from intaglio.generate.model_author import ModelAuthor, Record
from intaglio.generate.rules import RulesBackend, rules_cover
from intaglio.spec.model import Spec


def author_for(
    root: Path,
    settings: Settings,
    open_record: Callable[[], Record],
    *,
    send_findings: bool = True,
    backends: Backends | None = None,
) -> Callable[[Spec], Author]:
    """A choice for each spec; the backend is shared (with others, where `backends` are), the budget is each spec's own.

    The choice raises GenerationError where none is possible, with what to do.
    """
    shared = backends or Backends()

    def litellm() -> LitellmBackend:
        return shared.litellm(settings.api_base, settings.request_seconds)

    def choose(spec: Spec) -> Author:
        model = spec.model or settings.model
        if settings.backend == "rules" or (not settings.backend and not model and rules_cover(spec)):
            return RulesAuthor(RulesBackend())
        if settings.backend == "cassette":
            if not settings.cassette:
                raise GenerationError(
                    "GE104", "the cassette backend needs the setting `cassette`: a folder of recordings"
                )
            backend: Backend = CassetteBackend(root / settings.cassette, litellm() if settings.model else None)
            price: Price | None = Price(0.0, 0.0)
            candidates = settings.candidates or 1
        elif model:
            backend = litellm()
            price = None if settings.max_tokens and not settings.max_cost else litellm().price(model)
            if price is None and not settings.max_tokens:
                raise GenerationError("GE113", unknown_model(model, litellm().near(model)))
            candidates = settings.candidates if is_loopback(settings.api_base) else settings.candidates or 1
        else:
            raise GenerationError("GE104", no_model(spec))
        budget = Budget(settings.max_cost, settings.max_tokens, price)
        return ModelAuthor(
            backend, model, budget, open_record(), answer_tokens=settings.answer_tokens, temperature=settings.temperature,
            keep_prompts=settings.keep_prompts, candidates=candidates, send_findings=send_findings,
        )  # fmt: skip

    return choose


def no_model(spec: Spec) -> str:
    """What to say when a spec needs a model and none is set: the local servers that answer, or how to set one."""
    why = "its rules do not cover every input" if spec.rules else "it has no `rule:` lines"
    servers = find_local_servers()
    if servers:
        server = servers[0]
        offer = f"{server.kind} answers at {server.api_base}: INTAGLIO_MODEL={server.models[0]} INTAGLIO_API_BASE={server.api_base}"
    else:
        offer = "set one, for instance INTAGLIO_MODEL=openai/gpt-4o and OPENAI_API_KEY; no local server answers"
    return f"{spec.name} needs a model ({why}), and none is set; {offer}"


def unknown_model(model: str, near: tuple[str, ...]) -> str:
    """What to say of a model that is not among those whose price is known: a slip of the pen, a local one, or a rare one."""
    meant = f"did you mean {' or '.join(f'`{name}`' for name in near)}? " if near else ""
    return (
        f"litellm lists no model `{model}`, so its price is not known and nothing was sent; {meant}"
        f"For a server on this machine set INTAGLIO_API_BASE and call the model `openai/NAME`; for another model whose price "
        "nobody knows give a cap in tokens with --max-tokens"
    )
