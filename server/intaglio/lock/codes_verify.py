"""The codes of what verify refuses: states of specs, what replaying found, locks that changed without their reason."""

from __future__ import annotations

from intaglio.finding import Code, Severity
from intaglio.lock.report import State

CODES: tuple[Code, ...] = (
    Code(
        "LK201", "body-drifted", Severity.ERROR,
        "A locked body was changed by hand. What stands there now has not passed the stages, and whoever reads the lock "
        "believes that it has.",
        "Recompile (`intaglio compile --replace FILE::NAME`), adopt the change with a reason (`intaglio lock --adopt --reason "
        "WHY FILE::NAME`), or restore the locked body (`intaglio restore FILE::NAME`). Commit the lock with the source.",
    ),
    Code(
        "LK202", "lock-stale", Severity.ERROR,
        "Something that a locked body was made from changed: its spec, signature, template, a prompt block, a golden file, or "
        "a definition that it reaches. The body was never validated against it.",
        "Recompile (`intaglio compile FILE::NAME`), validate the body again and lock it (`intaglio lock FILE::NAME`), or put "
        "back what changed. Commit the lock with the source.",
    ),
    Code(
        "LK203", "body-unlocked", Severity.ERROR,
        "A spec has a body and no lock that holds: nothing says that this body passed the stages.",
        "Validate and lock it (`intaglio lock FILE::NAME`, with `--adopt --reason WHY` when it was written by hand), or "
        "recompile. Commit the lock with the source. `require-locks = false` lets specs through that have no lock.",
    ),
    Code(
        "LK204", "spec-not-compiled", Severity.ERROR,
        "A spec has no body yet.",
        "Compile it (`intaglio compile FILE::NAME`), or take the spec out. `require-locks = false` lets it through.",
    ),
    Code(
        "LK205", "lock-orphaned", Severity.ERROR,
        "A lock names a function that is not there any more. It was renamed, moved, removed, or lost its spec.",
        "`intaglio lock --follow FILE` gives the lock to the function that it became; `intaglio lock --drop FILE` takes it out; "
        "or bring the function back.",
    ),
    Code(
        "LK206", "index-unmerged", Severity.ERROR,
        "Git's index holds a file in several versions, as a merge, a rebase or a cherry-pick leaves it. There is nothing to "
        "verify until somebody says which one counts.",
        "Settle the source and `git add` it; `intaglio lock --resolve` then settles its lock, validating where it must.",
    ),
    Code(
        "LK211", "replay-differs", Severity.ERROR,
        "The execution or the accuracy stage was run again on exactly what the lock names, with the tools that the lock names, "
        "and observed something else than the lock records. The lock was not written by a run on this body: it was typed or "
        "pasted, or the body does not do the same thing each time.",
        "Validate and lock the body anew (`intaglio lock FILE::NAME`) and have a look at who wrote the lock "
        "(`git log -p .intaglio/locks/FILE.toml`).",
    ),
    Code(
        "LK212", "replay-refused", Severity.ERROR,
        "A stage that the lock records as passed refuses the body when it is run again.",
        "See the stage's own findings; then recompile the body, or repair and adopt it.",
    ),
    Code(
        "LK213", "replay-other-tools", Severity.ERROR,
        "The stages pass again, but what the lock records of them cannot be compared: it was made by other versions of the "
        "tools that choose the generated inputs. That is no sign of forgery, and no proof of the contrary.",
        "Replay with the versions that the message names, or validate and lock anew with these (`intaglio lock FILE::NAME`).",
    ),
    Code(
        "LK214", "replay-impossible", Severity.ERROR,
        "The stages could not be run again on this machine: no sandbox, or a tool is missing. Nothing is known about the lock.",
        "`intaglio doctor` says what the machine lacks.",
    ),
    Code(
        "LK221", "lock-changed-without-reason", Severity.ERROR,
        "A lock changed, and nothing says why: no input of the body changed, and whoever accepted it gave no reason; or it was "
        "adopted from hand-written code without one.",
        "Say why and lock again: `intaglio lock --reason WHY FILE::NAME` (with `--adopt` for a hand-written body).",
    ),
    Code(
        "LK222", "lock-verdicts-changed", Severity.ERROR,
        "A lock records other observations than before of the same body, made from the same things, by the same tools.",
        "`intaglio verify --replay` tells which of the two is true. Lock anew, and find out who changed it.",
    ),
    Code(
        "LK223", "lock-removed", Severity.ERROR,
        "A lock was taken out, and its function still has its spec.",
        "Bring the lock back from git, or lock the function anew.",
    ),
)  # fmt: skip

OF_STATES = {
    State.DRIFTED: "LK201",
    State.STALE: "LK202",
    State.UNLOCKED: "LK203",
    State.READY: "LK203",
    State.STUB: "LK204",
    State.ORPHANED: "LK205",
}
"""The code of each state that verify refuses."""
