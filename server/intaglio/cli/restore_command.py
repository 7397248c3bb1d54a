"""`intaglio restore FILE::NAME`: the locked body, back from the store or from git's history."""

from __future__ import annotations

import click


@click.command()
@click.argument("target", metavar="PATH::NAME")
def command(target: str) -> None:
    """Write the locked body of PATH::NAME back. The present one goes into the store first.

    Looks in `.intaglio/store`, then in git's history of the file. Exits 1 when neither has it.
    """
    from intaglio.cli.preparing import settle
    from intaglio.cli.selection import select
    from intaglio.lock.check import read_lock_file
    from intaglio.lock.fingerprint import short
    from intaglio.lock.journal import WriteStopped
    from intaglio.lock.store import find_suite, place_suite
    from intaglio.lock.write import commit_artifact

    if "::" not in target:
        raise click.UsageError("name the function: intaglio restore FILE::NAME")
    selection = select((target,))
    settle(selection.root)
    selection = select((target,))
    key, *others = selection.spec_keys()
    if others:
        raise click.ClickException(f"{key.path} defines {key.name} more than once; keep one of them, then restore it")
    entry = read_lock_file(selection.snapshot, key.path).find(key.name)
    if entry is None:
        raise click.ClickException(
            f"{key} has no usable lock, so there is nothing to restore; `intaglio status {key.path}`"
        )
    found = find_suite(selection.root, key.path, key.name, entry.inputs.body)
    if found is None:
        raise click.ClickException(
            f"the locked body {short(entry.inputs.body)} of {key} is neither in the store nor in git's history; compile it again"
        )
    text = selection.snapshot.source(key.path).text
    spec = selection.snapshot.reading(key.path).find(key.name)
    if spec is None:
        raise click.ClickException(f"{key} is not there any more")
    try:
        restored = place_suite(text, spec, found.suite)
        commit_artifact(selection.root, key.path, key.name, text, restored, None)
    except (ValueError, WriteStopped) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"restored {key} to {short(entry.inputs.body)}, from {found.where}")
