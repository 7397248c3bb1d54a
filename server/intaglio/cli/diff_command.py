"""`intaglio diff FILE::NAME`: what changed since the spec was locked, and an input that shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from intaglio.cli.selection import Selection
    from intaglio.events import SpecKey


@click.command()
@click.argument("targets", nargs=-1, required=True, metavar="PATH[::NAME]...")
@click.option("--example", is_flag=True, help="Search an input on which the locked and the present body differ.")
@click.option(
    "--write",
    type=click.Choice(["locked", "present"]),
    help="With --example: write the input into the spec, as an example with that body's answer.",
)
def command(targets: tuple[str, ...], example: bool, write: str | None) -> None:
    """Show what changed since each spec in PATH was locked: its inputs in words, its body line by line.

    With --example, both bodies run in the sandbox on generated inputs; the simplest input on which they differ is shown as
    an `example:` line for either answer. Exits 1 when something changed or a file cannot be
    read, 0 when nothing did.
    """
    from intaglio.cli.output import end
    from intaglio.cli.selection import select
    from intaglio.lock.check import read_lock_file
    from intaglio.lock.diff import diff_lock
    from intaglio.lock.inputs import Materials, current_inputs

    if write and not example:
        raise click.UsageError("--write goes with --example")
    selection = select(targets)
    materials = Materials(selection.root, selection.snapshot)
    changed = _print_unreadable(selection)
    edited: list[SpecKey] = []
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
        if found.body_changed:
            edited.append(key)
        if found.body_changed and not found.body:
            click.echo(f"{key}: the body changed; the locked one is neither in the store nor in git's history")
        for line in found.body.split("\n") if found.body else []:
            colour = "green" if line.startswith("+") else "red" if line.startswith("-") else None
            click.echo(click.style(line, fg=colour))
    if example and edited:
        _show_examples(selection, edited, write)
    end(1 if changed else 0)


def _print_unreadable(selection: Selection) -> bool:
    """Name each chosen file that cannot be read, in which nothing can be compared; whether there is one."""
    from intaglio.source import SourceError

    found = False
    for path in selection.paths:
        try:
            selection.snapshot.source(path)
        except SourceError as error:
            click.echo(f"{path}: {error}", err=True)
            found = True
    return found


def _show_examples(selection: Selection, keys: list[SpecKey], write: str | None) -> None:
    from intaglio.cli import EnvironmentLacks
    from intaglio.cli.preparing import require_validate_extra, settle
    from intaglio.handwork import search_difference
    from intaglio.opening import open_workshop
    from intaglio.validate.tools import Toolbox

    require_validate_extra()
    if write:
        settle(selection.root)
    with Toolbox() as toolbox:
        workshop = open_workshop(selection.root, selection.settings, toolbox)
        for key in keys:
            searched = search_difference(workshop, key)
            if searched.lacks_sandbox:
                raise EnvironmentLacks(searched.problem)
            difference = searched.difference
            if difference is None:
                why = f" ({searched.problem})" if searched.problem else ""
                click.echo(f"{key}: no input was found on which the two differ, of {searched.tried} tried{why}")
                continue
            click.echo(f"{key}: `{difference.call}` {difference.before} as locked, and {difference.after} now")
            for which, line in zip(("locked", "present"), searched.examples, strict=True):
                if line:
                    click.echo(f"    # example: {line}{'':4}to keep the {which} answer")
            if write:
                _write_example(selection, key, searched.examples[write == "present"])


def _write_example(selection: Selection, key: SpecKey, line: str) -> None:
    from intaglio.handwork import with_example
    from intaglio.lock.journal import WriteStopped
    from intaglio.lock.write import commit_artifact

    if not line:
        raise click.ClickException(f"{key}: this answer cannot be written as an example; write a rule or an `ensure:`")
    text = selection.snapshot.source(key.path).text
    spec = selection.snapshot.reading(key.path).find(key.name)
    if spec is None:
        raise click.ClickException(f"{key} is not there any more")
    try:
        commit_artifact(selection.root, key.path, key.name, text, with_example(text, spec, line), None)
    except WriteStopped as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{key}: wrote `example: {line}` into the spec")
