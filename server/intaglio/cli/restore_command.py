"""`intaglio restore FILE::NAME`: the locked body, or an earlier one, back from the store or from git's history."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from intaglio.events import SpecKey


@click.command()
@click.argument("target", metavar="PATH::NAME")
@click.option("--list", "as_list", is_flag=True, help="List the bodies that it was locked with, and change nothing.")
@click.option(
    "--to", "wanted", metavar="FINGERPRINT", default="", help="Bring this body back: the first digits will do."
)
def command(target: str, as_list: bool, wanted: str) -> None:
    """Write the locked body of PATH::NAME back. The present one goes into the store first, and its fingerprint is said.

    Looks in `.intaglio/store`, then in git's history of the file; works offline. Exits 1 when neither has it.
    """
    from intaglio.cli.preparing import settle
    from intaglio.cli.selection import select
    from intaglio.lock.check import read_lock_file
    from intaglio.lock.fingerprint import short
    from intaglio.lock.inputs import suite_text_fingerprint
    from intaglio.lock.journal import WriteStopped
    from intaglio.lock.store import find_suite, place_suite
    from intaglio.lock.write import commit_artifact

    if "::" not in target:
        raise click.UsageError("name the function: intaglio restore FILE::NAME")
    selection = select((target,))
    if not as_list:
        settle(selection.root)
        selection = select((target,))
    key, *others = selection.spec_keys()
    if others:
        raise click.ClickException(f"{key.path} defines {key.name} more than once; keep one of them, then restore it")
    if as_list:
        _print_list(selection.root, key)
        return
    entry = read_lock_file(selection.snapshot, key.path).find(key.name)
    body = _chosen(selection.root, key, wanted) if wanted else entry.inputs.body if entry is not None else ""
    if not body:
        raise click.ClickException(
            f"{key} has no usable lock, so there is nothing to restore; `intaglio restore {key} --list` shows what it had"
        )
    found = find_suite(selection.root, key.path, key.name, body)
    if found is None:
        raise click.ClickException(
            f"the locked body {short(body)} of {key} is neither in the store nor in git's history; compile it again"
        )
    text = selection.snapshot.source(key.path).text
    spec = selection.snapshot.reading(key.path).find(key.name)
    if spec is None:
        raise click.ClickException(f"{key} is not there any more")
    data = text.encode("utf-8", "surrogatepass")
    before = suite_text_fingerprint(
        data[spec.function.suite.start : spec.function.suite.end].decode("utf-8", "surrogatepass")
    )
    try:
        restored = place_suite(text, spec, found.suite)
        commit_artifact(selection.root, key.path, key.name, text, restored, None)
    except (ValueError, WriteStopped) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"restored {key} to {short(body)}, from {found.where}")
    if before and before != body and not spec.function.is_stub:
        click.echo(f"what was there is kept: intaglio restore {key} --to {short(before)}")
    if entry is None or entry.inputs.body != body:
        click.echo(f"its lock is another's: `intaglio lock {key}` validates and locks this one")


def _print_list(root: Path, key: SpecKey) -> None:
    from intaglio.lock.fingerprint import short
    from intaglio.lock.lineage import suites_known
    from intaglio.lock.store import in_store

    known = suites_known(root, key.path, key.name)
    if not known:
        click.echo(f"{key} never had a lock, as far as git's history here goes")
    for entry in known:
        where = "in the store" if in_store(root, entry.inputs.body) else "in git's history, if at all"
        reason = f": {entry.accepted.reason}" if entry.accepted.reason else ""
        click.echo(f"{short(entry.inputs.body)}  {entry.accepted.at}  {entry.accepted.by}{reason}  ({where})")


def _chosen(root: Path, key: SpecKey, wanted: str) -> str:
    """The one body that begins with these digits, of those that were locked or lie in the store."""
    from intaglio.lock.lineage import suites_known
    from intaglio.lock.store import stored_bodies

    digits = wanted.partition(":")[2] or wanted
    bodies = {entry.inputs.body for entry in suites_known(root, key.path, key.name)} | set(stored_bodies(root))
    fitting = sorted(body for body in bodies if body.partition(":")[2].startswith(digits.lower()))
    if len(fitting) != 1:
        raise click.ClickException(
            f"{len(fitting)} bodies begin with {wanted}; `intaglio restore {key} --list` shows those that were locked"
        )
    return fitting[0]
