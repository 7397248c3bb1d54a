"""An editor for tests: pytest-lsp's client with open files, edits in the negotiated encoding, and a barrier instead of sleeps."""

import json
import sys
from dataclasses import dataclass, field
from pathlib import Path

from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient
from pytest_lsp.client import make_test_lsp_client

CLIENTS = Path(__file__).parent / "clients"
FULL = {
    "workspace": {
        "applyEdit": True,
        "configuration": True,
        "didChangeWatchedFiles": {"dynamicRegistration": True},
        "workspaceEdit": {"documentChanges": True, "changeAnnotationSupport": {}, "resourceOperations": ["create"]},
        "codeLens": {"refreshSupport": True},
        "inlayHint": {"refreshSupport": True},
    },
    "window": {"workDoneProgress": True, "showMessage": {}},
    "general": {"positionEncodings": ["utf-16"]},
    "textDocument": {
        "publishDiagnostics": {
            "relatedInformation": True, "tagSupport": {"valueSet": [1, 2]}, "versionSupport": True,
            "codeDescriptionSupport": True, "dataSupport": True,
        },
        "codeAction": {
            "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["", "quickfix", "refactor", "source"]}},
            "dataSupport": True, "disabledSupport": True, "resolveSupport": {"properties": ["edit"]},
        },
        "hover": {"contentFormat": ["markdown", "plaintext"]},
    },
}  # fmt: skip
UNITS = {"utf-8": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}
WIDTH = {"utf-8": 1, "utf-16": 2, "utf-32": 4}


def recorded(name):
    """The capabilities that an editor really sent."""
    return json.loads((CLIENTS / f"{name}.json").read_text(encoding="utf-8"))["capabilities"]


@dataclass
class Editor:
    """What a user sees. `answer` says yes or no to every question; `told` has the notifications in their order."""

    client: LanguageClient
    root: Path
    capabilities: dict
    encoding: str = "utf-16"
    texts: dict = field(default_factory=dict)
    versions: dict = field(default_factory=dict)
    statuses: dict = field(default_factory=dict)
    told: list = field(default_factory=list)
    published: dict = field(default_factory=dict)
    asked: list = field(default_factory=list)
    edits: list = field(default_factory=list)
    answer: bool = True
    takes_edits: bool = True
    server: types.InitializeResult | None = None

    # files

    def uri(self, path):
        return (self.root / path).as_uri()

    def write(self, path, text):
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text.encode() if isinstance(text, str) else text)
        return place

    def open(self, path, text=None):
        """Open a file; with `text`, one that is not saved yet as such."""
        uri = self.uri(path)
        self.texts[uri] = (self.root / path).read_bytes().decode() if text is None else text
        self.versions[uri] = 1
        self.client.text_document_did_open(
            types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, "python", 1, self.texts[uri]))
        )
        return uri

    def close(self, path):
        self.client.text_document_did_close(
            types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(self.uri(path)))
        )

    def save(self, path, *, tell=True):
        self.write(path, self.texts[self.uri(path)])
        if tell:
            self.client.text_document_did_save(
                types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(self.uri(path)))
            )

    def text(self, path):
        return self.texts[self.uri(path)]

    # edits

    def type(self, path, old, new, count=1):
        """Replace the first `old` in the file as typed over."""
        text = self.text(path)
        start = text.index(old)
        for _ in range(count - 1):
            start = text.index(old, start + 1)
        self.replace(path, start, start + len(old), new)

    def replace(self, path, start, end, new):
        text = self.text(path)
        self._change(self.uri(path), [(types.Range(self.position(text, start), self.position(text, end)), new)])

    def _change(self, uri, changes):
        events = []
        for range_, new in changes:
            text = self.texts[uri]
            start, end = self.offset(text, range_.start), self.offset(text, range_.end)
            self.texts[uri] = text[:start] + new + text[end:]
            events.append(types.TextDocumentContentChangePartial(range_, new))
        self.versions[uri] += 1
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(types.VersionedTextDocumentIdentifier(self.versions[uri], uri), events)
        )

    def position(self, text, offset):
        before = text[:offset]
        line = before.count("\n")
        last = before.rpartition("\n")[2]
        return types.Position(line, len(last.encode(UNITS[self.encoding])) // WIDTH[self.encoding])

    def offset(self, text, position):
        lines = text.split("\n")
        start = sum(len(line) + 1 for line in lines[: position.line])
        data = lines[position.line].encode(UNITS[self.encoding])
        return start + len(data[: position.character * WIDTH[self.encoding]].decode(UNITS[self.encoding]))

    def covered(self, path, range_):
        """The text that a range covers."""
        text = self.text(path)
        return text[self.offset(text, range_.start) : self.offset(text, range_.end)]

    def apply(self, edit):
        """Apply a workspace edit as editors do: from the last place to the first, all of it or nothing."""
        changes = {}
        for change in edit.document_changes or ():
            if isinstance(change, types.CreateFile):
                place = Path(change.uri.removeprefix("file://"))
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text("")
                self.texts.setdefault(change.uri, "")
                continue
            version = change.text_document.version
            if version is not None and version != self.versions.get(change.text_document.uri):
                return False
            changes.setdefault(change.text_document.uri, []).extend(change.edits)
        for uri, edits in (edit.changes or {}).items():
            changes.setdefault(uri, []).extend(edits)
        for uri, edits in changes.items():
            ordered = sorted(edits, key=lambda one: (one.range.start.line, one.range.start.character), reverse=True)
            if uri in self.versions:
                self._change(uri, [(one.range, one.new_text) for one in ordered])
            else:
                place = Path(uri.removeprefix("file://"))
                text = place.read_text() if place.exists() else ""
                for one in ordered:
                    start, end = self.offset(text, one.range.start), self.offset(text, one.range.end)
                    text = text[:start] + one.new_text + text[end:]
                place.write_text(text)
        return True

    # requests

    async def barrier(self, path=None):
        """Wait until all that was sent is done and published."""
        await self.client.protocol.send_request_async("intaglio/barrier", {"uri": self.uri(path)} if path else {})

    async def command(self, command, **argument):
        return await self.client.workspace_execute_command_async(
            types.ExecuteCommandParams(f"intaglio.{command}", [argument] if argument else [])
        )

    async def run(self, command, path, spec=None, **more):
        """A command on a file and its end."""
        given = {"uri": self.uri(path), **({"name": spec} if spec else {}), **more}
        result = await self.command(command, **given)
        await self.barrier(path)
        return result

    # what is seen

    def diagnostics(self, path):
        return list(self.client.diagnostics.get(self.uri(path), ()))

    def codes(self, path):
        return sorted(str(one.code) for one in self.diagnostics(path))

    def status(self, path, name):
        return next(one for one in self.statuses[self.uri(path)]["specs"] if one["name"] == name)

    def columns(self, path, name):
        """One line a status, told since the last call, each stage a column: `- q r P F S o` (o for stale)."""
        marks = {
            "notRun": "-",
            "queued": "q",
            "running": "r",
            "passed": "P",
            "failed": "F",
            "skipped": "S",
            "stale": "o",
        }
        drawn = []
        for method, params in self.told:
            if method != "intaglio/status" or params["uri"] != self.uri(path):
                continue
            one = next((spec for spec in params["specs"] if spec["name"] == name), None)
            if one is None:
                continue
            line = f"{one['state']:<8} {one['phase']:<10} {''.join(marks[stage['outcome']] for stage in one['stages'])}"
            if one["outdated"]:
                line += " outdated"
            if not drawn or drawn[-1] != line:
                drawn.append(line)
        self.told.clear()
        return drawn

    def messages(self):
        return [message.message for message in self.client.messages]


def in_order(seen, all_there_is):
    """Whether `seen` leaves out some of `all_there_is` and changes nothing of its order: a server may tell two steps at once."""
    rest = iter(all_there_is)
    return all(any(line == other for other in rest) for line in seen)


def as_plain(value):
    if hasattr(value, "_asdict"):
        return {key: as_plain(item) for key, item in value._asdict().items()}
    if isinstance(value, list | tuple):
        return [as_plain(item) for item in value]
    return value


async def start(root, capabilities=None, *, encoding=None, options=None, arguments=(), configuration=None):
    """A server and an editor on the folder `root`."""
    config = ClientServerConfig(server_command=[sys.executable, "-m", "intaglio", "lsp", *arguments],
                                client_factory=make_test_lsp_client)  # fmt: skip
    client = await config.start()
    if configuration is not None:
        client.set_configuration(configuration)
    capabilities = json.loads(json.dumps(capabilities if capabilities is not None else FULL))
    if encoding:
        capabilities.setdefault("general", {})["positionEncodings"] = [encoding]
    editor = Editor(client, root, capabilities)

    @client.feature("intaglio/status")
    def status(params):
        plain = as_plain(params)
        editor.statuses[plain["uri"]] = plain
        editor.told.append(("intaglio/status", plain))

    @client.feature("intaglio/preview")
    def preview(params):
        editor.told.append(("intaglio/preview", as_plain(params)))

    @client.feature(types.WORKSPACE_APPLY_EDIT)
    def apply_edit(params: types.ApplyWorkspaceEditParams):
        editor.edits.append(params)
        needs = (params.edit.change_annotations or {}).values()
        agreed = editor.answer or not any(one.needs_confirmation for one in needs)
        applied = editor.takes_edits and agreed and editor.apply(params.edit)
        return types.ApplyWorkspaceEditResult(applied=applied)

    @client.feature(types.WINDOW_SHOW_MESSAGE_REQUEST)
    def question(params: types.ShowMessageRequestParams):
        editor.asked.append(params)
        return params.actions[0] if editor.answer and params.actions else None

    @client.feature(types.CLIENT_REGISTER_CAPABILITY)
    def registered(params: types.RegistrationParams):
        editor.told.append(("client/registerCapability", [one.method for one in params.registrations]))

    for method in (types.WORKSPACE_CODE_LENS_REFRESH, types.WORKSPACE_INLAY_HINT_REFRESH,
                   types.WORKSPACE_SEMANTIC_TOKENS_REFRESH):  # fmt: skip
        client.feature(method)(lambda *_: None)

    converter = client.protocol._converter

    def action(plain, _):  # lsprotocol takes every action that has a command for a Command
        kind = types.Command if isinstance(plain.get("command"), str) else types.CodeAction
        return converter.structure(plain, kind)

    converter.register_structure_hook(types.Command | types.CodeAction, action)
    params = types.InitializeParams(
        capabilities=converter.structure(capabilities, types.ClientCapabilities),
        root_uri=root.as_uri(),
        workspace_folders=[types.WorkspaceFolder(root.as_uri(), root.name)],
        initialization_options={"trusted": True, "status": 1} if options is None else options,
    )
    editor.server = await client.initialize_session(params)
    word = editor.server.capabilities.position_encoding
    editor.encoding = word.value if hasattr(word, "value") else word or "utf-16"
    return editor


async def end(editor):
    """Ask for the end, and wait for it; the exit code."""
    await editor.client.shutdown_session()
    code = editor.client._server.returncode
    await editor.client.stop()
    return code
