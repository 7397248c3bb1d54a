"""What a template is: values only."""

from __future__ import annotations

from dataclasses import dataclass


class TemplateError(Exception):
    """A template that cannot be used: unknown, or not valid. The message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Template:
    """Real Python around one slot.

    `name` is how specs call it; `path` where it came from (for people), `source` its text, `summary` its first
    docstring line, `contract` the rest of its docstring: what the slot may use and what surrounds it.
    """

    name: str
    path: str
    source: str
    summary: str
    contract: str


@dataclass(frozen=True, slots=True)
class FormatSettings:
    """How the workspace formats: read from its ruff or black configuration, never executed."""

    line_length: int = 88
    quote_style: str = "double"
    indent_style: str = "space"
    indent_width: int = 4
    tool: str = "ruff"
