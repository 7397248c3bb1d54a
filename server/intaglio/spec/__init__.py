"""Read spec comments: text in, values out. Imports nothing of the workspace and runs nothing.

The reader, and the parser that it needs, are loaded when first asked for: values and positions do without.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from intaglio.spec.python import read_specs

__all__ = ["read_specs"]


def __getattr__(name: str) -> Any:
    if name == "read_specs":
        from intaglio.spec.python import read_specs

        return read_specs
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
