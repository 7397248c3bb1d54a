"""Format a suite as the workspace would, with ruff. Sends text to ruff's standard input; reads and writes no files."""

from __future__ import annotations

import sys
from functools import cache

from intaglio.template.indentation import dedent, indent
from intaglio.template.model import FormatSettings, FormatterMissing, TemplateError

_SECONDS = 20.0
_INSTALL = "run: pip install 'intaglio[validate]'"


def format_suite(suite: str, settings: FormatSettings, *, depth: int, docstring: bool, is_async: bool) -> str:
    """The dedented suite formatted as the body of a function at `depth` levels of indentation (1 for a plain function).

    `docstring` says that a docstring stands before it; blank lines between the two are then part of the answer.
    The answer is indented by `settings` inside, and not at all outside. Raises FormatterMissing when ruff is not there,
    TemplateError when it refuses the text.
    """
    unit = "\t" if settings.indent_style == "tab" else " " * settings.indent_width
    header = "async def _():" if is_async else "def _():"
    lines = [unit * level + "if True:" for level in range(depth - 1)]
    lines.append(unit * (depth - 1) + header)
    if docstring:
        lines.append(unit * depth + '"""."""')
    formatted = run_ruff("\n".join(lines) + "\n" + indent(suite, unit * depth), settings).split("\n")
    start = next(number for number, line in enumerate(formatted) if line.strip() == header) + 1 + docstring
    body = dedent("\n".join(formatted[start:]), unit * depth)
    return body if docstring else body.lstrip("\n")


def run_ruff(source: str, settings: FormatSettings) -> str:
    """The source formatted by `ruff format` under these settings and no others. Raises as `format_suite`."""
    import subprocess

    command = [ruff_path(), "format", "--isolated", "--no-cache", "--stdin-filename", "body.py"]
    for option in _options(settings):
        command += ["--config", option]
    try:
        done = subprocess.run(  # a fixed program and fixed options; the text goes to its input
            [*command, "-"], input=source.encode(), capture_output=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise FormatterMissing(f"ruff, which formats what is generated, does not run ({error}); {_INSTALL}") from error
    if done.returncode != 0:
        reason = done.stderr.decode(errors="replace").strip() or f"exit code {done.returncode}"
        raise TemplateError(f"ruff format refused the filled function: {reason}")
    return done.stdout.decode()


@cache
def ruff_path() -> str:
    """Where ruff is. Raises FormatterMissing, saying how to install it."""
    try:
        from ruff import find_ruff_bin

        found: str = find_ruff_bin()
    except (ImportError, FileNotFoundError) as error:
        raise FormatterMissing(f"ruff, which formats what is generated, is not installed; {_INSTALL}") from error
    return found


def _options(settings: FormatSettings) -> list[str]:
    options = [
        f"line-length={settings.line_length}",
        f"indent-width={settings.indent_width}",
        f'format.quote-style="{settings.quote_style}"',
        f'format.indent-style="{settings.indent_style}"',
        f"format.skip-magic-trailing-comma={'false' if settings.magic_trailing_comma else 'true'}",
        f"format.docstring-code-format={'true' if settings.docstring_code_format else 'false'}",
        'format.line-ending="lf"',
    ]
    if settings.target_version and _minor(settings.target_version) <= sys.version_info.minor:
        options.append(f'target-version="{settings.target_version}"')
    return options


def _minor(version: str) -> int:
    """The minor version of `py311`; beyond what this Python parses, ruff's own default serves instead."""
    digits = version.removeprefix("py3")
    return int(digits) if digits.isdigit() else sys.version_info.minor + 1
