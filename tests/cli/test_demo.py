"""The demo goes as it says, and its exit code tells when it does not."""

from click.testing import CliRunner

import intaglio.cli.demo_command as demo
from intaglio.cli import commands


def run(monkeypatch, *arguments):
    monkeypatch.setattr("intaglio.generate.local_servers.find_local_servers", lambda *_: ())
    monkeypatch.delenv("INTAGLIO_MODEL", raising=False)
    return CliRunner().invoke(commands, ["demo", *arguments])


def test_it_goes_as_it_says(monkeypatch, tmp_path):
    ran = run(monkeypatch, "--keep", str(tmp_path / "demo"))
    assert ran.exit_code == 0, ran.output
    assert "the body was changed by hand" in ran.output
    assert "the spec changed since it was locked" in ran.output
    assert "9 specs: 5 stub, 4 locked" in ran.output
    assert len(list((tmp_path / "demo" / ".intaglio" / "locks").rglob("*.toml"))) == 4


def test_it_fails_when_a_step_does_not(monkeypatch, tmp_path):
    steps = demo._run
    monkeypatch.setattr(demo, "_run", lambda *words: 0 if words[0] == "diff" else steps(*words))
    assert run(monkeypatch, "--keep", str(tmp_path / "demo")).exit_code == 1


def test_a_folder_that_exists_is_left_alone(monkeypatch, tmp_path):
    assert run(monkeypatch, "--keep", str(tmp_path)).exit_code == 2


def test_the_last_line_names_a_program_that_is_there(monkeypatch, tmp_path):
    monkeypatch.setattr("shutil.which", lambda _name: None)
    monkeypatch.setattr("sys.argv", [".venv/bin/intaglio", "demo"])
    assert "\n  .venv/bin/intaglio demo\n" in run(monkeypatch).output


def test_help_shows_no_signs_of_its_own_making():
    assert "\\b" not in CliRunner().invoke(commands, ["completion", "--help"]).output
