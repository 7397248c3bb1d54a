"""`intaglio lock --tools`: bodies whose verdicts came from other versions of the tools, validated with those here at once."""

from __future__ import annotations

from collections import Counter

import click

from intaglio.acceptance import accept
from intaglio.cli.output import end, show
from intaglio.cli.selection import Selection, select
from intaglio.cli.states import state_report
from intaglio.cli.terminal import summary_line
from intaglio.cli.working import exit_code, report_of, run_all
from intaglio.events import SpecKey
from intaglio.lock.check import read_lock_file
from intaglio.lock.model import Entry
from intaglio.lock.tools import changed_tools, in_words
from intaglio.locking import Origin, relock_spec
from intaglio.opening import open_workshop
from intaglio.progress import Phase, SpecProgress
from intaglio.validate.pipeline import verdict_tools
from intaglio.validate.tools import Toolbox


def accept_tools(paths: tuple[str, ...], reason: str, *, dry_run: bool, as_json: bool) -> None:
    """Validate every locked body in reach whose tools are others now; lock what passes, and list what does not."""
    selection = select(paths)
    outdated = _outdated(selection)
    if not as_json:
        _announce(outdated)

    def origin(key: SpecKey) -> Origin:
        entry, words = outdated[key]
        said = f"{reason}; tools: {words}" if reason else f"validated with other tools: {words}"
        return Origin(entry.made, accept(selection.root, "validated", said))

    with Toolbox() as toolbox:
        workshop = open_workshop(selection.root, selection.settings, toolbox)
        states = run_all(
            selection,
            outdated,
            lambda key, cancel: relock_spec(workshop, key, origin(key), cancel, write=not dry_run),
            quiet=as_json,
        )
    after = state_report(select(paths), ready=False)
    if as_json:
        show(report_of(selection, states, after), as_json=True)
    else:
        _summarize(states, dry_run=dry_run)
        click.echo(summary_line(after))
    end(exit_code(states, after))


def _outdated(selection: Selection) -> dict[SpecKey, tuple[Entry, str]]:
    """The locked specs whose tools changed, each with its lock and the change in words."""
    found: dict[SpecKey, tuple[Entry, str]] = {}
    for row in state_report(selection, ready=False).specs:
        entry = read_lock_file(selection.snapshot, row.path).find(row.name)
        if row.state != "locked" or entry is None:
            continue
        if changed := changed_tools(entry, verdict_tools()):
            found[SpecKey(row.path, row.name)] = entry, in_words(changed)
    return found


def _announce(outdated: dict[SpecKey, tuple[Entry, str]]) -> None:
    if not outdated:
        click.echo("every lock was given by the tools that are here")
    for words, count in Counter(words for _, words in outdated.values()).most_common():
        click.echo(f"{count} locked with other tools: {words}")


def _summarize(states: tuple[SpecProgress, ...], *, dry_run: bool) -> None:
    refused = [str(state.key) for state in states if state.phase is Phase.REFUSED]
    if refused:
        click.echo(f"these would not pass any more, and keep the locks that they have: {', '.join(refused)}")
    passed = len(states) - len(refused)
    if passed:
        click.echo(
            f"{passed} pass; " + ("nothing was written" if dry_run else "their locks name the tools that are here")
        )
