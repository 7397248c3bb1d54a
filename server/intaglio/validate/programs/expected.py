"""What a spec expects of a function's calls: its conditions, properties, rules and errors, evaluated on recorded outcomes."""

from __future__ import annotations

import contextlib
import inspect
from typing import Any

from intaglio.validate.programs import inside
from intaglio.validate.programs.annotations import fits, same, shown
from intaglio.validate.programs.function import MOST_SHOWN, Function


class Expected:
    """A spec's expressions, of its function. Outcomes are as the run child tells them."""

    def __init__(self, function: Function, setup: dict[str, Any]) -> None:
        self.function, self.wire = function, function.wire
        self.requires: list[str] = setup["requires"]
        self.ensures: list[str] = setup["ensures"]
        self.rules: list[dict[str, Any]] = setup["rules"]
        self.raises: list[dict[str, Any]] = setup["raises"]
        self.shown_errors = [example["raises"] for example in setup["examples"] if example["raises"] is not None]

    def satisfies(self, values: dict[str, Any]) -> bool:
        """Whether every `require` holds for some arguments."""
        try:
            return all(self.function.evaluate(text, values) for text in self.requires)
        except Exception:  # noqa: BLE001 - a condition that cannot be evaluated does not hold
            return False

    def satisfies_call(self, call: dict[str, Any]) -> bool:
        """Whether every `require` holds for a call's arguments."""
        try:
            return self.satisfies(self.function.bound(call))
        except TypeError:
            return False

    def violated(self, call: dict[str, Any]) -> int:
        """The first `require` that does not hold for a call's arguments, counted from 0; 0 when they do not fit."""
        try:
            values = self.function.bound(call)
        except TypeError:
            return 0
        return next((number for number, text in enumerate(self.requires) if not self._holds(text, values)), 0)

    def refusing(self, values: dict[str, Any]) -> int | None:
        """The first `require` that is false for some arguments; None when all hold or one cannot be evaluated."""
        with contextlib.suppress(Exception):
            return next(
                (number for number, text in enumerate(self.requires) if not self.function.evaluate(text, values)), None
            )
        return None

    def complaint_of(self, call: dict[str, Any], outcome: dict[str, Any]) -> dict[str, Any] | None:
        """An exception that nothing allows, or a result that is not of the declared type; None when neither is there."""
        if "error" in outcome:
            error = outcome["error"]
            if set(error["b"]) & self._allowed(call):
                return None
            message = f": {error['m']}" if error["m"] else ""
            return {"kind": "error", "error": error["c"][1], "said": f"raises {error['c'][1]}{message}"[:MOST_SHOWN]}
        value = self.wire.decode(outcome["value"], inside.lookup)
        annotation = self.function.hints.get("return", inspect.Parameter.empty)
        if fits(value, annotation):
            return None
        return {
            "kind": "type",
            "said": f"returns {self.function.show_value(outcome['value'])}, and is declared to return {shown(annotation)}",
        }

    def _allowed(self, call: dict[str, Any]) -> set[str]:
        """The errors that the spec allows a call to raise, by full name.

        `raises` without a condition and the errors that examples show hold for every call; `raises ERROR when` where its
        condition is true; a rule's `raises ERROR` where that rule decides.
        """
        try:
            values = self.function.bound(call)
        except TypeError:
            values = {}
        texts = list(self.shown_errors)
        texts += [
            raised["error"]
            for raised in self.raises
            if raised["condition"] is None or self._holds(raised["condition"], values)
        ]
        if self.rules and (ruled := self._rule_for(values)) is not None and ruled["raises"] is not None:
            texts.append(ruled["raises"])
        return {name for text in texts if (name := self._error_name(text))}

    def _holds(self, condition: str, values: dict[str, Any]) -> bool:
        try:
            return bool(self.function.evaluate(condition, values))
        except Exception:  # noqa: BLE001 - a condition that cannot be evaluated does not hold
            return False

    def _error_name(self, text: str) -> str:
        """The full name of the class of an expression like `ValueError` or `Refused("reason")`; "" for anything else."""
        try:
            found = self.function.evaluate(text, {})
        except Exception:  # noqa: BLE001 - a name that is not there allows nothing; the reader says so
            return ""
        kind = found if isinstance(found, type) else type(found)
        if not issubclass(kind, BaseException):
            return ""
        return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"

    def _rule_for(self, values: dict[str, Any]) -> dict[str, Any] | None:
        """The first rule whose condition holds; None when there is none, or a condition raises."""
        with contextlib.suppress(Exception):
            for rule in self.rules:
                if rule["condition"] is None or self.function.evaluate(rule["condition"], values):
                    return dict(rule)
        return None

    def broken_by(self, call: dict[str, Any], outcome: dict[str, Any]) -> dict[str, str]:
        """Which properties an outcome breaks: "ensure N" or "rule", with what to say."""
        try:
            values = self.function.bound(call)
        except TypeError:
            return {}
        broken: dict[str, str] = {}
        allowed_error = "error" in outcome and bool(set(outcome["error"]["b"]) & self._allowed(call))
        for number, text in enumerate(self.ensures):
            if "error" in outcome:
                if not allowed_error:
                    broken[f"ensure {number}"] = self.function.show_outcome(outcome)
                continue
            result = self.wire.decode(outcome["value"], inside.lookup)
            try:
                holds = bool(self.function.evaluate(text, {**values, "result": result}))
                said = f"returns {self.function.show_value(outcome['value'])}"
            except Exception as error:  # noqa: BLE001 - a property that cannot be evaluated does not hold
                holds, said = (
                    False,
                    f"returns {self.function.show_value(outcome['value'])}, and the condition raises {type(error).__name__}: {error}",
                )
            if not holds:
                broken[f"ensure {number}"] = said[:MOST_SHOWN]
        if self.rules and not allowed_error:
            expected = self._ruled(values)
            if expected is not None and not self.matches(outcome, expected):
                broken["rule"] = f"{self.function.show_outcome(outcome)}, and the rules say {expected['shown']}"[
                    :MOST_SHOWN
                ]
        return broken

    def deciding_rule(self, call: dict[str, Any]) -> int | None:
        """Which rule a call's arguments select, counted from 0; None when none does."""
        ruled = self._ruled(self.function.bound(call))
        return None if ruled is None else int(ruled["rule"])

    def _ruled(self, values: dict[str, Any]) -> dict[str, Any] | None:
        """What the spec's rules say for some arguments; None when no rule holds or the rules cannot say."""
        for number, rule in enumerate(self.rules):
            said: dict[str, Any] = {"rule": number}
            try:
                if rule["condition"] is not None and not self.function.evaluate(rule["condition"], values):
                    continue
                if rule["raises"] is not None:
                    error = self.function.evaluate(rule["raises"], values)
                    kind = error if isinstance(error, type) else type(error)
                    return {**said, "raises": kind.__qualname__, "shown": f"it raises {kind.__qualname__}"}
                value = self.function.evaluate(rule["value"], values)
            except Exception as error:  # noqa: BLE001 - where a rule itself raises, so must the function
                return {**said, "raises": type(error).__qualname__, "shown": f"it raises {type(error).__qualname__}"}
            return {**said, "value": value, "shown": repr(value)}
        return None

    def matches(self, outcome: dict[str, Any], expected: dict[str, Any]) -> bool:
        """Whether an outcome is what is expected: {"value"}, or {"raises"}: an error's name."""
        if "raises" in expected:
            return "error" in outcome and any(
                base.rpartition(".")[2] == expected["raises"] for base in outcome["error"]["b"]
            )
        return "error" not in outcome and same(self.wire.decode(outcome["value"], inside.lookup), expected["value"])
