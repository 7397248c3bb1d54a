"""A run: what stages and models said of one spec, what that is about, and where it is shown now. Pure: values in, values out.

What a run found holds for the text that it judged and for all that this text stands on. Once either is another, it is outdated;
it holds again when both come back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from intaglio.config import Settings
from intaglio.finding import Finding, Span
from intaglio.lock.model import Inputs, Present
from intaglio.lock.report import SpecState, State
from intaglio.lsp.open_file import Change
from intaglio.progress import Phase, SpecProgress
from intaglio.spec.model import Spec


@dataclass(frozen=True, slots=True)
class Basis:
    """What a judgement stands on besides the spec's own text: the fingerprints, what could not be read, the settings."""

    inputs: Inputs
    problems: tuple[Finding, ...]
    settings: Settings

    @classmethod
    def of(cls, present: Present, settings: Settings) -> Basis:
        """Of what is there now."""
        return cls(present.inputs, present.problems, settings)


@dataclass(frozen=True, slots=True)
class Placed:
    """A run's finding where it is shown in the file now. `stage` is "" when none says it. `exact`: it is about that text."""

    stage: str
    finding: Finding
    span: Span
    exact: bool


@dataclass(frozen=True, slots=True)
class Run:
    """The latest run of one spec. `before` is the text that it works on, from the block to the function's end, `after` the
    candidate's, once there is one; `basis` and `after_basis` are what these stand on. `file` is the whole file's text.

    `outdated`: the spec's text is another by now; `placed` are its findings then, moved with the text. `recalled`: not of this
    session, but what the local cache of verdicts knows; `by_hand`: of a body that passed, and that nothing vouches for, so that it
    can be locked only by adopting it.
    """

    progress: SpecProgress
    job: str
    before: bytes
    after: bytes = b""
    queued: bool = True
    outdated: bool = False
    placed: tuple[Placed, ...] = ()
    basis: Basis | None = None
    after_basis: Basis | None = None
    file: bytes = b""
    recalled: bool = False
    by_hand: bool = False

    @property
    def ended(self) -> bool:
        """Whether nothing more comes of it."""
        return self.recalled or self.progress.done

    @property
    def of_whole_file(self) -> bool:
        """Whether it says that the file does not parse: that holds until any of it changes."""
        return any(finding.code == "LK105" for finding in self.progress.findings)


def region_of(spec: Spec, data: bytes) -> bytes:
    """A spec's own text: its block, its function, and what stands between."""
    return data[spec.block.start : spec.function.span.end]


def is_of(run: Run, region: bytes) -> bool:
    """Whether a run is about this text of a spec: the one that it began with, or the candidate's."""
    return region == run.before or (bool(run.after) and region == run.after)


def latest(
    run: Run | None, recalled: Run | None, state: SpecState | None, now: Basis | None, data: bytes
) -> Run | None:
    """What is to be shown of a spec: what goes on, else what is known of the text as it is, else what was known of an earlier
    one. `data` is the file's text. A locked text needs no run: its lock says what the stages said.
    """
    known = recalled if recalled is not None and now is not None and recalled.basis == now else None
    if run is not None and not run.outdated and (not run.ended or _stands(run, now, data)):
        return known if known is not None and run.progress.phase is Phase.CANCELLED else run
    if known is not None:
        return known
    if run is None or not run.progress.verdicts or (state is not None and state.state is State.LOCKED):
        return None
    if _was_taken(run) and not run.outdated and now is not None and now.inputs.body == _body(run.basis):
        return None  # the edit that put its candidate in was undone
    return replace(run, outdated=True)


def _stands(run: Run, now: Basis | None, data: bytes) -> bool:
    """Whether what a run found of this very text stands on what is there now."""
    if run.of_whole_file and run.file != data:
        return False
    return now is not None and (now == run.after_basis or (now == run.basis and not _was_taken(run)))


def _was_taken(run: Run) -> bool:
    """Whether the user took its candidate, so that it speaks of the text with that alone."""
    taken = run.progress.phase in {Phase.ACCEPTED, Phase.LOCKED}
    return taken and bool(run.after) and run.after != run.before


def _body(basis: Basis | None) -> str:
    return basis.inputs.body if basis is not None else ""


def place_findings(run: Run, spec: Spec, data: bytes) -> tuple[Placed, ...]:
    """A run's findings in the present text, which `spec` was read from. Where the candidate is not what the file holds, a
    place in it becomes the function's name.
    """
    progress = run.progress
    present = region_of(spec, data)
    said = [("", finding) for finding in progress.findings]
    said += [(verdict.stage.value, finding) for verdict in progress.verdicts for finding in verdict.findings]
    placed: list[Placed] = []
    for stage, finding in said:
        place = finding.place
        if place is not None and place.target == "spec":
            placed.append(Placed(stage, finding, place.span.shift(spec.block.start), exact=True))
        elif place is not None and place.target == "function" and present == (run.after or run.before):
            placed.append(Placed(stage, finding, place.span.shift(spec.function.span.start), exact=True))
        else:
            placed.append(Placed(stage, finding, spec.function.name_span, exact=False))
    return tuple(dict.fromkeys(placed))


def moved(run: Run, changes: tuple[Change, ...]) -> Run:
    """The run with its findings moved through changes of the text."""
    placed = run.placed
    for change in changes:
        placed = tuple(replace(one, span=change.move(one.span)) for one in placed)
    return replace(run, placed=placed)
