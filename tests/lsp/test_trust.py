"""Until a workspace is trusted nothing runs and no model is asked; reading and verifying work."""

import pytest
from editor import FULL, end, start
from pygls.exceptions import JsonRpcException

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("command", ["compile", "validate", "lock"])
async def test_what_runs_is_refused_with_a_way_to_trust(tmp_path, sign, command):
    editor = await start(tmp_path, options={"status": 1, "trusted": False})
    editor.answer = False
    editor.write("a.py", sign)
    editor.open("a.py")
    with pytest.raises(JsonRpcException, match="the workspace is not trusted"):
        await editor.command(command, uri=editor.uri("a.py"), name="sign")
    await editor.barrier("a.py")
    assert editor.codes("a.py") == ["stub"]
    assert editor.status("a.py", "sign")["phase"] == "idle"
    assert not (tmp_path / ".intaglio").exists()
    assert await end(editor) == 0


async def test_the_action_of_the_message_trusts(tmp_path, sign):
    editor = await start(tmp_path, options={"status": 1})
    editor.write("a.py", sign)
    editor.open("a.py")
    with pytest.raises(JsonRpcException, match=r"command intaglio\.trust .*setting `intaglio\.trust`"):
        await editor.command("compile", uri=editor.uri("a.py"))
    await editor.barrier()
    assert [action.title for action in editor.asked[0].actions] == ["Trust this workspace"]
    await editor.run("compile", "a.py")
    assert 'return "minus"' in editor.text("a.py")
    assert await end(editor) == 0


async def test_the_client_says_when_trust_comes_and_goes(tmp_path, sign):
    editor = await start(tmp_path, options={"status": 1, "trusted": False})
    editor.write("a.py", sign)
    editor.open("a.py")
    editor.client.protocol.notify("intaglio/trust", {"trusted": True})
    await editor.run("compile", "a.py")
    assert 'return "minus"' in editor.text("a.py")
    editor.client.protocol.notify("intaglio/trust", {"trusted": False})
    with pytest.raises(JsonRpcException, match="not trusted"):
        await editor.command("validate", uri=editor.uri("a.py"))
    assert await end(editor) == 0


async def test_a_client_that_has_the_notion_decides_alone(tmp_path, sign):
    """A restricted workspace of VS Code stays so, whoever sends the command."""
    editor = await start(tmp_path, options={"status": 1, "trusted": False})
    editor.write("a.py", sign)
    editor.open("a.py")
    with pytest.raises(JsonRpcException, match="Trust it in the editor"):
        await editor.command("trust")
    with pytest.raises(JsonRpcException, match=r"the workspace is not trusted: .*Trust it in the editor"):
        await editor.command("compile", uri=editor.uri("a.py"))
    await editor.barrier()
    assert editor.asked == []
    editor.client.protocol.notify("intaglio/trust", {"trusted": True})
    await editor.run("compile", "a.py")
    assert 'return "minus"' in editor.text("a.py")
    assert await end(editor) == 0


async def test_a_setting_trusts_for_clients_without_the_notion(tmp_path, sign):
    editor = await start(tmp_path, FULL, options={"settings": {"trust": True}}, configuration={"intaglio": {}})
    editor.write("a.py", sign)
    editor.open("a.py")
    await editor.barrier()
    assert (await editor.run("compile", "a.py"))["job"] == "1"
    assert 'return "minus"' in editor.text("a.py")
    assert await end(editor) == 0


async def test_a_setting_in_the_workspace_trusts_nothing(tmp_path, sign):
    editor = await start(tmp_path, options={})
    editor.write("intaglio.toml", "trust = true\n")
    editor.write("a.py", sign)
    editor.open("a.py")
    await editor.barrier("a.py")
    assert any("there is no setting 'trust'" in one.message for one in editor.diagnostics("a.py"))
    with pytest.raises(JsonRpcException, match="not trusted"):
        await editor.command("compile", uri=editor.uri("a.py"))
    assert await end(editor) == 0
