"""Replaying: run the execution and the accuracy stage again on what a lock names, and compare what they observe with the lock.

The verdict cache is not asked, nothing is written. What runs, runs in the sandbox, and only after the security stage.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from intaglio.config import Settings
from intaglio.finding import Finding
from intaglio.lock.codes import SEVERITIES
from intaglio.lock.model import Entry, StageRecord
from intaglio.snapshot import Snapshot
from intaglio.source import SourceError
from intaglio.subject import gather
from intaglio.template.model import TemplateError
from intaglio.validate.pipeline import run_stages
from intaglio.validate.tools import Toolbox
from intaglio.validate.verdict import Outcome, StageName, Verdict

REPLAYED = (StageName.EXECUTION, StageName.ACCURACY)
_OBSERVERS = {
    StageName.EXECUTION: ("python", "hypothesis", "intaglio", "generated-inputs"),
    StageName.ACCURACY: ("python", "intaglio"),
}
"""What a stage's observations depend on besides the artifact. Walls, clocks and processors leave no trace in a digest."""
_ENVIRONMENT = frozenset({"EN101", "EX101"})


@dataclass(frozen=True, slots=True)
class Replayed:
    """What replaying came to. No finding: the lock records what was observed again, here and now."""

    path: str
    name: str
    verdicts: tuple[Verdict, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def only_machine(self) -> bool:
        """Whether nothing but this machine is in the way: no sandbox, or other versions of the tools."""
        return bool(self.findings) and {finding.code for finding in self.findings} <= {"LK213", "LK214"}


def replay(snapshot: Snapshot, settings: Settings, toolbox: Toolbox, path: str, entry: Entry) -> Replayed:
    """Run the stages on the function that `entry` locks, as it stands in the snapshot, and compare."""
    nothing = Replayed(path, entry.name)
    try:
        text = snapshot.source(path).text
        spec = snapshot.reading(path).find(entry.name)
        if spec is None:
            return replace(nothing, findings=(_finding("LK212", "the function is not there to be run"),))
        subject = gather(snapshot, settings, path, text, spec).subject
    except (SourceError, TemplateError) as error:
        return replace(nothing, findings=(_finding("LK212", str(error)),))
    verdicts = tuple(step for step in run_stages(subject, toolbox, stages=REPLAYED) if isinstance(step, Verdict))
    findings: list[Finding] = []
    records = {record.stage: record for record in entry.stages}
    for verdict in verdicts:
        if verdict.outcome is Outcome.FAILED:
            findings.append(_refusal(verdict))
        elif verdict.outcome is Outcome.PASSED and verdict.stage in REPLAYED:
            findings += _difference(records.get(verdict.stage.value), verdict)
    if not findings and [verdict.stage for verdict in verdicts if verdict.outcome is Outcome.PASSED][-2:] != list(
        REPLAYED
    ):
        findings.append(_finding("LK214", "the stages did not run to their end"))
    return replace(nothing, verdicts=verdicts, findings=tuple(findings))


def _refusal(verdict: Verdict) -> Finding:
    first = next((finding.message for finding in verdict.findings), "no reason was given")
    if any(finding.code in _ENVIRONMENT for finding in verdict.findings):
        return _finding("LK214", f"the {verdict.stage} stage could not be run again: {first}")
    return _finding("LK212", f"the {verdict.stage} stage refuses the body that the lock says it passed: {first}")


def _difference(record: StageRecord | None, verdict: Verdict) -> list[Finding]:
    """Why a stage's observations are not the recorded ones; nothing when they are."""
    if record is not None and record.digest == verdict.digest:
        return []
    then = dict(record.tools) if record is not None else {}
    now = dict(verdict.tools)
    others = [
        (name, then.get(name, "no version"), now.get(name, "no version"))
        for name in _OBSERVERS[verdict.stage]
        if _release(name, then.get(name, "")) != _release(name, now.get(name, ""))
    ]
    seen = f"the {verdict.stage} stage observed {verdict.digest[:12]} and the lock records {record.digest[:12] if record else 'nothing'}"
    if not others:
        return [_finding("LK211", f"{seen}, with the same tools")]
    there = ", ".join(f"{name} {old} (here {new})" for name, old, new in others)
    return [_finding("LK213", f"{seen}; the lock was made with {there}")]


def _release(name: str, version: str) -> str:
    """What of a version can change observations: of Python its feature release, of all else the whole."""
    return ".".join(version.split(".")[:2]) if name == "python" else version


def _finding(code: str, message: str) -> Finding:
    return Finding(code, SEVERITIES[code], message)
