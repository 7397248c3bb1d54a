"""The surroundings of programs that tests start: nobody's settings, no hook's variables, caches in the test's own folder."""

import os
from pathlib import Path

GIT_SETTINGS = """\
[user]
name = A. Person
email = a@example.org
[init]
defaultBranch = main
[protocol "file"]
allow = always
"""


def environment_in(home: Path) -> dict[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("INTAGLIO_", "GIT_", "PRE_COMMIT"))
    }
    (home / ".gitconfig").write_text(GIT_SETTINGS)
    return {**kept, "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "GIT_CONFIG_NOSYSTEM": "1"}
