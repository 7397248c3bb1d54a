"""The spec language's directives: one table, from which the reader, its manual and its completions are drawn."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DirectiveKind:
    """One directive: its key, the form of its value, whether it may stand more than once, and what it means."""

    key: str
    value: str
    repeats: bool
    meaning: str


DIRECTIVES: tuple[DirectiveKind, ...] = (
    DirectiveKind("spec", "PROSE", False, "What the function must do. Required, and first: it starts the block."),
    DirectiveKind("template", "NAME", False, "The template around the body; `function` by default."),
    DirectiveKind("use", "MODULE", True, "A module that the body may import beyond the short list of pure ones."),
    DirectiveKind(
        "comply", "NAME", True, "A prompt block (`hipaa`, `pci-dss`, `soc2`, or the workspace's own), with its checks."
    ),
    DirectiveKind(
        "require",
        "CONDITION",
        True,
        "A condition on the parameters; when it is false (NaN is) the function raises ValueError that names it.",
    ),
    DirectiveKind(
        "ensure", "CONDITION", True, "A condition on the parameters and `result` that holds for every input."
    ),
    DirectiveKind(
        "raises",
        "ERROR [when CONDITION]",
        True,
        "An exception that the function may raise; with a condition, a guard raises it.",
    ),
    DirectiveKind(
        "rule",
        "CONDITION -> VALUE",
        True,
        "One line of a decision table; the first whose condition holds wins. `otherwise -> VALUE` ends it; VALUE may be `raises ERROR(...)`.",
    ),
    DirectiveKind(
        "example", "EXPRESSION", True, "An expression that must be true (`approx` is at hand), or `CALL raises ERROR`."
    ),
    DirectiveKind(
        "golden",
        "FILE [>= SHARE]",
        True,
        "A JSON Lines file of reviewed cases that the model never sees, and the share that must match (1 by default).",
    ),
    DirectiveKind("given", "CALL -> VALUE", True, "What a granted module answers during the examples."),
    DirectiveKind("strict", "yes", False, "Warnings of the stages are failures."),
    DirectiveKind("model", "NAME", False, "Another model for this spec, as litellm names it."),
    DirectiveKind(
        "locked",
        "FINGERPRINT",
        False,
        "The body's short fingerprint, for readers who have no tools. Write `# locked: -` once; the tool keeps it.",
    ),
)

BY_KEY: dict[str, DirectiveKind] = {directive.key: directive for directive in DIRECTIVES}


def render_markdown() -> str:
    """The page docs/spec-language.md."""
    rows = "\n".join(
        f"| `{kind.key}` | `{kind.value}` | {'yes' if kind.repeats else ''} | {kind.meaning} |" for kind in DIRECTIVES
    )
    return f"""# The spec language

A spec is a block of comment lines that begins with `# spec:` and ends at the `def`, `async def`, method or first
decorator below it, with no blank line between. A value continues on the comment lines below it that are indented
further than its key; a bare `#` is a paragraph break. Comments for other tools (`type:`, `noqa`, `fmt:`, `pragma:`,
`pylint:`, `mypy:`, `ruff:`) are not directives, and end nothing. Expressions are parsed as if in parentheses.

| directive | value | repeats | meaning |
|---|---|---|---|
{rows}

The function below may have a body or a stub: an optional docstring plus `...`, `pass` or `raise NotImplementedError`.
Names in expressions are the parameters, `result` (in `ensure`), what the file defines or imports, and the builtins.

## A complete spec

```python
# spec: Decide coverage for a GLP-1 prior-authorization request.
#   Approve when the patient has type 2 diabetes. Otherwise approve when BMI is at
#   least 30 and step therapy has failed. Otherwise deny.
# require: 10 < bmi < 100
# rule: has_t2d -> "APPROVE"
# rule: bmi >= 30 and step_failed -> "APPROVE"
# rule: otherwise -> "DENY"
# ensure: result in ("APPROVE", "DENY")
# example: decide(True, 24.0, False) == "APPROVE"
# example: decide(False, 31.0, False) == "DENY"
# example: decide(False, 7.0, False) raises ValueError
def decide(has_t2d: bool, bmi: float, step_failed: bool) -> str: ...
```

One with a module, and an exception of its own. `template: function` is what a spec without the line has; a workspace may have others
(docs/templates.md).

```python
# spec: Return the checksum of a claim number: the first eight digits of its SHA-256, in capitals.
# template: function
# use: hashlib
# raises: LookupError when not number.isascii()
# ensure: len(result) == 8
# example: checksum("A-17") == "73DF676F"
# example: checksum("é") raises LookupError
def checksum(number: str) -> str: ...
```

A body may import without a `use:` what of the standard library is pure and common (`math`, `decimal`, `datetime`, `re`, `json`,
`collections` and others). `given: now() -> 7` says what a granted capability answers
while examples run. This version grants none (`use: clock` is refused, TM401), so a `given:` is read, belongs to the spec's fingerprint,
and changes nothing else.

## Golden files

One JSON object a line: `{{"input": {{"PARAMETER": VALUE, ...}}, "output": VALUE}}`, or `"raises": "ERROR"` for the output.
Inputs are decoded, and outputs compared, by the function's annotations: dates and times as ISO 8601 strings, decimals
as strings, enum members by value, dataclasses as objects, tuples and sets as arrays. Equality is strict on type; floats
agree within 1e-9 relative. The path is relative to the spec's file and stays inside the workspace.

The language by example, with every finding: `tests/reading/` in the source tree, which is also the reader's test suite.
"""
