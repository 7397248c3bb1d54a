"""What a spec is: frozen values with exact places. Holds no behaviour beyond look-ups.

Every span counts bytes of the text's UTF-8 encoding from the start of the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from intaglio.finding import Finding, Span


@dataclass(frozen=True, slots=True)
class Text:
    """A directive's value or a part of it.

    `value` is the text with comment marks removed and continuation lines joined by a newline. `segments` map it back:
    each is (offset into value's UTF-8, offset into the file, length), in order, so that any part of a value that
    runs over several comment lines can be placed.
    """

    value: str
    span: Span
    segments: tuple[tuple[int, int, int], ...] = ()

    def locate(self, start: int, end: int) -> Span:
        """The file's span of the value's UTF-8 bytes [start, end)."""
        return Span(self._to_file(start), self._to_file(end))

    def _to_file(self, offset: int) -> int:
        place = self.span.start
        for value_start, file_start, length in self.segments:
            if offset < value_start:
                break
            place = file_start + min(offset - value_start, length)
        return place


@dataclass(frozen=True, slots=True)
class Directive:
    """One `key: value` line with its continuation lines. `key` is as typed; `known` says if the language has it."""

    key: str
    key_span: Span
    value: Text
    span: Span
    known: bool


@dataclass(frozen=True, slots=True)
class Raises:
    """`raises: ERROR [when CONDITION]`."""

    error: Text
    condition: Text | None
    span: Span


@dataclass(frozen=True, slots=True)
class Rule:
    """`rule: CONDITION -> VALUE`. `condition` is None for `otherwise`; exactly one of `value` and `raises` is set."""

    condition: Text | None
    value: Text | None
    raises: Text | None
    """The exception expression, for instance `ValueError("no such tier")`."""
    span: Span


@dataclass(frozen=True, slots=True)
class Example:
    """`example: EXPRESSION`, or `example: CALL raises ERROR` (then `raises` is set and `expression` is the call)."""

    expression: Text
    raises: Text | None
    span: Span


@dataclass(frozen=True, slots=True)
class Golden:
    """`golden: PATH [>= SHARE]`. `path` is as written: relative to the folder of the spec's file."""

    path: Text
    share: float
    span: Span


@dataclass(frozen=True, slots=True)
class Given:
    """`given: CALL -> VALUE`."""

    call: Text
    value: Text
    span: Span


class ParameterKind(StrEnum):
    """The five kinds of `inspect.Parameter`, by their lower-case names."""

    POSITIONAL_ONLY = "positional_only"
    POSITIONAL_OR_KEYWORD = "positional_or_keyword"
    VAR_POSITIONAL = "var_positional"
    KEYWORD_ONLY = "keyword_only"
    VAR_KEYWORD = "var_keyword"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter as written; `annotation` and `default` are source text."""

    name: str
    kind: ParameterKind
    annotation: str | None
    default: str | None
    span: Span


class FunctionKind(StrEnum):
    """How a function is called."""

    FUNCTION = "function"
    METHOD = "method"
    CLASS_METHOD = "classmethod"
    STATIC_METHOD = "staticmethod"
    PROPERTY = "property"


@dataclass(frozen=True, slots=True)
class Function:
    """The function below a spec.

    `span` runs from its first decorator to the end of its suite; `header` from there through the colon that opens
    the suite; `suite` from behind that colon to the end of its last statement or of the comments that are indented
    as the body; `docstring` is the docstring statement; `body` is the suite without the docstring: from the start
    of the line of its first statement or comment (or, on a one-line def, the statement itself) to `suite.end`.
    """

    name: str
    qualified_name: str
    """Dotted, without `<locals>`: `decide`, `Claim.total`."""
    owners: tuple[str, ...]
    """Names of the enclosing classes (and functions, when nested), outermost first."""
    kind: FunctionKind
    parameters: tuple[Parameter, ...]
    """With `self` or `cls` where there is one."""
    returns: str | None
    decorators: tuple[str, ...]
    """Source of each, without `@`."""
    is_async: bool
    is_generator: bool
    """By the return annotation (Iterator, Iterable, Generator and their Async kin) or by a `yield` in the body."""
    is_nested: bool
    """Defined inside another function."""
    is_stub: bool
    is_one_line: bool
    """The suite starts on the line of the colon: `def f(): ...`."""
    indentation: str
    """White space before `def`."""
    span: Span
    header: Span
    suite: Span
    docstring: Span | None
    body: Span
    name_span: Span


@dataclass(frozen=True, slots=True)
class Spec:
    """A spec comment and the function below it. Multi-value directives keep their order in the block."""

    function: Function
    block: Span
    """From the first `#` to the end of the last comment line of the block, without its newline."""
    prose: Text
    directives: tuple[Directive, ...]
    template: str = "function"
    use: tuple[Text, ...] = ()
    comply: tuple[Text, ...] = ()
    require: tuple[Text, ...] = ()
    ensure: tuple[Text, ...] = ()
    raises: tuple[Raises, ...] = ()
    rules: tuple[Rule, ...] = ()
    examples: tuple[Example, ...] = ()
    golden: tuple[Golden, ...] = ()
    given: tuple[Given, ...] = ()
    strict: bool = False
    model: str | None = None
    locked: str | None = None
    findings: tuple[Finding, ...] = ()
    """What the reader has to say of this spec; places have target "spec" or "function". An ERROR among them means
    that the spec cannot be compiled."""

    @property
    def name(self) -> str:
        """The function's qualified name."""
        return self.function.qualified_name


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading a text gives: its specs in order, and the findings that belong to no spec (target "file")."""

    specs: Sequence[Spec]
    """A tuple, or after an edit a sequence that moves each spec to its present place when it is looked at."""
    findings: tuple[Finding, ...]

    def find(self, name: str) -> Spec | None:
        """The first spec with this qualified name."""
        names = getattr(self.specs, "names", None)  # without moving each spec to where it is now
        if names is None:
            return next((spec for spec in self.specs if spec.name == name), None)
        return self.specs[names.index(name)] if name in names else None
