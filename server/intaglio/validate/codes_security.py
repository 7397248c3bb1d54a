"""The findings of the security stage. Declarations only."""

from __future__ import annotations

from intaglio.finding import Code, Severity

_E, _W = Severity.ERROR, Severity.WARNING

IMPORT = Code(
    "SE101",
    "import-not-granted",
    _E,
    "The body imports a module that is neither on the short list of pure modules nor granted by a `use:` line.",
    "Grant it with `use:`, or say in the spec that the standard pure modules suffice.",
)
NAME = Code(
    "SE102",
    "name-not-granted",
    _E,
    "The body uses a builtin that reaches outside of a pure function: input and output, code that is built at run time, or the interpreter's own state.",
    "Compile again; pass what is needed as a parameter.",
)
REFLECTION = Code(
    "SE103",
    "reflection",
    _E,
    "The body reaches for the interpreter's internals: dunder attributes, frames, code objects, or attributes by computed names.",
    "Compile again.",
)
MODULE_MEMBER = Code(
    "SE104",
    "module-member-not-granted",
    _E,
    "The body uses a member of a pure module that is not pure itself, is another module, or does not exist.",
    "Compile again; pass the value (for instance the current date) as a parameter.",
)
STATE = Code(
    "SE105",
    "outside-state",
    _E,
    "The body changes something outside of itself: a global, an enclosing scope, or a definition of the module.",
    "Compile again; return what has changed instead.",
)
INSECURE_CALL = Code(
    "SE106",
    "insecure-call",
    _E,
    "bandit knows this construct as insecure.",
    "Compile again, and say in the spec what to use instead.",
)
LINT_SECURITY = Code(
    "SE107",
    "insecure-construct",
    _E,
    "ruff's security rules know this construct as insecure.",
    "Compile again, and say in the spec what to use instead.",
)
SECRET = Code(
    "SE108",
    "secret-in-body",
    _E,
    "The body holds what looks like a key, a token or a password.",
    "Remove it; pass secrets as parameters.",
)
SLOW_PATTERN = Code(
    "SE109",
    "slow-pattern",
    _E,
    "A regular expression repeats a repetition over the same characters: some inputs make it run for ever.",
    "Write the pattern without nested quantifiers.",
)
VARIABLE_PATTERN = Code(
    "SE110",
    "variable-pattern",
    _W,
    "The pattern of a regular expression is a parameter: whoever gives it can make it run for ever.",
    "Use a fixed pattern, or `re.escape`.",
)
TAINT = Code(
    "SE111",
    "sensitive-value-leaks",
    _E,
    "A value that the spec's prompt block calls sensitive reaches an exception's message or an output.",
    "Name the field in the message, not its value.",
)
FORBIDDEN = Code(
    "SE112", "forbidden-call", _E, "The spec's prompt block forbids this call.", "Compile again; the block says why."
)
UNREADABLE = Code(
    "SE113",
    "not-checked",
    _E,
    "The security stage could not check the body, because it does not parse or a tool did not run. What was not checked has not passed.",
    "See the message.",
)
FORMAT_STRING = Code(
    "SE114",
    "format-reaches-attributes",
    _E,
    "A format string that is computed, or that names attributes, can read any attribute of its arguments.",
    "Use an f-string.",
)

CODES: tuple[Code, ...] = tuple(value for value in list(globals().values()) if isinstance(value, Code))
