"""From a spec in a snapshot to the subject that the stages judge: all that its verdict depends on, gathered once."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

from intaglio.candidate import GoldenFile, Subject
from intaglio.config import Settings
from intaglio.finding import Finding
from intaglio.snapshot import Snapshot
from intaglio.spec.model import Spec
from intaglio.spec.reach import find_reach
from intaglio.template import PromptBlock, grant_for, load_block, load_template, match
from intaglio.template.model import Template, TemplateError


@dataclass(frozen=True, slots=True)
class Gathered:
    """A subject with its template and prompt blocks, and what was found wrong while gathering them."""

    subject: Subject
    template: Template
    blocks: tuple[PromptBlock, ...]
    findings: tuple[Finding, ...]


def gather(snapshot: Snapshot, settings: Settings, path: str, text: str, spec: Spec) -> Gathered:
    """Everything that judging `spec` (read from `text`, the file as it is or would be) depends on.

    Raises TemplateError for an unknown template or prompt block.
    """
    template = load_template(spec.template, snapshot.root, snapshot)
    blocks = tuple(load_block(comply.value, snapshot.root, snapshot) for comply in spec.comply)
    grant, findings = grant_for(spec, snapshot.root)
    reach = find_reach(text, path, spec, snapshot.text)
    matched = match(template, spec, text)
    subject = Subject(
        path=path,
        text=text,
        spec=spec,
        slot=matched.slot if matched is not None else spec.function.body,
        reach=reach,
        grant=grant,
        golden=golden_files(snapshot, path, spec),
        comply_fields=tuple(sorted({field for block in blocks for field in block.fields})),
        forbidden_calls=tuple(call for block in blocks for call in block.forbidden_calls),
        strict=spec.strict or settings.strict,
        call_seconds=settings.call_seconds,
        stage_seconds=settings.stage_seconds,
        generated_inputs=settings.generated_inputs,
    )
    return Gathered(subject, template, blocks, (*findings, *reach.findings))


def golden_files(snapshot: Snapshot, path: str, spec: Spec) -> tuple[GoldenFile, ...]:
    """The spec's golden files as they are now; a missing one has no data."""
    folder = posixpath.dirname(path)
    return tuple(
        GoldenFile(relative, golden.share, golden.span, snapshot.read(relative))
        for golden in spec.golden
        for relative in [posixpath.normpath(posixpath.join(folder, golden.path.value))]
    )


__all__ = ["Gathered", "TemplateError", "gather", "golden_files"]
