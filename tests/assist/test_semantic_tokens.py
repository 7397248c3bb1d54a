"""Semantic tokens, drawn under the line that they colour: `m` for each character of a macro, and so on."""

import pytest

from intaglio.assist.semantic_tokens import semantic_tokens
from intaglio.assist.token_types import TYPES
from intaglio.finding import Span

LETTERS = {
    "keyword": "k", "macro": "m", "operator": "o", "string": "s", "number": "n", "parameter": "p", "variable": "v",
    "function": "f", "class": "c", "property": "a", "namespace": "N",
}  # fmt: skip


def drawn(view, within=None):
    """Every comment line with a line below it that has a letter for each character of a token."""
    text = view.document.data.decode()
    letters = [" "] * len(text)
    for token in semantic_tokens(view, within):
        start = len(view.document.data[: token.span.start].decode())
        piece = view.document.data[token.span.start : token.span.end].decode()
        assert "\n" not in piece
        for place in range(start, start + len(piece)):
            assert letters[place] == " ", f"two tokens on {piece!r}"
            letters[place] = LETTERS[token.type]
    picture, place = [], 0
    for line in text.splitlines(keepends=True):
        if line.lstrip().startswith("#"):
            picture += [line.rstrip("\n"), "".join(letters[place : place + len(line)]).rstrip()]
        place += len(line)
    return "\n".join(picture)


def check(view_at, picture, below="def f(x: int, *, y: str = '') -> str: ...\n"):
    """The picture's every second line is the tokens of the line above it."""
    lines = picture.strip("\n").split("\n")
    view, _ = view_at("\n".join(lines[::2]) + "\n" + below)
    assert drawn(view) == "\n".join(line.rstrip() for line in lines)


def test_keys_words_and_expressions(view_at):
    check(
        view_at,
        """\
# spec: Return it, when x is 1.
  mmmm
# template: function
  mmmmmmmm  ffffffff
# use: hashlib, zlib
  mmm  NNNNNNN  NNNN
# require: 0 < x <= 10.5 and not len(y) in LIMITS
  mmmmmmm  n o p oo nnnn kkk kkk fff p  kk vvvvvv
# raises: KeyError when x == 3
  mmmmmm  cccccccc kkkk p oo n
# rule: x > 1 -> "a" + y.upper()
  mmmm  p o n oo sss o p aaaaa
# rule: otherwise -> raises ValueError("no")
  mmmm  kkkkkkkkk oo kkkkkk cccccccccc ssss
# ensure: result == approx([v for v in (x, None)])
  mmmmmm  vvvvvv oo ffffff  v kkk v kk  p  kkkk
# example: f(1, y="a") == "a"
  mmmmmmm  f n  posss  oo sss
# example: f(2) raises KeyError
  mmmmmmm  f n  kkkkkk cccccccc
# golden: data/x.jsonl >= 0.98
  mmmmmm  ssssssssssss oo nnnn
# strict: yes
  mmmmmm  kkk
# model: openai/small
  mmmmm  ssssssssssss
""",
    )


def test_text_outside_of_the_basic_plane(view_at):
    check(
        view_at,
        """\
# spec: Return 😀.
  mmmm
# ensure: "😀😀" + result == y
  mmmmmm  ssss o vvvvvv oo p
""",
    )


def test_f_strings_and_values_of_several_lines(view_at):
    check(
        view_at,
        """\
# spec: Return it.
  mmmm
# ensure: (result ==
  mmmmmm   vvvvvv oo
#     f"{x!r}-{y}" or
      ss p   s p s kk
#     x)
      p
# example: f(1) == \"\"\"a
  mmmmmmm  f n  oo ssss
#   b\"\"\"
    ssss
""",
    )


@pytest.mark.parametrize(
    ("line", "tokens"),
    [
        ("# require: x > ", "  mmmmmmm  p o"),
        ("# require: (x > 1", "  mmmmmmm   p o n"),
        ("# example: f(1, ", "  mmmmmmm  f n"),
        ("# rule: x ->", "  mmmm  p oo"),
        ("# require: x > 'a", "  mmmmmmm  p o"),
        ("# unknown: x > 1", ""),
        ("# raises:", "  mmmmmm"),
    ],
)
def test_half_typed(view_at, line, tokens):
    view, _ = view_at(f"# spec: Return it.\n{line}\ndef f(x: int) -> str: ...\n")
    shown = drawn(view).split("\n")[3]
    assert shown.startswith(tokens.rstrip())


def test_a_range_and_a_method(view_at):
    text = "class A:\n    # spec: Return it.\n    # ensure: result > self.x\n    def f(self) -> int: ...\n\n\n# spec: Do it.\ndef g(): ...\n"
    view, _ = view_at(text)
    whole = semantic_tokens(view)
    place = text.index("# spec: Do")
    assert semantic_tokens(view, Span(place, len(text))) == whole[-1:]
    assert [text[token.span.start : token.span.end] for token in semantic_tokens(view, Span(0, place))] == [
        "spec", "ensure", "result", ">", "self", "x",
    ]  # fmt: skip


def test_the_legend_holds_every_type():
    assert set(LETTERS) == set(TYPES)
