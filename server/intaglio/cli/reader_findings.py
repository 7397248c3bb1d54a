"""What the reader says of each spec that a report has a row for. Reads no source file itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from intaglio.finding import Finding
from intaglio.lock.report import SpecState
from intaglio.spec.model import Reading, Spec


def with_specs(states: Iterable[SpecState], reading: Reading | None) -> Iterator[tuple[SpecState, Spec | None]]:
    """Each state of a file with its spec. Where a name stands several times, both come in the order of the text."""
    specs: dict[str, list[Spec]] = {}
    for spec in reading.specs if reading is not None else ():
        specs.setdefault(spec.name, []).append(spec)
    for state in states:
        left = specs.get(state.name, [])
        yield state, left.pop(0) if left else None


def findings_of(spec: Spec, path: str, root: Path | None) -> tuple[Finding, ...]:
    """What is said of a spec, and of the files that it names where the workspace's `root` is given."""
    if root is None:
        return spec.findings
    from intaglio.spec.references import check_references

    return (*spec.findings, *check_references(spec, root / path, root))
