"""docs/editors.md shows the very configurations that the tests use, and those that no test can use are well formed."""

import json
import re

import pytest

SHOWN = [
    "helix/languages.toml",
    "emacs/intaglio-eglot.el",
    "emacs/intaglio-lsp-mode.el",
    "vim-ale/intaglio.vim",
    "zed/settings.json",
    "sublime/LSP.sublime-settings",
]


@pytest.mark.parametrize("path", SHOWN)
def test_the_page_shows_the_file(repository, path):
    page = (repository / "docs" / "editors.md").read_text(encoding="utf-8")
    text = (repository / "editors" / path).read_text(encoding="utf-8")
    assert f"\n{text}```\n" in page
    assert f"(../editors/{path})" in page


@pytest.mark.parametrize("path", [path for path in SHOWN if path.startswith(("zed", "sublime"))])
def test_json_without_its_comments_starts_the_server(repository, path):
    text = (repository / "editors" / path).read_text(encoding="utf-8")
    settings = json.loads(re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE))
    if path.startswith("zed"):
        server = settings["lsp"]["pylsp"]
        assert "pylsp" in settings["languages"]["Python"]["language_servers"]
        assert [server["binary"]["path"], *server["binary"]["arguments"]] == ["intaglio", "lsp"]
        assert server["initialization_options"] == {"trusted": True}
    else:
        client = settings["clients"]["intaglio"]
        assert client["command"] == ["intaglio", "lsp"]
        assert client["initializationOptions"] == {"trusted": True}
