"""Every gate can fail: each known-bad body is refused by exactly the stage named, with the earlier ones passed."""

import pytest

from intaglio.selfcheck import check_known_bad, verdicts_of
from intaglio.validate.known_bad import KNOWN_BAD, KnownBad
from intaglio.validate.tools import Toolbox
from intaglio.validate.verdict import StageName


@pytest.fixture(scope="module")
def toolbox():
    with Toolbox() as opened:
        yield opened


@pytest.mark.parametrize("case", KNOWN_BAD, ids=lambda case: f"{case.stage}: {case.name}")
def test_refused_where_it_must_be(case, toolbox, tmp_path):
    verdicts = verdicts_of(toolbox, tmp_path, case)
    place = list(StageName).index(case.stage)
    outcomes = [verdict.outcome.value for verdict in verdicts]
    said = [(finding.code, finding.message) for verdict in verdicts for finding in verdict.findings]
    assert outcomes == ["passed"] * place + ["failed"] + ["skipped"] * (3 - place), said
    assert case.code in {finding.code for finding in verdicts[place].findings}
    assert all(finding.place is not None for finding in verdicts[place].findings)


def test_the_self_check_can_fail(toolbox, tmp_path):
    good = KnownBad("a right body", "return 2 * x", StageName.ACCURACY, "AC101")
    (checked,) = check_known_bad(toolbox, tmp_path, [good])
    assert not checked.ok
    assert "got through" in checked.said


BENIGN = {
    "comprehension and sort": "pairs = sorted((n, n * x) for n in range(3))\nreturn pairs[-1][1]",
    "string building": 'text = ", ".join(f"{n:02d}" for n in range(3))\nreturn 2 * x if len(text) == 10 else 0',
    "decimal rounding": 'from decimal import ROUND_HALF_UP\nreturn int((Decimal(x) * 2).quantize(Decimal("1"), rounding=ROUND_HALF_UP))',
    "regex with a fixed pattern": 'found = re.fullmatch(r"(-?)([0-9]+)", str(x))\nreturn 2 * int(found.group()) if found else 0',
    "nested helper": "def twice(value: int) -> int:\n    return value + value\n\nreturn twice(x)",
    "match statement": "match x:\n    case 0:\n        return 0\n    case _:\n        return x + x",
    "datetime arithmetic": "from datetime import date, timedelta\nday = date(2024, 1, 1) + timedelta(days=x)\nreturn 2 * (day - date(2024, 1, 1)).days",
    "itertools and functools": "import functools\nimport itertools\nreturn functools.reduce(lambda a, b: a + b, itertools.repeat(x, 2))",
    "try and except": "try:\n    return int(str(x)) * 2\nexcept ValueError:\n    return 0",
    "counter": "from collections import Counter\ncounts = Counter([x, x])\nreturn x * counts[x]",
    "workspace helper": "return half(4 * x)",
    "json round trip": "import json\nvalue: int = json.loads(json.dumps(x))\nreturn value + value",
    "walrus and any": "if any((found := n) == 2 for n in range(3)):\n    return found * x\nreturn 0",
    "dataclass inside": "@dataclass\nclass Pair:\n    left: int\n    right: int\n\npair = Pair(x, x)\nreturn pair.left + pair.right",
    "math": "import math\nreturn int(math.copysign(2 * abs(x), x))",
    "operator": "import operator\nreturn operator.mul(2, x)",
    "while loop": "total = 0\nfor _ in range(2):\n    total += x\nreturn total",
    "dictionary lookup": 'table = {"a": 2}\nreturn table.get("a", 0) * x',
    "statistics": "import statistics\nreturn int(statistics.fmean([x, x]) * 2)",
    "format method": 'return 2 * int("{}".format(x))',
    "format method with a precision": 'return 2 * int(float("{:.1f}{{.}}".format(float(x)).removesuffix("{.}")))',
    "format method with a width from an argument": 'return 2 * int("{:>{}}".format(x, 9))',
}


@pytest.mark.parametrize("name", BENIGN)
def test_a_benign_body_passes_security_and_syntax(name, toolbox, tmp_path):
    case = KnownBad(name, BENIGN[name], StageName.ACCURACY, "")
    security, syntax, *_ = verdicts_of(toolbox, tmp_path, case)
    said = [(finding.code, finding.message) for finding in (*security.findings, *syntax.findings)]
    assert (security.outcome.value, syntax.outcome.value) == ("passed", "passed"), said
