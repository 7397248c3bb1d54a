"""Adjudication of one line of a medical claim."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class ClaimLine:
    """What was billed, what the contract allows, and what the patient has left to pay this year, in dollars."""

    billed: Decimal
    allowed: Decimal
    deductible_left: Decimal
    coinsurance_percent: int


# spec: Compute what the plan pays for a claim line, in dollars rounded half up to cents.
#   The covered amount is the smaller of billed and allowed. The patient first pays what is left of the deductible, at
#   most the covered amount. Of the remainder the patient pays the coinsurance percentage, rounded half up to cents, and
#   the plan pays the rest.
# require: 0 <= line.billed <= 1000000 and 0 <= line.allowed <= 1000000
# require: 0 <= line.deductible_left <= 1000000
# require: 0 <= line.coinsurance_percent <= 100
# ensure: 0 <= result <= min(line.billed, line.allowed) + Decimal("0.01")
# example: plan_pays(ClaimLine(Decimal("200.00"), Decimal("150.00"), Decimal("0.00"), 20)) == Decimal("120.00")
# example: plan_pays(ClaimLine(Decimal("100.00"), Decimal("150.00"), Decimal("100.00"), 20)) == Decimal("0.00")
# example: plan_pays(ClaimLine(Decimal("100.00"), Decimal("90.00"), Decimal("40.00"), 0)) == Decimal("50.00")
# example: plan_pays(ClaimLine(Decimal("100.00"), Decimal("90.00"), Decimal("40.00"), 100)) == Decimal("0.00")
# example: plan_pays(ClaimLine(Decimal("0.01"), Decimal("90.00"), Decimal("0.00"), 50)) == Decimal("0.00")
# golden: data/claim_line.jsonl
def plan_pays(line: ClaimLine) -> Decimal: ...
