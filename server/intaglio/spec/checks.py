"""What can be said of one spec without its workspace: names, arity, contradictions, rules, prose. Pure."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

from intaglio.finding import Code, Edit, Finding, Fix, Place, Span
from intaglio.spec import codes
from intaglio.spec.calls import Outcome, arity_complaint, call_key, stated_outcome
from intaglio.spec.expression import ExpressionError, byte_range, parse_expression, used_names
from intaglio.spec.host import OpenName
from intaglio.spec.model import Example, FunctionKind, Parameter, Spec, Text
from intaglio.spec.prose import is_vague
from intaglio.spec.reading import BUILTINS, at_function, at_spec
from intaglio.spec.rules import Coverage, judge_rules

_ALWAYS_TRUE = (ast.Tuple, ast.GeneratorExp, ast.Lambda, ast.JoinedStr)
_EXCEPTIONS = tuple(
    sorted(
        name for name, value in vars(builtins).items() if isinstance(value, type) and issubclass(value, BaseException)
    )
)


def check_spec(spec: Spec) -> tuple[tuple[Finding, ...], tuple[OpenName, ...]]:
    """Findings about a spec whose form has been read, and the names in it that only its file may explain."""
    checker = _Checker(spec)
    return tuple(checker.findings()), tuple(checker.open_names)


class _Checker:
    """One spec's checks; each method yields findings."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        function = spec.function
        self.parameters = {parameter.name for parameter in function.parameters}
        self.is_plain = not function.owners or function.is_nested
        own = {function.name} if self.is_plain else {function.owners[0]}
        self.known = self.parameters | own
        self.open_names: list[OpenName] = []

    def findings(self) -> Iterator[Finding]:
        spec = self.spec
        if any(decorator.rpartition(".")[2] == "overload" for decorator in spec.function.decorators):
            yield at_function(
                spec,
                codes.OVERLOAD,
                "this is an overload without a body; the spec belongs on the implementation",
                spec.function.name_span,
            )
        for text in spec.require:
            yield from self.condition(text)
        for text in spec.ensure:
            yield from self.condition(text, "result", "approx")
        for raised in spec.raises:
            yield from self.exception(raised.error)
            if raised.condition is not None:
                yield from self.condition(raised.condition)
        for rule in spec.rules:
            if rule.condition is not None:
                yield from self.condition(rule.condition)
            for part in (rule.value, rule.raises):
                if part is not None:
                    yield from self.expression(part)
        for example in spec.examples:
            yield from self.example(example)
        for given in spec.given:
            yield from self.expression(given.call)
            yield from self.expression(given.value)
        yield from self.contradictions()
        yield from self.rules()
        yield from self.parameters_annotated()
        if spec.prose.value.strip() and is_vague(spec.prose.value):
            yield self.say(
                codes.VAGUE,
                "the prose names no action with an outcome; say what the function decides or returns, and when",
                spec.prose.span,
            )
        if not (spec.examples or spec.ensure or spec.rules or spec.golden):
            yield self.say(
                codes.NOTHING_TO_CHECK,
                "nothing says whether a body is right; add an `example:` at least",
                spec.prose.span,
            )

    def say(self, code: Code, message: str, span: Span, *fixes: Fix) -> Finding:
        return at_spec(self.spec, code, message, span, *fixes)

    def fix(self, title: str, span: Span, text: str) -> Fix:
        return Fix(title, (Edit(Place("spec", span.shift(-self.spec.block.start)), text),))

    def condition(self, text: Text, *also: str) -> Iterator[Finding]:
        found = list(self.expression(text, *also))
        yield from found
        if any(finding.code == codes.BAD_EXPRESSION.id for finding in found):
            return
        if isinstance(parse_expression(text.value), _ALWAYS_TRUE):
            yield self.say(
                codes.ALWAYS_TRUE, "this is no condition: Python takes it as true whatever is in it", text.span
            )

    def expression(self, text: Text, *also: str) -> Iterator[Finding]:
        try:
            names = used_names(text.value)
        except ExpressionError as error:
            span = text.locate(error.start, error.end)
            fixes: tuple[Fix, ...] = ()
            if error.instead:
                fixes = (self.fix(f"Write `{error.instead}`", text.locate(error.at, error.at_end), error.instead),)
            yield self.say(codes.BAD_EXPRESSION, error.message, span, *fixes)
            return
        for used in names:
            if used.name not in self.known and used.name not in BUILTINS and used.name not in also:
                near = tuple(sorted(self.parameters.union(also)))
                self.open_names.append(OpenName(used.name, text.locate(used.start, used.end), near))

    def exception(self, text: Text) -> Iterator[Finding]:
        """An exception's name: known, and no builtin of another kind."""
        found = getattr(builtins, text.value, None)
        if found is not None and not (isinstance(found, type) and issubclass(found, BaseException)):
            yield self.say(codes.BAD_VALUE, f"`{text.value}` is no exception", text.span)
            return
        if found is None and "." not in text.value and text.value not in self.known:
            self.open_names.append(OpenName(text.value, text.span, _EXCEPTIONS))
            return
        yield from self.expression(text)

    def example(self, example: Example) -> Iterator[Finding]:
        if example.raises is not None:
            yield from self.exception(example.raises)
        text = example.expression
        found = list(self.expression(text, "approx") if example.raises else self.condition(text, "approx"))
        yield from found
        if any(finding.code == codes.BAD_EXPRESSION.id for finding in found):
            return
        tree = parse_expression(text.value)
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and self.is_own(node)]
        if not calls and not self.is_mentioned(tree):
            yield self.say(
                codes.EXAMPLE_WITHOUT_CALL, f"the example does not call `{self.spec.function.name}`", text.span
            )
        for call in calls if self.spec.function.kind is not FunctionKind.PROPERTY else ():
            if complaint := arity_complaint(call, self.called_parameters()):
                yield self.say(codes.WRONG_CALL, complaint, text.locate(*byte_range(text.value, call)))

    def is_mentioned(self, tree: ast.expr) -> bool:
        """Whether an attribute of the function's name is looked at (a property), or a class's special method runs."""
        function = self.spec.function
        if self.is_plain:
            return False
        if function.name.startswith("__") and function.name.endswith("__"):
            return True
        return any(isinstance(node, ast.Attribute) and node.attr == function.name for node in ast.walk(tree))

    def is_own(self, call: ast.Call) -> bool:
        if isinstance(call.func, ast.Name):
            return self.is_plain and call.func.id == self.spec.function.name
        return isinstance(call.func, ast.Attribute) and not self.is_plain and call.func.attr == self.spec.function.name

    def called_parameters(self) -> tuple[Parameter, ...]:
        function = self.spec.function
        bound = function.kind in {FunctionKind.METHOD, FunctionKind.CLASS_METHOD, FunctionKind.PROPERTY}
        return function.parameters[1:] if bound else function.parameters

    def contradictions(self) -> Iterator[Finding]:
        if len(self.spec.examples) < 2:
            return
        expected: dict[object, list[Outcome]] = {}
        for example in self.spec.examples:
            try:
                found = stated_outcome(parse_expression(example.expression.value), example, self.is_own)
            except ExpressionError:
                continue
            if found is None:
                continue
            call, outcome = found
            before = expected.setdefault(call_key(call, self.called_parameters()), [])
            other = next((one for one in before if one.contradicts(outcome)), None)
            if other is not None:
                yield self.say(
                    codes.CONTRADICTION,
                    f"an example above expects {other.shown} of the same call, this one {outcome.shown}",
                    example.span,
                )
            before.append(outcome)

    def rules(self) -> Iterator[Finding]:
        rules = self.spec.rules
        if not rules or len(rules) != sum(directive.key == "rule" for directive in self.spec.directives):
            return
        fallback = next((place for place, rule in enumerate(rules) if rule.condition is None), None)
        if fallback is not None:
            for rule in rules[fallback + 1 :]:
                yield self.say(
                    codes.RULE_AFTER_OTHERWISE, "no case is left for this rule: it stands below `otherwise`", rule.span
                )
            rules = rules[: fallback + 1]
        judged = judge_rules(self.spec, rules)
        for place in judged.unreachable:
            yield self.say(
                codes.UNREACHABLE_RULE,
                "no input reaches this rule: those above it take every case that it could",
                rules[place].span,
            )
        if fallback is None and judged.coverage is not Coverage.SHOWN:
            said = (
                f"no rule takes the case {judged.witness}"
                if judged.witness
                else "the rules are not shown to take every case (none found by search that they miss)"
            )
            last = rules[-1].span
            line = f'\n{self.spec.function.indentation}# rule: otherwise -> raises ValueError("no rule applies")'
            fix = self.fix("Raise ValueError in all other cases", Span(last.end, last.end), line)
            yield self.say(codes.NO_OTHERWISE, f"{said}; end the list with `rule: otherwise -> VALUE`", last, fix)

    def parameters_annotated(self) -> Iterator[Finding]:
        for parameter in self.called_parameters():
            if parameter.annotation is None:
                yield at_function(
                    self.spec,
                    codes.UNTYPED_PARAMETER,
                    f"`{parameter.name}` has no annotation, so no inputs can be generated for it",
                    parameter.span,
                )
