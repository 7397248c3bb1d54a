"""The prompt: what a model is told of a spec, and of its own failed attempts. Golden rows are not among it."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

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
No input or output, no clock, no randomness."""
_SHOT_TASK = """\
Specification: Return the grade for a score. 90 and more is "A", 50 and more is "B", everything else is "C".
Already checked: 0 <= score <= 100
Examples, which must hold:
grade(95) == "A"
grade(50) == "B"

def grade(score: int) -> str: ..."""
_SHOT_ANSWER = """\
```python
def grade(score: int) -> str:
    if score >= 90:
        return "A"
    if score >= 50:
        return "B"
    return "C"
```"""
MOST_FAILURES = 2
"""How many failed attempts a request repeats: small models lose the thread with more."""


def build_messages(
    brief: Brief, failures: Sequence[FailedAttempt], canary: str, *, afresh: bool = False
) -> tuple[Message, ...]:
    """The chat: the task as a function to complete, and the latest failed attempts with their findings.

    `afresh` puts the task in another form, in words and with one worked example, leaves the failed code out and gives the
    findings of all attempts as notes: a small model that is shown its own code clings to it.
    """
    system = "\n".join([SYSTEM.format(canary=canary), *brief.blocks])
    if afresh:
        notes = dict.fromkeys(finding.message for failure in failures for finding in failure.findings[:3])
        warned = "Earlier solutions were wrong:\n" + "\n".join(f"- {note}" for note in list(notes)[-6:]) + "\n\n"
        return (
            Message("system", system),
            Message("user", _SHOT_TASK),
            Message("assistant", _SHOT_ANSWER),
            Message("user", (warned if notes else "") + f"{describe(brief)}\n\n{limits(brief)}"),
        )
    messages = [Message("system", system), Message("user", complete(brief))]
    for failure in failures[-MOST_FAILURES:]:
        body = failure.body or "(no code)"
        messages.append(Message("assistant", f"```python\n{signature(brief)}:\n{_indented(body)}\n```"))
        messages.append(Message("user", complain(failure)))
    return tuple(messages)


def complete(brief: Brief) -> str:
    """The task as a function to complete: the spec is its docstring, the examples are a session in it."""
    definitions = definitions_of(brief)
    docstring = [_joined(brief.spec.prose.value), *_conditions(brief.spec), "", *_session(brief.spec)]
    text = "\n".join(docstring).strip().replace('"""', "'''").replace("\n", "\n    ")
    code = f'{signature(brief)}:\n    """{text}\n    """'
    if definitions:
        code = f"{definitions}\n\n\n{code}"
    return f"Complete this function:\n```python\n{code}\n```\n{limits(brief)}"


def limits(brief: Brief) -> str:
    """What the code may use, and what stands around it when the template is not the plain one."""
    granted = sorted(set(brief.modules) - PURE_MODULES)
    text = LIMITS.format(granted=f" ({', '.join(granted)} too)" if granted else "")
    if definitions_of(brief):
        text = text.replace("the parameters and,", "the parameters, the definitions above and,")
    return text if brief.spec.template == "function" else f"{text}\nThe template around it:\n{brief.contract}"


def describe(brief: Brief) -> str:
    """The spec as the model reads it in words."""
    spec = brief.spec
    parts = [f"Specification: {_joined(spec.prose.value)}", *_conditions(spec)]
    if spec.examples:
        parts.append("Examples, which must hold:\n" + "\n".join(_examples(spec)))
    definitions = definitions_of(brief)
    if definitions:
        parts.append("Definitions at hand:\n" + definitions)
    parts.append(f"\n{signature(brief)}: ...")
    return "\n".join(parts)


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
    """What the function reaches in the workspace, as source; the class of a method without the method's body."""
    return "\n".join(definition.source for definition in brief.reach.definitions if definition.name != "annotations")


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


def _examples(spec: Spec) -> list[str]:
    return [
        _code(example.expression.value) + (f" raises {example.raises.value}" if example.raises is not None else "")
        for example in spec.examples
    ]


def _code(text: str) -> str:
    """An expression on one line, with the white space inside of its texts as it is."""
    return ast.unparse(parse_expression(text))


def _joined(text: str) -> str:
    return " ".join(text.split())


def _indented(body: str) -> str:
    return "\n".join(f"    {line}" if line.strip() else line for line in body.rstrip("\n").split("\n"))
