"""The call that is being typed: what is called, and which argument the cursor stands in. Reads half-typed text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r"""\"{3}(?:[^\\]|\\.)*?\"{3}|'{3}(?:[^\\]|\\.)*?'{3}|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|["'].*"""
    r"""|\.?[^\W\d]\w*|==|!=|<=|>=|[][(){},=]|\S""",
    re.DOTALL,
)
_CLOSING = {")": "(", "]": "[", "}": "{"}


@dataclass(frozen=True, slots=True)
class OpenCall:
    """A call whose bracket is open. `callee` has a dot before it for an attribute; `keyword` is set behind `NAME=`.

    `position` counts the arguments before the cursor; `given` are the keywords that stand before it.
    """

    callee: str
    position: int
    keyword: str
    given: tuple[str, ...]

    @property
    def by_position(self) -> int:
        """How many arguments before the cursor are given without a keyword."""
        return max(0, self.position - len(self.given))


def open_call(before: str) -> OpenCall | None:
    """The innermost call that is open at the end of `before`; None outside of calls, and in a string."""
    stack: list[_Frame] = []
    last = ""
    for match in _TOKEN.finditer(before):
        sign = match[0]
        if sign in {"(", "[", "{"}:
            name = last if sign == "(" and re.fullmatch(r"\.?[^\W\d]\w*", last) else ""
            stack.append(_Frame(sign, name))
        elif sign in _CLOSING:
            if stack and stack[-1].bracket == _CLOSING[sign]:
                stack.pop()
        elif stack:
            stack[-1].take(sign, last)
        last = sign
    if in_string(before):
        return None
    frame = next((one for one in reversed(stack) if one.callee), None)
    return OpenCall(frame.callee, frame.position, frame.keyword, tuple(frame.given)) if frame is not None else None


def in_string(before: str) -> bool:
    """Whether the end of `before` lies in a string that is not closed."""
    signs = _TOKEN.findall(before)
    if not signs or signs[-1][:1] not in {'"', "'"}:
        return False
    last = signs[-1]
    quote = last[:3] if last[:3] in {'"""', "'''"} else last[:1]
    return len(last) < 2 * len(quote) or not last.endswith(quote)


@dataclass(slots=True)
class _Frame:
    bracket: str
    callee: str
    position: int = 0
    keyword: str = ""
    given: list[str] = field(default_factory=list)

    def take(self, sign: str, last: str) -> None:
        if sign == ",":
            self.position += 1
            self.keyword = ""
        elif sign == "=" and last.isidentifier():
            self.keyword = last
            self.given.append(last)
