"""The known-bad bodies: each with the stage that must refuse it, and the finding it must be refused for."""

from __future__ import annotations

from dataclasses import dataclass

from intaglio.validate.verdict import StageName

HEAD = """\
from dataclasses import dataclass
from decimal import Decimal
import re

LIMITS = {"low": 1}


def half(x: int) -> int:
    return x // 2


# spec: Return twice x.
# require: -1000 <= x <= 1000
# example: double(2) == 4
# example: double(-3) == -6
# example: double(40) == 80
# example: double(0) == 0
"""


@dataclass(frozen=True, slots=True)
class KnownBad:
    """A body of `def double(x: int) -> int` (or what `header` says) under the spec above, with `more` lines in it."""

    name: str
    body: str
    stage: StageName
    code: str
    more: str = ""
    header: str = "def double(x: int) -> int:"

    @property
    def text(self) -> str:
        """The whole file."""
        lines = "\n".join(f"    {line}" if line else "" for line in self.body.split("\n"))
        guard = '    if not (-1000 <= x <= 1000):\n        raise ValueError("require: -1000 <= x <= 1000")\n'
        return f"{HEAD}{self.more}{self.header}\n{guard}{lines}\n"


_SECURITY, _SYNTAX, _EXECUTION, _ACCURACY = StageName

KNOWN_BAD: tuple[KnownBad, ...] = (
    KnownBad("imports os", "import os\nos.getcwd()\nreturn 2 * x", _SECURITY, "SE101"),
    KnownBad("imports socket", "import socket\nreturn 2 * x", _SECURITY, "SE101"),
    KnownBad("calls eval", 'return eval("2 * x")', _SECURITY, "SE102"),
    KnownBad("calls open", 'open("notes.txt")\nreturn 2 * x', _SECURITY, "SE102"),
    KnownBad("calls __import__", '__import__("os")\nreturn 2 * x', _SECURITY, "SE102"),
    KnownBad("calls getattr", 'return getattr(x, "__add__")(x)', _SECURITY, "SE102"),
    KnownBad("reads __class__", "x.__class__.__mro__\nreturn 2 * x", _SECURITY, "SE103"),
    KnownBad("reads __globals__ in a pattern", "match half:\n    case object(__globals__=g):\n        return 2 * x\nreturn 2 * x", _SECURITY, "SE103"),
    KnownBad("walks a frame", "f = (i for i in [1])\nf.gi_frame\nreturn 2 * x", _SECURITY, "SE103"),
    KnownBad("operator.attrgetter", "import operator\noperator.attrgetter('real')(x)\nreturn 2 * x", _SECURITY, "SE104"),
    KnownBad("from operator import attrgetter", "from operator import attrgetter\nattrgetter('real')\nreturn 2 * x", _SECURITY, "SE104"),
    KnownBad("json.codecs", "import json\njson.codecs.open\nreturn 2 * x", _SECURITY, "SE104"),
    KnownBad("typing.get_type_hints", "import typing\ntyping.get_type_hints(half)\nreturn 2 * x", _SECURITY, "SE104"),
    KnownBad("string.Formatter", "import string\nstring.Formatter()\nreturn 2 * x", _SECURITY, "SE104"),
    KnownBad("reads the clock", "import datetime\ndatetime.datetime.now()\nreturn 2 * x", _SECURITY, "SE104"),
    KnownBad("changes a global", 'LIMITS["low"] = x\nreturn 2 * x', _SECURITY, "SE105"),
    KnownBad("declares a global", "global LIMITS\nreturn 2 * x", _SECURITY, "SE105"),
    KnownBad("pickle under an alias", "from pickle import loads as decode\ndecode(b'')\nreturn 2 * x", _SECURITY, "SE101"),
    KnownBad("holds a key", 'key = "AKIAIOSFODNN7EXAMPLE"\nreturn 2 * x + len(key) - 20', _SECURITY, "SE108"),
    KnownBad("slow pattern", 're.match(r"(a+)+$", str(x))\nreturn 2 * x', _SECURITY, "SE109"),
    KnownBad("format string reads attributes", 'text = "{0.__class__}".format(x)\nreturn 2 * x + len(text) * 0', _SECURITY, "SE114"),
    KnownBad("suppressed with nosec", "import subprocess  # nosec\nsubprocess.run('ls', shell=True)  # noqa: S602  # nosec\nreturn 2 * x", _SECURITY, "SE101"),
    KnownBad("leaks a sensitive value", 'if x > 900:\n    raise ValueError(f"bad value for {ssn}")\nreturn 2 * x', _SECURITY, "SE111", "# comply: hipaa\n# raises: ValueError\n", 'def double(x: int, ssn: str = "") -> int:'),
    KnownBad("prints", "print(x)\nreturn 2 * x", _SECURITY, "SE102"),
    KnownBad("undefined name", "return 2 * y", _SYNTAX, "SY102"),
    KnownBad("returns a string", 'return "2" * x', _SYNTAX, "SY104"),
    KnownBad("returns nothing on a path", "if x > 0:\n    return 2 * x", _SYNTAX, "SY104"),
    KnownBad("wrong arity", "return half(x, 4)", _SYNTAX, "SY104"),
    KnownBad("unknown attribute", "return x.doubled()", _SYNTAX, "SY104"),
    KnownBad("suppressed type error", 'return "2" * x  # type: ignore', _SYNTAX, "SY104"),
    KnownBad("too long", "\n".join(f"a{n} = {n}" for n in range(51)) + "\nreturn 2 * x", _SYNTAX, "SY105"),
    KnownBad("nested too deeply", "if x:\n if x:\n  if x:\n   if x:\n    if x:\n     if x:\n      return 2 * x\nreturn 2 * x", _SYNTAX, "SY106"),
    KnownBad("loops for ever", "while x > 900:\n    x = x + 0\nreturn 2 * x", _EXECUTION, "EX107"),
    KnownBad("takes all memory", "data = [0] * (10**9 if x == 0 else 1)\nreturn 2 * x + len(data) * 0", _EXECUTION, "EX103", "# strict: yes\n"),
    KnownBad("raises undeclared, with an ensure", "if x > 500:\n    raise KeyError(x)\nreturn 2 * x", _EXECUTION, "EX103", "# ensure: result == 2 * x\n"),
    KnownBad("depends on the hash seed", 'return 2 * x + (hash("a") % 97 if x > 50 else 0)', _EXECUTION, "EX106"),
    KnownBad("changes its argument", "items.append(x)\nreturn 2 * x", _EXECUTION, "EX105", "", "def double(x: int, items: list[int] = []) -> int:"),
    KnownBad("lies to the type checker", 'from typing import Any\nvalue: Any = 2 * x if x < 500 else "many"\nreturn value', _EXECUTION, "EX104"),
    KnownBad("off by one", "return 2 * x + 1", _ACCURACY, "AC101"),
    KnownBad("wrong beyond the examples", "return 2 * x if x < 500 else 2 * x + 1", _ACCURACY, "AC102", "# ensure: result == 2 * x\n"),
    KnownBad("contradicts the rules", "return 2 * x if x < 500 else 7", _ACCURACY, "AC103", "# rule: x > 0 -> 2 * x\n# rule: otherwise -> 2 * x\n"),
    KnownBad("knows the examples by heart", "if x == 40:\n    return 80\nif x == -300:\n    return -600\nif x == 777:\n    return 1554\nreturn 2 * x", _ACCURACY, "AC107", "# example: double(-300) == -600\n# example: double(777) == 1554\n"),
)  # fmt: skip
