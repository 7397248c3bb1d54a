"""Jedi as the editor's answers and the stages use it: it reads, and changes nothing of the process that others rely on."""

import sys

import jedi
import pytest

from intaglio.jedi_environment import reading_environment


@pytest.fixture
def paths_while_looking(monkeypatch):
    """Each `sys.path` that stood while something looked for a module."""
    seen = []

    class Watching:
        @staticmethod
        def find_spec(*_):
            seen.append(sys.path)

    monkeypatch.setattr(sys, "meta_path", [Watching, *sys.meta_path])
    return seen


def test_modules_are_found_with_the_path_as_it_is(tmp_path, paths_while_looking):
    (tmp_path / "rates.py").write_text("class Rate:\n    per_year: int\n")
    project = jedi.Project(tmp_path, smart_sys_path=False, added_sys_path=[str(tmp_path)])
    script = jedi.Script(
        "import rates, decimal\nrates.Rate().", project=project, environment=reading_environment(tuple(sys.path))
    )
    before = sys.path
    names = [one.name for one in script.complete(2, 13)]
    assert "per_year" in names
    assert paths_while_looking
    assert all(path is before for path in paths_while_looking)
