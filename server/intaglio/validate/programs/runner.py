"""The run child: holds the body, gets calls, sends back what came of them. Its answers are data, never trusted."""

from __future__ import annotations

import inspect
import types
from typing import Any

from intaglio.validate.programs import inside

MOST_ITEMS = 10_000
REPETITIONS = 3


class Suspended(Exception):
    """A coroutine waited for something real; nothing is granted that it could wait for."""


def main(channel: Any, wire: Any) -> None:
    """Build the modules, then answer messages: `{"calls": [...]}` with one answer each, in order."""
    setup = channel.receive()
    namespace = inside.build_modules(setup, wire)
    function = find_function(namespace, setup["function"])
    channel.send({"ready": True})
    while True:
        message = channel.receive()
        for call in message["calls"]:
            channel.send(answer(function, call, wire, repeated=message.get("repeated", False)))


def find_function(namespace: dict[str, Any], qualified_name: str) -> Any:
    """The plain callable of a function, method, class method, static method or property, by its qualified name."""
    first, *rest = qualified_name.split(".")
    found = owner = namespace[first]
    for name in rest:
        owner = found
        found = inspect.getattr_static(found, name)
    if isinstance(found, property):
        return found.fget
    if isinstance(found, staticmethod):
        return found.__func__
    if isinstance(found, classmethod):
        return found.__get__(None, owner)
    if hasattr(found, "func") and type(found).__name__ == "cached_property":
        return found.func
    return found


def answer(function: Any, call: dict[str, Any], wire: Any, *, repeated: bool) -> dict[str, Any]:
    """What one call gives; with `repeated` three times over, to see whether it is the same each time."""
    first = once(function, call, wire)
    if repeated:
        for _ in range(REPETITIONS - 1):
            again = once(function, call, wire)
            if again != first:
                return {**first, "unsteady": again}
    return first


def once(function: Any, call: dict[str, Any], wire: Any) -> dict[str, Any]:
    """Call with arguments decoded anew: the outcome, and the arguments as they are afterwards where they changed."""
    positional = [wire.decode(item, inside.lookup) for item in call["args"]]
    named = {name: wire.decode(item, inside.lookup) for name, item in call["kwargs"].items()}
    before = [wire.encode(item) for item in (*positional, *named.values())]
    try:
        outcome = {"value": wire.encode(drive(function(*positional, **named)))}
    except RecursionError:
        outcome = {
            "error": {
                "t": "error",
                "c": ["builtins", "RecursionError"],
                "m": "",
                "b": ["RecursionError", "RuntimeError", "Exception", "BaseException"],
            }
        }
    except (SystemExit, KeyboardInterrupt, GeneratorExit, Exception) as error:  # noqa: BLE001 - every exception is an answer
        outcome = {"error": wire.encode_error(error)}
    after = [wire.encode(item) for item in (*positional, *named.values())]
    if before != after:
        names = [*(str(place) for place in range(len(positional))), *named]
        outcome["changed"] = [name for name, one, other in zip(names, before, after, strict=True) if one != other]
    return outcome


def drive(result: Any) -> Any:
    """The value of a plain result, the list of a generator's items, or what a coroutine comes to without waiting."""
    if isinstance(result, types.GeneratorType):
        return take(result)
    if isinstance(result, types.CoroutineType):
        return finish(result)
    if isinstance(result, types.AsyncGeneratorType):
        items: list[Any] = []
        while len(items) < MOST_ITEMS:
            try:
                items.append(finish(anext(result)))
            except StopAsyncIteration:
                return items
        raise OverflowError(f"more than {MOST_ITEMS} items")
    if hasattr(result, "__next__"):
        return take(result)
    return result


def take(iterator: Any) -> list[Any]:
    """At most 10,000 items. Raises OverflowError beyond."""
    items: list[Any] = []
    for item in iterator:
        if len(items) == MOST_ITEMS:
            raise OverflowError(f"more than {MOST_ITEMS} items")
        items.append(item)
    return items


def finish(awaitable: Any) -> Any:
    """Drive a coroutine to its end. Raises Suspended when it waits."""
    steps = awaitable.__await__()
    try:
        steps.send(None)
    except StopIteration as stop:
        return stop.value
    raise Suspended("the coroutine waits for something outside, and nothing is granted")
