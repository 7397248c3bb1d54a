"""Type checking of one function with ty, in a folder of its own. Workspace settings and suppressions do not count."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import subprocess
import tempfile
import time
import tokenize
from functools import cache
from importlib import metadata
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Self

from intaglio.candidate import Subject
from intaglio.validate.type_server import Question, ServerBroke, TypeFinding, TypeServer, settings_for

_SECONDS = 20.0
_MAY_SUPPRESS = re.compile(r"#[^\n]*(?:ignore|ty:)")


class ToolMissing(Exception):
    """A tool that a stage needs is not there or does not run; the message says what to do."""


class TypeCheck:
    """ty at work on one subject, begun at once: its answer can be asked for later. Close it, or use it as a context manager.

    Of a subject that stands in one file the warm server is asked, if one is given; one that reaches into other files has a process of
    its own, with those files beside it. What goes wrong is told when the answer is asked for. ty reads and infers: it runs nothing.
    """

    def __init__(self, subject: Subject, server: TypeServer | None = None) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._problem: Exception | None = None
        self._until = time.monotonic() + _SECONDS
        self._main = _safe(subject.path)
        self._files = _files(subject)
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._server = server
        self._question: Question | None = None
        try:
            if server is not None and len(self._files) == 1 and not _may_import_itself(subject):
                with contextlib.suppress(ServerBroke):
                    self._question = server.ask(ty_path(), self._main, self._files[subject.path])
            if self._question is None:
                self._start()
        except Exception as error:  # noqa: BLE001 - raised again to whoever asks for the answer
            self._problem = error

    def findings(self) -> tuple[TypeFinding, ...]:
        """What ty says of the subject's file. Raises ToolMissing."""
        try:
            if self._server is not None and self._question is not None:
                try:
                    return self._server.answer(self._question, self._until)
                except ServerBroke:  # the slower way says as much, and of what is broken why
                    self._start()
            return self._of_process()
        except (OSError, ValueError, subprocess.TimeoutExpired) as error:
            raise ToolMissing(f"ty does not run ({error}); run: pip install 'intaglio[validate]'") from error

    def close(self) -> None:
        """End what ty does for it."""
        question, self._question = self._question, None
        if question is not None and self._server is not None:
            self._server.forget(question)
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()
        folder, self._folder = self._folder, None
        if folder is not None:
            folder.cleanup()

    def _start(self) -> None:
        """Start ty on the subject's file; what the function reaches in other files stands beside it. Raises OSError, ToolMissing."""
        self._folder = tempfile.TemporaryDirectory(prefix="intaglio-", ignore_cleanup_errors=True)
        root = Path(self._folder.name)
        for path, text in self._files.items():
            place = root / _safe(path)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8", errors="surrogatepass", newline="")
        command = [
            ty_path(),
            "check",
            "--project",
            str(root),
            "--output-format",
            "gitlab",
            "--no-progress",
            "--exit-zero",
        ]
        self._process = subprocess.Popen(
            [*command, str(root / self._main)],
            cwd=root,
            env=settings_for(root),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def _of_process(self) -> tuple[TypeFinding, ...]:
        if self._process is None:
            raise self._problem or ToolMissing("ty was ended before it answered")
        said, complained = self._process.communicate(timeout=max(1.0, self._until - time.monotonic()))
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

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()


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


def _may_import_itself(subject: Subject) -> bool:
    """Whether a text names its own module in an import: what is shown in memory alone is not found by one."""
    name = re.escape(PurePosixPath(subject.path).stem)
    return re.search(rf"\b(?:import|from)\b[^\n]*\b{name}\b|\bfrom\s+\.", subject.text) is not None


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
    is_error = entry["severity"] in {"major", "critical", "blocker"}
    return TypeFinding(rule, message, begin["line"], begin["column"], end["line"], end["column"], is_error)
