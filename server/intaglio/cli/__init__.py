"""The command line, one command a file: the only package that prints to a terminal.

Commands are loaded when they are named, so that `verify` starts without what `compile` needs.
"""

from __future__ import annotations

import errno
import gc
import importlib
import os
import sys

import click

from intaglio import __version__

COMMANDS: dict[str, str] = {
    "demo": "See the whole flow on the shipped examples, in a folder of its own",
    "init": "Prepare a workspace: settings, folders, what to commit",
    "doctor": "Check the machine: tools, sandbox, models; feed known-bad code to every stage",
    "status": "Show each spec's state, and why",
    "compile": "Turn specs into validated, locked bodies",
    "validate": "Run the four stages on the bodies that are there",
    "lock": "Lock bodies that pass, or adopt hand-written ones",
    "verify": "Check every lock; exit 1 unless all match (for hooks and CI)",
    "diff": "Show what changed since a spec was locked",
    "restore": "Bring a locked body back",
    "log": "Tell the life of an artifact: each lock, why, what it cost, who accepted it",
    "explain": "Explain a finding's code, offline",
    "templates": "List, show and check templates",
    "lsp": "Start the language server, for editors",
    "completion": "Print the shell's completion script",
}

ELSEWHERE = {"lsp": "intaglio.lsp.command"}
"""Commands that stand outside this package, by module."""

EXIT_REFUSED = 1
EXIT_USAGE = 2
EXIT_ENVIRONMENT = 3


class EnvironmentLacks(click.ClickException):
    """The machine lacks something; the message says what to do. Exits 3."""

    exit_code = EXIT_ENVIRONMENT


class WrongConfiguration(click.ClickException):
    """Settings or arguments that cannot be used. Exits 2."""

    exit_code = EXIT_USAGE


class LazyCommands(click.Group):
    """Loads `intaglio.cli.NAME` and its `command` when NAME is used; help for the group loads none of them."""

    def list_commands(self, _context: click.Context) -> list[str]:
        """Name the commands in the order of the table."""
        return list(COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        """Load one command; None when there is none of that name."""
        if name not in COMMANDS:
            return None
        module = importlib.import_module(ELSEWHERE.get(name, f"intaglio.cli.{name}_command"))
        if name != "verify":  # which ends before there is anything to collect
            gc.enable()
        command: click.Command = module.command
        return command

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, but name the nearest command for an unknown one."""
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            context.fail(f"there is no command '{args[0]}'.{hint} 'intaglio --help' lists them.")
        return super().resolve_command(context, args)

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table of commands without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, context: click.Context) -> object:
        """Run a command; turn wrong settings into exit 2, a missing extra into exit 3, what the disk refuses into exit 1."""
        from intaglio.config import ConfigurationError

        try:
            return super().invoke(context)
        except ConfigurationError as error:
            raise WrongConfiguration(str(error)) from error
        except ModuleNotFoundError as error:
            extra = _extra_of(error.name or "")
            if extra is None:
                raise
            raise EnvironmentLacks(
                f"this command needs {error.name}, which is not installed; run: pip install 'intaglio[{extra}]'"
            ) from error
        except OSError as error:
            if error.filename is None or error.errno == errno.EPIPE:
                raise
            place = os.fsdecode(error.filename)
            raise click.ClickException(
                f"{place}: {error.strerror}; check that it is what it should be, its permissions, and the room on the disk"
            ) from error


def _extra_of(module: str) -> str | None:
    extras = {
        "validate": ("bandit", "filelock", "hypothesis", "jedi", "rich", "ruff", "tomli_w", "ty", "mypy"),
        "model": ("litellm", "keyring"),
        "lsp": ("pygls", "lsprotocol"),
    }
    return next((extra for extra, modules in extras.items() if module.partition(".")[0] in modules), None)


@click.group(
    cls=LazyCommands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="Exit codes: 0 all well; 1 an error, or a state that the command exists to refuse; 2 wrong use or "
    "configuration; 3 the machine lacks something (no model, no sandbox, an extra), with what to do.",
)
@click.version_option(__version__, prog_name="intaglio")
def commands() -> None:
    """Compile spec comments above Python functions into validated, locked bodies.

    A model (or your own `rule:` lines) writes a body once; four stages must pass; hashes of all that it was made
    from are recorded. At run time there is ordinary Python and nothing else.

    Start with `intaglio demo`, then `intaglio init` in your project.
    """


def main() -> None:
    """Run the command line. The console script's entry."""
    gc.disable()  # walking over what was just imported is a part of a hook's time
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    commands(prog_name="intaglio", color=False if os.environ.get("NO_COLOR") else None)  # https://no-color.org
