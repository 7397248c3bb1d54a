"""A write that a kill cut short is offered for finishing in the editor: a real process, killed between the source and its lock."""

import signal
import subprocess
import sys

import pytest
from editor import FULL, end, recorded, start
from lsprotocol import types

pytestmark = pytest.mark.asyncio(loop_scope="module")

DRIVER = """
import os, signal, sys

kill_at = sys.argv[1]
from intaglio.lock import write

real = write.commit_artifact

def killed(*given, **named):
    def step(name):
        if name == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
    return real(*given, **named, step=step)

import intaglio.locking
intaglio.locking.commit_artifact = killed
from intaglio.cli import main
sys.argv[:] = ["intaglio", "compile", "a.py"]
main()
"""


def cut_short(root, sign):
    """A compile on the command line, killed when the source is written and the lock is not."""
    (root / "intaglio.toml").write_text("")
    (root / "a.py").write_text(sign)
    done = subprocess.run(
        [sys.executable, "-c", DRIVER, "place .intaglio/locks/a.py.toml"], cwd=root, capture_output=True, check=False
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert 'return "minus"' in (root / "a.py").read_text()
    assert not (root / ".intaglio/locks/a.py.toml").exists()


@pytest.mark.parametrize("name", ["full", "neovim-0.7"])
async def test_it_is_asked_once_and_finished(tmp_path, sign, name):
    cut_short(tmp_path, sign)
    editor = await start(tmp_path, FULL if name == "full" else recorded(name))
    editor.open("a.py")
    while not editor.asked:
        await editor.barrier("a.py")
    assert editor.asked[0].message == "A write of a.py::sign was cut short. Finish it?"
    assert [one.title for one in editor.asked[0].actions] == ["Finish it", "Leave the files as they are"]
    while not any("Finished the interrupted write" in one for one in editor.messages()):
        await editor.barrier("a.py")
    await editor.barrier("a.py")
    assert editor.status("a.py", "sign")["state"] == "locked"
    assert (tmp_path / ".intaglio/locks/a.py.toml").is_file()
    assert len(editor.asked) == 1
    assert await end(editor) == 0


async def test_who_does_not_answer_finds_it_as_an_action_and_may_give_it_up(tmp_path, sign):
    cut_short(tmp_path, sign)
    editor = await start(tmp_path)
    editor.answer = False
    editor.open("a.py")
    while not editor.asked:
        await editor.barrier("a.py")
    said = await editor.command("finishWrite", uri=editor.uri("a.py"), discard=True)
    assert said["said"] == "Gave up the interrupted write of a.py::sign: the files are as they were found"
    assert not (tmp_path / ".intaglio/locks/a.py.toml").exists()
    assert 'return "minus"' in editor.text("a.py")
    with pytest.raises(Exception, match="no write was cut short here"):
        await editor.command("finishWrite", uri=editor.uri("a.py"))
    assert await end(editor) == 0


async def test_a_client_that_cannot_ask_is_told_and_has_the_action(tmp_path, sign):
    cut_short(tmp_path, sign)
    editor = await start(tmp_path, recorded("helix-25.01"))
    editor.open("a.py")
    while not any("was cut short" in one for one in editor.messages()):
        await editor.barrier("a.py")
    assert editor.asked == []
    said = await editor.command("finishWrite", uri=editor.uri("a.py"))
    assert said["said"] == "Finished the interrupted write of a.py::sign"
    assert (tmp_path / ".intaglio/locks/a.py.toml").is_file()
    assert await end(editor) == 0


async def test_a_later_edit_overtook_it_and_it_is_given_up(tmp_path, sign):
    cut_short(tmp_path, sign)
    (tmp_path / "a.py").write_text((tmp_path / "a.py").read_text().replace("minus", "less"))
    editor = await start(tmp_path)
    editor.answer = False
    editor.open("a.py")
    said = await editor.command("finishWrite", uri=editor.uri("a.py"))
    assert said["said"].startswith("Gave up the interrupted write: a.py changed since the write was cut short")
    assert await end(editor) == 0


async def test_without_trust_nothing_is_offered_or_finished(tmp_path, sign):
    cut_short(tmp_path, sign)
    editor = await start(tmp_path, options={"trusted": False})
    editor.open("a.py")
    await editor.barrier("a.py")
    with pytest.raises(Exception, match="not trusted"):
        await editor.command("finishWrite", uri=editor.uri("a.py"))
    assert editor.asked == []
    assert not (tmp_path / ".intaglio/locks/a.py.toml").exists()
    assert await end(editor) == 0


async def test_it_stands_among_the_actions_of_the_file_until_it_is_settled(tmp_path, sign):
    cut_short(tmp_path, sign)
    editor = await start(tmp_path)
    editor.answer = False
    editor.open("a.py")
    nowhere = types.Range(types.Position(0, 0), types.Position(0, 0))

    async def titles():
        params = types.CodeActionParams(
            types.TextDocumentIdentifier(editor.uri("a.py")), nowhere, types.CodeActionContext([])
        )
        return [one.title for one in await editor.client.text_document_code_action_async(params)]

    assert "Finish the interrupted write of a.py::sign" in await titles()
    assert "Give up the interrupted write of a.py::sign: leave the files as they are" in await titles()
    await editor.command("finishWrite", uri=editor.uri("a.py"))
    assert not any("interrupted write" in title for title in await titles())
    assert await end(editor) == 0
