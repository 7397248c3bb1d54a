"""textDocument/codeAction: what can be done here. Nothing is asked of a model and nothing is run to say so: actions that do are
commands. Every lens has its action, for clients without lenses.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lsprotocol import types

from intaglio.finding import Severity, Span
from intaglio.lsp.asked import Asked
from intaglio.lsp.code_lens import ADOPT
from intaglio.lsp.to_client import edit_of
from intaglio.spec.model import Spec

QUICK, REWRITE, SOURCE = "quickfix", "refactor.rewrite", "source"
NOT_TRUSTED = "the workspace is not trusted"


@dataclass(frozen=True, slots=True)
class Offered:
    """An action in plain values: a command with its argument, or edits of the file itself."""

    title: str
    kind: str
    command: str = ""
    argument: dict[str, Any] = field(default_factory=dict)
    edits: tuple[tuple[Span, str], ...] = ()
    preferred: bool = False
    disabled: str = ""
    diagnostics: tuple[types.Diagnostic, ...] = ()


def code_action(asked: Asked, params: types.CodeActionParams) -> list[types.CodeAction | types.Command]:
    """The actions for a range, those that the client's `only` and its trigger let through."""
    span = asked.span(params.range)
    wanted = params.context.only
    automatic = params.context.trigger_kind is types.CodeActionTriggerKind.Automatic
    found: list[types.CodeAction | types.Command] = []
    for one in (*_fixes(asked, span, params.context.diagnostics), *_of_specs(asked, span), *_elsewhere(asked, span)):
        if wanted is not None and not any(_is_within(one.kind, str(getattr(kind, "value", kind))) for kind in wanted):
            continue
        if automatic and wanted is None and one.kind != QUICK:
            continue
        if (said := _said(asked, one)) is not None:
            found.append(said)
    return found


def _fixes(asked: Asked, span: Span, diagnostics: Any) -> Iterator[Offered]:
    """The ways out that findings carry. Clients give back what they were told, some of them only in part: code and range do."""
    from intaglio.assist.fixes import fixes_at

    for fix in fixes_at(asked.view, span):
        shown = asked.range(fix.span)
        if not fix.edits:
            continue
        of = tuple(one for one in diagnostics if str(one.code) == fix.finding.code and one.range == shown)
        yield Offered(fix.title, QUICK, edits=fix.edits, diagnostics=of, preferred=len(fix.finding.fixes) == 1)


def _of_specs(asked: Asked, span: Span) -> Iterator[Offered]:
    for spec in asked.view.touching(span):
        yield from _of_spec(asked, spec)


def _of_spec(asked: Asked, spec: Spec) -> Iterator[Offered]:
    from intaglio.assist.golden_file import missing_golden

    uri, name = asked.file.uri, spec.name
    named = {"uri": uri, "name": name}
    picture = asked.picture(name)
    state = picture.state if picture is not None else "unlocked"
    locked = asked.view.states.get(name)
    has_lock = locked is not None and locked.entry is not None
    blocked = "" if asked.view.trusted else NOT_TRUSTED
    read = (*spec.findings, *asked.view.referred.get(name, ()))
    errors = any(finding.severity is Severity.ERROR for finding in read)
    refused = blocked or ("the spec has errors" if errors else "")
    if picture is not None and picture.job:
        yield Offered(f"Cancel what runs on {name}", QUICK, "intaglio.cancel", {"job": picture.job})
        return
    if name in asked.offers:
        if asked.client.apply_edit:
            yield Offered(f"Apply the compiled body of {name}", QUICK, "intaglio.accept", named, preferred=True)
        else:
            edits = tuple((change.span, change.new_text) for change in asked.offers[name])
            yield Offered(f"Apply the compiled body of {name}", QUICK, edits=edits, preferred=True)
        yield Offered(
            f"Show what compiling {name} would change", REWRITE, "intaglio.diff", {**named, "against": "candidate"}
        )
    if spec.function.is_stub:
        yield Offered(f"Compile {name}", REWRITE, "intaglio.compile", named, disabled=refused)
    else:
        yield Offered(f"Validate {name}", REWRITE, "intaglio.validate", named, disabled=refused)
        if picture is not None and picture.pending:
            yield Offered(f"Lock {name}", QUICK, "intaglio.lock", named, disabled=blocked)
        elif state == "stale" or (state == "ready" and name not in asked.view.by_hand):
            yield Offered(f"Validate and lock {name}", QUICK, "intaglio.lock", named, disabled=refused)
        elif state in {"drifted", "unlocked", "ready"}:
            title = f"Adopt {name} as hand-written: validate and lock it"
            if asked.client.asks_reasons:
                yield Offered(title, QUICK, ADOPT, named, disabled=refused)
            else:
                yield Offered(title, QUICK, "intaglio.lock", {**named, "adopt": True}, disabled=refused)
        replace = {**named, "replace": True}
        yield Offered(f"Recompile {name}", REWRITE, "intaglio.compile", replace, disabled=refused)
        if asked.client.asks_remarks:
            title = f"Recompile {name} with a remark ..."
            yield Offered(title, REWRITE, "intaglio.compileWithRemark", replace, disabled=refused)
    if has_lock and state in {"drifted", "stub"}:
        yield Offered(f"Restore the locked body of {name}", QUICK, "intaglio.restore", named)
        yield Offered(f"Show what changed in {name} since it was locked", REWRITE, "intaglio.diff", named)
    for call in _failing_inputs(asked, spec):
        newline = "\r\n" if b"\r\n" in asked.view.document.data else "\n"
        line = f"{newline}{spec.function.indentation}# example: {call} == ..."
        place = Span(spec.block.end, spec.block.end)
        yield Offered(f"Add `{call}` as an example, its outcome to be filled in", QUICK, edits=((place, line),))
    for path in missing_golden(asked.view, spec):
        argument = {**named, "path": path}
        yield Offered(f"Create {path} with a first row", QUICK, "intaglio.createGolden", argument)


def _failing_inputs(asked: Asked, spec: Spec) -> tuple[str, ...]:
    """Calls that a stage found to fail, shrunk, which no example has."""
    progress = asked.view.progress.get(spec.name)
    if progress is None or spec.name in asked.view.outdated:
        return ()
    known = " ".join(example.expression.value for example in spec.examples)
    found = dict.fromkeys(
        value
        for verdict in progress.verdicts
        for finding in verdict.findings
        for name, value in finding.details
        if name == "input" and value not in known
    )
    return tuple(found)


def _elsewhere(asked: Asked, span: Span) -> Iterator[Offered]:
    """What is no spec's: a spec above a function, the whole file, trust."""
    from intaglio.assist.insert_spec import insert_spec
    from intaglio.lock.journal import pending_journal
    from intaglio.lsp.unfinished import name_of

    uri = asked.file.uri
    insertion = insert_spec(asked.view, span.start)
    if insertion is not None:
        place = Span(insertion.offset, insertion.offset)
        yield Offered("Insert a spec above this function", REWRITE, edits=((place, insertion.text),))
    blocked = "" if asked.view.trusted else NOT_TRUSTED
    are_stubs = [spec.function.is_stub for spec, _ in asked.view.placed()]
    if stubs := sum(are_stubs):
        title = f"Compile all {stubs} stubs of this file" if stubs > 1 else "Compile the stub of this file"
        yield Offered(title, SOURCE, "intaglio.compile", {"uri": uri}, disabled=blocked)
    if stubs < len(are_stubs):
        yield Offered("Validate the bodies of this file", SOURCE, "intaglio.validate", {"uri": uri}, disabled=blocked)
    if not blocked and (journal := pending_journal(asked.view.snapshot.root)) is not None:
        of = name_of(journal)
        yield Offered(f"Finish the interrupted write of {of}", QUICK, "intaglio.finishWrite", {"uri": uri})
        giving_up = {"uri": uri, "discard": True}
        title = f"Give up the interrupted write of {of}: leave the files as they are"
        yield Offered(title, QUICK, "intaglio.finishWrite", giving_up)
    if blocked and are_stubs:
        yield Offered("Trust this workspace: let Intaglio run stages and ask models", QUICK, "intaglio.trust")


def _said(asked: Asked, one: Offered) -> types.CodeAction | types.Command | None:
    """An action as far as the client can take one; None for one that it cannot."""
    client = asked.client
    if one.disabled and not client.action_disabled:
        return None
    command = types.Command(one.title, one.command, arguments=[one.argument]) if one.command else None
    if not client.action_literals:
        return command
    edit = edit_of(asked, one.edits) if one.edits else None
    return types.CodeAction(
        one.title,
        kind=one.kind,
        diagnostics=list(one.diagnostics) or None,
        is_preferred=True if one.preferred else None,
        disabled=types.CodeActionDisabled(one.disabled) if one.disabled else None,
        edit=edit,
        command=command if not one.disabled else None,
    )


def _is_within(kind: str, wanted: str) -> bool:
    """Whether a kind is `wanted` or below it: kinds are a hierarchy, by dots."""
    return not wanted or kind == wanted or kind.startswith(f"{wanted}.")
