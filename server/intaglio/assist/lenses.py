"""Code lenses above each function: its state, the next thing to do with what that may cost, and its stages."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from intaglio.assist.estimate import estimate
from intaglio.assist.standing import RUNNING, Standing, standing_of
from intaglio.assist.view import View
from intaglio.assist.wording import age, money, one_line, tokens
from intaglio.finding import Span
from intaglio.lock.model import Entry
from intaglio.progress import SpecProgress
from intaglio.spec.model import Spec

_MARKS = {"passed": "✓", "failed": "✗", "skipped": "–", "running": "…", "not run": "·", "outdated": "↻"}


@dataclass(frozen=True, slots=True)
class Lens:
    """One lens. `command` is one of docs/protocol.md, and takes the file's `uri` besides `arguments`.

    `priced`: its title is to be told with what a compile may cost (`priced_title`), which takes longer than all the rest.
    """

    span: Span
    name: str
    title: str
    command: str
    arguments: tuple[tuple[str, object], ...] = ()
    priced: bool = False


def lenses(view: View, now: dt.datetime) -> tuple[Lens, ...]:
    """The lenses of every spec of a file, in its order."""
    return tuple(lens for spec, moved in view.placed() for lens in lenses_of(view, spec, moved, now))


def locked_since(view: View, name: str, now: dt.datetime) -> str:
    """How long ago a spec's lock was written, in the words of its lens; "" where there is none."""
    state = view.states.get(name)
    return age(state.entry.accepted.at, now) if state is not None and state.entry is not None else ""


def priced_title(view: View, name: str) -> str:
    """The title of a compile's lens with what it may cost."""
    spec = view.document.reading.find(name)
    if spec is None:
        return "compile"
    words = estimate(view, spec).in_words()
    cap = f", at most {money(view.settings.max_cost)} in all" if "up to" in words and view.settings.max_cost else ""
    return f"compile · {words}{cap}"


def lenses_of(view: View, spec: Spec, moved: int, now: dt.datetime) -> list[Lens]:
    """The lenses of one spec, which was read `moved` bytes further up."""
    standing = standing_of(view, spec, moved)
    progress = view.progress.get(spec.name)
    state = view.states.get(spec.name)
    span = spec.function.name_span.shift(moved)
    named = (("name", spec.name),)
    if progress is not None and progress.phase in RUNNING and spec.name not in view.outdated:
        return [Lens(span, spec.name, _running(progress), "intaglio.cancel"), _stages(span, spec, standing, named)]
    title = _state(standing, state.entry if state is not None else None, now)
    found = [Lens(span, spec.name, title, "intaglio.diff" if standing.state == "drifted" else "intaglio.log", named)]
    found += _next(span, spec, standing, named, by_hand=spec.name in view.by_hand)
    if any(stage.outcome != "not run" for stage in standing.stages):
        found.append(_stages(span, spec, standing, named))  # last: a window that is not wide shows what can be done
    return found


def _stages(span: Span, spec: Spec, standing: Standing, named: tuple[tuple[str, object], ...]) -> Lens:
    title = " ".join(f"{stage.name} {_MARKS[stage.outcome]}" for stage in standing.stages)
    title = f"candidate: {title}" if standing.of_candidate else title
    return Lens(span, spec.name, title, "intaglio.validate", named)


def _next(
    span: Span, spec: Spec, standing: Standing, named: tuple[tuple[str, object], ...], *, by_hand: bool
) -> list[Lens]:
    """What to do from here, the nearest first. A body `by_hand` is locked only by adopting it."""
    compile_lens = Lens(span, spec.name, "compile", "intaglio.compile", named, priced=True)
    lock = Lens(span, spec.name, "lock", "intaglio.lock", named)
    adopt = Lens(span, spec.name, "adopt", "intaglio.lock", (*named, ("adopt", True)))
    match standing.state:
        case "stub":
            return [compile_lens]
        case "unlocked":
            return [Lens(span, spec.name, "validate", "intaglio.validate", named), adopt]
        case "accepted":
            return [lock]
        case "ready":
            return [adopt if by_hand else lock]
        case "stale":
            return [Lens(span, spec.name, "validate and lock", "intaglio.lock", named), compile_lens]
        case "drifted":
            return [adopt, Lens(span, spec.name, "restore", "intaglio.restore", named)]
    return []


def _state(standing: Standing, entry: Entry | None, now: dt.datetime) -> str:
    parts = [standing.state]
    if standing.state in {"stale", "drifted", "invalid", "unlocked", "accepted"} and standing.reasons:
        parts = [f"{standing.state}: {one_line(standing.reasons[0])}"]
        if len(standing.reasons) > 1:
            parts.append(f"and {len(standing.reasons) - 1} more")
    if standing.state == "locked" and entry is not None:
        made = entry.made
        used = made.input_tokens + made.output_tokens
        parts += [made.model] if made.model else []
        parts += [tokens(used)] if used else []
        parts += [money(made.cost)] if made.cost else []
        parts += [age(entry.accepted.at, now)]
    return " · ".join(part for part in parts if part)


def _running(progress: SpecProgress) -> str:
    used = progress.usage.input_tokens + progress.usage.output_tokens
    attempt = f"attempt {progress.attempt} of {progress.attempts}" if progress.attempts > 1 else ""
    parts = [progress.phase.value, attempt, progress.model, tokens(used) if used else "", "cancel"]
    return " · ".join(part for part in parts if part)
