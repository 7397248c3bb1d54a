"""What changed between a lock and the present: the reasons, and the body's lines where the locked suite is still known."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path

from intaglio.lock.fingerprint import short
from intaglio.lock.model import Entry, Present
from intaglio.lock.state import changed_inputs
from intaglio.lock.store import find_suite


@dataclass(frozen=True, slots=True)
class LockDiff:
    """`changes` are inputs that changed, in words. `body` is a unified diff of the suite, "" when it is the same or the
    locked one is nowhere; `where` says where the locked suite was found, "" when nowhere or not looked for.
    """

    changes: tuple[str, ...]
    body_changed: bool
    body: str = ""
    where: str = ""


def diff_lock(root: Path, path: str, entry: Entry, present: Present) -> LockDiff:
    """What `intaglio diff` shows of one function."""
    changes = tuple(changed_inputs(entry, present))
    if entry.inputs.body == present.inputs.body:
        return LockDiff(changes, body_changed=False)
    found = find_suite(root, path, entry.name, entry.inputs.body)
    if found is None:
        return LockDiff(changes, body_changed=True)
    lines = difflib.unified_diff(
        found.suite.strip("\r\n").splitlines(),
        present.suite.strip("\r\n").splitlines(),
        f"{path}::{entry.name} as locked ({short(entry.inputs.body)})",
        f"{path}::{present.name} now ({short(present.inputs.body) if present.inputs.body else 'not readable'})",
        lineterm="",
    )
    return LockDiff(changes, body_changed=True, body="\n".join(lines), where=found.where)
