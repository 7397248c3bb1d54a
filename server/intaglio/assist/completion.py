"""Completion inside a spec's block: what may stand where the cursor is. Nothing outside of blocks.

Directives where one may begin; in values what their kind takes: templates, modules, prompt blocks, files, models, errors,
and in expressions names, keywords of the function's own call, attributes. An item replaces the bytes of `span`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from intaglio.assist.calls import in_string, open_call
from intaglio.assist.cursor import Cursor, cursor_at
from intaglio.assist.expressions import called_parameters, calls_own
from intaglio.assist.names_at_hand import errors_at_hand, names_at_hand
from intaglio.assist.paths import golden_paths
from intaglio.assist.samples import callee_of, given_parameters, sample_call
from intaglio.assist.view import View
from intaglio.finding import Span
from intaglio.spec.expression import split_arrow, split_first_word
from intaglio.spec.language import BY_KEY, DIRECTIVES
from intaglio.spec.model import FunctionKind, ParameterKind, Spec
from intaglio.template.library import list_blocks, list_templates
from intaglio.template.model import TemplateError
from intaglio.template.purity import GRANTABLE_MODULES

_WORD_BEFORE = re.compile(r"[^\W\d]?\w*\Z")
_ATTRIBUTE_BEFORE = re.compile(r"(?:[\w\])}\"']|\.\.\.)\s*\.\s*(?:[^\W\d]\w*)?\Z")
_NUMBER_BEFORE = re.compile(r"(?<![\w.\])])\d[\d_]*\.\Z")
_PIECE_BEFORE = re.compile(r"[^\s,]*\Z")
_EXPRESSIONS = frozenset(["require", "ensure", "example", "given", "rule", "raises"])


class ItemKind(StrEnum):
    """What an item is, as editors tell items apart."""

    DIRECTIVE = "directive"
    PARAMETER = "parameter"
    VARIABLE = "variable"
    FUNCTION = "function"
    CLASS = "class"
    MODULE = "module"
    PROPERTY = "property"
    KEYWORD = "keyword"
    FILE = "file"
    FOLDER = "folder"
    VALUE = "value"
    SNIPPET = "snippet"


@dataclass(frozen=True, slots=True)
class Item:
    """One proposal. `text` replaces `span`; `snippet` is the same with tab stops (`${1:name}`), for clients that have them.

    `order` sorts: the smaller, the nearer to what is probably meant.
    """

    label: str
    kind: ItemKind
    span: Span
    text: str
    order: int = 5
    detail: str = ""
    documentation: str = ""
    snippet: str = ""


def complete(view: View, offset: int) -> tuple[Item, ...]:
    """What may be typed at a byte. Attributes behind a dot are left to `attribute_request`, as they take a tool's time."""
    cursor = cursor_at(view.document.data, offset)
    if cursor is None:
        return ()
    spec = view.spec_at(offset)
    if cursor.directive is None or cursor.in_key:
        return tuple(_directives(view, cursor, spec))
    before = cursor.before
    match cursor.directive.key:
        case "template":
            return tuple(_templates(view, cursor, before))
        case "comply":
            return tuple(_blocks(view, cursor, before))
        case "use":
            return tuple(_modules(cursor, before))
        case "golden":
            return tuple(_golden(view, cursor, before))
        case "model":
            return tuple(
                Item(name, ItemKind.VALUE, _back(cursor, before), name, detail="model") for name in view.models
            )
        case "strict":
            return (Item("yes", ItemKind.VALUE, _back(cursor, before), "yes", detail="warnings are failures"),)
        case key if key in _EXPRESSIONS:
            return tuple(_expression(view, cursor, spec, key, before))
    return ()


def wants_models(view: View, offset: int) -> bool:
    """Whether `complete` gives `View.models` at a byte: who knows them has to look for them."""
    cursor = cursor_at(view.document.data, offset)
    return cursor is not None and cursor.directive is not None and cursor.directive.key == "model"


def attribute_request(view: View, offset: int) -> AttributeRequest | None:
    """The expression whose attributes are asked for at a byte, for `attributes.attributes`; None where no dot stands before."""
    cursor = cursor_at(view.document.data, offset)
    if cursor is None or cursor.directive is None or cursor.in_key or cursor.directive.key not in _EXPRESSIONS:
        return None
    key, before = cursor.directive.key, cursor.before
    if not _ATTRIBUTE_BEFORE.search(before) or _NUMBER_BEFORE.search(before) or in_string(before):
        return None
    if key in {"rule", "given"} and (place := split_arrow(before)) is not None:
        before = before[place + 2 :]
    elif key == "raises" and (place := split_first_word(before, "when")) is not None:
        before = before[place + 4 :]
    word = _word(cursor, before)
    return AttributeRequest(before, word, inside=key not in {"example", "given"})


@dataclass(frozen=True, slots=True)
class AttributeRequest:
    """An expression up to the cursor, and the bytes of the attribute's name as far as it is typed."""

    before: str
    span: Span
    inside: bool


def _directives(view: View, cursor: Cursor, spec: Spec | None) -> Iterator[Item]:
    standing = {directive.key for directive in cursor.block.directives if directive is not cursor.directive}
    end = cursor.directive.key_span.end if cursor.directive is not None else cursor.word.end
    rest = view.document.data[end : end + 1]
    for order, kind in enumerate(DIRECTIVES):
        if kind.key in {"spec", "locked"} or (kind.key in standing and not kind.repeats):
            continue
        span = Span(cursor.word.start, max(end, cursor.word.end))
        text = kind.key if rest == b":" else f"{kind.key}: "
        yield Item(kind.key, ItemKind.DIRECTIVE, span, text, order, kind.value, kind.meaning)
    if spec is not None and cursor.directive is None and rest != b":":
        call = sample_call(view.document, spec)
        yield Item(
            f"example: {call} == ...", ItemKind.SNIPPET, cursor.word, f"example: {call} == ", 1, "from the signature",
            BY_KEY["example"].meaning, f"example: {_call_snippet(view, spec)} == ${{0:...}}",
        )  # fmt: skip


def _templates(view: View, cursor: Cursor, before: str) -> Iterator[Item]:
    try:
        found = list_templates(view.snapshot.root if view.trusted else None)
    except TemplateError:  # one template that cannot be read; `intaglio templates check` says which and why
        found = list_templates(None)
    for template in found:
        yield Item(
            template.name, ItemKind.VALUE, _back(cursor, before), template.name, detail=template.summary,
            documentation=template.contract,
        )  # fmt: skip


def _blocks(view: View, cursor: Cursor, before: str) -> Iterator[Item]:
    for block in list_blocks(view.snapshot.root if view.trusted else None):
        yield Item(
            block.name, ItemKind.VALUE, _back(cursor, before), block.name, detail=block.path, documentation=block.text
        )


def _modules(cursor: Cursor, before: str) -> Iterator[Item]:
    named = set(re.split(r"[\s,]+", before)[:-1])
    piece = _PIECE_BEFORE.search(before)
    typed = piece[0] if piece is not None else ""
    for name in sorted(GRANTABLE_MODULES - named):
        yield Item(name, ItemKind.MODULE, _back(cursor, typed), name, detail="standard library")


def _golden(view: View, cursor: Cursor, before: str) -> Iterator[Item]:
    if re.search(r"\s", before):
        if ">=" not in before:
            typed = _PIECE_BEFORE.search(before)
            yield Item(
                ">= 0.98",
                ItemKind.VALUE,
                _back(cursor, typed[0] if typed else ""),
                ">= 0.98",
                detail="the share that must match",
            )
        return
    for path in golden_paths(view.snapshot.root, view.path, before):
        kind = ItemKind.FOLDER if path.endswith("/") else ItemKind.FILE
        yield Item(path, kind, _back(cursor, before), path, 1 if path.endswith(".jsonl") else 5)


def _expression(view: View, cursor: Cursor, spec: Spec | None, key: str, before: str) -> Iterator[Item]:
    if in_string(before) or _ATTRIBUTE_BEFORE.search(before):
        return
    word = _word(cursor, before)
    lead = before[: len(before) - len(_word_text(before))]
    if _wants_error(key, lead):
        for error in errors_at_hand(view.document):
            yield Item(error.name, ItemKind.CLASS, word, error.name, error.order, "exception", error.documentation)
        return
    yield from _words(cursor, key, lead, word)
    if spec is None:
        return
    if key == "example" and not lead.strip():
        yield from _example_calls(view, spec, word)
    yield from _keywords(spec, before, word)
    for name in names_at_hand(view.document, spec, key):
        yield Item(name.name, ItemKind(name.kind), word, name.name, name.order, name.detail, name.documentation)


def _wants_error(key: str, lead: str) -> bool:
    if key == "raises":
        return split_first_word(lead, "when") is None and not lead.strip()
    return key in {"example", "rule"} and re.search(r"\braises\s+\Z", lead) is not None


def _words(cursor: Cursor, key: str, lead: str, word: Span) -> Iterator[Item]:
    """The language's own words, where they may stand."""
    stated = bool(lead.strip())
    if key == "raises" and stated and split_first_word(lead, "when") is None:
        yield Item("when", ItemKind.KEYWORD, word, "when ", 0, "a condition: a guard raises the error")
    if key == "rule" and not stated:
        standing = any(one.value.value.startswith("otherwise") for one in cursor.block.directives if one.key == "rule")
        if not standing:
            yield Item("otherwise", ItemKind.KEYWORD, word, "otherwise -> ", 0, "every case that no rule above takes")
    if key == "rule" and re.search(r"->\s*\Z", lead):
        yield Item("raises", ItemKind.KEYWORD, word, "raises ", 4, "the rule's outcome is an exception")
    if key == "example" and re.search(r"\)\s+\Z", lead):
        yield Item("raises", ItemKind.KEYWORD, word, "raises ", 0, "the call raises an exception")


def _example_calls(view: View, spec: Spec, word: Span) -> Iterator[Item]:
    call, snippet = sample_call(view.document, spec), _call_snippet(view, spec)
    yield Item(
        f"{call} == ...",
        ItemKind.SNIPPET,
        word,
        f"{call} == ",
        0,
        "an example from the signature",
        "",
        f"{snippet} == ${{0:...}}",
    )
    if spec.function.kind is not FunctionKind.PROPERTY:
        yield Item(
            f"{call} raises ...", ItemKind.SNIPPET, word, f"{call} raises ", 1, "an example of a refusal", "",
            f"{snippet} raises ${{0:ValueError}}",
        )  # fmt: skip


def _call_snippet(view: View, spec: Spec) -> str:
    if spec.function.kind is FunctionKind.PROPERTY:
        return _escaped(sample_call(view.document, spec))
    parts = []
    for number, parameter in enumerate(given_parameters(spec), 1):
        lead = f"{parameter.name}=" if parameter.kind is ParameterKind.KEYWORD_ONLY else ""
        parts.append(f"{lead}${{{number}:{parameter.name}}}")
    return f"{_escaped(callee_of(view.document, spec))}({', '.join(parts)})"


def _keywords(spec: Spec, before: str, word: Span) -> Iterator[Item]:
    """`NAME=` for the parameters that a call of the spec's function does not have yet."""
    call = open_call(before)
    if call is None or call.keyword or not calls_own(spec, call.callee):
        return
    parameters = called_parameters(spec)
    taken = {one.name for one in parameters[: call.by_position] if one.kind is not ParameterKind.KEYWORD_ONLY} | set(
        call.given
    )
    named = {ParameterKind.POSITIONAL_OR_KEYWORD, ParameterKind.KEYWORD_ONLY}
    for one in parameters:
        if one.kind in named and one.name not in taken:
            yield Item(
                f"{one.name}=",
                ItemKind.PARAMETER,
                word,
                f"{one.name}=",
                2,
                one.annotation or "",
                "an argument by its name",
            )


def _word_text(before: str) -> str:
    found = _WORD_BEFORE.search(before)
    return found[0] if found is not None else ""


def _word(cursor: Cursor, before: str) -> Span:
    return _back(cursor, _word_text(before))


def _back(cursor: Cursor, typed: str) -> Span:
    return Span(cursor.offset - len(typed.encode("utf-8", "surrogatepass")), cursor.offset)


def _escaped(text: str) -> str:
    return re.sub(r"([\\$}])", r"\\\1", text)
