"""Reading specs quickly, from the tree that Python itself made of a file. Judges nothing.

`read_plain` answers for files in which every spec stands in the plain way: directly above a function of the module or
of a class, with a header of the plain shapes. It gives None for everything else, which the reader of `python.py` then
reads. The two agree wherever the first answers; a test holds them together.
"""

from __future__ import annotations

import ast
import bisect
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from intaglio.finding import Span
from intaglio.spec.almost import MAY_BE
from intaglio.spec.block import START, block_lines, parse_block
from intaglio.spec.function import DOCSTRING_PREFIX, indent_of, kind_of, lay_out, returns_generator
from intaglio.spec.model import Function, Parameter, ParameterKind, Reading, Spec
from intaglio.spec.module_index import AnyFunction, LineOffsets, ModuleIndex, index_module
from intaglio.spec.reading import in_order
from intaglio.spec.values import read_values

_HEADER = re.compile(rb"(?:async[ \t]+)?def[ \t]+([^\s(\[:]+)[ \t]*\(")
_CLOSE = re.compile(rb"[\s,/]*\)[ \t]*")
_COLON = re.compile(rb"[ \t]*:")
_NEAR = 80
"""How far before an expression its mark is looked for."""
_STUB_ERROR = re.compile(rb"raise[ \t]+NotImplementedError[ \t]*(\(|$)")


def read_unjudged(path: str, text: str) -> Reading:
    """What `read_specs` gives without its checks, at the least cost for whoever needs the file's index too.

    The other reader and its parser are loaded for the first file that is not plain.
    """
    if (quick := read_plain(index_module(path, text))) is not None:
        return quick
    from intaglio.spec.python import read_specs

    return read_specs(text, check=False)


class _NotPlain(Exception):
    """Something that this reader leaves to the other."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A function, the classes around it, and the last line of what stands above it."""

    node: AnyFunction
    owners: tuple[str, ...]
    above: int


def read_plain(index: ModuleIndex) -> Reading | None:
    """The specs of a file as `read_specs` without its checks gives them, or None where they are not all plain."""
    lines = index.lines
    if index.tree is None or lines is None or b"\r" in lines.data or b"\f" in lines.data:
        return None
    if MAY_BE.search(lines.data):
        return None
    try:
        return Reading(tuple(_specs(index, lines)), ())
    except _NotPlain:
        return None


def _specs(index: ModuleIndex, lines: LineOffsets) -> Iterator[Spec]:
    data = lines.data
    places: dict[int, _Place] | None = None
    taken = 0
    for match in START.finditer(data):
        if match.start() < taken:
            continue
        if places is None:
            places = dict(_places(index))
        block, taken = block_lines(data, match.start())
        line = bisect.bisect_right(lines.starts, taken)
        place = places.get(line)
        if place is None or place.above >= line - len(block) or len(index.functions[place.node.name]) > 1:
            raise _NotPlain
        spec = read_values(parse_block(block), _function(place, lines, taken))
        yield replace(spec, findings=in_order(spec.findings)) if spec.findings else spec


def _places(index: ModuleIndex) -> Iterator[tuple[int, _Place]]:
    """The functions of the module and of its classes, each with its first line."""
    pending: list[tuple[list[ast.stmt], tuple[str, ...], int]] = [(index.tree.body if index.tree else [], (), 0)]
    while pending:
        body, owners, above = pending.pop()
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                first = node.decorator_list[0].lineno if node.decorator_list else node.lineno
                yield first, _Place(node, owners, above)
            elif isinstance(node, ast.ClassDef) and not getattr(node, "type_params", None):
                header = [*node.bases, *(keyword.value for keyword in node.keywords)]
                last = max((part.end_lineno or part.lineno for part in header), default=node.lineno)
                pending.append((node.body, (*owners, node.name), max(last, node.lineno)))
            above = node.end_lineno or node.lineno


def _function(place: _Place, lines: LineOffsets, first: int) -> Function:
    """A function whose first line begins at `first`."""
    node, data = place.node, lines.data
    define = lines.start(node)
    decorators = tuple(_decorator(one, lines) for one in node.decorator_list)
    outer = lines.start(node.decorator_list[0]) - 1 if decorators else define
    header = _HEADER.match(data, define)
    if header is None or data[first:outer].strip():
        raise _NotPlain
    parameters = tuple(_parameters(node.args, lines))
    close = _CLOSE.match(data, parameters[-1].span.end if parameters else header.end())
    if close is None:
        raise _NotPlain
    returns, end = None, close.end()
    if node.returns is not None:
        start, after = lines.start(node.returns), lines.end(node.returns)
        if data[end:start].strip() != b"->":
            raise _NotPlain
        returns, end = data[start:after].decode("utf-8", "surrogatepass"), after
    opened = _COLON.match(data, end)
    if opened is None:
        raise _NotPlain
    colon = opened.end()
    outermost = node.body if len(node.body) < 3 else [*node.body[:2], node.body[-1]]  # the layout depends on no others
    spans = [lines.span(statement) for statement in outermost]
    has_docstring = _is_docstring(node.body[0], spans[0], lines)
    one_line, body, suite_end = lay_out(data, colon, spans, has_docstring=has_docstring)
    rest = node.body[1:] if has_docstring else node.body
    return Function(
        name=node.name,
        qualified_name=".".join((*place.owners, node.name)),
        owners=place.owners,
        kind=kind_of(place.owners, decorators, nested=False),
        parameters=parameters,
        returns=returns,
        decorators=decorators,
        is_async=isinstance(node, ast.AsyncFunctionDef),
        is_generator=returns_generator(returns) or (b"yield" in data[colon:suite_end] and _has_yield(node)),
        is_nested=False,
        is_stub=not rest or (len(rest) == 1 and _is_stub(rest[0], data[spans[-1].start : spans[-1].end])),
        is_one_line=one_line,
        indentation=indent_of(data, define).decode(),
        span=Span(outer, suite_end),
        header=Span(outer, colon),
        suite=Span(colon, suite_end),
        docstring=spans[0] if has_docstring else None,
        body=Span(body, suite_end),
        name_span=Span(*header.span(1)),
    )


def _decorator(node: ast.expr, lines: LineOffsets) -> str:
    span = lines.span(node)
    if lines.data[span.start - 1 : span.start] != b"@":
        raise _NotPlain
    return lines.text(span)


def _parameters(arguments: ast.arguments, lines: LineOffsets) -> Iterator[Parameter]:
    """The parameters in the order of the text."""
    kind = ParameterKind
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults = [None] * (len(positional) - len(arguments.defaults)) + arguments.defaults
    for number, (one, default) in enumerate(zip(positional, defaults, strict=True)):
        only = number < len(arguments.posonlyargs)
        yield _parameter(one, default, kind.POSITIONAL_ONLY if only else kind.POSITIONAL_OR_KEYWORD, lines)
    if arguments.vararg is not None:
        yield _parameter(arguments.vararg, None, kind.VAR_POSITIONAL, lines, b"*")
    for one, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        yield _parameter(one, default, kind.KEYWORD_ONLY, lines)
    if arguments.kwarg is not None:
        yield _parameter(arguments.kwarg, None, kind.VAR_KEYWORD, lines, b"**")


def _parameter(
    one: ast.arg, default: ast.expr | None, kind: ParameterKind, lines: LineOffsets, stars: bytes = b""
) -> Parameter:
    name = lines.start(one)
    start, end = name - len(stars), lines.end(one)
    if (stars and lines.data[start:name] != stars) or isinstance(one.annotation, ast.Starred):
        raise _NotPlain
    annotation = value = None
    if one.annotation is not None:
        annotation, _ = _behind(b":", one.annotation, lines)
    if default is not None:
        value, end = _behind(b"=", default, lines)
    return Parameter(one.arg, kind, annotation, value, Span(start, end))


def _behind(mark: bytes, node: ast.expr, lines: LineOffsets) -> tuple[str, int]:
    """The text of an expression that stands behind a mark, and its end; one in brackets of its own is not plain."""
    start, end = lines.start(node), lines.end(node)
    if not lines.data[max(0, start - _NEAR) : start].rstrip().endswith(mark):
        raise _NotPlain
    return lines.data[start:end].decode("utf-8", "surrogatepass"), end


def _is_docstring(node: ast.stmt, span: Span, lines: LineOffsets) -> bool:
    if (
        not isinstance(node, ast.Expr)
        or not isinstance(node.value, ast.Constant)
        or not isinstance(node.value.value, str)
    ):
        return False
    return lines.span(node.value) == span and bool(DOCSTRING_PREFIX.match(lines.data, span.start))


def _is_stub(node: ast.stmt, text: bytes) -> bool:
    """See `function.py`: `...`, `pass`, or `raise NotImplementedError` with or without a call."""
    if isinstance(node, ast.Raise):
        raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        return isinstance(raised, ast.Name) and node.cause is None and bool(_STUB_ERROR.match(text))
    return isinstance(node, ast.Pass) or text == b"..."


def _has_yield(function: AnyFunction) -> bool:
    pending: list[ast.AST] = list(function.body)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            pending.extend(ast.iter_child_nodes(node))
    return False
