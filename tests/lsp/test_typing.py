"""What is seen while a file is typed: findings of the reader and states of the locks, at once and nothing else disturbed."""

import pytest
from editor import end, start
from lsprotocol import types

pytestmark = pytest.mark.asyncio(loop_scope="module")

TWO = """LIMIT = 10


# spec: Return whether n is at most the limit.
# rule: n <= LIMIT -> True
# rule: otherwise -> False
# example: small(3) == True
def small(n: int) -> bool: ...


# spec: Return the negative of n, whatever n is.
# rule: otherwise -> -n
# example: negative(3) == -3
def negative(n: int) -> int: ...
"""


async def compiled(editor, path, text):
    """A file whose specs are all compiled, saved and locked."""
    editor.write(path, text)
    editor.open(path)
    await editor.run("compile", path)
    editor.save(path)
    await editor.barrier(path)


async def test_an_unknown_directive_is_told_where_it_stands(editor):
    editor.write("b.py", "# spec: Return the number one.\n# exmaple: one() == 1\ndef one() -> int: ...\n")
    editor.open("b.py")
    await editor.barrier("b.py")
    found = next(one for one in editor.diagnostics("b.py") if one.code == "SP105")
    assert editor.covered("b.py", found.range) == "exmaple"
    assert found.severity.name == "Error"
    assert found.code_description.href.endswith(f"findings.md#{found.code.lower()}-unknown-directive")
    assert editor.status("b.py", "one")["state"] == "invalid"

    editor.type("b.py", "exmaple", "example")
    await editor.barrier("b.py")
    assert editor.codes("b.py") == ["stub"]


async def test_an_edit_of_a_locked_body_is_drift_and_taking_it_back_is_none(editor):
    await compiled(editor, "c.py", TWO)
    assert editor.codes("c.py") == []
    editor.type("c.py", "return -n", "return n")
    await editor.barrier("c.py")
    assert editor.codes("c.py") == ["drifted"]
    assert editor.status("c.py", "negative")["stages"][0]["outcome"] == "stale"
    assert editor.status("c.py", "small")["state"] == "locked"
    editor.type("c.py", "return n", "return -n")
    await editor.barrier("c.py")
    assert editor.codes("c.py") == []


async def test_a_constant_that_a_body_reaches_makes_it_stale_and_says_which(editor):
    await compiled(editor, "d.py", TWO)
    editor.type("d.py", "LIMIT = 10", "LIMIT = 11")
    await editor.barrier("d.py")
    assert editor.codes("d.py") == ["stale"]
    assert editor.status("d.py", "small")["reasons"] == ["the definition LIMIT changed since it was locked"]
    assert editor.status("d.py", "negative")["state"] == "locked"


async def test_what_is_half_typed_elsewhere_disturbs_no_lock(editor):
    await compiled(editor, "e.py", TWO)
    editor.type("e.py", "LIMIT = 10", "def half(:\n\nLIMIT = 10")
    await editor.barrier("e.py")
    assert editor.status("e.py", "negative")["state"] == "locked"


async def test_a_lock_whose_function_is_gone_is_told_at_the_top(editor):
    await compiled(editor, "f.py", TWO)
    text = editor.text("f.py")
    editor.replace("f.py", text.index("# spec: Return the negative"), len(text), "")
    await editor.barrier("f.py")
    (orphan,) = editor.diagnostics("f.py")
    assert orphan.code == "orphaned"
    assert "no spec on a function negative any more" in orphan.message


async def test_findings_of_a_stage_move_with_the_text_and_are_outdated_once_it_changes(editor):
    editor.write(
        "g.py", "# spec: Return the negative of n.\n# example: g(3) == -3\ndef g(n: int) -> int:\n    return n\n"
    )
    editor.open("g.py")
    await editor.run("validate", "g.py", "g")
    (failed,) = [one for one in editor.diagnostics("g.py") if str(one.code).startswith("AC")]
    assert editor.covered("g.py", failed.range).startswith("example: g(3)") or "g(3)" in editor.covered(
        "g.py", failed.range
    )
    assert editor.status("g.py", "g")["stages"][3]["outcome"] == "failed"

    editor.replace("g.py", 0, 0, "import math\n\n\n")
    await editor.barrier("g.py")
    (moved,) = [one for one in editor.diagnostics("g.py") if one.code == failed.code]
    assert moved.range.start.line == failed.range.start.line + 3
    assert moved.message == failed.message

    editor.type("g.py", "return n", "return -n ")
    await editor.barrier("g.py")
    (old,) = [one for one in editor.diagnostics("g.py") if one.code == failed.code]
    assert old.message == f"Outdated: {failed.message}"
    assert old.severity.value == failed.severity.value + 1
    assert (failed.tags, old.tags) == (None, (types.DiagnosticTag.Unnecessary,))
    assert [stage["outcome"] for stage in editor.status("g.py", "g")["stages"]] == ["stale"] * 4
    assert editor.status("g.py", "g")["outdated"]

    editor.type("g.py", "example: g", "exampl: g")
    await editor.barrier("g.py")
    assert [stage["outcome"] for stage in editor.status("g.py", "g")["stages"]] == ["notRun"] * 4


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
async def test_places_are_right_behind_text_outside_the_first_plane(tmp_path, encoding):
    editor = await start(tmp_path, encoding=encoding)
    assert editor.encoding == encoding
    text = '# spec: Return "𝔘𝔫𝔦🦊" always; é too.\n# ensure: result == "🦊🦊" or reslt == 1\ndef fox() -> str: ...\n'
    editor.write("fox.py", text)
    editor.open("fox.py")
    await editor.barrier("fox.py")
    (found,) = [one for one in editor.diagnostics("fox.py") if str(one.code).startswith("SP")]
    assert editor.covered("fox.py", found.range) == "reslt"
    editor.type("fox.py", '🦊" or reslt', '🦊é" or result')
    await editor.barrier("fox.py")
    assert editor.codes("fox.py") == ["stub"]
    assert editor.covered("fox.py", editor.diagnostics("fox.py")[0].range) == "fox"
    assert await end(editor) == 0
