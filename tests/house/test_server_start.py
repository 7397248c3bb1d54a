"""The language server answers `initialize` before anything but pygls, lsprotocol and click is loaded."""

import subprocess
import sys

HEAVY = {
    "bandit",
    "hypothesis",
    "jedi",
    "litellm",
    "ruff",
    "rich",
    "filelock",
    "tree_sitter",
    "tree_sitter_python",
    "sqlite3",
}


def test_what_a_server_loads_before_it_answers():
    program = (
        "import sys\nfrom intaglio.lsp import command\nfrom intaglio.lsp.serving import create_server\n"
        "create_server()\nsys.stderr.write(' '.join(sorted(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = run.stderr.split()
    assert not HEAVY & {name.partition(".")[0] for name in loaded}
    steps = {name for name in loaded if name.startswith("intaglio.") and name.split(".")[1] not in {"lsp", "cli"}}
    assert steps <= {"intaglio.finding", "intaglio.spec", "intaglio.spec.position", "intaglio.assist",
                     "intaglio.assist.token_types"}  # fmt: skip
