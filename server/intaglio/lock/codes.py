"""The codes of findings about locks and reach."""

from __future__ import annotations

from intaglio.finding import Code, Severity
from intaglio.lock import codes_verify
from intaglio.spec import reach

CODES: tuple[Code, ...] = (
    Code(
        "LK001", "lock-not-toml", Severity.ERROR,
        "A lock file is not valid TOML. The blocks that can be told apart and whose seal holds are still used; the "
        "others prove nothing.",
        "Bring the file back from git, or run `intaglio lock` on the source file to validate and lock anew.",
    ),
    Code(
        "LK002", "lock-merge-conflict", Severity.ERROR,
        "A lock file holds the markers of an unfinished merge. What stands between them proves nothing, as the two "
        "sides were never validated together.",
        "Finish the merge of the source file, then run `intaglio lock` on it: it validates again and writes the block "
        "anew.",
    ),
    Code(
        "LK003", "lock-unknown-version", Severity.ERROR,
        "A lock file was written by a newer Intaglio, or its version was edited. Nothing in it is used.",
        "Update Intaglio, or lock anew with this one.",
    ),
    Code(
        "LK004", "lock-duplicate-name", Severity.ERROR,
        "A lock file has two blocks for one function, as happens when a merge keeps both sides. Neither is used.",
        "Run `intaglio lock` on the source file: it validates and writes one block.",
    ),
    Code(
        "LK005", "lock-broken-seal", Severity.ERROR,
        "A block's seal does not fit its other fields: it was edited by hand, or merged from two halves that were never "
        "validated together. It proves nothing.",
        "Run `intaglio lock` on the source file: it validates and seals anew.",
    ),
    Code(
        "LK006", "lock-malformed-block", Severity.ERROR,
        "A block of a lock file lacks a field, or has one of the wrong type.",
        "Bring the file back from git, or run `intaglio lock` on the source file.",
    ),
    Code(
        "LK007", "lock-unreadable", Severity.ERROR,
        "A lock file is there and cannot be read, or is not UTF-8 text.",
        "Check its permissions and its encoding, or bring it back from git.",
    ),
    Code(
        "LK008", "lock-note-differs", Severity.WARNING,
        "The `locked:` line of a spec names another body than the lock does. It is a note for readers; the lock counts.",
        "Run `intaglio lock` on the function: it writes the line anew.",
    ),
    Code(
        "LK009", "lock-stages-not-passed", Severity.ERROR,
        "A block does not record that all four stages passed. It proves nothing.",
        "Run `intaglio lock` on the source file: it validates and seals anew.",
    ),
    Code(
        "LK010", "write-unfinished", Severity.WARNING,
        "A write of a source file and its lock was cut short (a crash, a kill, a full disk). Nothing is lost: the next "
        "command can finish it.",
        "Answer yes when the next command offers to finish; in a pipe, `intaglio lock` finishes by itself. A write that a "
        "later edit overtook is given up: then run `intaglio lock` or `intaglio compile` again.",
    ),
    Code(
        "LK011", "input-missing", Severity.ERROR,
        "Something that the function is made from is not there or lies outside the workspace: a golden file, a "
        "template, a module, a prompt block.",
        "Bring it back, or correct the directive that names it.",
    ),
    Code(
        "LK012", "source-unreadable", Severity.ERROR,
        "A source file that has specs or locks cannot be read as Python, so its bodies cannot be compared.",
        "Repair the file; the message gives the line.",
    ),
    Code(
        "LK013", "cache-unusable", Severity.HINT,
        "The cache of verify cannot be used: its folder lies in the workspace, belongs to someone else, or can be "
        "written by others. Verify computes everything anew.",
        "Make the cache folder private to you, or set XDG_CACHE_HOME to a folder outside the workspace.",
    ),
    Code(
        "LK014", "lock-accepted-by-author", Severity.ERROR,
        "The setting `second-person` asks that a body is accepted by another person than the author of the commit that "
        "brought it, and nobody else has accepted this one. Only what is committed is judged; names are as honest as git's "
        "settings, so sign commits where people must not be able to feign them.",
        "Have somebody else read the body and run `intaglio lock FILE::NAME --reason ...`: it validates again and records who.",
    ),
    Code(
        "LK015", "paths-differ-in-case", Severity.WARNING,
        "Two locked source files have names that differ in nothing but upper and lower case. On macOS and Windows they, and "
        "their lock files, are one file, and a checkout there loses one of them.",
        "Rename one of the two with `git mv`, then run `intaglio lock --follow`.",
    ),
    Code(
        "LK016", "handwork-kept", Severity.HINT,
        "A body that was written or edited by hand was replaced. It is not lost: the store holds it, on this machine.",
        "`intaglio restore FILE::NAME --to FINGERPRINT` brings it back; then adopt it with `intaglio lock --adopt`.",
    ),
    *reach.CODES,
    *codes_verify.CODES,
)  # fmt: skip

SEVERITIES = {code.id: code.severity for code in CODES}
