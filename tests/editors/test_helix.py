"""Helix on a terminal (tmux), under the configuration that docs/editors.md shows."""

import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from real_editors import INSTALLED, REPOSITORY, first_present, missing

pytestmark = pytest.mark.editor


class Terminal:
    """A screen of tmux's own server, with keys to press."""

    def __init__(self, socket):
        self.words = ["tmux", "-f", "/dev/null", "-S", str(socket)]

    def tmux(self, *words, **more):
        return subprocess.run(
            [*self.words, *words], capture_output=True, text=True, timeout=30, check=True, **more
        ).stdout

    def press(self, *keys):
        self.tmux("send-keys", "-t", "it", *keys)

    @property
    def screen(self):
        return self.tmux("capture-pane", "-pt", "it")

    def shows(self, *texts):
        """Wait for texts on the screen."""
        end = time.monotonic() + 90
        while not all(text in (screen := self.screen) for text in texts):
            assert time.monotonic() < end, f"no {texts} on the screen:\n{screen}"
            time.sleep(0.05)
        return screen


def wait_for(holds):
    """Wait until something outside of the screen holds."""
    end = time.monotonic() + 90
    while not holds():
        assert time.monotonic() < end, holds
        time.sleep(0.05)


@contextmanager
def terminal(folder, environment, *words):
    shown = Terminal(folder / "tmux")
    shown.tmux("new-session", "-d", "-s", "it", "-x", "110", "-y", "30", *words, cwd=folder, env=environment)
    try:
        yield shown
    finally:
        shown.tmux("kill-server")


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
        screen.shows('# example: decide(False) == "DENY"')
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
