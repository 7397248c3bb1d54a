"""ruff over a text: isolated from the workspace's settings and deaf to its suppressions.

Two stages ask, each for its own rules. ruff runs once for both: starting it costs more than all of its rules.
"""

from __future__ import annotations

import functools
import json
import subprocess
from dataclasses import dataclass
from importlib import metadata

from intaglio.template.format import ruff_path
from intaglio.template.model import FormatterMissing
from intaglio.validate.type_checker import ToolMissing

SECURITY = ("S",)
ERRORS = ("E9", "F")
WARNINGS = ("B", "PLE", "PLW")
_SECONDS = 20.0
_INVALID = "invalid-syntax"


@dataclass(frozen=True, slots=True)
class LintFinding:
    """One diagnostic: its rule, its message; lines and columns from 1, columns in code points."""

    rule: str
    message: str
    line: int
    column: int
    end_line: int
    end_column: int


def lint(text: str, rules: tuple[str, ...]) -> tuple[LintFinding, ...]:
    """What ruff says of a file under the rules with these prefixes, and of its syntax. Raises ToolMissing."""
    return tuple(found for found in _diagnose(text) if found.rule.startswith((*rules, _INVALID)))


@functools.lru_cache(maxsize=16)
def _diagnose(text: str) -> tuple[LintFinding, ...]:
    """What ruff says of a file under the rules of all stages. A failure is not kept: the next to ask runs it again."""
    try:
        path = ruff_path()
        done = subprocess.run(
            [path, "check", "--isolated", "--ignore-noqa", "--no-cache", "--output-format", "json", "--select", ",".join((*SECURITY, *ERRORS, *WARNINGS)),
             "--target-version", "py311", "--stdin-filename", "body.py", "-"],
            input=text.encode("utf-8", "surrogatepass"), capture_output=True, timeout=_SECONDS, check=False,
        )  # fmt: skip
    except (FormatterMissing, OSError, subprocess.TimeoutExpired) as error:
        raise ToolMissing(f"ruff does not run ({error}); run: pip install 'intaglio[validate]'") from error
    try:
        entries = json.loads(done.stdout) if done.returncode in (0, 1) else None
    except ValueError:
        entries = None
    if not isinstance(entries, list):
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise ToolMissing(f"ruff failed: {said[-1] if said else f'exit code {done.returncode}'}")
    return tuple(
        LintFinding(
            str(entry.get("code") or _INVALID), entry["message"], entry["location"]["row"], entry["location"]["column"],
            entry["end_location"]["row"], entry["end_location"]["column"],
        )
        for entry in entries
    )  # fmt: skip


@functools.cache
def ruff_version() -> str:
    """The installed version. Raises ToolMissing."""
    try:
        return metadata.version("ruff")
    except metadata.PackageNotFoundError as error:
        raise ToolMissing("ruff is not installed; run: pip install 'intaglio[validate]'") from error
