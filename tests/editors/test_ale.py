"""Vim with ALE, in silent mode, under the configuration that docs/editors.md shows."""

import subprocess
from pathlib import Path

import pytest
from real_editors import REPOSITORY, first_present, missing

SCRIPTS = Path(__file__).parent / "scripts"

pytestmark = pytest.mark.editor


def test_a_finding_its_fix_and_a_lock_by_code_actions(environment, workspace, server_command, tmp_path):
    vim = first_present("vim.nox", "vim")
    if not vim or not Path("/usr/share/vim-ale").is_dir():
        missing("Vim with ALE")
    log = tmp_path / "log"
    given = environment | {
        "PATH": f"{Path(server_command[0]).parent}:{environment['PATH']}",
        "INTAGLIO_CONFIGURATION": str(REPOSITORY / "editors" / "vim-ale" / "intaglio.vim"),
        "INTAGLIO_LOG": str(log),
    }
    words = [vim, "-es", "-u", str(SCRIPTS / "ale.vim")]
    done = subprocess.run(
        words,
        cwd=workspace,
        env=given,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    said = log.read_text(encoding="utf-8") if log.exists() else ""
    assert done.returncode == 0, said + done.stdout + done.stderr
    assert said.endswith("done\n")
