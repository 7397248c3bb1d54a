"""Neovim on a terminal (tmux): what a user reads beside and over the text, with the plugin and nothing else set up."""

import re
from pathlib import Path

import pytest
from real_editors import REPOSITORY, first_present, missing
from terminal import terminal, wait_for

PLUGIN = REPOSITORY / "editors" / "neovim"
BOLD, OTHER = r"\x1b\[1m", r"(?:\x1b\[[0-9;:]*m)+"

pytestmark = pytest.mark.editor


@pytest.fixture(params=["neovim_old", "neovim_new"])
def screen(request, environment, workspace, server_command):
    """claims.py in Neovim, its findings told; in 0.7 completion is asked for as its manual says, by omnifunc."""
    neovim = request.getfixturevalue(request.param)
    if not first_present("tmux"):
        missing("tmux")
    configuration = Path(environment["XDG_CONFIG_HOME"]) / "nvim"
    configuration.mkdir()
    (configuration / "init.lua").write_text(
        f"vim.opt.runtimepath:prepend({str(PLUGIN)!r})\n"
        f"vim.g.intaglio = {{ trusted = true, settings = {{ backend = 'rules' }} }}\n"
        "vim.opt.swapfile = false\n"
        "vim.keymap.set('n', 'K', vim.lsp.buf.hover)\n"
        "vim.api.nvim_create_autocmd('FileType', { command = 'setlocal omnifunc=v:lua.vim.lsp.omnifunc' })\n"
        "require('intaglio').setup()\n",
        encoding="utf-8",
    )
    given = environment | {"PATH": f"{Path(server_command[0]).parent}:{environment['PATH']}"}
    with terminal(workspace, given, neovim, "claims.py") as shown:
        shown.shows("there is no directive")
        yield shown


def test_the_manual_of_a_directive_over_it(screen):
    screen.press("/rule: sick", "Enter", "K")
    screen.shows("One line of a decision table")


def test_directives_as_they_are_typed(screen):
    screen.press("/exmaple", "Enter", "O", "# ens", "C-x", "C-o")
    screen.shows("ensure")


def test_the_state_of_each_function_beside_it(screen):
    screen.shows("stub | compile · no model needed")


def test_python_inside_a_comment_is_coloured_as_python(screen, request):
    if request.node.callspec.params["screen"] == "neovim_old":
        pytest.skip("semantic tokens came with Neovim 0.9")
    wait_for(lambda: re.search(rf"rule: {BOLD}otherwise{OTHER} -> {OTHER}\"DENY\"", screen.coloured))
