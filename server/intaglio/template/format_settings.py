"""How a workspace formats: its ruff or black tables, read as data. Runs neither, looks no higher than the workspace."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from intaglio.template.model import FormatSettings, TemplateError

_RUFF_FILES = (".ruff.toml", "ruff.toml")
_QUOTES = ("double", "single", "preserve")
_INDENTS = ("space", "tab")
_WIDEST_LINE = 320
_WIDEST_INDENT = 16
_EXTENDS = 8


def read_format_settings(path: Path, root: Path) -> FormatSettings:
    """The settings that apply to the file at `path`, from the nearest folder up to `root` that has any.

    In a folder `.ruff.toml` comes before `ruff.toml` and `pyproject.toml`, as ruff has it. Where a `pyproject.toml` has
    `[tool.black]` and no `[tool.ruff.format]`, black is the formatter. ruff's `extend` is followed inside the workspace.
    Raises TemplateError for a file that is not TOML and for a value that the formatter would refuse.
    """
    root = root.resolve()
    folder = path.resolve().parent
    while folder.is_relative_to(root):
        settings = _settings_of_folder(folder, root)
        if settings is not None:
            return settings
        if folder == folder.parent:
            break
        folder = folder.parent
    return FormatSettings()


def _settings_of_folder(folder: Path, root: Path) -> FormatSettings | None:
    for name in _RUFF_FILES:
        if (folder / name).is_file():
            return _from_ruff(_extended(folder / name, root), folder / name)
    project = folder / "pyproject.toml"
    if not project.is_file():
        return None
    tool = _parse(project).get("tool", {})
    ruff = tool.get("ruff") if isinstance(tool, dict) else None
    black = tool.get("black") if isinstance(tool, dict) else None
    if isinstance(black, dict) and not (isinstance(ruff, dict) and "format" in ruff):
        return _from_black(black, project)
    if isinstance(ruff, dict):
        return _from_ruff(_extended(project, root), project)
    return None


def _extended(path: Path, root: Path, depth: int = 0) -> dict[str, Any]:
    """A ruff table with what it extends laid under it."""
    table = _parse(path)
    if path.name == "pyproject.toml":
        table = table.get("tool", {}).get("ruff", {})
    above = table.get("extend")
    if not isinstance(above, str):
        return table
    target = (path.parent / above).resolve()
    if depth >= _EXTENDS or not target.is_relative_to(root) or not target.is_file():
        raise TemplateError(
            f"{path}: `extend = {above!r}` must name a file inside the workspace, at most {_EXTENDS} steps deep"
        )
    under = _extended(target, root, depth + 1)
    merged = {**under, **table}
    if isinstance(under.get("format"), dict) and isinstance(table.get("format"), dict):
        merged["format"] = {**under["format"], **table["format"]}
    return merged


def _from_ruff(table: dict[str, Any], path: Path) -> FormatSettings:
    defaults = FormatSettings()
    style = table.get("format", {})
    if not isinstance(style, dict):
        raise TemplateError(f"{path}: `format` must be a table")
    return FormatSettings(
        line_length=_number(table, "line-length", defaults.line_length, _WIDEST_LINE, path),
        quote_style=_choice(style, "quote-style", defaults.quote_style, _QUOTES, path),
        indent_style=_choice(style, "indent-style", defaults.indent_style, _INDENTS, path),
        indent_width=_number(table, "indent-width", defaults.indent_width, _WIDEST_INDENT, path),
        tool="ruff",
        magic_trailing_comma=not _switch(style, "skip-magic-trailing-comma", path),
        docstring_code_format=_switch(style, "docstring-code-format", path),
        target_version=_version(table.get("target-version", ""), path),
    )


def _from_black(table: dict[str, Any], path: Path) -> FormatSettings:
    defaults = FormatSettings()
    return FormatSettings(
        line_length=_number(table, "line-length", defaults.line_length, _WIDEST_LINE, path),
        quote_style="preserve" if _switch(table, "skip-string-normalization", path) else defaults.quote_style,
        tool="black",
        magic_trailing_comma=not _switch(table, "skip-magic-trailing-comma", path),
    )


def _parse(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TemplateError(f"{path}: expected TOML to read the formatter's settings from: {error}") from error


def _number(table: dict[str, Any], name: str, default: int, most: int, path: Path) -> int:
    value = table.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise TemplateError(f"{path}: `{name}` must be a whole number from 1 to {most}, got {value!r}")
    return value


def _choice(table: dict[str, Any], name: str, default: str, choices: tuple[str, ...], path: Path) -> str:
    value = table.get(name, default)
    if value not in choices:
        raise TemplateError(f"{path}: `{name}` must be one of {', '.join(choices)}, got {value!r}")
    return str(value)


def _switch(table: dict[str, Any], name: str, path: Path) -> bool:
    value = table.get(name, False)
    if not isinstance(value, bool):
        raise TemplateError(f"{path}: `{name}` must be true or false, got {value!r}")
    return value


def _version(value: object, path: Path) -> str:
    if not isinstance(value, str) or (value and not (value.startswith("py3") and value[3:].isdigit())):
        raise TemplateError(f"{path}: `target-version` must read like `py311`, got {value!r}")
    return value
