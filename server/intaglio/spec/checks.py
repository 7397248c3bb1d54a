"""What can be said of one spec without its workspace: names, arity, contradictions, rules, prose. Pure."""

from __future__ import annotations

import ast
import builtins
import difflib
import re
from collections.abc import Iterator

from intaglio.finding import Code, Edit, Finding, Fix, Place, Span
from intaglio.spec import codes
from intaglio.spec.expression import ExpressionError, byte_range, parse_expression
from intaglio.spec.model import Example, FunctionKind, Parameter, ParameterKind, Spec, Text
from intaglio.spec.rules import Coverage, judge_rules

BUILTINS = frozenset(dir(builtins))
_WORD = re.compile(r"[^\W\d_]{2,}")
_VERBS = frozenset(
    [
        "accept",
        "add",
        "apply",
        "approve",
        "assign",
        "build",
        "calculate",
        "check",
        "choose",
        "classify",
        "clean",
        "clamp",
        "collect",
        "combine",
        "compare",
        "compute",
        "convert",
        "count",
        "create",
        "decide",
        "deny",
        "derive",
        "detect",
        "determine",
        "divide",
        "drop",
        "escalate",
        "estimate",
        "evaluate",
        "extract",
        "fill",
        "filter",
        "find",
        "flag",
        "flatten",
        "fold",
        "format",
        "generate",
        "get",
        "give",
        "group",
        "guess",
        "is",
        "join",
        "keep",
        "label",
        "list",
        "look",
        "make",
        "map",
        "mark",
        "mask",
        "match",
        "merge",
        "move",
        "multiply",
        "normalise",
        "normalize",
        "order",
        "pad",
        "parse",
        "pick",
        "price",
        "produce",
        "put",
        "raise",
        "rank",
        "read",
        "reject",
        "remove",
        "rename",
        "render",
        "repeat",
        "replace",
        "report",
        "reshape",
        "resolve",
        "return",
        "reverse",
        "round",
        "route",
        "say",
        "scale",
        "score",
        "select",
        "send",
        "set",
        "sort",
        "split",
        "standardise",
        "standardize",
        "strip",
        "subtract",
        "sum",
        "swap",
        "take",
        "tell",
        "test",
        "tidy",
        "total",
        "translate",
        "trim",
        "truncate",
        "turn",
        "validate",
        "whether",
        "write",
    ]
)


def check_spec(spec: Spec, module_names: frozenset[str]) -> tuple[Finding, ...]:
    """Findings about a spec whose form has been read. `module_names` are names that the file binds somewhere."""
    return tuple(_Checker(spec, module_names).findings())


class _Checker:
    """One spec's checks; each method yields findings."""

    def __init__(self, spec: Spec, module_names: frozenset[str]) -> None:
        self.spec = spec
        function = spec.function
        self.parameters = {parameter.name for parameter in function.parameters}
        owner = {function.owners[0]} if function.owners else set()
        self.known = self.parameters | module_names | BUILTINS | {function.name} | owner

    def findings(self) -> Iterator[Finding]:
        spec = self.spec
        if spec.function.is_nested:
            yield self.at_function(
                codes.NESTED_FUNCTION,
                f"`{spec.function.name}` is defined inside another function; move it to module level",
            )
        if any(decorator.split(".")[-1] == "overload" for decorator in spec.function.decorators):
            yield self.at_function(
                codes.OVERLOAD, "this is an overload without a body; the spec belongs on the implementation"
            )
        for text in spec.require:
            yield from self.expression(text, frozenset())
        for text in spec.ensure:
            yield from self.expression(text, frozenset({"result", "approx"}))
        for raised in spec.raises:
            yield from self.names(raised.error, frozenset())
            if raised.condition is not None:
                yield from self.expression(raised.condition, frozenset())
        for rule in spec.rules:
            for part in (rule.condition, rule.value, rule.raises):
                if part is not None:
                    yield from self.expression(part, frozenset())
        for example in spec.examples:
            yield from self.example(example)
        yield from self.contradictions()
        yield from self.rules()
        yield from self.parameters_annotated()
        yield from self.prose()
        if not (spec.examples or spec.ensure or spec.rules or spec.golden):
            yield self.say(
                codes.NOTHING_TO_CHECK,
                "nothing says whether a body is right; add an `example:` at least",
                spec.prose.span,
            )

    def say(self, code: Code, message: str, span: Span, *fixes: Fix) -> Finding:
        return Finding(code.id, code.severity, message, Place("spec", span.shift(-self.spec.block.start)), fixes)

    def at_function(self, code: Code, message: str) -> Finding:
        span = self.spec.function.name_span
        return Finding(code.id, code.severity, message, Place("function", span.shift(-self.spec.function.span.start)))

    def expression(self, text: Text, also: frozenset[str]) -> Iterator[Finding]:
        try:
            parse_expression(text.value)
        except ExpressionError as error:
            yield self.say(codes.BAD_EXPRESSION, error.message, text.locate(error.start, error.end))
            return
        yield from self.names(text, also)

    def names(self, text: Text, also: frozenset[str]) -> Iterator[Finding]:
        try:
            tree = parse_expression(text.value)
        except ExpressionError:
            return
        local = {
            node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
        }
        local |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
        known = self.known | also | local
        seen: set[str] = set()
        for node in ast.walk(tree):
            if not isinstance(node, ast.Name) or node.id in known or node.id in seen:
                continue
            seen.add(node.id)
            near = difflib.get_close_matches(node.id, sorted(self.parameters | also), n=1) or difflib.get_close_matches(
                node.id, sorted(known), n=1, cutoff=0.75
            )
            span = text.locate(*byte_range(text.value, node))
            hint = f"; did you mean `{near[0]}`?" if near else ""
            if node.id == "result":
                hint = "; `result` exists in `ensure:` only"
            fixes = (
                (Fix(f"Change to `{near[0]}`", (Edit(Place("spec", span.shift(-self.spec.block.start)), near[0]),)),)
                if near and node.id != "result"
                else ()
            )
            yield self.say(codes.UNKNOWN_NAME, f"the name `{node.id}` is not known here{hint}", span, *fixes)

    def example(self, example: Example) -> Iterator[Finding]:
        if example.raises is not None:
            yield from self.names(example.raises, frozenset())
        text = example.expression
        found = list(self.expression(text, frozenset({"approx"})))
        yield from found
        if any(finding.code == codes.BAD_EXPRESSION.id for finding in found):
            return
        tree = parse_expression(text.value)
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and self.is_own(node)]
        if not calls and self.spec.function.kind is not FunctionKind.PROPERTY:
            yield self.say(
                codes.EXAMPLE_WITHOUT_CALL, f"the example does not call `{self.spec.function.name}`", text.span
            )
        for call in calls:
            if complaint := arity_complaint(call, self.called_parameters()):
                yield self.say(codes.WRONG_CALL, complaint, text.locate(*byte_range(text.value, call)))

    def is_own(self, call: ast.Call) -> bool:
        if isinstance(call.func, ast.Name):
            return not self.spec.function.owners and call.func.id == self.spec.function.name
        return (
            isinstance(call.func, ast.Attribute)
            and bool(self.spec.function.owners)
            and call.func.attr == self.spec.function.name
        )

    def called_parameters(self) -> tuple[Parameter, ...]:
        function = self.spec.function
        bound = function.kind in {FunctionKind.METHOD, FunctionKind.CLASS_METHOD}
        return function.parameters[1:] if bound else function.parameters

    def contradictions(self) -> Iterator[Finding]:
        expected: dict[str, tuple[str, str]] = {}
        for example in self.spec.examples:
            try:
                tree = parse_expression(example.expression.value)
            except ExpressionError:
                continue
            if example.raises is not None:
                call, outcome, shown = (
                    ast.dump(tree),
                    f"raises {example.raises.value}",
                    f"raises {example.raises.value}",
                )
            elif isinstance(tree, ast.Compare) and len(tree.ops) == 1 and isinstance(tree.ops[0], ast.Eq | ast.Is):
                left, right = tree.left, tree.comparators[0]
                if not (isinstance(left, ast.Call) and self.is_own(left)):
                    left, right = right, left
                if not (isinstance(left, ast.Call) and self.is_own(left)):
                    continue
                try:
                    value = ast.literal_eval(right)
                except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
                    continue
                call, outcome, shown = ast.dump(left), f"{type(value).__name__} {value!r}", repr(value)
            else:
                continue
            before = expected.setdefault(call, (outcome, shown))
            if before[0] != outcome:
                yield self.say(
                    codes.CONTRADICTION,
                    f"an example above expects {before[1]} of the same call, this one {shown}",
                    example.span,
                )

    def rules(self) -> Iterator[Finding]:
        rules = self.spec.rules
        if not rules:
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
                f"for instance {judged.witness}"
                if judged.witness
                else "no uncovered case was found by search, which proves nothing"
            )
            yield self.say(
                codes.NO_OTHERWISE,
                f"the rules may leave cases open ({said}); end them with `rule: otherwise -> VALUE`",
                rules[-1].span,
            )

    def parameters_annotated(self) -> Iterator[Finding]:
        for parameter in self.called_parameters():
            if parameter.annotation is None:
                place = Place("function", parameter.span.shift(-self.spec.function.span.start))
                code = codes.UNTYPED_PARAMETER
                yield Finding(
                    code.id,
                    code.severity,
                    f"`{parameter.name}` has no annotation, so no inputs can be generated for it",
                    place,
                )

    def prose(self) -> Iterator[Finding]:
        words = [word.lower() for word in _WORD.findall(self.spec.prose.value)]
        if not words:
            return
        has_verb = any(word in _VERBS or (word.endswith("s") and word[:-1] in _VERBS) for word in words)
        if len(words) < 3 or not has_verb:
            yield self.say(
                codes.VAGUE,
                "the prose names no action with an outcome; say what the function decides or returns, and when",
                self.spec.prose.span,
            )


def arity_complaint(call: ast.Call, parameters: tuple[Parameter, ...]) -> str | None:
    """What is wrong with the arguments of a call, in words; None when they fit or cannot be counted."""
    if any(isinstance(argument, ast.Starred) for argument in call.args) or any(
        keyword.arg is None for keyword in call.keywords
    ):
        return None
    positional = [
        parameter
        for parameter in parameters
        if parameter.kind in {ParameterKind.POSITIONAL_ONLY, ParameterKind.POSITIONAL_OR_KEYWORD}
    ]
    if len(call.args) > len(positional) and not any(
        parameter.kind is ParameterKind.VAR_POSITIONAL for parameter in parameters
    ):
        return f"the call has {len(call.args)} positional arguments, and the function takes {len(positional)}"
    given = {parameter.name for parameter in positional[: len(call.args)]}
    by_name = {
        parameter.name
        for parameter in parameters
        if parameter.kind in {ParameterKind.POSITIONAL_OR_KEYWORD, ParameterKind.KEYWORD_ONLY}
    }
    takes_any = any(parameter.kind is ParameterKind.VAR_KEYWORD for parameter in parameters)
    for keyword in call.keywords:
        if keyword.arg in given:
            return f"the call gives `{keyword.arg}` twice"
        if keyword.arg not in by_name and not takes_any:
            near = difflib.get_close_matches(keyword.arg or "", sorted(by_name), n=1)
            return f"the function has no parameter `{keyword.arg}`" + (f"; did you mean `{near[0]}`?" if near else "")
        given.add(keyword.arg or "")
    missing = [
        parameter.name
        for parameter in parameters
        if parameter.default is None
        and parameter.name not in given
        and parameter.kind not in {ParameterKind.VAR_POSITIONAL, ParameterKind.VAR_KEYWORD}
    ]
    return f"the call lacks {', '.join(f'`{name}`' for name in missing)}" if missing else None
