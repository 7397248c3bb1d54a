"""A report as SARIF 2.1.0, for code scanning. Values in, values out.

Paths are relative to the repository's top. Fingerprints hold the code, the file, the function and the line's text, and no
line number: what moves in its file stays the same alert.
"""

from __future__ import annotations

import hashlib
import urllib.parse
from collections import Counter
from typing import Any

from intaglio import __version__
from intaglio.cli.report import PlacedFinding, Report
from intaglio.explanations import all_codes
from intaglio.finding import Severity

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.HINT: "note"}
_GROUPS = {
    "SE": "security",
    "SY": "syntax",
    "EX": "execution",
    "AC": "accuracy",
    "LK": "lock",
    "SP": "spec",
    "TM": "template",
}


def to_sarif(report: Report, command: str, folder: str, exit_code: int) -> dict[str, Any]:
    """The document of `--sarif` for one run of `command`. `folder` is where the workspace lies in its repository, `sub/`."""
    named = [(placed, "") for placed in report.findings]
    named += [(placed, spec.name) for spec in report.specs for placed in spec.findings]
    used = sorted({placed.finding.code for placed, _ in named})
    seen: Counter[str] = Counter()
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "Intaglio",
                        "semanticVersion": __version__,
                        "rules": [_rule(code) for code in used],
                    }
                },
                "automationDetails": {"id": f"intaglio/{command}/"},
                "columnKind": "unicodeCodePoints",
                "invocations": [{"executionSuccessful": exit_code in {0, 1}, "exitCode": exit_code}],
                "results": [_result(placed, name, folder, used, seen) for placed, name in named],
            }
        ],
    }


def _rule(code_id: str) -> dict[str, Any]:
    code = all_codes()[code_id]
    return {
        "id": code.id,
        "name": code.name,
        "shortDescription": {"text": code.name.replace("-", " ").capitalize()},
        "fullDescription": {"text": code.explanation.strip()},
        "help": {
            "text": f"{code.explanation.strip()}\n\nWhat to do: {code.way_out.strip()}",
            "markdown": f"{code.explanation.strip()}\n\n**What to do.** {code.way_out.strip()}",
        },
        "defaultConfiguration": {"level": _LEVELS.get(code.severity, "error")},
        "properties": {"tags": ["intaglio", _GROUPS.get(code.id[:2], "other")]},
    }


def _result(placed: PlacedFinding, name: str, folder: str, used: list[str], seen: Counter[str]) -> dict[str, Any]:
    finding = placed.finding
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": urllib.parse.quote(folder + placed.path, safe="/", errors="surrogatepass")},
            "region": {"startLine": 1},
        }
    }
    if placed.line:
        location["physicalLocation"]["region"] = {
            "startLine": placed.line,
            "startColumn": placed.column,
            "endLine": placed.end_line,
            "endColumn": placed.end_column,
        }
    if name:
        location["logicalLocations"] = [{"fullyQualifiedName": name, "kind": "function"}]
    ways = "".join(f"\n{fix.title}" for fix in finding.fixes)
    identity = "\0".join((finding.code, folder + placed.path, name, placed.excerpt.strip()))
    digest = hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    seen[digest] += 1
    fingerprint = f"{digest}:{seen[digest]}"
    return {
        "ruleId": finding.code,
        "ruleIndex": used.index(finding.code),
        "level": _LEVELS.get(finding.severity, "error"),
        "message": {"text": f"{finding.message}{ways}"},
        "locations": [location],
        "partialFingerprints": {"primaryLocationLineHash": fingerprint, "intaglio/v1": fingerprint},
    }
