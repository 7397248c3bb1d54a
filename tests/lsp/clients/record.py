"""A language server that only writes down how a client introduces itself: `record.py FILE`, then `initialize` over stdio.

Paths, ids of processes and trace names of the machine are taken out, so that the recording can be committed. It answers
`initialize` and `shutdown`, and every other request with null; it offers nothing.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, BinaryIO


def read_message(stream: BinaryIO) -> dict[str, Any] | None:
    """The next message, or None at the stream's end."""
    length = 0
    while line := stream.readline().strip():
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return json.loads(stream.read(length)) if length else None


def write_message(stream: BinaryIO, message: dict[str, Any]) -> None:
    """Send one message."""
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    stream.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
    stream.flush()


def without_machine(value: Any, root: str) -> Any:
    """`value` with the workspace's path as /workspace."""
    if isinstance(value, dict):
        return {key: without_machine(item, root) for key, item in value.items()}
    if isinstance(value, list):
        return [without_machine(item, root) for item in value]
    return value.replace(root, "/workspace") if isinstance(value, str) else value


def recording(params: dict[str, Any], root: str) -> dict[str, Any]:
    """The params of `initialize`, fit to be committed."""
    cleaned = without_machine(params, root)
    cleaned["processId"] = None
    for folder in cleaned.get("workspaceFolders") or []:
        folder["name"] = "workspace"
    return dict(sorted(cleaned.items()))


def serve(target: Path) -> int:
    """Record, answer, and leave when told to."""
    while (message := read_message(sys.stdin.buffer)) is not None:
        if message.get("method") == "exit":
            return 0
        if message.get("method") == "initialize":
            text = json.dumps(recording(message["params"], str(Path.cwd())), indent=1, sort_keys=True)
            part = target.with_suffix(".part")
            part.write_text(text + "\n", encoding="utf-8")
            part.replace(target)
            answer: Any = {"capabilities": {"textDocumentSync": 1}, "serverInfo": {"name": "recording"}}
            write_message(sys.stdout.buffer, {"id": message["id"], "result": answer})
        elif "id" in message and "method" in message:
            write_message(sys.stdout.buffer, {"id": message["id"], "result": None})
    return 0


if __name__ == "__main__":
    sys.exit(serve(Path(sys.argv[1])))
