"""The conversation with the two children: setting them up, relaying calls. Decodes no value of theirs."""

from __future__ import annotations

import ast
import contextlib
import math
import operator
import textwrap
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from intaglio.candidate import Subject
from intaglio.sandbox import wire
from intaglio.sandbox.interface import Child, ChildDied, ChildFailed, ChildTimedOut, Limits, Preload, Role, Sandbox
from intaglio.spec.expression import ExpressionError, parse_expression
from intaglio.validate.programs.inside import MAIN

_PROGRAMS = Path(__file__).with_name("programs")
_PACKAGE = "intaglio.validate.programs"
PRELOAD: Preload = {
    role: tuple((f"{_PACKAGE}.{name}", _PROGRAMS / f"{name}.py") for name in names)
    for role, names in (
        (Role.RUN, ("inside", "runner")),
        (
            Role.JUDGE,
            ("inside", "annotations", "strategies", "approx", "function", "expected", "drawing", "judge"),
        ),
    )
}
"""What is loaded before the walls close, each after what it imports."""
_RUN_PROGRAM = f"from {_PACKAGE} import runner\nrunner.main(channel, wire)"
_JUDGE_PROGRAM = f"from {_PACKAGE} import judge\njudge.main(channel, wire)"
MOST_TIMEOUTS = 5
MOST_FOLDED = 10**9
_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], int | float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Pow: operator.pow,
}
"""How constants of a condition are put together (`10**7`, `18 * 365`)."""
Call = dict[str, Any]
Outcome = dict[str, Any]


class LoadFailed(Exception):
    """The definitions or the body did not load in a child; the message is the child's."""


class OutOfTime(Exception):
    """The stage's time is over."""


class Runner:
    """Run children of one variant. A call that hangs or dies costs its child, and is an outcome like any other."""

    def __init__(self, subject: Subject, sandbox: Sandbox, deadline: float, variant: int = 0) -> None:
        self.subject, self.sandbox, self.deadline, self.variant = subject, sandbox, deadline, variant
        self.setup = {"modules": modules_of(subject, with_body=True), "function": subject.spec.name}
        self.child: Child | None = None
        self.timeouts = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the child, if there is one."""
        if self.child is not None:
            self.child.close()
            self.child = None

    def begin(self) -> None:
        """Start the child, so that the first call is not charged with that. Raises LoadFailed, ChildFailed."""
        self._ready()

    def answer(self, call: Call, *, repeated: bool = False) -> Outcome:
        """What one call comes to."""
        return next(iter(self.answers([call], repeated=repeated)))

    def answers(self, calls: list[Call], *, repeated: bool = False) -> Iterator[Outcome]:
        """What each call comes to, in order. Raises LoadFailed, OutOfTime."""
        done = 0
        while done < len(calls):
            child = self._ready()
            child.send({"calls": calls[done:], "repeated": repeated})
            while done < len(calls):
                seconds = self.subject.call_seconds * (3 if repeated else 1)
                left = self.deadline - time.monotonic()
                if left <= 0:
                    self.close()
                    raise OutOfTime
                try:
                    outcome = _checked(child.receive(min(seconds, left)))
                except ChildTimedOut:
                    self.close()
                    if self.deadline - time.monotonic() <= 0:
                        raise OutOfTime from None
                    self.timeouts += 1
                    outcome = _failure("CallTimedOut", f"did not end within {self.subject.call_seconds:g} s")
                    if self.timeouts >= MOST_TIMEOUTS:
                        yield outcome
                        raise OutOfTime from None
                except ChildFailed as error:
                    self.close()
                    outcome = _failure("CallDied", str(error).splitlines()[-1] if str(error) else "it died")
                done += 1
                yield outcome
                if self.child is None:
                    break

    def _ready(self) -> Child:
        if self.child is None:
            seconds = max(0.1, self.deadline - time.monotonic()) + 1
            self.child = self.sandbox.start(
                Role.RUN, _RUN_PROGRAM, variant=self.variant, limits=Limits(wall_seconds=seconds)
            )
            _greet(self.child, self.setup)
        return self.child


class Answers(Protocol):
    """Whoever answers a judge's calls: a run child, or several that are compared."""

    def begin(self) -> None:
        """Start what answers, so that the first call is not charged with that."""

    def answer(self, call: Call) -> Outcome:
        """What one call comes to."""


class Judge:
    """The judge child of one subject, and the run child that answers its calls."""

    def __init__(
        self, subject: Subject, sandbox: Sandbox, deadline: float, runner: Answers, near: Sequence[object] = ()
    ) -> None:
        """`near` are constants besides the spec's own, for inputs near them."""
        self.deadline, self.runner = deadline, runner
        self.answered: list[tuple[Call, Outcome]] = []
        """Every call that the judge made, with what the run child answered."""
        seconds = max(0.1, deadline - time.monotonic()) + 1
        self.setup = judge_setup(subject)
        """All that the judge knows."""
        self.setup["constants"] += [wire.encode(value) for value in near]
        self.child = sandbox.start(Role.JUDGE, _JUDGE_PROGRAM, limits=Limits(wall_seconds=seconds))
        try:
            _greet(self.child, self.setup)
        except BaseException:
            self.child.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.child.close()

    def ask(self, question: str, **details: Any) -> Any:
        """The judge's answer; calls that it makes on the way are relayed. Raises OutOfTime, ChildFailed, LoadFailed."""
        self.pose(question, **details)
        return self.answer()

    def pose(self, question: str, **details: Any) -> None:
        """Ask without waiting: the judge thinks while something else is done. Raises ChildFailed."""
        self.child.send({"do": question, **details})

    def answer(self) -> Any:
        """The answer to what was posed. Raises as `ask` does."""
        while True:
            left = self.deadline - time.monotonic()
            if left <= 0:
                raise OutOfTime
            try:
                message = self.child.receive(left)
            except ChildTimedOut:
                raise OutOfTime from None
            if not isinstance(message, dict):
                raise ChildDied("the judge answered with something that is no message")
            if "done" in message:
                return message["done"]
            outcome = self.runner.answer(message["call"])
            self.answered.append((message["call"], outcome))
            self.child.send(outcome)


def modules_of(subject: Subject, *, with_body: bool) -> list[dict[str, str]]:
    """The workspace's definitions as modules, the spec's own last; with the function's body, or with `...` for it."""
    function = subject.spec.function
    sources: dict[str, list[str]] = {}
    own: list[str] = []
    for definition in subject.reach.definitions:
        if definition.module:
            sources.setdefault(definition.module, []).append(definition.source)
        elif not (with_body and function.owners and definition.name == function.owners[0]):
            own.append(definition.source)
    if function.owners:
        if with_body:
            own.append(_owning_class(subject))
    elif with_body:
        own.append(_dedented(subject, subject.slice(function.span)))
    else:
        own.append(_dedented(subject, subject.slice(function.header)) + " ...")
    modules = [{"name": name, "source": "\n".join(parts) + "\n"} for name, parts in sources.items()]
    return [*modules, {"name": MAIN, "source": "\n".join(own) + "\n"}]


def judge_setup(subject: Subject) -> dict[str, Any]:
    """All that the judge needs: definitions, the spec's expressions, constants and bounds for inputs; never the body."""
    spec = subject.spec
    return {
        "modules": modules_of(subject, with_body=False),
        "function": spec.name,
        "kind": spec.function.kind.value,
        "requires": [text.value for text in spec.require],
        "ensures": [text.value for text in spec.ensure],
        "examples": [
            {"expression": example.expression.value, "raises": example.raises.value if example.raises else None}
            for example in spec.examples
        ],
        "rules": [
            {
                "condition": rule.condition.value if rule.condition else None,
                "value": rule.value.value if rule.value else None,
                "raises": rule.raises.value if rule.raises else None,
            }
            for rule in spec.rules
        ],
        "raises": [
            {"error": raised.error.value, "condition": raised.condition.value if raised.condition else None}
            for raised in spec.raises
        ],
        "constants": [wire.encode(value) for value in constants_of(subject)],
        "bounds": bounds_of(subject),
    }


def constants_of(subject: Subject) -> list[object]:
    """Numbers and texts of the spec's expressions, for inputs near them."""
    spec = subject.spec
    texts = [*spec.require, *spec.ensure, *(example.expression for example in spec.examples)]
    for rule in spec.rules:
        texts += [part for part in (rule.condition, rule.value) if part is not None]
    texts += [raised.condition for raised in spec.raises if raised.condition is not None]
    trees: list[ast.AST] = []
    for text in texts:
        with contextlib.suppress(ExpressionError):
            trees.append(parse_expression(text.value))
    return constants_in(trees)


def constants_in(trees: Iterable[ast.AST]) -> list[object]:
    """Numbers and texts in syntax trees, each once, at most 200."""
    found: dict[tuple[type, object], object] = {}
    for tree in trees:
        for node in ast.walk(tree):
            value: object = _number(node)
            if value is None and isinstance(node, ast.Constant) and isinstance(node.value, str):
                value = node.value
            if value is not None:
                found[type(value), value] = value
    return list(found.values())[:200]


def bounds_of(subject: Subject) -> dict[str, dict[str, float]]:
    """What `require:` says of single parameters by comparing them, or their length, with constants.

    Only conjunctions are read: each bound found is necessary, so no input that satisfies the conditions is lost.
    """
    bounds: dict[str, dict[str, float]] = {}
    for text in subject.spec.require:
        try:
            tree = parse_expression(text.value)
        except ExpressionError:
            continue
        for compare in _conjuncts(tree):
            sides = [compare.left, *compare.comparators]
            for sign, left, right in zip(compare.ops, sides, sides[1:], strict=False):
                _bound(bounds, sign, left, right)
    return bounds


def _bound(bounds: dict[str, dict[str, float]], sign: ast.cmpop, left: ast.expr, right: ast.expr) -> None:
    below = isinstance(sign, ast.Lt | ast.LtE)
    if not below and not isinstance(sign, ast.Gt | ast.GtE):
        return
    low, high = (left, right) if below else (right, left)
    low_value, high_value = _number(low), _number(high)
    if low_value is not None:
        name, key = _subject_of(high)
        if key == "size":
            least = math.ceil(low_value) + (1 if isinstance(sign, ast.Lt | ast.Gt) else 0)
            bounds.setdefault(name, {})["min_size"] = max(least, 0)
        elif name:
            bounds.setdefault(name, {})["min"] = max(low_value, bounds.get(name, {}).get("min", -math.inf))
    if high_value is not None:
        name, key = _subject_of(low)
        if name and key == "value":
            bounds.setdefault(name, {})["max"] = min(high_value, bounds.get(name, {}).get("max", math.inf))


def _subject_of(node: ast.expr) -> tuple[str, str]:
    match node:
        case ast.Name(id=name):
            return name, "value"
        case ast.Call(func=ast.Name(id="len"), args=[ast.Name(id=name)]):
            return name, "size"
    return "", ""


def _conjuncts(tree: ast.expr) -> Iterator[ast.Compare]:
    if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And):
        for value in tree.values:
            yield from _conjuncts(value)
    elif isinstance(tree, ast.Compare):
        yield tree


def _number(node: ast.AST) -> int | float | None:
    match node:
        case ast.Constant(value=bool()):
            return None
        case ast.Constant(value=int() | float() as value):
            return value if math.isfinite(value) else None
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)) if not isinstance(
            value, bool
        ):
            return -value
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _ARITHMETIC:
            one, other = _number(left), _number(right)
            if one is None or other is None or max(abs(one), abs(other)) > MOST_FOLDED:
                return None
            if isinstance(sign, ast.Pow) and not 0 <= other <= 18:
                return None
            return _ARITHMETIC[type(sign)](one, other)
        case ast.Call(func=ast.Name(id="Decimal"), args=[ast.Constant(value=str() as text)]):
            try:
                return float(text)
            except ValueError:
                return None
    return None


def _owning_class(subject: Subject) -> str:
    """The statement at module level that holds the method, as text."""
    tree = ast.parse(subject.text)
    line = subject.source_bytes[: subject.spec.function.name_span.start].count(b"\n") + 1
    for node in tree.body:
        if node.lineno <= line <= (node.end_lineno or node.lineno):
            first = min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", []))])
            return "\n".join(subject.text.replace("\r\n", "\n").split("\n")[first - 1 : node.end_lineno])
    raise LoadFailed("the class of the method was not found")


def _dedented(subject: Subject, source: str) -> str:
    return textwrap.dedent(subject.spec.function.indentation + source).replace("\r\n", "\n")


def _greet(child: Child, setup: dict[str, Any]) -> None:
    try:
        child.send(setup)
        child.receive(10)
    except ChildTimedOut as error:
        raise LoadFailed("loading it did not end") from error
    except ChildDied as error:
        raise LoadFailed(str(error).strip().splitlines()[-1]) from error


def _checked(message: object) -> Outcome:
    """A run child's answer, if it has the form of one. Raises ChildDied for anything else: it may be forged."""
    if isinstance(message, dict):
        error = message.get("error")
        if error is None and "value" in message:
            return message
        if (
            isinstance(error, dict)
            and isinstance(error.get("m"), str)
            and isinstance(error.get("b"), list)
            and all(isinstance(base, str) for base in error["b"])
            and isinstance(error.get("c"), list)
            and len(error["c"]) == 2
            and all(isinstance(part, str) for part in error["c"])
        ):
            return message
    raise ChildDied("it answered with something that is no outcome")


def _failure(name: str, message: str) -> Outcome:
    return {"error": {"t": "error", "c": ["intaglio", name], "m": message, "b": [f"intaglio.{name}"]}, "failed": name}
