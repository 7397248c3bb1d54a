"""Rename: the text with `$0` at the cursor, and the whole text after it; or the reason of a refusal."""

import pytest

from intaglio.assist.references import references, subject_at
from intaglio.assist.rename import RenameRefused, prepare_rename, rename

TEXT = '''\
LIMIT = 10


# spec: Say whether the amount is too high. The amount is in cents.
#   The word amount stays.
# require: amount > 0 and all(amount for amount in [1]) and "amount"
# raises: KeyError when amount == 3
# rule: amount > LIMIT -> f"{amount:>{amount}} amount"
# rule: otherwise -> str(
#     amount)
# ensure: result != "😀" + str(amount)
# example: judge(1) == "1"
# example: judge(amount=2, note="amount") == "2"
# example: judge(0) raises ValueError
# golden: rows.jsonl
def judge(amount: int, *, note: str = "amount") -> str:
    """The amount."""
    key = dict(amount=amount)
    inner = lambda amount: amount
    if (total := amount) and [amount for amount in range(amount)]:
        amount += 1

    def nested(x):
        nonlocal amount
        return x.amount + amount

    def other():
        amount = 3
        return amount

    return f"{amount!r} {note}" + judge(amount=amount)


# spec: Say it with another.
# example: ask(2) == judge(amount=2)
# require: judge(amount) == "1"
def ask(amount: int) -> str:
    return judge(amount, note="x") + judge(amount=amount)
'''
PARAMETER = '''\
LIMIT = 10


# spec: Say whether the amount is too high. The amount is in cents.
#   The word amount stays.
# require: cost > 0 and all(amount for amount in [1]) and "amount"
# raises: KeyError when cost == 3
# rule: cost > LIMIT -> f"{cost:>{cost}} amount"
# rule: otherwise -> str(
#     cost)
# ensure: result != "😀" + str(cost)
# example: judge(1) == "1"
# example: judge(cost=2, note="amount") == "2"
# example: judge(0) raises ValueError
# golden: rows.jsonl
def judge(cost: int, *, note: str = "amount") -> str:
    """The amount."""
    key = dict(amount=cost)
    inner = lambda amount: amount
    if (total := cost) and [amount for amount in range(cost)]:
        cost += 1

    def nested(x):
        nonlocal cost
        return x.amount + cost

    def other():
        amount = 3
        return amount

    return f"{cost!r} {note}" + judge(cost=cost)


# spec: Say it with another.
# example: ask(2) == judge(cost=2)
# require: judge(amount) == "1"
def ask(amount: int) -> str:
    return judge(amount, note="x") + judge(cost=amount)
'''


def renamed(view, offset, name, paths=()):
    found = rename(view, offset, name, paths)
    texts = {view.path: view.document.data}
    for edit in sorted(found.edits, key=lambda one: one.span, reverse=True):
        data = texts.get(edit.path)
        data = view.snapshot.read(edit.path) if data is None else data
        texts[edit.path] = data[: edit.span.start] + edit.new_text.encode() + data[edit.span.end :]
    return {path: data.decode() for path, data in texts.items()}, found.notes


def at(word, skip=0, text=TEXT):
    place = -1
    for _ in range(skip + 1):
        place = text.index(word, place + 1)
    return text[: place + 1] + "$0" + text[place + 1 :]


@pytest.mark.parametrize(
    "cursor", ["amount > 0", "amount: int", "amount > LIMIT", "amount=2, note", "amount += 1", "amount!r"]
)
def test_a_parameter_from_any_of_its_places(view_at, cursor):
    view, offset = view_at(at(cursor))
    texts, notes = renamed(view, offset, "cost")
    assert texts[view.path] == PARAMETER
    assert notes == ()


def test_the_function_from_an_example_and_from_its_header(view_at):
    expected = TEXT.replace("judge", "decide")
    for cursor in ("judge(1)", "judge(amount: int", "judge(amount=amount)\n\n\n"):
        view, offset = view_at(at(cursor))
        assert renamed(view, offset, "decide")[0][view.path] == expected


def test_golden_rows_are_data_and_said_so(view_at):
    view, offset = view_at(at("amount > 0"), files={"rows.jsonl": '{"input": {"amount": 1}, "output": "1"}\n'})
    texts, (note,) = renamed(view, offset, "cost")
    assert note.startswith("rows.jsonl names the parameter as a key of its rows")
    assert list(texts) == [view.path]


def test_importers_are_followed_where_the_text_tells(view_at):
    files = {
        "plain.py": "from claims import (\n    judge,\n)\n\n\n# spec: Ask it.\n# example: f(1) == judge(1)\ndef f(x):\n    judge = 3\n    return judge\n\n\ny = judge(1)\n",
        "alias.py": "from claims import judge as j\n\njudge = j(1)\n",
        "module.py": "import claims\n\nx = claims.judge(1)\n",
        "foreign.py": "from other import judge\n\nx = judge(1)\n",
    }
    view, offset = view_at(at("judge(1)"), files=files)
    texts, notes = renamed(view, offset, "decide", sorted(files))
    assert sorted(texts) == ["alias.py", "claims.py", "plain.py"]
    assert texts["plain.py"] == (
        "from claims import (\n    decide,\n)\n\n\n# spec: Ask it.\n# example: f(1) == decide(1)\n"
        "def f(x):\n    judge = 3\n    return judge\n\n\ny = decide(1)\n"
    )
    assert texts["alias.py"] == "from claims import decide as j\n\njudge = j(1)\n"
    assert notes == ("module.py takes `judge` in a way that is not followed; change it there too",)


def test_a_lock_that_names_the_function_is_said(locked_as):
    view, offset = locked_as(at("judge(1)"), files={"rows.jsonl": ""})
    assert any("the lock names `judge`" in note for note in rename(view, offset, "decide").notes)


METHOD = """\
class Claim:
    # spec: Return the total at a rate.
    # ensure: result == self.total(rate) + rate
    # example: Claim().total(rate=2) == 2
    # example: Claim().total(3) == 3
    def total(self, rate: int) -> int:
        return self.total(rate=rate)
"""


def test_a_method_and_its_parameter(view_at):
    view, offset = view_at(at("rate=2", text=METHOD))
    texts, notes = renamed(view, offset, "share")
    assert texts[view.path] == METHOD.replace("rate", "share").replace("at a share", "at a rate").replace(
        "self.total(share=share)", "self.total(rate=share)"
    )
    assert notes == ("calls of `total` outside of its spec that give `rate=` are not followed",)
    view, offset = view_at(at("total(3)", text=METHOD))
    texts, notes = renamed(view, offset, "whole")
    assert texts[view.path] == METHOD.replace("total", "whole").replace("the whole at", "the total at").replace(
        "return self.whole", "return self.total"
    )
    assert notes


@pytest.mark.parametrize(
    ("cursor", "name", "reason"),
    [
        ("amount > 0", "note", "has a parameter `note` already"),
        ("amount > 0", "total", "means something else"),
        ("amount > 0", "LIMIT", "means something else"),
        ("amount > 0", "result", "stands for the outcome"),
        ("amount > 0", "a b", "is no name"),
        ("amount > 0", "class", "is no name"),
        ("judge(1)", "ask", "uses the name `ask` already"),
        ("judge(1)", "LIMIT", "uses the name `LIMIT` already"),
        ("judge(1)", "total", "uses the name `total` already"),
        ("judge(1)", "approx", "a word of the spec language"),
        ("LIMIT ->", "MOST", "only the function of a spec and its parameters"),
        ("cents", "euros", "only the function of a spec and its parameters"),
    ],
)
def test_refused_with_a_reason(view_at, cursor, name, reason):
    view, offset = view_at(at(cursor))
    with pytest.raises(RenameRefused, match=reason):
        rename(view, offset, name)


def test_a_body_that_imports_over_its_parameter_is_refused(view_at):
    text = "# spec: Return it.\n# require: x > 0\ndef f(x: int) -> int:\n    import os as x\n    return x\n"
    view, offset = view_at(at("x > 0", text=text))
    with pytest.raises(RenameRefused, match="imports something as `x`"):
        rename(view, offset, "y")


def test_what_could_be_renamed(view_at):
    view, offset = view_at(at("amount > LIMIT"))
    span, name = prepare_rename(view, offset)
    assert (name, view.document.data[span.start : span.end]) == ("amount", b"amount")
    assert prepare_rename(*view_at(at("LIMIT ->"))) is None
    assert prepare_rename(*view_at(at("x.amount").replace("x$0.amount", "x.am$0ount"))) is None


def test_references_mark_the_definition(view_at):
    view, offset = view_at(at("judge(1)"))
    subject, _ = subject_at(view, offset)
    found = references(view, subject)
    assert [one.is_definition for one in found].count(True) == 1
    assert {view.document.data[one.span.start : one.span.end] for one in found} == {b"judge"}
    assert len(found) == TEXT.count("judge")
