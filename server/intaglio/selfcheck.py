"""The self-check: known-bad bodies through the real stages. A stage that lets one through is broken, and says so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from intaglio.config import Settings
from intaglio.snapshot import Snapshot
from intaglio.spec import read_specs
from intaglio.subject import gather
from intaglio.validate.known_bad import KNOWN_BAD, KnownBad
from intaglio.validate.pipeline import run_stages
from intaglio.validate.tools import Toolbox
from intaglio.validate.verdict import Outcome, StageName, Verdict
from intaglio.workspace import DiskTree


@dataclass(frozen=True, slots=True)
class Checked:
    """One body: whether it was refused at the very stage and for the very reason, and what happened instead."""

    case: KnownBad
    ok: bool
    said: str


def check_known_bad(toolbox: Toolbox, folder: Path, cases: Iterable[KnownBad] = KNOWN_BAD) -> Iterator[Checked]:
    """Feed each body through the stages, in memory; `folder` is an empty one that stands for the workspace."""
    for case in cases:
        verdicts = verdicts_of(toolbox, folder, case)
        failed = next((verdict for verdict in verdicts if verdict.outcome is Outcome.FAILED), None)
        if failed is None:
            yield Checked(case, ok=False, said="it got through all four stages")
            continue
        found = {finding.code for finding in failed.findings}
        if failed.stage is not case.stage or case.code not in found:
            said = f"refused by {failed.stage} with {', '.join(sorted(found))}; expected {case.stage} with {case.code}"
            yield Checked(case, ok=False, said=said)
            continue
        yield Checked(case, ok=True, said="")


def verdicts_of(toolbox: Toolbox, folder: Path, case: KnownBad) -> tuple[Verdict, ...]:
    """The verdicts on one body."""
    snapshot = Snapshot(folder, DiskTree(folder, {"known_bad.py": case.text}))
    (spec,) = read_specs(case.text).specs
    settings = Settings(call_seconds=0.4, stage_seconds=5.0, generated_inputs=100)
    subject = gather(snapshot, settings, "known_bad.py", case.text, spec).subject
    return tuple(step for step in run_stages(subject, toolbox) if isinstance(step, Verdict))


def stages_covered(cases: Iterable[KnownBad] = KNOWN_BAD) -> frozenset[StageName]:
    """The stages for which there is a case."""
    return frozenset(case.stage for case in cases)
