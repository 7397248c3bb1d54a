"""Caps in money and tokens, reserved before a request leaves. Thread-safe: candidates are asked side by side."""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from intaglio.generate.interface import GenerationError, Message, Usage

CHARACTERS_A_TOKEN = 2.5
"""Fewer than any tokenizer needs for English and code, so that the estimate is an upper bound in practice."""


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars a token, in and out."""

    input: float
    output: float

    def of(self, input_tokens: int, output_tokens: int) -> float:
        """What so many tokens cost."""
        return input_tokens * self.input + output_tokens * self.output


def estimate_tokens(messages: Sequence[Message]) -> int:
    """An upper bound for the tokens of a prompt."""
    return math.ceil(sum(len(message.content) / CHARACTERS_A_TOKEN + 8 for message in messages)) + 8


class Budget:
    """What one compile of one spec may still use. `price` None: unknown, and then a cap in tokens is needed."""

    def __init__(self, max_cost: float, max_tokens: int, price: Price | None) -> None:
        self._lock = threading.Lock()
        self.max_cost, self.max_tokens, self.price = max_cost, max_tokens, price
        self.cost = 0.0
        self.tokens = 0

    def reserve(self, input_tokens: int, output_tokens: int) -> Reservation:
        """Set the worst of one request aside. Raises GenerationError when that is more than is left: nothing was sent."""
        if self.price is None and not self.max_tokens:
            raise GenerationError(
                "GE113",
                "the price of this model is not known, so nothing was sent; give a cap in tokens with --max-tokens",
            )
        worst = self.price.of(input_tokens, output_tokens) if self.price is not None else 0.0
        tokens = input_tokens + output_tokens
        with self._lock:
            if self.price is not None and self.cost + worst > self.max_cost + 1e-12:
                raise GenerationError(
                    "GE112",
                    f"the next request could cost up to ${worst:.4f}, and ${max(0.0, self.max_cost - self.cost):.4f} of the cap of "
                    f"${self.max_cost:.4f} is left; raise max-cost or lower answer-tokens",
                )
            if self.max_tokens and self.tokens + tokens > self.max_tokens:
                raise GenerationError(
                    "GE112",
                    f"the next request could use up to {tokens} tokens, and {max(0, self.max_tokens - self.tokens)} of the cap of "
                    f"{self.max_tokens} are left; raise max-tokens or lower answer-tokens",
                )
            self.cost += worst
            self.tokens += tokens
        return Reservation(self, worst, tokens)

    def settle(self, worst: float, tokens: int, usage: Usage | None) -> None:
        """Replace a reservation by what was used; without a usage the reservation stays spent."""
        if usage is None:
            return
        with self._lock:
            self.tokens += usage.input_tokens + usage.output_tokens - tokens
            if self.price is not None:
                spent = usage.cost if usage.cost is not None else self.price.of(usage.input_tokens, usage.output_tokens)
                self.cost += spent - worst


@dataclass(frozen=True, slots=True)
class Reservation:
    """The worst of one request, set aside."""

    budget: Budget
    worst: float
    tokens: int

    def settle(self, usage: Usage | None) -> None:
        """Say what the request used."""
        self.budget.settle(self.worst, self.tokens, usage)
