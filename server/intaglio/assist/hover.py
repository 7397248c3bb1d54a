"""Hover: on a spec or its function's header, how it stands; on a directive's key, its manual; on a name, what it means."""

from __future__ import annotations

import builtins
import inspect
from dataclasses import dataclass

from intaglio.assist.bindings import Binding, binding_of
from intaglio.assist.cursor import cursor_at
from intaglio.assist.expressions import Meaning, Name, name_at
from intaglio.assist.standing import Standing, standing_of
from intaglio.assist.view import View
from intaglio.assist.wording import duration, moment, money, one_line, tokens
from intaglio.finding import Span
from intaglio.lock.fingerprint import short
from intaglio.lock.model import Entry, Inputs
from intaglio.spec.language import BY_KEY, DirectiveKind
from intaglio.spec.model import Directive, Parameter, Spec
from intaglio.template.library import file_of, load_block, load_template
from intaglio.template.model import TemplateError
from intaglio.template.purity import CAPABILITY_MODULES, GRANTABLE_MODULES, PURE_MODULES

APPROX = "```python\napprox(expected, rel=1e-6, abs=1e-12)\n```\nEqual within a tolerance; looks inside of lists, tuples and dicts."
_MARKS = {"passed": "✓", "failed": "✗", "skipped": "–", "running": "…", "not run": "·", "outdated": "↻"}


@dataclass(frozen=True, slots=True)
class Hover:
    """What to show, in Markdown, and what it speaks of."""

    markdown: str
    span: Span


def hover(view: View, offset: int) -> Hover | None:
    """What to say of the byte at `offset`; None where there is nothing of ours."""
    spec = view.spec_at(offset)
    if spec is not None and spec.function.span.start <= offset:
        header = Span(spec.function.span.start, spec.function.header.end)
        return Hover(card(view, spec), spec.function.name_span) if header.contains(offset) else None
    cursor = cursor_at(view.document.data, offset)
    if cursor is None:
        return None
    directive = cursor.directive
    if directive is not None and cursor.in_key and directive.key_span.contains(offset):
        kind = BY_KEY.get(directive.key)
        return Hover(manual(kind), directive.key_span) if kind is not None else None
    if spec is None:
        return None
    if (name := name_at(spec, offset)) is not None and (said := explain(view, spec, name)):
        return Hover(said, name.span)
    if directive is not None and (said := _named(view, directive)):
        return Hover(said, directive.value.span)
    if directive is None or directive.key == "spec":
        return Hover(card(view, spec), spec.block)
    return None


def manual(kind: DirectiveKind) -> str:
    """A directive's page: its form and what it means."""
    often = "may stand more than once" if kind.repeats else "stands once at most"
    return f"```\n# {kind.key}: {kind.value}\n```\n{kind.meaning}\n\n_{often}_"


def explain(view: View, spec: Spec, name: Name) -> str:
    """What a name in an expression means; "" where that is not known."""
    match name.meaning:
        case Meaning.PARAMETER:
            found = next((one for one in spec.function.parameters if one.name == name.name), None)
            return f"```python\n(parameter) {written(found)}\n```\nof `{spec.function.name}`" if found else ""
        case Meaning.RESULT:
            kind = spec.function.returns or "object"
            items = "\n\nThe list of what the generator yields." if spec.function.is_generator else ""
            return f"```python\nresult: {kind}\n```\nWhat `{spec.function.name}` returns.{items}"
        case Meaning.APPROX:
            return APPROX
        case Meaning.FUNCTION:
            return f"```python\n{signature(view, spec)}\n```\n{one_line(spec.prose.value, 400)}"
        case Meaning.DEFINED:
            return described(binding_of(view.document, name.name))
        case Meaning.BUILTIN:
            return builtin_page(name.name)
    return ""


def written(parameter: Parameter) -> str:
    """A parameter as in its signature, without stars."""
    note = f": {parameter.annotation}" if parameter.annotation else ""
    equals = " = " if note else "="
    return f"{parameter.name}{note}{equals + parameter.default if parameter.default is not None else ''}"


def signature(view: View, spec: Spec) -> str:
    """The function's `def` line on one line, without decorators and colon."""
    data = view.document.data
    header = data[spec.function.name_span.start : spec.function.header.end].decode("utf-8", "replace")
    lead = "async def" if spec.function.is_async else "def"
    return f"{lead} {' '.join(header.split()).rstrip(':').rstrip()}"


def described(binding: Binding | None) -> str:
    """A module's own name: the head of its statement."""
    return f"```python\n{binding.head}\n```\n_{binding.kind.value} of this file_" if binding is not None else ""


def builtin_page(name: str) -> str:
    """A builtin with the first paragraph of its manual."""
    found = getattr(builtins, name, None)
    page = (inspect.getdoc(found) or "").partition("\n\n")[0]
    kind = "class" if isinstance(found, type) else "builtin"
    return f"```python\n({kind}) {name}\n```\n{page}"


def card(view: View, spec: Spec) -> str:
    """How a spec stands: state and reasons, stages, where the body comes from, fingerprints."""
    standing = standing_of(view, spec)
    state = view.states.get(spec.name)
    entry = state.entry if state is not None else None
    parts = [f"**{spec.name}** is **{standing.state}**", _reasons(standing), _stages(view, spec, standing)]
    if entry is not None:
        parts.append(_made(entry))
        parts.append(_fingerprints(entry.inputs, view.inputs.get(spec.name)))
        if not entry.sealed:
            parts.append("The lock's seal is broken: its parts were never validated together.")
    return "\n\n".join(part for part in parts if part)


def _reasons(standing: Standing) -> str:
    return "\n".join(f"- {reason}" for reason in standing.reasons)


def _stages(view: View, spec: Spec, standing: Standing) -> str:
    if all(stage.outcome == "not run" for stage in standing.stages):
        return "No stage has run on this text."
    rows = ["| stage | | time | |", "|---|---|---|---|"]
    for stage in standing.stages:
        millis = duration(stage.millis) if stage.millis is not None and stage.outcome != "skipped" else ""
        rows.append(f"| {stage.name} | {_MARKS[stage.outcome]} {stage.outcome} | {millis} | {stage.said} |")
    table = "\n".join(rows)
    if standing.of_candidate:
        progress = view.progress[spec.name]
        table += f"\n\nThese speak of the candidate of attempt {progress.attempt}, which is not in the file."
    return table


def _made(entry: Entry) -> str:
    made, accepted = entry.made, entry.accepted
    if made.backend == "hand":
        origin = "by hand"
    elif made.backend == "rules":
        origin = "from the spec's rules, without a model"
    else:
        used = f"{made.input_tokens:,} + {tokens(made.output_tokens)} ({made.usage})" if made.usage != "none" else ""
        cost = money(made.cost) if made.cost is not None else "cost unknown"
        attempts = f"attempt {made.attempts}" if made.attempts else ""
        origin = " · ".join(part for part in (f"by {made.model or made.backend}", used, cost, attempts) if part)
    why = f": {one_line(accepted.reason, 200)}" if accepted.reason else ""
    return f"Written {origin}\n\nAccepted by {accepted.by}, {moment(accepted.at)} ({accepted.how}){why}"


def _fingerprints(then: Inputs, now: Inputs | None) -> str:
    shown = []
    for what in ("body", "spec", "signature"):
        before = getattr(then, what)
        after = getattr(now, what) if now is not None else before
        moved = f" → `{short(after) if after else 'none'}`" if after != before else ""
        shown.append(f"{what} `{short(before)}`{moved}")
    return "Locked " + " · ".join(shown)


def _named(view: View, directive: Directive) -> str:
    """A template, a prompt block or a module that a directive names."""
    root, tree = (view.snapshot.root, view.snapshot) if view.trusted else (None, None)
    name = directive.value.value.strip()
    try:
        if directive.key == "template":
            template = load_template(name, root, tree)
            return f"**{name}** · {template.path}\n\n{template.summary}\n\n```\n{template.contract}\n```"
        if directive.key == "comply":
            block = load_block(name, root, tree)
            return f"**{name}** · {block.path}\n\n{block.text}"
    except TemplateError as error:
        kind = "functions" if directive.key == "template" else "blocks"
        if not view.trusted and file_of(kind, name, view.snapshot.root) is not None:
            return f"**{name}** is the workspace's own, and the workspace is not trusted"
        return str(error)
    if directive.key == "use":
        return "\n\n".join(f"**{module}**: {module_page(module)}" for module in name.replace(",", " ").split())
    return ""


def module_page(name: str) -> str:
    """What naming a module in `use:` means."""
    if name in PURE_MODULES:
        return "pure; every body may import it without a grant"
    if name in GRANTABLE_MODULES:
        return "a module of the standard library that a grant opens"
    if name in CAPABILITY_MODULES:
        return "a capability; this version grants none"
    return "cannot be granted"
