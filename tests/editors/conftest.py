"""A workspace as a user has one, an environment without anybody's configuration, and three Neovims."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from real_editors import INSTALLED, first_present, missing, version_of

CLAIMS = '''"""Claims."""


# spec: Decide a request.
# exmaple: decide(False) == "DENY"
# rule: sick -> "APPROVE"
# rule: otherwise -> "DENY"
# example: decide(True) == "APPROVE"
def decide(sick: bool) -> str: ...


# spec: Return the fee of a parcel, 9 when it is heavy and 3 otherwise.
# example: fee(True) == 9
# example: fee(False) == 3
def fee(heavy: bool) -> int: ...
'''

# Few inputs and much time: other tests may want the same processors.
SETTINGS = "generated-inputs = 20\nstage-seconds = 90.0\ncall-seconds = 20.0\n"


@pytest.fixture(scope="session")
def neovim_new() -> str:
    """Neovim 0.11 or later."""
    found = first_present(INSTALLED / "neovim" / "bin" / "nvim", "nvim")
    if found is None or "vim.lsp.enable" not in version_of(found, "lua print(vim.lsp.enable and 'vim.lsp.enable')"):
        missing("Neovim 0.11")
    return str(found)


@pytest.fixture(scope="session")
def neovim_old() -> str:
    """Neovim of Debian 12: 0.7."""
    found = first_present("/usr/bin/nvim")
    if found is None or "NVIM v0.7" not in version_of(found, "version"):
        missing("Neovim 0.7")
    return str(found)


@pytest.fixture(scope="session")
def neovim_middle() -> str:
    """Neovim of Debian 13: 0.10, which has what `vim.lsp.start` came with, and no `vim.lsp.enable`."""
    found = first_present(INSTALLED / "nvim-0.10")
    if found is None or "NVIM v0.10" not in version_of(found, "version"):
        missing("Neovim 0.10")
    return str(found)


@pytest.fixture(scope="session")
def server_command() -> list[str]:
    """The server of this checkout."""
    return [str(Path(sys.executable).with_name("intaglio")), "lsp"]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A workspace as a user has one: git, a spec with rules and a misspelt directive, a spec for a model."""
    root = tmp_path / "claims"
    (root / ".intaglio").mkdir(parents=True)
    (root / "claims.py").write_text(CLAIMS, encoding="utf-8")
    (root / "intaglio.toml").write_text(SETTINGS, encoding="utf-8")
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    return root


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A user's environment whose home is empty, so that nobody's own configuration is read or changed."""
    home = tmp_path / "home"
    home.mkdir()
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "TMPDIR") if name in os.environ}
    folders = {
        "XDG_CONFIG_HOME": "config",
        "XDG_DATA_HOME": "data",
        "XDG_STATE_HOME": "state",
        "XDG_CACHE_HOME": "cache",
        "XDG_RUNTIME_DIR": "run",
    }
    for folder in folders.values():
        (home / folder).mkdir(mode=0o700)
    return kept | {"HOME": str(home), "TERM": "xterm-256color"} | {name: str(home / f) for name, f in folders.items()}
