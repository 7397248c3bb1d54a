"""The function that a judge asks about, never its body: its names, parameters and types; calls of it as data and in words.

Knows nothing of what is expected of it.
"""

from __future__ import annotations

import ast
import functools
import inspect
import types
import typing
from collections.abc import Callable
from typing import Any

from intaglio.validate.programs import inside
from intaglio.validate.programs.annotations import Mismatch, from_json, plain
from intaglio.validate.programs.approx import Approx

MOST_SHOWN = 300
"""How many characters of a call or a value are shown."""


class Function:
    """One function in its workspace's definitions. Its name there stands for `ask`, so that expressions may call it."""

    def __init__(self, setup: dict[str, Any], wire: Any, ask: Callable[..., Any]) -> None:
        self.name: str = setup["function"]
        self.kind: str = setup["kind"]
        self.wire = wire
        self.namespace = inside.build_modules(setup, wire)
        self.namespace.setdefault("approx", Approx)
        self.owner_name = self.name.rpartition(".")[0]
        self.stub = self._find_stub()
        self._put(ask)
        try:
            hints = typing.get_type_hints(self.stub, self.namespace, include_extras=True)
        except Exception as error:  # noqa: BLE001 - any failure to resolve is told, and leaves the types unknown
            hints, self.unresolved = {}, f"{type(error).__name__}: {error}"
        else:
            self.unresolved = ""
        self.hints = hints
        self.signature = inspect.signature(self.stub)
        self.parameters = list(self.signature.parameters.values())

    def evaluate(self, text: str, values: dict[str, Any]) -> Any:
        """The value of one of the spec's expressions, with `values` for its names. Raises whatever it raises."""
        return eval(_compiled(text), {**self.namespace, **values})  # noqa: S307 - behind the walls

    def call_of(self, values: dict[str, Any]) -> dict[str, Any]:
        """Arguments by parameter as the call that goes to the run child."""
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

    def bound(self, call: dict[str, Any]) -> dict[str, Any]:
        """A call's arguments by parameter, defaults applied. Raises TypeError when they do not fit."""
        positional = [self.wire.decode(value, inside.lookup) for value in call["args"]]
        named = {name: self.wire.decode(value, inside.lookup) for name, value in call["kwargs"].items()}
        if self.kind == "classmethod":
            positional.insert(0, self.owner())
        bound = self.signature.bind(*positional, **named)
        bound.apply_defaults()
        return dict(bound.arguments)

    def show_call(self, call: dict[str, Any]) -> str:
        """A call as people write it."""
        positional: list[str] = [repr(self.wire.decode(value, inside.lookup)) for value in call["args"]]
        name = self.name.rpartition(".")[2]
        if self.kind in {"method", "property"}:
            name = f"{positional.pop(0)}.{name}"
        elif self.owner_name:
            name = f"{self.owner_name}.{name}"
        if self.kind == "property":
            return str(name)[:MOST_SHOWN]
        named = [f"{key}={self.wire.decode(value, inside.lookup)!r}" for key, value in call["kwargs"].items()]
        called: str = f"{name}({', '.join([*positional, *named])})"
        return called.replace(f"{inside.MAIN}.", "")[:MOST_SHOWN]

    def show_value(self, value: Any) -> str:
        """An encoded value as people write it."""
        return repr(self.wire.decode(value, inside.lookup)).replace(f"{inside.MAIN}.", "")[:MOST_SHOWN]

    def show_outcome(self, outcome: dict[str, Any]) -> str:
        """What a call came to, in words."""
        if "error" in outcome:
            error = outcome["error"]
            message = f": {error['m']}" if error["m"] else ""
            return f"raises {error['c'][1]}{message}"[:MOST_SHOWN]
        return f"returns {self.show_value(outcome['value'])}"

    def read_row(self, row: Any) -> tuple[dict[str, Any], dict[str, Any]]:
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
                annotation = self.owner()
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
        call = self.call_of(values)
        if "raises" in row:
            return call, {"raises": str(row["raises"]).rpartition(".")[2]}
        returns = self.hints.get("return", Any)
        return call, {"value": from_json(row["output"], plain(returns), "output")}

    def owner(self) -> Any:
        """The class that the method belongs to."""
        found: Any = self.namespace[self.owner_name.split(".")[0]]
        for part in self.owner_name.split(".")[1:]:
            found = getattr(found, part)
        return found

    def _find_stub(self) -> Any:
        found: Any = None
        holder: Any = self.namespace
        for part in self.name.split("."):
            found = holder[part] if isinstance(holder, dict) else inspect.getattr_static(holder, part)
            holder = found
        for attribute in ("__func__", "fget", "func"):
            if self.kind != "function" and hasattr(found, attribute):
                return getattr(found, attribute)
        return inspect.unwrap(found)

    def _put(self, ask: Callable[..., Any]) -> None:
        *owners, name = self.name.split(".")
        if not owners:
            self.namespace[name] = ask
            return
        owner = self.namespace[owners[0]]
        for part in owners[1:]:
            owner = getattr(owner, part)
        proxy: Any = lambda *positional, **named: ask(*positional, **named)  # noqa: E731, PLW0108 - a bound method would not bind to instances
        if self.kind == "classmethod":
            proxy = classmethod(lambda _class, *positional, **named: ask(*positional, **named))
        elif self.kind == "staticmethod":
            proxy = staticmethod(proxy)
        elif self.kind == "property":
            proxy = property(proxy)
        setattr(owner, name, proxy)


def expression_tree(text: str) -> ast.Expression:
    """An expression that may go over several lines. Raises SyntaxError."""
    return ast.parse(f"(\n{text}\n)", mode="eval")


@functools.lru_cache(maxsize=1024)
def _compiled(text: str) -> types.CodeType:
    """The code of an expression. Conditions are evaluated for every input, and compiling one takes longer than that."""
    return compile(expression_tree(text), "<spec>", "eval")
