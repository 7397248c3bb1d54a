"""Which editors are here. One that is missing is a named skip, and with REQUIRE_EDITORS=1 a failure: green must mean that it ran."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
INSTALLED = REPOSITORY / ".editors"
"""Where `tests/editors/install` puts what no system package has."""


def missing(what: str) -> NoReturn:
    """Skip, or fail where every editor is required."""
    message = f"{what} is not here; run tests/editors/install"
    if os.environ.get("REQUIRE_EDITORS"):
        pytest.fail(message)
    pytest.skip(message)


def first_present(*places: Path | str | None) -> str | None:
    """The first of the programs that exists: a path, or a name on PATH."""
    for place in places:
        found = shutil.which(str(place)) if place else None
        if found:
            return found
    return None


def version_of(neovim: str, command: str) -> str:
    """What a Neovim prints for a command."""
    words = [neovim, "--headless", "--clean", "-u", "NONE", "-c", command, "-c", "qall!"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=30, check=False, stdin=subprocess.DEVNULL)
    return done.stdout + done.stderr
