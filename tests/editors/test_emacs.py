"""Emacs with eglot and with lsp-mode, in batch mode, under the configurations that docs/editors.md shows."""

import subprocess
from pathlib import Path

import pytest
from real_editors import REPOSITORY, first_present, missing

SCRIPTS = Path(__file__).parent / "scripts"

pytestmark = pytest.mark.editor


@pytest.mark.parametrize("client", ["eglot", "lsp-mode"])
def test_a_finding_its_fix_and_a_lock_by_code_actions(client, environment, workspace, server_command):
    emacs = first_present("emacs")
    if not emacs or not list(Path("/usr/share/emacs/site-lisp").glob(f"elpa*/{client}-*")):
        missing(f"Emacs with {client}")
    folder = Path(server_command[0]).parent
    given = environment | {
        "PATH": f"{folder}:{environment['PATH']}",
        "INTAGLIO_CONFIGURATION": str(REPOSITORY / "editors" / "emacs" / f"intaglio-{client}.el"),
    }
    words = [emacs, "--batch", "-f", "package-initialize", "-l", str(SCRIPTS / f"{client}.el")]
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
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("done\n")
