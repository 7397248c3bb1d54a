"""Candidates and subjects: what is validated, and all that it stands on. Values only."""

from __future__ import annotations

from dataclasses import dataclass

from intaglio.finding import Finding, Span
from intaglio.spec.model import Spec


@dataclass(frozen=True, slots=True)
class Definition:
    """A statement at module level of a workspace file that a function reaches (helper, constant, class, import).

    `module` is the dotted name by which it is imported, "" for the function's own file. `name` is what it binds;
    `source` the statement's text; `is_import` marks an import of something outside the workspace.
    """

    module: str
    name: str
    path: str
    source: str
    is_import: bool = False
    also: tuple[str, ...] = ()
    """Further names that the same statement binds and the function reaches: `LOW, HIGH = 1, 2`."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What a function reaches in its workspace: definitions in an order in which they can be executed."""

    definitions: tuple[Definition, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        """The files that hold them, workspace-relative, sorted, each once."""
        return tuple(sorted({definition.path for definition in self.definitions}))


@dataclass(frozen=True, slots=True)
class GoldenFile:
    """A golden file's content as it was read. `path` is workspace-relative; `data` is None when it is missing."""

    path: str
    share: float
    span: Span
    data: bytes | None


@dataclass(frozen=True, slots=True)
class Grant:
    """What a spec's `use:` lines allow beyond purity: dotted modules that may be imported."""

    modules: frozenset[str] = frozenset()
    capabilities: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Subject:
    """A function to validate, with all that its verdict depends on. The four stages read nothing else.

    `text` is the whole file with the function filled in; `spec` was read from that text, so all its spans hold there.
    `slot` is the part of the file that was generated (within the function's body), or the whole body where the
    body does not match a template.
    """

    path: str
    text: str
    spec: Spec
    slot: Span
    reach: Reach = Reach()
    grant: Grant = Grant()
    golden: tuple[GoldenFile, ...] = ()
    comply_fields: tuple[str, ...] = ()
    """Names of parameters and attributes that the spec's prompt blocks call sensitive (for taint)."""
    forbidden_calls: tuple[tuple[str, str], ...] = ()
    """(dotted call, why) that the spec's prompt blocks forbid."""
    strict: bool = False
    line_length: int = 100
    call_seconds: float = 1.0
    stage_seconds: float = 10.0
    generated_inputs: int = 200

    @property
    def source_bytes(self) -> bytes:
        """The text as spans count it."""
        return self.text.encode()

    def slice(self, span: Span) -> str:
        """The text of a span."""
        return self.source_bytes[span.start : span.end].decode()
