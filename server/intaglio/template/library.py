"""Where templates and prompt blocks come from: the workspace's own first, then the shipped ones. Reads files, runs none."""

from __future__ import annotations

import ast
import contextlib
import difflib
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

from intaglio.finding import Finding
from intaglio.template import codes
from intaglio.template.format import ruff_path
from intaglio.template.model import FormatterMissing, PromptBlock, Template, TemplateError
from intaglio.template.shape import read_shape
from intaglio.workspace import Tree

WORKSPACE_FOLDER = Path(".intaglio") / "templates"
_SECTIONS = ("Parameters:", "Slot:", "Surroundings:")
_NAME = re.compile(r"^[A-Za-z0-9][\w-]*$")


def shipped_folder() -> Path:
    """The folder of the shipped templates: beside the package in a wheel, at the top of a source checkout."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "templates"
    return installed if installed.is_dir() else package.parents[1] / "templates"


def load_template(name: str, root: Path | None, tree: Tree | None = None) -> Template:
    """The template that specs call `name`. Raises TemplateError, with the nearest known name, when it cannot be used.

    The workspace's own is read through `tree` when it is given (a snapshot, git's index), else from the disk.
    """
    if (found := _find("functions", ".py", name, root, tree)) is not None:
        template = parse_template(name, *found)
        read_shape(template.source, template.path)
        return template
    raise TemplateError(_unknown("template", name, [template.name for template in list_templates(root)]))


def list_templates(root: Path | None) -> tuple[Template, ...]:
    """Every template that a spec of the workspace can name, the workspace's own before the shipped of the same name."""
    found: dict[str, Template] = {}
    for folder, prefix in _folders("functions", root):
        for path in sorted(folder.glob("*.py")) if folder.is_dir() else []:
            if path.stem not in found:
                shown = f"{prefix}{path.name}"
                found[path.stem] = parse_template(path.stem, shown, _decode(_read(path, shown), shown))
    return tuple(found[name] for name in sorted(found))


def parse_template(name: str, path: str, source: str) -> Template:
    """A template from its text; its docstring is split into summary and contract."""
    try:
        docstring = ast.get_docstring(ast.parse(source)) or ""
    except (SyntaxError, ValueError):
        docstring = ""
    summary, _, contract = docstring.partition("\n")
    return Template(name, path, source, summary.strip(), contract.strip())


def check_template(source: str, path: str) -> tuple[Finding, ...]:
    """What keeps a template from being used: its shape, its contract, lint. Nothing is run but ruff on the text."""
    findings: list[Finding] = []
    try:
        read_shape(source, path)
    except TemplateError as error:
        return (_finding(codes.TEMPLATE_SYNTAX.id, str(error)),)
    template = parse_template(Path(path).stem, path, source)
    missing = [section for section in _SECTIONS if section not in template.contract]
    if not template.summary or missing:
        lacking = "a summary on its first line" if not template.summary else f"the section `{missing[0]}`"
        findings.append(_finding(codes.TEMPLATE_CONTRACT.id, f"{path}: the template's docstring lacks {lacking}"))
    try:
        findings.extend(_finding(codes.TEMPLATE_LINT.id, f"{path}:{line}") for line in _lint(source))
    except (FormatterMissing, OSError, subprocess.TimeoutExpired) as error:
        findings.append(_finding(codes.TEMPLATE_UNCHECKED.id, f"{path} was not checked: {error}"))
    return tuple(findings)


def load_block(name: str, root: Path | None, tree: Tree | None = None) -> PromptBlock:
    """The prompt block that `comply:` calls `name`: TOML front matter between `+++` lines, then text for the model.

    Raises TemplateError when there is none, or it cannot be read: its checks must not silently be left out. `tree` as in
    `load_template`.
    """
    if (found := _find("blocks", ".md", name, root, tree)) is not None:
        return parse_block(name, *found)
    names = {path.stem for folder, _ in _folders("blocks", root) if folder.is_dir() for path in folder.glob("*.md")}
    raise TemplateError(_unknown("prompt block", name, sorted(names)))


def list_blocks(root: Path | None) -> tuple[PromptBlock, ...]:
    """Every prompt block that a spec of the workspace can name; those that cannot be read are left out."""
    found: dict[str, PromptBlock] = {}
    for folder, prefix in _folders("blocks", root):
        for path in sorted(folder.glob("*.md")) if folder.is_dir() else []:
            if path.stem not in found:
                shown = f"{prefix}{path.name}"
                with contextlib.suppress(TemplateError):
                    found[path.stem] = parse_block(path.stem, shown, _decode(_read(path, shown), shown))
    return tuple(found[name] for name in sorted(found))


def file_of(kind: str, name: str, root: Path | None) -> Path | None:
    """The file of a template (`kind` "functions") or a prompt block ("blocks") by the name that specs give it."""
    suffix = ".py" if kind == "functions" else ".md"
    places = [folder / f"{name}{suffix}" for folder, _ in _folders(kind, root)] if _NAME.match(name) else []
    return next((path for path in places if path.is_file()), None)


def parse_block(name: str, path: str, source: str) -> PromptBlock:
    """A prompt block from its text. Raises TemplateError when its front matter is not as it must be."""
    parts = source.replace("\r\n", "\n").split("+++\n", 2)
    if len(parts) != 3 or parts[0].strip():
        raise TemplateError(f"{path}: a prompt block begins with TOML between two lines `+++`")
    try:
        matter = tomllib.loads(parts[1])
    except tomllib.TOMLDecodeError as error:
        raise TemplateError(f"{path}: the front matter is not TOML: {error}") from error
    unknown = set(matter) - {"fields", "forbidden"}
    fields, forbidden = matter.get("fields", []), matter.get("forbidden", {})
    if unknown or not isinstance(fields, list) or not isinstance(forbidden, dict):
        raise TemplateError(f"{path}: the front matter has `fields` (a list of names) and `[forbidden]` (call = why)")
    if not all(isinstance(item, str) for item in [*fields, *forbidden.values()]):
        raise TemplateError(f"{path}: `fields` and the values of `[forbidden]` are strings")
    return PromptBlock(name, path, source, parts[2].strip(), tuple(fields), tuple(sorted(forbidden.items())))


def _folders(kind: str, root: Path | None) -> Iterator[tuple[Path, str]]:
    if root is not None:
        yield root / WORKSPACE_FOLDER / kind, f"{WORKSPACE_FOLDER.as_posix()}/{kind}/"
    yield shipped_folder() / kind, f"intaglio/templates/{kind}/"


def _find(kind: str, suffix: str, name: str, root: Path | None, tree: Tree | None) -> tuple[str, str] | None:
    """(path as it is shown, text) of the first file of this name. Raises TemplateError for one that cannot be read."""
    if not _NAME.match(name):
        return None
    for folder, prefix in _folders(kind, root):
        path, shown = folder / f"{name}{suffix}", f"{prefix}{name}{suffix}"
        if tree is not None and root is not None and path.is_relative_to(root / WORKSPACE_FOLDER):
            data = tree.read(path.relative_to(root).as_posix())
        else:
            data = _read(path, shown) if path.is_file() else None
        if data is not None:
            return shown, _decode(data, shown)
    return None


def _read(path: Path, shown: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise TemplateError(f"{shown} cannot be read: {error}") from error


def _decode(data: bytes, shown: str) -> str:
    """A text file's content with line feeds alone, as Python opens it."""
    try:
        return data.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise TemplateError(f"{shown} cannot be read: {error}") from error


def _unknown(kind: str, name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean `{near[0]}`?" if near else f"there are: {', '.join(known)}"
    return f"there is no {kind} `{name}`; {hint}"


def _lint(source: str) -> list[str]:
    command = [
        ruff_path(),
        "check",
        "--isolated",
        "--no-cache",
        "--output-format=concise",
        "--stdin-filename",
        "t.py",
        "-",
    ]
    done = subprocess.run(command, input=source.encode(), capture_output=True, timeout=20, check=False)
    lines = [line.removeprefix("t.py:") for line in done.stdout.decode().splitlines() if line.startswith("t.py:")]
    if done.returncode not in (0, 1) or (done.returncode == 1 and not lines):
        raise OSError(done.stderr.decode(errors="replace").strip() or f"ruff ended with {done.returncode}")
    return lines


def _finding(code_id: str, message: str) -> Finding:
    code = next(code for code in codes.CODES if code.id == code_id)
    return Finding(code.id, code.severity, message)
