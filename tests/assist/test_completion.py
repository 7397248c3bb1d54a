"""Completion: the source text with `$0` at the cursor, then what is proposed, and the text after taking a proposal."""

import os
import subprocess
import sys
import textwrap

import pytest

from intaglio.assist.attributes import attributes
from intaglio.assist.completion import attribute_request, complete

HEAD = """\
import math
from dataclasses import dataclass

LIMIT = 100


class Refused(Exception):
    pass


@dataclass
class Claim:
    amount: float
    code: str


# spec: Decide about a claim. Approve it when the amount is at most the limit.
"""
FOOT = "def decide(claim: Claim, *, share: int = 1, urgent: bool) -> str: ...\n"


def around(*lines):
    return HEAD + "".join(f"# {line}\n" for line in lines) + FOOT


def labels(view_at, text, **known):
    view, offset = view_at(text, **known)
    items = sorted(complete(view, offset), key=lambda item: (item.order, item.label))
    return [item.label for item in items]


def check(view_at, text, *expected, without=(), **known):
    """Every expected label is proposed, in this order among themselves; none of `without` is."""
    found = labels(view_at, text, **known)
    places = [found.index(label) if label in found else pytest.fail(f"{label} not in {found}") for label in expected]
    assert places == sorted(places)
    assert not set(without) & set(found)


def taken(view_at, text, label, **known):
    """The line of the cursor after taking a proposal."""
    view, offset = view_at(text, **known)
    item = next(one for one in complete(view, offset) if one.label == label)
    data = view.document.data
    changed = data[: item.span.start] + item.text.encode() + data[item.span.end :]
    start = changed.rfind(b"\n", 0, item.span.start) + 1
    return changed[start : changed.find(b"\n", start)].decode()


@pytest.mark.parametrize(
    ("line", "label", "after"),
    [
        ("$0", "require", "# require: "),
        ("req$0", "require", "# require: "),
        ("re$0quire: x", "require", "# require: x"),
        ("require$0: x", "ensure", "# ensure: x"),
        ("ex$0", 'example: decide(Claim(1.0, "a"), urgent=True) == ...', '# example: decide(Claim(1.0, "a"), urgent=True) == '),
        ("example: $0", 'decide(Claim(1.0, "a"), urgent=True) == ...', '# example: decide(Claim(1.0, "a"), urgent=True) == '),
        ("example: dec$0", "decide", "# example: decide"),
        ("example: decide(c) $0", "raises", "# example: decide(c) raises "),
        ("example: decide(c) raises Val$0", "ValueError", "# example: decide(c) raises ValueError"),
        ("example: decide(c, sh$0", "share=", "# example: decide(c, share="),
        ("require: claim.amount > LI$0", "LIMIT", "# require: claim.amount > LIMIT"),
        ('ensure: result in ("😀", l$0', "len", '# ensure: result in ("😀", len'),
        ("ensure: res$0", "result", "# ensure: result"),
        ("raises: Ref$0", "Refused", "# raises: Refused"),
        ("raises: ValueError $0", "when", "# raises: ValueError when "),
        ("rule: o$0", "otherwise", "# rule: otherwise -> "),
        ("rule: claim.amount > 1 -> r$0", "raises", "# rule: claim.amount > 1 -> raises "),
        ("rule: otherwise -> raises Lookup$0", "LookupError", "# rule: otherwise -> raises LookupError"),
        ("template: fu$0", "function", "# template: function"),
        ("comply: hi$0", "hipaa", "# comply: hipaa"),
        ("use: hashlib, ur$0", "urllib.parse", "# use: hashlib, urllib.parse"),
        ("strict: $0", "yes", "# strict: yes"),
        ("model: o$0", "openai/small", "# model: openai/small"),
        ("golden: da$0", "data/", "# golden: data/"),
        ("golden: data/re$0", "data/reviewed.jsonl", "# golden: data/reviewed.jsonl"),
        ("golden: data/reviewed.jsonl $0", ">= 0.98", "# golden: data/reviewed.jsonl >= 0.98"),
    ],
)  # fmt: skip
def test_what_a_proposal_makes_of_the_line(view_at, line, label, after):
    files = {"data/reviewed.jsonl": "", "data/notes.txt": ""}
    assert taken(view_at, around(line), label, files=files, models=("openai/small",)) == after


def test_directives_that_may_stand_once_are_not_proposed_again(view_at):
    text = around("template: function", "strict: yes", "$0", "model: m")
    check(view_at, text, "use", "require", "rule", without=["template", "strict", "model", "spec", "locked"])


def test_in_a_method_and_on_a_continued_line(view_at):
    text = """\
class Claim:
    # spec: Return the total of the claim.
    # ensure: (result > 0
    #    and ra$0)
    def total(self, rate: float) -> float: ...
"""
    check(view_at, text, "rate", "result", "Claim", without=["require"])


def test_parameters_are_unknown_to_examples(view_at):
    check(view_at, around("example: $0"), "decide", "LIMIT", without=["claim", "result"])
    check(view_at, around("require: $0"), "claim", "decide", "LIMIT", "abs", without=["result", "approx"])


def test_arguments_that_are_there_are_not_proposed_again(view_at):
    check(view_at, around("example: decide(c, share=2, $0"), "urgent=", without=["share=", "claim="])
    check(view_at, around("example: decide($0"), "claim=", "share=", "urgent=")
    check(view_at, around("example: max($0"), without=["claim="])


def test_errors_of_the_file_come_first(view_at):
    check(
        view_at, around("raises: $0"), "Refused", "ValueError", "ArithmeticError", without=["Warning", "Claim", "claim"]
    )


def test_a_block_without_a_function_gets_directives(view_at):
    check(view_at, "# spec: Decide.\n# $0\n", "template", "require", "example")


@pytest.mark.parametrize(
    "text",
    [
        "x = 1  # $0\n",
        "# plain\n# $0\ndef f(): ...\n",
        around("require: '$0'"),
        around("spec: $0"),
        around("example: 'a$0"),
        FOOT + "$0",
    ],
)
def test_nothing_is_proposed_elsewhere(view_at, text):
    assert labels(view_at, text) == []


def test_golden_paths_stay_inside_of_the_workspace(view_at, tmp_path):
    files = {"sub/rows.jsonl": "", "top.jsonl": "", ".hidden/x.jsonl": ""}
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "out").symlink_to("/usr")
    text = "# spec: Decide about it.\n# golden: $0\ndef f(): ...\n"
    assert labels(view_at, text, files=files, path="sub/a.py") == ["rows.jsonl", "../"]
    assert labels(view_at, text.replace("$0", "../$0"), files=files, path="sub/a.py") == ["../top.jsonl", "../sub/"]
    assert labels(view_at, text.replace("$0", "../../$0"), path="sub/a.py") == []
    assert labels(view_at, text.replace("$0", "/$0"), path="sub/a.py") == []


def test_templates_of_the_workspace_need_trust(view_at):
    files = {
        ".intaglio/templates/functions/own.py": '"""Ours."""\n',
        ".intaglio/templates/blocks/house.md": "+++\n+++\nBe kind.\n",
    }
    assert labels(view_at, around("template: $0"), files=files) == ["function"]
    assert labels(view_at, around("template: $0"), files=files, trusted=True) == ["function", "own"]
    assert "house" in labels(view_at, around("comply: $0"), files=files, trusted=True)


def attributes_at(view_at, text, **known):
    view, offset = view_at(text, **known)
    request = attribute_request(view, offset)
    if request is None:
        return None
    found = attributes(view, view.spec_at(offset), request.before, inside=request.inside)
    assert view.document.data[request.span.start : request.span.end].isalpha() or request.span.start == request.span.end
    return [one.name for one in found]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("require: claim.$0", ["amount", "code"]),
        ("require: claim.code.start$0", ["startswith"]),
        ("ensure: result.isal$0", ["isalnum", "isalpha"]),
        ("rule: claim.code == 'x.' -> claim.am$0", ["amount"]),
        ("raises: Refused when claim.am$0", ["amount"]),
        ("example: decide(Claim(1.0, 'a'), urgent=True).isal$0", ["isalnum", "isalpha"]),
        ("example: claim.am$0", []),
        ("require: math.isc$0", ["isclose"]),
    ],
)
def test_attributes(view_at, line, expected):
    assert attributes_at(view_at, around(line)) == expected


def test_attributes_follow_a_module_of_the_workspace_that_changes(view_at, tmp_path):
    text = (
        around("require: thing.$0")
        .replace("import math", "from things import Thing")
        .replace("claim: Claim", "thing: Thing")
    )
    for number, name in enumerate(("old", "new")):
        (tmp_path / "things.py").write_text(f"class Thing:\n    {name}: int = 1\n")
        os.utime(tmp_path / "things.py", (1e9 + number, 1e9 + number))
        assert attributes_at(view_at, text) == [name]


@pytest.mark.parametrize("line", ["require: 1.$0", "require: 'a.$0", "golden: a.$0", "require: claim$0", "requi.$0"])
def test_no_attributes_are_asked_for(view_at, line):
    assert attributes_at(view_at, around(line)) in (None, [])


def test_reading_attributes_runs_nothing_of_the_workspace(view_at, tmp_path):
    """A workspace with a module, a compiled module, a project file of jedi's, and a conftest that would all tell."""
    for name in ("helper.py", "conftest.py", "setup.py", "manage.py"):
        (tmp_path / name).write_text(f"open({str(tmp_path / 'ran')!r}, 'w').write('x')\nVALUE = 'text'\n")
    (tmp_path / "evil.abi3.so").write_bytes(b"no library")
    (tmp_path / ".jedi").mkdir()
    (tmp_path / ".jedi" / "project.json").write_text('[1, {"load_unsafe_extensions": true, "path": "/"}]')
    program = textwrap.dedent(
        f"""
        import sys
        from pathlib import Path
        seen = []
        root = {str(tmp_path)!r}
        sys.path.insert(0, root)  # as `python -m intaglio` in the workspace would have it
        def watch(event, arguments):
            if event in ("exec", "import", "subprocess.Popen", "os.exec", "ctypes.dlopen"):
                seen.append((event, str(arguments[0])))
        from intaglio.assist.attributes import attributes
        from intaglio.assist.view import View
        from intaglio.config import Settings
        from intaglio.snapshot import Snapshot
        from intaglio.spec.document import Document
        text = "import evil\\nfrom helper import VALUE\\n\\n\\n# spec: Return it.\\ndef f(x: int) -> str: ...\\n"
        view = View("a.py", Document.open(text), Snapshot.of_disk(Path(root)), Settings())
        attributes(view, view.specs[0], "1.", inside=True)
        sys.addaudithook(watch)
        print([one.name for one in attributes(view, view.specs[0], "VALUE.isal", inside=True)])
        print([one.name for one in attributes(view, view.specs[0], "evil.", inside=True)])
        print([one for one in seen if "evil" in one[1] or root in one[1] or "conftest" in one[1] or one[0] == "subprocess.Popen"])
        """
    )
    run = subprocess.run([sys.executable, "-P", "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines() == ["['isalnum', 'isalpha']", "[]", "[]"]
    assert not (tmp_path / "ran").exists()
