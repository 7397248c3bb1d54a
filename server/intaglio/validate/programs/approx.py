"""`approx`, which examples have at hand: numbers that are nearly equal."""

from __future__ import annotations

from typing import Any


class Approx:
    """`approx(x)`: equal within 1e-6 relative or 1e-12 absolute, looked at inside of lists, tuples and dicts."""

    __hash__ = None  # type: ignore[assignment]  # it is only ever compared

    def __init__(self, expected: Any, rel: float = 1e-6, abs: float = 1e-12) -> None:  # noqa: A002 - the field's word
        self.expected, self.relative, self.absolute = expected, rel, abs

    def __eq__(self, other: object) -> bool:
        return self._near(self.expected, other)

    def _near(self, one: Any, other: Any) -> bool:
        if isinstance(one, list | tuple):
            return type(one) is type(other) and len(one) == len(other) and all(map(self._near, one, other))
        if isinstance(one, dict):
            return (
                isinstance(other, dict)
                and one.keys() == other.keys()
                and all(self._near(one[key], other[key]) for key in one)
            )
        if one == other:
            return True
        if any(isinstance(value, bool) or not isinstance(value, int | float) for value in (one, other)):
            return False
        distance, size = abs(one - other), max(abs(one), abs(other))
        return bool(distance <= max(self.absolute, self.relative * size))

    def __repr__(self) -> str:
        return f"approx({self.expected!r})"
