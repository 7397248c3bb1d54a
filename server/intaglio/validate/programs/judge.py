"""The judge child: holds the spec and hypothesis, never the body. In it the function's name is a question to the run child.

Every expected value exists here alone. The parent relays calls and reads the judge's words; it decodes no value.
"""

from __future__ import annotations

import ast
import contextlib
import inspect
import json
import time
import typing
from collections.abc import Callable
from typing import Any

from intaglio.validate.programs import inside
from intaglio.validate.programs.annotations import (
    Mismatch,
    Strategies,
    Unsupported,
    fits,
    from_json,
    plain,
    same,
    shown,
)

MOST_SHOWN = 300
SEED = 20260404
"""What generated inputs are drawn from, the same on every machine."""


class CallRaised(Exception):
    """A call raised; `error` is what the run child said of it."""

    def __init__(self, error: Any) -> None:
        super().__init__(error.name)
        self.error = error


class Approx:
    """`approx(x)`: equal within 1e-6 relative or 1e-12 absolute, looked at inside of lists, tuples and dicts."""

    __hash__ = None  # type: ignore[assignment]  # it is only ever compared

    def __init__(self, expected: Any, rel: float = 1e-6, abs: float = 1e-12) -> None:  # noqa: A002 - the field's word
        self.expected, self.relative, self.absolute = expected, rel, abs

    def __eq__(self, other: object) -> bool:
        return self._near(self.expected, other)

    def _near(self, one: Any, other: Any) -> bool:
        if isinstance(one, list | tuple):
            return type(one) is type(other) and len(one) == len(other) and all(map(self._near, one, other))
        if isinstance(one, dict):
            return (
                isinstance(other, dict)
                and one.keys() == other.keys()
                and all(self._near(one[key], other[key]) for key in one)
            )
        if one == other:
            return True
        if any(isinstance(value, bool) or not isinstance(value, int | float) for value in (one, other)):
            return False
        distance, size = abs(one - other), max(abs(one), abs(other))
        return bool(distance <= max(self.absolute, self.relative * size))

    def __repr__(self) -> str:
        return f"approx({self.expected!r})"


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
        self.namespace = inside.build_modules(setup, wire)
        self.namespace.setdefault("approx", Approx)
        self.kind = setup["kind"]
        self.stub = self._find_stub()
        self._put_proxy()
        try:
            hints = typing.get_type_hints(self.stub, self.namespace, include_extras=True)
        except Exception as error:  # noqa: BLE001 - any failure to resolve is told, and leaves the types unknown
            hints, self.unresolved = {}, f"{type(error).__name__}: {error}"
        else:
            self.unresolved = ""
        self.hints = hints
        self.parameters = list(inspect.signature(self.stub).parameters.values())
        self.only_recording = False
        self.recorded: list[tuple[dict[str, Any], Any]] = []

    # Questions

    def do_inputs(self, message: dict[str, Any]) -> dict[str, Any]:
        """Generated inputs that satisfy every `require`, and some that do not."""
        try:
            strategy = self._strategy()
        except Unsupported as error:
            return {"inputs": [], "violating": [], "unsupported": str(error)}
        if not self.parameters:
            return {"inputs": [self._call({})], "violating": [], "unsupported": ""}
        inputs: dict[str, dict[str, Any]] = {}
        violating: dict[str, dict[str, Any]] = {}
        wanted = message["count"]

        def collect(values: dict[str, Any]) -> bool:
            call = self._call(values)
            key = json.dumps(call, sort_keys=True)
            if self._satisfies(values):
                if len(inputs) < wanted:
                    inputs[key] = call
                return bool(len(inputs) >= wanted)
            if len(violating) < 20:
                violating[key] = call
            return False

        self._explore(strategy, collect, examples=wanted)
        if len(inputs) < wanted // 2 and self.setup["requires"]:
            self._explore(strategy, collect, examples=wanted * 5)
        if self.setup["requires"]:
            self._explore(self._strategy(bounded=False), collect, examples=30)
        return {"inputs": list(inputs.values()), "violating": list(violating.values()), "unsupported": ""}

    def do_example_calls(self, _message: dict[str, Any]) -> list[dict[str, Any]]:
        """The calls that the examples make, recorded without an answer: their arguments serve as inputs."""
        self.only_recording = True
        before = len(self.recorded)
        for example in self.setup["examples"]:
            try:
                self._evaluate(example["expression"], {})
            except Exception:  # noqa: BLE001, S112 - what is wrong with an example is said when it is judged
                continue
        self.only_recording = False
        calls = [call for call, _ in self.recorded[before:]]
        del self.recorded[before:]
        return [call for call in calls if self._satisfies_call(call)]

    def do_check(self, message: dict[str, Any]) -> list[dict[str, Any]]:
        """Of recorded calls: exceptions that nothing allows, and results that are not of the declared type."""
        problems = []
        for index, (call, outcome) in enumerate(message["calls"]):
            if complaint := self._complaint(call, outcome):
                problems.append({**complaint, "index": index, "call": self._show(call)})
        return problems

    def do_guards(self, message: dict[str, Any]) -> list[dict[str, Any]]:
        """Of calls that violate a `require`: those that did not raise ValueError."""
        problems = []
        for call, outcome in message["calls"]:
            error = outcome.get("error")
            if error is None or "ValueError" not in error["b"]:
                gave = f"raised {error['c'][1]}" if error else f"returned {self._shown(outcome['value'])}"
                problems.append({"call": self._show(call), "gave": gave})
        return problems

    def do_properties(self, message: dict[str, Any]) -> list[dict[str, Any]]:
        """Of recorded calls: which `ensure`, or which rule, the result contradicts. The first of each kind."""
        found: dict[str, dict[str, Any]] = {}
        for call, outcome in message["calls"]:
            for kind, said in self._broken(call, outcome).items():
                found.setdefault(kind, {"kind": kind, "call": self._show(call), "said": said})
        return list(found.values())

    def do_shrink(self, message: dict[str, Any]) -> dict[str, Any] | None:
        """The simplest input with the same kind of trouble, by asking the run child again and again."""
        from hypothesis import Phase, settings
        from hypothesis.errors import NoSuchExample, Unsatisfiable

        kind = message["kind"]

        def troubled(values: dict[str, Any]) -> bool:
            if not self._satisfies(values):
                return False
            call = self._call(values)
            outcome = self.ask(call)
            if kind in {"error", "type"}:
                complaint = self._complaint(call, outcome)
                return (
                    complaint is not None
                    and complaint["kind"] == kind
                    and complaint.get("error") == message.get("error")
                )
            if kind in {"changed", "differs"}:
                return bool(outcome.get(kind))
            return kind in self._broken(call, outcome)

        from hypothesis import find

        options = settings(self._settings(message.get("tries", 300)), phases=[Phase.generate, Phase.shrink])
        try:
            values = find(self._strategy(), troubled, settings=options)
        except (NoSuchExample, Unsatisfiable, Unsupported):
            return None
        call = self._call(values)
        outcome = self.ask(call)
        return {"call": self._show(call), "said": self._shown_outcome(outcome), "wire": call}

    def do_describe(self, message: dict[str, Any]) -> list[str]:
        """A call as people write it, then each outcome in words."""
        return [self._show(message["call"]), *(self._shown_outcome(outcome) for outcome in message["outcomes"])]

    def do_example_line(self, message: dict[str, Any]) -> str:
        """The example that a call with this outcome makes; "" where no line can say it."""
        call, outcome = message["call"], message["outcome"]
        shown = self._show(call)
        try:
            if "error" in outcome:
                _tree(shown)
                return f"{shown} raises {outcome['error']['c'][1]}"
            value = self.wire.decode(outcome["value"], inside.lookup)
            text = repr(value).replace(f"{inside.MAIN}.", "")
            if not same(self._evaluate(text, {}), value):
                return ""
            line = f"{shown} is {text}" if value is None else f"{shown} == {text}"
            _tree(line)
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
                call, expected = self._row(row)
            except (ValueError, RecursionError) as error:
                broken.append([number, f"is not JSON: {error}"[:MOST_SHOWN]])
                continue
            except Mismatch as error:
                broken.append([number, str(error)[:MOST_SHOWN]])
                continue
            outcome = self.ask(call)
            if self._matches(outcome, expected):
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

    def _proxy(self, *positional: Any, **named: Any) -> Any:
        call = {
            "args": [self.wire.encode(value) for value in positional],
            "kwargs": {name: self.wire.encode(value) for name, value in named.items()},
        }
        outcome = self.ask(call)
        self.recorded.append((call, outcome))
        if "error" in outcome:
            raise CallRaised(self.wire.decode(outcome["error"], inside.lookup))
        return self.wire.decode(outcome["value"], inside.lookup)

    def _put_proxy(self) -> None:
        *owners, name = self.setup["function"].split(".")
        if not owners:
            self.namespace[name] = self._proxy
            return
        owner = self.namespace[owners[0]]
        for part in owners[1:]:
            owner = getattr(owner, part)
        proxy: Any = lambda *positional, **named: self._proxy(*positional, **named)  # noqa: E731, PLW0108 - a bound method would not bind to instances
        if self.kind == "classmethod":
            proxy = classmethod(lambda _class, *positional, **named: self._proxy(*positional, **named))
        elif self.kind == "staticmethod":
            proxy = staticmethod(proxy)
        elif self.kind == "property":
            proxy = property(proxy)
        setattr(owner, name, proxy)

    def _find_stub(self) -> Any:
        found: Any = None
        holder: Any = self.namespace
        for part in self.setup["function"].split("."):
            found = holder[part] if isinstance(holder, dict) else inspect.getattr_static(holder, part)
            holder = found
        self.owner_name = self.setup["function"].rpartition(".")[0]
        for attribute in ("__func__", "fget", "func"):
            if self.kind != "function" and hasattr(found, attribute):
                return getattr(found, attribute)
        return inspect.unwrap(found)

    def _strategy(self, *, bounded: bool = True) -> Any:
        if self.unresolved:
            raise Unsupported(f"the annotations cannot be resolved: {self.unresolved}")
        built = Strategies([self.wire.decode(value, inside.lookup) for value in self.setup["constants"]])
        parts: dict[str, Any] = {}
        for place, parameter in enumerate(self.parameters):
            if place == 0 and self.kind in {"method", "property"}:
                parts[parameter.name] = built.of(self._owner())
                continue
            if place == 0 and self.kind == "classmethod":
                continue
            if parameter.name not in self.hints:
                raise Unsupported(f"`{parameter.name}` has no annotation")
            bounds = self.setup["bounds"].get(parameter.name, {}) if bounded else {}
            strategy = built.of(self.hints[parameter.name], bounds)
            if parameter.kind is parameter.VAR_POSITIONAL:
                strategy = built.st.lists(strategy, max_size=4)
            elif parameter.kind is parameter.VAR_KEYWORD:
                strategy = built.st.dictionaries(built.st.sampled_from(["alpha", "beta", "gamma"]), strategy)
            parts[parameter.name] = strategy
        return built.st.fixed_dictionaries(parts)

    def _owner(self) -> Any:
        found: Any = self.namespace[self.owner_name.split(".")[0]]
        for part in self.owner_name.split(".")[1:]:
            found = getattr(found, part)
        return found

    def _settings(self, examples: int) -> Any:
        from hypothesis import HealthCheck, settings

        return settings(
            max_examples=examples, database=None, deadline=None, derandomize=True,
            suppress_health_check=list(HealthCheck), print_blob=False, report_multiple_bugs=False,
        )  # fmt: skip

    def _explore(self, strategy: Any, collect: Callable[[dict[str, Any]], bool], examples: int) -> None:
        """Draw until `collect` has enough; what it takes has passed through `require`."""
        from hypothesis import Phase, given, seed, settings
        from hypothesis.errors import Unsatisfiable

        enough = False

        @seed(SEED)  # else it is drawn from the source of `draw`, which is not always there to be read
        @settings(self._settings(examples), phases=[Phase.generate])
        @given(strategy)
        def draw(values: dict[str, Any]) -> None:
            nonlocal enough
            if not enough:
                enough = collect(values)

        with contextlib.suppress(Unsatisfiable):  # what was collected until then is what there is
            draw()

    def _call(self, values: dict[str, Any]) -> dict[str, Any]:
        positional: list[Any] = []
        named: dict[str, Any] = {}
        for parameter in self.parameters:
            if parameter.name not in values:
                continue
            value = values[parameter.name]
            if parameter.kind is parameter.VAR_POSITIONAL:
                positional += [self.wire.encode(item) for item in value]
            elif parameter.kind is parameter.VAR_KEYWORD:
                named |= {name: self.wire.encode(item) for name, item in value.items()}
            elif parameter.kind is parameter.KEYWORD_ONLY:
                named[parameter.name] = self.wire.encode(value)
            else:
                positional.append(self.wire.encode(value))
        return {"args": positional, "kwargs": named}

    def _bound(self, call: dict[str, Any]) -> dict[str, Any]:
        """A call's arguments by parameter, defaults applied. Raises TypeError when they do not fit."""
        positional = [self.wire.decode(value, inside.lookup) for value in call["args"]]
        named = {name: self.wire.decode(value, inside.lookup) for name, value in call["kwargs"].items()}
        if self.kind == "classmethod":
            positional.insert(0, self._owner())
        bound = inspect.signature(self.stub).bind(*positional, **named)
        bound.apply_defaults()
        return dict(bound.arguments)

    def _show(self, call: dict[str, Any]) -> str:
        positional: list[str] = [repr(self.wire.decode(value, inside.lookup)) for value in call["args"]]
        name = self.setup["function"].rpartition(".")[2]
        if self.kind in {"method", "property"}:
            name = f"{positional.pop(0)}.{name}"
        elif self.owner_name:
            name = f"{self.owner_name}.{name}"
        if self.kind == "property":
            return str(name)[:MOST_SHOWN]
        named = [f"{key}={self.wire.decode(value, inside.lookup)!r}" for key, value in call["kwargs"].items()]
        called: str = f"{name}({', '.join([*positional, *named])})"
        return called.replace(f"{inside.MAIN}.", "")[:MOST_SHOWN]

    def _shown(self, value: Any) -> str:
        return repr(self.wire.decode(value, inside.lookup)).replace(f"{inside.MAIN}.", "")[:MOST_SHOWN]

    def _shown_outcome(self, outcome: dict[str, Any]) -> str:
        if "error" in outcome:
            error = outcome["error"]
            message = f": {error['m']}" if error["m"] else ""
            return f"raises {error['c'][1]}{message}"[:MOST_SHOWN]
        return f"returns {self._shown(outcome['value'])}"

    # Judgement

    def _evaluate(self, text: str, values: dict[str, Any]) -> Any:
        return eval(compile(_tree(text), "<spec>", "eval"), {**self.namespace, **values})  # noqa: S307 - behind the walls

    def _satisfies(self, values: dict[str, Any]) -> bool:
        try:
            return all(self._evaluate(text, values) for text in self.setup["requires"])
        except Exception:  # noqa: BLE001 - a condition that cannot be evaluated does not hold
            return False

    def _satisfies_call(self, call: dict[str, Any]) -> bool:
        try:
            return self._satisfies(self._bound(call))
        except TypeError:
            return False

    def _complaint(self, call: dict[str, Any], outcome: dict[str, Any]) -> dict[str, Any] | None:
        if "error" in outcome:
            error = outcome["error"]
            if set(error["b"]) & self._allowed(call):
                return None
            message = f": {error['m']}" if error["m"] else ""
            return {"kind": "error", "error": error["c"][1], "said": f"raises {error['c'][1]}{message}"[:MOST_SHOWN]}
        value = self.wire.decode(outcome["value"], inside.lookup)
        annotation = self.hints.get("return", inspect.Parameter.empty)
        if fits(value, annotation):
            return None
        return {
            "kind": "type",
            "said": f"returns {self._shown(outcome['value'])}, and is declared to return {shown(annotation)}",
        }

    def _allowed(self, call: dict[str, Any]) -> set[str]:
        """The errors that the spec allows a call to raise, by full name.

        `raises` without a condition and the errors that examples show hold for every call; `raises ERROR when` where its
        condition is true; a rule's `raises ERROR` where that rule decides.
        """
        try:
            values = self._bound(call)
        except TypeError:
            values = {}
        texts = [example["raises"] for example in self.setup["examples"] if example["raises"] is not None]
        texts += [
            raised["error"]
            for raised in self.setup["raises"]
            if raised["condition"] is None or self._holds(raised["condition"], values)
        ]
        if self.setup["rules"] and (ruled := self._rule_for(values)) is not None and ruled["raises"] is not None:
            texts.append(ruled["raises"])
        return {name for text in texts if (name := self._error_name(text))}

    def _holds(self, condition: str, values: dict[str, Any]) -> bool:
        try:
            return bool(self._evaluate(condition, values))
        except Exception:  # noqa: BLE001 - a condition that cannot be evaluated does not hold
            return False

    def _error_name(self, text: str) -> str:
        """The full name of the class of an expression like `ValueError` or `Refused("reason")`; "" for anything else."""
        try:
            found = self._evaluate(text, {})
        except Exception:  # noqa: BLE001 - a name that is not there allows nothing; the reader says so
            return ""
        kind = found if isinstance(found, type) else type(found)
        if not issubclass(kind, BaseException):
            return ""
        return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"

    def _rule_for(self, values: dict[str, Any]) -> dict[str, Any] | None:
        """The first rule whose condition holds; None when there is none, or a condition raises."""
        with contextlib.suppress(Exception):
            for rule in self.setup["rules"]:
                if rule["condition"] is None or self._evaluate(rule["condition"], values):
                    return dict(rule)
        return None

    def _broken(self, call: dict[str, Any], outcome: dict[str, Any]) -> dict[str, str]:
        """Which properties an outcome breaks: "ensure N" or "rule", with what to say."""
        try:
            values = self._bound(call)
        except TypeError:
            return {}
        broken: dict[str, str] = {}
        allowed_error = "error" in outcome and bool(set(outcome["error"]["b"]) & self._allowed(call))
        for number, text in enumerate(self.setup["ensures"]):
            if "error" in outcome:
                if not allowed_error:
                    broken[f"ensure {number}"] = self._shown_outcome(outcome)
                continue
            result = self.wire.decode(outcome["value"], inside.lookup)
            try:
                holds = bool(self._evaluate(text, {**values, "result": result}))
                said = f"returns {self._shown(outcome['value'])}"
            except Exception as error:  # noqa: BLE001 - a property that cannot be evaluated does not hold
                holds, said = (
                    False,
                    f"returns {self._shown(outcome['value'])}, and the condition raises {type(error).__name__}: {error}",
                )
            if not holds:
                broken[f"ensure {number}"] = said[:MOST_SHOWN]
        if self.setup["rules"] and not allowed_error:
            expected = self._ruled(values)
            if expected is not None and not self._matches(outcome, expected):
                broken["rule"] = f"{self._shown_outcome(outcome)}, and the rules say {expected['shown']}"[:MOST_SHOWN]
        return broken

    def _ruled(self, values: dict[str, Any]) -> dict[str, Any] | None:
        """What the spec's rules say for some arguments; None when no rule holds or the rules cannot say."""
        for rule in self.setup["rules"]:
            try:
                if rule["condition"] is not None and not self._evaluate(rule["condition"], values):
                    continue
                if rule["raises"] is not None:
                    error = self._evaluate(rule["raises"], values)
                    kind = error if isinstance(error, type) else type(error)
                    return {"raises": kind.__qualname__, "shown": f"it raises {kind.__qualname__}"}
                value = self._evaluate(rule["value"], values)
            except Exception as error:  # noqa: BLE001 - where a rule itself raises, so must the function
                return {"raises": type(error).__qualname__, "shown": f"it raises {type(error).__qualname__}"}
            return {"value": value, "shown": repr(value)}
        return None

    def _matches(self, outcome: dict[str, Any], expected: dict[str, Any]) -> bool:
        if "raises" in expected:
            return "error" in outcome and any(
                base.rpartition(".")[2] == expected["raises"] for base in outcome["error"]["b"]
            )
        return "error" not in outcome and same(self.wire.decode(outcome["value"], inside.lookup), expected["value"])

    def _example(self, example: dict[str, Any]) -> dict[str, Any]:
        text = example["expression"]
        tree = _tree(text)
        before = len(self.recorded)
        if example["raises"] is not None:
            try:
                value = self._evaluate(text, {})
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
                left = eval(compile(ast.Expression(body.left), "<example>", "eval"), self.namespace)  # noqa: S307 - behind the walls
                right = eval(compile(ast.Expression(body.comparators[0]), "<example>", "eval"), self.namespace)  # noqa: S307 - behind the walls
                ok = bool(left == right)
                said = f"gave {left!r}, and {right!r} is expected"
            else:
                value = self._evaluate(text, {})
                ok, said = bool(value), f"came to {value!r}"
        except CallRaised as raised:
            message = f": {raised.error.message}" if raised.error.message else ""
            ok, said = False, f"raised {raised.error.name}{message}"
        except Exception as error:  # noqa: BLE001 - an example that cannot be evaluated is not true
            ok, said = False, f"cannot be evaluated: {type(error).__name__}: {error}"
        return {"ok": ok, "said": said.replace(f"{inside.MAIN}.", "")[:MOST_SHOWN], "calls": self.recorded[before:]}

    def _row(self, row: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """A golden row as a call and what is expected of it. Raises Mismatch."""
        if not isinstance(row, dict) or "input" not in row or not isinstance(row["input"], dict):
            raise Mismatch('must be an object with "input" (an object) and "output" or "raises"')
        if ("output" in row) == ("raises" in row) or set(row) - {"input", "output", "raises", "note"}:
            raise Mismatch('must have "output" or "raises", and besides "input" nothing but a "note"')
        given = row["input"]
        values: dict[str, Any] = {}
        for place, parameter in enumerate(self.parameters):
            annotation = self.hints.get(parameter.name, Any)
            if place == 0 and self.kind in {"method", "property"}:
                annotation = self._owner()
            elif place == 0 and self.kind == "classmethod":
                continue
            if parameter.name in given:
                if parameter.kind is parameter.VAR_POSITIONAL:
                    annotation = list[annotation]  # type: ignore[valid-type]  # built at run time
                values[parameter.name] = from_json(given[parameter.name], annotation, parameter.name)
            elif parameter.default is parameter.empty and parameter.kind not in {
                parameter.VAR_POSITIONAL,
                parameter.VAR_KEYWORD,
            }:
                raise Mismatch(f"lacks the input `{parameter.name}`")
        unknown = sorted(set(given) - {parameter.name for parameter in self.parameters})
        if unknown:
            raise Mismatch(f"has an input `{unknown[0]}`, which is no parameter")
        call = self._call(values)
        if "raises" in row:
            return call, {"raises": str(row["raises"]).rpartition(".")[2]}
        returns = self.hints.get("return", Any)
        return call, {"value": from_json(row["output"], plain(returns), "output")}


def _tree(text: str) -> ast.Expression:
    return ast.parse(f"(\n{text}\n)", mode="eval")
