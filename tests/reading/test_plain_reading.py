"""The quick reading of verify and the reader that editors have: the same specs wherever the quick one answers."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intaglio.spec import read_specs
from intaglio.spec.module_index import index_module
from intaglio.spec.plain import read_plain, read_unjudged

BLOCKS = (
    "# spec: Return x.\n",
    "# spec: Return x, 星期.\n#   More of it.\n#\n#   And more.\n# rule: x > 1 -> 2\n# rule: otherwise -> raises ValueError(x)\n",
    "# spec: Say.\n# example: f(1) == 2\n# golden: a.jsonl >= 0.5\n# wrong: 1\n# require: (x\n#loose\n",
    "# spec:\n# locked: abc\n# strict: maybe\n# raises: not a name\n# given: a -> b\n",
    "# comment\n# spec: Return x.\n# noqa: E501\n# use: files\n",
)
HEADERS = (
    "def f(x):", "async def f(x: int) -> int:", "def f() -> None:", "def  f (x) :", "def f(\n    x: int,\n    y: str = 'é:',\n) -> str:",
    "@cache\ndef f(x, /, y=1, *, z=(1, 2)):", "@cache\n# between\n@a.b(1)\nasync def f(*args: int, k=None, **more) -> 'x':",
    "def f(x=(1)):", "def f(x: (int)):", "def f(x) -> (int):", "@(cache)\ndef f(x):", "def f(x,  # said: here\n  ):", "def f(* args):",
    "@ cache\ndef f(x):", "def ｆ(x):", "@property\ndef f(self):", "@staticmethod\ndef f(x):", "def f(x) -> Iterator[int]:",
    "def f(x, *, y):", "def f(x: 'a' = 'b', *rest):", "def f(x = # why\n   1):",
)  # fmt: skip
SUITES = (
    " ...", " pass", " return x  # done", "\n    ...\n", "\n    (...)\n", '\n    """Doc."""\n', '\n    """Doc.""" ; return 1\n',
    '\n    ("no doc")\n    return 1\n', '\n    r"doc" "more"\n\n    # first\n    return 1\n    # last\n  # not\n',
    "\n    raise NotImplementedError\n", '\n    raise NotImplementedError("later")\n', "\n    raise (NotImplementedError)\n",
    "\n    raise NotImplementedError from x\n", "\n    raise NotImplementedError.x\n", "\n    yield x\n",
    "\n    def g():\n        yield 1\n    return g\n", "\n    if x:\n        return 1\n        # deep\n    # flat\n\n    # further\n",
    "\n    return 1;\n", ' "doc"; return 1', "\n    @g\n    def h(): pass\n    return h\n",
    "\n    x = '''\n# spec: Not one.\ndef g(): ...\n'''\n", "\n    return '\\\n# spec: x'\n", "\n\n    # only\n    return 1 # é\n",
    "\n    lambda: (yield)\n", '\n    # c\n    """Doc\n    over lines.\n    """\n    # c\n    return 1\n', "\n    return (\n        1\n    )\n",
    "\n\treturn 1\n",
)  # fmt: skip
AROUND = (
    "", "\n", "X = 1\n", "import os\n\n\n", 'T = """\n# spec: No.\n"""\n', "if x:\n    pass\n# spec: Lost.\n", "def f(): ...\n", "\r\n", "\f\n",
)  # fmt: skip
INDENTED = re.compile(r"^(?=.)", re.MULTILINE)


@st.composite
def files(draw: st.DrawFn) -> str:
    """A few specs with functions, at module level or in a class."""
    text = ""
    for number in range(draw(st.integers(1, 3))):
        one = draw(st.sampled_from(BLOCKS)) + draw(st.sampled_from(("", "", "", "\n")))
        one += draw(st.sampled_from(HEADERS)) + draw(st.sampled_from(SUITES))
        if number or draw(st.booleans()):
            one = re.sub(r"\bf\b", f"f{number}", one)
        if draw(st.booleans()):
            bases = draw(st.sampled_from(("", "(B)", "(B,\n  m=1)")))
            one = f"class C{number}{bases}:\n" + INDENTED.sub("    ", one)
        text += draw(st.sampled_from(AROUND)) + one + "\n" + draw(st.sampled_from(AROUND))
    return text


def agrees(text: str) -> bool:
    """Whether the quick reading answers; then it must say the same."""
    quick = read_plain(index_module.__wrapped__("a.py", text))
    if quick is None:
        return False
    slow = read_specs(text, check=False)
    assert (list(quick.specs), quick.findings) == (list(slow.specs), slow.findings)
    return True


@settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck))
@given(files())
def test_the_quick_reading_says_what_the_other_says(text: str) -> None:
    agrees(text)


def test_every_header_over_every_suite_reads_the_same() -> None:
    answered = sum(
        agrees(f"X = 1\n\n\n{block}{header}{suite}") for block in BLOCKS[:2] for header in HEADERS for suite in SUITES
    )
    assert answered > len(HEADERS) * len(SUITES)


def test_the_manual_reads_the_same() -> None:
    manual = "".join(path.read_text(encoding="utf-8") for path in sorted(Path(__file__).parent.glob("*.md")))
    examples = re.findall(r"```python\n(.*?)```", manual, re.DOTALL)
    assert sum(map(agrees, examples)) > 20


@pytest.mark.parametrize(
    "text",
    [
        'class A:\n    """Doc."""\n\n    # spec: Return x.\n    def f(self, x: int = 1) -> int:\n        return x\n',
        "X = 1\n# spec: Return x.\n@cache\ndef f(x): ...\n",
    ],
)
def test_what_people_write_is_read_quickly(text: str) -> None:
    assert agrees(text)
    assert read_unjudged("a.py", text).specs


@pytest.mark.parametrize(
    "text",
    [
        'T = """\n# spec: No.\ndef f(): ...\n"""\n\n# spec: Return x.\ndef g(x): ...\n',
        'T = """\n# spec: No.\n"""; """\n# spec: No.\n"""\ndef f(): ...\n',
        "# spec: Return x.\n\ndef f(x): ...\n",
        "# spec: Return x.\nX = 1\n",
        "def f(x): ...\n\n# spec: Return x.\ndef f(x): ...\n",
        "# spec: Return x.\ndef f(x:\n",
        "@cache\n# spec: Return x.\ndef f(x): ...\n",
    ],
)
def test_the_rest_is_left_to_the_other_reader(text: str) -> None:
    assert not agrees(text)
    assert read_unjudged("a.py", text) == read_specs(text, check=False)
