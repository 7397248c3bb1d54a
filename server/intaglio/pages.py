"""Write the generated pages under docs/. Each has one source in the code; a test fails when one is not fresh.

Run as `python -m intaglio.pages` (or `make docs`) in a checkout.
"""

from __future__ import annotations

import json
from pathlib import Path

from intaglio import config, explanations
from intaglio.cli import manual, report
from intaglio.spec import language


def render_pages() -> dict[str, str]:
    """The pages' texts by their path below docs/."""
    return {
        "settings.md": config.render_markdown(),
        "findings.md": explanations.render_markdown(),
        "spec-language.md": language.render_markdown(),
        "commands.md": manual.render_markdown(),
        "report.schema.json": json.dumps(report.SCHEMA, indent=2) + "\n",
    }


def main() -> None:
    """Write all pages into the checkout that this module belongs to."""
    docs = Path(__file__).resolve().parents[2] / "docs"
    for name, text in render_pages().items():
        (docs / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
