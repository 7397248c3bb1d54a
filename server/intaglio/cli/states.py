"""The states of selected specs, as a report. Reads, and asks the verdict cache; runs nothing."""

from __future__ import annotations

from dataclasses import replace

from intaglio.cli.reader_findings import findings_of, with_specs
from intaglio.cli.report import PlacedFinding, Report, SpecReport, place_finding
from intaglio.cli.selection import Selection
from intaglio.events import SpecKey
from intaglio.lock.check import check_file
from intaglio.lock.inputs import Materials
from intaglio.lock.model import Present, SpecState, State
from intaglio.lock.shown import shown
from intaglio.lock.summary import lock_summary
from intaglio.spec.model import Spec


def state_report(selection: Selection, *, ready: bool, explain: bool = False) -> Report:
    """Every selected spec with its state; `ready` says whether the verdict cache is asked (it needs the validate extra).

    `explain` has git's history searched for the commits since which locked fingerprints are others.
    """
    materials = Materials(selection.root, selection.snapshot)
    rows: list[SpecReport] = []
    file_findings: list[PlacedFinding] = []
    for path in selection.paths:
        text = selection.snapshot.text(path)
        reading = selection.snapshot.reading(path) if text is not None else None
        if reading is not None and not reading.specs and not reading.findings and not _has_lock(selection, path):
            continue
        specs = {spec.name: spec for spec in (reading.specs if reading else ())}

        def is_ready(present: Present, path: str = path, specs: dict[str, Spec] = specs) -> bool:
            from intaglio.validation import is_ready as cached

            spec = specs.get(present.name)
            return spec is not None and cached(selection.root, selection.settings, selection.snapshot, path, spec)

        found = check_file(materials, path, is_ready) if ready else check_file(materials, path)
        file_findings += [place_finding(finding, path, text or "", None) for finding in found.findings]
        if reading is not None:
            file_findings += [place_finding(finding, path, text or "", None) for finding in reading.findings]
        if explain:
            found = replace(
                found, states=tuple(_explained(selection, materials, state, specs) for state in found.states)
            )
        rows += [
            spec_report(selection, state, spec, text or "")
            for state, spec in with_specs(found.states, reading)
            if selection.chosen(SpecKey(path, state.name))
        ]
    return Report(tuple(rows), tuple(dict.fromkeys(file_findings)))


def _explained(selection: Selection, materials: Materials, state: SpecState, specs: dict[str, Spec]) -> SpecState:
    """A state whose reasons say of each fingerprint from what to what it moved, and since which commit."""
    from intaglio.lock.inputs import current_inputs
    from intaglio.lock.moved import moved_since

    spec, text = specs.get(state.name), selection.snapshot.text(state.path)
    if state.entry is None or spec is None or text is None:
        return state
    moved = moved_since(selection.root, state.path, state.entry, current_inputs(materials, state.path, text, spec))
    return replace(state, reasons=(*state.reasons, *map(str, moved)))


def spec_report(selection: Selection, state: SpecState, spec: Spec | None, text: str) -> SpecReport:
    """One state as it is shown, with the reader's findings."""
    findings = findings_of(spec, state.path, selection.root) if spec is not None else ()
    if spec is not None and state.state is State.DRIFTED:
        from intaglio.lock.origin import told_of_drift

        state = told_of_drift(Materials(selection.root, selection.snapshot), state, text, spec)
    stands = shown(state, findings)
    placed = tuple(place_finding(finding, state.path, text, spec) for finding in findings)
    return SpecReport(state.path, state.name, stands.word, stands.reasons, (), placed, lock_summary(state.entry))


def _has_lock(selection: Selection, path: str) -> bool:
    from intaglio.lock.paths import lock_path

    return selection.snapshot.read(lock_path(path)) is not None
