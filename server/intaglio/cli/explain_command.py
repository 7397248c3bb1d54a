"""`intaglio explain CODE`: a finding's page, offline."""

from __future__ import annotations

import difflib

import click


@click.command()
@click.argument("code", required=False)
def command(code: str | None) -> None:
    """Explain a finding's CODE (its id as in `SP104`, or its name); without CODE, list them all."""
    from intaglio.explanations import all_codes, render_code

    codes = all_codes()
    if code is None:
        for entry in codes.values():
            click.echo(f"{entry.id}  {entry.severity:<8} {entry.name}")
        return
    by_name = {entry.name: entry for entry in codes.values()}
    found = codes.get(code.upper()) or by_name.get(code.lower())
    if found is None:
        near = difflib.get_close_matches(code.upper(), codes, n=1) or difflib.get_close_matches(code, by_name, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise click.UsageError(f"there is no finding {code!r}{hint}; 'intaglio explain' lists them")
    click.echo(render_code(found), nl=False)
