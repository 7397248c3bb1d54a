"""Generated pages are fresh: each has one source in the code. `make docs` writes them."""

import pytest

from intaglio.pages import render_manifests, render_pages

PAGES = ("settings.md", "findings.md", "spec-language.md", "commands.md", "log.schema.json", "report.schema.json")


@pytest.mark.parametrize("name", PAGES)
def test_page_is_fresh(repository, name):
    assert (repository / "docs" / name).read_text(encoding="utf-8") == render_pages()[name], "run: make docs"


def test_no_page_is_forgotten():
    assert set(render_pages()) == set(PAGES)


@pytest.mark.parametrize("name", ["vscode/package.json", "vscode/syntaxes/spec.tmLanguage.json"])
def test_manifest_is_fresh(repository, name):
    editors = repository / "editors"
    assert (editors / name).read_text(encoding="utf-8") == render_manifests(editors)[name], "run: make docs"
