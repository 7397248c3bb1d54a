"""The page docs/commands.md, written from the commands' own help."""

from __future__ import annotations

import click

from intaglio.cli import COMMANDS, commands

_COUNTS = """\
What `compile`, `validate` and `lock` count below the four stages:

| words | what they count |
|---|---|
| `inputs` | generated inputs that satisfy every `require:`; the function was run on each |
| `example inputs` | calls of the examples that satisfy every `require:`; run as well |
| `guard inputs` | generated inputs that violate a `require:`; each must be refused with ValueError. A condition that none violates is named (EX114) |
| `examples 3 of 3` | examples that are true |
| `ensure 1 on 162 inputs`, `rules 3 on 162 inputs` | the `ensure:` and `rule:` lines that were held against what the function did on all inputs |
| `golden 57 of 57` | rows of a golden file that came out as they say |
"""


def render_markdown() -> str:
    """Every command with its help, as a terminal 100 columns wide shows it."""
    parts = [
        "# Commands\n",
        (
            "Exit codes: 0 all well; 1 an error, or a state that the command exists to refuse (warnings and hints do not "
            "change it, except under `--strict`); 2 wrong use or configuration; 3 the machine lacks something (no model, "
            "no sandbox, an extra), with what to do. `--json` prints one document, described by "
            "[report.schema.json](report.schema.json).\n"
        ),
        _COUNTS,
    ]
    names = commands.context_settings["help_option_names"]
    parent = click.Context(
        commands, info_name="intaglio", terminal_width=100, max_content_width=100, help_option_names=names
    )
    for name in COMMANDS:
        found = commands.get_command(parent, name)
        if found is None:
            raise LookupError(f"the table names {name!r}, which does not load")
        context = click.Context(found, info_name=name, parent=parent, terminal_width=100, max_content_width=100)
        parts.append(f"## intaglio {name}\n\n```text\n{found.get_help(context)}\n```\n")
    return "\n".join(parts)
