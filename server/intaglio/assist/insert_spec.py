"""A spec above a function that has none: its prose from the docstring, a first example and declared errors from the code.

What it proposes is to be corrected by a person: an example's outcome is a sample of the declared type, not what the body gives.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass

from tree_sitter import Node, Parser

from intaglio.assist.occurrences import Use, occurrences
from intaglio.assist.samples import sample_call, sample_of
from intaglio.assist.view import View
from intaglio.finding import Span
from intaglio.spec.block import START
from intaglio.spec.function import read_function
from intaglio.spec.model import Function, Spec, Text
from intaglio.spec.python import LANGUAGE

_RAISED = re.compile(rb"^[ \t]*raise[ \t]+([A-Za-z_]\w*)", re.MULTILINE)
_PROSE_WIDTH = 96


@dataclass(frozen=True, slots=True)
class Insertion:
    """`text` to insert at a byte: whole lines, the last with its newline. `prose` is where in the text the prose stands."""

    offset: int
    text: str
    prose: Span


def insert_spec(view: View, offset: int) -> Insertion | None:
    """A spec for the function whose header (or decorators) the byte at `offset` stands in; None where it needs none."""
    data = view.document.data
    root = Parser(LANGUAGE).parse(data).root_node if not view.document.sections else None
    function = _function_at(view, offset) if root is None else _in_tree(root, data, 0, offset)
    if function is None or function.is_nested:
        return None
    if any(spec.function.name_span == function.name_span for spec in view.document.reading.specs):
        return None
    line = data.rfind(b"\n", 0, function.span.start) + 1
    if _has_block_above(data, line):
        return None
    newline = "\r\n" if b"\r\n" in data[: line or len(data)] else "\n"
    spec = Spec(function, Span(line, line), Text("", Span(line, line)), ())
    prose = _prose(function, data)
    lines = [f"# spec: {prose[0]}", *(f"#   {one}" for one in prose[1:]), *_raises(function, data)]
    returns = "list[object]" if function.is_generator else function.returns
    call = sample_call(view.document, spec)
    expected = sample_of(view.document, returns).python
    lines.append(f"# example: {call} {'is None' if expected == 'None' else f'== {expected}'}")
    text = "".join(f"{function.indentation}{one}{newline}" for one in lines)
    start = len(f"{function.indentation}# spec: ".encode())
    return Insertion(line, text, Span(start, start + len(prose[0].encode())))


def _function_at(view: View, offset: int) -> Function | None:
    for section, start in view.document.sections:
        if start <= offset < start + len(section.data):
            return _in_tree(Parser(LANGUAGE).parse(section.data).root_node, section.data, start, offset)
    return None


def _in_tree(root: Node, data: bytes, start: int, offset: int) -> Function | None:
    """The function whose lines from its first decorator to the colon of its header hold a byte."""
    pending = [root]
    found: Function | None = None
    while pending:
        node = pending.pop()
        if node.type == "function_definition":
            function = read_function(node, data, start)
            line = data.rfind(b"\n", 0, function.span.start - start) + 1 + start
            if line <= offset <= function.header.end:
                found = function
        pending.extend(node.named_children)
    return found


def _has_block_above(data: bytes, line: int) -> bool:
    """Whether the comment lines directly above begin a spec."""
    while line > 0:
        above = data.rfind(b"\n", 0, line - 1) + 1
        if not data[above:line].lstrip().startswith(b"#"):
            return False
        if START.match(data[above:line]):
            return True
        line = above
    return False


def _prose(function: Function, data: bytes) -> list[str]:
    """The docstring's first paragraph; else words that the reader will call vague until a person writes better ones."""
    if function.docstring is not None:
        source = data[function.docstring.start : function.docstring.end].decode("utf-8", "replace")
        text = re.sub(r"\A[rRuU]*(\"{3}|'{3}|[\"'])|(\"{3}|'{3}|[\"'])\Z", "", source.strip())
        paragraph = " ".join(textwrap.dedent(text).strip().partition("\n\n")[0].split())
        if paragraph:
            return textwrap.wrap(paragraph, _PROSE_WIDTH - len(function.indentation), break_on_hyphens=False)
    return [function.name.strip("_").replace("_", " ").capitalize() or "Function"]


def _raises(function: Function, data: bytes) -> list[str]:
    if function.is_stub:
        return []
    body = data[function.body.start : function.body.end]
    names = dict.fromkeys(name.decode() for name in _RAISED.findall(body))
    inner = Parser(LANGUAGE).parse(body).root_node
    local = {one.name for one in occurrences(inner, body, of_function=True) if one.use is Use.LOCAL}
    return [f"# raises: {name}" for name in names if name[:1].isupper() and name not in local]
