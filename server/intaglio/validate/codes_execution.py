"""The findings of the execution stage. Declarations only."""

from __future__ import annotations

from intaglio.finding import Code, Severity

_E, _W, _H = Severity.ERROR, Severity.WARNING, Severity.HINT

NO_SANDBOX = Code(
    "EX101",
    "no-sandbox",
    _E,
    "Generated code runs only in a sandbox, and there is none on this machine. There is no fallback to a plain process: what was not run has not passed.",
    "Run on Linux with seccomp; `intaglio doctor` names each wall.",
)
LOAD_FAILED = Code(
    "EX102",
    "load-failed",
    _E,
    "The function, or a definition of the workspace that it reaches, raised an exception while it was loaded.",
    "Correct the definition that the message names.",
)
UNDECLARED_EXCEPTION = Code(
    "EX103",
    "undeclared-exception",
    _W,
    "On a generated input that satisfies every `require:` the function raises an exception that no `raises:` allows. Where the spec has an `ensure:`, or is strict, this is an error: a property that has no result does not hold. A coroutine that waits for something outside, and too much memory, are always errors. Allowed are the errors of `raises:` (with `when`, where its condition is true), of examples, and of a rule where it decides.",
    "Say that such inputs do not occur (`require:`), or that the exception is meant (`raises:`), or say in the prose what the function does instead.",
)
WRONG_TYPE = Code(
    "EX104",
    "wrong-type",
    _E,
    "The function returned something that is not of its declared type. The value is looked at deeply; an `int` will do for a `float`.",
    "Correct the annotation, or say in the spec what is returned in that case.",
)
CHANGED_ARGUMENT = Code(
    "EX105",
    "changed-argument",
    _E,
    "The function changed an argument. Callers of a pure function keep what they pass.",
    "Compile again; if it happens often, say `do not change the arguments` in the spec.",
)
NOT_DETERMINISTIC = Code(
    "EX106",
    "not-deterministic",
    _E,
    "The same input gave different answers: when called three times, or under another hash seed, time zone or locale.",
    "Say which order is meant where the input has none (for instance `sorted by name`).",
)
TIMED_OUT = Code(
    "EX107",
    "timed-out",
    _E,
    "A call did not end within the setting `call-seconds`, or the stage not within `stage-seconds`.",
    "Bound the input with a `require:`, or say how large inputs can be.",
)
CRASHED = Code(
    "EX108",
    "crashed",
    _E,
    "A call ended its process: too much memory, a crash of the interpreter, a forbidden system call, or an answer that is no data.",
    "Bound the input with a `require:`; look at the body.",
)
NO_GENERATED_INPUTS = Code(
    "EX109",
    "no-generated-inputs",
    _W,
    "A parameter's type cannot be generated, so only the examples' arguments were tried. At least three are needed.",
    "Annotate the parameter with a type that can be generated, or add examples.",
)
GUARD_FAILED = Code(
    "EX110",
    "guard-failed",
    _E,
    "An input that violates a `require:` did not raise ValueError.",
    "Compile again: the template's guard was changed or removed.",
)
UNSATISFIABLE = Code(
    "EX111",
    "unsatisfiable-require",
    _E,
    "No generated input satisfies every `require:`, so nothing was tried.",
    "Check the conditions; add examples with arguments that satisfy them.",
)
FOREIGN_DECORATOR = Code(
    "EX112",
    "foreign-decorator",
    _E,
    "The function has a decorator that is not the standard library's. Decorators run in the stages with the function.",
    "Move the decorator to a function that calls this one.",
)
GUARD_UNTRIED = Code(
    "EX114",
    "guard-untried",
    _W,
    "No generated input and no example violates this `require:`, so its guard was never seen to refuse one. The condition may "
    "hold for whatever the types allow, or be violated too seldom to be met by chance.",
    "Add an example that shows it, `CALL raises ValueError`; delete the condition if it can never be false.",
)
STAGE_BROKE = Code(
    "EX113",
    "stage-broke",
    _E,
    "A stage ended with an error of its own. That is a defect of Intaglio; the candidate has not passed.",
    "Please report it with the message.",
)

CODES: tuple[Code, ...] = tuple(value for value in list(globals().values()) if isinstance(value, Code))
