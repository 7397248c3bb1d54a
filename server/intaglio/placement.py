"""From a finding's relative place to the file: absolute spans. Knows nothing of encodings or screens."""

from __future__ import annotations

from intaglio.finding import Place, Span
from intaglio.spec.model import Spec


def absolute_span(place: Place, spec: Spec | None) -> Span:
    """The span of `place` in the text that `spec` was read from. Raises ValueError for a place that needs a spec."""
    if place.target == "file":
        return place.span
    if spec is None:
        raise ValueError(f"a place in a {place.target} needs the spec that it belongs to")
    start = spec.block.start if place.target == "spec" else spec.function.span.start
    return place.span.shift(start)
