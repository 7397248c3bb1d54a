"""Functions that are half typed: their header read alone, so that a spec is still seen while its body is being written.

Only for text in which the parser finds no function at a place where one begins.
"""

from __future__ import annotations

import re
from dataclasses import replace

from tree_sitter import Language, Node, Parser

from intaglio.finding import Span
from intaglio.spec.function import kind_of, normal_name, read_function
from intaglio.spec.model import Function

_TOKEN = re.compile(
    rb"""\#[^\n]* | \"(?:[^\"\\\n]++|\\.)*+\" | '(?:[^'\\\n]++|\\.)*+' | (?P<open>[\[({]) | (?P<close>[\])}])
    | (?P<colon>:) | (?P<end>\n)""",
    re.VERBOSE,
)
_OWNER = re.compile(rb"^[ \t]*(?:async[ \t]+)?(class|def)[ \t]+([\w\x80-\xff]+)")
_DEF = re.compile(rb"(?:^|(?<=\n))[ \t\f]*(?:async[ \t]+)?def\b")


def broken_function(language: Language, data: bytes, offset: int, base: int) -> Function | None:
    """The function whose first decorator, `def` or `async` is at `offset`; None when its header has no end yet.

    Its suite is what is indented further than its `def`, its owners the classes above that are indented less.
    """
    line = data.rfind(b"\n", 0, offset) + 1
    definition = _DEF.search(data, line)
    if definition is None:
        return None
    colon = _header_end(data, definition.end())
    if colon is None:
        return None
    header = b" " * offset + data[offset:colon] + b" ..."
    root = Parser(language).parse(header).root_node
    node: Node | None = root.named_children[0] if root.named_children else None
    if node is not None and node.type == "decorated_definition":
        node = node.child_by_field_name("definition")
    if node is None or node.type != "function_definition" or node.has_error:
        return None
    function = read_function(node, header, base)
    lead = data[line:offset]
    indentation = lead if not lead.strip() else b""
    suite_end = _suite_end(data, colon, indentation)
    body_start = next((place for place in range(colon, suite_end) if data[place : place + 1].strip()), suite_end)
    if b"\n" in data[colon:body_start]:
        body_start = data.rfind(b"\n", colon, body_start) + 1
    owners, nested = _owners(data, line, len(indentation))
    return replace(
        function,
        owners=owners,
        qualified_name=".".join((*owners, function.name)),
        kind=kind_of(owners, function.decorators, nested=nested),
        is_nested=nested,
        is_stub=False,
        is_one_line=b"\n" not in data[colon:body_start],
        indentation=indentation.decode(),
        span=Span(function.span.start, base + suite_end),
        suite=Span(base + colon, base + suite_end),
        docstring=None,
        body=Span(base + body_start, base + suite_end),
    )


def _header_end(data: bytes, offset: int) -> int | None:
    """Behind the colon that opens the suite of the `def` before `offset`."""
    depth = 0
    for token in _TOKEN.finditer(data, offset):
        match token.lastgroup:
            case "open":
                depth += 1
            case "close":
                depth -= 1
            case "colon" if depth == 0:
                return token.end()
            case "end" if depth <= 0:
                return None
    return None


def _suite_end(data: bytes, colon: int, indentation: bytes) -> int:
    end = data.find(b"\n", colon)
    end = len(data) if end < 0 else end
    last = colon + len(data[colon:end].rstrip())
    while end < len(data):
        stop = data.find(b"\n", end + 1)
        stop = len(data) if stop < 0 else stop
        line = data[end + 1 : stop]
        if line.strip():
            blank = line[: len(line) - len(line.lstrip())]
            if len(blank) <= len(indentation):
                break
            last = end + 1 + len(line.rstrip())
        end = stop
    return last


def _owners(data: bytes, line: int, column: int) -> tuple[tuple[str, ...], bool]:
    """Names of the classes and functions above that are indented less, outermost first; whether one is a function."""
    owners: list[str] = []
    nested = False
    for above in reversed(data[:line].split(b"\n")):
        if not column:
            break
        text = above.strip()
        indent = len(above) - len(above.lstrip())
        if not text or text.startswith((b"#", b")", b"]", b"}")) or indent >= column:
            continue
        column = indent
        if match := _OWNER.match(above):
            nested = nested or match.group(1) == b"def"
            owners.append(normal_name(match.group(2).decode("utf-8", "replace")))
    return tuple(reversed(owners)), nested
