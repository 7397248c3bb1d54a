"""How a spec stands, as every surface says it: its state with reasons, its stages, where its body comes from. Values only."""

from __future__ import annotations

from dataclasses import dataclass

from intaglio.assist.view import View
from intaglio.lock.report import SpecState, State
from intaglio.lock.shown import shown
from intaglio.progress import Phase
from intaglio.spec.model import Spec
from intaglio.validate.verdict import Outcome, StageName

RUNNING = frozenset({Phase.GENERATING, Phase.VALIDATING})


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage as it stands. `outcome` is an `Outcome`, "running", "not run" or "outdated"; `millis` is None where unknown."""

    name: StageName
    outcome: str
    millis: float | None = None
    said: str = ""
    """What it counted, or why it was skipped."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A spec's state by name (a state of the locks, or what else `lock/shown.py` says), with its reasons and stages."""

    state: str
    reasons: tuple[str, ...]
    stages: tuple[Stage, ...]
    of_candidate: bool = False
    """Whether the stages speak of a candidate that is not in the file."""


def standing_of(view: View, spec: Spec, moved: int = 0) -> Standing:
    """How a spec of a view stands now. `moved` as in `View.placed`."""
    state = view.states.get(spec.name)
    if state is None:
        state = SpecState(view.path, spec.name, State.STUB if spec.function.is_stub else State.UNLOCKED, ())
    findings = (*spec.findings, *view.referred.get(spec.name, ()))
    stands = shown(state, findings, view.waiting.get(spec.name, ""))
    return Standing(stands.word, stands.reasons, _stages(view, spec), of_candidate(view, spec, moved))


def of_candidate(view: View, spec: Spec, moved: int = 0) -> bool:
    """Whether the latest run judged a candidate that is not what the file holds: not accepted yet, refused, or undone."""
    progress = view.progress.get(spec.name)
    if progress is None or spec.name in view.outdated or not progress.text:
        return False
    span = spec.function.span.shift(moved)
    return view.document.data[span.start : span.end].decode("utf-8", "replace") not in progress.text


def _stages(view: View, spec: Spec) -> tuple[Stage, ...]:
    progress = view.progress.get(spec.name)
    verdicts = {verdict.stage: verdict for verdict in view.verdicts(spec.name)}
    outdated = progress is not None and spec.name in view.outdated and bool(progress.verdicts)
    running = progress.running if progress is not None and spec.name not in view.outdated else None
    entry = state.entry if (state := view.states.get(spec.name)) is not None else None
    recorded = {one.stage: one.outcome for one in entry.stages} if entry is not None else {}
    is_locked = state is not None and state.state is State.LOCKED
    found = []
    for stage in StageName:
        if stage in verdicts:
            verdict = verdicts[stage]
            facts = dict(verdict.facts)
            said = facts.pop("reason", "") or ", ".join(f"{name} {value}" for name, value in facts.items())
            found.append(Stage(stage, verdict.outcome.value, verdict.millis, said))
        elif stage is running:
            found.append(Stage(stage, "running"))
        elif is_locked and not verdicts and recorded.get(stage) == Outcome.PASSED:
            found.append(Stage(stage, Outcome.PASSED.value, None, "by the lock"))
        else:
            found.append(Stage(stage, "outdated" if outdated else "not run"))
    return tuple(found)
