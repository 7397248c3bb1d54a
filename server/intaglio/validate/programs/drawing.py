"""Drawing inputs with hypothesis: as a function's annotations and its spec's constants and bounds say. Judges no outcome."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from intaglio.validate.programs import inside
from intaglio.validate.programs.function import Function
from intaglio.validate.programs.strategies import Strategies, Unsupported

SEED = 20260404
"""What generated inputs are drawn from, the same on every machine."""
Values = dict[str, Any]
"""Arguments by parameter."""


def strategy_of(function: Function, setup: dict[str, Any], *, bounded: bool = True, special: bool = False) -> Any:
    """A strategy for all arguments of a call; within what `require:` says of single ones if `bounded`. Raises Unsupported.

    `special`: see Strategies.
    """
    if function.unresolved:
        raise Unsupported(f"the annotations cannot be resolved: {function.unresolved}")
    built = Strategies([function.wire.decode(value, inside.lookup) for value in setup["constants"]], special=special)
    parts: dict[str, Any] = {}
    for place, parameter in enumerate(function.parameters):
        if place == 0 and function.kind in {"method", "property"}:
            parts[parameter.name] = built.of(function.owner())
            continue
        if place == 0 and function.kind == "classmethod":
            continue
        if parameter.name not in function.hints:
            raise Unsupported(f"`{parameter.name}` has no annotation")
        bounds = setup["bounds"].get(parameter.name, {}) if bounded else {}
        strategy = built.of(function.hints[parameter.name], bounds)
        if parameter.kind is parameter.VAR_POSITIONAL:
            strategy = built.st.lists(strategy, max_size=4)
        elif parameter.kind is parameter.VAR_KEYWORD:
            strategy = built.st.dictionaries(built.st.sampled_from(["alpha", "beta", "gamma"]), strategy)
        parts[parameter.name] = strategy
    return built.st.fixed_dictionaries(parts)


class _Enough(BaseException):
    """Ends hypothesis's drawing: an Exception would be taken for a failing example, and be tried again."""


def explore(strategy: Any, collect: Callable[[Values], bool], examples: int) -> None:
    """Draw until `collect` says that it has enough, or `examples` were drawn."""
    from hypothesis import Phase, given, seed, settings
    from hypothesis.errors import Unsatisfiable

    @seed(SEED)  # else it is drawn from the source of `draw`, which is not always there to be read
    @settings(_settings(examples), phases=[Phase.generate])
    @given(strategy)
    def draw(values: Values) -> None:
        if collect(values):
            raise _Enough

    with contextlib.suppress(Unsatisfiable, _Enough):  # what was collected until then is what there is
        draw()


def simplest(strategy: Any, troubled: Callable[[Values], bool], tries: int) -> Values | None:
    """The simplest arguments for which `troubled` is true; None when none are found."""
    from hypothesis import Phase, find, settings
    from hypothesis.errors import NoSuchExample, Unsatisfiable

    options = settings(_settings(tries), phases=[Phase.generate, Phase.shrink])
    try:
        found: Values = find(strategy, troubled, settings=options)
    except (NoSuchExample, Unsatisfiable):
        return None
    return found


def _settings(examples: int) -> Any:
    from hypothesis import HealthCheck, settings

    return settings(
        max_examples=examples, database=None, deadline=None, derandomize=True,
        suppress_health_check=list(HealthCheck), print_blob=False, report_multiple_bugs=False,
    )  # fmt: skip
