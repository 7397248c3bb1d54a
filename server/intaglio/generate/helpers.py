"""Helpers at hand: functions that a body may call though nothing of its spec names them, found with jedi.

What a function stands on (its reach, `spec/reach.py`) is read without jedi, by the rules that the lock keeps. This is only
a hint for a model: with no hint the prompt is poorer, and nothing else changes.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import Any

from intaglio.jedi_environment import reading_environment
from intaglio.spec import read_specs
from intaglio.spec.model import Spec

MOST_HELPERS = 8
"""How many are shown: those that stand nearest above the function first."""


def helpers_at_hand(root: Path, path: str, text: str, spec: Spec) -> tuple[str, ...]:
    """`def` lines with the first line of their docstring, in the order of the file.

    Functions of the module itself that carry no spec, and those that it imports by name from files under `root`. Files are
    read, nothing is imported or run; what jedi cannot make out is left out.
    """
    try:
        import jedi
    except ImportError:
        return ()
    standing = {one.name for one in read_specs(text).specs}
    try:
        project = jedi.Project(root, smart_sys_path=False, added_sys_path=[str(root), str((root / path).parent)])
        script = jedi.Script(
            code=text, path=root / path, environment=reading_environment(tuple(sys.path)), project=project
        )
        lines = {}
        for name in script.get_names():
            if name.name not in standing and (line := _line(name, root)):
                lines[name.name] = (name.line or 0, line)
    except Exception:  # noqa: BLE001 - jedi fails in many ways on unusual code, and this is a hint
        return ()
    own_line = text.encode("utf-8", "surrogatepass")[: spec.function.name_span.start].count(b"\n") + 1
    nearest = sorted(lines.values(), key=lambda item: (item[0] > own_line, abs(item[0] - own_line)))[:MOST_HELPERS]
    return tuple(line for _, line in sorted(nearest))


def _line(name: Any, root: Path) -> str:
    """How one function of the workspace is shown, or "" for what is none."""
    if name.type != "function":
        return ""
    found = name.goto(follow_imports=True)
    where = found[0].module_path if found else None
    if where is None or not Path(where).is_relative_to(root) or "site-packages" in Path(where).parts:
        return ""
    signatures = found[0].get_signatures()
    if not signatures:
        return ""
    keyword = "async def" if found[0].get_line_code().lstrip().startswith("async ") else "def"
    line = f"{keyword} {signatures[0].to_string()}: ..."
    try:
        line = ast.unparse(ast.parse(line)).replace(":\n    ...", ": ...")
    except SyntaxError:
        return ""
    summary = found[0].docstring(raw=True).strip().partition("\n")[0]
    return f"{line}  # {summary}" if summary else line
