"""Random valid edits, requests, cancels and saves, undone texts, half-typed neighbours, files that come, change and go around the
file: at each look the server says what a fresh one says of the same text and disk, and logged no error.

INTAGLIO_FUZZ sets how many steps are taken; `make test` takes few.
"""

import asyncio
import os
import random

import pytest
from editor import end, start
from lsprotocol import types

from intaglio.config import Settings
from intaglio.snapshot import Snapshot
from intaglio.subject import gather
from intaglio.validate.pipeline import TRANSIENT
from intaglio.workspace import DiskTree

pytestmark = pytest.mark.asyncio(loop_scope="module")

STEPS = int(os.environ.get("INTAGLIO_FUZZ", "300"))
SEEDS = [int(seed) for seed in os.environ.get("INTAGLIO_FUZZ_SEEDS", "1 2").split()]
PIECES = ["x", "\n", "# spec: Return it.\n", "def f(x): ...\n", "LIMIT", "LIMIT = 3\n", "é", "𝔘🦊", "(", ")", '"', "    ", "",
          "# example: sign(1) == 'plus'\n", "return x\n", "\r\n", "# rule: otherwise -> 1\n", "'''", "class A:\n"]  # fmt: skip
HALVES = ["def half(n: int\n", "class Half(\n", "HALF = [1,\n", "from limits import *\n", "import limits\n"]
GRADED = """# spec: Return whether n is at most the limits together.
# rule: n <= LIMIT + TOP -> True
# rule: otherwise -> False
# example: small(-3) == True
# golden: small.jsonl >= 0.5
# golden: more.jsonl >= 0.5
def small(n: int) -> bool: ...


# spec: Return the negative of n.
# example: negative(3) == -3
# golden: negative.jsonl
def negative(n: int) -> int:
    return n
"""
ROW = '{"input": {"n": 2}, "output": %s}\n'
FILES = {"small.jsonl": [ROW % "true", ROW % "false"], "negative.jsonl": [ROW % "-2", ROW % "2"], "more.jsonl": [ROW % "true"],
         "limits.py": ["TOP = 1\n", "TOP = 2\n", "TOP = (\n"]}  # fmt: skip
SPECS = ["sign", "small", "negative"]
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


def tell(editor, path, kind):
    events = [types.FileEvent(editor.uri(path), kind)]
    editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams(events))


def around(draw, editor):
    """Something changes on the disk beside the file, and the editor tells of it."""
    path = draw.choice([*FILES, ".intaglio/locks/a.py.toml"])
    there = (editor.root / path).exists()
    if path in FILES and (not there or draw.random() < 0.8):
        editor.write(path, draw.choice(FILES[path]))
        tell(editor, path, types.FileChangeType.Changed if there else types.FileChangeType.Created)
    elif there:
        (editor.root / path).unlink()
        tell(editor, path, types.FileChangeType.Deleted)


def edit(draw, editor, path, texts):
    """One edit of the file: by hand, of a neighbour, of a body, or an undo of many."""
    text = editor.text(path)
    kind = draw.random()
    if len(text) > 6000 or kind < 0.12:
        editor.replace(path, 0, len(text), draw.choice(texts))
    elif kind < 0.25:
        half = next((half for half in HALVES if half in text), None)
        if half is None:
            editor.replace(path, 0, 0, draw.choice(HALVES))
        else:
            editor.type(path, half, "")
    elif kind < 0.4 and "return n" in text:
        editor.type(path, "return n", "return -n")
    elif kind < 0.5 and "return -n" in text:
        editor.type(path, "return -n", "return n")
    else:
        offset, _ = place(draw, editor, path)
        editor.replace(path, offset, min(len(text), offset + draw.choice([0, 0, 1, 3, 40])), draw.choice(PIECES))


async def step(draw, editor, path, texts, asked):
    """One thing that a user or an editor does."""
    protocol, document = editor.client.protocol, types.TextDocumentIdentifier(editor.uri(path))
    kind = draw.random()
    if kind < 0.5:
        edit(draw, editor, path, texts)
    elif kind < 0.6:
        around(draw, editor)
    elif kind < 0.68:
        method, params = draw.choice(sorted(REQUESTS.items()))
        asked.append(protocol.send_request_async(method, params(document, place(draw, editor, path)[1])))
    elif kind < 0.78:
        method, params = draw.choice(sorted(OF_FILES.items()))
        asked.append(protocol.send_request_async(method, params(document)))
    elif kind < 0.82:
        editor.save(path)
    elif kind < 0.92:
        whole = draw.random() < 0.8
        if whole:
            editor.replace(path, 0, len(editor.text(path)), draw.choice(texts))
        command = draw.choice(["compile", "validate", "validate", "lock", "restore"])
        argument = {"uri": editor.uri(path), "name": draw.choice(SPECS), "adopt": True}
        asked.append(
            protocol.send_request_async(
                types.WORKSPACE_EXECUTE_COMMAND, types.ExecuteCommandParams(f"intaglio.{command}", [argument])
            )
        )
        if whole and draw.random() < 0.8:
            await editor.barrier(path)
            texts.append(editor.text(path))
            if draw.random() < 0.5:
                editor.save(path)
    elif kind < 0.94:
        asked.append(editor.command("cancel"))
    elif kind < 0.97:
        editor.open("limits.py", draw.choice(FILES["limits.py"]))
        editor.close("limits.py")
    else:
        editor.close(path)
        editor.open(path, editor.text(path))


def told(editor, path):
    """Each finding that is no note on an earlier text: where, what, how grave, by whom."""
    return [
        (one.range.start.line, one.range.start.character, str(one.code), one.message, one.severity.value,
         (one.data or {}).get("stage"), (one.data or {}).get("name"))
        for one in editor.diagnostics(path)
        if not one.message.startswith("Outdated: ")
    ]  # fmt: skip


def of_specs(editor, path):
    """Each spec with its state and what its stages say of the text as it is."""
    return {
        (one["name"], one["range"]["start"]["line"]): (
            one["state"], one["reasons"],
            [stage["outcome"].replace("stale", "notRun") for stage in one["stages"]],
        )
        for one in editor.statuses[editor.uri(path)]["specs"]
    }  # fmt: skip


def found_now(root, path, text):
    """What a run would find of what stands around the specs."""
    snapshot = Snapshot(root, DiskTree(root, {path: text}))
    for spec in snapshot.reading(path).specs:
        for finding in gather(snapshot, Settings(), path, snapshot.text(path), spec).findings:
            yield finding.code, finding.message


def check(lived, fresh, path):
    """Whether two servers say the same of a file. Only the one that lived had runs: what these say of a spec is compared unless
    they were cancelled, speak of a candidate where there is a stub, or met what the cache does not keep.
    """
    specs = lived.statuses[lived.uri(path)]["specs"]
    runs = {one["name"]: one["phase"] for one in specs}
    odd = {one["name"] for one in specs if one["state"] == "stub" or one["phase"] in {"cancelled", "proposed"}}
    odd |= {
        name
        for *_, code, message, _, _, name in told(lived, path)
        if code in TRANSIENT or "(in the candidate)" in message
    }
    around_it = set(found_now(lived.root, path, lived.text(path)))
    for *_, code, message, _, stage, _ in told(lived, path):
        if stage == "run" and code.startswith(("LK", "SP")):
            assert (code, message) in around_it, "what was found around a spec outlived its cause"

    def compared(editor):
        return sorted(
            (
                one
                for one in told(editor, path)
                if one[5] != "run" and (one[5] in {"reader", "lock", None} or one[6] not in odd)
            ),
            key=str,
        )

    assert compared(lived) == compared(fresh)
    here, there = of_specs(lived, path), of_specs(fresh, path)
    assert here.keys() == there.keys()
    for (name, line), (state, reasons, outcomes) in here.items():
        assert (state, reasons) == there[name, line][:2], name
        if name not in odd and runs[name] in {"idle", "accepted", "locked"}:
            assert outcomes == there[name, line][2], name
    for one in lived.diagnostics(path):
        if one.message.startswith("Outdated: "):
            known = [outcomes for (name, _), (*_, outcomes) in there.items() if name == one.data["name"]]
            assert all(outcome == "notRun" for outcomes in known for outcome in outcomes), one.message


async def drawn(editor, path):
    """What is drawn beside each spec and listed in the outline: by the spec's name and line, without what its stages said."""
    document = types.TextDocumentIdentifier(editor.uri(path))
    lenses = await editor.client.text_document_code_lens_async(types.CodeLensParams(document))
    outline = await editor.client.text_document_document_symbol_async(types.DocumentSymbolParams(document))
    said = [
        (one.range, one.data or (one.command.title, one.command.command, one.command.arguments))
        for one in lenses
        if one.data or not one.command.title.removeprefix("candidate: ").startswith("security ")
    ]
    return sorted(map(str, said)), sorted(map(str, outline))


@pytest.mark.parametrize("seed", SEEDS)
async def test_after_anything_the_server_says_what_a_fresh_one_says(tmp_path, sign, seed, capfd):
    draw = random.Random(seed)
    editor = await start(tmp_path, encoding=draw.choice(["utf-8", "utf-16", "utf-32"]))
    texts = [f"from limits import TOP\n\nLIMIT = 1\n\n\n{sign}\n\n{GRADED}"]
    for path, contents in FILES.items():
        editor.write(path, contents[0])
    editor.write("a.py", texts[0])
    editor.open("a.py")
    await editor.run("compile", "a.py")
    editor.save("a.py")
    await editor.barrier("a.py")
    texts += [editor.text("a.py"), editor.text("a.py").replace("return n", "return -n")]
    asked = []
    for number in range(1, STEPS + 1):
        editor.answer = draw.random() < 0.7
        await step(draw, editor, "a.py", texts, asked)
        if number % 25 == 0:
            await editor.barrier("a.py")
        if number % 100 == 0 or number == STEPS:
            answers = await asyncio.gather(*asked, return_exceptions=True)
            assert not [one for one in answers if isinstance(one, Exception) and getattr(one, "code", 0) in {-32603, 0}]
            asked.clear()
            await editor.barrier("a.py")
            if draw.random() < 0.8:
                editor.replace("a.py", 0, len(editor.text("a.py")), draw.choice(texts))
                for path, contents in FILES.items():
                    there = (tmp_path / path).exists()
                    editor.write(path, draw.choice(contents[:2]))
                    tell(editor, path, types.FileChangeType.Changed if there else types.FileChangeType.Created)
            editor.save("a.py")
            await editor.barrier("a.py")
            fresh = await start(tmp_path, encoding=editor.encoding)
            fresh.open("a.py")
            await fresh.barrier("a.py")
            check(editor, fresh, "a.py")
            if all(
                one["phase"] in {"idle", "accepted", "locked"} for one in editor.statuses[editor.uri("a.py")]["specs"]
            ):
                assert await drawn(editor, "a.py") == await drawn(fresh, "a.py")
            assert await end(fresh) == 0
    assert await end(editor) == 0
    errors = capfd.readouterr().err
    assert "Traceback" not in errors, errors
