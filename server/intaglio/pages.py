"""Write the generated pages under docs/, and what editors' manifests hold of the code. Each has one source in the code;
a test fails when one is not fresh.

Run as `python -m intaglio.pages` (or `make docs`) in a checkout.
"""

from __future__ import annotations

import json
from pathlib import Path

from intaglio import config, explanations, manifests
from intaglio.cli import log_command, manual, report
from intaglio.spec import language


def render_pages() -> dict[str, str]:
    """The pages' texts by their path below docs/."""
    return {
        "settings.md": config.render_markdown(),
        "findings.md": explanations.render_markdown(),
        "spec-language.md": language.render_markdown(),
        "commands.md": manual.render_markdown(),
        "log.schema.json": json.dumps(log_command.SCHEMA, indent=2) + "\n",
        "report.schema.json": json.dumps(report.SCHEMA, indent=2) + "\n",
    }


def render_manifests(editors: Path) -> dict[str, str]:
    """The texts of the files below editors/ that are wholly or partly generated, by their path there."""
    package = "vscode/package.json"
    return {
        package: manifests.render_package_json((editors / package).read_text(encoding="utf-8")),
        "vscode/syntaxes/spec.tmLanguage.json": manifests.render_grammar(),
    }


def main() -> None:
    """Write all pages and manifests into the checkout that this module belongs to."""
    checkout = Path(__file__).resolve().parents[2]
    for folder, texts in (("docs", render_pages()), ("editors", render_manifests(checkout / "editors"))):
        for name, text in texts.items():
            (checkout / folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
