"""The prompt: what a model is told of a spec, and of its own failed attempts. Golden rows are not among it."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence
from enum import StrEnum

from intaglio.generate.author import Brief
from intaglio.generate.interface import FailedAttempt, Message
from intaglio.spec.expression import parse_expression
from intaglio.spec.model import Spec
from intaglio.template.purity import PURE_MODULES

SYSTEM = """\
You are an expert Python programmer. Answer with the complete function in one ```python block and nothing else.
[{canary}]"""
"""Short on purpose: each further rule in it cost the smallest models right answers. What may be used stands behind the task."""

LIMITS = """\
Use only the parameters and, imported inside the function, pure modules of the standard library{granted}. \
Leave the arguments unchanged. No input or output, no clock, no randomness."""
MOST_FAILURES = 2
"""How many failed attempts a request repeats: small models lose the thread with more."""


class Form(StrEnum):
    """How the task is put. No form is the best for every function, so attempts that start afresh take turns."""

    DOCSTRING = "docstring"
    TESTS = "tests"
    COMMENTS = "comments"


def build_messages(
    brief: Brief, failures: Sequence[FailedAttempt], canary: str, form: Form = Form.DOCSTRING
) -> tuple[Message, ...]:
    """The chat: the task, and the latest of `failures`, each as the code that was refused with its findings."""
    messages = [
        Message("system", "\n".join([SYSTEM.format(canary=canary), *brief.blocks])),
        Message("user", _TASKS[form](brief) + remark(brief)),
    ]
    for failure in failures[-MOST_FAILURES:]:
        body = failure.body or "(no code)"
        messages.append(Message("assistant", f"```python\n{signature(brief)}:\n{_indented(body)}\n```"))
        messages.append(Message("user", complain(failure)))
    return tuple(messages)


def in_tests(brief: Brief) -> str:
    """The task in words, with the examples as the tests that the code is to pass."""
    parts = [_joined(brief.spec.prose.value), *_conditions(brief.spec)]
    if brief.spec.examples:
        parts += ["Your code should pass these tests:", *_tests(brief.spec)]
    return (
        "\n".join(parts) + f"\n\n```python\n{_below_definitions(brief, f'{signature(brief)}:')}\n```\n{limits(brief)}"
    )


def in_docstring(brief: Brief) -> str:
    """The task as a function to complete: the spec is its docstring, the examples are a session in it."""
    docstring = [_joined(brief.spec.prose.value), *_conditions(brief.spec), "", *_session(brief.spec)]
    text = "\n".join(docstring).strip().replace('"""', "'''").replace("\n", "\n    ")
    code = f'{signature(brief)}:\n    """{text}\n    """'
    return f"Complete this function:\n```python\n{_below_definitions(brief, code)}\n```\n{limits(brief)}"


def in_comments(brief: Brief) -> str:
    """The task as a stub to complete: the spec is a comment above it, the examples are a session in comments behind it.

    No answer repeats what stands outside of the function, so this form's answers are half as long as those to a docstring.
    """
    above = _commented([_joined(brief.spec.prose.value), *_conditions(brief.spec)])
    code = f"{above}\n{signature(brief)}:\n    ..."
    if brief.spec.examples:
        code += "\n\n" + _commented(_session(brief.spec))
    return f"Complete this function:\n```python\n{_below_definitions(brief, code)}\n```\n{limits(brief)}"


_TASKS: dict[Form, Callable[[Brief], str]] = {
    Form.DOCSTRING: in_docstring,
    Form.TESTS: in_tests,
    Form.COMMENTS: in_comments,
}


def limits(brief: Brief) -> str:
    """What the code may use, and what stands around it when the template is not the plain one."""
    granted = sorted(set(brief.modules) - PURE_MODULES)
    text = LIMITS.format(granted=f" ({', '.join(granted)} too)" if granted else "")
    if definitions_of(brief):
        text = text.replace("the parameters and,", "the parameters, the definitions above and,")
    return text if brief.spec.template == "function" else f"{text}\nThe template around it:\n{brief.contract}"


def remark(brief: Brief) -> str:
    """What the user asked for besides, and the present body that it is about; "" when nothing was."""
    if not brief.remark:
        return ""
    function = brief.spec.function
    body = "" if function.is_stub else brief.text.encode("utf-8", "surrogatepass")[
        function.body.start : function.body.end
    ].decode("utf-8", "surrogatepass")  # fmt: skip
    shown = f"\nThe present body:\n```python\n{body.strip(chr(10))}\n```" if body else ""
    return f"{shown}\nBesides: {' '.join(brief.remark.split())}"


def _conditions(spec: Spec) -> list[str]:
    parts = []
    checked = [_code(text.value) for text in spec.require]
    checked += [
        f"not ({_code(raised.condition.value)}), or {raised.error.value} is raised"
        for raised in spec.raises
        if raised.condition is not None
    ]
    if checked:
        parts.append("Already checked: " + "; ".join(checked))
    free = [raised.error.value for raised in spec.raises if raised.condition is None]
    if free:
        parts.append("May raise: " + ", ".join(free))
    if spec.rules:
        parts.append("Rules, the first whose condition holds wins:\n" + "\n".join(_rules(spec)))
    if spec.ensure:
        parts.append("Must hold for every result:\n" + "\n".join(_code(text.value) for text in spec.ensure))
    return parts


def _session(spec: Spec) -> list[str]:
    """The examples as an interactive session: a call and what it gives, or what it raises, or a condition that is true."""
    lines = []
    for example in spec.examples:
        text = _code(example.expression.value)
        if example.raises is not None:
            lines += [f">>> {text}", "Traceback (most recent call last):", example.raises.value]
            continue
        tree = parse_expression(example.expression.value)
        if isinstance(tree, ast.Compare) and len(tree.ops) == 1 and isinstance(tree.ops[0], ast.Eq):
            lines += [f">>> {ast.unparse(tree.left)}", ast.unparse(tree.comparators[0])]
        else:
            lines += [f">>> {text}", "True"]
    return lines


def definitions_of(brief: Brief) -> str:
    """What the function reaches in the workspace, as source; the class of a method without the method's body.

    Behind it, helpers at hand as `def` lines, those left out that are shown whole.
    """
    shown = [definition for definition in brief.reach.definitions if definition.name != "annotations"]
    names = {name for definition in shown for name in (definition.name, *definition.also)}
    helpers = [line for line in brief.helpers if not names & set(re.findall(r"^(?:async )?def (\w+)", line))]
    return "\n".join([*(definition.source for definition in shown), *helpers])


def signature(brief: Brief) -> str:
    """The function's `def` line without decorators and colon."""
    data = brief.text.encode("utf-8", "surrogatepass")
    header = brief.spec.function.header
    text = data[header.start : header.end].decode("utf-8", "surrogatepass")
    found = re.search(r"(?:async[ \t]+)?def[ \t].*", text, re.DOTALL)
    written = " ".join((found.group() if found else text).rstrip().rstrip(":").split())
    try:
        return ast.unparse(ast.parse(f"{written}: pass")).removesuffix(":\n    pass")
    except SyntaxError:  # a comment between parameters swallowed what follows it
        return written


def complain(failure: FailedAttempt) -> str:
    """What a failed attempt met, for the model. Of golden rows the findings' messages hold counts alone."""
    lines = [f"- {finding.message}" for finding in failure.findings[:6]]
    return (
        f"This function was refused by the {failure.stage} check:\n"
        + "\n".join(lines)
        + "\nWrite the complete function again, corrected. Think about which line causes it."
    )


def _rules(spec: Spec) -> list[str]:
    lines = []
    for rule in spec.rules:
        condition = _code(rule.condition.value) if rule.condition is not None else "otherwise"
        value = _code(rule.value.value) if rule.value is not None else ""
        lines.append(f"{condition} -> {f'raise {rule.raises.value}' if rule.raises is not None else value}")
    return lines


def _tests(spec: Spec) -> list[str]:
    lines = []
    for example in spec.examples:
        text = _code(example.expression.value)
        lines.append(f"{text}  # raises {example.raises.value}" if example.raises is not None else f"assert {text}")
    return lines


def _below_definitions(brief: Brief, code: str) -> str:
    definitions = definitions_of(brief)
    return f"{definitions}\n\n\n{code}" if definitions else code


def _code(text: str) -> str:
    """An expression on one line, with the white space inside of its texts as it is."""
    return ast.unparse(parse_expression(text))


def _commented(parts: Sequence[str]) -> str:
    return "\n".join(f"# {line}".rstrip() for line in "\n".join(parts).split("\n"))


def _joined(text: str) -> str:
    return " ".join(text.split())


def _indented(body: str) -> str:
    return "\n".join(f"    {line}" if line.strip() else line for line in body.rstrip("\n").split("\n"))
