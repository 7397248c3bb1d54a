"""Files that a `golden:` line may name. Looks at the names in one folder of the workspace, reads no content."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator
from pathlib import Path

from intaglio.workspace import STATE_FOLDER

MOST_ENTRIES = 500
_DATA = (".jsonl", ".ndjson", ".json")


def golden_paths(root: Path, path: str, typed: str) -> Iterator[str]:
    """Folders (with `/` behind) and data files that begin as `typed` does, relative to the folder of the file at `path`.

    Only what lies, links followed, inside the workspace.
    """
    lead, _, start = typed.rpartition("/")
    lead = f"{lead}/" if "/" in typed else ""
    relative = posixpath.normpath(posixpath.join(posixpath.dirname(path), lead))
    real_root = Path(os.path.realpath(root))
    folder = Path(os.path.realpath(root / relative))
    if typed.startswith(("/", "~")) or not folder.is_relative_to(real_root):
        return
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)[:MOST_ENTRIES]
    except OSError:
        return
    if relative != "." and start in {"", ".", ".."} and (lead == "" or set(lead.split("/")) <= {"..", ""}):
        yield f"{lead}../"
    for entry in entries:
        if entry.name.startswith(".") or entry.name in {STATE_FOLDER, "__pycache__", "node_modules"}:
            continue
        if not entry.name.startswith(start) or not Path(os.path.realpath(entry.path)).is_relative_to(real_root):
            continue
        if entry.is_dir():
            yield f"{lead}{entry.name}/"
        elif entry.name.endswith(_DATA):
            yield f"{lead}{entry.name}"
