"""docs/first-steps.md, done as it says: its files are written, its commands run, and what they print stands there.

Times, and how many inputs were drawn, are not compared. `exit 1` below a command is its exit code.
"""

import re
import subprocess
import sys

FENCE = re.compile(r"^```(python \S+|console)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
VARYING = re.compile(r"\d+(?= ms)|(?<=inputs )\d+|\d+(?= inputs)")


def steps(page):
    """(file name, text) of each file and (command, what it prints) of each command, in order."""
    for kind, text in FENCE.findall(page):
        if kind != "console":
            yield kind.partition(" ")[2], text, True
            continue
        for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
            command, _, said = part.partition("\n")
            yield command, said, False


def test_the_page_does_what_it_says(workspace, repository):
    (workspace.root / "intaglio.toml").unlink(missing_ok=True)
    page = (repository / "docs" / "first-steps.md").read_text(encoding="utf-8")
    ran = 0
    for what, text, is_file in steps(page):
        if is_file:
            workspace.write(what, text)
            continue
        program, *arguments = what.split(" ", 1)
        line = f"{sys.executable} -m intaglio {' '.join(arguments)}" if program == "intaglio" else what
        done = subprocess.run(
            line, shell=True, cwd=workspace.root, env=workspace.environment, capture_output=True, text=True, check=False
        )  # fmt: skip
        said = done.stdout + done.stderr + (f"exit {done.returncode}\n" if done.returncode else "")
        said = said.partition("\n\nNext:")[0].rstrip("\n") + "\n" if what == "intaglio init" else said
        assert VARYING.sub("N", said) == VARYING.sub("N", text), what
        ran += 1
    assert ran > 12
