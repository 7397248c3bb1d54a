"""`intaglio` and `python -m intaglio`. Editors' plain `intaglio lsp` starts without the library of the command line, which would be
half of what the server's start costs beyond its own libraries.
"""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line, or serve an editor."""
    if sys.argv[1:] == ["lsp"]:
        try:
            from intaglio.lsp.serving import serve_stdio
        except ModuleNotFoundError:  # the command line says which extra is missing
            pass
        else:
            serve_stdio()
            return
    from intaglio.cli import main as command_line

    command_line()


if __name__ == "__main__":
    main()
