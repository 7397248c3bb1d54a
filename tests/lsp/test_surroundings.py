"""What changes under the editor: locks, golden files, other files, settings, folders; and two windows on one workspace."""

import json
from pathlib import PurePosixPath

import pytest
from editor import FULL, end, start
from lsprotocol import types

from intaglio.lsp.watched_files import WATCHED

pytestmark = pytest.mark.asyncio(loop_scope="module")


def changed(editor, *paths, kind=types.FileChangeType.Changed):
    events = [types.FileEvent(editor.uri(path), kind) for path in paths]
    editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams(events))


async def locked(editor, path, text):
    editor.write(path, text)
    editor.open(path)
    await editor.run("compile", path)
    editor.save(path)
    await editor.barrier(path)
    assert {one["state"] for one in editor.statuses[editor.uri(path)]["specs"]} == {"locked"}


async def test_what_states_stand_on_is_watched(editor):
    await editor.barrier()
    assert ("client/registerCapability", ["workspace/didChangeWatchedFiles"]) in editor.told


@pytest.mark.parametrize("name", ["rows.jsonl", "data/rows.ndjson", "rows.json"])
async def test_golden_files_are_watched_whatever_they_are_called(name):
    patterns = [pattern.removeprefix("**/") for pattern in WATCHED]
    assert any(PurePosixPath("/w", name).match(pattern) for pattern in patterns)


async def test_a_lock_file_that_goes_and_comes_back_is_followed(editor, sign):
    await locked(editor, "a.py", sign)
    place = editor.root / ".intaglio/locks/a.py.toml"
    kept = place.read_bytes()
    place.unlink()
    changed(editor, ".intaglio/locks/a.py.toml", kind=types.FileChangeType.Deleted)
    await editor.barrier("a.py")
    assert editor.codes("a.py") == ["ready"]
    place.write_bytes(kept)
    changed(editor, ".intaglio/locks/a.py.toml", kind=types.FileChangeType.Created)
    await editor.barrier("a.py")
    assert editor.codes("a.py") == []


async def test_golden_data_that_changes_makes_its_spec_stale(editor, sign):
    text = sign.replace("def sign", "# golden: signs.jsonl\ndef sign")
    editor.write("signs.jsonl", '{"input": {"x": 1}, "output": "plus"}\n')
    await locked(editor, "b.py", text)
    editor.write("signs.jsonl", '{"input": {"x": 2}, "output": "plus"}\n')
    changed(editor, "signs.jsonl")
    await editor.barrier("b.py")
    assert editor.status("b.py", "sign")["reasons"] == ["the golden file signs.jsonl changed since it was locked"]


async def test_a_save_sees_what_changed_where_the_client_watches_nothing(editor, sign):
    text = sign.replace("def sign", "# golden: signs.jsonl\ndef sign")
    editor.write("signs.jsonl", '{"input": {"x": 1}, "output": "plus"}\n')
    await locked(editor, "save.py", text)
    editor.write("signs.jsonl", '{"input": {"x": 2}, "output": "plus"}\n')
    editor.save("save.py")
    await editor.barrier("save.py")
    assert editor.status("save.py", "sign")["state"] == "stale"


async def test_a_golden_file_that_is_made_ends_the_finding_that_it_is_missing(editor, sign):
    editor.write("c.py", sign.replace("def sign", "# golden: later.jsonl\ndef sign"))
    editor.open("c.py")
    await editor.barrier("c.py")
    assert any("there is no golden file" in one.message for one in editor.diagnostics("c.py"))
    editor.write("later.jsonl", '{"input": {"x": 1}, "output": "plus"}\n')
    changed(editor, "later.jsonl", kind=types.FileChangeType.Created)
    await editor.barrier("c.py")
    assert editor.codes("c.py") == ["stub"]


async def test_an_open_file_that_another_stands_on_counts_unsaved(editor):
    editor.write("limits.py", "LIMIT = 10\n")
    text = "from limits import LIMIT\n\n\n# spec: Return whether n is at most the limit.\n# rule: n <= LIMIT -> True\n"
    text += "# rule: otherwise -> False\n# example: small(3) == True\ndef small(n: int) -> bool: ...\n"
    await locked(editor, "d.py", text)
    editor.open("limits.py")
    editor.type("limits.py", "10", "11")
    await editor.barrier()
    assert editor.status("d.py", "small")["state"] == "stale"
    editor.type("limits.py", "11", "10")
    await editor.barrier()
    assert editor.status("d.py", "small")["state"] == "locked"
    editor.type("limits.py", "10", "12")
    editor.close("limits.py")
    await editor.barrier()
    assert editor.status("d.py", "small")["state"] == "locked", "an edit that was thrown away counts no more"


async def test_settings_that_cannot_be_used_are_told_and_change_nothing(tmp_path, sign):
    editor = await start(tmp_path)
    editor.write("a.py", sign)
    editor.open("a.py")
    editor.client.set_configuration({"intaglio": {"attemps": 3, "lock": "never"}})
    editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(None))
    await editor.barrier("a.py")
    said = [one.message for one in editor.diagnostics("a.py") if one.code == "settings"]
    assert said[0].startswith("the editor's settings: there is no setting 'attemps'; did you mean 'attempts'?")
    assert "lock must be one of ('on-save', 'explicit'), not 'never'" in said[1]
    editor.client.set_configuration({"intaglio": {"attempts": 3}})
    editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(None))
    await editor.barrier("a.py")
    assert editor.codes("a.py") == ["stub"]
    assert await end(editor) == 0


async def titles(editor, path):
    """The lenses of a file; none where its root's settings have none."""
    params = types.CodeLensParams(types.TextDocumentIdentifier(editor.uri(path)))
    return [
        lens.command.title for lens in await editor.client.text_document_code_lens_async(params) or () if lens.command
    ]


async def test_each_root_has_its_own_settings_and_takes_new_ones_at_once(tmp_path, sign):
    for folder in ("claims", "orders"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "intaglio.toml").write_text("")
    editor = await start(tmp_path / "claims")
    editor.root = tmp_path
    other = types.WorkspaceFolder((tmp_path / "orders").as_uri(), "orders")
    event = types.WorkspaceFoldersChangeEvent([other], [])
    editor.client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(event))
    for path in ("claims/a.py", "orders/b.py"):
        editor.write(path, sign)
        editor.open(path)
    await editor.barrier()
    assert await titles(editor, "claims/a.py")
    assert await titles(editor, "orders/b.py")

    editor.client.set_configuration({"intaglio": {"lenses": False}}, scope_uri=editor.uri("orders"))
    editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(None))
    await editor.barrier()
    assert await titles(editor, "claims/a.py")
    assert not await titles(editor, "orders/b.py")

    editor.write("orders/intaglio.toml", "attemps = 3\n")
    changed(editor, "orders/intaglio.toml")
    await editor.barrier()
    assert (editor.codes("claims/a.py"), editor.codes("orders/b.py")) == (["stub"], ["settings", "stub"])
    editor.write("orders/intaglio.toml", "attempts = 3\n")
    changed(editor, "orders/intaglio.toml")
    await editor.barrier()
    assert editor.codes("orders/b.py") == ["stub"]
    assert await end(editor) == 0


async def test_what_a_client_started_with_holds_until_it_sets_something_else(tmp_path, sign):
    less = json.loads(json.dumps(FULL))
    del less["workspace"]["configuration"]
    editor = await start(tmp_path, less, options={"status": 1, "settings": {"trust": True, "lenses": False}})
    editor.write("a.py", sign)
    editor.open("a.py")
    for settings in ({}, None, {"intaglio": {"attempts": 3}}):
        editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings))
        await editor.barrier("a.py")
        assert not await titles(editor, "a.py")
    await editor.run("compile", "a.py", "sign")
    assert 'return "minus"' in editor.text("a.py"), "it is trusted still"
    editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams({"intaglio": {"lenses": True}}))
    assert await titles(editor, "a.py")
    assert await end(editor) == 0


async def test_two_windows_on_one_workspace_agree(tmp_path, sign):
    one, other = await start(tmp_path), await start(tmp_path)
    one.write("a.py", sign)
    for window in (one, other):
        window.open("a.py")
    await one.run("compile", "a.py")
    one.save("a.py")
    await one.barrier("a.py")
    other.replace("a.py", 0, len(sign), one.text("a.py"))
    changed(other, "a.py", ".intaglio/locks/a.py.toml")
    await other.barrier("a.py")
    assert one.codes("a.py") == other.codes("a.py") == []
    assert one.status("a.py", "sign")["state"] == other.status("a.py", "sign")["state"] == "locked"
    assert await end(one) == await end(other) == 0


async def specs_of(editor):
    answer = await editor.client.protocol.send_request_async("intaglio/specs", {})
    return {(one.uri.rpartition("/")[2], one.name): one.state for one in answer.specs}


async def test_files_that_are_not_open_are_listed_as_status_says_they_are(tmp_path, sign):
    editor = await start(tmp_path)
    states = ["stub", "unlocked", "ready", "locked", "invalid"]
    for state in states:
        editor.write(f"{state}.py", sign)
        editor.open(f"{state}.py")
        if state not in {"stub", "invalid"}:
            await editor.run("compile", f"{state}.py")
        if state == "unlocked":
            editor.type("unlocked.py", 'return "minus"', 'return "less"')
        if state == "ready":
            await editor.run("validate", "ready.py")
        if state == "invalid":
            editor.type("invalid.py", "# rule: x == 0", "# rule: x == nothing")
        editor.save(f"{state}.py", tell=state == "locked")
        await editor.barrier(f"{state}.py")
    opened = await specs_of(editor)
    listed = {(f"{state}.py", "sign"): state for state in states}
    assert opened == {**listed, ("ready.py", "sign"): "accepted"}, "its lock waits for a save that is told"
    for state in states:
        editor.close(f"{state}.py")
    assert await specs_of(editor) == listed, "what waited for a save ends with the file's closing"
    assert await end(editor) == 0
    untrusted = await start(tmp_path, options={"status": 1, "trusted": False})
    assert (await specs_of(untrusted))["ready.py", "sign"] == "unlocked", (
        "the cache of whom nobody trusts is not believed"
    )
    assert await end(untrusted) == 0


async def test_every_spec_of_the_workspace_is_listed_as_the_editor_has_it(tmp_path, sign):
    editor = await start(tmp_path)
    editor.write("a.py", sign)
    editor.write("sub/b.py", sign)
    editor.open("a.py")
    editor.replace("a.py", 0, len(sign), sign.replace("sign", "other"))
    await editor.barrier("a.py")
    answer = await editor.client.protocol.send_request_async("intaglio/specs", {})
    assert [(one.uri.rpartition("/")[2], one.name, one.state) for one in answer.specs] == [
        ("a.py", "other", "stub"), ("b.py", "sign", "stub")
    ]  # fmt: skip
    found = await editor.client.protocol.send_request_async(
        "intaglio/artifact", {"uri": editor.uri("a.py"), "name": "other"}
    )
    assert (found.path, found.state, found.lock) == ("a.py", "stub", None)
    assert found.fingerprints.now.spec.startswith("1:")
    assert await end(editor) == 0


async def test_a_folder_that_is_added_brings_its_specs_and_takes_them_with_it(tmp_path, sign):
    workspace, other = tmp_path / "claims", tmp_path / "orders"
    for folder in (workspace, other):
        folder.mkdir()
    (other / "b.py").write_text(sign.replace("sign", "other"))
    editor = await start(workspace)
    editor.write("a.py", sign)
    folder = types.WorkspaceFolder(other.as_uri(), "orders")

    async def names_with(added, removed):
        event = types.WorkspaceFoldersChangeEvent(added, removed)
        editor.client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(event))
        answer = await editor.client.protocol.send_request_async("intaglio/specs", {})
        return [one.name for one in answer.specs]

    assert await names_with([folder], []) == ["sign", "other"]
    assert await names_with([], [folder]) == ["sign"]
    assert await end(editor) == 0
