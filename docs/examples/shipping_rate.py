"""Shipping rates by weight and zone."""

from decimal import Decimal


# spec: Price a parcel by weight and zone, in euros.
#   Up to 1 kg costs 4.90 at home and 9.90 abroad. Up to 5 kg costs 6.90 at home and 15.90 abroad. Up to 20 kg costs
#   12.90 at home. Heavier parcels, and those of more than 5 kg abroad, go by freight, which is an error here.
# require: 0 < weight_kg <= 1000
# rule: weight_kg <= 1 and not abroad -> Decimal("4.90")
# rule: weight_kg <= 1 -> Decimal("9.90")
# rule: weight_kg <= 5 and not abroad -> Decimal("6.90")
# rule: weight_kg <= 5 -> Decimal("15.90")
# rule: weight_kg <= 20 and not abroad -> Decimal("12.90")
# rule: otherwise -> raises OverflowError("the parcel goes by freight")
# raises: OverflowError
# example: shipping_rate(0.4, False) == Decimal("4.90")
# example: shipping_rate(1.0, True) == Decimal("9.90")
# example: shipping_rate(5.0, False) == Decimal("6.90")
# example: shipping_rate(20.0, False) == Decimal("12.90")
# example: shipping_rate(5.1, True) raises OverflowError
# example: shipping_rate(0, True) raises ValueError
# golden: data/shipping_rate.jsonl
def shipping_rate(weight_kg: float, abroad: bool) -> Decimal: ...
