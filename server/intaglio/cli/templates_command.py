"""`intaglio templates`: list, show and check templates."""

from __future__ import annotations

from pathlib import Path

import click


@click.group(invoke_without_command=True)
@click.pass_context
def command(context: click.Context) -> None:
    """List, show and check templates: the shipped ones and the workspace's own."""
    if context.invoked_subcommand is None:
        context.invoke(list_all)


@command.command("list")
def list_all() -> None:
    """List every template that a spec can name."""
    from intaglio.template import list_templates
    from intaglio.workspace import find_root

    for template in list_templates(find_root(Path.cwd())):
        click.echo(f"{template.name:<12} {template.summary}  ({template.path})")


@command.command()
@click.argument("name")
def show(name: str) -> None:
    """Print the template NAME."""
    from intaglio.template import load_template
    from intaglio.template.model import TemplateError
    from intaglio.workspace import find_root

    try:
        click.echo(load_template(name, find_root(Path.cwd())).source, nl=False)
    except TemplateError as error:
        raise click.UsageError(str(error)) from error


@command.command()
def check() -> None:
    """Check every template; exits 1 when one cannot be used."""
    from intaglio.cli.output import end
    from intaglio.template import check_template, list_templates
    from intaglio.workspace import find_root

    failed = False
    for template in list_templates(find_root(Path.cwd())):
        findings = check_template(template.source, template.path)
        click.echo(f"{template.name:<12} {'FAILED' if findings else 'ok'}")
        for finding in findings:
            failed = True
            click.echo(f"             {finding.code} {finding.message}")
    end(1 if failed else 0)
