"""Who acts: the person that git's settings name, else the login. What a lock's acceptance and its history compare."""

from __future__ import annotations

import getpass
import os
from pathlib import Path

from intaglio.repository import run_git
from intaglio.workspace import WorkspaceError


def person(root: Path) -> str:
    """`Name <email>` as git would write it into a commit made here; without both, the login."""
    name = os.environ.get("GIT_AUTHOR_NAME") or _configured(root, "user.name")
    email = os.environ.get("GIT_AUTHOR_EMAIL") or _configured(root, "user.email")
    if name and email:
        return f"{_plain(name)} <{_plain(email)}>"
    return _plain(name) or _login()


def address(person_text: str) -> str:
    """What tells a person from others: the address in `Name <address>`, else the whole text, in lower case."""
    before, opened, rest = person_text.rpartition("<")
    return (rest.partition(">")[0] if opened else before + rest).strip().lower()


def _configured(root: Path, key: str) -> str:
    try:
        return run_git(root, "config", "--get", key).decode("utf-8", "replace").strip()
    except WorkspaceError:
        return ""


def _plain(text: str) -> str:
    return " ".join(text.replace("<", " ").replace(">", " ").split())


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"
