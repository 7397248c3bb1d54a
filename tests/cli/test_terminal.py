"""On a terminal: colour where it is wanted, and none where NO_COLOR asks for none."""

import os
import pty
import subprocess
import sys

import pytest


def shown_on_a_terminal(workspace, *arguments, **environment):
    """What a command writes on a terminal."""
    master, slave = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "intaglio", *arguments],
        cwd=workspace.root, env={**workspace.environment, **environment}, stdin=slave, stdout=slave, stderr=slave,
    ) as process:  # fmt: skip
        os.close(slave)
        text = b""
        try:
            while piece := os.read(master, 4096):
                text += piece
        except OSError:  # the terminal's other end is closed
            pass
        process.wait()
    os.close(master)
    return text.decode()


@pytest.mark.parametrize("command", ["status", "verify"])
def test_no_color_is_heeded(workspace, spec_text, command):
    workspace.write("a.py", spec_text)
    workspace.environment.pop("NO_COLOR", None)
    assert "\x1b[" in shown_on_a_terminal(workspace, command)
    plain = shown_on_a_terminal(workspace, command, NO_COLOR="1")
    assert "a.py::decide" in plain
    assert "\x1b[" not in plain
