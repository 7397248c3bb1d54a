"""Make the golden files. Independent of the specs' wording and of any body: tables, integers of cents, hand-made scanners.

Run `python docs/examples/golden/generate.py` to write ../data, with `--check` to compare only. Deterministic.
"""

import bisect
import datetime as dt
import json
import random
import sys
from pathlib import Path

DATA = Path(__file__).resolve().parents[1] / "data"


def prior_authorization(chance):
    """A table over four facts, in tenths; every threshold and its neighbours are among the inputs."""
    table = {(0, 0): "DENY", (0, 1): "DENY", (1, 0): "REVIEW", (1, 1): "APPROVE"}
    ages, sugars, weights = [0, 17, 18, 19, 45, 120], [50, 64, 65, 66, 91], [180, 269, 270, 271, 299, 300, 301, 420]
    for _ in range(120):
        age, sugar, weight = chance.choice(ages), chance.choice(sugars), chance.choice(weights)
        diabetic, comorbid, failed = (chance.random() < share for share in (0.4, 0.5, 0.5))
        heavy = weight // 10 >= 30 or (comorbid and weight // 10 >= 27)
        answer = table[int(heavy), int(failed)]
        if diabetic and sugar > 64:
            answer = "APPROVE"
        if age <= 17:
            answer = "DENY"
        given = {
            "age": age, "has_t2d": diabetic, "a1c": sugar / 10, "bmi": weight / 10, "comorbidity": comorbid,
            "step_therapy_failed": failed,
        }  # fmt: skip
        yield given, {"output": answer}
    for bmi in (10.0, 100.0, 5.0):
        given = {"age": 40, "has_t2d": True, "a1c": 7.0, "bmi": bmi, "comorbidity": False, "step_therapy_failed": True}
        yield given, {"raises": "ValueError"}


def ticket_routing(chance):
    """A dictionary of what is special; everything else is read off it."""
    for category in ("security", "billing", "technical", "feedback", "", "Security"):
        for plan in ("free", "team", "enterprise"):
            for severity in (1, 2, 4):
                special = {
                    ("security",): "security", ("billing", "enterprise"): "enterprise", ("billing",): "billing",
                    ("technical", "enterprise"): "enterprise", ("technical",): "enterprise" if severity < 2 else "technical",
                }  # fmt: skip
                answer = special.get((category, plan)) or special.get((category,)) or "general"
                yield {"category": category, "plan": plan, "severity": severity}, {"output": answer}
    for severity in (0, 5, -1):
        yield {"category": "billing", "plan": "free", "severity": severity}, {"raises": "ValueError"}


def date_window(chance):
    """Days counted by ordinals, around each limit and over leap days."""
    starts = [dt.date(2023, 12, 31), dt.date(2024, 1, 30), dt.date(2024, 2, 28), dt.date(2100, 2, 27), dt.date(2025, 6, 1)]
    for start in starts:
        for gap in (0, 1, 13, 14, 15, 29, 30, 31, 89, 90, 91, 400):
            for _ in range(2):
                member, opened = chance.random() < 0.5, chance.random() < 0.4
                limit = {(0, 0): 30, (1, 0): 90, (0, 1): 14, (1, 1): 14}[int(member), int(opened)]
                day = dt.date.fromordinal(start.toordinal() + gap)
                given = {"delivered": start.isoformat(), "returned": day.isoformat(), "member": member, "opened": opened}
                yield given, {"output": not gap > limit}
    yield {"delivered": "2024-03-01", "returned": "2024-02-29", "member": True, "opened": False}, {"raises": "ValueError"}
    yield {"delivered": "1969-12-31", "returned": "2024-02-29", "member": True, "opened": False}, {"raises": "ValueError"}


def shipping_rate(chance):
    """Grams, and a search in two price lists."""
    home, abroad_prices = ["4.90", "6.90", "12.90", None], ["9.90", "15.90", None, None]
    grams = [1, 400, 999, 1000, 1001, 2500, 4999, 5000, 5001, 12000, 19999, 20000, 20001, 31500, 1000000]
    grams += [chance.randrange(1, 25000) for _ in range(25)]
    for weight in grams:
        for abroad in (False, True):
            price = (abroad_prices if abroad else home)[bisect.bisect_left([1000, 5000, 20000], weight)]
            answer = {"raises": "OverflowError"} if price is None else {"output": price}
            yield {"weight_kg": weight / 1000, "abroad": abroad}, answer
    for weight in (0, -1.5, 1000.5):
        yield {"weight_kg": weight, "abroad": False}, {"raises": "ValueError"}


def claim_line(chance):
    """Whole cents; half up by adding half before an integer division."""
    for number in range(80):
        allowed = chance.choice([0, 1, 33, 999, 4550, 10000, 25013, 123457])
        billed = chance.choice([0, 1, 50, 1000, 4550, 9999, 30001, 150000])
        left = chance.choice([0, 0, 1, 500, 4550, 100000])
        percent = chance.choice([0, 5, 10, 15, 20, 33, 50, 100])
        covered = allowed if allowed < billed else billed
        rest = covered - left if covered > left else 0
        share = (rest * percent * 2 + 100) // 200
        line = {
            "billed": _money(billed), "allowed": _money(allowed), "deductible_left": _money(left), "coinsurance_percent": percent
        }  # fmt: skip
        yield {"line": line}, {"output": _money(rest - share), "note": f"row {number}"}
    bad = {"billed": "-0.01", "allowed": "1.00", "deductible_left": "0.00", "coinsurance_percent": 10}
    yield {"line": bad}, {"raises": "ValueError"}
    yield {"line": {**bad, "billed": "1.00", "coinsurance_percent": 101}}, {"raises": "ValueError"}


def invoice_total(chance):
    """Whole cents again, line by line."""
    for _ in range(70):
        lines = [
            (chance.choice([0, 1, 2, 3, 7, 100]), chance.choice([0, 1, 33, 50, 199, 999, 1999, 123450]), chance.choice([0, 1, 5, 7, 19, 25]))
            for _ in range(chance.choice([0, 1, 1, 2, 3, 5]))
        ]  # fmt: skip
        total = 0
        for quantity, price, percent in lines:
            net = quantity * price
            total += net + (net * percent * 2 + 100) // 200
        rows = [{"quantity": quantity, "unit_price": _money(price), "tax_percent": percent} for quantity, price, percent in lines]
        yield {"lines": rows}, {"output": _money(total)}
    yield {"lines": [{"quantity": -1, "unit_price": "1.00", "tax_percent": 0}]}, {"raises": "ValueError"}
    yield {"lines": [{"quantity": 1, "unit_price": "1.00", "tax_percent": 101}]}, {"raises": "ValueError"}


def address(chance):
    """Character by character into words, then a table."""
    short = dict(zip(
        "STREET AVENUE ROAD BOULEVARD APARTMENT NORTH SOUTH EAST WEST".split(), "ST AVE RD BLVD APT N S E W".split(), strict=True
    ))  # fmt: skip
    words = [
        "Main", "street", "Street,", "AVENUE", "Avenue.", "road", "Roadway", "boulevard", "apartment", "Apt.", "north", "South",
        "EAST", "west", "Western", "12", "7B", "P.O.", "Box", "Elm", "St.", "42,", "#3",
    ]  # fmt: skip
    gaps = [" ", "  ", "\t", " \t ", "   "]
    for number in range(80):
        text = "".join(chance.choice(words) + chance.choice(gaps) for _ in range(chance.randrange(0, 7)))
        if number % 3 == 0:
            text = "  " + text
        collected, word = [], ""
        for character in [*text, " "]:
            if character in " \t":
                if word:
                    collected.append(word)
                word = ""
            elif character not in ".,":
                word += character.upper()
        yield {"line": text}, {"output": " ".join(short.get(one, one) for one in collected)}
    yield {"line": "12 Rue Élysée"}, {"raises": "ValueError"}
    yield {"line": "Straße 1"}, {"raises": "ValueError"}


def field_extraction(chance):
    """A scanner that walks the text; no regular expressions."""
    pieces = [
        "Invoice ", "INV-004217", "INV-99999", "INV-1234567", "inv-123456", "INV-777777.", "$12.50", "$7.5", "$0.99", "$1.234",
        "$1,000.00", " $ 3.10", "$88.00 ", " due ", ", ", "\n", "USD 5.00", "$000.10", "--", "$", "INV-",
    ]  # fmt: skip
    for _ in range(90):
        text = "".join(chance.choice(pieces) + chance.choice(["", " "]) for _ in range(chance.randrange(0, 8)))
        yield {"text": text}, {"output": {"invoice": _scan_invoice(text), "amount_cents": _scan_amount(text)}}


def reshape_order(chance):
    """Quantities first, then numbered."""
    for number in range(60):
        items, kept = [], []
        for place in range(chance.randrange(0, 5)):
            item = {"sku": f"{chance.choice('abcXYZ')}-{place}é", "price_cents": chance.choice([0, 1, 250, 9999])}
            quantity = chance.choice([None, 0, 1, 2, 12])
            if quantity is not None:
                item["quantity"] = quantity
            items.append(item)
            if quantity != 0:
                kept.append((item["sku"].upper(), item["price_cents"] * (1 if quantity is None else quantity)))
        rows = [
            {"order": f"O{number}", "line": line, "sku": sku, "cents": cents} for line, (sku, cents) in zip(range(1, 99), kept, strict=False)
        ]  # fmt: skip
        yield {"order": {"id": f"O{number}", "items": items}}, {"output": rows}


def _money(cents):
    return f"{cents // 100}.{cents % 100:02d}"


def _digits(text, start):
    """How many digits stand at `start`."""
    count = 0
    while start + count < len(text) and text[start + count] in "0123456789":
        count += 1
    return count


def _scan_invoice(text):
    start = text.find("INV-")
    while start >= 0:
        if _digits(text, start + 4) == 6:
            return text[start : start + 10]
        start = text.find("INV-", start + 1)
    return None


def _scan_amount(text):
    for start, character in enumerate(text):
        whole = _digits(text, start + 1)
        point = start + 1 + whole
        if character == "$" and whole and text[point : point + 1] == "." and _digits(text, point + 1) == 2:
            return int(text[start + 1 : point]) * 100 + int(text[point + 1 : point + 3])
    return None


SPECS = (
    prior_authorization, ticket_routing, date_window, shipping_rate, claim_line, invoice_total, address, field_extraction, reshape_order,
)  # fmt: skip


def render(make):
    """One golden file's text."""
    rows = make(random.Random(20260514))
    return "".join(json.dumps({"input": given, **answer}, ensure_ascii=False) + "\n" for given, answer in rows)


def main():
    """Write the files, or compare them with `--check`."""
    stale = []
    for make in SPECS:
        path = DATA / f"{make.__name__}.jsonl"
        if "--check" not in sys.argv:
            path.write_text(render(make), encoding="utf-8")
        elif not path.is_file() or path.read_text(encoding="utf-8") != render(make):
            stale.append(path.name)
    sys.exit(f"not fresh: {', '.join(stale)}" if stale else 0)


if __name__ == "__main__":
    main()
