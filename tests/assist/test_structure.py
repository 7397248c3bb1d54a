"""Symbols, folding and selection: the shape of a file's specs."""

import itertools

import pytest

from intaglio.assist.folding import folding_ranges, selection_ranges
from intaglio.assist.symbols import document_symbols, matches

TEXT = """\
class Claim:
    # spec: Return the total.
    #   At a rate.
    # ensure: (result >
    #     0 and
    #     "😀" != rate.real + 1)
    # example: Claim().total(2) == 1
    def total(self, rate: int) -> int:
        return 1


# spec: Do it.
def g(): ...
"""


def shown(view, span):
    return view.document.data[span.start : span.end].decode()


def test_the_outline_has_states_and_directives(unlocked_as):
    view, _ = unlocked_as(TEXT, "unlocked")
    first, second = document_symbols(view)
    assert (first.name, first.detail, first.kind) == ("Claim.total", "unlocked", "method")
    assert (second.name, second.kind) == ("g", "function")
    assert [(child.name, child.detail) for child in first.children] == [
        ("ensure", '(result > 0 and "😀" != rate.real + 1)'), ("example", "Claim().total(2) == 1"),
    ]  # fmt: skip
    assert shown(view, first.selection) == "total"
    for symbol in (first, second, *first.children):
        assert symbol.span.start <= symbol.selection.start
        assert symbol.selection.end <= symbol.span.end


def test_blocks_and_long_values_fold(view_at):
    view, _ = view_at(TEXT)
    found = [
        (fold.kind, shown(view, fold.span).partition("\n")[0], shown(view, fold.span).rpartition("\n")[2].strip())
        for fold in folding_ranges(view)
    ]
    assert found == [
        ("comment", "# spec: Return the total.", "# example: Claim().total(2) == 1"),
        ("region", "ensure: (result >", '#     "😀" != rate.real + 1)'),
    ]


@pytest.mark.parametrize(
    ("cursor", "expected"),
    [
        ("real", ["real", "rate.real", "rate.real + 1", '"😀" != rate.real + 1']),
        ("total(2)", ["total", "Claim().total", "Claim().total(2)", "Claim().total(2) == 1"]),
        ("ensure", ["ensure"]),
        ("At a rate", []),
        ("return 1", []),
    ],
)
def test_a_selection_grows(view_at, cursor, expected):
    place = TEXT.index(cursor) + 1
    view, offset = view_at(TEXT[:place] + "$0" + TEXT[place:])
    spans = selection_ranges(view, offset)
    assert [shown(view, span) for span in spans[: len(expected)]] == expected
    assert spans[-1].start == 0
    assert shown(view, spans[-2]).startswith("# spec: Return the total.")
    assert shown(view, spans[-2]).endswith("return 1")
    for inner, outer in itertools.pairwise(spans):
        assert outer.start <= inner.start
        assert inner.end <= outer.end
        assert inner != outer


def test_outside_of_specs_the_whole_file_is_selected(view_at):
    view, offset = view_at("$0" + TEXT)
    assert [shown(view, span) for span in selection_ranges(view, offset)] == [TEXT]


def test_matching_names():
    names = ["decide", "Claim.total", "deny_claim", "other"]
    assert [names[number] for number in matches("cl", names)] == ["Claim.total", "deny_claim"]
    assert [names[number] for number in matches("dcm", names)] == ["deny_claim"]
    assert [names[number] for number in matches("", names)] == names
    assert matches("xyz", names) == ()
