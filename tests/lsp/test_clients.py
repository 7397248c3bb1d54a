"""From a stub to a lock under what each editor really says of itself: VS Code, Neovim, Emacs (eglot and lsp-mode), Helix, Vim."""

import json

import pytest
from editor import CLIENTS, end, recorded, start
from lsprotocol import types

pytestmark = pytest.mark.asyncio(loop_scope="module")

NAMES = sorted(place.stem for place in CLIENTS.glob("*.json"))


async def test_the_clients_that_are_named_are_recorded():
    assert {name.rpartition("-")[0] for name in NAMES} == {"ale", "eglot", "helix", "lsp-mode", "neovim", "vscode"}
    for name in NAMES:
        said = json.loads((CLIENTS / f"{name}.json").read_text(encoding="utf-8"))
        assert said["processId"] is None
        assert said["rootUri"] == "file:///workspace"


@pytest.mark.parametrize("name", NAMES)
async def test_a_stub_is_compiled_taken_saved_and_locked(tmp_path, sign, name):
    editor = await start(tmp_path, recorded(name))
    editor.write("a.py", sign)
    editor.open("a.py")
    await editor.run("compile", "a.py", "sign")
    if 'return "minus"' not in editor.text("a.py"):  # nobody could be asked: the action puts it in
        place = editor.position(editor.text("a.py"), editor.text("a.py").index("def sign"))
        params = types.CodeActionParams(
            types.TextDocumentIdentifier(editor.uri("a.py")), types.Range(place, place), types.CodeActionContext([])
        )
        found = {one.title: one for one in await editor.client.text_document_code_action_async(params)}
        action = found["Apply the compiled body of sign"]
        if action.edit is not None:
            assert editor.apply(action.edit)
        else:
            await editor.run("accept", "a.py", "sign")
    assert 'return "minus"' in editor.text("a.py")
    editor.save("a.py")
    await editor.barrier("a.py")
    assert editor.status("a.py", "sign")["state"] == "locked"
    assert editor.diagnostics("a.py") == []
    assert await end(editor) == 0
