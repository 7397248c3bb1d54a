"""Warm hypothesis before the walls close: it imports and computes lazily, and behind the walls there is no file to read.

Loaded by path into judges' zygotes, which find hypothesis in the tool's own environment.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import sys
import warnings
from typing import Any

LAZILY_IMPORTED = (
    "hypothesis.internal.conjecture.shrinker",
    "hypothesis.internal.conjecture.optimiser",
    "hypothesis.internal.conjecture.pareto",
    "hypothesis.strategies._internal.collections",
    "hypothesis.strategies._internal.datetime",
    "hypothesis.strategies._internal.deferred",
    "hypothesis.strategies._internal.flatmapped",
    "hypothesis.strategies._internal.functions",
    "hypothesis.strategies._internal.ipaddress",
    "hypothesis.strategies._internal.recursive",
    "hypothesis.strategies._internal.regex",
    "hypothesis.strategies._internal.shared",
    "hypothesis.strategies._internal.strings",
    "hypothesis.strategies._internal.types",
)
NOWHERE = "/dev/null/hypothesis"


def warm_up(cache: str) -> None:
    """Import hypothesis; draw from every kind of strategy; fail and shrink once.

    `cache` is a folder of the user's in which hypothesis keeps its tables of Unicode categories, which take over a
    second to compute; "" keeps none. Afterwards it has no folder at all, and children could open none.
    """
    warnings.simplefilter("ignore")
    from hypothesis import configuration

    configuration.set_hypothesis_home_dir(cache or NOWHERE)
    for name in LAZILY_IMPORTED:
        if importlib.util.find_spec(name) is not None:  # versions of hypothesis differ in what they have
            importlib.import_module(name)
    stream, sys.stdout = sys.stdout, None
    try:
        _draw_from_everything()
        _fail_and_shrink()
    finally:
        sys.stdout = stream
        configuration.set_hypothesis_home_dir(NOWHERE)


def _settings(examples: int) -> Any:
    from hypothesis import HealthCheck, settings

    return settings(
        max_examples=examples, database=None, deadline=None, derandomize=True, print_blob=False,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip


def _draw_from_everything() -> None:
    from hypothesis import given, settings
    from hypothesis import strategies as st

    everything = st.tuples(
        st.none(), st.booleans(), st.integers(), st.integers(0, 9), st.floats(), st.floats(0, 1), st.text(), st.text("ab"),
        st.characters(), st.characters(categories=["L"]), st.characters(min_codepoint=32, max_codepoint=126),
        st.binary(), st.decimals(), st.decimals(0, 100, places=2), st.fractions(), st.dates(), st.times(), st.datetimes(),
        st.timedeltas(), st.uuids(), st.sampled_from([1, 2]), st.lists(st.integers(), unique=True), st.sets(st.integers()),
        st.frozensets(st.text()), st.dictionaries(st.text(), st.floats()), st.one_of(st.integers(), st.text()),
        st.fixed_dictionaries({"a": st.integers()}, optional={"b": st.text()}), st.builds(complex, st.floats(), st.floats()),
        st.from_regex("[a-z]{2}\\d+", fullmatch=True), st.just(1).map(str).filter(bool), st.complex_numbers(),
        st.from_type(int), st.ip_addresses(), st.permutations([1, 2, 3]), st.slices(4), st.integers(1, 3).flatmap(st.just),
        st.recursive(st.integers(), st.lists, max_leaves=3), st.deferred(st.integers), st.shared(st.integers()), st.data(),
    )  # fmt: skip

    @settings(_settings(12))
    @given(everything)
    def draw(values: tuple[object, ...]) -> None:
        repr(values)

    draw()


def _fail_and_shrink() -> None:
    from hypothesis import Phase, find, given, settings
    from hypothesis import strategies as st
    from hypothesis.errors import HypothesisException

    @settings(_settings(100), phases=[Phase.generate, Phase.shrink], report_multiple_bugs=False)
    @given(st.integers(), st.text(), st.lists(st.floats()))
    def fail(number: int, text: str, values: list[float]) -> None:
        if number > 100 or len(text) > 3 or len(values) > 3:
            raise ValueError(number, text, values)

    with contextlib.suppress(ValueError, HypothesisException):  # the failure that was asked for
        fail()
    with contextlib.suppress(HypothesisException):
        find(st.lists(st.dictionaries(st.text(), st.decimals())), lambda value: len(value) > 1, settings=_settings(50))
