"""What a template is, and what filling and finding it again give: values only."""

from __future__ import annotations

from dataclasses import dataclass

from intaglio.finding import Finding, Span


class TemplateError(Exception):
    """A template that cannot be used: unknown, or not valid. The message says why and what to do."""


class FormatterMissing(TemplateError):
    """ruff is not installed, or does not run; nothing is written unformatted. The message says what to install."""


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
class PromptBlock:
    """A rule book that `comply:` names: text for the model, and what the stages check.

    `path` is where it came from (for people), `source` the whole file, `text` what the model reads. `fields` are names of
    parameters and attributes whose values are sensitive; `forbidden_calls` are (dotted call, why).
    """

    name: str
    path: str
    source: str
    text: str
    fields: tuple[str, ...]
    forbidden_calls: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FormatSettings:
    """How the workspace formats: read from its ruff or black configuration, never executed.

    `target_version` is as ruff writes it (`py311`), "" when the workspace does not say.
    """

    line_length: int = 88
    quote_style: str = "double"
    indent_style: str = "space"
    indent_width: int = 4
    tool: str = "ruff"
    magic_trailing_comma: bool = True
    docstring_code_format: bool = False
    target_version: str = ""


@dataclass(frozen=True, slots=True)
class Assembled:
    """A file's new text with one function filled. `slot` is what was generated, in bytes of `text`.

    When a finding is an error nothing was assembled: `text` is the old text and `slot` is empty.
    """

    text: str
    slot: Span
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """A function recognised as a filled template. `slot` is the generated part, in bytes of the file's text."""

    slot: Span
