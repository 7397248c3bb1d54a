"""A compiled function against the same logic written by hand: what a template costs at run time."""

import statistics
import timeit

from intaglio.generate.rules import rules_body
from intaglio.spec import read_specs
from intaglio.template import assemble, load_template
from intaglio.template.model import FormatSettings

SPEC = """\
# spec: Decide a prior-authorization request.
# require: 10 < bmi < 100
# rule: has_t2d -> "APPROVE"
# rule: bmi >= 30 and failed -> "APPROVE"
# rule: otherwise -> "DENY"
def decide(has_t2d: bool, bmi: float, failed: bool) -> str: ...
"""


def by_hand(has_t2d: bool, bmi: float, failed: bool) -> str:
    """The same, by hand."""
    if not 10 < bmi < 100:
        raise ValueError("bmi")
    if has_t2d or (bmi >= 30 and failed):
        return "APPROVE"
    return "DENY"


def main():
    (spec,) = read_specs(SPEC).specs
    filled = assemble(SPEC, spec, load_template("function", None), rules_body(spec), FormatSettings())
    namespace = {}
    exec(filled.text, namespace)
    compiled = namespace["decide"]
    cases = [(False, 31.0, True), (True, 24.0, False), (False, 24.0, False)]

    def run(function):
        return lambda: [function(*case) for case in cases]

    pairs = [(timeit.timeit(run(compiled), number=20000), timeit.timeit(run(by_hand), number=20000)) for _ in range(15)]
    ratio = statistics.median(one / other for one, other in pairs)
    print(f"compiled against hand-written: {ratio:.2f}x (median of {len(pairs)} paired runs)")


if __name__ == "__main__":
    main()
