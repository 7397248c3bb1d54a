"""Every feature at every place of texts that are broken at random: an answer or none, never an exception, never a wrong place."""

import datetime as dt
import random
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from intaglio.assist.completion import attribute_request, complete
from intaglio.assist.definition import definition, document_links
from intaglio.assist.fixes import fixes_at
from intaglio.assist.folding import folding_ranges, selection_ranges
from intaglio.assist.hover import hover
from intaglio.assist.inlay_hints import inlay_hints
from intaglio.assist.insert_spec import insert_spec
from intaglio.assist.lenses import lenses, priced_title
from intaglio.assist.references import references, subject_at
from intaglio.assist.rename import RenameRefused, rename
from intaglio.assist.semantic_tokens import semantic_tokens
from intaglio.assist.signature_help import signature_help
from intaglio.assist.symbols import document_symbols
from intaglio.config import Settings
from intaglio.finding import Span
from intaglio.spec.document import Document

EXAMPLES = sorted((Path(__file__).parents[2] / "docs" / "examples").glob("*.py"))
PIECES = [
    "",
    "(",
    ")",
    '"',
    "#",
    "\n",
    "# spec: ",
    "# require: ",
    "😀",
    "->",
    "raises ",
    "\t",
    "def ",
    "...",
    "'''",
    "\r\n",
    ":",
    " ",
    "f'{x}'",
]
NOW = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)


def whole(data, place):
    """The next place that cuts no character."""
    while place < len(data) and data[place] & 0xC0 == 0x80:
        place += 1
    return place


def ask_everything(view, offset):
    """All that can be asked of a view at a place, with the promises that every answer keeps."""
    data = view.document.data
    size = len(data)

    def holds(span):
        assert 0 <= span.start <= span.end <= size
        data[: span.start].decode("utf-8")
        data[: span.end].decode("utf-8")

    if (said := hover(view, offset)) is not None:
        holds(said.span)
        assert said.markdown
    for item in complete(view, offset):
        holds(item.span)
        assert b"\n" not in data[item.span.start : item.span.end]
        assert item.span.start <= offset
    attribute_request(view, offset)
    signature_help(view, offset)
    if (found := definition(view, offset)) is not None:
        holds(found.origin)
    if (subject := subject_at(view, offset)) is not None:
        holds(subject[1])
        for place in references(view, subject[0]):
            holds(place.span)
        try:
            edits = rename(view, offset, "another_name").edits
        except RenameRefused:
            edits = ()
        names = {data[edit.span.start : edit.span.end].decode() for edit in edits}
        assert names <= {subject[0].name}
    spans = selection_ranges(view, offset)
    assert all(inner.start >= outer.start and inner.end <= outer.end for inner, outer in pairwise(spans))
    for fix in fixes_at(view, Span(offset, offset)):
        for span, _ in fix.edits:
            holds(span)
    if (insertion := insert_spec(view, offset)) is not None:
        assert insertion.text.lstrip().startswith("# spec: ")


def ask_of_the_file(view):
    data = view.document.data
    end = 0
    for token in semantic_tokens(view):
        assert end <= token.span.start < token.span.end
        assert b"\n" not in data[token.span.start : token.span.end]
        end = token.span.end
    for lens in lenses(view, NOW):
        if lens.priced:
            assert priced_title(view, lens.name).startswith("compile")
    document_symbols(view)
    document_links(view)
    folding_ranges(view)
    inlay_hints(view)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_no_text_and_no_place_is_too_much(view_at, path):
    draw = random.Random(path.stem)
    text = path.read_text(encoding="utf-8")
    view, _ = view_at(text, settings=Settings(model="openai/some-model"))
    document = view.document
    for _ in range(25):
        data = document.data
        place = whole(data, draw.randrange(len(data) + 1))
        stop = whole(data, min(len(data), place + draw.choice([0, 0, 1, 5, 40])))
        document = document.edit(place, stop, draw.choice(PIECES))
        moved = replace(view, document=document)
        afresh = replace(view, document=Document.open(document.text))
        for feature in (
            semantic_tokens,
            document_symbols,
            document_links,
            folding_ranges,
            lambda one: lenses(one, NOW),
        ):
            assert feature(moved) == feature(afresh)
        ask_of_the_file(moved)
        places = [draw.randrange(len(document.data) + 1) for _ in range(6)]
        for offset in (place, *places):
            ask_everything(moved, whole(document.data, min(offset, len(document.data))))
