"""The findings of the accuracy stage. Declarations only. What a message of AC104 and AC105 says may reach a model: counts."""

from __future__ import annotations

from intaglio.finding import Code, Severity

_E, _W = Severity.ERROR, Severity.WARNING

EXAMPLE_FAILED = Code(
    "AC101",
    "example-failed",
    _E,
    "An example of the spec is not true of the function.",
    "If the example is right, compile again; if not, correct it.",
)
ENSURE_FAILED = Code(
    "AC102",
    "ensure-failed",
    _E,
    "An `ensure:` does not hold for some input that satisfies every `require:`.",
    "If the property is right, compile again; if not, correct it, or exclude the input with a `require:`.",
)
RULE_CONTRADICTED = Code(
    "AC103",
    "rule-contradicted",
    _E,
    "For some input the function does something other than the spec's `rule:` lines say.",
    "Compile again, or correct the rules.",
)
GOLDEN_BELOW = Code(
    "AC104",
    "golden-below-threshold",
    _E,
    "Fewer rows of a golden file match than the spec asks for. The rows themselves are never shown to a model; it learns counts.",
    "Look at the rows (their line numbers are in the finding's details); say more in the spec, or correct the rows.",
)
GOLDEN_BROKEN = Code(
    "AC105",
    "golden-row-broken",
    _E,
    "A row of a golden file cannot be read as the function's annotations say, so it cannot be checked.",
    "Correct the rows (their line numbers are in the finding's details).",
)
GOLDEN_MISSING = Code(
    "AC106",
    "golden-missing",
    _E,
    "A golden file is missing or empty. What was not checked has not passed.",
    "Add the file, or correct its path.",
)
ECHOED = Code(
    "AC107",
    "echoes-examples",
    _E,
    "The body answers the examples by heart: it holds their inputs and outputs instead of the logic.",
    "Compile again; say the logic in the spec's prose, and add golden rows, which the model never sees.",
)
NOTHING_JUDGED = Code(
    "AC108",
    "nothing-judged",
    _E,
    "The spec has no example, ensure, rule or golden file: there was nothing to check the body against.",
    "Add an `example:` at least.",
)
CALL_FAILED = Code(
    "AC109",
    "call-failed",
    _E,
    "A call during this stage did not end in time, or ended its process.",
    "See the message; bound the input with a `require:`.",
)

CODES: tuple[Code, ...] = tuple(value for value in list(globals().values()) if isinstance(value, Code))
