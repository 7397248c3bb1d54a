"""Settings: one table of names, read from pyproject.toml or intaglio.toml and the environment. Holds no keys.

Keys for providers come from the environment or the system keyring and never pass through here.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args, get_origin, get_type_hints

if TYPE_CHECKING:
    from intaglio.workspace import Tree

ENVIRONMENT_PREFIX = "INTAGLIO_"


class ConfigurationError(Exception):
    """A setting that cannot be used; the message names the file, the setting, what was expected and what was there."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting with its default. Names are written with hyphens in files: `max-cost`."""

    model: str = ""
    backend: str = ""
    api_base: str = ""
    cassette: str = ""
    attempts: int = 5
    candidates: int = 0
    max_cost: float = 0.5
    max_tokens: int = 0
    answer_tokens: int = 1024
    temperature: float = 0.0
    request_seconds: float = 120.0
    keep_prompts: bool = False
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    strict: bool = False
    call_seconds: float = 1.0
    stage_seconds: float = 10.0
    generated_inputs: int = 200
    require_locks: bool = True
    second_person: bool = False


DOCUMENTATION: dict[str, str] = {
    "model": "The model that compiles specs, as litellm names it (`openai/gpt-4o`, `ollama/qwen2.5-coder`, ...). "
    "Empty: specs that are covered by their `rule:` lines compile without a model, others ask for one.",
    "backend": "`rules`, `litellm` or `cassette`. Empty: `litellm` when a model is set, else `rules`.",
    "api_base": "Base URL of an OpenAI-compatible server, for instance `http://127.0.0.1:8080/v1`.",
    "cassette": "Folder of recorded exchanges, relative to the workspace, for the `cassette` backend.",
    "attempts": "How often a failed candidate goes back to the model with its findings, at most.",
    "candidates": "How many answers to sample side by side in each attempt; of those that pass with the fewest warnings, the "
    "simplest is kept. 0: one; at a server on this machine, where answers cost nothing, up to six in the first attempt "
    "and two in each further one, one after another until one passes without a warning.",
    "max_cost": "Most that one compile of one spec may cost, in US dollars. Reserved before each request.",
    "max_tokens": "Most tokens (in and out) that one compile of one spec may use; 0 for no cap. Needed for a model "
    "with an unknown price.",
    "answer_tokens": "Most tokens of one answer.",
    "temperature": "Sampling temperature of the first answer to each form of the task; further ones use 0.8.",
    "request_seconds": "How long to wait for a model's answer, in seconds.",
    "keep_prompts": "Keep prompts and answers in the ledger.",
    "include": "Glob patterns of files to consider, relative to the workspace. Empty: every Python file.",
    "exclude": "Glob patterns of files to leave out.",
    "strict": "Treat warnings of the stages as failures in every spec.",
    "call_seconds": "Most wall time of one call of a generated function, in seconds.",
    "stage_seconds": "Most wall time of the execution and of the accuracy stage, in seconds each.",
    "generated_inputs": "How many typed inputs the execution stage generates.",
    "require_locks": "Whether `verify` refuses a workspace that has a spec without a lock.",
    "second_person": "Whether `verify` refuses a committed body that nobody but the author of its commit has accepted.",
}

_CHOICES: dict[str, tuple[str, ...]] = {"backend": ("", "rules", "litellm", "cassette")}
_LEAST: dict[str, float] = {
    "attempts": 1,
    "candidates": 0,
    "max_cost": 0,
    "max_tokens": 0,
    "answer_tokens": 16,
    "temperature": 0,
    "request_seconds": 1,
    "call_seconds": 0.01,
    "stage_seconds": 0.1,
    "generated_inputs": 1,
}


def setting_names() -> tuple[str, ...]:
    """The settings' names as they are written in files."""
    return tuple(field.name.replace("_", "-") for field in fields(Settings))


def load_settings(root: Path, environment: dict[str, str] | None = None, tree: Tree | None = None) -> Settings:
    """The workspace's settings: defaults, then `intaglio.toml` or `[tool.intaglio]`, then `INTAGLIO_*` variables.

    The files are read through `tree` when it is given (git's index), else from the disk. Raises ConfigurationError for a
    broken file, an unknown name, a value of the wrong type, or two files at once.
    """
    settings = Settings()
    table, origin = _read_table(root, tree)
    for name, value in table.items():
        settings = _apply(settings, name, value, origin)
    for variable, text in sorted((os.environ if environment is None else environment).items()):
        name = variable.removeprefix(ENVIRONMENT_PREFIX).lower().replace("_", "-")
        if variable.startswith(ENVIRONMENT_PREFIX) and name in setting_names():
            settings = _apply(settings, name, _from_text(name, text), variable)
    return settings


def with_options(settings: Settings, **options: object) -> Settings:
    """Settings with command-line options laid over them; None leaves a setting as it is."""
    for name, value in options.items():
        if value is not None:
            settings = _apply(settings, name.replace("_", "-"), value, "the command line")
    return settings


def render_markdown() -> str:
    """The page docs/settings.md."""
    defaults = Settings()
    lines = [
        "# Settings",
        "",
        "In `intaglio.toml`, or in `pyproject.toml` under `[tool.intaglio]`; the names are the same in an editor's",
        "settings. A variable `INTAGLIO_NAME` (upper case, `_` for `-`) overrides a file. Unknown names are errors.",
        "Keys for providers come from the environment or the system keyring, never from a file in the workspace.",
        "",
        "| setting | default | meaning |",
        "|---|---|---|",
    ]
    for field in fields(Settings):
        value = getattr(defaults, field.name)
        shown = list(value) if isinstance(value, tuple) else value
        literal = str(shown).lower() if isinstance(shown, bool) else repr(shown).replace("'", '"')
        lines.append(f"| `{field.name.replace('_', '-')}` | `{literal}` | {DOCUMENTATION[field.name]} |")
    return "\n".join(lines) + "\n"


def render_schema() -> dict[str, dict[str, Any]]:
    """Each setting as a JSON schema by its name in files, for editors' manifests."""
    types = get_type_hints(Settings)
    schema: dict[str, dict[str, Any]] = {}
    for field in fields(Settings):
        entry: dict[str, Any]
        if get_origin(types[field.name]) is tuple:
            entry = {"type": "array", "items": {"type": "string"}, "default": list(getattr(Settings(), field.name))}
        else:
            kind = {str: "string", bool: "boolean", int: "integer", float: "number"}[types[field.name]]
            entry = {"type": kind, "default": getattr(Settings(), field.name)}
        if field.name in _CHOICES:
            entry["enum"] = list(_CHOICES[field.name])
        if field.name in _LEAST:
            entry["minimum"] = _LEAST[field.name]
        schema[field.name.replace("_", "-")] = {**entry, "description": DOCUMENTATION[field.name]}
    return schema


def _read_table(root: Path, tree: Tree | None) -> tuple[dict[str, Any], str]:
    own_table = _parse(root, "intaglio.toml", tree)
    section = (_parse(root, "pyproject.toml", tree) or {}).get("tool", {}).get("intaglio")
    if own_table is not None and section is not None:
        raise ConfigurationError(
            "settings stand in intaglio.toml and in pyproject.toml ([tool.intaglio]); keep one of them"
        )
    if section is not None and not isinstance(section, dict):
        raise ConfigurationError("pyproject.toml: tool.intaglio must be a table")
    if own_table is not None:
        return own_table, "intaglio.toml"
    return section or {}, "pyproject.toml [tool.intaglio]"


def _parse(root: Path, name: str, tree: Tree | None) -> dict[str, Any] | None:
    """A settings file's table; None when there is no such file."""
    try:
        data = _read_file(root / name) if tree is None else tree.read(name)
        return None if data is None else tomllib.loads(data.decode("utf-8-sig").replace("\r\n", "\n"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ConfigurationError(f"{name} cannot be read: {error}") from error


def _read_file(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _apply(settings: Settings, name: str, value: object, origin: str) -> Settings:
    attribute = name.replace("-", "_")
    if name not in setting_names():
        near = difflib.get_close_matches(name.replace("_", "-"), setting_names(), n=1)
        hint = f"; did you mean {near[0]!r}?" if near else f"; there are: {', '.join(setting_names())}"
        raise ConfigurationError(f"{origin}: there is no setting {name!r}{hint}")
    expected = get_type_hints(Settings)[attribute]
    checked = _checked(value, expected)
    if checked is None:
        raise ConfigurationError(f"{origin}: {name} must be {_type_in_words(expected)}, not {value!r}")
    if attribute in _CHOICES and checked not in _CHOICES[attribute]:
        choices = ", ".join(repr(choice) for choice in _CHOICES[attribute] if choice)
        raise ConfigurationError(f"{origin}: {name} must be one of {choices}, not {value!r}")
    if attribute in _LEAST and isinstance(checked, int | float) and not checked >= _LEAST[attribute]:
        raise ConfigurationError(f"{origin}: {name} must be at least {_LEAST[attribute]:g}, not {value!r}")
    return replace(settings, **{attribute: checked})


def _checked(value: object, expected: Any) -> Any | None:
    if get_origin(expected) is tuple:
        item_type = get_args(expected)[0]
        if isinstance(value, list | tuple) and all(isinstance(item, item_type) for item in value):
            return tuple(value)
        return None
    if expected is bool or isinstance(value, bool):
        return value if expected is bool and isinstance(value, bool) else None
    if expected is float and isinstance(value, int | float):
        return float(value)
    return value if isinstance(value, expected) else None


def _from_text(name: str, text: str) -> object:
    expected = get_type_hints(Settings)[name.replace("-", "_")]
    if get_origin(expected) is tuple:
        return [part for part in text.split(os.pathsep) if part]
    if expected is bool:
        return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}.get(text.lower(), text)
    if expected in {int, float}:
        try:
            return expected(text)
        except ValueError:
            return text
    return text


def _type_in_words(expected: Any) -> str:
    if get_origin(expected) is tuple:
        return "a list of strings"
    return {str: "a string", bool: "true or false", int: "a whole number", float: "a number"}[expected]
