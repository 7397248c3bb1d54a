"""The plain git hook, for those without pre-commit, prek or lefthook: its text, and where git wants it.

Writes one file that was not there. A hook of somebody else is never changed.
"""

from __future__ import annotations

import os
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

from intaglio.repository import run_git
from intaglio.workspace import WorkspaceError

LINE = "intaglio verify --staged --quiet"
"""What the hook comes to, and what is added to a hook that is there already."""
_SCRIPT = """\
#!/bin/sh
# Written by `intaglio init --hook`: a commit whose locks do not match is stopped.
# Delete this file to be rid of it; `git commit --no-verify` skips it once.
{choose}if command -v intaglio >/dev/null 2>&1; then
    exec {line}
fi
echo "The commit was stopped: intaglio is not installed here, so no lock was verified." >&2
echo "Run: pip install intaglio   (or commit from the environment that has it)" >&2
exit 1
"""
_CHOOSE = """\
if [ -x {program} ]; then
    exec {program} {arguments}
fi
"""


@dataclass(frozen=True, slots=True)
class Hook:
    """Git's pre-commit hook: its place, and what happened to it: "written", "kept" (it verifies already) or "foreign"."""

    path: Path
    outcome: str


def install_hook(folder: Path) -> Hook:
    """Write the pre-commit hook of the repository around `folder`, where git looks for it. Raises WorkspaceError, OSError."""
    top = Path(os.fsdecode(run_git(folder, "rev-parse", "--show-toplevel").rstrip(b"\n")))
    hooks = os.fsdecode(run_git(top, "rev-parse", "--git-path", "hooks").rstrip(b"\n"))
    path = top / hooks / "pre-commit"
    if os.path.lexists(path):
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            text = ""
        verifies = any(
            "intaglio verify --staged" in line for line in text.splitlines() if not line.lstrip().startswith("#")
        )
        return Hook(path, "kept" if verifies and os.access(path, os.X_OK) else "foreign")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8", newline="\n") as file:
        file.write(hook_text(shared=_is_tracked_place(top, path)))
    path.chmod(0o755)
    return Hook(path, "written")


def hook_text(*, shared: bool) -> str:
    """The hook's script. It looks for the program that writes it, then on the PATH; one that a repository shares on the PATH alone."""
    program = Path(sys.executable).with_name("intaglio")
    choose = ""
    if not shared and program.is_file():
        choose = _CHOOSE.format(program=shlex.quote(str(program)), arguments=LINE.partition(" ")[2])
    return _SCRIPT.format(choose=choose, line=LINE)


def _is_tracked_place(top: Path, path: Path) -> bool:
    """Whether a hook lies in the working tree, to be committed (`core.hooksPath = .githooks`), and not in git's own folder."""
    real_top, real = Path(os.path.realpath(top)), Path(os.path.realpath(path))
    try:
        git_folder = os.fsdecode(run_git(top, "rev-parse", "--git-common-dir").rstrip(b"\n"))
    except WorkspaceError:
        return False
    return real.is_relative_to(real_top) and not real.is_relative_to(os.path.realpath(top / git_folder))
