"""The report: what every command has to say, as values, as the JSON document of `--json`, and its schema."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from intaglio import __version__
from intaglio.cli.changes import CHANGE_SCHEMA, ShownChange, change_to_json
from intaglio.finding import Finding, Severity

if TYPE_CHECKING:
    from intaglio.lock.ways_on import WayOn
    from intaglio.spec.model import Spec
    from intaglio.spec.position import TextIndex
    from intaglio.validate.verdict import StageName, Verdict


@dataclass(frozen=True, slots=True)
class PlacedFinding:
    """A finding where it is shown. Lines and columns count from 1, columns in Unicode code points; 0: no place."""

    finding: Finding
    path: str
    line: int = 0
    column: int = 0
    end_line: int = 0
    end_column: int = 0
    excerpt: str = ""
    """The source line of the place."""
    stage: StageName | None = None


@dataclass(frozen=True, slots=True)
class SpecReport:
    """One spec: its state with reasons, and what was said of it."""

    path: str
    name: str
    state: str
    reasons: tuple[str, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    findings: tuple[PlacedFinding, ...] = ()
    lock: dict[str, Any] | None = None
    made: dict[str, Any] | None = None
    """Of a compile: attempts, model, tokens, cost."""
    diff: str = ""
    """How a body differs from the locked one, as a unified diff, where that is known."""
    ways: tuple[WayOn, ...] = ()
    """What can be done about a state that is refused."""


@dataclass(frozen=True, slots=True)
class Report:
    """All of a command's specs, and the findings that belong to none."""

    specs: tuple[SpecReport, ...]
    findings: tuple[PlacedFinding, ...] = ()
    notes: tuple[str, ...] = field(default=())
    changes: tuple[ShownChange, ...] = ()
    """Locks that changed since a commit, when that was asked."""

    def all_findings(self) -> tuple[PlacedFinding, ...]:
        """Those of files, then those of each spec."""
        return self.findings + tuple(finding for spec in self.specs for finding in spec.findings)

    def has_error(self, *, strict: bool = False) -> bool:
        """Whether a finding is an error (or, under `strict`, a warning); fails closed on other severities."""
        harmless = {Severity.HINT} if strict else {Severity.HINT, Severity.WARNING}
        return any(placed.finding.severity not in harmless for placed in self.all_findings())


def place_finding(
    finding: Finding, path: str, text: str, spec: Spec | None, stage: StageName | None = None
) -> PlacedFinding:
    """Where `finding` stands in `text`, from which `spec` was read."""
    if finding.place is None or (spec is None and finding.place.target != "file"):
        return PlacedFinding(finding, path, stage=stage)
    from intaglio.placement import absolute_span
    from intaglio.spec.position import TextIndex

    span = absolute_span(finding.place, spec)
    index = TextIndex(text)
    start, end = _position(index, span.start), _position(index, span.end)
    lines = text.splitlines()
    excerpt = lines[start[0]] if start[0] < len(lines) else ""
    return PlacedFinding(
        finding, path, start[0] + 1, start[1] + 1, end[0] + 1, end[1] + 1, excerpt=excerpt, stage=stage
    )


def to_json(report: Report) -> dict[str, Any]:
    """The document of `--json`, as SCHEMA describes it."""
    counts = Counter(placed.finding.severity.value for placed in report.all_findings())
    return {
        "version": 1,
        "intaglio": __version__,
        "specs": [_spec_to_json(spec) for spec in report.specs],
        "findings": [_finding_to_json(placed) for placed in report.findings],
        "notes": list(report.notes),
        "changes": [change_to_json(shown) for shown in report.changes],
        "summary": {
            "specs": len(report.specs),
            "states": dict(sorted(Counter(spec.state for spec in report.specs).items())),
            "errors": counts["error"],
            "warnings": counts["warning"],
            "hints": counts["hint"],
        },
    }


def _position(index: TextIndex, offset: int) -> tuple[int, int]:
    position = index.position(offset, "utf-32")
    return position.line, position.character


def _spec_to_json(spec: SpecReport) -> dict[str, Any]:
    by_stage: dict[StageName | None, list[PlacedFinding]] = {}
    for placed in spec.findings:
        by_stage.setdefault(placed.stage, []).append(placed)
    return {
        "path": spec.path,
        "name": spec.name,
        "state": spec.state,
        "reasons": list(spec.reasons),
        "findings": [_finding_to_json(placed) for placed in by_stage.get(None, [])],
        "stages": [
            {
                "stage": verdict.stage.value,
                "outcome": verdict.outcome.value,
                "millis": round(verdict.millis, 3),
                "tools": dict(verdict.tools),
                "facts": dict(verdict.facts),
                "findings": [_finding_to_json(placed) for placed in by_stage.get(verdict.stage, [])],
            }
            for verdict in spec.verdicts
        ],
        "lock": spec.lock,
        "made": spec.made,
        "diff": spec.diff,
        "ways": [{"name": way.name, "command": way.command} for way in spec.ways],
    }


def _finding_to_json(placed: PlacedFinding) -> dict[str, Any]:
    finding = placed.finding
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "message": finding.message,
        "path": placed.path,
        "range": None
        if placed.line == 0
        else {
            "start": {"line": placed.line, "column": placed.column},
            "end": {"line": placed.end_line, "column": placed.end_column},
        },
        "fixes": [fix.title for fix in finding.fixes],
        "details": dict(finding.details),
    }


_POSITION = {
    "type": "object",
    "required": ["line", "column"],
    "properties": {
        "line": {"type": "integer", "minimum": 1},
        "column": {"type": "integer", "minimum": 1, "description": "In Unicode code points."},
    },
    "additionalProperties": False,
}
_TEXTS = {"type": "object", "additionalProperties": {"type": "string"}}

SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "The document that intaglio prints for --json",
    "type": "object",
    "required": ["version", "intaglio", "specs", "findings", "notes", "changes", "summary"],
    "additionalProperties": False,
    "properties": {
        "version": {"const": 1},
        "intaglio": {"type": "string", "description": "The version of the tool that wrote it."},
        "specs": {"type": "array", "items": {"$ref": "#/$defs/spec"}},
        "findings": {
            "type": "array",
            "items": {"$ref": "#/$defs/finding"},
            "description": "Those that belong to no spec.",
        },
        "notes": {"type": "array", "items": {"type": "string"}},
        "changes": {
            "type": "array",
            "items": {"$ref": "#/$defs/change"},
            "description": "Of `verify --since`: the locks that changed.",
        },
        "summary": {
            "type": "object",
            "required": ["specs", "states", "errors", "warnings", "hints"],
            "additionalProperties": False,
            "properties": {
                "specs": {"type": "integer"},
                "states": {"type": "object", "additionalProperties": {"type": "integer"}},
                "errors": {"type": "integer"},
                "warnings": {"type": "integer"},
                "hints": {"type": "integer"},
            },
        },
    },
    "$defs": {
        "change": CHANGE_SCHEMA,
        "spec": {
            "type": "object",
            "required": ["path", "name", "state", "reasons", "findings", "stages", "lock", "made", "diff", "ways"],
            "additionalProperties": False,
            "properties": {
                "path": {"type": "string"},
                "name": {"type": "string"},
                "state": {
                    "enum": ["stub", "unlocked", "ready", "locked", "stale", "drifted", "orphaned", "invalid"],
                    "description": "`invalid`: the spec or its file cannot be used; its findings say why.",
                },
                "reasons": {"type": "array", "items": {"type": "string"}},
                "findings": {"type": "array", "items": {"$ref": "#/$defs/finding"}},
                "stages": {"type": "array", "items": {"$ref": "#/$defs/stage"}},
                "lock": {"type": ["object", "null"]},
                "made": {"type": ["object", "null"]},
                "diff": {
                    "type": "string",
                    "description": "How the body differs from the locked one, as a unified diff, where verify knows it.",
                },
                "ways": {
                    "type": "array",
                    "description": "What can be done about a state that verify refuses.",
                    "items": {
                        "type": "object",
                        "required": ["name", "command"],
                        "additionalProperties": False,
                        "properties": {"name": {"type": "string"}, "command": {"type": "string"}},
                    },
                },
            },
        },
        "stage": {
            "type": "object",
            "required": ["stage", "outcome", "millis", "tools", "facts", "findings"],
            "additionalProperties": False,
            "properties": {
                "stage": {"enum": ["security", "syntax", "execution", "accuracy"]},
                "outcome": {"enum": ["passed", "failed", "skipped"]},
                "millis": {"type": "number"},
                "tools": _TEXTS,
                "facts": _TEXTS,
                "findings": {"type": "array", "items": {"$ref": "#/$defs/finding"}},
            },
        },
        "finding": {
            "type": "object",
            "required": ["code", "severity", "message", "path", "range", "fixes", "details"],
            "additionalProperties": False,
            "properties": {
                "code": {"type": "string", "pattern": "^[A-Z]{2}[0-9]{3}$"},
                "severity": {"enum": ["error", "warning", "hint"]},
                "message": {"type": "string"},
                "path": {"type": "string"},
                "range": {
                    "anyOf": [
                        {"type": "null"},
                        {
                            "type": "object",
                            "required": ["start", "end"],
                            "additionalProperties": False,
                            "properties": {"start": _POSITION, "end": _POSITION},
                        },
                    ]
                },
                "fixes": {"type": "array", "items": {"type": "string"}},
                "details": _TEXTS,
            },
        },
    },
}
