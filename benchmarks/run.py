"""Every benchmark in turn: `make bench`. Each prints ratios that were measured within one run."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
NAMES = (
    "read_edit",
    "sandbox_run",
    "validation",
    "compiled",
    "type_checkers",
    "verify",
    "hook",
    "language_server",
    "editor_load",
    "body_ends",
)


def main():
    failed = [
        name for name in NAMES if subprocess.run([sys.executable, str(HERE / f"{name}.py")], check=False).returncode
    ]
    sys.exit(f"failed: {', '.join(failed)}" if failed else 0)


if __name__ == "__main__":
    main()
