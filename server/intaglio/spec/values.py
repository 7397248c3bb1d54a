"""From a block's directives to a `Spec`: each value in its form, and a finding for each that has another."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from typing import TypeVar

from intaglio.finding import Code, Edit, Finding, Fix, Place, Span
from intaglio.spec import codes
from intaglio.spec.block import Block
from intaglio.spec.expression import is_error_name, part, split_arrow, split_first_word, split_last_word
from intaglio.spec.language import BY_KEY
from intaglio.spec.model import Directive, Example, Function, Given, Golden, Raises, Rule, Spec, Text

_SHARE = re.compile(r"^(?P<path>.*?)(?:\s*>=\s*(?P<share>\S*))?$", re.DOTALL)
_RAISES = re.compile(r"^raises\s+")
_DRIVE = re.compile(r"[A-Za-z]:")


class _Reader:
    """Collects the findings of one block while its values are read."""

    def __init__(self, block: Block) -> None:
        self.block = block
        self.findings: list[Finding] = []

    def say(self, code: Code, message: str, span: Span, *fixes: Fix) -> None:
        place = Place("spec", span.shift(-self.block.span.start))
        self.findings.append(Finding(code.id, code.severity, message, place, fixes))

    def replace(self, title: str, span: Span, text: str) -> Fix:
        return Fix(title, (Edit(Place("spec", span.shift(-self.block.span.start)), text),))


def read_values(block: Block, function: Function) -> Spec:
    """The spec of a block above `function`, with the findings about the form of its directives."""
    reader = _Reader(block)
    for span in block.loose:
        reader.say(
            codes.LOOSE_LINE,
            "this line is no directive and continues none; indent it further than the key above it",
            span,
            reader.replace("Indent the line", Span(span.start, span.start), "  "),
        )
    values: dict[str, list[Directive]] = {}
    for directive in block.directives:
        if not directive.known:
            near = difflib.get_close_matches(directive.key.lower(), BY_KEY, n=1, cutoff=0.6)
            hint = f"; did you mean `{near[0]}`?" if near else ""
            fixes = (reader.replace(f"Change to `{near[0]}`", directive.key_span, near[0]),) if near else ()
            reader.say(
                codes.UNKNOWN_DIRECTIVE, f"there is no directive `{directive.key}`{hint}", directive.key_span, *fixes
            )
            continue
        before = values.setdefault(directive.key, [])
        if before and not BY_KEY[directive.key].repeats:
            reader.say(codes.REPEATED_DIRECTIVE, f"`{directive.key}` may stand once in a spec", directive.span)
            continue
        if not directive.value.value.strip():
            reader.say(
                codes.EMPTY_VALUE,
                f"`{directive.key}:` has no value; it takes {BY_KEY[directive.key].value}",
                directive.span,
            )
            if directive.key != "spec":
                continue
        before.append(directive)

    def texts(key: str) -> tuple[Text, ...]:
        return tuple(directive.value for directive in values.get(key, ()))

    def single(key: str) -> str | None:
        found = texts(key)
        return found[0].value if found else None

    strict = single("strict")
    if strict not in (None, "yes", "no"):
        reader.say(codes.BAD_VALUE, f"`strict:` takes `yes`, not `{strict}`", texts("strict")[0].span)
    return Spec(
        function=function,
        block=block.span,
        prose=texts("spec")[0] if texts("spec") else Text("", Span(block.span.start, block.span.start)),
        directives=block.directives,
        template=single("template") or "function",
        use=texts("use"),
        comply=texts("comply"),
        require=texts("require"),
        ensure=texts("ensure"),
        raises=_each(_raises, values.get("raises", []), reader),
        rules=_each(_rule, values.get("rule", []), reader),
        examples=_each(_example, values.get("example", []), reader),
        golden=_each(_golden, values.get("golden", []), reader),
        given=_each(_given, values.get("given", []), reader),
        strict=strict == "yes",
        model=single("model"),
        locked=single("locked"),
        findings=tuple(reader.findings),
    )


_Value = TypeVar("_Value")


def _each(
    read: Callable[[Directive, _Reader], _Value | None], directives: list[Directive], reader: _Reader
) -> tuple[_Value, ...]:
    return tuple(value for directive in directives if (value := read(directive, reader)) is not None)


def _raises(directive: Directive, reader: _Reader) -> Raises | None:
    text = directive.value
    place = split_first_word(text.value, "when")
    error = text if place is None else part(text, 0, place)
    condition = None if place is None else part(text, place + len("when"), len(text.value))
    if not is_error_name(error.value):
        reader.say(
            codes.BAD_VALUE,
            f"`raises:` takes `ERROR [when CONDITION]`, and `{_short(error.value)}` is no exception's name",
            error.span,
        )
        return None
    return Raises(error, condition, directive.span)


def _rule(directive: Directive, reader: _Reader) -> Rule | None:
    text = directive.value
    place = split_arrow(text.value)
    if place is None:
        reader.say(
            codes.BAD_VALUE,
            "a rule has the form `CONDITION -> VALUE` or `otherwise -> VALUE`, with one `->` outside brackets",
            text.span,
        )
        return None
    left, right = part(text, 0, place), part(text, place + 2, len(text.value))
    if not left.value or not right.value:
        reader.say(codes.BAD_VALUE, f"the rule's {'condition' if not left.value else 'value'} is missing", text.span)
        return None
    condition = None if left.value == "otherwise" else left
    if match := _RAISES.match(right.value):
        return Rule(condition, None, part(right, match.end(), len(right.value)), directive.span)
    return Rule(condition, right, None, directive.span)


def _example(directive: Directive, reader: _Reader) -> Example | None:
    text = directive.value
    place = split_last_word(text.value, "raises")
    if place is None:
        return Example(text, None, directive.span)
    error = part(text, place + len("raises"), len(text.value))
    if not is_error_name(error.value):
        reader.say(
            codes.BAD_VALUE,
            f"`example: CALL raises ERROR` names an exception, and `{_short(error.value)}` is none",
            error.span,
        )
        return None
    return Example(part(text, 0, place), error, directive.span)


def _golden(directive: Directive, reader: _Reader) -> Golden | None:
    text = directive.value
    match = _SHARE.match(text.value)
    path_text = match.group("path") if match else text.value
    share_text = match.group("share") if match else None
    path = part(text, 0, len(path_text))
    share = 1.0
    if share_text is not None:
        span = part(text, len(text.value) - len(share_text), len(text.value)).span
        try:
            share = float(share_text)
        except ValueError:
            share = -1.0
        if not 0 < share <= 1:
            shown = f"not `{_short(share_text)}`" if share_text else "and here is none"
            message = f"a golden file's share lies above 0 and at most at 1, as in `>= 0.98`, {shown}"
            reader.say(codes.BAD_VALUE, message, span, *_share_fix(reader, share_text, span))
            return None
    elif "=" in text.value or "<" in text.value or ">" in text.value:
        message = "a golden file's line has the form `FILE` or `FILE >= SHARE`, as in `data/reviewed.jsonl >= 0.98`"
        reader.say(codes.BAD_VALUE, message, text.span)
        return None
    if not path.value or path.value.startswith(("/", "~")) or _DRIVE.match(path.value) or "\\" in path.value:
        shown = _short(path.value)
        message = f"a golden file's path is relative to this file, with `/`; `{shown}` is not"
        fixes = (
            (reader.replace("Write it with `/`", path.span, path.value.replace("\\", "/")),) if "\\" in shown else ()
        )
        reader.say(codes.BAD_VALUE, message, path.span, *fixes)
        return None
    return Golden(path, share, directive.span)


def _share_fix(reader: _Reader, text: str, span: Span) -> tuple[Fix, ...]:
    """For `98%` and `98`: the share that was meant."""
    match = re.fullmatch(r"(\d{1,3}(?:\.\d+)?)\s*%?", text)
    if match is None or not 1 < float(match[1]) <= 100:
        return ()
    share = f"{float(match[1]) / 100:.6g}"
    return (reader.replace(f"Write `{share}`", span, share),)


def _given(directive: Directive, reader: _Reader) -> Given | None:
    text = directive.value
    place = split_arrow(text.value)
    if place is None:
        reader.say(codes.BAD_VALUE, "`given:` has the form `CALL -> VALUE`", text.span)
        return None
    return Given(part(text, 0, place), part(text, place + 2, len(text.value)), directive.span)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 40 else text[:37] + "..."
