"""Calls in examples: whether they fit a signature, which are the same, and what is said of their outcome. Pure."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Callable
from dataclasses import dataclass

from intaglio.spec.model import Example, Parameter, ParameterKind

_POSITIONAL = (ParameterKind.POSITIONAL_ONLY, ParameterKind.POSITIONAL_OR_KEYWORD)
_NO_VALUE = object()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an example says of a call: the exception it raises, the value it gives, or whether that counts as true."""

    shown: str
    error: str | None = None
    value: object = _NO_VALUE
    truth: bool | None = None

    def contradicts(self, other: Outcome) -> bool:
        """Whether no call can have both outcomes. Exceptions of two names may be kin, so they contradict no other."""
        if self.error is not None or other.error is not None:
            return (self.error is None) != (other.error is None)
        if self.value is not _NO_VALUE and other.value is not _NO_VALUE:
            return type(self.value) is not type(other.value) or self.value != other.value
        return self.truth is not None and other.truth is not None and self.truth != other.truth


def stated_outcome(
    tree: ast.expr, example: Example, is_own: Callable[[ast.Call], bool]
) -> tuple[ast.Call, Outcome] | None:
    """The call of an example and what is said of it; None where that is not one call's outcome in plain values."""
    if example.raises is not None:
        name = example.raises.value
        return (tree, Outcome(f"`raises {name}`", error=name)) if isinstance(tree, ast.Call) and is_own(tree) else None
    if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.Not):
        inner = tree.operand
        return (inner, Outcome("a false value", truth=False)) if isinstance(inner, ast.Call) and is_own(inner) else None
    if isinstance(tree, ast.Call):
        return (tree, Outcome("a true value", truth=True)) if is_own(tree) else None
    if not isinstance(tree, ast.Compare) or len(tree.ops) != 1 or not isinstance(tree.ops[0], ast.Eq | ast.Is):
        return None
    for call, other in ((tree.left, tree.comparators[0]), (tree.comparators[0], tree.left)):
        if isinstance(call, ast.Call) and is_own(call):
            try:
                value = ast.literal_eval(other)
            except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
                return None
            return call, Outcome(f"`{value!r}`", value=value, truth=bool(value))
    return None


def call_key(call: ast.Call, parameters: tuple[Parameter, ...]) -> object:
    """A value that is equal for calls that say the same, whether by position or by keyword."""
    names = [parameter.name for parameter in parameters if parameter.kind in _POSITIONAL]
    starred = any(isinstance(argument, ast.Starred) for argument in call.args)
    given: list[tuple[object, object]] = []
    for place, argument in enumerate(call.args):
        given.append((names[place] if place < len(names) and not starred else place, _key(argument)))
    given += [(keyword.arg, _key(keyword.value)) for keyword in call.keywords]
    return _key(call.func), tuple(sorted(given, key=lambda one: str(one[0])))


def _key(node: ast.expr) -> object:
    match node:
        case ast.Constant():
            return type(node.value).__name__, repr(node.value)
        case ast.Name():
            return node.id
        case ast.UnaryOp(op=ast.USub()):
            return "-", _key(node.operand)
        case ast.Tuple() | ast.List():
            return (type(node).__name__, *(_key(item) for item in node.elts))
    return ast.dump(node)


def arity_complaint(call: ast.Call, parameters: tuple[Parameter, ...]) -> str | None:
    """What is wrong with the arguments of a call, in words; None when they fit or cannot be counted."""
    if any(isinstance(argument, ast.Starred) for argument in call.args) or any(
        keyword.arg is None for keyword in call.keywords
    ):
        return None
    positional = [parameter for parameter in parameters if parameter.kind in _POSITIONAL]
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
