"""What verify says, for a report: states with what changed in them and the ways on, and what only needs to be staged."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from intaglio.cli.reader_findings import findings_of, with_specs
from intaglio.cli.report import PlacedFinding, SpecReport, place_finding
from intaglio.finding import Finding, Place
from intaglio.lock.report import SpecState, State
from intaglio.lock.shown import INVALID
from intaglio.lock.shown import shown as shown_state
from intaglio.lock.verify import is_allowed
from intaglio.sparse import disk_tree
from intaglio.workspace import Tree

if TYPE_CHECKING:
    from intaglio.lock.across import Verified
    from intaglio.lock.ways_on import WayOn
    from intaglio.replay import Replayed

_MOST_DIFFS = 5
_MOST_LINES = 20


@dataclass(frozen=True, slots=True)
class Shown:
    """How much a report shows: only what is refused, what locks say, states as findings (for code scanning)."""

    quiet: bool = False
    locks: bool = False
    alerts: bool = False


def spec_rows(
    verified: Verified, shown: Shown, findings: Mapping[tuple[str, str], Sequence[Finding]], replays: Sequence[Replayed]
) -> tuple[SpecReport, ...]:
    """One row a spec. `findings` are further ones by (path, name); `replays` have verdicts and findings of their own."""
    rows: list[SpecReport] = []
    diffs = 0
    forgotten = _not_staged(verified)
    replayed = {(one.path, one.name): one for one in replays}
    for state, invalid in _states(verified):
        key = (state.path, state.name)
        again = replayed.get(key)
        said = [*findings.get(key, ()), *(again.findings if again else ())]
        stands = shown_state(state, (placed.finding for placed in invalid))
        refused = not is_allowed(state, verified.settings)
        if shown.quiet and state.state is State.LOCKED and not said:
            continue
        diff = ""
        if state.state is State.DRIFTED and diffs < _MOST_DIFFS and state.path not in forgotten:
            diff, diffs = _what_changed(verified, state), diffs + 1
        if refused and shown.alerts and not invalid:
            from intaglio.lock.codes import SEVERITIES
            from intaglio.lock.codes_verify import OF_STATES

            code = OF_STATES[state.state]
            said = [Finding(code, SEVERITIES[code], f"{state.name}: {'; '.join(state.reasons)}"), *said]
        ways: tuple[WayOn, ...] = ()
        if refused and state.path in forgotten:
            ways = (forgotten[state.path],)
        elif refused and not invalid:
            from intaglio.lock.ways_on import ways_on

            ways = ways_on(state, verified.folder)
        rows.append(
            SpecReport(
                verified.folder + state.path,
                state.name,
                stands.word,
                stands.reasons,
                again.verdicts if again else (),
                (*invalid, *_placed(verified, state, said, again)),
                lock_of(verified, state) if shown.locks else None,
                diff=diff,
                ways=ways,
            )
        )
    return tuple(rows)


def _states(verified: Verified) -> Iterator[tuple[SpecState, tuple[PlacedFinding, ...]]]:
    """Every state; with what the reader says of the spec where that makes it invalid. What is locked is not read again."""
    for path, states in itertools.groupby(verified.report.specs, key=lambda state: state.path):
        of_file = tuple(states)
        if not any(state.state in {State.STUB, State.UNLOCKED, State.DRIFTED} for state in of_file):
            yield from ((state, ()) for state in of_file)
            continue
        from intaglio.lock.inputs import Materials
        from intaglio.lock.origin import told_of_drift
        from intaglio.spec import read_specs
        from intaglio.workspace import read_text

        text = read_text(_tree_of(verified), path) or ""
        for state, spec in with_specs(of_file, read_specs(text)):
            found = findings_of(spec, path, verified.root if verified.tree is None else None) if spec else ()
            if shown_state(state, found).word == INVALID:
                yield state, tuple(place_finding(one, verified.folder + path, text, spec) for one in found)
            elif spec is not None and state.state is State.DRIFTED:
                yield told_of_drift(Materials(verified.root, _tree_of(verified)), state, text, spec), ()
            else:
                yield state, ()


def _placed(
    verified: Verified, state: SpecState, findings: list[Finding], again: Replayed | None
) -> tuple[PlacedFinding, ...]:
    """Findings of a spec at its function's name, and those of stages that ran again where they point."""
    stages = [(verdict.stage, finding) for verdict in (again.verdicts if again else ()) for finding in verdict.findings]
    if not findings and not stages:
        return ()
    from intaglio.spec import read_specs
    from intaglio.workspace import read_text

    path = verified.folder + state.path
    text = read_text(_tree_of(verified), state.path)
    spec = read_specs(text).find(state.name) if text is not None else None
    if text is None or spec is None:
        return tuple(place_finding(finding, path, "", None) for finding in findings)
    place = Place("function", spec.function.name_span.shift(-spec.function.span.start))
    return (
        *(place_finding(replace(finding, place=place), path, text, spec) for finding in findings),
        *(place_finding(finding, path, text, spec, stage) for stage, finding in stages),
    )


def file_findings(verified: Verified) -> tuple[PlacedFinding, ...]:
    """The findings of files, which belong to no spec."""
    from intaglio.workspace import read_text

    texts = {path: read_text(_tree_of(verified), path) or "" for path, one in verified.report.findings if one.place}
    return tuple(
        place_finding(finding, verified.folder + path, texts.get(path, ""), None)
        for path, finding in verified.report.findings
    )


def lock_of(verified: Verified, state: SpecState) -> dict[str, Any] | None:
    """What the document says of a spec's lock."""
    from intaglio.lock.check import read_lock_file
    from intaglio.lock.summary import lock_summary

    return lock_summary(state.entry or read_lock_file(_tree_of(verified), state.path).find(state.name))


def _not_staged(verified: Verified) -> dict[str, WayOn]:
    """Files that are refused as they are staged and locked as they stand on disk, with what to stage. The usual slip."""
    refused = {state.path for state in verified.report.specs if state.state is not State.LOCKED}
    if verified.tree is None or not refused:
        return {}
    import shlex

    from intaglio.lock.check import read_lock_file
    from intaglio.lock.paths import lock_path
    from intaglio.lock.verify import verify
    from intaglio.lock.ways_on import WayOn

    disk = disk_tree(verified.root)
    report = verify(verified.root, tuple(refused), verified.settings, use_cache=False)
    refused -= {state.path for state in report.specs if state.state is not State.LOCKED}
    refused -= {path for path, finding in report.findings if finding.severity.value == "error"}
    found: dict[str, WayOn] = {}
    for path in refused:
        depends = [one for entry in read_lock_file(disk, path).entries for one in entry.inputs.depends]
        missing = _differing(verified.tree, disk, [path, lock_path(path), *depends])
        if missing:
            names = " ".join(shlex.quote(verified.folder + one) for one in missing)
            found[path] = WayOn("stage it", f"git add {names}  # on disk they match")
    return found


def _differing(staged: Tree, disk: Tree, paths: Iterable[str]) -> list[str]:
    return [path for path in dict.fromkeys(paths) if staged.read(path) != disk.read(path)]


def _what_changed(verified: Verified, state: SpecState) -> str:
    """The body's lines against the locked ones, when these are in the store or in git's history; "" when not."""
    from intaglio.lock.diff import diff_lock
    from intaglio.lock.inputs import Materials, current_inputs
    from intaglio.spec import read_specs
    from intaglio.workspace import read_text

    tree = _tree_of(verified)
    text = read_text(tree, state.path)
    spec = read_specs(text).find(state.name) if text is not None else None
    if text is None or spec is None or state.entry is None:
        return ""
    present = current_inputs(Materials(verified.root, tree), state.path, text, spec)
    lines = diff_lock(verified.root, state.path, state.entry, present).body.split("\n")
    if len(lines) > _MOST_LINES:
        lines = [*lines[:_MOST_LINES], f"... and {len(lines) - _MOST_LINES} more lines"]
    return "\n".join(lines)


def _tree_of(verified: Verified) -> Tree:
    return verified.tree or disk_tree(verified.root)
