"""Bad input of every kind gets a clear error with the right exit code, and nothing is lost."""

import base64
import hashlib
import json
import os

import pytest

RULED = '# spec: Return the word for any x.\n# rule: otherwise -> "{word}"\n# example: f(1) == "{word}"\ndef f(x: int) -> str: ...\n'


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("binary.py", b"\0\1# spec: x\n", "NUL bytes"),
        ("returns.py", b"# spec: x\rdef f(): ...\r", "carriage return"),
        ("half.py", b"# spec: Return x.\ndef f(x: int", "not complete"),
        ("bad_utf8.py", b"# spec: Return \xff.\ndef f(x): ...\n", "not valid utf-8"),
        ("alone.py", b"# spec: Return x.\n\nx = 1\n", "SP101"),
        ("coding.py", b"# coding: klingon\n# spec: Return x.\ndef f(x): ...\n", "klingon"),
    ],
)
def test_files_that_cannot_be_used(workspace, name, data, said):
    path = workspace.write(name, data)
    ran = workspace.run("status", code=1)
    assert said in ran.out
    ran = workspace.run("compile", name, code=1)
    assert said in ran.out + ran.err
    assert path.read_bytes() == data


@pytest.mark.parametrize(
    ("encode", "word"),
    [
        (lambda text: ("# -*- coding: latin-1 -*-\n" + text).encode("latin-1"), "café"),
        (lambda text: b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode(), "𝔘nicode"),
        (lambda text: text.rstrip("\n").encode(), "no newline at the end"),
        (lambda text: ("\f\n" + text).encode(), "form feed"),
        (
            lambda text: (
                (
                    "class A:\n\t"
                    + text.replace("\n", "\n\t").replace("f(1)", "A.f(1)").replace("def f", "@staticmethod\n\tdef f")
                )
                .rstrip()
                .encode()
                + b"\n"
            ),
            "tabs",
        ),
    ],
)
def test_encodings_line_endings_and_indentation_stay(workspace, encode, word):
    path = workspace.write("a.py", encode(RULED.format(word=word)))
    before = path.read_bytes()
    workspace.run("compile")
    after = path.read_bytes()
    workspace.run("verify")
    head = before.index(b"...")
    assert after.startswith(before[:head].rstrip())
    assert (b"\r\n" in before) == (b"\r\n" in after)
    assert b"\n" not in after.replace(b"\r\n", b"") or b"\r\n" not in before


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["compile", "nope.py"], 2, "no file or folder"),
        (["compile", "a.py::ff"], 2, "did you mean 'f'"),
        (["compile", "/"], 2, "outside"),
        (["statsu"], 2, "Did you mean 'status'"),
        (["explain", "AC10"], 2, "did you mean"),
        (["restore", "a.py"], 2, "FILE::NAME"),
        (["restore", "a.py::f"], 1, "no usable lock"),
        (["templates", "show", "functoin"], 2, "did you mean `function`"),
        (["compile", "--attempts", "0", "a.py"], 2, "attempts"),
    ],
)
def test_wrong_use_says_what_to_do(workspace, arguments, code, said):
    workspace.write("a.py", RULED.format(word="x"))
    ran = workspace.run(*arguments, code=code)
    assert said in ran.out + ran.err


def test_wrong_settings_exit_2(workspace):
    workspace.write("intaglio.toml", "attempst = 3\n")
    assert "did you mean 'attempts'" in workspace.run("status", code=2).err


def test_a_conflict_in_a_lock_is_told_and_no_green(workspace):
    workspace.write("a.py", RULED.format(word="x"))
    workspace.run("compile")
    lock = workspace.root / ".intaglio" / "locks" / "a.py.toml"
    lock.write_text("<<<<<<< ours\n" + lock.read_text() + "=======\n>>>>>>> theirs\n")
    workspace.run("verify", code=1)


def test_an_edited_lock_breaks_its_seal(workspace):
    workspace.write("a.py", RULED.format(word="x"))
    workspace.run("compile")
    lock = workspace.root / ".intaglio" / "locks" / "a.py.toml"
    lock.write_text(lock.read_text().replace('how = "compiled"', 'how = "adopted"'))
    assert "never validated together" in workspace.run("verify", code=1).out


def test_a_spec_without_a_model_exits_3(workspace):
    path = workspace.write("a.py", "# spec: Return x doubled.\n# example: f(1) == 2\ndef f(x: int) -> int: ...\n")
    before = path.read_bytes()
    said = workspace.run("compile", code=3).out
    assert "INTAGLIO_MODEL" in said
    assert path.read_bytes() == before


def test_a_missing_extra_exits_3_with_the_line_to_run(workspace):
    """As in an environment where only the base package is installed."""
    workspace.write("a.py", RULED.format(word="x"))
    hider = workspace.write(
        "hide/sitecustomize.py",
        "import sys\nfor name in ('ruff', 'bandit', 'hypothesis'):\n    sys.modules[name] = None\n",
    )
    environment = {"PYTHONPATH": str(hider.parent)}
    assert "pip install 'intaglio[validate]'" in workspace.run("compile", code=3, environment=environment).err
    workspace.run("status", environment=environment)
    workspace.run("verify", code=1, environment=environment)


def test_a_path_with_spaces_and_unicode(workspace):
    workspace.write("ein Ordner/größe 🦜.py", RULED.format(word="x"))
    workspace.run("compile")
    workspace.run("verify")


def test_two_compiles_at_once_lose_nothing(workspace):
    import subprocess
    import sys

    for name in ("f", "g"):
        workspace.write(
            f"{name}.py", RULED.format(word=name).replace("def f", f"def {name}").replace(" f(1)", f" {name}(1)")
        )
    both = (
        RULED.format(word="one") + "\n\n" + RULED.format(word="two").replace("def f", "def g").replace(" f(1)", " g(1)")
    )
    workspace.write("both.py", both)
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "intaglio", "compile", f"both.py::{name}"],
            cwd=workspace.root,
            env=workspace.environment,
            stdout=subprocess.DEVNULL,
        )
        for name in ("f", "g")
    ]
    assert [process.wait(120) for process in running] == [0, 0]
    workspace.run("verify", "both.py")


def cut_short(workspace, before):
    """A write of a.py that was killed before anything was in place. `before` is the file that it was to replace."""
    lines = (workspace.root / "a.py").read_bytes() + b"\n# the end\n"
    changes = [
        {"path": "a.py", "before": hashlib.sha256(before).hexdigest(), "after": base64.b64encode(lines).decode()}
    ]
    journal = {"path": "a.py", "name": "f", "changes": changes}
    workspace.write(".intaglio/store/journal.json", json.dumps(journal))
    return lines


@pytest.mark.parametrize("command", ["compile", "lock"])
def test_a_write_that_was_cut_short_is_finished(workspace, command):
    path = workspace.write("a.py", RULED.format(word="x"))
    workspace.run("compile")
    lines = cut_short(workspace, path.read_bytes())
    assert "finished an interrupted write of a.py" in workspace.run(command).err
    assert path.read_bytes() == lines
    assert "interrupted" not in workspace.run(command).err


@pytest.mark.parametrize("command", [["compile"], ["lock"], ["restore", "a.py::f"]])
@pytest.mark.parametrize("torn", [True, False])
def test_a_write_that_a_later_edit_overtook_is_given_up(workspace, command, torn):
    path = workspace.write("a.py", RULED.format(word="x"))
    workspace.run("compile")
    cut_short(workspace, b"what the file held then")
    if torn:
        workspace.write(".intaglio/store/journal.json", '{"path": ')
    before = path.read_bytes()
    assert "gave up an interrupted write" in workspace.run(*command).err
    assert path.read_bytes() == before
    workspace.run("verify")


def test_restoring_what_is_there_twice_says_so(workspace):
    workspace.write("a.py", RULED.format(word="x"))
    workspace.run("compile")
    twice = workspace.read("a.py") * 2
    workspace.write("a.py", twice)
    assert "more than once" in workspace.run("restore", "a.py::f", code=1).err
    assert workspace.read("a.py") == twice


@pytest.mark.skipif(os.geteuid() == 0, reason="permissions do not stop root")
@pytest.mark.parametrize("command", ["compile", "lock", "init"])
def test_a_folder_that_cannot_be_written(workspace, command):
    workspace.write("a.py", RULED.format(word="x"))
    workspace.root.chmod(0o555)
    try:
        assert "permission" in workspace.run(command, code=1).err.lower()
    finally:
        workspace.root.chmod(0o755)


@pytest.mark.parametrize("command", ["compile", "lock", "init"])
def test_a_state_folder_that_is_a_file(workspace, command):
    workspace.write("a.py", RULED.format(word="x"))
    workspace.write(".intaglio", "not a folder")
    ran = workspace.run(command, code=1)
    assert ".intaglio" in ran.err
    assert "Traceback" not in ran.err


INVALID = """\
# spec: Return the word for x.
# rul: otherwise -> "a"
# example: f(y) == "a"
def f(x: int) -> str: ...


# spec: Return the word for x.
# rule: otherwise -> "b"
# example: g(1) == "b"
def g(x: int) -> str: ...


# spec: Return another word for x.
# rule: otherwise -> "c"
# example: g(1) == "c"
def g(x: int) -> str: ...


# spec: Return what nothing returns.

x = 1
"""


@pytest.mark.parametrize("command", ["status", "verify"])
def test_an_invalid_spec_is_called_so_where_it_is_wrong(workspace, command):
    workspace.write("a.py", INVALID)
    told = workspace.run(command, "--json", code=1).json
    assert [(spec["name"], spec["state"], spec["ways"]) for spec in told["specs"]] == [
        ("f", "invalid", []),
        ("g", "invalid", []),
        ("g", "invalid", []),
    ]
    placed = [
        (finding["code"], finding["range"]["start"]["line"], finding["range"]["start"]["column"])
        for spec in told["specs"]
        for finding in spec["findings"]
    ]
    assert placed == [("SP105", 2, 3), ("SP110", 3, 14), ("SP102", 10, 5), ("SP102", 16, 5)]
    assert [(finding["code"], finding["range"]["start"]["line"]) for finding in told["findings"]] == [("SP101", 19)]
    shown = workspace.run(command, code=1)
    assert "invalid   a.py::f  the spec has 2 errors: there is no directive `rul`; did you mean `rule`?" in shown.out
    assert "intaglio compile" not in shown.out


def test_a_spec_with_an_error_is_refused_though_no_lock_is_required(workspace):
    workspace.write("intaglio.toml", "require-locks = false\n")
    workspace.write("a.py", INVALID[: INVALID.index("\n\n")])
    assert "invalid" in workspace.run("verify", code=1).out
    workspace.write("a.py", INVALID[: INVALID.index("\n\n")].replace("rul:", "rule:").replace("f(y)", "f(1)"))
    workspace.run("verify")
    workspace.write("intaglio.toml", "")
    assert (
        "The setting `require-locks = false` lets specs pass that have no lock yet."
        in workspace.run("verify", code=1).err
    )


@pytest.mark.parametrize("command", ["status", "verify"])
def test_a_comment_that_lacks_the_colon_is_named(workspace, command):
    workspace.write("a.py", RULED.format(word="a").replace("# spec:", "# spec", 1))
    told = workspace.run(command, "--json").json
    (finding,) = told["findings"]
    assert (finding["code"], finding["severity"], finding["fixes"]) == ("SP126", "warning", ["Write `# spec:`"])
    assert finding["range"]["start"] == {"line": 1, "column": 3}
    assert told["specs"] == []


def test_what_cannot_be_read_is_not_called_unchanged(workspace):
    workspace.write("a.py", b"# spec: Return \xff.\ndef f(x): ...\n")
    assert "a.py: byte 15 is not valid utf-8" in workspace.run("diff", "a.py", code=1).err
    assert "a.py: byte 15 is not valid utf-8" in workspace.run("restore", "a.py::f", code=2).err
