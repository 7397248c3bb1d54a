"""Totals of an invoice."""

from decimal import Decimal
from typing import NamedTuple


class Line(NamedTuple):
    """A line of an invoice: how many, at which net price each, taxed by which percentage."""

    quantity: int
    unit_price: Decimal
    tax_percent: int


# spec: Compute the gross total of an invoice from its lines.
#   Each line's net amount is quantity times unit price. Each line's tax is its net amount times its tax percentage over
#   100, rounded half up to cents line by line. The total is the sum of all net amounts and taxes, rounded half up to
#   cents. The total of no lines is 0.00.
# require: all(0 <= line.quantity <= 10000 for line in lines)
# require: all(0 <= line.unit_price <= 100000 and 0 <= line.tax_percent <= 100 for line in lines)
# ensure: result >= 0
# example: invoice_total([]) == Decimal("0.00")
# example: invoice_total([Line(1, Decimal("10.00"), 19)]) == Decimal("11.90")
# example: invoice_total([Line(3, Decimal("0.33"), 7)]) == Decimal("1.06")
# example: invoice_total([Line(1, Decimal("0.50"), 1), Line(1, Decimal("0.50"), 1)]) == Decimal("1.02")
# example: invoice_total([Line(2, Decimal("19.99"), 0), Line(1, Decimal("5.00"), 19)]) == Decimal("45.93")
# golden: data/invoice_total.jsonl
def invoice_total(lines: list[Line]) -> Decimal: ...
