"""A body is found in whatever a model answers, or refused with the reason."""

import pytest

from intaglio.generate.extract import code_so_far
from intaglio.generate.extract import extract_body as extract_into
from intaglio.spec import read_specs
from intaglio.spec.module_index import index_module

FUNCTION = read_specs("# spec: Return x doubled.\ndef f(x: int) -> int: ...\n").specs[0].function
METHOD = read_specs("class A:\n    # spec: Return x doubled.\n    def f(self, x: int) -> int: ...\n").specs[0].function


def extract_body(answer, function, module=""):
    """The body in an answer, for a function of a module with this text."""
    return extract_into(answer, function, index_module("a.py", module))


ANSWERS = {
    "the whole function": "```python\ndef f(x: int) -> int:\n    return x * 2\n```",
    "prose around it": "Sure!\n\n```python\ndef f(x):\n    return x * 2\n```\nThis doubles x.",
    "no fence": "def f(x: int) -> int:\n    return x * 2",
    "no fence, prose behind": "def f(x: int) -> int:\n    return x * 2\n\nThis doubles x, as asked.",
    "an open fence": "```python\ndef f(x):\n    return x * 2\n",
    "tildes": "~~~\ndef f(x):\n    return x * 2\n~~~",
    "a body alone": "```python\nreturn x * 2\n```",
    "an indented body": "```python\n    return x * 2\n```",
    "indented with tabs": "```python\ndef f(x):\n\treturn x * 2\n```",
    "two blocks, the last has it": "```python\nprint(f(1))\n```\n```python\ndef f(x):\n    return x * 2\n```",
    "two blocks, the first has it": "```python\ndef f(x):\n    return x * 2\n```\nUse it so:\n```python\nprint(f(1))\n```",
    "two versions, the last wins": "```python\ndef f(x):\n    return x * 3\n```\nBetter:\n```python\ndef f(x):\n    return x * 2\n```",
    "on one line": "```python\ndef f(x): return x * 2\n```",
    "tests behind": "```python\ndef f(x):\n    return x * 2\n\nassert f(1) == 2\n```",
    "half a test behind": "```python\ndef f(x):\n    return x * 2\n\nassert f(1) == (\n```",
    "with the docstring": '```python\ndef f(x):\n    """Return x doubled.\n\n    >>> f(1)\n    2\n    """\n    return x * 2\n```',
    "with the docstring on one line": '```python\ndef f(x): "Doubled."; return x * 2\n```',
    "CRLF": "```python\r\ndef f(x):\r\n    return x * 2\r\n```\r\n",
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_found(answer):
    found = extract_body(ANSWERS[answer], FUNCTION)
    assert found.body is not None, found.findings
    assert found.body.strip() == "return x * 2"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("", ""),
        ("``", ""),
        ("```pyth", ""),
        ("```python\nretu", "retu"),
        ("Sure:\n```python\nreturn x\n``", "return x\n"),
        ("```python\nreturn x\n```\nIt doubles", "return x\n"),
        ("```\na\n```\nBetter:\n~~~\nreturn", "return"),
        ("return x *", "return x *"),
        ("total = 0\nfor", "total = 0\nfor"),
        ("Sure, here it is.\n", ""),
        ("If x is", ""),
    ],
)
def test_what_there_is_of_an_answer_still_being_written(answer, code):
    assert code_so_far(answer) == code


def test_a_tab_in_a_text_stays():
    assert extract_body("```python\ndef f(x):\n\treturn x + '\t'\n```", FUNCTION).body == "return x + '\t'\n"


def test_in_a_class():
    assert (
        extract_body("```python\nclass A:\n    def f(self, x):\n        return x * 2\n```", METHOD).body
        == "return x * 2\n"
    )


def test_what_it_uses_comes_along():
    answer = "```python\nimport math\nimport os\nRATE = 2\n\ndef twice(x):\n    return x * RATE\n\ndef f(x):\n    # twice\n    return math.floor(twice(x)) * RATE\n```"
    assert extract_body(answer, FUNCTION).body == (
        "import math\nRATE = 2\ndef twice(x):\n    return x * RATE\n# twice\nreturn math.floor(twice(x)) * RATE\n"
    )


MODULE = """\
from datetime import date, timedelta
from typing import TYPE_CHECKING
import math
import re

if TYPE_CHECKING:
    import json

math = None
RATE = 2
MOST = 1
MOST += 1

def twice(x):
    return x * 2

def f(x): ...
"""


@pytest.mark.parametrize(
    ("above", "within", "left"),
    [
        ("import re\n", "", ""),
        ("from datetime import timedelta\n", "", ""),
        ("", "from datetime import date\n    from datetime import (\n        timedelta,\n    )\n    ", ""),
        ("RATE = 2\n\ndef twice(x):\n    return x * 2\n\n", "", ""),
        ("RATE = 3\n", "", "RATE = 3\n"),
        ("MOST = 1\n", "", "MOST = 1\n"),
        ("def twice(x):\n    return x + x\n", "", "def twice(x):\n    return x + x\n"),
        ("", "import re as r; n = 1\n    ", "import re as r; n = 1\n"),
        ("", "import re; n = 1\n    ", "import re; n = 1\n"),
        ("from datetime import date, time\n", "", "from datetime import time\n"),
        (
            "",
            "from datetime import time, date as day, date\n    ",
            "from datetime import time\nfrom datetime import date as day\n",
        ),
        ("import json\n", "", "import json\n"),
        ("import math\n", "", "import math\n"),
        ("import datetime as date\n", "", "import datetime as date\n"),
    ],
)
def test_what_stands_in_the_module_just_so_is_not_bound_again(above, within, left):
    """An import within a function that repeats the module's is a finding of the syntax stage, and right answers were refused for it."""
    code = "return twice(x) * RATE + re.n + date.n + day.n + time.n + timedelta.n + json.n + math.n + MOST"
    found = extract_body(f"```python\n{above}def f(x):\n    {within}{code}\n```", FUNCTION, MODULE)
    assert found.body == f"{left}{code}\n"


def test_nothing_is_left_out_for_a_module_that_does_not_parse():
    found = extract_body("```python\nimport re\ndef f(x):\n    return re.n\n```", FUNCTION, "import re\n(")
    assert found.body == "import re\nreturn re.n\n"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("", "no code"),
        ("I cannot do that.", "no code"),
        ("```python\ndef g(x):\n    return x\n```", "defines `g`"),
        ("```python\nreturn (\n```", "does not parse"),
        ("```\n\0\n```", "does not parse"),
        ("```python\n```", "does not parse"),
    ],
)
def test_refused(answer, said):
    found = extract_body(answer, FUNCTION)
    assert found.body is None
    (finding,) = found.findings
    assert said in finding.message
