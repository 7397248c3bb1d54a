"""Guards: what stands before the slot, written from `require:` and `raises: ERROR when` lines. Text in, text out."""

from __future__ import annotations

import ast

from intaglio.spec.model import Raises, Spec, Text
from intaglio.template.expression import one_line, parse_expression, render_expression, string_literal
from intaglio.template.model import TemplateError

_NEGATED = {ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is}
_OPERATORS = {ast.In: "in", ast.NotIn: "not in", ast.Is: "is", ast.IsNot: "is not"}
_OTHER_ARGUMENTS = {"UnicodeDecodeError", "UnicodeEncodeError", "UnicodeTranslateError", "ExceptionGroup"}


def render_guards(spec: Spec) -> str:
    """The guards of a spec as dedented statements, in the order of its lines; "" when it has none.

    A `require:` fails closed: the function goes on only if the condition is true, so a comparison with NaN raises.
    Raises TemplateError for an expression that does not parse or an error that cannot be raised with a message.
    """
    guards: list[tuple[int, str]] = [(text.span.start, _require(text)) for text in spec.require]
    guards += [
        (raises.span.start, _raise_when(raises, raises.condition))
        for raises in spec.raises
        if raises.condition is not None
    ]
    return "".join(source for _, source in sorted(guards, key=lambda guard: guard[0]))


def _require(text: Text) -> str:
    tree = parse_expression(text.value)
    message = string_literal(f"require: {one_line(text.value)}")
    return f"if {_negation(text.value, tree)}:\n    raise ValueError({message})\n"


def _negation(text: str, tree: ast.expr) -> str:
    """Source that is true when the expression is false. `x < y` stays `not (x < y)`: `x >= y` differs for NaN."""
    if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.Not):
        return ast.unparse(tree.operand)
    if isinstance(tree, ast.Compare) and len(tree.ops) == 1:
        negated = _NEGATED.get(type(tree.ops[0]))
        if negated is not None:
            left, right = ast.unparse(tree.left), ast.unparse(tree.comparators[0])
            if isinstance(tree.left, ast.Compare | ast.NamedExpr):
                left = f"({left})"
            return f"{left} {_OPERATORS[negated]} {right}"
    return f"not {render_expression(text, tree, operand=True)}"


def _raise_when(raises: Raises, condition: Text) -> str:
    error = parse_expression(raises.error.value)
    tree = parse_expression(condition.value)
    if isinstance(error, ast.Call):
        raised = render_expression(raises.error.value, error)
    elif isinstance(error, ast.Name | ast.Attribute):
        if ast.unparse(error).rpartition(".")[2] in _OTHER_ARGUMENTS:
            raise TemplateError(
                f"`raises: {one_line(raises.error.value)} when ...`: this error takes more than a message; write it as a "
                "call with its arguments, or raise ValueError"
            )
        raised = f"{ast.unparse(error)}({string_literal(one_line(condition.value))})"
    else:
        raise TemplateError(f"expected the name of an exception behind `raises:`, got `{one_line(raises.error.value)}`")
    return f"if {render_expression(condition.value, tree)}:\n    raise {raised}\n"
