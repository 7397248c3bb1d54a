"""`intaglio validate`: the four stages on the bodies that are there."""

from __future__ import annotations

import click


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH[::NAME]]...")
@click.option(
    "--stage",
    "stages",
    multiple=True,
    type=click.Choice(["security", "syntax", "execution", "accuracy"]),
    help="Run this stage only (repeatable; security comes before what runs the code). A part is never shown as the whole.",
)
@click.option("--strict", is_flag=True, help="Treat warnings as failures.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document (docs/report.schema.json).")
@click.option("--sarif", "as_sarif", is_flag=True, help="Print SARIF 2.1.0, for code scanning.")
def command(paths: tuple[str, ...], stages: tuple[str, ...], strict: bool, as_json: bool, as_sarif: bool) -> None:
    """Run the stages on every body in PATH (files, folders, FILE::NAME; the whole workspace by default).

    Stubs are left out unless they are named. Nothing is written but the verdict cache. Exits 1 when a stage fails.
    """
    from intaglio.cli.output import end, one_form, sarif_text, show
    from intaglio.cli.preparing import require_validate_extra
    from intaglio.cli.report import Report
    from intaglio.cli.selection import select
    from intaglio.cli.states import state_report
    from intaglio.cli.terminal import summary_line
    from intaglio.cli.working import exit_code, print_file_findings, report_of, run_all
    from intaglio.config import with_options
    from intaglio.events import SpecKey
    from intaglio.opening import open_workshop

    one_form(as_json=as_json, as_sarif=as_sarif)
    require_validate_extra()
    selection = select(paths)
    settings = with_options(selection.settings, strict=True if strict else None)
    from intaglio.validate.tools import Toolbox
    from intaglio.validate.verdict import StageName
    from intaglio.validation import validate_spec

    chosen = tuple(stage for stage in StageName if not stages or stage.value in stages)
    keys = []
    for key in selection.spec_keys():
        spec = selection.snapshot.reading(key.path).find(key.name)
        if key.path in selection.names or (spec is not None and not spec.function.is_stub):
            keys.append(key)
    with Toolbox() as toolbox:
        workshop = open_workshop(selection.root, settings, toolbox)
        states = run_all(
            selection, keys, lambda key, cancel: validate_spec(workshop, key, cancel, chosen), quiet=as_json or as_sarif
        )
    after = state_report(select(paths), ready=True)
    report = report_of(selection, states, after)
    code = exit_code(states, after)
    if as_sarif:
        click.echo(sarif_text(report, "validate", selection.root, code))
    elif as_json:
        show(report, as_json=True)
    else:
        print_file_findings(after)
        done = {state.key for state in states}
        click.echo(summary_line(Report(tuple(row for row in after.specs if SpecKey(row.path, row.name) in done))))
    end(code)
