"""Fill a template: put the guards and a body where its marks stand. Text in, dedented suite out; no files, no formatter."""

from __future__ import annotations

from intaglio.spec.model import Spec
from intaglio.template.guards import render_guards
from intaglio.template.indentation import dedent, indent, leading_space, unix_lines
from intaglio.template.model import Template
from intaglio.template.shape import read_shape


def fill(template: Template, spec: Spec, body: str) -> str:
    """The suite of the filled function, dedented: the template's statements, with guards and body in their places.

    `body` is dedented statements. The same for methods, async functions and generators: what differs is their header.
    In a generator the guards run when the first item is asked for. Raises TemplateError for a template or an expression
    of the spec that cannot be used.
    """
    source = unix_lines(template.source)
    shape = read_shape(source, template.path)
    lines = source.split("\n")
    parts: list[str] = []
    first = _first_line(lines, shape.statements[0].lineno)
    line = first
    for mark, text in ((shape.guards, render_guards(spec)), (shape.slot, unix_lines(body))):
        parts.extend(lines[line - 1 : mark.lineno - 1])
        parts.extend(_without_end(indent(text, leading_space(lines[mark.lineno - 1]))))
        line = mark.lineno + 1
    last = shape.function.end_lineno or line
    parts.extend(lines[line - 1 : last])
    return dedent("\n".join(parts), leading_space(lines[shape.statements[0].lineno - 1])).rstrip() + "\n"


def _first_line(lines: list[str], line: int) -> int:
    """The line (from 1) of the comments directly above a line, or that line."""
    while lines[line - 2].lstrip().startswith("#"):
        line -= 1
    return line


def _without_end(text: str) -> list[str]:
    stripped = text.strip("\n")
    return stripped.split("\n") if stripped else []
