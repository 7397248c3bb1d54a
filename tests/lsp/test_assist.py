"""What an editor shows and offers in specs, over stdio, in each position encoding, with text outside of the basic plane."""

import json

import pytest
import pytest_asyncio
from editor import FULL, end, recorded, start
from lsprotocol import types

pytestmark = pytest.mark.asyncio(loop_scope="module")

TEXT = """\
import math

LIMIT = 100


# spec: Decide about 😀 a claim: approve it when the amount is at most the limit, else deny it.
# require: amount > 0
# rule: amount <= LIMIT -> "APPROVE 😀"
# rule: otherwise -> "DENY"
# ensure: "😀" != result and len(result) > math.floor(1.5)
# example: decide(1.0) == "APPROVE 😀"
# example: "😀" + decide(101.0) == "😀DENY"
# golden: data/rows.jsonl >= 0.5
def decide(amount: float) -> str: ...
"""
ROWS = '{"input": {"amount": 3}, "output": "APPROVE 😀"}\n{"input": {"amount": 3}, "output": "no"}\n'
CAPABILITIES = json.loads(json.dumps(FULL))
CAPABILITIES["textDocument"] |= {
    "hover": {"contentFormat": ["markdown", "plaintext"]},
    "completion": {"completionItem": {"snippetSupport": True, "documentationFormat": ["markdown"]}},
    "signatureHelp": {"signatureInformation": {"parameterInformation": {"labelOffsetSupport": True}}},
    "rename": {"prepareSupport": True},
    "documentSymbol": {"hierarchicalDocumentSymbolSupport": True},
    "definition": {"linkSupport": True},
    "semanticTokens": {
        "requests": {"full": True, "range": True}, "tokenTypes": [], "tokenModifiers": [], "formats": ["relative"],
    },
}  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["utf-8", "utf-16", "utf-32"])
async def claims(request, tmp_path_factory):
    """An editor of each encoding, with the file open."""
    root = tmp_path_factory.mktemp("claims")
    (root / "intaglio.toml").write_text("")
    one = await start(root, CAPABILITIES, encoding=request.param)
    assert one.encoding == request.param
    one.write("data/rows.jsonl", ROWS)
    one.write("user.py", "from claims import decide\n\nprint(decide(1))\n")
    one.write("claims.py", TEXT)
    one.open("claims.py")
    await one.barrier("claims.py")
    yield one
    assert await end(one) == 0


class At:
    """A place in the open file, as the parameters of a request."""

    def __init__(self, editor, word, skip=0):
        text = editor.text("claims.py")
        place = -1
        for _ in range(skip + 1):
            place = text.index(word, place + 1)
        self.text_document = types.TextDocumentIdentifier(editor.uri("claims.py"))
        self.position = editor.position(text, place + len(word))

    def of(self, kind, **more):
        return kind(text_document=self.text_document, position=self.position, **more)


def document(editor):
    return types.TextDocumentIdentifier(editor.uri("claims.py"))


async def test_hover(claims):
    found = await claims.client.text_document_hover_async(At(claims, '"😀" != result').of(types.HoverParams))
    assert found.contents.value.startswith("```python\nresult: str\n```")
    assert claims.covered("claims.py", found.range) == "result"
    found = await claims.client.text_document_hover_async(At(claims, "def dec").of(types.HoverParams))
    assert found.contents.value.startswith("**decide** is **stub**\n\n- it has no body yet")
    assert await claims.client.text_document_hover_async(At(claims, "import ma").of(types.HoverParams)) is None


async def test_semantic_tokens_cover_what_they_colour(claims):
    params = types.SemanticTokensParams(document(claims))
    found = await claims.client.text_document_semantic_tokens_full_async(params)
    legend = claims.server.capabilities.semantic_tokens_provider.legend.token_types
    line = character = 0
    seen = []
    for place in range(0, len(found.data), 5):
        lines, characters, length, kind, _ = found.data[place : place + 5]
        line, character = line + lines, characters if lines else character + characters
        range_ = types.Range(types.Position(line, character), types.Position(line, character + length))
        seen.append((claims.covered("claims.py", range_), legend[kind]))
    of_ensure = seen[seen.index(("ensure", "macro")) :][:8]
    assert of_ensure == [
        ("ensure", "macro"), ('"😀"', "string"), ("!=", "operator"), ("result", "variable"), ("and", "keyword"), ("len", "function"),
        ("result", "variable"), (">", "operator"),
    ]  # fmt: skip
    range_ = types.Range(types.Position(6, 0), types.Position(7, 0))
    part = await claims.client.text_document_semantic_tokens_range_async(
        types.SemanticTokensRangeParams(document(claims), range_)
    )
    assert len(part.data) == 5 * 4


async def test_completion_replaces_what_is_typed(claims):
    found = await claims.client.text_document_completion_async(At(claims, '"😀" != res').of(types.CompletionParams))
    item = next(one for one in found.items if one.label == "result")
    assert claims.covered("claims.py", item.text_edit.range) == "res"
    assert (item.text_edit.new_text, item.documentation.value) == ("result", "What `decide` returns.")
    found = await claims.client.text_document_completion_async(At(claims, "math.flo").of(types.CompletionParams))
    item = next(one for one in found.items if one.label == "floor")
    assert claims.covered("claims.py", item.text_edit.range) == "flo"
    found = await claims.client.text_document_completion_async(At(claims, "# example: ").of(types.CompletionParams))
    snippet = next(one for one in found.items if one.insert_text_format is types.InsertTextFormat.Snippet)
    assert snippet.text_edit.new_text == "decide(${1:amount}) == ${0:...}"
    assert await claims.client.text_document_completion_async(At(claims, "LIMIT = ").of(types.CompletionParams)) is None


async def test_signature_help(claims):
    found = await claims.client.text_document_signature_help_async(
        At(claims, '"😀" + decide(1').of(types.SignatureHelpParams)
    )
    (signature,) = found.signatures
    assert signature.label == "decide(amount: float) -> str"
    assert tuple(signature.parameters[found.active_parameter].label) == (7, 20)


async def test_definition_links_and_symbols(claims):
    (link,) = await claims.client.text_document_definition_async(At(claims, "<= LIM").of(types.DefinitionParams))
    assert claims.covered("claims.py", link.target_range) == "LIMIT = 100"
    assert claims.covered("claims.py", link.origin_selection_range) == "LIMIT"
    (link,) = await claims.client.text_document_document_link_async(types.DocumentLinkParams(document(claims)))
    assert claims.covered("claims.py", link.range) == "data/rows.jsonl"
    assert link.target == claims.uri("data/rows.jsonl")
    (symbol,) = await claims.client.text_document_document_symbol_async(types.DocumentSymbolParams(document(claims)))
    assert (symbol.name, symbol.detail, len(symbol.children)) == ("decide", "stub", 7)
    (found,) = await claims.client.workspace_symbol_async(types.WorkspaceSymbolParams("DEC"))
    assert (found.name, found.container_name, found.location.uri) == ("decide", "stub", claims.uri("claims.py"))
    assert not await claims.client.workspace_symbol_async(types.WorkspaceSymbolParams("nothing"))


async def test_references_and_rename(claims):
    found = await claims.client.text_document_references_async(
        At(claims, "amount >").of(types.ReferenceParams, context=types.ReferenceContext(include_declaration=True))
    )
    assert found is None  # behind the sign there is no name
    found = await claims.client.text_document_references_async(
        At(claims, "require: amount").of(
            types.ReferenceParams, context=types.ReferenceContext(include_declaration=False)
        )
    )
    assert [claims.covered("claims.py", one.range) for one in found] == ["amount", "amount"]
    marked = await claims.client.text_document_document_highlight_async(
        At(claims, "require: amount").of(types.DocumentHighlightParams)
    )
    assert len(marked) == 3
    place = await claims.client.text_document_prepare_rename_async(
        At(claims, '"😀" + dec').of(types.PrepareRenameParams)
    )
    assert (claims.covered("claims.py", place.range), place.placeholder) == ("decide", "decide")
    edit = await claims.client.text_document_rename_async(
        At(claims, '"😀" + dec').of(types.RenameParams, new_name="judge")
    )
    first, second = edit.document_changes
    assert (first.text_document.version, len(first.edits)) == (1, 3)
    assert [claims.covered("claims.py", one.range) for one in first.edits] == ["decide"] * 3
    assert (second.text_document.uri, second.text_document.version, len(second.edits)) == (
        claims.uri("user.py"),
        None,
        2,
    )
    edit = await claims.client.text_document_rename_async(
        At(claims, "require: amount").of(types.RenameParams, new_name="cost")
    )
    (note,) = edit.change_annotations.values()
    assert note.needs_confirmation
    assert "rows are data" in note.description
    with pytest.raises(Exception, match="uses the name `LIMIT` already"):
        await claims.client.text_document_rename_async(
            At(claims, "def decide").of(types.RenameParams, new_name="LIMIT")
        )


async def test_folding_and_selection(claims):
    (fold,) = await claims.client.text_document_folding_range_async(types.FoldingRangeParams(document(claims)))
    assert (fold.start_line, fold.end_line) == (5, 12)
    place = At(claims, "len(result")
    (range_,) = await claims.client.text_document_selection_range_async(
        types.SelectionRangeParams(document(claims), [place.position])
    )
    seen = []
    while range_ is not None:
        seen.append(claims.covered("claims.py", range_.range))
        range_ = range_.parent
    assert seen[:3] == ["result", "(result)", "len(result)"]
    assert seen[-1] == TEXT


async def test_lenses_and_hints_from_stub_to_stale(claims):
    whole = types.Range(types.Position(0, 0), types.Position(99, 0))

    async def lenses():
        found = await claims.client.text_document_code_lens_async(types.CodeLensParams(document(claims)))
        assert {claims.covered("claims.py", one.range) for one in found} == {"decide"}
        found = [one if one.command is not None else await claims.client.code_lens_resolve_async(one) for one in found]
        assert all(one.command.arguments == ({"uri": claims.uri("claims.py"), "name": "decide"},) for one in found)
        return [(one.command.title, one.command.command) for one in found]

    async def hints():
        found = await claims.client.text_document_inlay_hint_async(types.InlayHintParams(document(claims), whole))
        lines = claims.text("claims.py").split("\n")
        for one in found:
            line = lines[one.position.line]
            assert one.position.character == claims.position(line, len(line)).character
        return [one.label.partition(" ")[0] for one in found]

    assert await lenses() == [("stub", "intaglio.log"), ("compile · no model needed", "intaglio.compile")]
    assert await hints() == []
    await claims.run("compile", "claims.py", "decide")
    claims.save("claims.py")
    await claims.barrier("claims.py")
    assert await lenses() == [
        ("locked · just now", "intaglio.log"), ("security ✓ syntax ✓ execution ✓ accuracy ✓", "intaglio.validate"),
    ]  # fmt: skip
    assert await hints() == ["✓", "✓", "✓"]
    found = await claims.client.text_document_hover_async(At(claims, "def dec").of(types.HoverParams))
    assert "**decide** is **locked**" in found.contents.value
    assert "golden 1 of 2" in found.contents.value
    claims.type("claims.py", "amount > 0", "amount > 1")
    await claims.barrier("claims.py")
    assert (await lenses())[0] == ("stale: the spec changed since it was locked", "intaglio.log")
    assert await hints() == []
    claims.type("claims.py", "amount > 1", "amount > 0")
    await claims.barrier("claims.py")
    assert await hints() == ["✓", "✓", "✓"]


@pytest.mark.parametrize("name", ["neovim-0.7", "eglot-1.9", "helix-25.01", "lsp-mode-8.0"])
async def test_clients_that_can_less(tmp_path, name):
    """Plain symbols, plain locations, plain changes: no capability is exceeded (pytest-lsp's warnings are errors)."""
    (tmp_path / "intaglio.toml").write_text("")
    one = await start(tmp_path, recorded(name))
    one.write("data/rows.jsonl", ROWS)
    one.write("claims.py", TEXT)
    one.open("claims.py")
    await one.barrier("claims.py")
    hover = await one.client.text_document_hover_async(At(one, "def dec").of(types.HoverParams))
    if hover.contents.kind is types.MarkupKind.PlainText:
        assert "**" not in hover.contents.value
    found = await one.client.text_document_completion_async(At(one, '"😀" != res').of(types.CompletionParams))
    assert "result" in [item.label for item in found.items]
    symbols = await one.client.text_document_document_symbol_async(types.DocumentSymbolParams(document(one)))
    assert symbols[0].name == "decide"
    await one.client.text_document_definition_async(At(one, "<= LIM").of(types.DefinitionParams))
    edit = await one.client.text_document_rename_async(
        At(one, "require: amount").of(types.RenameParams, new_name="cost")
    )
    assert edit.change_annotations is None
    assert any("rows are data" in message for message in one.messages())
    assert one.apply(edit)
    assert "# require: cost > 0" in one.text("claims.py")
    assert await end(one) == 0


async def test_a_file_that_is_opened_again_knows_what_was_judged(tmp_path):
    """Ready and hints come from the local cache, for as long as nothing that they stand on is another."""
    (tmp_path / "intaglio.toml").write_text("")
    whole = types.Range(types.Position(0, 0), types.Position(99, 0))

    async def seen(editor):
        found = await editor.client.text_document_inlay_hint_async(types.InlayHintParams(document(editor), whole))
        return editor.status("claims.py", "decide")["state"], [one.label.partition(" ")[0] for one in found]

    one = await start(tmp_path, CAPABILITIES)
    one.write("data/rows.jsonl", ROWS)
    one.write(
        "claims.py",
        TEXT.replace("...", '\n    return "APPROVE 😀" if amount <= LIMIT else "DENY"').replace(
            "# require: amount > 0\n", ""
        ),
    )
    one.open("claims.py")
    await one.run("validate", "claims.py", "decide")
    assert await seen(one) == ("ready", ["✓", "✓", "✓"])
    assert await end(one) == 0

    again = await start(tmp_path, CAPABILITIES)
    again.open("claims.py")
    await again.barrier("claims.py")
    assert await seen(again) == ("ready", ["✓", "✓", "✓"])
    again.type("claims.py", "LIMIT = 100", "LIMIT = 101")
    await again.barrier("claims.py")
    assert await seen(again) == ("unlocked", [])
    again.type("claims.py", "LIMIT = 101", "LIMIT = 100")
    await again.barrier("claims.py")
    assert await seen(again) == ("ready", ["✓", "✓", "✓"])
    assert await end(again) == 0

    wary = await start(tmp_path, CAPABILITIES, options={"trusted": False, "status": 1})
    wary.open("claims.py")
    await wary.barrier("claims.py")
    assert await seen(wary) == ("unlocked", [])
    assert await end(wary) == 0
