"""Which lines begin inside a string is answered without taking a text apart where that shows at a glance: the answer is the same."""

import ast
import io
import tokenize
from pathlib import Path

import pytest

from intaglio.template.indentation import dedent, indent, lines_in_strings


def statements():
    """Pieces of the standard library, with strings of every kind."""
    for name in ("argparse", "textwrap", "inspect", "string", "re/_parser", "json/decoder"):
        text = (Path(ast.__file__).parent / f"{name}.py").read_text(encoding="utf-8")
        for node in ast.parse(text).body:
            yield ast.get_source_segment(text, node) + "\n"


def taken_apart(source):
    """The lines that no token begins in, though one that is a string runs through them."""
    tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    if hasattr(tokenize, "FSTRING_START"):
        pytest.skip("this Python takes f-strings apart")
    strings = [one for one in tokens if one.type == tokenize.STRING]
    return frozenset(line for one in strings for line in range(one.start[0], one.end[0]))


def test_as_when_each_text_is_taken_apart():
    found = [(lines_in_strings(one), taken_apart(one)) for one in statements()]
    assert all(mine == theirs for mine, theirs in found)
    assert any(mine for mine, _ in found)
    assert sum(not mine for mine, _ in found) > 20


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("x = 1\ny = 'a'\n", set()),
        ("x = '''a\nb'''\n", {1}),
        ('x = """a\n\nb"""\n', {1, 2}),
        ("x = 'a\\\nb'\n", {1}),
        ("x = 1 + \\\n  2\n", set()),
        ("x = f'''{\n1}'''\n", {1}),
        ("x = Rb'''a\nb'''\n", {1}),
    ],
)
def test_kinds_of_strings(source, lines):
    assert lines_in_strings(source) == lines
    assert dedent(indent(source, "    "), "    ") == source
