"""What can be done at a place, for clients that take all of it and for those that take little."""

import pytest
from editor import FULL, end, recorded, start
from lsprotocol import types

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def actions(editor, path, at, *, only=None, trigger=None, diagnostics=()):
    """The titles of the actions on the first `at`, by what they do."""
    text = editor.text(path)
    place = editor.position(text, text.index(at))
    found = await editor.client.text_document_code_action_async(
        types.CodeActionParams(
            types.TextDocumentIdentifier(editor.uri(path)),
            types.Range(place, place),
            types.CodeActionContext(list(diagnostics), only, trigger),
        )
    )
    return {one.title: one for one in found or ()}


async def test_a_stub_can_be_compiled_and_nothing_runs_to_say_so(editor, sign):
    editor.write("a.py", sign)
    editor.open("a.py")
    await editor.barrier("a.py")
    found = await actions(editor, "a.py", "def sign")
    assert list(found) == ["Compile sign", "Compile the stub of this file"]
    command = found["Compile sign"].command
    assert (command.command, *command.arguments) == ("intaglio.compile", {"uri": editor.uri("a.py"), "name": "sign"})
    assert editor.status("a.py", "sign")["phase"] == "idle"
    await editor.client.workspace_execute_command_async(types.ExecuteCommandParams(command.command, command.arguments))
    await editor.barrier("a.py")
    assert 'return "minus"' in editor.text("a.py")


async def test_a_fix_is_an_edit_tied_to_its_diagnostic(editor):
    editor.write("b.py", "# spec: Return the number one.\n# exmaple: one() == 1\ndef one() -> int: ...\n")
    editor.open("b.py")
    await editor.barrier("b.py")
    (told,) = [one for one in editor.diagnostics("b.py") if one.code == "SP105"]
    told.source = told.severity = None
    found = await actions(editor, "b.py", "exmaple", diagnostics=[told])
    fix = found["Change to `example`"]
    assert [one.code for one in fix.diagnostics] == ["SP105"]
    assert editor.apply(fix.edit)
    assert "# example: one() == 1" in editor.text("b.py")
    assert found["Compile one"].disabled.reason == "the spec has errors"


async def test_a_comment_that_lacks_the_colon_becomes_a_spec(editor):
    editor.write("colon.py", "# spec Return the number one.\n# example: one() == 1\ndef one() -> int: ...\n")
    editor.open("colon.py")
    await editor.barrier("colon.py")
    (diagnostic,) = editor.diagnostics("colon.py")
    assert (diagnostic.code, diagnostic.severity) == ("SP126", types.DiagnosticSeverity.Warning)
    found = await actions(editor, "colon.py", "spec Return")
    edit = found["Write `# spec:`"].edit
    ((change,),) = [one.edits for one in edit.document_changes]
    assert (change.new_text, change.range) == ("spec:", diagnostic.range)


async def test_kinds_are_a_hierarchy_and_an_automatic_trigger_gets_quick_fixes_alone(editor, sign):
    editor.write("c.py", sign)
    editor.open("c.py")
    assert list(await actions(editor, "c.py", "def", only=["refactor"])) == ["Compile sign"]
    assert list(await actions(editor, "c.py", "def", only=["source"])) == ["Compile the stub of this file"]
    assert await actions(editor, "c.py", "def", only=["refactor.extract"]) == {}
    assert await actions(editor, "c.py", "def", trigger=types.CodeActionTriggerKind.Automatic) == {}


async def test_a_drifted_body_can_be_adopted_restored_and_compared(editor, sign):
    editor.write("d.py", sign)
    editor.open("d.py")
    await editor.run("compile", "d.py")
    editor.save("d.py")
    await editor.barrier("d.py")
    assert list(await actions(editor, "d.py", "def sign", only=["quickfix"])) == []
    editor.type("d.py", 'return "minus"', 'return "less"')
    await editor.barrier("d.py")
    found = await actions(editor, "d.py", "def sign")
    assert "Adopt sign as hand-written: validate and lock it" in found
    assert "Restore the locked body of sign" in found
    assert "Show what changed in sign since it was locked" in found
    assert "Recompile sign" in found


async def test_a_client_that_asks_its_user_has_actions_that_ask_and_others_have_none(tmp_path, sign):
    text = sign.replace("...", '\n    return "zero"')
    titles = ("Recompile sign with a remark ...", "Adopt sign as hand-written: validate and lock it")
    for options, expected in (
        ({"remarks": 1, "reasons": 1}, [("intaglio.compileWithRemark", {"replace": True}), ("intaglio.adopt", {})]),
        ({}, [None, ("intaglio.lock", {"adopt": True})]),
    ):
        editor = await start(tmp_path, options={"trusted": True, "status": 1, **options})
        editor.write("a.py", text)
        named = {"uri": editor.open("a.py"), "name": "sign"}
        found = await actions(editor, "a.py", "def sign")
        commands = [found[title].command if title in found else None for title in titles]
        assert [one and (one.command, *one.arguments) for one in commands] == [
            one and (one[0], {**named, **one[1]}) for one in expected
        ]
        assert await end(editor) == 0


async def test_a_missing_golden_file_is_created_with_a_row_that_fits(editor, sign):
    editor.write("e.py", sign.replace("def sign", "# golden: new.jsonl\ndef sign"))
    editor.open("e.py")
    found = await actions(editor, "e.py", "golden")
    command = found["Create new.jsonl with a first row"].command
    await editor.client.workspace_execute_command_async(types.ExecuteCommandParams(command.command, command.arguments))
    await editor.barrier("e.py")
    assert (editor.root / "new.jsonl").read_text().startswith('{"input": {"x": ')
    assert editor.codes("e.py") == ["stub"]


async def test_a_function_without_a_spec_is_given_one_that_knows_its_signature(editor):
    editor.write("f.py", 'def double(n: int) -> int:\n    """Return twice n."""\n    return n + n\n')
    editor.open("f.py")
    found = await actions(editor, "f.py", "def double")
    assert editor.apply(found["Insert a spec above this function"].edit)
    assert editor.text("f.py").startswith("# spec: Return twice n.\n# example: double(")


async def test_a_candidate_that_waits_is_applied_by_an_edit_where_commands_cannot(tmp_path, sign):
    editor = await start(tmp_path, recorded("ale-3.3"))
    editor.write("a.py", sign)
    editor.open("a.py")
    await editor.run("compile", "a.py", "sign")
    assert editor.edits == []
    found = await actions(editor, "a.py", "def sign")
    assert editor.apply(found["Apply the compiled body of sign"].edit)
    assert 'return "minus"' in editor.text("a.py")
    editor.save("a.py")
    await editor.barrier("a.py")
    assert editor.status("a.py", "sign")["state"] == "locked"
    assert await end(editor) == 0


async def test_a_client_without_literals_gets_commands(tmp_path, sign):
    editor = await start(tmp_path, {"workspace": {"applyEdit": True}})
    editor.write("a.py", sign)
    editor.open("a.py")
    found = await actions(editor, "a.py", "def sign")
    assert all(isinstance(one, types.Command) for one in found.values())
    assert found["Compile sign"].command == "intaglio.compile"
    assert await end(editor) == 0


async def test_without_trust_the_way_to_it_is_offered_and_the_rest_says_why_not(tmp_path, sign):
    editor = await start(tmp_path, FULL, options={"trusted": False})
    editor.write("a.py", sign)
    editor.open("a.py")
    found = await actions(editor, "a.py", "def sign")
    assert found["Compile sign"].disabled.reason == "the workspace is not trusted"
    assert found["Trust this workspace: let Intaglio run stages and ask models"].command.command == "intaglio.trust"
    assert await end(editor) == 0


async def test_an_input_that_fails_is_offered_as_an_example_and_is_one_then(editor):
    text = "# spec: Return ten divided by n.\n# ensure: result * n <= 10\n# example: tenth(5) == 2\ndef tenth(n: int) -> int:\n    return 10 // n\n"
    editor.write("ten.py", text)
    editor.open("ten.py")
    await editor.run("validate", "ten.py", "tenth")
    (failed,) = {
        one.data["details"]["input"]
        for one in editor.diagnostics("ten.py")
        if (one.data.get("details") or {}).get("input")
    }
    assert failed == "tenth(0)"
    title = "Add `tenth(0)` as an example, its outcome to be filled in"
    assert editor.apply((await actions(editor, "ten.py", "def tenth"))[title].edit)
    assert "# example: tenth(5) == 2\n# example: tenth(0) == ...\ndef tenth" in editor.text("ten.py")
    await editor.barrier("ten.py")
    assert title not in await actions(editor, "ten.py", "def tenth"), "it was found in another text"


@pytest.mark.parametrize(
    ("directive", "body", "code"),
    [
        ("# comply: hipaa", "raise ValueError(ssn)", "SE111"),
        ("# ensure: len(result) < 99", "return str(1 // len(ssn))", "EX103"),
    ],
)
async def test_a_finding_in_the_body_names_the_directive_that_asked(editor, directive, body, code):
    path = f"{code}.py"
    text = f'# spec: Return the number as it is.\n{directive}\n# example: same("1") == "1"\ndef same(ssn: str) -> str:\n    {body}\n'
    editor.write(path, text)
    editor.open(path)
    await editor.run("validate", path, "same")
    found = next(one for one in editor.diagnostics(path) if one.code == code)
    assert editor.covered(path, found.range).strip() in body
    (asked,) = found.related_information
    assert (asked.location.uri, asked.message) == (editor.uri(path), "what the spec asks for")
    assert editor.covered(path, asked.location.range) in directive
    assert len(editor.covered(path, asked.location.range)) > 5
