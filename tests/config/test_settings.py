"""Settings: each name is documented, each wrong value is refused with its name and origin."""

from dataclasses import fields

import pytest

from intaglio.config import DOCUMENTATION, ConfigurationError, Settings, load_settings, render_markdown, with_options


def test_defaults_without_any_file(tmp_path):
    assert load_settings(tmp_path, {}) == Settings()


def test_every_setting_is_documented():
    assert set(DOCUMENTATION) == {field.name for field in fields(Settings)}


def test_the_page_is_fresh(repository):
    assert (repository / "docs" / "settings.md").read_text() == render_markdown()


def test_pyproject_and_own_file(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[tool.intaglio]\nmax-cost = 2\nexclude = ["old/**"]\n')
    settings = load_settings(tmp_path, {})
    assert (settings.max_cost, settings.exclude) == (2.0, ("old/**",))


def test_two_homes_are_refused(tmp_path):
    (tmp_path / "pyproject.toml").write_text("[tool.intaglio]\nattempts = 2\n")
    (tmp_path / "intaglio.toml").write_text("attempts = 3\n")
    with pytest.raises(ConfigurationError, match="keep one of them"):
        load_settings(tmp_path, {})


def test_environment_overrides_file(tmp_path):
    (tmp_path / "intaglio.toml").write_text("attempts = 3\n")
    assert load_settings(tmp_path, {"INTAGLIO_ATTEMPTS": "7", "INTAGLIO_OTHER": "x"}).attempts == 7


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("max-csot = 1", "did you mean 'max-cost'"),
        ("attempts = 'five'", "a whole number"),
        ("attempts = true", "a whole number"),
        ("attempts = 0", "at least 1"),
        ("strict = 1", "true or false"),
        ("include = 'a'", "a list of strings"),
        ("backend = 'gpt'", "'rules', 'litellm', 'cassette'"),
        ("max-cost = nan", "at least 0"),
        ("attempts = ", "cannot be read"),
    ],
)
def test_wrong_settings_are_refused(tmp_path, line, said):
    (tmp_path / "intaglio.toml").write_text(line + "\n")
    with pytest.raises(ConfigurationError, match=said):
        load_settings(tmp_path, {})


def test_options_lie_over_settings():
    assert with_options(Settings(), attempts=None, max_cost=1.5).max_cost == 1.5
