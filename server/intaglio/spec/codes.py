"""The findings of the spec reader. Declarations only."""

from __future__ import annotations

from intaglio.finding import Code, Severity

_E, _W, _H = Severity.ERROR, Severity.WARNING, Severity.HINT

NO_FUNCTION = Code(
    "SP101",
    "no-function",
    _E,
    "A spec comment belongs to the function directly below it, with no blank line between. There is none.",
    "Write the `def` line below the block, or remove the blank lines between them.",
)
DUPLICATE_FUNCTION = Code(
    "SP102",
    "duplicate-function",
    _E,
    "Two functions of this file have the same qualified name, so a lock could not say which one it means.",
    "Rename one of them, or delete it.",
)
NESTED_FUNCTION = Code(
    "SP103",
    "nested-function",
    _E,
    "A function inside another function cannot be compiled: it cannot be called from outside, and may close over local state.",
    "Move it to module level.",
)
OVERLOAD = Code(
    "SP104",
    "spec-on-overload",
    _E,
    "An `@overload` has no body. The spec belongs on the implementation below the overloads.",
    "Move the block to the implementation.",
)
UNKNOWN_DIRECTIVE = Code(
    "SP105",
    "unknown-directive",
    _E,
    "The spec language has no such directive, so what the line asks for would not be checked.",
    "Correct the key; `docs/spec-language.md` lists them. Prose that continues a value is indented further than its key.",
)
LOOSE_LINE = Code(
    "SP106",
    "loose-line",
    _E,
    "A line of the block is neither `key: value` nor a continuation, which is indented further than the key above it.",
    "Indent it further, or give it a key.",
)
REPEATED_DIRECTIVE = Code(
    "SP107",
    "repeated-directive",
    _E,
    "This directive may stand once in a spec; the second one would silently replace the first.",
    "Keep one of them.",
)
EMPTY_VALUE = Code("SP108", "empty-value", _E, "The directive has no value.", "Write one, or delete the line.")
BAD_EXPRESSION = Code(
    "SP109",
    "bad-expression",
    _E,
    "The value is not a Python expression.",
    "Correct it; expressions are parsed as if in parentheses.",
)
UNKNOWN_NAME = Code(
    "SP110",
    "unknown-name",
    _E,
    "The expression uses a name that is no parameter, no name of this file and no builtin. `result` exists in `ensure` only.",
    "Correct the name, or define or import it in this file.",
)
WRONG_CALL = Code(
    "SP111",
    "wrong-call",
    _E,
    "The example calls the function with arguments that its signature does not take.",
    "Correct the call.",
)
CONTRADICTION = Code(
    "SP112",
    "contradicting-examples",
    _E,
    "Two examples expect different results of the same call. No body can satisfy both.",
    "Correct or delete one of them.",
)
BAD_VALUE = Code(
    "SP113",
    "bad-value",
    _E,
    "The directive's value does not have the form that it needs.",
    "Write it in the form that the message shows.",
)
UNREACHABLE_RULE = Code(
    "SP114",
    "unreachable-rule",
    _W,
    "No input reaches this rule: the rules above it take every case that it could.",
    "Move it up, correct its condition, or delete it.",
)
NO_OTHERWISE = Code(
    "SP115",
    "no-otherwise",
    _W,
    "The rules do not say what happens when none of their conditions holds.",
    "End the list with `rule: otherwise -> VALUE`.",
)
MISSING_FILE = Code(
    "SP116",
    "missing-golden-file",
    _E,
    "The golden file is not there, so nothing can be checked against it.",
    "Correct the path (it is relative to this file), or add the file.",
)
OUTSIDE_WORKSPACE = Code(
    "SP117",
    "outside-workspace",
    _E,
    "A golden file lies inside the workspace, so that everyone who has the code has the data that it was checked with.",
    "Move the file into the workspace.",
)
UNTYPED_PARAMETER = Code(
    "SP118",
    "untyped-parameter",
    _W,
    "A parameter has no annotation, so no inputs can be generated for it; only the examples' arguments serve.",
    "Annotate the parameter.",
)
VAGUE = Code(
    "SP119",
    "vague-spec",
    _H,
    "The prose says too little to be compiled or reviewed: a good spec has a verb and names its outcomes.",
    "Say what the function decides or returns, and in which case.",
)
NOTHING_TO_CHECK = Code(
    "SP120",
    "nothing-to-check",
    _W,
    "The spec has no example, ensure, rule or golden file: nothing says whether a body is right.",
    "Add an `example:` at least.",
)
EXAMPLE_WITHOUT_CALL = Code(
    "SP121",
    "example-without-call",
    _W,
    "The example does not call the function, so it says nothing about it.",
    "Call the function in it.",
)
INCOMPLETE_FUNCTION = Code(
    "SP122",
    "incomplete-function",
    _E,
    "The function below the spec is not complete Python yet, so the spec cannot be used.",
    "Finish the `def` line and its body.",
)
RULE_AFTER_OTHERWISE = Code(
    "SP123", "rule-after-otherwise", _E, "A rule below `otherwise` can never win.", "Move `otherwise` to the end."
)
ALWAYS_TRUE = Code(
    "SP124",
    "always-true",
    _E,
    "A condition that Python takes as true whatever is in it (a tuple, a generator, a lambda) checks nothing.",
    "Join conditions with `and`; write `all(...)` or `any(...)` around a generator.",
)
BELOW_DECORATOR = Code(
    "SP125",
    "spec-below-decorator",
    _E,
    "Decorators belong to the signature, so a spec stands above the first of them, not between them and the function.",
    "Move the block above the first decorator.",
)
NO_COLON = Code(
    "SP126",
    "spec-without-colon",
    _W,
    "A comment above a function begins like a spec, and is none: a spec begins with `# spec:`. Nothing is compiled from it, "
    "and nothing of it is checked.",
    "Write `# spec:`; or begin the comment with another word, when it is no spec.",
)

CODES: tuple[Code, ...] = tuple(value for value in list(globals().values()) if isinstance(value, Code))
