"""Caps are reserved before a request leaves, and settled with what it used."""

import threading

import pytest

from intaglio.generate.budget import Budget, Price, estimate_tokens
from intaglio.generate.interface import GenerationError, Message, Usage


def test_an_unknown_price_needs_a_cap_in_tokens():
    with pytest.raises(GenerationError, match="--max-tokens") as caught:
        Budget(1.0, 0, None).reserve(10, 10)
    assert caught.value.code == "GE113"
    Budget(1.0, 100, None).reserve(10, 10)


def test_the_worst_is_set_aside_and_given_back():
    budget = Budget(1.0, 0, Price(0.001, 0.01))
    reserved = budget.reserve(100, 50)
    assert budget.cost == pytest.approx(0.6)
    with pytest.raises(GenerationError, match="max-cost") as caught:
        budget.reserve(100, 50)
    assert caught.value.code == "GE112"
    reserved.settle(Usage(100, 5, cost=None))
    assert budget.cost == pytest.approx(0.15)
    budget.reserve(100, 50).settle(Usage(100, 50, cost=0.01))
    assert budget.cost == pytest.approx(0.16)


def test_what_is_not_known_to_be_unused_stays_spent():
    budget = Budget(0.0, 100, None)
    budget.reserve(40, 20).settle(None)
    with pytest.raises(GenerationError, match="40 of the cap of 100"):
        budget.reserve(40, 20)


def test_side_by_side_requests_never_pass_the_cap_together():
    budget = Budget(0.0, 1000, None)
    passed = []

    def ask():
        try:
            budget.reserve(60, 40)
        except GenerationError:
            return
        passed.append(1)

    threads = [threading.Thread(target=ask) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(passed) == 10


def test_the_estimate_is_an_upper_bound_for_english_and_code():
    """A BPE tokenizer of this family needs about a token for three to four characters of either."""
    text = "def decide(has_t2d: bool, bmi: float) -> str: return 'APPROVE' if has_t2d or bmi >= 30 else 'DENY'\n" * 10
    assert estimate_tokens([Message("user", text)]) >= len(text) / 3
