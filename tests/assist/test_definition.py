"""Links and definitions: the text with `$0` at the cursor, then the file and the text that is found there."""

import pytest

from intaglio.assist.definition import definition, document_links

TEXT = """\
import math
from other import helper as help_me
from pkg import sub

LIMIT, LEAST = 100, 1


class Refused(ValueError):
    pass


# spec: Decide about it.
# template: function
# comply: hipaa
# require: LIMIT > x > math.inf
# raises: Refused when help_me(x) == sub.y
# ensure: result == "a"
# example: decide(1) == "a"
# golden: data/rows.jsonl >= 0.5
# golden: data/none.jsonl
def decide(x: int) -> str:
    return LIMIT
"""
FILES = {
    "data/rows.jsonl": "{}\n", "other.py": '"""Others."""\n\n\ndef helper(x):\n    return x\n', "pkg/__init__.py": "", "pkg/sub.py": "y = 1\n",
}  # fmt: skip


def at(word, skip=0):
    place = -1
    for _ in range(skip + 1):
        place = TEXT.index(word, place + 1)
    return TEXT[: place + 1] + "$0" + TEXT[place + 1 :]


def check(view_at, text, file, line):
    """The definition lies in `file` (None: the text's own) on the line that begins as `line`."""
    view, offset = view_at(text, files=FILES)
    found = definition(view, offset)
    assert found is not None
    assert (found.file.relative_to(view.snapshot.root).as_posix() if found.file else None) == file
    if line is None:
        assert found.span is None
        return
    data = view.document.data if found.file is None else found.file.read_bytes()
    start = data.rfind(b"\n", 0, found.span.start) + 1
    assert data[start:].decode().startswith(line)


@pytest.mark.parametrize(
    ("text", "file", "line"),
    [
        (at("LIMIT > x"), None, "LIMIT, LEAST"),
        (at("x > math"), None, "def decide(x"),
        (at("math.inf"), None, "import math"),
        (at("Refused when"), None, "class Refused"),
        (at("help_me(x)"), "other.py", "def helper"),
        (at("sub.y"), "pkg/sub.py", None),
        (at("result"), None, "def decide(x"),
        (at("decide(1)"), None, "def decide(x"),
        (at("data/rows"), "data/rows.jsonl", None),
    ],
)
def test_definitions(view_at, text, file, line):
    check(view_at, text, file, line)


@pytest.mark.parametrize("text", [at("inf"), at("data/none"), at("Decide"), at("return LIMIT"), at("import math")])
def test_nothing_elsewhere(view_at, text):
    assert definition(*view_at(text, files=FILES)) is None


def test_links_lead_to_what_is_there(view_at):
    view, _ = view_at(TEXT, files=FILES)
    found = [
        (view.document.data[link.span.start : link.span.end].decode(), link.target.name)
        for link in document_links(view)
    ]
    assert found == [("function", "function.py"), ("hipaa", "hipaa.md"), ("data/rows.jsonl", "rows.jsonl")]
    assert all(link.target.is_file() for link in document_links(view))


def test_a_link_out_of_the_workspace_is_none(view_at, tmp_path):
    (tmp_path.parent / "secret.jsonl").write_text("{}")
    view, _ = view_at("# spec: Decide it.\n# golden: ../secret.jsonl\ndef f(): ...\n")
    assert document_links(view) == ()
