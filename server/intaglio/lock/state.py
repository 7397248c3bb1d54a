"""States: what a lock and the present say together, in words. Values in, values out. See docs/locks.md."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable

from intaglio.lock.fingerprint import short
from intaglio.lock.inputs import renamed_body
from intaglio.lock.model import Entry, LockFile, Pairs, Present, SpecState, State

IsReady = Callable[[Present], bool]
"""Whether the local verdict cache knows that a present body passed all four stages on these very inputs."""


def never_ready(_: Present) -> bool:
    """For those that ask no cache: verify, a fresh clone."""
    return False


def state_of(path: str, present: Present, lock: LockFile, is_ready: IsReady = never_ready) -> SpecState:
    """The state of a spec whose function is there, with every reason that holds."""
    entry = lock.find(present.name)
    broken = dict(lock.broken).get(present.name)
    if entry is None:
        return _unlocked(path, present, broken, is_ready)
    changes = tuple(changed_inputs(entry, present))
    drift = entry.inputs.body != present.inputs.body
    if present.is_stub:
        reasons = ("the locked body was removed; its lock stays until recompile or drop", *changes)
        return SpecState(path, present.name, State.STUB, reasons, entry)
    if drift:
        reason = f"the body was changed by hand since it was locked ({short(entry.inputs.body)})"
        return SpecState(path, present.name, State.DRIFTED, (reason, *changes), entry)
    if changes:
        return SpecState(path, present.name, State.STALE, changes, entry)
    return SpecState(path, present.name, State.LOCKED, (), entry)


def states_of(
    path: str, presents: Iterable[Present], lock: LockFile, is_ready: IsReady = never_ready
) -> tuple[SpecState, ...]:
    """The states of all specs of one file, then its orphaned locks."""
    presents = tuple(presents)
    names = {present.name for present in presents}
    return (*(state_of(path, present, lock, is_ready) for present in presents), *orphans_of(path, names, lock))


def orphans_of(path: str, names: Container[str], lock: LockFile) -> tuple[SpecState, ...]:
    """The states of the locks whose specs are not among the `names` of the file any more."""
    gone = f"{path} has no spec on a function"
    states = [
        SpecState(path, entry.name, State.ORPHANED, (f"{gone} {entry.name} any more",), entry)
        for entry in lock.entries
        if entry.name not in names
    ]
    states += [
        SpecState(path, name, State.ORPHANED, (f"{gone} {name} any more", why))
        for name, why in lock.broken
        if name not in names
    ]
    return tuple(states)


def with_moves(orphans: Iterable[SpecState], unlocked: Iterable[tuple[str, Present]]) -> tuple[SpecState, ...]:
    """Orphaned locks, told where their function went: one without a lock that has the same body and signature.

    Only a single such function counts. The spec must be the same too, unless the body is the only one of its kind. Of
    several that are alike, the one that kept its name is meant: their file moved.
    """
    candidates = tuple(unlocked)
    found: list[SpecState] = []
    for orphan in orphans:
        entry = orphan.entry
        if entry is None:
            found.append(orphan)
            continue
        places = [
            (path, present) for path, present in candidates
            if present.inputs.body == entry.inputs.body and present.inputs.signature == entry.inputs.signature
        ]  # fmt: skip
        same_spec = [place for place in places if place[1].inputs.spec == entry.inputs.spec]
        places = same_spec or places
        places = [place for place in places if place[1].name == orphan.name] or places
        if len(places) != 1:
            found.append(_renamed_within(orphan, entry, candidates) if not places else orphan)
            continue
        path, present = places[0]
        where = f"{path}::{present.name}"
        reason = f"it looks like {where} now: the same body and signature" + (", the same spec" if same_spec else "")
        found.append(
            SpecState(orphan.path, orphan.name, State.ORPHANED, (*orphan.reasons, reason), entry, (path, present.name))
        )
    return tuple(found)


def _renamed_within(orphan: SpecState, entry: Entry, unlocked: tuple[tuple[str, Present], ...]) -> SpecState:
    """An orphaned lock, told of the one function that is its own but for calling itself by another name."""
    old = entry.name.rpartition(".")[2]
    places = [
        f"{path}::{present.name}" for path, present in unlocked
        if present.inputs.signature == entry.inputs.signature
        and renamed_body(present.suite, present.name.rpartition(".")[2], old) == entry.inputs.body
    ]  # fmt: skip
    if len(places) != 1:
        return orphan
    reason = (
        f"it looks like {places[0]} now, renamed; as it calls itself, its body is a new one: `intaglio lock --adopt "
        f'--reason "renamed" {places[0]}`, then `intaglio lock --drop`'
    )
    return SpecState(orphan.path, orphan.name, State.ORPHANED, (*orphan.reasons, reason), entry)


def changed_inputs(entry: Entry, present: Present) -> list[str]:
    """What a body was made from and is no longer so, in words, the nearest to the user first."""
    then, now = entry.inputs, present.inputs
    changes: list[str] = []
    if then.spec != now.spec:
        changes.append("the spec changed since it was locked")
    if then.signature != now.signature:
        changes.append("the signature changed since it was locked")
    changes += _changed_pairs("the template", then.template, now.template)
    changes += _changed_pairs("the module", then.modules, now.modules)
    changes += _changed_pairs("the prompt block", then.blocks, now.blocks)
    changes += _changed_pairs("the golden file", then.golden, now.golden)
    changes += _changed_pairs("the definition", then.reach, now.reach)
    changes += [finding.message for finding in present.problems if finding.message not in changes]
    if not changes and then.depends != now.depends:
        changes.append("the files that it depends on are others than when it was locked")
    return changes


def _unlocked(path: str, present: Present, broken: str | None, is_ready: IsReady) -> SpecState:
    name = present.name
    reasons = (broken,) if broken else ()
    if present.is_stub:
        return SpecState(path, name, State.STUB, (*reasons, "it has no body yet"))
    problems = tuple(finding.message for finding in present.problems)
    if not broken and not problems and is_ready(present):
        return SpecState(path, name, State.READY, ("all four stages passed on this fingerprint; not locked yet",))
    if broken:
        return SpecState(path, name, State.UNLOCKED, (*reasons, *problems))
    return SpecState(
        path, name, State.UNLOCKED, ("the body has no lock: it was not checked on this fingerprint", *problems)
    )


def _changed_pairs(what: str, then: Pairs, now: Pairs) -> list[str]:
    if then == now and all(fingerprint for _, fingerprint in now):
        return []
    before, after = dict(then), dict(now)
    changes: list[str] = []
    for name in dict.fromkeys((*before, *after)):
        label = name if "::" not in name else f"{name.partition('::')[2]} in {name.partition('::')[0]}"
        if name not in after:
            changes.append(f"{what} {label} is no longer used")
        elif name not in before:
            changes.append(f"{what} {label} was not used when it was locked")
        elif not after[name]:
            changes.append(f"{what} {label} cannot be read any more")
        elif before[name] != after[name]:
            changes.append(f"{what} {label} changed since it was locked")
    return changes
