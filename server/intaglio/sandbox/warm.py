"""Warm hypothesis before the walls close: it reads tables lazily, and behind the walls there is no file to read."""

from __future__ import annotations

import importlib
import sys
import warnings


def warm_up() -> None:
    """Import hypothesis and draw, and shrink, from every kind of strategy that the judge uses."""
    warnings.simplefilter("ignore")
    from hypothesis import HealthCheck, Phase, configuration, given, seed, settings
    from hypothesis import strategies as st
    from hypothesis.errors import HypothesisException

    configuration.set_hypothesis_home_dir("/dev/null/hypothesis")  # nowhere: nothing is stored
    for name in ("hypothesis.internal.conjecture.shrinker", "hypothesis.strategies._internal.datetime"):
        importlib.import_module(name)
    options = settings(
        max_examples=10, database=None, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    anything = st.one_of(
        st.none(), st.booleans(), st.integers(), st.integers(0, 9), st.floats(), st.floats(0, 1), st.text(), st.characters(),
        st.binary(), st.decimals(), st.decimals(0, 100, places=2), st.fractions(), st.dates(), st.times(), st.datetimes(),
        st.timedeltas(), st.uuids(), st.sampled_from([1, 2]), st.lists(st.integers()), st.sets(st.integers()),
        st.frozensets(st.text()), st.dictionaries(st.text(), st.floats()), st.tuples(st.integers(), st.text()),
        st.fixed_dictionaries({"a": st.integers()}, optional={"b": st.text()}), st.builds(complex, st.floats(), st.floats()),
        st.from_regex("[a-z]{2}", fullmatch=True), st.just(1).map(str).filter(bool), st.complex_numbers(),
    )  # fmt: skip

    @seed(0)
    @settings(options, max_examples=200)
    @given(st.lists(anything))
    def draw(values: list[object]) -> None:
        repr(values)

    @settings(options, max_examples=200, phases=[Phase.generate, Phase.shrink], report_multiple_bugs=False)
    @given(st.integers(), st.text(), st.lists(st.floats()))
    def fail(number: int, text: str, values: list[float]) -> None:
        if number > 100 or len(text) > 3 or len(values) > 3:
            raise ValueError(number, text, values)

    draw()
    stream, sys.stdout = sys.stdout, None
    try:
        fail()
    except (ValueError, HypothesisException):
        pass  # the failure that was asked for
    finally:
        sys.stdout = stream
