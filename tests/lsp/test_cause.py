"""What is said ends with its cause: a server that was told of a change says what a fresh one would say of the same text and disk."""

import pytest
from editor import end, recorded, start
from lsprotocol import types

pytestmark = pytest.mark.asyncio(loop_scope="module")

BY_HAND = """# spec: Return the negative of n.
# example: g(3) == -3
# example: g(0) == 0
def g(n: int) -> int:
    return n
"""


def changed(editor, *paths, kind=types.FileChangeType.Changed):
    events = [types.FileEvent(editor.uri(path), kind) for path in paths]
    editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams(events))


def outcomes(editor, path, name):
    return [stage["outcome"] for stage in editor.status(path, name)["stages"]]


async def test_a_neighbour_that_was_half_typed_and_is_whole_again_is_no_finding(editor, sign):
    editor.write("a.py", f"def half(n: int\n\n\n{sign}")
    editor.open("a.py")
    await editor.run("compile", "a.py", "sign")
    assert "LK105" in editor.codes("a.py")
    editor.type("a.py", "(n: int", "(n: int): ...")
    await editor.barrier("a.py")
    assert editor.codes("a.py") == ["stub"]
    assert editor.status("a.py", "sign")["phase"] == "idle"


async def test_a_body_that_was_restored_has_no_findings_of_the_one_that_was_there(editor, sign):
    editor.write("b.py", sign)
    editor.open("b.py")
    await editor.run("compile", "b.py")
    editor.save("b.py")
    await editor.barrier("b.py")
    editor.type("b.py", 'return "minus"', 'return "MINUS"')
    await editor.run("validate", "b.py", "sign")
    assert any(code.startswith("AC") for code in editor.codes("b.py"))
    await editor.run("restore", "b.py", "sign")
    assert editor.diagnostics("b.py") == []
    assert outcomes(editor, "b.py", "sign") == ["passed"] * 4
    assert not editor.status("b.py", "sign")["outdated"]


async def test_a_golden_file_that_is_made_ends_every_finding_that_it_is_missing(editor, sign):
    editor.write("c.py", sign.replace("def sign", "# golden: made.jsonl\ndef sign"))
    editor.open("c.py")
    await editor.barrier("c.py")
    with pytest.raises(Exception, match="there is no golden file"):
        await editor.command("compile", uri=editor.uri("c.py"), name="sign")
    await editor.barrier("c.py")
    assert editor.codes("c.py") == ["SP116"]
    editor.write("made.jsonl", '{"input": {"x": 1}, "output": "plus"}\n')
    changed(editor, "made.jsonl", kind=types.FileChangeType.Created)
    await editor.barrier("c.py")
    assert editor.codes("c.py") == ["stub"]


async def test_golden_data_that_changed_outdates_what_was_found_in_it(editor):
    text = BY_HAND.replace("return n", "return -n").replace("def g", "# golden: rows.jsonl\ndef g")
    editor.write("rows.jsonl", '{"input": {"n": 2}, "output": 2}\n')
    editor.write("d.py", text)
    editor.open("d.py")
    await editor.run("validate", "d.py", "g")
    assert outcomes(editor, "d.py", "g")[3] == "failed"
    editor.write("rows.jsonl", '{"input": {"n": 2}, "output": -2}\n')
    changed(editor, "rows.jsonl")
    await editor.barrier("d.py")
    assert outcomes(editor, "d.py", "g")[3] == "stale"
    assert all(one.message.startswith("Outdated: ") for one in editor.diagnostics("d.py") if one.code[:2] == "AC")
    await editor.run("validate", "d.py", "g")
    assert outcomes(editor, "d.py", "g") == ["passed"] * 4
    editor.write("rows.jsonl", '{"input": {"n": 2}, "output": 2}\n')
    changed(editor, "rows.jsonl")
    await editor.barrier("d.py")
    assert outcomes(editor, "d.py", "g")[3] == "failed", "the cache knows what this came to"


async def test_a_constant_that_changed_takes_the_green_of_a_body_that_reaches_it(editor):
    editor.write("e.py", f"LIMIT = 1\n\n\n{BY_HAND.replace('return n', 'return -n * LIMIT')}")
    editor.open("e.py")
    await editor.run("validate", "e.py", "g")
    assert outcomes(editor, "e.py", "g") == ["passed"] * 4
    editor.type("e.py", "LIMIT = 1", "LIMIT = 2")
    await editor.barrier("e.py")
    assert outcomes(editor, "e.py", "g") == ["stale"] * 4
    assert editor.status("e.py", "g")["state"] == "unlocked"
    editor.type("e.py", "LIMIT = 2", "LIMIT = 1")
    await editor.barrier("e.py")
    assert outcomes(editor, "e.py", "g") == ["passed"] * 4
    assert editor.status("e.py", "g")["state"] == "ready"


async def test_each_of_several_texts_is_known_again_when_an_undo_brings_it_back(editor):
    editor.write("f.py", BY_HAND)
    editor.open("f.py")
    await editor.run("validate", "f.py", "g")
    wrong = [(one.code, one.message) for one in editor.diagnostics("f.py")]
    editor.type("f.py", "return n", "return -n")
    await editor.run("validate", "f.py", "g")
    assert editor.status("f.py", "g")["state"] == "ready"
    editor.type("f.py", "return -n", "return n")
    await editor.barrier("f.py")
    assert outcomes(editor, "f.py", "g")[3] == "failed"
    assert [(one.code, one.message) for one in editor.diagnostics("f.py") if one.code[:2] == "AC"] == [
        one for one in wrong if one[0][:2] == "AC"
    ]
    editor.type("f.py", "return n", "return -n")
    await editor.barrier("f.py")
    assert editor.status("f.py", "g")["state"] == "ready"
    assert outcomes(editor, "f.py", "g") == ["passed"] * 4


async def test_a_candidate_that_was_taken_and_undone_leaves_a_stub_without_green(editor, sign):
    editor.write("u.py", sign)
    editor.open("u.py")
    await editor.run("compile", "u.py", "sign")
    made = editor.text("u.py")
    assert outcomes(editor, "u.py", "sign") == ["passed"] * 4
    editor.replace("u.py", 0, len(made), sign)
    await editor.barrier("u.py")
    assert outcomes(editor, "u.py", "sign") == ["notRun"] * 4
    assert editor.status("u.py", "sign")["phase"] == "idle"
    assert editor.codes("u.py") == ["stub"]
    editor.replace("u.py", 0, len(sign), made)
    await editor.barrier("u.py")
    assert outcomes(editor, "u.py", "sign") == ["passed"] * 4
    assert editor.status("u.py", "sign")["pending"]


async def test_a_file_that_is_opened_anew_is_told_what_the_cache_knows_of_it(tmp_path):
    said = []
    for command in ("validate", ""):
        editor = await start(tmp_path)
        editor.write("g.py", BY_HAND)
        editor.open("g.py")
        if command:
            await editor.run(command, "g.py", "g")
        await editor.barrier("g.py")
        said.append([(one.code, one.message, one.range) for one in editor.diagnostics("g.py") if one.code != "refused"])
        assert outcomes(editor, "g.py", "g")[3] == "failed"
        assert await end(editor) == 0
    assert said[0] == said[1]


@pytest.mark.parametrize("name", ["neovim-0.11", "vscode-1.139"])
async def test_nothing_is_said_twice_of_a_spec_that_cannot_be_compiled(tmp_path, sign, name):
    """By pull, for clients that can, neither: every one gets what is pushed, once."""
    editor = await start(tmp_path, recorded(name))
    assert editor.server.capabilities.diagnostic_provider is None
    wrong = sign.replace("sign", "wrong").replace("# rule: x < 0", "# rule: y < 0")
    editor.write("a.py", f"{sign}\n\n{wrong}")
    editor.open("a.py")
    await editor.barrier("a.py")
    before = [(one.code, one.message) for one in editor.diagnostics("a.py") if one.code != "stub"]
    assert before
    await editor.run("compile", "a.py")
    after = [(one.code, one.message) for one in editor.diagnostics("a.py") if str(one.code).startswith("SP")]
    assert after == before
    assert await end(editor) == 0
