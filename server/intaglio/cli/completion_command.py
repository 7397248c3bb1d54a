"""`intaglio completion`: the script that makes a shell complete commands and options."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the completion script for SHELL.

    \b
    bash:  eval "$(intaglio completion bash)"   in ~/.bashrc
    zsh:   eval "$(intaglio completion zsh)"    in ~/.zshrc
    fish:  intaglio completion fish > ~/.config/fish/completions/intaglio.fish
    """  # noqa: D301 - click knows the lines that it must not wrap by the character, not by the two signs
    from intaglio.cli import commands

    completion = get_completion_class(shell)
    if completion is None:
        raise click.UsageError(f"click has no completion for {shell}; use bash, zsh or fish")
    click.echo(completion(commands, {}, "intaglio", "_INTAGLIO_COMPLETE").source())
