"""The store: suites that were locked or overwritten, by fingerprint, in a folder that git ignores; git's history behind it.

What is found is checked against its fingerprint before it is given out.
"""

from __future__ import annotations

import io
import tokenize
from dataclasses import dataclass
from pathlib import Path

from intaglio.lock.inputs import suite_text_fingerprint
from intaglio.lock.paths import STORE_FOLDER
from intaglio.repository import run_git
from intaglio.source import SourceError, decode_source, write_atomically
from intaglio.spec.model import Spec
from intaglio.workspace import WorkspaceError

_REVISIONS = 1000


@dataclass(frozen=True, slots=True)
class StoredSuite:
    """A suite that was found again: its text from behind the header's colon, and where it was."""

    suite: str
    where: str


def keep_suite(root: Path, suite: str) -> str | None:
    """Put a suite into the store; its fingerprint, or None for one that does not parse (kept by its text's hash).

    Raises OSError when the folder cannot be written.
    """
    from intaglio.lock.fingerprint import text_fingerprint

    fingerprint = suite_text_fingerprint(suite)
    place = _place(root, fingerprint or text_fingerprint("text", suite))
    if not place.exists():
        prepare_store(root)
        write_atomically(place, suite.encode("utf-8", "surrogatepass"))
    return fingerprint


def prepare_store(root: Path) -> Path:
    """The store's folder, made with a file that has git ignore it."""
    folder = root / STORE_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        write_atomically(ignore, b"*\n")
    return folder


def in_store(root: Path, fingerprint: str) -> bool:
    """Whether the store has a suite with this fingerprint."""
    return _from_store(root, fingerprint) is not None


def stored_bodies(root: Path) -> tuple[str, ...]:
    """The fingerprints of all suites in the store."""
    try:
        names = [place.stem for place in (root / STORE_FOLDER).glob("*.txt")]
    except OSError:
        return ()
    return tuple(sorted(name.replace("-", ":", 1) for name in names))


def find_suite(root: Path, path: str, name: str, fingerprint: str) -> StoredSuite | None:
    """The suite with this fingerprint: from the store, else from git's history of `path`; None when neither has it."""
    if (suite := _from_store(root, fingerprint)) is not None:
        return StoredSuite(suite, "the store")
    return _from_history(root, path, name, fingerprint)


def place_suite(text: str, spec: Spec, suite: str) -> str:
    """`text` with the suite of `spec` replaced. Raises ValueError when it cannot be indented as this function needs."""
    wanted = suite_text_fingerprint(suite)
    adapted = _indented(suite, spec.function.indentation)
    newline = "\r\n" if "\r\n" in text else "\n"
    if newline == "\r\n":
        adapted = adapted.replace("\r\n", "\n").replace("\n", "\r\n")
    if wanted is None or suite_text_fingerprint(adapted) != wanted:
        raise ValueError(
            f"the stored body of {spec.name} cannot be indented as the function is now without changing it"
        )
    data = text.encode("utf-8", "surrogatepass")
    start, end = spec.function.suite.start, spec.function.suite.end
    whole = data[:start] + adapted.encode("utf-8", "surrogatepass") + data[end:]
    return whole.decode("utf-8", "surrogatepass")


def _place(root: Path, fingerprint: str) -> Path:
    return root / STORE_FOLDER / f"{fingerprint.replace(':', '-')}.txt"


def _from_store(root: Path, fingerprint: str) -> str | None:
    try:
        suite = _place(root, fingerprint).read_bytes().decode("utf-8", "surrogatepass")
    except (OSError, ValueError):
        return None
    return suite if suite_text_fingerprint(suite) == fingerprint else None


def _from_history(root: Path, path: str, name: str, fingerprint: str) -> StoredSuite | None:
    from intaglio.spec import read_specs

    try:
        revisions = run_git(root, "log", f"-n{_REVISIONS}", "--format=%H", "--", f":(literal){path}").decode().split()
    except WorkspaceError:
        return None
    for revision in revisions:
        try:
            text = decode_source(run_git(root, "cat-file", "blob", f"{revision}:./{path}")).text
        except (WorkspaceError, SourceError):
            continue
        spec = read_specs(text).find(name)
        if spec is None:
            continue
        data = text.encode()
        suite = data[spec.function.suite.start : spec.function.suite.end].decode()
        if suite_text_fingerprint(suite) == fingerprint:
            return StoredSuite(suite, f"git, commit {revision[:12]}")
    return None


def _indented(suite: str, indentation: str) -> str:
    """A suite under a header with this indentation; lines within strings stay as they are."""
    lines = suite.splitlines(keepends=True)
    first = next((line for line in lines[1:] if line.strip() and not line.lstrip().startswith("#")), None)
    if first is None:
        return suite
    margin = first[: len(first) - len(first.lstrip(" \t"))]
    unit = margin.removeprefix(indentation) if margin.startswith(indentation) else ""
    if unit in {"    ", "\t", "  "}:
        return suite
    step = "\t" if "\t" in margin else "    "
    free = _lines_outside_strings(suite)
    adapted = [lines[0]]
    for number, line in enumerate(lines[1:], start=2):
        if number in free and line.startswith(margin):
            adapted.append(indentation + step + line[len(margin) :])
        else:
            adapted.append(line)
    return "".join(adapted)


def _lines_outside_strings(suite: str) -> frozenset[int]:
    """The numbers, from 1, of a suite's lines that do not begin within a string."""
    source = f"def _():{suite}\n"
    inside: set[int] = set()
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.STRING or tokenize.tok_name[token.type].startswith("FSTRING"):
                inside.update(range(token.start[0] + 1, token.end[0] + 1))
    except (tokenize.TokenError, SyntaxError):
        return frozenset()
    return frozenset(range(1, source.count("\n") + 2)) - inside
