"""`intaglio diff FILE::NAME`: what changed since the spec was locked."""

from __future__ import annotations

import click


@click.command()
@click.argument("targets", nargs=-1, required=True, metavar="PATH[::NAME]...")
def command(targets: tuple[str, ...]) -> None:
    """Show what changed since each spec in PATH was locked: its inputs in words, its body line by line.

    Exits 1 when something changed, 0 when nothing did.
    """
    from intaglio.cli.output import end
    from intaglio.cli.selection import select
    from intaglio.lock.check import read_lock_file
    from intaglio.lock.diff import diff_lock
    from intaglio.lock.inputs import Materials, current_inputs

    selection = select(targets)
    materials = Materials(selection.root, selection.snapshot)
    changed = False
    for key in selection.spec_keys():
        entry = read_lock_file(selection.snapshot, key.path).find(key.name)
        if entry is None:
            click.echo(f"{key}: no usable lock")
            continue
        text = selection.snapshot.source(key.path).text
        spec = selection.snapshot.reading(key.path).find(key.name)
        if spec is None:
            continue
        found = diff_lock(selection.root, key.path, entry, current_inputs(materials, key.path, text, spec))
        if not found.changes and not found.body_changed:
            click.echo(f"{key}: as locked")
            continue
        changed = True
        for change in found.changes:
            click.echo(f"{key}: {change}")
        if found.body_changed and not found.body:
            click.echo(f"{key}: the body changed; the locked one is neither in the store nor in git's history")
        for line in found.body.split("\n") if found.body else []:
            colour = "green" if line.startswith("+") else "red" if line.startswith("-") else None
            click.echo(click.style(line, fg=colour))
    end(1 if changed else 0)
