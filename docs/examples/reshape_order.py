"""Reshaping of JSON between two systems."""

from typing import NotRequired, TypedDict


class Item(TypedDict):
    """A line of an order: what, how many (1 where it is missing), at how many cents each."""

    sku: str
    price_cents: int
    quantity: NotRequired[int]


class Order(TypedDict):
    """An order as the shop sends it."""

    id: str
    items: list[Item]


# spec: Reshape an order into the rows that the warehouse wants.
#   Return one row for each item, in the order of the items: a dict with "order" (the order's id), "line" (counting from
#   1), "sku" (in upper case) and "cents" (price times quantity; a missing quantity counts as 1). Leave out items whose
#   quantity is 0; the line numbers count only the rows that are returned.
# ensure: [row["line"] for row in result] == list(range(1, len(result) + 1))
# example: order_rows({"id": "A1", "items": []}) == []
# example: order_rows({"id": "A1", "items": [{"sku": "x", "price_cents": 250}]}) == [{"order": "A1", "line": 1, "sku": "X", "cents": 250}]
# example: order_rows({"id": "B", "items": [{"sku": "a", "price_cents": 5, "quantity": 0}, {"sku": "b", "price_cents": 5, "quantity": 3}]}) == [{"order": "B", "line": 1, "sku": "B", "cents": 15}]
# golden: data/reshape_order.jsonl
def order_rows(order: Order) -> list[dict[str, str | int]]: ...
