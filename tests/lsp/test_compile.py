"""From a stub to a lock, as a user of an editor sees it. Each status is a line of columns: security, syntax, execution, accuracy."""

import pytest
from editor import in_order
from pygls.exceptions import JsonRpcException

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_stub_is_compiled_confirmed_saved_and_locked(editor, sign):
    editor.write("a.py", sign)
    editor.open("a.py")
    await editor.barrier("a.py")
    assert editor.codes("a.py") == ["stub"]
    editor.told.clear()

    assert await editor.run("compile", "a.py", "sign") == {"job": "1"}
    columns = editor.columns("a.py", "sign")
    assert columns[-1] == "accepted accepted   PPPP"
    everything = [
        "stub     queued     qqqq",
        "stub     validating qqqq",
        "stub     generating qqqq",
        "stub     validating qqqq",
        "stub     validating rqqq",
        "stub     validating Pqqq",
        "stub     validating Prqq",
        "stub     validating PPqq",
        "stub     validating PPrq",
        "stub     validating PPPq",
        "stub     validating PPPr",
        "stub     validating PPPP",
        "stub     proposed   PPPP",
        "accepted proposed   PPPP",
        "accepted accepted   PPPP",
    ]
    assert in_order(columns, everything), columns
    assert any("P" in line and "q" in line for line in columns), "stages are told as they end"
    (applied,) = editor.edits
    assert applied.edit.document_changes[0].text_document.version == 1
    assert applied.edit.change_annotations["intaglio"].needs_confirmation
    assert 'return "minus"' in editor.text("a.py")

    editor.save("a.py")
    await editor.barrier("a.py")
    assert editor.columns("a.py", "sign")[-1] == "locked   locked     PPPP"
    assert editor.codes("a.py") == []
    assert (editor.root / ".intaglio/locks/a.py.toml").is_file()


async def test_a_spec_with_errors_is_refused_at_once_with_the_first_of_them(editor, sign):
    editor.write("wrong.py", sign.replace("# rule: x < 0", "# rule: y < 0"))
    editor.open("wrong.py")
    await editor.barrier("wrong.py")
    with pytest.raises(JsonRpcException, match=r"the spec of sign has errors, so nothing is compiled: .*`y`"):
        await editor.command("compile", uri=editor.uri("wrong.py"), name="sign")
