"""Reach: what a function stands on, read from texts alone."""

import pytest

from intaglio.candidate import Reach
from intaglio.finding import Severity
from intaglio.spec import read_specs
from intaglio.spec.reach import Walked, find_reach


def reach_of(files: dict[str, str], path: str = "claims.py", name: str = "f") -> Reach:
    spec = read_specs(files[path]).find(name)
    assert spec is not None
    return find_reach(files[path], path, spec, files.get)


def shown(reach: Reach) -> list[str]:
    return [f"{one.module}:{one.name}" + ("!" if one.is_import else "") for one in reach.definitions]


def codes(reach: Reach) -> list[str]:
    return sorted({finding.code for finding in reach.findings})


HEAD = "# spec: Compute what is asked for.\n"


def test_helpers_and_constants_are_reached_transitively_and_nothing_else() -> None:
    text = (
        "A = 1\nB = A + 1\nC = 3\ndef help(x):\n    return x + B\n"
        + HEAD
        + "def f(x: int) -> int:\n    return help(x)\n"
    )
    assert shown(reach_of({"claims.py": text})) == [":A", ":B", ":help"]


def test_a_local_name_hides_the_module_s() -> None:
    text = (
        "total = 1\ndef g(): return 1\n"
        + HEAD
        + "def f(x: int) -> int:\n    total = [g for g in (x,)]\n    return total\n"
    )
    assert shown(reach_of({"claims.py": text})) == []


@pytest.mark.parametrize(
    ("line", "reached"),
    [
        ("def f(x: Claim) -> int: ...", [":Claim"]),
        ("def f(x: 'Claim') -> int: ...", [":Claim"]),
        ("def f(x: list['Claim']) -> int: ...", [":Claim"]),
        ("def f(x: Literal['Claim']) -> int: ...", [":Literal!"]),
        ("def f(x: int = LIMIT) -> int: ...", [":LIMIT"]),
        ("@wrap(LIMIT)\ndef f(x: int) -> int: ...", [":LIMIT", ":wrap"]),
        ("def f(x: int) -> int:\n    return (lambda LIMIT: LIMIT)(x)", []),
        ("def f(x: int) -> int:\n    def g():\n        return LIMIT\n    return g()", [":LIMIT"]),
        (
            "def f(x: int) -> int:\n    match x:\n        case Claim(a=LIMIT):\n            return LIMIT\n    return 0",
            [":Claim"],
        ),
        ("def f(x: int) -> int:\n    return [y for LIMIT in x if (y := LIMIT)]", []),
        (
            "def f(x: int) -> int:\n    try:\n        return 1\n    except ValueError as LIMIT:\n        return LIMIT",
            [],
        ),
        ("def f(x: int) -> int:\n    return f(x - 1)", []),
        ("def f(x: int) -> int:\n    return f'{LIMIT:>{x}}'", [":LIMIT"]),
    ],
)
def test_scoping(line: str, reached: list[str]) -> None:
    text = "from typing import Literal\nLIMIT = 1\nclass Claim: ...\ndef wrap(x): return x\n" + HEAD + line + "\n"
    assert shown(reach_of({"claims.py": text})) == reached


def test_the_spec_s_expressions_count_and_its_parameters_do_not() -> None:
    text = (
        "LOW = 1\nHIGH = 2\nx = 9\nEXPECTED = 3\nclass Bad(Exception): ...\n"
        "# spec: Compute it.\n# require: LOW < x\n# ensure: result < HIGH\n# raises: Bad when x > 3\n"
        "# example: f(1) == EXPECTED\ndef f(x: int) -> int: ...\n"
    )
    assert shown(reach_of({"claims.py": text})) == [":LOW", ":HIGH", ":EXPECTED", ":Bad"]


def test_imports_within_the_workspace_are_followed_and_others_are_named() -> None:
    files = {
        "helpers.py": "import re\nP = re.compile('a')\ndef norm(x):\n    return P.sub('', x)\nUNUSED = 1\n",
        "claims.py": "import math\nfrom helpers import norm as n\n"
        + HEAD
        + "def f(x: str) -> str:\n    return n(x) + str(math.pi)\n",
    }
    reach = reach_of(files)
    assert shown(reach) == ["helpers:re!", "helpers:P", "helpers:norm", ":math!", ":n"]
    assert reach.paths == ("claims.py", "helpers.py")
    assert not reach.findings


@pytest.mark.parametrize(
    ("path", "statement", "target"),
    [
        ("app/claims.py", "from .helpers import norm", "app/helpers.py"),
        ("app/inner/claims.py", "from ..helpers import norm", "app/helpers.py"),
        ("app/claims.py", "from app.helpers import norm", "app/helpers.py"),
        ("src/app/claims.py", "from app.helpers import norm", "src/app/helpers.py"),
        ("tests/claims.py", "from app.helpers import norm", "src/app/helpers.py"),
        ("jobs/claims.py", "from helpers import norm", "jobs/helpers.py"),
        ("app/claims.py", "from app import norm", "app/__init__.py"),
    ],
)
def test_where_imports_lead(path: str, statement: str, target: str) -> None:
    files = {
        target: "def norm(x):\n    return x\n",
        path: f"{statement}\n{HEAD}def f(x: str) -> str:\n    return norm(x)\n",
    }
    if "." in statement.partition("import")[0] or "app" in target:
        top = target.rpartition("app/")[0]
        files.setdefault(f"{top}app/__init__.py", "")
        files.setdefault(f"{top}app/inner/__init__.py", "")
    reach = reach_of(files, path)
    assert target in reach.paths, reach
    assert not reach.findings


def test_definitions_run_in_the_order_given() -> None:
    files = {
        "base.py": "from dataclasses import dataclass\n@dataclass\nclass Base:\n    a: int = 1\n",
        "mid.py": "from base import Base\nclass Mid(Base):\n    b = 2\n",
        "claims.py": "from mid import Mid\nDEFAULT = Mid(4)\n" + HEAD + "def f(x: int = DEFAULT.a) -> int: ...\n",
    }
    reach = reach_of(files)
    import sys
    import types

    spaces: dict[str, types.ModuleType] = {}
    try:
        for one in reach.definitions:
            space = spaces.setdefault(one.module, types.ModuleType(one.module or "own"))
            if one.module:
                sys.modules[one.module] = space
            exec(compile(one.source, one.path, "exec", dont_inherit=True), space.__dict__)
        assert spaces[""].__dict__["DEFAULT"].a == 4
    finally:
        for module in spaces:
            sys.modules.pop(module, None)


@pytest.mark.parametrize(
    ("head", "body", "code"),
    [
        ("from helpers import *\n", "return norm(x)", "LK101"),
        ("from math import *\n", "return floor(x)", "LK101"),
        ("import helpers\n", "return helpers.norm(x)", "LK102"),
        ("import helpers as h\n", "return h.norm(x)", "LK102"),
        ("from app import part\n", "return part.norm(x)", "LK102"),
        ("A = 1\nA = 2\n", "return A", "LK103"),
        ("A = 1\nA += 2\n", "return A", "LK103"),
        ("A = []\nA.append(1)\n", "return A", "LK103"),
        ("A = {}\nA['b'] = 1\n", "return A", "LK103"),
        ("A = 1\ndel A\n", "return A", "LK103"),
        ("A = 1\ndef g():\n    global A\n    A = 2\n", "return A", "LK104"),
        ("from broken import norm\n", "return norm(x)", "LK105"),
        ("from helpers import nothing\n", "return nothing(x)", "LK106"),
        ("from back import norm\n", "return norm(x)", "LK107"),
        ("from left import norm\n", "return norm(x)", "LK107"),
        ("from string import norm\n", "return norm(x)", "LK108"),
    ],
)
def test_what_cannot_be_followed_is_a_finding(head: str, body: str, code: str) -> None:
    files = {
        "helpers.py": "def norm(x): return x\n",
        "app/__init__.py": "",
        "app/part.py": "def norm(x): return x\n",
        "broken.py": "def norm(:\n",
        "back.py": "from claims import ONE\ndef norm(x): return ONE\n",
        "left.py": "from right import two\ndef norm(x): return two(x)\ndef three(x): return x\n",
        "right.py": "from left import three\ndef two(x): return three(x)\n",
        "string.py": "def norm(x): return x\n",
        "claims.py": f"{head}ONE = 1\n{HEAD}def f(x: int) -> int:\n    {body}\n",
    }
    assert code in codes(reach_of(files))


def test_all_statements_that_change_a_name_are_part_of_the_reach() -> None:
    text = "TABLE = {}\nTABLE['a'] = 1\nOTHER = 2\n" + HEAD + "def f(x: str) -> int:\n    return TABLE[x]\n"
    reach = reach_of({"claims.py": text})
    assert [one.source for one in reach.definitions] == ["TABLE = {}", "TABLE['a'] = 1"]
    assert shown(reach) == [":TABLE", ":TABLE"]


def test_imports_for_type_checkers_and_with_fallbacks() -> None:
    files = {
        "kinds.py": "class Kind: ...\n",
        "claims.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from kinds import Kind\n"
        "try:\n    import fast\nexcept ImportError:\n    fast = None\n"
        + HEAD
        + "def f(x: 'Kind') -> object:\n    return fast\n",
    }
    assert shown(reach_of(files)) == ["kinds:Kind", ":Kind", ":fast!"]


def test_a_method_reaches_its_class_without_its_own_suite() -> None:
    text = (
        "RATE = 2\nclass Claim:\n    def other(self):\n        return RATE\n\n"
        "    # spec: Compute it.\n    def f(self, x: int) -> int:\n        return self.other() * x\n"
    )
    reach = reach_of({"claims.py": text}, name="Claim.f")
    assert shown(reach) == [":RATE", ":Claim"]
    source = reach.definitions[-1].source
    assert source.endswith("def f(self, x: int) -> int: ...")
    assert "return RATE" in source
    assert "* x" not in source


def test_another_spec_s_function_is_reached_with_its_body() -> None:
    text = HEAD + "def g(x: int) -> int:\n    return x * 2\n" + HEAD + "def f(x: int) -> int:\n    return g(x)\n"
    assert reach_of({"claims.py": text}).definitions[0].source == "def g(x: int) -> int:\n    return x * 2"


def test_several_names_of_one_statement() -> None:
    text = "LOW, HIGH, NONE = 1, 2, 3\n" + HEAD + "def f(x: int) -> int:\n    return LOW + HIGH\n"
    (one,) = reach_of({"claims.py": text}).definitions
    assert (one.name, one.also) == ("LOW", ("HIGH",))


@pytest.mark.parametrize(
    "text", ["def broken(:\n", "\x0c", "x = '" + "\ud800" + "'\n", "(" * 300 + "\n", "a" + "+1" * 20000 + "\n"]
)
def test_broken_files_are_findings_and_never_exceptions(text: str) -> None:
    files = {"broken.py": text, "claims.py": "from broken import a\n" + HEAD + "def f(x: int) -> int:\n    return a\n"}
    assert codes(reach_of(files)) in (["LK105"], ["LK106"])
    spec = read_specs(files["claims.py"]).find("f")
    assert spec is not None
    assert find_reach(text, "broken.py", spec, files.get).findings


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_line_endings_decorators_and_wide_characters(newline: str) -> None:
    text = newline.join(
        [
            "É = '🦀'; A = É",
            "@staticmethod",
            "def g(x):",
            "    return A  # ü",
            HEAD.strip(),
            "def f(x: int) -> int:",
            "    return g(x)",
            "",
        ]
    )
    reach = reach_of({"claims.py": text})
    assert [one.source for one in reach.definitions] == [
        "É = '🦀'",
        "A = É",
        newline.join(["@staticmethod", "def g(x):", "    return A"]),
    ]


@pytest.mark.parametrize(
    "below",
    [
        "f = lambda x: 0\n",
        "f = g = len\n",
        "from math import floor as f\n",
        "class f: ...\n",
        "for f in ():\n    pass\n",
        "if ONE:\n    f = len\n",
        "del f\n",
        "f += 1\n",
        "f.__code__ = len\n",
        "def g():\n    global f\n    f = len\n",
        "from math import *\n",
    ],
)
def test_a_function_whose_own_name_is_bound_again_is_not_what_runs(below: str) -> None:
    text = f"ONE = 1\n{HEAD}def f(x: int) -> int:\n    return x\n\n\n{below}"
    (found,) = reach_of({"claims.py": text}).findings
    assert (found.code, found.severity) == ("LK109", Severity.ERROR)


@pytest.mark.parametrize(
    "text",
    [
        f"from math import floor as f\n{HEAD}def f(x: int) -> int:\n    return x\n",
        f"from math import *\n{HEAD}def f(x: int) -> int:\n    return x\n",
        f"{HEAD}def f(x: int) -> int:\n    return x\n\n\nf.label = 'eff'\n",
        f"{HEAD}def f(x: int) -> int:\n    return x\n\n\ndef g(f):\n    f = 1\n    return f\n",
    ],
)
def test_what_leaves_the_function_as_it_is_bound_again_by_nothing(text: str) -> None:
    assert codes(reach_of({"claims.py": text})) == []


def test_a_class_that_is_bound_again_counts_as_reached() -> None:
    head = f"class Rate:\n    {HEAD}    def f(self, x: int) -> int:\n        return x\n\n\n"
    assert codes(reach_of({"claims.py": head + "Rate = object\n"}, name="Rate.f")) == ["LK103"]


SHARED = """from __future__ import annotations
from money import cents
LIMIT = 3
TABLE = [LIMIT]
TABLE.append(4)


def clamp(x): return min(x, LIMIT)
def even(x): return x == 0 or odd(x - 1)


# spec: Whether x is odd.
def odd(x: int) -> bool: return x != 0 and even(x - 1)


# spec: Halve.
def half(x: int) -> bool: return even(x)


# spec: Whether x is odd, again.
def again(x: int) -> bool: return even(x)


# spec: Clamp.
def one(x: int) -> int: return cents(clamp(x))


# spec: Clamp, too.
def two(x: int) -> int: return clamp(cents(x))


# spec: Look up.
def three(x: int) -> int: return TABLE[x]


# spec: Look up, too.
def four(x: int) -> int: return TABLE[-x]


# spec: Bound again.
def five(x: int) -> int: return TABLE[-x]
five = clamp


class Box:
    # spec: Clamp, within.
    def six(self, x: int) -> int: return clamp(x)
"""


def test_what_specs_share_of_their_walks_changes_nothing_of_what_each_reaches() -> None:
    files = {"a.py": SHARED, "money.py": "RATE = 100\ndef cents(x): return x * RATE\n"}
    specs = read_specs(SHARED).specs
    assert len(specs) == 9
    for order in (specs, specs[::-1]):
        walked = Walked()
        for spec in order:
            assert find_reach(SHARED, "a.py", spec, files.get, walked=walked) == find_reach(
                SHARED, "a.py", spec, files.get
            ), spec.name
    assert {spec.name: len(find_reach(SHARED, "a.py", spec, files.get).definitions) for spec in specs} == {
        "odd": 2, "half": 3, "again": 3, "one": 6, "two": 6, "three": 4, "four": 4, "five": 4, "Box.six": 4,
    }  # fmt: skip
