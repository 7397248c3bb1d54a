"""`intaglio compile`: specs into validated, locked bodies."""

from __future__ import annotations

import click


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH[::NAME]]...")
@click.option("--model", help="The model, as litellm names it (overrides the setting and the spec's own).")
@click.option("--backend", type=click.Choice(["rules", "litellm", "cassette"]), help="What writes the body.")
@click.option("--attempts", type=click.IntRange(1), help="Attempts with findings sent back, at most.")
@click.option(
    "--candidates",
    type=click.IntRange(0),
    help="Answers to sample side by side; the simplest that passes is kept. 0: one, and more at a server on this machine.",
)
@click.option("--max-cost", type=float, help="US dollars, most for one spec; reserved before each request.")
@click.option(
    "--max-tokens", type=click.IntRange(0), help="Tokens, most for one spec; needed for a model of unknown price."
)
@click.option(
    "--replace", is_flag=True, help="Replace a body that no lock and no store knows (it goes into the store first)."
)
@click.option("--no-lock", is_flag=True, help="Write the body and leave it ready, not locked.")
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
@click.option("--reason", default="", help="Why, for the lock.")
@click.option(
    "--all", "every", is_flag=True, help="Compile locked specs too; by default those that are locked are left."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document (docs/report.schema.json).")
def command(
    paths: tuple[str, ...],
    model: str | None,
    backend: str | None,
    attempts: int | None,
    candidates: int | None,
    max_cost: float | None,
    max_tokens: int | None,
    replace: bool,
    no_lock: bool,
    dry_run: bool,
    reason: str,
    every: bool,
    as_json: bool,
) -> None:
    """Compile the specs in PATH (files, folders, FILE::NAME; the whole workspace by default).

    Stubs, stale and unlocked bodies are compiled; locked ones with --all, or when they are named with FILE::NAME. A body that
    somebody wrote is replaced only with --replace, and one that was edited since it was locked must be named, too; what is
    replaced goes into the store. What passes all four stages is written and locked. What does not leaves the file as it was. Exits 1 when a spec was refused, 3 when
    the machine lacks something.
    """
    from intaglio.cli.output import end, show
    from intaglio.cli.preparing import require_validate_extra, settle
    from intaglio.cli.selection import select
    from intaglio.cli.states import state_report
    from intaglio.cli.terminal import summary_line
    from intaglio.cli.working import exit_code, print_file_findings, report_of, run_all
    from intaglio.config import with_options
    from intaglio.events import SpecKey
    from intaglio.opening import open_workshop, prepare_state_folder

    require_validate_extra()
    selection = select(paths)
    settings = with_options(
        selection.settings, model=model, backend=backend, attempts=attempts, candidates=candidates, max_cost=max_cost,
        max_tokens=max_tokens,
    )  # fmt: skip
    settle(selection.root)
    prepare_state_folder(selection.root)
    from intaglio.compile import Options, compile_spec
    from intaglio.validate.tools import Toolbox

    before = {SpecKey(row.path, row.name): row for row in state_report(selection, ready=False).specs}
    keys = [
        key
        for key in selection.spec_keys()
        if every or key.path in selection.names or before[key].state not in {"locked", "drifted"}
    ]
    drifted = [key for key in selection.spec_keys() if key not in keys and before[key].state == "drifted"]
    options = Options(replace, lock=not no_lock, dry_run=dry_run, reason=reason)
    with Toolbox() as toolbox:
        workshop = open_workshop(selection.root, settings, toolbox)
        states = run_all(
            selection, keys, lambda key, cancel: compile_spec(workshop, key, options, cancel), quiet=as_json
        )
    if dry_run and not as_json:
        _print_differences(selection.root, states)
    fresh = select(paths)
    after = state_report(fresh, ready=no_lock)
    report = report_of(fresh, states, after)
    if as_json:
        show(report, as_json=True)
    else:
        print_file_findings(after)
        for key in drifted:
            click.echo(
                f"left alone: {key} is not as it was locked; `intaglio lock --adopt` keeps it, `intaglio restore` puts the locked "
                f"body back, `intaglio compile --replace {key}` writes another"
            )
        if not keys and not drifted:
            said = "every spec is locked" if before else "there is no spec on a function"
            click.echo(f"nothing to compile: {said}")
        click.echo(summary_line(after))
    end(exit_code(states, after))


def _print_differences(root: object, states: tuple[object, ...]) -> None:
    import difflib
    from pathlib import Path

    from intaglio.progress import Phase, SpecProgress
    from intaglio.source import read_source

    for state in states:
        if isinstance(state, SpecProgress) and isinstance(root, Path) and state.phase is Phase.ACCEPTED:
            before = read_source(root / state.key.path).text
            lines = difflib.unified_diff(
                before.splitlines(), state.text.splitlines(), state.key.path, state.key.path, lineterm=""
            )
            click.echo("\n".join(lines))
