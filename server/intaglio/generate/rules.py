"""The rules backend: a spec whose `rule:` lines cover it is compiled directly. No model, no tokens, no network."""

from __future__ import annotations

import ast
import threading
from collections.abc import Iterator

from intaglio.generate.interface import Cancelled, Completion, Delta, GenerationError, Request, Usage
from intaglio.spec.expression import ExpressionError, parse_expression
from intaglio.spec.model import Rule, Spec, Text
from intaglio.spec.rules import Coverage, judge_rules


def rules_cover(spec: Spec) -> bool:
    """Whether the rules say what happens for every input."""
    if not spec.rules:
        return False
    return (
        any(rule.condition is None for rule in spec.rules) or judge_rules(spec, spec.rules).coverage is Coverage.SHOWN
    )


def rules_body(spec: Spec) -> str:
    """The body that a spec's rules say: one early return (or raise) a rule. Raises GenerationError when they cannot."""
    if not spec.rules:
        raise GenerationError("GE101", "the spec has no `rule:` lines, so it needs a model; set one, or write rules")
    if not rules_cover(spec):
        raise GenerationError(
            "GE102", "the `rule:` lines do not cover every input; end them with `rule: otherwise -> VALUE`"
        )
    if spec.function.is_generator:
        raise GenerationError("GE103", "rules give one value, and this function is a generator; it needs a model")
    lines: list[str] = []
    last = len(spec.rules) - 1
    for place, rule in enumerate(spec.rules):
        outcome = _outcome(rule)
        if rule.condition is None or (place == last and not any(one.condition is None for one in spec.rules)):
            lines.append(outcome)
            break
        lines += [f"if {_source(rule.condition)}:", f"    {outcome}"]
    return "\n".join(lines) + "\n"


class RulesBackend:
    """See `Backend`."""

    @property
    def name(self) -> str:
        """The backend's name."""
        return "rules"

    def generate(self, request: Request, cancel: threading.Event) -> Iterator[Delta | Completion]:
        """The body, at once and for nothing."""
        if cancel.is_set():
            raise Cancelled
        body = rules_body(request.spec)
        yield Delta(body)
        yield Completion(body, Usage())


def _outcome(rule: Rule) -> str:
    if rule.raises is not None:
        return f"raise {_source(rule.raises)}"
    if rule.value is None:
        raise GenerationError("GE102", "a rule has no value")
    return f"return {_source(rule.value)}"


def _source(text: Text) -> str:
    """An expression on one line, as it was written where that is one line, else as Python writes it."""
    try:
        tree = parse_expression(text.value)
    except ExpressionError as error:
        raise GenerationError("GE102", f"a rule is not Python: {error.message}") from error
    written = text.value.strip()
    return ast.unparse(tree) if "\n" in written or "#" in written or isinstance(tree, ast.Tuple) else written
