"""Slips that need no model: a forgotten import, an argument that is changed in place. All else is left to the model."""

import pytest

from intaglio.finding import Finding, Severity
from intaglio.generate.mend import CHANGED_ARGUMENT, mend
from intaglio.spec import read_specs
from intaglio.validate.codes import CODES

FUNCTION = (
    read_specs(
        "# spec: Return what is there.\ndef f(items: list[int], table: dict[str, int], *, seen: set[int], text: str) -> int: ...\n"
    )
    .specs[0]
    .function
)
CHANGED = (Finding(CHANGED_ARGUMENT, Severity.ERROR, "`f([1])` changes argument 0"),)


def undefined(*names):
    return tuple(Finding("SY103", Severity.ERROR, f"F821: Undefined name `{name}`") for name in names)


@pytest.mark.parametrize(
    ("body", "findings", "mended"),
    [
        ("return len(re.split(',', text))\n", undefined("re"), "import re\n"),
        ("return Counter(items)[0]\n", undefined("Counter", "Counter"), "from collections import Counter\n"),
        ("return math.floor(sqrt(4))\n", undefined("math", "sqrt"), "import math\nfrom math import sqrt\n"),
        ("items.sort()\nreturn items[0]\n", CHANGED, "items = list(items)\n"),
        ("table['a'] = 1\nreturn 1\n", CHANGED, "table = dict(table)\n"),
        ("del items[0]\nseen |= {1}\nreturn 1\n", CHANGED, "items = list(items)\nseen = set(seen)\n"),
        ("while items:\n    items.pop()\nreturn 0\n", CHANGED, "items = list(items)\n"),
    ],
)
def test_put_right(body, findings, mended):
    found, done = mend(body, FUNCTION, findings)
    assert found == mended + body
    assert len(done) == mended.count("\n")


def test_a_copy_stands_behind_the_imports():
    found, _ = mend("import math\nitems.sort()\nreturn math.floor(items[0])\n", FUNCTION, CHANGED)
    assert found == "import math\nitems = list(items)\nitems.sort()\nreturn math.floor(items[0])\n"


@pytest.mark.parametrize(
    ("body", "findings"),
    [
        ("return helper(text)\n", undefined("helper")),
        ("return os.getpid()\n", undefined("os")),
        ("return datetime.now()\n", undefined("datetime")),
        ("other = items\nother.sort()\nreturn other[0]\n", CHANGED),
        ("text.append(1)\nreturn 1\n", CHANGED),
        ("items.sort()\nreturn items[0]\n", ()),
        ("items.sort(\n", CHANGED),
    ],
)
def test_left_alone(body, findings):
    assert mend(body, FUNCTION, findings) is None


def test_the_finding_that_it_answers_is_the_execution_stage_s():
    assert {code.id: code.name for code in CODES}[CHANGED_ARGUMENT] == "changed-argument"
