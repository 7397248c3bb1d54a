"""Signature help: the call that is being typed in an expression, its parameters, and which of them the cursor stands at."""

from __future__ import annotations

from dataclasses import dataclass

from intaglio.assist.calls import OpenCall, open_call
from intaglio.assist.cursor import cursor_at
from intaglio.assist.expressions import called_parameters, calls_own
from intaglio.assist.hover import written
from intaglio.assist.view import View
from intaglio.assist.wording import one_line
from intaglio.spec.model import Parameter, ParameterKind, Spec

_KEYS = frozenset(["require", "ensure", "example", "given", "rule", "raises"])


@dataclass(frozen=True, slots=True)
class SignatureHelp:
    """`label` holds each parameter's text at its characters [start, end) of `parameters`. `active` is None behind the last."""

    label: str
    parameters: tuple[tuple[int, int], ...]
    active: int | None
    documentation: str = ""


@dataclass(frozen=True, slots=True)
class CallAsked:
    """A call of something else than the spec's function, for `attributes.called`."""

    before: str
    inside: bool


def signature_help(view: View, offset: int) -> SignatureHelp | CallAsked | None:
    """The call at a byte: of the spec's own function at once, of others as what to ask a tool for; None outside of calls."""
    cursor = cursor_at(view.document.data, offset)
    if cursor is None or cursor.directive is None or cursor.in_key or cursor.directive.key not in _KEYS:
        return None
    call = open_call(cursor.before)
    if call is None:
        return None
    spec = view.spec_at(offset)
    if spec is None or not calls_own(spec, call.callee):
        return CallAsked(cursor.before, inside=cursor.directive.key not in {"example", "given"})
    parameters = called_parameters(spec)
    shown = shown_call(spec.function.name, [_starred(one) for one in parameters], _active(parameters, call))
    tail = f" -> {spec.function.returns}" if spec.function.returns else ""
    return SignatureHelp(shown.label + tail, shown.parameters, shown.active, _about(spec))


def shown_call(name: str, parameters: list[str], active: int | None, documentation: str = "") -> SignatureHelp:
    """`name(a, b)` with the place of each parameter in it."""
    label = f"{name}("
    places = []
    for number, text in enumerate(parameters):
        label += ", " if number else ""
        places.append((len(label), len(label) + len(text)))
        label += text
    return SignatureHelp(f"{label})", tuple(places), active, documentation)


def _starred(parameter: Parameter) -> str:
    stars = {ParameterKind.VAR_POSITIONAL: "*", ParameterKind.VAR_KEYWORD: "**"}.get(parameter.kind, "")
    return f"{stars}{written(parameter)}"


def _active(parameters: tuple[Parameter, ...], call: OpenCall) -> int | None:
    kinds = {parameter.kind: number for number, parameter in enumerate(parameters)}
    if call.keyword:
        found = next((number for number, one in enumerate(parameters) if one.name == call.keyword), None)
        return found if found is not None else kinds.get(ParameterKind.VAR_KEYWORD)
    positional = {ParameterKind.POSITIONAL_ONLY, ParameterKind.POSITIONAL_OR_KEYWORD}
    if call.position < len(parameters) and parameters[call.position].kind in positional and not call.given:
        return call.position
    if not call.given and ParameterKind.VAR_POSITIONAL in kinds:
        return kinds[ParameterKind.VAR_POSITIONAL]
    named = positional | {ParameterKind.KEYWORD_ONLY}
    left = [
        number
        for number, one in enumerate(parameters)
        if one.kind in named
        and one.name not in call.given
        and (one.kind not in positional or number >= call.by_position)
    ]
    return left[0] if left else None


def _about(spec: Spec) -> str:
    conditions = "\n".join(f"- `{one_line(text.value)}`" for text in spec.require)
    return f"{one_line(spec.prose.value, 400)}\n\n{conditions}".strip()
