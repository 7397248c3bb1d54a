"""What editors' manifests hold of the code: the settings in VS Code's package.json, and the colours of spec comments.

`make docs` writes both; a test fails when one is not fresh. All else in package.json is written by hand.
"""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

from intaglio import __version__, config
from intaglio.lsp import configuration
from intaglio.spec.language import DIRECTIVES

_PROSE = frozenset({"spec"})
_NAMES = frozenset({"template", "use", "comply", "strict", "model", "locked", "golden"})


def render_package_json(text: str) -> str:
    """VS Code's manifest with the server's settings and version as they are in the code; the rest of `text` as it is."""
    manifest = json.loads(text)
    manifest["version"] = __version__
    sections = manifest["contributes"]["configuration"]
    section = next(section for section in sections if section["title"] == "Intaglio")
    section["properties"] = {
        f"intaglio.{name}": {
            "type": entry["type"],
            **{key: entry[key] for key in ("items", "default", "enum", "minimum") if key in entry},
            "scope": "resource",
            "markdownDescription": entry["description"],
        }
        for name, entry in (config.render_schema() | _editor_schema()).items()
    }
    return json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"


def _editor_schema() -> dict[str, dict[str, Any]]:
    """The server's settings that only editors have. VS Code has a trust of its own."""
    schema: dict[str, dict[str, Any]] = {}
    for field in fields(configuration.EditorSettings):
        if field.name == "trust":
            continue
        entry = {"type": "boolean" if isinstance(field.default, bool) else "string", "default": field.default}
        choices = {"enum": list(configuration.LOCK_CHOICES)} if field.name == "lock" else {}
        description = configuration.DOCUMENTATION[field.name]
        schema[field.name.replace("_", "-")] = {**entry, **choices, "description": description}
    return schema


_KEY_SCOPE = "entity.name.function.preprocessor.directive.intaglio"
"""The editor's own scope for the server's token `macro`: keys have one colour where there are tokens and where there are none."""


def render_grammar() -> str:
    """The TextMate grammar that is injected into Python's: colours inside spec comments, from `spec:` to the block's end.

    Both rules are `while` rules, so that a half-typed expression colours nothing beyond its own lines.
    """
    python = [kind.key for kind in DIRECTIVES if kind.key not in _PROSE | _NAMES]
    names = [kind.key for kind in DIRECTIVES if kind.key in _NAMES]
    grammar: dict[str, Any] = {
        "name": "Intaglio specs",
        "scopeName": "source.python.intaglio",
        "injectionSelector": "L:source.python -comment -string",
        "patterns": [{"include": "#block"}],
        "repository": {
            "block": {
                "begin": r"^\s*(#)\s*(spec)(:)(.*)$",
                "while": r"^\s*(#)(?!\s*spec:)",
                "name": "comment.block.spec.intaglio",
                "beginCaptures": {
                    "1": {"name": "punctuation.definition.comment.python"},
                    "2": {"name": _KEY_SCOPE},
                    "3": {"name": "punctuation.separator.directive.intaglio"},
                    "4": {"name": "comment.block.documentation.prose.intaglio"},
                },
                "whileCaptures": {"1": {"name": "punctuation.definition.comment.python"}},
                "patterns": [
                    _directive(
                        python,
                        [
                            {"match": "->", "name": "keyword.operator.arrow.intaglio"},
                            {"match": r"\b(raises|when|otherwise)\b", "name": "keyword.control.intaglio"},
                            {"include": "source.python#expression"},
                        ],
                    ),
                    _directive(
                        names,
                        [
                            {"match": r">=\s*[\d.]+", "name": "constant.numeric.share.intaglio"},
                            {"match": r"[^\s>]+", "name": "entity.name.type.intaglio"},
                        ],
                    ),
                    {"match": r"\G\s{2,}\S.*$", "name": "comment.block.documentation.prose.intaglio"},
                ],
            }
        },
    }
    return json.dumps(grammar, indent=2, ensure_ascii=False) + "\n"


def _directive(keys: list[str], patterns: list[dict[str, Any]]) -> dict[str, Any]:
    """A directive's line, and the lines below it that are indented further than its key."""
    any_key = "|".join(kind.key for kind in DIRECTIVES)
    return {
        "begin": rf"\G\s*({'|'.join(keys)})(:)",
        "while": rf"\G(?=\s{{2,}}\S)(?!\s*(?:{any_key}):)",
        "beginCaptures": {
            "1": {"name": _KEY_SCOPE},
            "2": {"name": "punctuation.separator.directive.intaglio"},
        },
        "contentName": "meta.embedded.directive.intaglio",
        "patterns": patterns,
    }
