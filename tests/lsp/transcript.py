"""A session of a plain client with `intaglio lsp` over stdio, as docs/session.md shows it. `make docs` writes the page.

The client is nothing but json and a process. What differs between runs and means nothing has a name in the page: the folder, the
server's version, the ids of its requests, the token of its progress.
"""

import json
import queue
import re
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "session.md"
SECONDS = 120
WIDTH = 120
CLAIMS = """\
# spec: Say how a claim of an amount in dollars is handled.
# require: amount >= 0
# rule: amount <= 500 -> "pay"
# rule: amount <= 5000 -> "review"
# rule: otherwise -> "refer"
# example: handle(500) == "pay"
# example: handle(501) == "review"
def handle(amount: int) -> str: ...
"""
CAPABILITIES = {
    "workspace": {"applyEdit": True, "workspaceEdit": {"documentChanges": True}},
    "window": {"workDoneProgress": True, "showMessage": {"messageActionItem": {}}},
    "textDocument": {
        "publishDiagnostics": {"relatedInformation": True, "versionSupport": True, "codeDescriptionSupport": True}
    },
}
HEAD = [
    "# A session", "",
    "What a plain client and `intaglio lsp` say to each other over stdio, from opening a file to its lock, and what follows an edit by",
    "hand. `make docs` writes this page from a session that is had for it, and a test has it again. The messages are as they went over",
    "the wire, without their headers and `\"jsonrpc\"`; `…` marks what is left out, capitals what differs between runs. Of diagnostics, the",
    "last ones before the server was done are shown; reports of progress, and requests of the page's own (`intaglio/barrier`), are not.",
    "[protocol.md](protocol.md) says what else there is.", "",
]  # fmt: skip
DIAGNOSTICS, APPLY, ASK = "textDocument/publishDiagnostics", "workspace/applyEdit", "window/showMessageRequest"


class Client:
    """One server, one file. `lines` is the page so far."""

    def __init__(self, folder):
        self.path = folder / "claims.py"
        self.path.write_text(CLAIMS)
        self.uri, self.text, self.version, self.number = self.path.as_uri(), CLAIMS, 1, 0
        self.lines = []
        self.heard = []
        self.messages = queue.SimpleQueue()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "intaglio", "lsp"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        while header := self.process.stdout.readline():
            while self.process.stdout.readline().strip():
                pass
            self.messages.put(json.loads(self.process.stdout.read(int(header.split(b":")[1]))))

    def _write(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def say(self, *sentences):
        """A paragraph of the page."""
        self.lines += [*sentences, ""]

    def notify(self, method, params, *, shown=True):
        """Send a notification."""
        self._write({"method": method, "params": params})
        if shown:
            self.show("client", {"method": method, "params": params})

    def ask(self, method, params, *, shown=True):
        """Send a request; what waits for its answer."""
        self.number += 1
        question = {"id": self.number, "method": method, "params": params}
        self._write(question)
        if shown:
            self.show("client", question)

        def answered():
            answer = self.until(lambda message: message.get("id") == question["id"] and "method" not in message)
            if shown:
                self.show("server", {"id": answer["id"], "result": answer["result"]})
            return answer["result"]

        return answered

    def request(self, method, params, *, shown=True):
        """Send a request and wait for its answer."""
        return self.ask(method, params, shown=shown)()

    def until(self, wanted):
        """The first message for which `wanted` holds, those that were heard and not taken yet among them."""
        while True:
            for place, message in enumerate(self.heard):
                if wanted(message):
                    return self.heard.pop(place)
            self.heard.append(self.messages.get(timeout=SECONDS))

    def take(self, method, wanted=lambda _params: True):
        """The first message of a method for whose params `wanted` holds, shown."""
        message = self.until(lambda one: one.get("method") == method and wanted(one["params"]))
        self.show("server", {key: message[key] for key in ("id", "method", "params") if key in message})
        return message

    def answer(self, message, result):
        """Answer a request of the server's."""
        self._write({"id": message["id"], "result": result})
        self.show("client", {"id": message["id"], "result": result})

    def settle(self):
        """Wait until all is done and published; the last diagnostics, shown."""
        self.request("intaglio/barrier", {"uri": self.uri}, shown=False)
        published = [message for message in self.heard if message.get("method") == DIAGNOSTICS]
        self.heard = []
        if published:
            self.show("server", {"method": DIAGNOSTICS, "params": published[-1]["params"]})

    def change(self, old, new):
        """Type: the first `old` in the file becomes `new`."""
        before, _, _ = self.text.partition(old)
        line, character = before.count("\n"), len(before.rpartition("\n")[2])
        end = {"line": line + old.count("\n"), "character": character + len(old)}
        edit = {"range": {"start": {"line": line, "character": character}, "end": end}, "text": new}
        self.text, self.version = self.text.replace(old, new, 1), self.version + 1
        document = {"uri": self.uri, "version": self.version}
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [edit]})

    def apply(self, message):
        """Apply the one edit of a request of the server's, and say so as an editor does."""
        ((document,), lines) = (message["params"]["edit"]["documentChanges"], self.text.splitlines(keepends=True))
        assert document["textDocument"]["version"] == self.version
        changes = []
        for edit in sorted(document["edits"], key=lambda one: one["range"]["start"]["line"], reverse=True):
            start, end = (self._offset(lines, edit["range"][side]) for side in ("start", "end"))
            self.text = self.text[:start] + edit["newText"] + self.text[end:]
            changes.append({"range": edit["range"], "text": edit["newText"]})
        self.version += 1
        document = {"uri": self.uri, "version": self.version}
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": changes}, shown=False)
        self.answer(message, {"applied": True})

    @staticmethod
    def _offset(lines, position):
        return sum(map(len, lines[: position["line"]])) + position["character"]

    def save(self):
        """Write the file and say so."""
        self.path.write_text(self.text)
        self.notify("textDocument/didSave", {"textDocument": {"uri": self.uri}})

    def show(self, who, message):
        """One message, in the block of those before it where nothing was said between."""
        shown = [f"// {who}", laid_out(named(message, self.path.parent.as_uri()))]
        if self.lines[-2:] == ["```", ""]:
            self.lines[-2:] = ["", *shown, "```", ""]
        else:
            self.lines += ["```json", *shown, "```", ""]


def named(message, folder):
    """A message with names for what differs between runs, and without what the page leaves out."""
    text = json.dumps(message, ensure_ascii=False).replace(folder, "file:///w")
    text = re.sub(r"intaglio/\d+/[0-9a-f]{32}", "TOKEN", text)
    text = re.sub(r'"[^"]*/docs/(?=findings\.md#)', '"DOCS/', text)
    message = json.loads(text)
    if isinstance(message.get("id"), str):
        message["id"] = "ID"
    if isinstance(result := message.get("result"), dict) and "serverInfo" in result:
        result["serverInfo"]["version"] = "VERSION"
        result["capabilities"] = {"positionEncoding": result["capabilities"]["positionEncoding"], "…": "…"}
    if message.get("method") == "textDocument/didOpen":
        message["params"]["textDocument"]["text"] = "…"
    return message


def laid_out(value, lead=""):
    """JSON, each object and list on one line where that fits."""
    line = json.dumps(value, ensure_ascii=False)
    if len(lead) + len(line) <= WIDTH or not isinstance(value, dict | list) or not value:
        return line
    inner = lead + "  "
    if isinstance(value, dict):
        parts = [f"{json.dumps(key)}: {laid_out(part, inner)}" for key, part in value.items()]
        return "{\n" + ",\n".join(inner + part for part in parts) + f"\n{lead}}}"
    return "[\n" + ",\n".join(inner + laid_out(part, inner) for part in value) + f"\n{lead}]"


def compile_and_lock(client):
    """From opening the file to its lock."""
    client.say(
        "A client says what it can, and that its user trusts the workspace: without that nothing runs. What the server can is",
        "left out here.",
    )
    options = {"processId": None, "rootUri": client.path.parent.as_uri(), "capabilities": CAPABILITIES}
    client.request("initialize", {**options, "initializationOptions": {"trusted": True}})
    client.notify("initialized", {})
    client.say(
        "The user opens `claims.py`:", "", "```python", CLAIMS.rstrip(), "```", "", "The client tells the server."
    )
    document = {"uri": client.uri, "languageId": "python", "version": 1, "text": client.text}
    client.notify("textDocument/didOpen", {"textDocument": document})
    client.settle()
    client.say("The spec has no error, and the function no body. What can be done about that is an action.")
    here = {"line": 0, "character": 2}
    where = {"textDocument": {"uri": client.uri}, "range": {"start": here, "end": here}}
    actions = client.request("textDocument/codeAction", {**where, "context": {"diagnostics": []}})
    client.say("The user takes the first. The command answers at once; the work is told as progress.")
    command = {key: actions[0][key] for key in ("command", "arguments")}
    client.request("workspace/executeCommand", command)
    client.answer(client.take("window/workDoneProgress/create"), None)
    client.take("$/progress", lambda params: params["value"]["kind"] == "begin")
    client.say(
        "A report follows for each stage. All four pass, and the user is asked, as this client has no way to confirm edits."
    )
    question = client.take(ASK)
    client.answer(question, question["params"]["actions"][0])
    client.say(
        "The edit is of the version that was judged. The client applies it in one step, and tells of its change (left out)."
    )
    client.apply(client.take(APPLY))
    client.take("$/progress", lambda params: params["value"]["kind"] == "end")
    client.settle()
    client.say("The lock is written when the text is saved. Nothing is left to say of the file then.")
    client.save()
    client.settle()


def break_and_restore(client):
    """An edit by hand is seen at once, judged on demand, and taken back."""
    client.say("Somebody edits the locked body by hand. It is named while they type.")
    client.change("amount <= 5000:", "amount <= 50000:")
    client.settle()
    client.say("Whether it is still right is a run of the stages: the rules contradict it.")
    client.request(
        "workspace/executeCommand",
        {"command": "intaglio.validate", "arguments": [{"uri": client.uri, "name": "handle"}]},
    )
    client.answer(client.take("window/workDoneProgress/create"), None)
    client.take("$/progress", lambda params: params["value"]["kind"] == "end")
    client.settle()
    client.say("The user has the locked body back, and the file is as it was.")
    restore = {"command": "intaglio.restore", "arguments": [{"uri": client.uri, "name": "handle"}]}
    answered = client.ask("workspace/executeCommand", restore)
    question = client.take(ASK)
    client.answer(question, question["params"]["actions"][0])
    client.apply(client.take(APPLY))
    answered()
    client.settle()


def transcript():
    """The page, from a session that is had for it."""
    with tempfile.TemporaryDirectory() as folder:
        client = Client(Path(folder))
        try:
            client.lines += HEAD
            compile_and_lock(client)
            break_and_restore(client)
            client.say("The end. The server's process exits with 0.")
            client.request("shutdown", None)
            client.notify("exit", None)
            assert client.process.wait(SECONDS) == 0
        finally:
            client.process.kill()
            client.process.wait()
        return "\n".join(client.lines).rstrip() + "\n"


if __name__ == "__main__":
    PAGE.write_text(transcript(), encoding="utf-8")
