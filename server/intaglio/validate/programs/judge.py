"""The judge child: holds the spec and hypothesis, never the body. In it the function's name is a question to the run child.

Every expected value exists here alone. The parent relays calls and reads the judge's words; it decodes no value.
"""

from __future__ import annotations

import ast
import json
import time
from typing import Any

from intaglio.validate.programs import inside
from intaglio.validate.programs.annotations import Mismatch, same
from intaglio.validate.programs.drawing import explore, simplest, strategy_of
from intaglio.validate.programs.expected import Expected
from intaglio.validate.programs.function import MOST_SHOWN, Function, expression_tree
from intaglio.validate.programs.strategies import Unsupported

FURTHER = 300
"""How many inputs are drawn for conditions that the first ones do not violate."""


class CallRaised(Exception):
    """A call raised; `error` is what the run child said of it."""

    def __init__(self, error: Any) -> None:
        super().__init__(error.name)
        self.error = error


def main(channel: Any, wire: Any) -> None:
    """Build the definitions, then answer the parent's questions."""
    judge = Judge(channel, wire, channel.receive())
    channel.send({"ready": True})
    while True:
        message = channel.receive()
        channel.send({"done": getattr(judge, "do_" + message["do"])(message)})


class Judge:
    """One spec in its namespace. Each `do_` method answers one kind of question with plain data."""

    def __init__(self, channel: Any, wire: Any, setup: dict[str, Any]) -> None:
        self.channel, self.wire, self.setup = channel, wire, setup
        self.function = Function(setup, wire, self._asked)
        self.expected = Expected(self.function, setup)
        self.only_recording = False
        self.recorded: list[tuple[dict[str, Any], Any]] = []

    # Questions

    def do_inputs(self, message: dict[str, Any]) -> dict[str, Any]:
        """Generated inputs that satisfy every `require`, and some that do not."""
        try:
            strategy = strategy_of(self.function, self.setup)
        except Unsupported as error:
            return {"inputs": [], "violating": [], "unsupported": str(error), "untried": self._untried([])}
        if not self.function.parameters:
            return {"inputs": [self.function.call_of({})], "violating": [], "unsupported": "", "untried": []}
        inputs: dict[str, dict[str, Any]] = {}
        violating: dict[str, dict[str, Any]] = {}
        wanted = message["count"]

        def collect(values: dict[str, Any]) -> bool:
            call = self.function.call_of(values)
            key = json.dumps(call, sort_keys=True)
            if self.expected.satisfies(values):
                if len(inputs) < wanted:
                    inputs[key] = call
                return bool(len(inputs) >= wanted)
            if len(violating) < 20:
                violating[key] = call
            return False

        explore(strategy, collect, examples=wanted)
        if len(inputs) < wanted // 2 and self.expected.requires:
            explore(strategy, collect, examples=wanted * 5)
        if self.expected.requires:
            explore(strategy_of(self.function, self.setup, bounded=False), collect, examples=30)
            self._violate_each(violating)
        found = list(violating.values())
        return {"inputs": list(inputs.values()), "violating": found, "unsupported": "", "untried": self._untried(found)}

    def _violate_each(self, violating: dict[str, dict[str, Any]]) -> None:
        """Look further for inputs that violate a `require` which none violates yet; numbers that are none among them."""
        missing = set(range(len(self.expected.requires)))
        missing -= {self.expected.violated(call) for call in violating.values()}

        def collect(values: dict[str, Any]) -> bool:
            refusing = self.expected.refusing(values)
            if refusing in missing:
                missing.discard(refusing)
                call = self.function.call_of(values)
                violating[json.dumps(call, sort_keys=True)] = call
            return not missing

        if missing:
            explore(strategy_of(self.function, self.setup, bounded=False, special=True), collect, examples=FURTHER)

    def _untried(self, violating: list[dict[str, Any]]) -> list[int]:
        """Which `require` no input violates, neither these nor an example's; counted from 0."""
        tried = {self.expected.violated(call) for call in violating}
        if len(tried) < len(self.expected.requires):
            tried |= {
                self.expected.violated(call) for call in self._example_calls() if not self.expected.satisfies_call(call)
            }
        return sorted(set(range(len(self.expected.requires))) - tried)

    def do_example_calls(self, _message: dict[str, Any]) -> list[dict[str, Any]]:
        """The calls that the examples make and every `require` lets through: their arguments serve as inputs."""
        return [call for call in self._example_calls() if self.expected.satisfies_call(call)]

    def _example_calls(self) -> list[dict[str, Any]]:
        """The calls that the examples make, recorded without an answer."""
        self.only_recording = True
        before = len(self.recorded)
        for example in self.setup["examples"]:
            try:
                self.function.evaluate(example["expression"], {})
            except Exception:  # noqa: BLE001, S112 - what is wrong with an example is said when it is judged
                continue
        self.only_recording = False
        calls = [call for call, _ in self.recorded[before:]]
        del self.recorded[before:]
        return calls

    def do_check(self, message: dict[str, Any]) -> list[dict[str, Any]]:
        """Of recorded calls: exceptions that nothing allows, and results that are not of the declared type."""
        problems = []
        for index, (call, outcome) in enumerate(message["calls"]):
            if complaint := self.expected.complaint_of(call, outcome):
                problems.append({**complaint, "index": index, "call": self.function.show_call(call)})
        return problems

    def do_guards(self, message: dict[str, Any]) -> list[dict[str, Any]]:
        """Of calls that violate a `require`: those that did not raise ValueError."""
        problems = []
        for call, outcome in message["calls"]:
            error = outcome.get("error")
            if error is None or "ValueError" not in error["b"]:
                gave = f"raised {error['c'][1]}" if error else f"returned {self.function.show_value(outcome['value'])}"
                violated = self.expected.violated(call)
                problems.append({"call": self.function.show_call(call), "gave": gave, "require": violated})
        return problems

    def do_properties(self, message: dict[str, Any]) -> list[dict[str, Any]]:
        """Of recorded calls: which `ensure`, or which rule, the result contradicts. The first of each kind."""
        found: dict[str, dict[str, Any]] = {}
        for call, outcome in message["calls"]:
            for kind, said in self.expected.broken_by(call, outcome).items():
                if kind not in found:
                    found[kind] = {"kind": kind, **self._broken(kind, call, said)}
        return list(found.values())

    def do_shrink(self, message: dict[str, Any]) -> dict[str, Any] | None:
        """The simplest input with the same kind of trouble, by asking the run child again and again."""
        kind = message["kind"]

        def troubled(values: dict[str, Any]) -> bool:
            if not self.expected.satisfies(values):
                return False
            call = self.function.call_of(values)
            outcome = self.ask(call)
            if kind in {"error", "type"}:
                complaint = self.expected.complaint_of(call, outcome)
                return (
                    complaint is not None
                    and complaint["kind"] == kind
                    and complaint.get("error") == message.get("error")
                )
            if kind in {"changed", "differs"}:
                return bool(outcome.get(kind))
            return kind in self.expected.broken_by(call, outcome)

        try:
            values = simplest(strategy_of(self.function, self.setup), troubled, message.get("tries", 300))
        except Unsupported:
            return None
        if values is None:
            return None
        call = self.function.call_of(values)
        outcome = self.ask(call)
        said = self.expected.broken_by(call, outcome).get(kind) or self.function.show_outcome(outcome)
        return {**self._broken(kind, call, said), "wire": call}

    def _broken(self, kind: str, call: dict[str, Any], said: str) -> dict[str, Any]:
        """A call and what is wrong with it, in words; and the number of the rule that it selects, where that is wrong."""
        rule = self.expected.deciding_rule(call) if kind == "rule" else None
        return {"call": self.function.show_call(call), "said": said, "rule": rule}

    def do_describe(self, message: dict[str, Any]) -> list[str]:
        """A call as people write it, then each outcome in words."""
        return [
            self.function.show_call(message["call"]),
            *(self.function.show_outcome(outcome) for outcome in message["outcomes"]),
        ]

    def do_example_line(self, message: dict[str, Any]) -> str:
        """The example that a call with this outcome makes; "" where no line can say it."""
        call, outcome = message["call"], message["outcome"]
        shown = self.function.show_call(call)
        try:
            if "error" in outcome:
                expression_tree(shown)
                return f"{shown} raises {outcome['error']['c'][1]}"
            value = self.wire.decode(outcome["value"], inside.lookup)
            text = repr(value).replace(f"{inside.MAIN}.", "")
            if not same(self.function.evaluate(text, {}), value):
                return ""
            line = f"{shown} is {text}" if value is None else f"{shown} == {text}"
            expression_tree(line)
        except Exception:  # noqa: BLE001 - what cannot be written as an expression is no example
            return ""
        return line

    def do_examples(self, _message: dict[str, Any]) -> list[dict[str, Any]]:
        """Every example with its outcome: {"ok", "said", "calls", "millis"}."""
        results = []
        for example in self.setup["examples"]:
            started = time.perf_counter()
            result = self._example(example)
            results.append({**result, "millis": (time.perf_counter() - started) * 1000})
        return results

    def do_golden(self, message: dict[str, Any]) -> dict[str, Any]:
        """Rows of a golden file: how many match. Of a row nothing but the call leaves the judge."""
        right, wrong, broken = 0, [], []
        for number, line in message["rows"]:
            try:
                row = json.loads(line)
                call, expected = self.function.read_row(row)
            except (ValueError, RecursionError) as error:
                broken.append([number, f"is not JSON: {error}"[:MOST_SHOWN]])
                continue
            except Mismatch as error:
                broken.append([number, str(error)[:MOST_SHOWN]])
                continue
            outcome = self.ask(call)
            if self.expected.matches(outcome, expected):
                right += 1
            else:
                wrong.append(number)
        return {"right": right, "wrong": wrong, "broken": broken}

    # Calls

    def ask(self, call: dict[str, Any]) -> dict[str, Any]:
        """What the run child answers to a call."""
        if self.only_recording:
            return {"value": None}
        self.channel.send({"call": call})
        outcome: dict[str, Any] = self.channel.receive()
        return outcome

    def _asked(self, *positional: Any, **named: Any) -> Any:
        call = {
            "args": [self.wire.encode(value) for value in positional],
            "kwargs": {name: self.wire.encode(value) for name, value in named.items()},
        }
        outcome = self.ask(call)
        self.recorded.append((call, outcome))
        if "error" in outcome:
            raise CallRaised(self.wire.decode(outcome["error"], inside.lookup))
        return self.wire.decode(outcome["value"], inside.lookup)

    # Judgement

    def _example(self, example: dict[str, Any]) -> dict[str, Any]:
        text = example["expression"]
        tree = expression_tree(text)
        before = len(self.recorded)
        if example["raises"] is not None:
            try:
                value = self.function.evaluate(text, {})
            except CallRaised as raised:
                wanted = example["raises"].rpartition(".")[2]
                ok = any(base.rpartition(".")[2] == wanted for base in raised.error.bases)
                return {"ok": ok, "said": f"raised {raised.error.name}", "calls": self.recorded[before:]}
            except Exception as error:  # noqa: BLE001 - an example that cannot be evaluated is not true
                return {
                    "ok": False,
                    "said": f"cannot be evaluated: {type(error).__name__}: {error}"[:MOST_SHOWN],
                    "calls": [],
                }
            return {
                "ok": False,
                "said": f"returned {value!r}".replace(f"{inside.MAIN}.", "")[:MOST_SHOWN],
                "calls": self.recorded[before:],
            }
        try:
            body = tree.body
            if isinstance(body, ast.Compare) and len(body.ops) == 1 and isinstance(body.ops[0], ast.Eq):
                left = eval(compile(ast.Expression(body.left), "<example>", "eval"), self.function.namespace)  # noqa: S307 - behind the walls
                right = eval(compile(ast.Expression(body.comparators[0]), "<example>", "eval"), self.function.namespace)  # noqa: S307 - behind the walls
                ok = bool(left == right)
                said = f"gave {left!r}, and {right!r} is expected"
            else:
                value = self.function.evaluate(text, {})
                ok, said = bool(value), f"came to {value!r}"
        except CallRaised as raised:
            message = f": {raised.error.message}" if raised.error.message else ""
            ok, said = False, f"raised {raised.error.name}{message}"
        except Exception as error:  # noqa: BLE001 - an example that cannot be evaluated is not true
            ok, said = False, f"cannot be evaluated: {type(error).__name__}: {error}"
        return {"ok": ok, "said": said.replace(f"{inside.MAIN}.", "")[:MOST_SHOWN], "calls": self.recorded[before:]}
