"""What a root's settings are: its files', with the client's laid over them, and the few that only an editor has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from intaglio.config import ConfigurationError, Settings, load_settings, with_options

LOCK_CHOICES = ("on-save", "explicit")

DOCUMENTATION: dict[str, str] = {
    "trust": "Whether the workspace is trusted, for editors that have no such notion of their own. Until it is, nothing is run.",
    "lock": "When the lock of an accepted body is written: `on-save` of the file, or `explicit`ly, by the command.",
    "inlay_hints": "Show beside each example what it came to.",
    "lenses": "Show a line above each function with its state and what can be done.",
}


@dataclass(frozen=True, slots=True)
class EditorSettings:
    """Settings of the client alone. `lock`: when the lock of an accepted edit is written."""

    trust: bool = False
    lock: str = "on-save"
    inlay_hints: bool = True
    lenses: bool = True


@dataclass(frozen=True, slots=True)
class Configured:
    """What holds for one root, and what could not be used, in words; a setting that cannot be used changes nothing."""

    settings: Settings
    editor: EditorSettings
    problems: tuple[str, ...] = ()


def configure(root: Path, from_client: Mapping[str, Any]) -> Configured:
    """Read the root's settings and lay the client's over them. Never raises for what files and clients say."""
    problems: list[str] = []
    try:
        settings = load_settings(root)
    except ConfigurationError as error:
        problems.append(str(error))
        settings = Settings()
    editor = EditorSettings()
    for name, value in from_client.items():
        if value is None:
            continue
        try:
            if (own := name.replace("-", "_")) in EditorSettings.__dataclass_fields__:
                editor = _with(editor, own, value)
            else:
                settings = with_options(settings, **{own: value})
        except ConfigurationError as error:
            problems.append(str(error).replace("the command line", "the editor's settings"))
    return Configured(settings, editor, tuple(problems))


def _with(editor: EditorSettings, name: str, value: object) -> EditorSettings:
    """The settings with one of them set. Raises ConfigurationError for a value that it cannot have."""
    if name == "lock" and isinstance(value, str) and value in LOCK_CHOICES:
        return replace(editor, lock=value)
    if name == "lock":
        raise ConfigurationError(f"the editor's settings: lock must be one of {LOCK_CHOICES}, not {value!r}")
    if not isinstance(value, bool):
        shown = name.replace("_", "-")
        raise ConfigurationError(f"the editor's settings: {shown} must be true or false, not {value!r}")
    switches: dict[str, bool] = {name: value}
    return replace(editor, **switches)  # type: ignore[arg-type]  # every field but `lock` is a switch
