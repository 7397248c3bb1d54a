"""Extraction of fields from the text of a letter."""

import re
from typing import TypedDict


class Fields(TypedDict):
    """What was found; None where the text says nothing."""

    invoice: str | None
    amount_cents: int | None


# spec: Extract the invoice number and the amount from a text.
#   The invoice number is the first match of INV- followed by exactly six digits, in this spelling and not followed by a
#   further digit; give it with its prefix. The amount is the first match of a dollar sign directly followed by digits, a
#   period and exactly two digits that no digit follows; give it in cents as a whole number. What is not found is None.
# ensure: set(result) == {"invoice", "amount_cents"}
# example: extract_fields("Invoice INV-004217 over $12.50 is due.") == {"invoice": "INV-004217", "amount_cents": 1250}
# example: extract_fields("Pay $7.05 soon") == {"invoice": None, "amount_cents": 705}
# example: extract_fields("INV-12 is no number, nor is $5") == {"invoice": None, "amount_cents": None}
# example: extract_fields("INV-1234567 INV-123456") == {"invoice": "INV-123456", "amount_cents": None}
# example: extract_fields("$1.234 and $2.34") == {"invoice": None, "amount_cents": 234}
# golden: data/field_extraction.jsonl
def extract_fields(text: str) -> Fields: ...
