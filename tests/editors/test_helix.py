"""Helix on a terminal (tmux), under the configuration that docs/editors.md shows."""

from pathlib import Path

import pytest
from real_editors import INSTALLED, REPOSITORY, first_present, missing
from terminal import terminal, wait_for

pytestmark = pytest.mark.editor


def test_a_finding_its_fix_and_a_lock_by_code_actions(environment, workspace, server_command):
    helix = first_present(INSTALLED / "hx", "hx")
    if not helix or not first_present("tmux"):
        missing("Helix, or tmux")
    configuration = Path(environment["XDG_CONFIG_HOME"]) / "helix"
    configuration.mkdir()
    text = (REPOSITORY / "editors" / "helix" / "languages.toml").read_text(encoding="utf-8")
    (configuration / "languages.toml").write_text(text.replace('"basedpyright", ', ""), encoding="utf-8")
    given = environment | {"PATH": f"{Path(server_command[0]).parent}:{environment['PATH']}"}
    with terminal(workspace, given, helix, "claims.py") as screen:
        screen.shows("● 1")
        screen.press("]", "d")
        screen.shows("there is no directive")
        screen.press("Space", "a")
        screen.shows("Change to `example`")
        screen.press("Enter")
        screen.shows('# example: decide(False) == "DENY"', "●   9  def decide")  # and what is found now is told
        screen.press("]", "d")
        screen.shows("decide: it has no body yet")
        screen.press("Space", "a")
        screen.shows("Compile decide")
        screen.press("Enter")
        screen.shows("waits: the action")
        screen.press("Space", "a")
        screen.shows("Apply the compiled body of decide")
        screen.press("Enter")
        screen.shows('return "DENY"')
        screen.press(":", "w", "Enter")
        wait_for((workspace / ".intaglio" / "locks" / "claims.py.toml").exists)
