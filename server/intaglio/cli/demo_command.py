"""`intaglio demo`: the whole flow on the shipped examples, in a folder of its own. Runs the same commands as a user would."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

RULED = ("prior_authorization.py", "ticket_routing.py", "date_window.py", "shipping_rate.py")


def examples_folder() -> Path:
    """The shipped examples: beside the package in a wheel, under docs/ in a source checkout."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "examples"
    return installed if installed.is_dir() else package.parents[1] / "docs" / "examples"


@click.command()
@click.option(
    "--keep", type=click.Path(path_type=Path), help="Work in this folder (which must not exist), and leave it."
)
def command(keep: Path | None) -> None:
    """Compile the shipped examples, lock them, then show what a hand edit and a changed spec come to.

    Needs no model and no key: the examples with `rule:` lines are compiled directly. With a model set (INTAGLIO_MODEL),
    or a local server that answers, the others are compiled too. Exits 1 when something did not go as it should.
    """
    from intaglio.cli.output import end
    from intaglio.cli.preparing import require_validate_extra

    require_validate_extra()
    if keep is not None and keep.exists():
        raise click.UsageError(f"{keep} exists; name a folder that does not")
    with tempfile.TemporaryDirectory(prefix="intaglio-demo-") as temporary:
        folder = (keep or Path(temporary) / "demo").resolve()
        shutil.copytree(examples_folder(), folder, ignore=shutil.ignore_patterns("golden", "__pycache__", ".intaglio"))
        with _inside(folder):
            ok = _play(folder)
    if keep is not None:
        click.echo(f"\nThe folder stays: {folder}")
    end(0 if ok else 1)


def _play(folder: Path) -> bool:
    first = folder / RULED[0]
    original = first.read_text(encoding="utf-8")
    _title("1. Nine specs from real work, all stubs. This one is compiled from its own rules, without a model:")
    click.echo(_spec_of(original))
    ok = _run("init") == 0
    _title("2. Compile what has rules: four stages, then the lock.")
    ok &= _run("compile", *RULED) == 0
    click.echo("\nWhat was written is ordinary Python:\n")
    click.echo(_body_of(first.read_text(encoding="utf-8")))
    ok &= _run("verify", *RULED) == 0
    _title("3. Someone edits a locked body by hand.")
    locked = first.read_text(encoding="utf-8")
    first.write_text(locked.replace("if has_t2d and a1c >= 6.5", "if has_t2d and a1c >= 6.0", 1), encoding="utf-8")
    ok &= _run("verify", *RULED) == 1
    ok &= _run("diff", f"{RULED[0]}::decide_glp1") == 1
    click.echo("\nAdopting it means passing the four stages as it is; the rules and the golden rows do not agree:\n")
    ok &= _run("lock", "--adopt", "--reason", "a lower threshold", f"{RULED[0]}::decide_glp1") == 1
    ok &= _run("restore", f"{RULED[0]}::decide_glp1") == 0
    ok &= _run("verify", "-q", *RULED) == 0
    _title("4. Someone changes a spec: the body is as it was, and no longer what the spec asks for.")
    changed = first.read_text(encoding="utf-8").replace("# require: 0 <= age <= 120", "# require: 0 <= age <= 130", 1)
    first.write_text(changed, encoding="utf-8")
    ok &= _run("verify", RULED[0]) == 1
    ok &= _run("compile", RULED[0]) == 0
    ok &= _run("verify", *RULED) == 0
    return _with_model(ok)


def _with_model(ok: bool) -> bool:
    from intaglio.generate.local_servers import find_local_servers

    if not os.environ.get("INTAGLIO_MODEL"):
        servers = find_local_servers()
        if servers:
            os.environ["INTAGLIO_MODEL"] = servers[0].models[0]
            os.environ["INTAGLIO_API_BASE"] = servers[0].api_base
            click.echo(f"\n{servers[0].kind} answers at {servers[0].api_base}.")
    if os.environ.get("INTAGLIO_MODEL"):
        _title("5. The others, with the model. What no attempt gets through is reported, and its file left as it was.")
        code = _run("compile")
        _run("status")
        return ok and code in (0, 1)
    _title("5. The others have no rules, and no model is set. To compile them too:")
    click.echo("  export INTAGLIO_MODEL=openai/gpt-4o OPENAI_API_KEY=...          # or any other that litellm knows")
    click.echo("  export INTAGLIO_MODEL=openai/NAME INTAGLIO_API_BASE=http://127.0.0.1:8080/v1    # a local server")
    click.echo(f"  {_own_name()} demo\n")
    _run("status")
    return ok


def _run(*arguments: str) -> int:
    """Run one command of our own as a user would, and show that it is run."""
    from intaglio.cli import commands

    click.echo(click.style(f"\n$ intaglio {shlex.join(arguments)}", bold=True))
    try:
        code = commands.main(list(arguments), prog_name="intaglio", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    return code if isinstance(code, int) else 0  # click gives the code of an Exit back


def _own_name() -> str:
    """How this program was called, where `intaglio` alone would not find it."""
    if shutil.which("intaglio"):
        return "intaglio"
    called = Path(sys.argv[0])
    return f"{shlex.quote(sys.executable)} -m intaglio" if called.name == "__main__.py" else shlex.quote(str(called))


def _title(text: str) -> None:
    click.echo(click.style(f"\n{text}\n", fg="cyan", bold=True))


def _spec_of(text: str) -> str:
    return text[text.index("# spec:") :].strip()


def _body_of(text: str) -> str:
    found = re.search(r"^def .*", text, re.MULTILINE | re.DOTALL)
    return found.group().strip() if found else text


@contextmanager
def _inside(folder: Path) -> Iterator[None]:
    """With the folder as the current one."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
