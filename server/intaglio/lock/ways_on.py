"""The ways on from a state that verify refuses: what each does, and the line to run. Values in, values out."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from intaglio.lock.report import SpecState, State


@dataclass(frozen=True, slots=True)
class WayOn:
    """One thing that a person can do: its name in a word, and the line to run."""

    name: str
    command: str


def ways_on(state: SpecState, folder: str = "") -> tuple[WayOn, ...]:
    """What can be done about a spec that is not locked as it stands; nothing when it is.

    `folder` (`sub/`) is where the spec's workspace lies, seen from where the commands will be run.
    """
    spec = shlex.quote(f"{folder}{state.path}::{state.name}")
    there = f"cd {shlex.quote(folder)} && " if folder else ""
    adopt = WayOn("adopt", f'intaglio lock --adopt --reason "WHY" {spec}')
    restore = WayOn("restore", f"intaglio restore {spec}")
    match state.state:
        case State.DRIFTED:
            return WayOn("recompile", f"intaglio compile --replace {spec}"), adopt, restore
        case State.STALE:
            return (
                WayOn("recompile", f"intaglio compile {spec}"),
                WayOn("revalidate", f"intaglio lock {spec}"),
                WayOn("compare", f"intaglio diff {spec}  # shows what changed, to be undone"),
            )
        case State.UNLOCKED | State.READY:
            return WayOn("validate", f"intaglio lock {spec}"), adopt, WayOn("recompile", f"intaglio compile {spec}")
        case State.STUB if state.entry is not None:
            return WayOn("recompile", f"intaglio compile {spec}"), restore
        case State.STUB:
            return (WayOn("compile", f"intaglio compile {spec}"),)
        case State.ORPHANED:
            return WayOn("follow", f"{there}intaglio lock --follow"), WayOn("drop", f"{there}intaglio lock --drop")
        case State.LOCKED:
            return ()
