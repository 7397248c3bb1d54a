"""The findings of the syntax stage. Declarations only."""

from __future__ import annotations

from intaglio.finding import Code, Severity

_E, _W = Severity.ERROR, Severity.WARNING

NOT_PYTHON = Code("SY101", "not-python", _E, "The file does not parse with this body in it.", "Compile again.")
LINT = Code(
    "SY102",
    "lint",
    _E,
    "ruff found an error in the body: an undefined name, a mistake in a format, an unreachable or contradictory construct.",
    "Compile again.",
)
LINT_WARNING = Code(
    "SY103",
    "lint-warning",
    _W,
    "ruff found something in the body that is often a mistake.",
    "Look at it; under `strict: yes` it is a failure.",
)
TYPES = Code(
    "SY104",
    "type-error",
    _E,
    "The type checker found a contradiction: between the body and the signature, or within the body.",
    "Compile again, or correct the annotations.",
)
TOO_LONG = Code(
    "SY105",
    "too-long",
    _E,
    "The body is longer than a slot may be. Short bodies can be read and answered for.",
    "Split the function: a helper with a spec of its own.",
)
TOO_COMPLEX = Code(
    "SY106",
    "too-complex",
    _E,
    "The body has more branches than one function should (McCabe's cyclomatic complexity), or is nested too deeply.",
    "Split the function: a helper with a spec of its own.",
)
ARITY = Code(
    "SY107",
    "wrong-arity",
    _E,
    "The body calls a function of the workspace or the standard library with arguments that it does not take.",
    "Compile again.",
)
TOOL_MISSING = Code(
    "EN101",
    "tool-missing",
    _E,
    "A tool that this stage needs is not installed or does not run. What was not checked has not passed.",
    "`pip install 'intaglio[validate]'`",
)

CODES: tuple[Code, ...] = tuple(value for value in list(globals().values()) if isinstance(value, Code))
