"""What passed is offered, never forced: confirmed, declined, overtaken by an edit, taken back, saved."""

import pytest
from editor import FULL, end, recorded, start
from lsprotocol import types

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_what_is_declined_is_kept_compared_and_accepted_later(editor, sign):
    editor.write("a.py", sign)
    editor.open("a.py")
    editor.answer = False
    await editor.run("compile", "a.py", "sign")
    editor.answer = True
    assert editor.text("a.py") == sign
    assert editor.status("a.py", "sign")["phase"] == "proposed"

    uri = editor.uri("a.py")
    shown = await editor.command("diff", uri=uri, name="sign", against="candidate")
    assert shown["left"]["text"] == sign
    assert 'return "minus"' in shown["right"]["text"]

    await editor.run("accept", "a.py", "sign")
    assert editor.text("a.py") == shown["right"]["text"]
    assert editor.status("a.py", "sign")["pending"]
    assert not editor.edits[-1].edit.change_annotations["intaglio"].needs_confirmation


async def test_undo_after_an_applied_edit_is_a_stub_again_and_writes_no_lock(editor, sign):
    editor.write("b.py", sign)
    editor.open("b.py")
    await editor.run("compile", "b.py", "sign")
    editor.replace("b.py", 0, len(editor.text("b.py")), sign)
    await editor.barrier("b.py")
    assert editor.status("b.py", "sign")["state"] == "stub"
    assert not editor.status("b.py", "sign")["pending"]
    editor.save("b.py")
    await editor.barrier("b.py")
    assert not (editor.root / ".intaglio/locks/b.py.toml").exists()


async def test_a_body_that_was_edited_before_it_was_saved_gets_no_lock(editor, sign):
    editor.write("c.py", sign)
    editor.open("c.py")
    await editor.run("compile", "c.py", "sign")
    editor.type("c.py", 'return "minus"', 'return "MINUS"')
    editor.save("c.py")
    await editor.barrier("c.py")
    assert editor.status("c.py", "sign")["state"] == "unlocked"
    assert any("was not locked" in message for message in editor.messages())


async def test_edits_elsewhere_during_a_compile_are_kept(editor, sign):
    editor.write("d.py", sign)
    editor.open("d.py")
    await editor.command("compile", uri=editor.uri("d.py"), name="sign")
    editor.replace("d.py", 0, 0, "import math\n\n\n")
    await editor.barrier("d.py")
    assert editor.text("d.py").startswith("import math\n\n\n# spec:")
    assert 'return "minus"' in editor.text("d.py")
    editor.save("d.py")
    await editor.barrier("d.py")
    assert editor.status("d.py", "sign")["state"] == "locked"


async def test_an_edit_of_the_very_spec_ends_its_compile_and_overwrites_nothing(editor, sign):
    editor.write("e.py", sign)
    editor.open("e.py")
    await editor.command("compile", uri=editor.uri("e.py"), name="sign")
    editor.type("e.py", '-> "plus"', '-> "more"')
    typed = editor.text("e.py")
    await editor.barrier("e.py")
    assert editor.text("e.py") == typed
    assert any("sign was edited meanwhile" in message for message in editor.messages())


async def test_a_compile_of_all_stubs_is_one_edit(editor, sign):
    other = sign.replace("sign", "other")
    editor.write("f.py", f"{sign}\n\n{other}")
    editor.open("f.py")
    count = len(editor.edits)
    await editor.run("compile", "f.py")
    assert len(editor.edits) == count + 1
    assert len(editor.edits[-1].edit.document_changes[0].edits) == 2
    editor.save("f.py")
    await editor.barrier("f.py")
    assert {one["state"] for one in editor.statuses[editor.uri("f.py")]["specs"]} == {"locked"}


async def test_the_locked_body_is_restored(editor, sign):
    editor.write("g.py", sign)
    editor.open("g.py")
    await editor.run("compile", "g.py", "sign")
    editor.save("g.py")
    await editor.barrier("g.py")
    locked = editor.text("g.py")
    editor.type("g.py", 'return "minus"', 'return "MINUS"')
    shown = await editor.command("diff", uri=editor.uri("g.py"), name="sign")
    assert shown["left"]["text"] == locked
    await editor.run("restore", "g.py", "sign")
    assert editor.text("g.py") == locked
    assert editor.status("g.py", "sign")["state"] == "locked"
    assert "compiled by" in (await editor.command("log", uri=editor.uri("g.py"), name="sign"))[-1]


async def lenses(editor, path):
    """Each lens' title with what its command takes besides the spec."""
    params = types.CodeLensParams(types.TextDocumentIdentifier(editor.uri(path)))
    return [
        (lens.command.title, {key: value for key, value in argument_of(lens).items() if key not in {"uri", "name"}})
        for lens in await editor.client.text_document_code_lens_async(params)
        if lens.command is not None
    ]


def argument_of(lens):
    return lens.command.arguments[0] or {}


async def test_a_client_that_asks_why_gets_its_own_command_to_adopt(tmp_path):
    text = "# spec: Return the negative of n.\n# example: h(3) == -3\ndef h(n: int) -> int:\n    return -n\n"
    editor = await start(tmp_path, options={"trusted": True, "status": 1, "reasons": 1})
    editor.write("h.py", text)
    editor.open("h.py")
    params = types.CodeLensParams(types.TextDocumentIdentifier(editor.uri("h.py")))
    lens = (await editor.client.text_document_code_lens_async(params))[-1]
    assert (lens.command.title, lens.command.command) == ("adopt", "intaglio.adopt")
    assert argument_of(lens) == {"uri": editor.uri("h.py"), "name": "h"}
    assert await end(editor) == 0


async def test_a_body_that_was_compiled_and_not_locked_is_locked_in_the_next_session_without_adopting(tmp_path, sign):
    editor = await start(tmp_path, FULL, configuration={"intaglio": {"lock": "explicit"}})
    editor.write("a.py", sign)
    editor.open("a.py")
    await editor.run("compile", "a.py", "sign")
    editor.save("a.py")
    await editor.barrier("a.py")
    assert [title for title, _ in await lenses(editor, "a.py")] == [
        "accepted: its lock is written by the command `lock`", "lock", "security ✓ syntax ✓ execution ✓ accuracy ✓"
    ]  # fmt: skip
    assert await end(editor) == 0
    editor = await start(tmp_path)
    editor.open("a.py")
    await editor.barrier("a.py")
    assert [title for title, _ in await lenses(editor, "a.py")][1] == "lock"
    await editor.run("lock", "a.py", "sign")
    assert editor.status("a.py", "sign")["state"] == "locked"
    assert await end(editor) == 0


async def test_a_hand_written_body_is_locked_only_when_it_is_adopted(editor):
    text = "# spec: Return the negative of n.\n# example: h(3) == -3\n# example: h(0) == 0\ndef h(n: int) -> int:\n    return -n\n"
    editor.write("h.py", text)
    editor.open("h.py")
    assert ("adopt", {"adopt": True}) in await lenses(editor, "h.py")
    await editor.run("lock", "h.py", "h")
    assert editor.status("h.py", "h")["state"] == "ready"
    assert [title for title, _ in await lenses(editor, "h.py")][1:2] == ["adopt"], "a plain lock would be refused"
    await editor.run("lock", "h.py", "h", adopt=True, reason="reviewed")
    assert editor.status("h.py", "h")["state"] == "locked"
    assert "reviewed" in (editor.root / ".intaglio/locks/h.py.toml").read_text()


async def test_adopting_by_the_lens_which_has_no_field_for_a_reason_says_so_in_the_lock(editor):
    text = "# spec: Return the negative of n.\n# example: k(3) == -3\n# example: k(0) == 0\ndef k(n: int) -> int:\n    return -n\n"
    editor.write("k.py", text)
    editor.open("k.py")
    await editor.run("lock", "k.py", "k", adopt=True)
    assert editor.status("k.py", "k")["state"] == "locked"
    assert "nobody gave a reason" in (editor.root / ".intaglio/locks/k.py.toml").read_text()


@pytest.mark.parametrize("name", ["neovim-0.11", "neovim-0.7"])
async def test_a_client_without_annotations_is_asked_by_a_message(tmp_path, sign, name):
    editor = await start(tmp_path, recorded(name))
    editor.write("a.py", sign)
    editor.open("a.py")
    await editor.run("compile", "a.py", "sign")
    assert "Apply it to a.py?" in editor.asked[0].message
    assert list(editor.edits[0].edit.changes) == [editor.uri("a.py")]
    assert 'return "minus"' in editor.text("a.py")
    assert await end(editor) == 0


@pytest.mark.parametrize("name", ["eglot-1.9", "helix-25.01", "lsp-mode-8.0"])
async def test_a_client_that_cannot_be_asked_is_told_and_its_user_accepts(tmp_path, sign, name):
    editor = await start(tmp_path, recorded(name))
    editor.write("a.py", sign)
    editor.open("a.py")
    await editor.run("compile", "a.py", "sign")
    assert editor.edits == []
    assert "sign passed all four stages and waits" in editor.messages()[-1]
    await editor.run("accept", "a.py", "sign")
    assert 'return "minus"' in editor.text("a.py")
    assert editor.edits[0].edit.document_changes[0].text_document.version == 1
    assert await end(editor) == 0


async def test_the_lock_waits_for_the_command_when_so_configured(tmp_path, sign):
    editor = await start(tmp_path, FULL, configuration={"intaglio": {"lock": "explicit"}})
    editor.write("a.py", sign)
    editor.open("a.py")
    await editor.run("compile", "a.py", "sign")
    editor.save("a.py")
    await editor.barrier("a.py")
    assert editor.status("a.py", "sign")["pending"]
    assert not (tmp_path / ".intaglio/locks").exists()
    await editor.run("lock", "a.py", "sign")
    assert editor.status("a.py", "sign")["state"] == "locked"
    assert await end(editor) == 0


async def test_a_body_that_passed_and_is_not_locked_is_ready_in_the_next_session_too(tmp_path):
    text = "# spec: Return the negative of n.\n# example: r(3) == -3\n# example: r(0) == 0\ndef r(n: int) -> int:\n    return -n\n"
    for command in ("validate", ""):
        editor = await start(tmp_path)
        editor.write("r.py", text)
        editor.open("r.py")
        if command:
            await editor.run(command, "r.py", "r")
        await editor.barrier("r.py")
        assert editor.status("r.py", "r")["state"] == "ready"
        editor.type("r.py", "return -n", "return 0 - n")
        await editor.barrier("r.py")
        assert editor.status("r.py", "r")["state"] == "unlocked"
        editor.type("r.py", "return 0 - n", "return -n")
        await editor.barrier("r.py")
        assert editor.status("r.py", "r")["state"] == "ready"
        assert await end(editor) == 0


async def test_a_restore_right_after_a_save_takes_the_lock_that_the_save_writes(editor, sign):
    """The lock is written beside the loop; who asks for what is locked means what was saved."""
    editor.write("race.py", sign)
    editor.open("race.py")
    await editor.run("compile", "race.py", "sign")
    editor.save("race.py")
    await editor.barrier("race.py")
    editor.type("race.py", '-> "plus"', '-> "positive"')
    editor.type("race.py", '"zero" or "plus"', '"zero" or "positive"')
    await editor.run("compile", "race.py", "sign")
    assert 'return "positive"' in editor.text("race.py")
    edits = len(editor.edits)
    editor.save("race.py")
    restored = await editor.command("restore", uri=editor.uri("race.py"), name="sign")
    assert restored["applied"]
    assert len(editor.edits) == edits, "what is there is what is locked"
    await editor.barrier("race.py")
    assert editor.status("race.py", "sign")["state"] == "locked"


async def test_a_lock_that_waits_goes_with_its_file_into_another_workspace(tmp_path, sign):
    editor = await start(tmp_path)
    editor.write("intaglio.toml", "")
    editor.write("inner/a.py", sign)
    editor.open("inner/a.py")
    await editor.run("compile", "inner/a.py", "sign")
    assert editor.status("inner/a.py", "sign")["pending"]
    editor.write("inner/intaglio.toml", "")
    added = [types.WorkspaceFolder((tmp_path / "inner").as_uri(), "inner")]
    editor.client.workspace_did_change_workspace_folders(
        types.DidChangeWorkspaceFoldersParams(types.WorkspaceFoldersChangeEvent(added, []))
    )
    await editor.barrier("inner/a.py")
    assert editor.status("inner/a.py", "sign")["pending"]
    editor.save("inner/a.py")
    await editor.barrier("inner/a.py")
    assert editor.status("inner/a.py", "sign")["state"] == "locked"
    assert (tmp_path / "inner/.intaglio/locks/a.py.toml").exists()
    assert not (tmp_path / ".intaglio/locks/inner").exists()
    assert await end(editor) == 0
