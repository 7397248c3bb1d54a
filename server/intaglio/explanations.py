"""Every finding's code in one place, collected from the packages that declare them."""

from __future__ import annotations

import importlib

from intaglio.finding import Code

SOURCES = {
    "intaglio.spec.codes": "The spec",
    "intaglio.template.codes": "Templates",
    "intaglio.generate.codes": "Generation",
    "intaglio.validate.codes": "The four stages",
    "intaglio.lock.codes": "Locks",
}


def all_codes() -> dict[str, Code]:
    """Codes by id, in the order of their sources. Raises ValueError when two codes share an id or a name."""
    found: dict[str, Code] = {}
    names: set[str] = set()
    for source in SOURCES:
        for code in importlib.import_module(source).CODES:
            if code.id in found or code.name in names:
                raise ValueError(f"the code {code.id} ({code.name}) is declared twice")
            found[code.id] = code
            names.add(code.name)
    return found


def render_code(code: Code) -> str:
    """One code's page, in Markdown."""
    return (
        f"# {code.id} {code.name}\n\nSeverity: {code.severity}\n\n{code.explanation.strip()}\n\n"
        f"**What to do.** {code.way_out.strip()}\n"
    )


def render_markdown() -> str:
    """The page docs/findings.md."""
    parts = ["# Findings\n\n`intaglio explain CODE` shows a page of these offline.\n"]
    for source, title in SOURCES.items():
        parts.append(f"## {title}\n")
        parts.extend(render_code(code).replace("# ", "### ", 1) for code in importlib.import_module(source).CODES)
    return "\n".join(parts)
