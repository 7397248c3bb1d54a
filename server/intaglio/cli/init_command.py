"""`intaglio init`: prepare a workspace. Writes settings, the lock folder's ignore rules and a hook; changes nothing else."""

from __future__ import annotations

from pathlib import Path

import click

from intaglio.opening import IGNORED

SETTINGS = """\
# Settings of Intaglio; docs: `intaglio --help`. Unknown names are errors.
# model = "openai/gpt-4o"            # as litellm names it; the key comes from the environment or the keyring
# api-base = "http://127.0.0.1:8080/v1"
# max-cost = 0.5                     # US dollars, most for one compile of one spec
"""


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=Path())
@click.option(
    "--hook", is_flag=True, help="Write git's pre-commit hook too: it stops a commit whose locks do not match."
)
def command(folder: Path, hook: bool) -> None:
    """Prepare FOLDER (the current one by default) as a workspace.

    Writes `intaglio.toml` and `.intaglio/.gitignore` where they are missing. Nothing that exists is changed. With --hook,
    exits 1 when there is another pre-commit hook already, and says what to add to it.
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
    if hook:
        _install_hook(folder)
    click.echo("")
    click.echo("Next: write a `# spec:` comment above a function with the body `...`, then")
    click.echo("  intaglio doctor            checks the machine, and finds models")
    click.echo("  intaglio compile FILE      fills, validates and locks")
    click.echo("  intaglio verify            in a hook or in CI; commit .intaglio/locks with the code")


def _install_hook(folder: Path) -> None:
    from intaglio.cli import WrongConfiguration
    from intaglio.cli.git_hook import LINE, install_hook
    from intaglio.workspace import WorkspaceError

    try:
        hook = install_hook(folder.resolve())
    except WorkspaceError as error:
        raise WrongConfiguration(f"--hook needs a git repository: {error}") from error
    except OSError as error:
        raise click.ClickException(f"the hook was not written: {error}") from error
    if hook.outcome == "foreign":
        raise click.ClickException(
            f"there is a pre-commit hook already, and it was left as it is: {hook.path}\n"
            f"Add this line to it, before its last `exit` or `exec`, and see that it can be executed:\n\n"
            f"    {LINE} || exit 1\n\n"
            "Where pre-commit, prek or lefthook wrote that hook, add Intaglio to its configuration instead: docs/ci.md"
        )
    click.echo(f"{hook.outcome:<8} {hook.path}")
    click.echo(
        "It stops a commit with stubs as well; with `require-locks = false` in the settings specs without a lock pass."
    )
