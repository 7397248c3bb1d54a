"""Type checking of one function with ty, in a folder of its own. Workspace settings and suppressions do not count."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import tokenize
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Self

from intaglio.candidate import Subject

_SECONDS = 20.0
_MAY_SUPPRESS = re.compile(r"#[^\n]*(?:ignore|ty:)")


class ToolMissing(Exception):
    """A tool that a stage needs is not there or does not run; the message says what to do."""


@dataclass(frozen=True, slots=True)
class TypeFinding:
    """One diagnostic: its rule, its message, and where it is: lines from 1, columns from 1 in code points."""

    rule: str
    message: str
    line: int
    column: int
    end_line: int
    end_column: int
    severity: str


class TypeCheck:
    """ty at work on one subject, begun at once: its answer can be asked for later. Close it, or use it as a context manager.

    What goes wrong is told when the answer is asked for. ty reads and infers: it runs nothing of what it is given.
    """

    def __init__(self, subject: Subject) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._problem: Exception | None = None
        self._until = time.monotonic() + _SECONDS
        self._main = _safe(subject.path)
        self._folder = tempfile.TemporaryDirectory(prefix="intaglio-", ignore_cleanup_errors=True)
        try:
            self._process = _start(subject, Path(self._folder.name), self._main)
        except Exception as error:  # noqa: BLE001 - raised again to whoever asks for the answer
            self._problem = error

    def findings(self) -> tuple[TypeFinding, ...]:
        """What ty says of the subject's file. Raises ToolMissing."""
        if self._process is None:
            raise self._problem or ToolMissing("ty was ended before it answered")
        try:
            said, complained = self._process.communicate(timeout=max(1.0, self._until - time.monotonic()))
        except (OSError, ValueError, subprocess.TimeoutExpired) as error:
            raise ToolMissing(f"ty does not run ({error}); run: pip install 'intaglio[validate]'") from error
        code = self._process.returncode
        try:
            diagnostics = json.loads(said) if code == 0 else None
        except ValueError:
            diagnostics = None
        if not isinstance(diagnostics, list):
            words = complained.decode(errors="replace").strip().splitlines()
            raise ToolMissing(f"ty failed: {words[-1] if words else f'exit code {code}'}")
        return tuple(
            _finding(entry)
            for entry in diagnostics
            if entry["location"]["path"].endswith(PurePosixPath(self._main).name)
        )

    def close(self) -> None:
        """End ty, if it still runs, and remove its folder."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()
        self._folder.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()


def _start(subject: Subject, root: Path, main: str) -> subprocess.Popen[bytes]:
    """Start ty on the subject's file; what the function reaches in other files stands beside it. Raises ToolMissing."""
    for path, text in _files(subject).items():
        place = root / _safe(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8", errors="surrogatepass", newline="")
    (root / "ty.toml").touch()  # else ty takes the settings of a folder above, which may be anybody's
    command = [
        ty_path(), "check", "--project", str(root), "--output-format", "gitlab", "--no-progress", "--exit-zero",
        "--python-version", f"{sys.version_info.major}.{sys.version_info.minor}", "--python", sys.prefix, str(root / main),
    ]  # fmt: skip
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": str(root), "XDG_CONFIG_HOME": str(root)}
    try:
        return subprocess.Popen(
            command,
            cwd=root,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
    except OSError as error:
        raise ToolMissing(f"ty does not run ({error}); run: pip install 'intaglio[validate]'") from error


@cache
def ty_path() -> str:
    """Where ty is: beside this interpreter. Raises ToolMissing, saying how to install it."""
    name = "ty.exe" if os.name == "nt" else "ty"
    try:
        from ty import find_ty_bin

        found: str = find_ty_bin()
    except (ImportError, FileNotFoundError) as error:
        raise ToolMissing(
            f"{name}, which checks types, is not installed; run: pip install 'intaglio[validate]'"
        ) from error
    return found


@cache
def ty_version() -> str:
    """The installed version. Raises ToolMissing."""
    try:
        return metadata.version("ty")
    except metadata.PackageNotFoundError as error:
        raise ToolMissing("ty is not installed; run: pip install 'intaglio[validate]'") from error


def without_suppressions(text: str) -> str:
    """The text with every `type: ignore`-like comment blanked out, so that it suppresses nothing; places stay."""
    if not _MAY_SUPPRESS.search(text):
        return text  # taking a long file apart takes a tenth of a second
    lines = text.splitlines(keepends=True)
    try:
        for token in tokenize.generate_tokens(io.StringIO(text, newline="").readline):
            if token.type == tokenize.COMMENT and ("ignore" in token.string or "ty:" in token.string):
                row, column = token.start
                line = lines[row - 1]
                lines[row - 1] = (
                    line[:column] + "#" + " " * (len(token.string) - 1) + line[column + len(token.string) :]
                )
    except (tokenize.TokenError, SyntaxError, IndexError):
        return text
    return "".join(lines)


def _files(subject: Subject) -> dict[str, str]:
    files: dict[str, str] = {}
    for definition in subject.reach.definitions:
        if definition.path != subject.path:
            files[definition.path] = files.get(definition.path, "") + definition.source + "\n"
    for path in list(files):
        for parent in PurePosixPath(path).parents:
            if str(parent) != ".":
                files.setdefault(f"{parent}/__init__.py", "")
    files[subject.path] = without_suppressions(subject.text)
    return files


def _safe(path: str) -> str:
    """A relative path that stays in the folder and ends in .py."""
    parts = [part for part in PurePosixPath(path).parts if part not in {"..", "/"}]
    name = "/".join(parts) or "main.py"
    return name if name.endswith(".py") else f"{name}.py"


def _finding(entry: dict[str, object]) -> TypeFinding:
    location = entry["location"]
    positions = location["positions"]  # type: ignore[index]  # the format is GitLab's Code Quality report
    begin, end = positions["begin"], positions["end"]
    rule = str(entry["check_name"])
    message = str(entry["description"]).removeprefix(f"{rule}: ")
    return TypeFinding(
        rule, message, begin["line"], begin["column"], end["line"], end["column"], str(entry["severity"])
    )
