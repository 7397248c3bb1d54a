"""The plugin's Lua by its tools: StyLua's form, luacheck, and the types that its annotations promise."""

import subprocess
import sys

import pytest
from real_editors import INSTALLED, REPOSITORY, first_present, missing

PLUGIN = REPOSITORY / "editors" / "neovim"

pytestmark = pytest.mark.editor


def run(*words):
    return subprocess.run(words, cwd=PLUGIN, capture_output=True, text=True, timeout=90, check=False)


def test_form():
    if not first_present("node") or not (PLUGIN / "tools" / "node_modules").is_dir():
        missing("StyLua")
    done = run("node", "tools/format.mjs", "--check")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 not in the form of StyLua" in done.stdout


def test_luacheck():
    if not first_present("luacheck"):
        missing("luacheck")
    done = run("luacheck", "--no-color", "lua", "lsp", "plugin", "tests")
    assert done.returncode == 0, done.stdout
    assert "0 warnings / 0 errors" in done.stdout


def test_types():
    checker = first_present(INSTALLED / "emmylua_ls", "emmylua_ls")
    runtime = INSTALLED / "neovim" / "share" / "nvim" / "runtime"
    if not checker or not runtime.is_dir():
        missing("EmmyLua's language server, or Neovim 0.11")
    done = run(sys.executable, "tools/check_types.py", checker, str(runtime))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 findings" in done.stdout
