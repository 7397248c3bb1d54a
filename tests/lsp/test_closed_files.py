"""Commands on files that are not open in the editor: from a view of the workspace's specs, or a command palette."""

import pytest
from editor import FULL, end, recorded, start
from lsprotocol import types
from pygls.exceptions import JsonRpcException

pytestmark = pytest.mark.asyncio(loop_scope="module")

BY_HAND = """# spec: Return the negative of n.
# example: h(3) == -3
# example: h(0) == 0
def h(n: int) -> int:
    return -n
"""


def opening(editor):
    """An editor that opens a file to edit it, as VS Code does."""
    apply = editor.apply

    def applied(edit):
        for change in edit.document_changes or ():
            uri = change.text_document.uri
            if uri not in editor.versions:
                assert change.text_document.version is None
                editor.open(uri.removeprefix(f"{editor.root.as_uri()}/"))
        for uri in edit.changes or ():
            if uri not in editor.versions:
                editor.open(uri.removeprefix(f"{editor.root.as_uri()}/"))
        return apply(edit)

    editor.apply = applied


@pytest.mark.parametrize("name", ["full", "neovim-0.11"])
async def test_a_compile_opens_the_file_to_edit_it_and_its_save_locks(tmp_path, sign, name):
    editor = await start(tmp_path, FULL if name == "full" else recorded(name))
    opening(editor)
    editor.write("a.py", sign)
    await editor.run("compile", "a.py", "sign")
    assert 'return "minus"' in editor.text("a.py")
    assert (tmp_path / "a.py").read_text() == sign
    assert editor.status("a.py", "sign")["pending"]
    editor.save("a.py")
    await editor.barrier("a.py")
    assert editor.status("a.py", "sign")["state"] == "locked"
    assert (tmp_path / ".intaglio/locks/a.py.toml").is_file()
    assert await end(editor) == 0


async def test_an_editor_that_writes_the_file_itself_has_it_locked_at_once(editor, sign):
    editor.write("b.py", sign)
    await editor.run("compile", "b.py", "sign")
    await editor.barrier()
    assert 'return "minus"' in (editor.root / "b.py").read_text()
    assert (editor.root / ".intaglio/locks/b.py.toml").is_file()
    assert editor.diagnostics("b.py") == []
    editor.open("b.py")
    await editor.barrier("b.py")
    assert editor.status("b.py", "sign")["state"] == "locked"


async def test_what_is_declined_waits_until_the_file_is_opened_and_applied(editor, sign):
    editor.write("c.py", sign)
    editor.answer = False
    await editor.run("compile", "c.py", "sign")
    await editor.barrier()
    editor.answer = True
    editor.open("c.py")
    await editor.barrier("c.py")
    assert editor.status("c.py", "sign")["phase"] == "proposed"
    await editor.run("accept", "c.py", "sign")
    assert 'return "minus"' in editor.text("c.py")


async def test_a_body_is_validated_adopted_restored_and_compared(editor):
    editor.write("d.py", BY_HAND)
    await editor.run("validate", "d.py", "h")
    await editor.barrier()
    assert editor.messages()[-1] == "Validate h: 1 accepted; what was found is shown when d.py is opened"
    await editor.run("lock", "d.py", "h", adopt=True, reason="reviewed")
    await editor.barrier()
    assert "reviewed" in (editor.root / ".intaglio/locks/d.py.toml").read_text()
    editor.write("d.py", BY_HAND.replace("return -n", "return n"))
    shown = await editor.command("diff", uri=editor.uri("d.py"), name="h")
    assert (shown["left"]["text"], shown["right"]["text"]) == (BY_HAND, BY_HAND.replace("return -n", "return n"))
    assert await editor.command("restore", uri=editor.uri("d.py"), name="h") == {"applied": True}
    assert (editor.root / "d.py").read_text() == BY_HAND
    await editor.command("example", uri=editor.uri("d.py"), name="h", example="h(1) == -1")
    assert "# example: h(1) == -1\n" in (editor.root / "d.py").read_text()
    assert "adopted by" in (await editor.command("log", uri=editor.uri("d.py"), name="h"))[-1]


async def test_a_file_that_changes_on_the_disk_meanwhile_is_not_overwritten(editor, sign):
    editor.write("e.py", sign)
    await editor.command("compile", uri=editor.uri("e.py"), name="sign")
    other = sign.replace("plus", "more")
    editor.write("e.py", other)
    editor.client.workspace_did_change_watched_files(
        types.DidChangeWatchedFilesParams([types.FileEvent(editor.uri("e.py"), types.FileChangeType.Changed)])
    )
    await editor.barrier()
    assert (editor.root / "e.py").read_text() == other


async def test_what_cannot_be_read_is_refused_with_the_reason(editor):
    with pytest.raises(JsonRpcException, match="not open, and cannot be read from the disk: No such file"):
        await editor.command("compile", uri=editor.uri("nowhere.py"), name="sign")
    editor.write("bad.py", b"# spec: x\n\0")
    with pytest.raises(JsonRpcException, match="NUL bytes"):
        await editor.command("compile", uri=editor.uri("bad.py"))
    with pytest.raises(JsonRpcException, match="no Python file"):
        await editor.command("compile", uri=editor.uri("notes.txt"))
