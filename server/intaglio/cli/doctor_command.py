"""`intaglio doctor`: what this machine has, what it lacks, and whether every stage still refuses what it must."""

from __future__ import annotations

import importlib.util
import os
import sys
import tempfile
from importlib import metadata
from pathlib import Path

import click

from intaglio.cli import EXIT_ENVIRONMENT, EXIT_REFUSED


@click.command()
@click.option("--quick", is_flag=True, help="Leave out the known-bad bodies.")
def command(quick: bool) -> None:
    """Check the machine: Python, tools, each wall of the sandbox, models; then feed known-bad bodies to every stage.

    Exits 3 when something is missing that validating needs, 1 when a stage lets a bad body through.
    """
    from intaglio.cli.output import end
    from intaglio.cli.selection import select

    selection = select(())
    _say("ok", "Python", sys.version.split()[0])
    _say("ok", "workspace", f"{len(selection.spec_keys())} specs in {len(selection.paths)} files")
    missing = _tools()
    missing |= _sandbox()
    _models(selection.settings.model, selection.settings.api_base)
    if missing:
        click.echo("\nwhat validating needs is missing: see MISSING above", err=True)
        end(EXIT_ENVIRONMENT)
    if not quick and not _known_bad():
        end(EXIT_REFUSED)


def _say(word: str, what: str, more: str) -> None:
    colours = {"ok": "green", "MISSING": "red", "FAILED": "red", "none": "yellow", "note": "cyan"}
    click.echo(f"{click.style(f'{word:<8}', fg=colours.get(word), bold=True)} {what:<18} {more}")


def _tools() -> bool:
    from intaglio.opening import NEEDED

    names = {"tomli_w": "tomli-w"}
    missing = False
    for module in NEEDED:
        if importlib.util.find_spec(module) is None:
            _say("MISSING", module, "run: pip install 'intaglio[validate]'")
            missing = True
        else:
            _say("ok", names.get(module, module), metadata.version(names.get(module, module)))
    if importlib.util.find_spec("litellm") is None:
        _say("none", "litellm", "models cannot be asked; run: pip install 'intaglio[model]'")
    else:
        _say("ok", "litellm", metadata.version("litellm"))
    return missing


def _sandbox() -> bool:
    from intaglio.sandbox import open_sandbox
    from intaglio.sandbox.interface import SandboxUnavailable

    try:
        sandbox = open_sandbox()
    except SandboxUnavailable as error:
        _say("MISSING", "sandbox", str(error))
        return True
    try:
        for wall, state in sandbox.walls:
            _say("ok" if state.startswith(("on", "ABI")) else "note", wall, state)
    except SandboxUnavailable as error:
        _say("MISSING", "sandbox", str(error))
        return True
    finally:
        sandbox.close()
    return False


def _models(model: str, api_base: str) -> None:
    from intaglio.generate.local_servers import find_local_servers, reachable_models

    if model:
        where = f" at {api_base}" if api_base else ""
        if api_base and reachable_models(api_base) is None:
            _say("none", "model", f"{model}{where} does not answer; start it, or correct api-base")
        else:
            _say("ok", "model", f"{model}{where}")
    for server in find_local_servers():
        _say(
            "ok",
            server.kind,
            f"{server.api_base}: INTAGLIO_MODEL={server.models[0]} INTAGLIO_API_BASE={server.api_base}",
        )
    if not model:
        keys = [
            name
            for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "MISTRAL_API_KEY", "GEMINI_API_KEY")
            if os.environ.get(name)
        ]
        found = f"; keys in the environment: {', '.join(keys)}" if keys else ""
        _say("none", "model", f"no model is set, so only specs with rules compile; export INTAGLIO_MODEL=...{found}")


def _known_bad() -> bool:
    from intaglio.selfcheck import check_known_bad
    from intaglio.validate.known_bad import KNOWN_BAD
    from intaglio.validate.tools import Toolbox

    failed, by_stage = 0, dict.fromkeys((case.stage for case in KNOWN_BAD), 0)
    with tempfile.TemporaryDirectory(prefix="intaglio-") as folder, Toolbox() as toolbox:
        for checked in check_known_bad(toolbox, Path(folder)):
            if checked.ok:
                by_stage[checked.case.stage] += 1
            else:
                failed += 1
                _say("FAILED", checked.case.stage.value, f"{checked.case.name}: {checked.said}")
    for stage, count in by_stage.items():
        total = sum(case.stage is stage for case in KNOWN_BAD)
        _say(
            "ok" if count == total else "FAILED", f"{stage.value} gate", f"refused {count} of {total} known-bad bodies"
        )
    return failed == 0
