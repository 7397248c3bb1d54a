"""Filling a template into a file, and finding it again after formatters have run."""

import subprocess
import sys

import pytest

from intaglio.spec import read_specs
from intaglio.template.assemble import assemble
from intaglio.template.format_settings import read_format_settings
from intaglio.template.library import load_template
from intaglio.template.match import match
from intaglio.template.model import FormatSettings

TEMPLATE = load_template("function", None)
SPEC = """\
# spec: Decide by age.
# require: 0 <= age < 150
# raises: LookupError when name == ""
# example: f(3, "a") == "child"
"""
BODY = 'if age < 18:\n    return "child"\nreturn "adult"\n'


def filled(text, body=BODY, settings=None, name=None):
    (spec,) = [one for one in read_specs(text).specs if name in (None, one.name)]
    done = assemble(text, spec, TEMPLATE, body, settings or FormatSettings())
    assert not [finding for finding in done.findings if finding.severity.value == "error"], done.findings
    return done


def matched(text):
    (spec,) = read_specs(text).specs
    return match(TEMPLATE, spec, text)


HEADERS = {
    "a stub": 'def f(age: int, name: str) -> str: ...\n',
    "a stub in a suite": "def f(age: int, name: str) -> str:\n    pass\n",
    "a docstring": 'def f(age: int, name: str) -> str:\n    """Say it.\n\n    At length.\n    """\n    raise NotImplementedError\n',
    "a docstring on one line": 'def f(age: int, name: str) -> str: "Say it."; ...\n',
    "a decorator": "@functools.cache  # kept\ndef f(age: int, name: str) -> str: ...\n",
    "async": "async def f(age: int, name: str) -> str: ...\n",
    "a header of many lines": "def f(\n    age: int,  # in years\n    name: str,\n) -> str:\n    ...\n",
    "a comment behind": "def f(age: int, name: str) -> str: ...  # a stub\n\n\nx = 1\n",
    "no newline at the end": "def f(age: int, name: str) -> str: ...",
}  # fmt: skip


@pytest.mark.parametrize("header", HEADERS)
def test_everything_outside_the_body_stays(header):
    text = f"import functools\n\n# before\n\n{SPEC}{HEADERS[header]}"
    done = filled(text)
    kept = [
        line.split(": ...")[0].rstrip()
        for line in text.split("\n")
        if line.strip() and line.strip() not in {"...", "pass", "raise NotImplementedError"}
    ]
    for line in kept:
        assert line.split(': "Say')[0] in done.text
    compile(done.text, "a.py", "exec")
    assert done.text.encode()[done.slot.start : done.slot.end].decode().startswith("if age < 18:")
    assert "import intaglio" not in done.text


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("unit", ["    ", "\t", "  "])
def test_line_endings_and_indentation_are_the_file_s(newline, mark, unit):
    text = f"class A:\n{unit}x = '𝔘'\n\n" + "".join(
        f"{unit}{line}\n" for line in f"{SPEC}@staticmethod\ndef f(age: int, name: str) -> str: ...".split("\n")
    )
    text = mark + text.replace("f(3", "A.f(3").replace("\n", newline)
    done = filled(text)
    assert done.text.count("\n") == done.text.count(newline)
    body = [line for line in done.text.split(newline) if "return" in line]
    assert body[0].startswith(unit * 3)
    assert done.text.startswith(text[: text.index("def f")])


def test_guards_stand_in_the_spec_s_order_and_work():
    space = {}
    exec(filled(SPEC + HEADERS["a stub"]).text, space)
    with pytest.raises(ValueError, match="0 <= age < 150"):
        space["f"](float("nan"), "a")
    with pytest.raises(LookupError):
        space["f"](3, "")
    assert space["f"](3, "a") == "child"


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("tool", ["ruff", "black"])
@pytest.mark.parametrize("length", ["60", "120"])
def test_found_again_after_a_formatter(header, tool, length, tmp_path):
    body = 'if age<18 :  # young\n    return "child"+("" if name  else \'x\')\n# old\nreturn {"k": [age,name, "a long text", "another long text"]}["k"][1]\n'
    text = filled(f"import functools\n\n{SPEC}{HEADERS[header]}", body).text
    path = tmp_path / "a.py"
    path.write_text(text)
    command = {
        "ruff": ["ruff", "format", "--isolated", "--config", "format.quote-style='single'"],
        "black": ["black", "-q"],
    }[tool]
    subprocess.run([sys.executable, "-m", *command, "--line-length", length, path], check=True, capture_output=True)
    found = matched(path.read_text())
    assert found is not None
    assert path.read_bytes()[found.slot.start : found.slot.end].startswith(b"if age")
    assert path.read_bytes()[found.slot.start : found.slot.end].rstrip().endswith(b"[1]")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("0 <= age", "1 <= age"),
        ("raise ValueError", "raise TypeError"),
        ('    if name == "":\n', '    if name == "" and False:\n'),
    ],
)
def test_a_changed_guard_is_no_match(old, new):
    spec_end = len(SPEC)
    text = filled(SPEC + HEADERS["a stub"]).text
    changed = text[:spec_end] + text[spec_end:].replace(old, new)
    assert changed != text
    assert matched(text) is not None
    assert matched(changed) is None


def test_a_guard_removed_or_a_requirement_added_is_no_match():
    text = filled(SPEC + HEADERS["a stub"]).text
    first = text.index("    if not")
    second = text.index("    if name", first)
    assert matched(text[:first] + text[second:]) is None
    assert matched(text.replace("# example", "# require: len(name) < 9\n# example")) is None


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("return (", "TM201"),
        ("break", "TM201"),
        ("await x", "TM201"),
        ("    return 1", "TM203"),
        ("def f(age, name):\n    return 1", "TM203"),
        ("pass", "TM202"),
        ('"only a string"', "TM202"),
        ("...", "TM202"),
        ("x = 1\0", "TM201"),
        ("return " + "(" * 300 + ")" * 300, "TM201"),
    ],
)
def test_what_is_no_body_is_refused_and_nothing_changes(body, code):
    text = SPEC + HEADERS["a stub"]
    done = assemble(text, read_specs(text).specs[0], TEMPLATE, body, FormatSettings())
    assert [finding.code for finding in done.findings] == [code]
    assert done.text == text


def test_a_generated_docstring_is_left_out_and_a_person_s_stays():
    done = filled(SPEC + HEADERS["a docstring"], '"""Mine."""\nreturn name\n')
    assert "Mine" not in done.text
    assert "At length." in done.text
    assert [finding.code for finding in done.findings] == ["TM207"]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, "return {'a': name}"),
        ({"pyproject.toml": "[tool.ruff.format]\nquote-style = 'single'\n"}, "return {'a': name}"),
        ({"ruff.toml": "indent-width = 2\n"}, '  return {"a": name}'),
        (
            {"pyproject.toml": "[tool.black]\nline-length = 40\nskip-string-normalization = true\n"},
            "return {'a': name}",
        ),
    ],
)
def test_the_workspace_s_formatter_settings(files, expected, tmp_path):
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    settings = read_format_settings(tmp_path / "a.py", tmp_path)
    text = filled(
        "# spec: Return the name.\ndef f(name: str) -> dict[str, str]: ...\n", "return {'a': name}", settings
    ).text
    if files:
        assert expected in text
    else:
        assert 'return {"a": name}' in text
