"""Random valid edits, requests, cancels and saves: at the end the server says what a fresh one says, and logged no error.

INTAGLIO_FUZZ sets how many steps are taken; `make test` takes few.
"""

import asyncio
import os
import random

import pytest
from editor import end, start
from lsprotocol import types

pytestmark = pytest.mark.asyncio(loop_scope="module")

STEPS = int(os.environ.get("INTAGLIO_FUZZ", "250"))
PIECES = ["x", "\n", "# spec: Return it.\n", "def f(x): ...\n", "LIMIT", "LIMIT = 3\n", "é", "𝔘🦊", "(", ")", '"', "    ", "",
          "# example: sign(1) == 'plus'\n", "return x\n", "\r\n", "# rule: otherwise -> 1\n", "'''", "class A:\n"]  # fmt: skip
REQUESTS = {
    types.TEXT_DOCUMENT_HOVER: types.HoverParams,
    types.TEXT_DOCUMENT_COMPLETION: types.CompletionParams,
    types.TEXT_DOCUMENT_SIGNATURE_HELP: types.SignatureHelpParams,
    types.TEXT_DOCUMENT_DEFINITION: types.DefinitionParams,
    types.TEXT_DOCUMENT_PREPARE_RENAME: types.PrepareRenameParams,
}
OF_FILES = {
    types.TEXT_DOCUMENT_CODE_LENS: types.CodeLensParams,
    types.TEXT_DOCUMENT_DOCUMENT_SYMBOL: types.DocumentSymbolParams,
    types.TEXT_DOCUMENT_FOLDING_RANGE: types.FoldingRangeParams,
    types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL: types.SemanticTokensParams,
    types.TEXT_DOCUMENT_DOCUMENT_LINK: types.DocumentLinkParams,
}


def place(draw, editor, path):
    text = editor.text(path)
    offset = draw.randrange(len(text) + 1)
    return offset, editor.position(text, offset)


async def step(draw, editor, path, start_text, asked):
    """One thing that a user or an editor does."""
    protocol, document = editor.client.protocol, types.TextDocumentIdentifier(editor.uri(path))
    kind = draw.random()
    if kind < 0.6:
        text = editor.text(path)
        if len(text) > 4000 or draw.random() < 0.03:
            editor.replace(path, 0, len(text), start_text)
            return
        offset, _ = place(draw, editor, path)
        editor.replace(path, offset, min(len(text), offset + draw.choice([0, 0, 1, 3, 40])), draw.choice(PIECES))
    elif kind < 0.75:
        method, params = draw.choice(sorted(REQUESTS.items()))
        asked.append(protocol.send_request_async(method, params(document, place(draw, editor, path)[1])))
    elif kind < 0.85:
        method, params = draw.choice(sorted(OF_FILES.items()))
        asked.append(protocol.send_request_async(method, params(document)))
    elif kind < 0.9:
        editor.save(path)
    elif kind < 0.94:
        command = draw.choice(["compile", "validate", "lock", "restore"])
        argument = {"uri": editor.uri(path), "name": "sign"}
        asked.append(
            protocol.send_request_async(
                types.WORKSPACE_EXECUTE_COMMAND, types.ExecuteCommandParams(f"intaglio.{command}", [argument])
            )
        )
    elif kind < 0.98:
        asked.append(editor.command("cancel"))
    else:
        editor.close(path)
        editor.open(path, editor.text(path))


def said(editor, path, name):
    """What of a file does not depend on how it came to be."""
    told = sorted(
        (one.range.start.line, one.range.start.character, str(one.code), one.message)
        for one in editor.diagnostics(path)
        if not one.message.startswith("Outdated: ") and (one.data or {}).get("stage") in {"reader", "lock"}
    )
    specs = [(one["name"], one["state"], one["range"]) for one in editor.statuses[editor.uri(path)]["specs"]]
    return told, specs


@pytest.mark.parametrize("seed", [1, 2])
async def test_after_anything_the_server_says_what_a_fresh_one_says(tmp_path, sign, seed, capfd):
    draw = random.Random(seed)
    editor = await start(tmp_path, encoding=draw.choice(["utf-8", "utf-16", "utf-32"]))
    editor.write("a.py", f"LIMIT = 1\n\n\n{sign}")
    editor.open("a.py")
    asked = []
    for number in range(STEPS):
        editor.answer = draw.random() < 0.7
        await step(draw, editor, "a.py", f"LIMIT = 1\n\n\n{sign}", asked)
        if number % 25 == 0:
            await editor.barrier("a.py")
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert not [one for one in answers if isinstance(one, Exception) and getattr(one, "code", 0) in {-32603, 0}]
    await editor.command("cancel")
    editor.save("a.py")
    await editor.barrier("a.py")
    fresh = await start(tmp_path, encoding=editor.encoding)
    fresh.open("a.py")
    await fresh.barrier("a.py")
    assert said(editor, "a.py", "sign") == said(fresh, "a.py", "sign")
    assert await end(editor) == await end(fresh) == 0
    errors = capfd.readouterr().err
    assert "Traceback" not in errors, errors
