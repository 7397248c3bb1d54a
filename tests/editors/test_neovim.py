"""Neovim 0.7, 0.10 and 0.11, headless: the plugin's parts, and a user's whole way with the real server and a model over HTTP."""

import subprocess
import threading
from pathlib import Path

import pytest
from scripted_server import Step, scripted

REPOSITORY = Path(__file__).parents[2]
PLUGIN = REPOSITORY / "editors" / "neovim"
ANSWER = "```python\nif heavy:\n    return 9\nreturn 3\n```"
ANOTHER = "```python\nif not heavy:\n    return 3\nreturn 9\n```"

pytestmark = pytest.mark.editor


@pytest.fixture(params=["neovim_old", "neovim_middle", "neovim_new"])
def neovim(request):
    return request.getfixturevalue(request.param)


def run(neovim, script, environment, folder):
    words = [
        neovim,
        "--headless",
        "--clean",
        "-u",
        "NONE",
        "--cmd",
        "let g:loaded_python3_provider=0",
        "-S",
        str(script),
    ]
    return subprocess.run(
        words,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def test_units(neovim, environment, tmp_path):
    done = run(neovim, PLUGIN / "tests" / "units.lua", environment, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed, 0 failed" in done.stdout


def test_help_has_its_tags(neovim, environment, tmp_path):
    folder = tmp_path / "doc"
    folder.mkdir()
    (folder / "intaglio.txt").write_bytes((PLUGIN / "doc" / "intaglio.txt").read_bytes())
    words = [neovim, "--headless", "--clean", "-u", "NONE", "-c", f"helptags {folder}", "-c", "qall!"]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=30, check=True)
    assert "E15" not in done.stderr, done.stderr
    tags = [line.split("\t")[0] for line in (folder / "tags").read_text().splitlines()]
    assert {"intaglio", ":Intaglio", ":Intaglio-compile", "intaglio.statusline()", "vim.g.intaglio"} <= set(tags)


def test_a_users_way(neovim, environment, workspace, server_command):
    """Findings, no trust, rules, a preview from a model, accept, save, locked, a remark, drifted, compared, restored, adopted."""
    seen = threading.Event()
    finished = threading.Event()

    def release():
        while not finished.wait(0.02):
            if (workspace / "preview-seen").exists():
                seen.set()

    watcher = threading.Thread(target=release, daemon=True)
    watcher.start()
    with scripted(Step(ANSWER, hold=seen, hold_after=5), Step(ANOTHER)) as served:
        given = environment | {
            "INTAGLIO_PLUGIN": str(PLUGIN),
            "INTAGLIO_SERVER": " ".join(server_command),
            "INTAGLIO_SCRIPTED": served.base,
            "OPENAI_API_KEY": "none",
        }
        done = run(neovim, PLUGIN / "tests" / "flow.lua", given, workspace)
        finished.set()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "16 steps" in done.stdout
    assert len(served.requests) == 2
    assert "Begin with the light ones." in str(served.requests[1])
