"""What became of the locks since a commit: which changed, why, and whether anything says why. Reads; runs nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from intaglio.finding import Finding
from intaglio.lock.check import lock_of, read_lock_file
from intaglio.lock.codes import SEVERITIES
from intaglio.lock.model import NO_REASON, Entry, Present
from intaglio.lock.paths import lock_path
from intaglio.lock.state import changed_inputs
from intaglio.spec import read_specs
from intaglio.workspace import Tree, read_text

Kind = Literal["added", "removed", "changed", "moved"]


@dataclass(frozen=True, slots=True)
class LockChange:
    """One lock that is not what it was. `causes` say what it was made from and is no more, `how` what else is new.

    `before` is None for an added one, `after` for a removed one; of a moved one `path_before` and `name_before` say where
    it was. `refusal` is set where nothing says why it changed.
    """

    path: str
    name: str
    kind: Kind
    before: Entry | None
    after: Entry | None
    causes: tuple[str, ...] = ()
    how: tuple[str, ...] = ()
    refusal: Finding | None = None
    path_before: str = ""
    name_before: str = ""

    @property
    def runs_otherwise(self) -> bool:
        """Whether the function may do something else than before: its body, or something that it reaches, changed."""
        if self.before is None or self.after is None:
            return False
        then, now = self.before.inputs, self.after.inputs
        return (then.body, then.reach, then.signature) != (now.body, now.reach, now.signature)


def changes_since(then: Tree, now: Tree, sources: Iterable[str]) -> tuple[LockChange, ...]:
    """How the locks of some source files differ between two trees, sorted."""
    gone: dict[tuple[str, str], Entry] = {}
    fresh: dict[tuple[str, str], Entry] = {}
    found: list[LockChange] = []
    for path in sorted(set(sources)):
        data_then, data_now = then.read(lock_path(path)), now.read(lock_path(path))
        if data_then == data_now:
            continue
        before = {entry.name: entry for entry in lock_of(data_then)[0].entries}
        after = {entry.name: entry for entry in lock_of(data_now)[0].entries}
        gone |= {(path, name): before[name] for name in before.keys() - after.keys()}
        fresh |= {(path, name): after[name] for name in after.keys() - before.keys()}
        found += [
            _changed(path, name, before[name], after[name])
            for name in before.keys() & after.keys()
            if before[name] != after[name]
        ]
    for key, entry in sorted(gone.items()):
        new = next((one for one in sorted(fresh) if _is_same(entry, fresh[one])), None)
        if new is not None:
            found.append(_moved(key, entry, new, fresh.pop(new)))
        else:
            found.append(_removed(now, *key, entry))
    found += [_added(*key, entry) for key, entry in fresh.items()]
    return tuple(sorted(found, key=lambda change: (change.path, change.name)))


def locked_in(paths: Iterable[str]) -> tuple[str, ...]:
    """Of all paths of a tree, the source files that have a lock file."""
    from intaglio.lock.paths import LOCKS_FOLDER, source_path

    return tuple(source_path(path) for path in paths if path.startswith(f"{LOCKS_FOLDER}/") and path.endswith(".toml"))


def read_entry(tree: Tree, path: str, name: str) -> Entry | None:
    """A lock's entry in a tree."""
    return read_lock_file(tree, path).find(name)


def _changed(path: str, name: str, before: Entry, after: Entry) -> LockChange:
    causes = _causes(before, after)
    how = _how(before, after)
    body_changed = before.inputs.body != after.inputs.body
    fresh_reason = _says_why(after) and after.accepted != before.accepted
    refusal = None
    if _is_hand(after) and (body_changed or not _is_hand(before)) and not fresh_reason:
        refusal = _refusal("LK221", "a hand-written body was adopted, and nobody said why")
    elif body_changed and not causes and not fresh_reason:
        refusal = _refusal("LK221", "the body changed, nothing that it was made from did, and nobody said why")
    elif not body_changed and not causes and _observed_otherwise(before, after):
        refusal = _refusal(
            "LK222", "the same body, made from the same things, is said to have been observed doing something else"
        )
    return LockChange(path, name, "changed", before, after, causes, how, refusal)


def _added(path: str, name: str, entry: Entry) -> LockChange:
    refusal = None
    if _is_hand(entry) and not _says_why(entry):
        refusal = _refusal("LK221", "a hand-written body was adopted, and nobody said why")
    how = ("written by hand",) if _is_hand(entry) else (f"made by {_maker(entry)}",)
    return LockChange(path, name, "added", None, entry, ("it is new",), how, refusal)


def _removed(now: Tree, path: str, name: str, entry: Entry) -> LockChange:
    text = read_text(now, path)
    if text is None or read_specs(text, check=False).find(name) is None:
        return LockChange(path, name, "removed", entry, None, ("the function, or its spec, is gone",))
    refusal = _refusal("LK223", "the lock was taken out, and the function still has its spec")
    return LockChange(path, name, "removed", entry, None, (), (), refusal)


def _moved(old: tuple[str, str], before: Entry, new: tuple[str, str], after: Entry) -> LockChange:
    cause = f"the function was {'::'.join(old)}"
    return LockChange(*new, "moved", before, after, (cause,), (), None, *old)


def _is_same(one: Entry, other: Entry) -> bool:
    then, now = one.inputs, other.inputs
    return (then.body, then.signature, then.spec) == (now.body, now.signature, now.spec)


def _causes(before: Entry, after: Entry) -> tuple[str, ...]:
    """Which inputs of the body are others now, in words."""
    changes = changed_inputs(before, Present(after.name, after.inputs, is_stub=False, suite=""))
    return tuple(
        change.replace(" since it was locked", "").replace(" when it was locked", " before") for change in changes
    )


def _how(before: Entry, after: Entry) -> tuple[str, ...]:
    """What else is new: who made the body, and with what; by which tools it was judged."""
    found: list[str] = []
    if before.inputs.body != after.inputs.body:
        found.append("the body changed")
    if _is_hand(after) and not _is_hand(before):
        found.append("it was written by hand")
    elif _maker(before) != _maker(after):
        found.append(f"made by {_maker(after)}, before by {_maker(before)}")
    for what, then, now in (
        ("the model's parameters", before.made.parameters, after.made.parameters),
        ("the prompt", before.made.prompt, after.made.prompt),
    ):
        if then != now and not _is_hand(after):
            found.append(f"{what} changed")
    tools_then, tools_now = _tools(before), _tools(after)
    found += [
        f"{name} {tools_then[name]} became {version}"
        for name, version in sorted(tools_now.items())
        if name in tools_then and tools_then[name] != version
    ]
    return tuple(found)


def _maker(entry: Entry) -> str:
    if entry.made.backend == "hand":
        return "hand"
    return f"{entry.made.model} ({entry.made.backend})" if entry.made.model else entry.made.backend


def _says_why(entry: Entry) -> bool:
    return bool(entry.accepted.reason) and not entry.accepted.reason.endswith(NO_REASON)


def _is_hand(entry: Entry) -> bool:
    return entry.made.backend == "hand" or entry.accepted.how == "adopted"


def _tools(entry: Entry) -> dict[str, str]:
    return {name: version for stage in entry.stages for name, version in stage.tools if not name.startswith("sandbox")}


def _observed_otherwise(before: Entry, after: Entry) -> bool:
    digests = [{stage.stage: stage.digest for stage in entry.stages} for entry in (before, after)]
    return digests[0] != digests[1] and _tools(before) == _tools(after)


def _refusal(code: str, message: str) -> Finding:
    return Finding(code, SEVERITIES[code], message)
