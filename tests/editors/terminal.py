"""A terminal that a test looks at and types into: tmux's own server, its screen, its keys."""

import subprocess
import time
from contextlib import contextmanager


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

    @property
    def coloured(self):
        """The screen with its colours, as escape sequences."""
        return self.tmux("capture-pane", "-ept", "it")

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
