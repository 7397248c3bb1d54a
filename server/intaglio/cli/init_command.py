"""`intaglio init`: prepare a workspace. Writes settings and the lock folder's ignore rules, changes nothing else."""

from __future__ import annotations

from pathlib import Path

import click

SETTINGS = """\
# Settings of Intaglio; docs: `intaglio --help`. Unknown names are errors.
# model = "openai/gpt-4o"            # as litellm names it; the key comes from the environment or the keyring
# api-base = "http://127.0.0.1:8080/v1"
# max-cost = 0.5                     # US dollars, most for one compile of one spec
"""

IGNORED = """\
# Written by intaglio: the locks are committed, the rest belongs to this machine.
*
!.gitignore
!locks/
!locks/**
!templates/
!templates/**
"""


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=Path())
def command(folder: Path) -> None:
    """Prepare FOLDER (the current one by default) as a workspace.

    Writes `intaglio.toml` and `.intaglio/.gitignore` where they are missing. Nothing that exists is changed.
    """
    from intaglio.config import load_settings
    from intaglio.source import write_atomically

    load_settings(folder)
    project = folder / "pyproject.toml"
    has_section = project.is_file() and "[tool.intaglio]" in project.read_text(encoding="utf-8", errors="replace")
    wanted = {folder / ".intaglio" / ".gitignore": IGNORED}
    if not has_section:
        wanted[folder / "intaglio.toml"] = SETTINGS
    for path, text in wanted.items():
        shown = path.relative_to(folder).as_posix()
        if path.exists():
            click.echo(f"kept     {shown}")
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, text.encode())
        click.echo(f"written  {shown}")
    click.echo("")
    click.echo("Next: write a `# spec:` comment above a function with the body `...`, then")
    click.echo("  intaglio doctor            checks the machine, and finds models")
    click.echo("  intaglio compile FILE      fills, validates and locks")
    click.echo("  intaglio verify            in a hook or in CI; commit .intaglio/locks with the code")
