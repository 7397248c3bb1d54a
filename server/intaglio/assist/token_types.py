"""The types of semantic tokens. Apart from what finds them, as a server tells them before it has read anything."""

from __future__ import annotations

TYPES = (
    "keyword",
    "macro",
    "operator",
    "string",
    "number",
    "parameter",
    "variable",
    "function",
    "class",
    "property",
    "namespace",
)
"""The legend, in the protocol's standard words. `macro` is a directive's key."""
