"""`intaglio verify`: the gate for hooks and CI. Needs no model, no network, no sandbox, and writes nothing but its cache.

What is asked for beyond that (`--replay`, the comparison of `--since`) stands in verify_deeper.py.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from intaglio.cli.changes import ShownChange
    from intaglio.cli.report import Report
    from intaglio.cli.verify_report import Shown
    from intaglio.finding import Finding
    from intaglio.lock.across import Verified
    from intaglio.replay import Replayed


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--staged", is_flag=True, help="Judge what git has staged, not what the disk holds.")
@click.option(
    "--since",
    metavar="REV",
    help="Report each lock that changed since a commit, and refuse those that nothing explains.",
)
@click.option("--replay", is_flag=True, help="Run the execution and accuracy stages again, and compare with the locks.")
@click.option("--no-cache", is_flag=True, help="Read and hash everything anew.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document (docs/report.schema.json).")
@click.option("--sarif", "as_sarif", is_flag=True, help="Print SARIF 2.1.0, for code scanning.")
@click.option(
    "--sarif-file",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write SARIF to a file, beside what is printed.",
)
@click.option("-q", "--quiet", is_flag=True, help="Print only what does not match.")
def command(
    paths: tuple[str, ...],
    staged: bool,
    since: str | None,
    replay: bool,
    no_cache: bool,
    as_json: bool,
    as_sarif: bool,
    sarif_file: Path | None,
    quiet: bool,
) -> None:
    """Exit 1 unless every lock matches and every spec in reach is locked.

    With PATH (or --staged), every artifact that lives in one of the paths, or depends on one, is checked. Without PATH,
    workspaces further inside are verified too, each under its own settings. --replay runs code, in the sandbox: it exits 3
    where there is none, or where the lock was made by other versions of the tools.
    """
    from intaglio.cli import WrongConfiguration
    from intaglio.cli.output import end, one_form, sarif_text, show
    from intaglio.cli.verify_report import Shown
    from intaglio.config import load_settings
    from intaglio.lock.across import verify_across
    from intaglio.lock.shown import INVALID
    from intaglio.workspace import WorkspaceError, choose_root, expand_paths, relative_path

    one_form(as_json=as_json, as_sarif=as_sarif)
    if staged and since is not None:
        raise click.UsageError("--staged looks at the next commit and --since at the last ones; choose one")
    here = Path.cwd()
    root = choose_root(here, here / paths[0] if paths else None)
    try:
        if staged:
            chosen = [relative_path(root, here / path) for path in paths]
        else:
            settings = load_settings(root)
            chosen = list(expand_paths(root, [here / path for path in paths], settings.include, settings.exclude))
        found = verify_across(root, chosen, staged=staged, processes=os.cpu_count() or 1, use_cache=not no_cache)
        changes = {one.folder: _changes(one, since, chosen) for one in found}
        replays = {one.folder: _replays(one) if replay else () for one in found}
        report = _report(found, Shown(quiet, locks=as_json, alerts=as_sarif), changes, replays)
        alerts = _report(found, Shown(quiet=True, alerts=True), changes, replays) if sarif_file else None
    except WorkspaceError as error:
        raise WrongConfiguration(str(error)) from error
    invalid = any(spec.state == INVALID for spec in report.specs)
    unlocked = any(spec.state in {"stub", "unlocked"} and spec.ways for spec in report.specs)
    code = _exit_code(found, report.changes, [one for part in replays.values() for one in part], invalid=invalid)
    if sarif_file is not None and alerts is not None:
        sarif_file.write_text(sarif_text(alerts, "verify", root, code) + "\n", encoding="utf-8")
    if as_sarif:
        click.echo(sarif_text(report, "verify", root, code))
    elif not quiet or as_json or code:
        show(report, as_json=as_json)
    if not as_json and not as_sarif:
        count = sum(map(len, replays.values())) if replay else None
        _print_more(since, report.changes, replays=count, code=code, staged=staged, invalid=invalid, unlocked=unlocked)
    end(code)


WITHOUT_LOCKS = "The setting `require-locks = false` lets specs pass that have no lock yet. "


def _report(
    found: tuple[Verified, ...],
    shown: Shown,
    changes: dict[str, tuple[ShownChange, ...]],
    replays: dict[str, tuple[Replayed, ...]],
) -> Report:
    """All workspaces in one report; `changes` and `replays` are by their folders."""
    from intaglio.cli.report import Report
    from intaglio.cli.verify_report import file_findings, spec_rows

    return Report(
        tuple(
            row for one in found for row in spec_rows(one, shown, _refusals(changes[one.folder]), replays[one.folder])
        ),
        tuple(finding for one in found for finding in file_findings(one)),
        changes=tuple(change for one in found for change in changes[one.folder]),
    )


def _changes(verified: Verified, since: str | None, chosen: list[str]) -> tuple[ShownChange, ...]:
    if since is None:
        return ()
    from intaglio.cli.verify_deeper import changes_of

    return changes_of(verified, since, chosen)


def _replays(verified: Verified) -> tuple[Replayed, ...]:
    from intaglio.cli.preparing import require_validate_extra
    from intaglio.cli.verify_deeper import replays_of

    require_validate_extra()
    return replays_of(verified)


def _refusals(changes: tuple[ShownChange, ...]) -> dict[tuple[str, str], list[Finding]]:
    found: dict[tuple[str, str], list[Finding]] = {}
    for shown in changes:
        if shown.change.refusal is not None:
            found.setdefault((shown.change.path, shown.change.name), []).append(shown.change.refusal)
    return found


def _exit_code(
    found: tuple[Verified, ...], changes: tuple[ShownChange, ...], replays: list[Replayed], *, invalid: bool
) -> int:
    """1 when something is refused; 3 when nothing is, and replaying did not come to a word on everything."""
    unclear = [one for one in replays if one.findings]
    if invalid or not all(one.report.passed for one in found) or any(shown.change.refusal for shown in changes):
        return 1
    if not unclear:
        return 0
    return 3 if all(one.only_machine for one in unclear) else 1


def _print_more(
    since: str | None,
    changes: tuple[ShownChange, ...],
    *,
    replays: int | None,
    code: int,
    staged: bool,
    invalid: bool,
    unlocked: bool,
) -> None:
    from intaglio.cli.changes import print_changes

    if since is not None:
        print_changes(since, changes)
    if replays is not None and code == 0:
        click.echo(f"replayed {replays} lock{'' if replays == 1 else 's'}: every stage observed again what is recorded")
    if code == 1:
        what = "what is staged" if staged else "the workspace"
        click.echo(
            f"verify: {what} is not locked as it stands. {'Correct what is invalid. ' if invalid else ''}"
            f"{WITHOUT_LOCKS if unlocked else ''}Take one of the ways above for each, then stage the source and its lock in .intaglio/locks; `intaglio explain LK201` (and LK202, ...) says more.",
            err=True,
        )
    elif code == 3:
        click.echo("verify: every lock matches, and they could not be replayed on this machine; see above", err=True)
