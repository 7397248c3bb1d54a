"""What a file binds at module level, and by which statements. Built once a file; reads trees, runs nothing."""

from __future__ import annotations

import ast
import bisect
import functools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeGuard

from intaglio.finding import Span
from intaglio.spec.scope import bound_names, free_names

AnyFunction = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class ImportedName:
    """One name of one import: `import module as name`, or `from module import member as name`.

    `module` is as written, without its leading dots, which `level` counts.
    """

    name: str
    module: str
    level: int
    member: str | None

    @property
    def source(self) -> str:
        """The import of this name alone."""
        if self.member is None:
            return f"import {self.module}" + (f" as {self.name}" if self.name != self.module.partition(".")[0] else "")
        tail = f" as {self.name}" if self.name != self.member else ""
        return f"from {'.' * self.level}{self.module} import {self.member}{tail}"


@dataclass(eq=False, slots=True)
class Statement:
    """A statement at module level that binds names. `order` is its place in the file.

    `imported` is set for one name of an import (then `names` is that name); `imports` are those within a compound
    statement, such as the halves of a `try`.
    """

    order: tuple[int, int]
    node: ast.stmt
    names: tuple[str, ...]
    source: str
    span: Span
    imported: ImportedName | None = None
    imports: tuple[ImportedName, ...] = ()
    changed: tuple[str, ...] = ()
    """Names that it changes rather than binds."""
    _free: frozenset[str] | None = None

    @property
    def free(self) -> frozenset[str]:
        """Names that it takes from the module or from the builtins."""
        if self._free is None:
            self._free = frozenset() if self.imported else free_names([self.node])
        return self._free


@dataclass(eq=False, slots=True)
class ModuleIndex:
    """A file's bindings. `error` says why it cannot be read, and then there are none."""

    path: str
    text: str
    error: str = ""
    tree: ast.Module | None = None
    lines: LineOffsets | None = None
    statements: dict[str, list[Statement]] = field(default_factory=dict)
    """By name that they bind, in the order of the text."""
    changes: dict[str, list[Statement]] = field(default_factory=dict)
    """Statements that change or bind a name again, by name: `X += 1`, `X[0] = 1`, `X.a = 1`, `del X`."""
    stars: list[tuple[str, int, Span]] = field(default_factory=list)
    """`from MODULE import *`: the module and its leading dots."""
    futures: list[Statement] = field(default_factory=list)
    functions: dict[str, list[AnyFunction]] = field(default_factory=dict)
    """Every function of the file by its own name, nested ones too."""
    rebound_by_functions: frozenset[str] = frozenset()
    """Names that some function declares `global`."""
    _owners: tuple[list[int], list[Statement]] = field(default_factory=lambda: ([], []))

    def owner_of(self, function: AnyFunction) -> Statement:
        """The statement at module level that holds a function: itself, a class, or what it is nested in."""
        lines, statements = self._owners
        place = bisect.bisect_right(lines, function.lineno) - 1
        if place < 0:
            return Statement((0, 0), function, (function.name,), "", Span(0, 0))
        return statements[place]


@functools.lru_cache(maxsize=64)
def index_module(path: str, text: str) -> ModuleIndex:
    """Read a file's bindings. Never raises for what the text holds: `error` says what is wrong."""
    index = ModuleIndex(path, text)
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        place = f" (line {error.lineno})" if isinstance(error, SyntaxError) and error.lineno else ""
        reason = error.msg if isinstance(error, SyntaxError) else str(error) or type(error).__name__
        index.error = f"{path} is not valid Python: {reason}{place}"
        return index
    index.tree = tree
    lines = index.lines = LineOffsets(text)
    for number, node in enumerate(tree.body):
        _index_statement(index, node, (number, 0), lines)
    rebound: set[str] = set()
    for inner in _walk_functions(tree):
        if isinstance(inner, ast.Global):
            rebound.update(inner.names)
        else:
            index.functions.setdefault(inner.name, []).append(inner)
    index.rebound_by_functions = frozenset(rebound)
    return index


class LineOffsets:
    """Byte offsets of a text's lines, as `ast` counts lines."""

    __slots__ = ("data", "starts")

    def __init__(self, text: str) -> None:
        self.data = text.encode("utf-8", "surrogatepass")
        self.starts = [0]
        data = self.data
        if b"\r" in data:
            data = data.replace(b"\r\n", b"\n\n").replace(b"\r", b"\n")
            position = -1
            while (position := data.find(b"\n", position + 1)) >= 0:
                if self.data[position : position + 2] == b"\r\n":
                    position += 1
                self.starts.append(position + 1)
        else:
            position = -1
            while (position := data.find(b"\n", position + 1)) >= 0:
                self.starts.append(position + 1)

    def start(self, node: ast.stmt | ast.expr | ast.arg) -> int:
        """Where a node begins, without its decorators."""
        return self.starts[node.lineno - 1] + node.col_offset

    def end(self, node: ast.stmt | ast.expr | ast.arg) -> int:
        """Where a node ends."""
        return self.starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or node.col_offset)

    def span(self, node: ast.stmt | ast.expr | ast.arg) -> Span:
        """A node's bytes, its decorators included."""
        decorators = getattr(node, "decorator_list", None)
        start = self.data.rindex(b"@", 0, self.start(decorators[0])) if decorators else self.start(node)
        return Span(start, self.end(node))

    def text(self, span: Span) -> str:
        """The text of a span."""
        return self.data[span.start : span.end].decode("utf-8", "surrogatepass")


def _index_statement(index: ModuleIndex, node: ast.stmt, order: tuple[int, int], lines: LineOffsets) -> None:
    if isinstance(node, ast.Import | ast.ImportFrom):
        _index_import(index, node, order, lines)
        return
    if isinstance(node, ast.If) and _is_type_checking(node.test):
        for number, inner in enumerate(node.body):
            _index_statement(index, inner, (order[0], order[1] * 1000 + number + 1), lines)
        for number, inner in enumerate(node.orelse, len(node.body)):
            _index_statement(index, inner, (order[0], order[1] * 1000 + number + 1), lines)
        return
    changed = _changed_names(node)
    names = bound_names(node) if not isinstance(node, ast.Delete) else ()
    if not names and not changed:
        return
    span = lines.span(node)
    statement = Statement(
        order, node, names, lines.text(span), span, imports=tuple(_imports_within(node)), changed=changed
    )
    index._owners[0].append(node.lineno)  # noqa: SLF001 - the index is built here
    index._owners[1].append(statement)  # noqa: SLF001 - the index is built here
    for name in names:
        if name not in changed:
            index.statements.setdefault(name, []).append(statement)
    for name in changed:
        index.changes.setdefault(name, []).append(statement)


def _index_import(
    index: ModuleIndex, node: ast.Import | ast.ImportFrom, order: tuple[int, int], lines: LineOffsets
) -> None:
    span = lines.span(node)
    if isinstance(node, ast.ImportFrom) and node.module == "__future__":
        names = tuple(alias.name for alias in node.names)
        index.futures.append(Statement(order, node, names, lines.text(span), span))
        return
    if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
        index.stars.append((node.module or "", node.level, span))
        return
    for imported in imported_names(node):
        statement = Statement(order, node, (imported.name,), imported.source, span, imported)
        index.statements.setdefault(imported.name, []).append(statement)


def imported_names(node: ast.Import | ast.ImportFrom) -> Iterator[ImportedName]:
    """Each name of an import; nothing of `from MODULE import *`."""
    for alias in node.names:
        if isinstance(node, ast.Import):
            yield ImportedName(alias.asname or alias.name.partition(".")[0], alias.name, 0, None)
        elif alias.name != "*":
            yield ImportedName(alias.asname or alias.name, node.module or "", node.level, alias.name)


def _imports_within(node: ast.stmt) -> Iterator[ImportedName]:
    """Imports in a compound statement's own scope (`try: import x`), functions and classes left out."""
    if not isinstance(node, ast.If | ast.Try | ast.With | ast.For | ast.While | ast.TryStar | ast.Match):
        return
    pending: list[ast.AST] = [node]
    while pending:
        part = pending.pop()
        if isinstance(part, ast.Import | ast.ImportFrom):
            yield from imported_names(part)
        elif not isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.expr):
            pending.extend(ast.iter_child_nodes(part))


def _is_type_checking(test: ast.expr) -> bool:
    return (isinstance(test, ast.Name) and test.id == "TYPE_CHECKING") or (
        isinstance(test, ast.Attribute) and test.attr == "TYPE_CHECKING" and isinstance(test.value, ast.Name)
    )


def _changed_names(node: ast.stmt) -> tuple[str, ...]:
    """Names that a simple statement changes rather than binds."""
    targets: list[ast.expr] = []
    if isinstance(node, ast.AugAssign):
        return _base_names([node.target])
    if isinstance(node, ast.Delete):
        targets = node.targets
        return _base_names(targets)
    if isinstance(node, ast.Assign):
        targets = [part for target in node.targets for part in _unpacked(target)]
    elif isinstance(node, ast.AnnAssign):
        targets = [node.target]
    elif isinstance(node, ast.Expr) and _is_method_call(node.value):
        return _base_names([node.value.func])
    return _base_names([target for target in targets if not isinstance(target, ast.Name)])


def _is_method_call(node: ast.expr) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)


def _unpacked(target: ast.expr) -> Iterator[ast.expr]:
    if isinstance(target, ast.Tuple | ast.List):
        for element in target.elts:
            yield from _unpacked(element)
    elif isinstance(target, ast.Starred):
        yield from _unpacked(target.value)
    else:
        yield target


def _base_names(targets: list[ast.expr]) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for target in targets:
        for part in _unpacked(target):
            base: ast.expr = part
            while isinstance(base, ast.Attribute | ast.Subscript | ast.Starred):
                base = base.value
            if isinstance(base, ast.Name):
                names[base.id] = None
    return tuple(names)


_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")
_BLOCKS_OF: dict[type[ast.AST], tuple[str, ...]] = {}


def _walk_functions(tree: ast.Module) -> Iterator[AnyFunction | ast.Global]:
    """Every function and `global` statement; expressions, which hold neither, are not entered."""
    pending: list[ast.AST] = list(reversed(tree.body))
    while pending:
        node = pending.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Global):
            yield node
        kind = node.__class__
        blocks = _BLOCKS_OF.get(kind)
        if blocks is None:
            blocks = _BLOCKS_OF[kind] = tuple(name for name in _BLOCKS if name in kind._fields)
        for block in blocks:
            pending.extend(reversed(getattr(node, block)))
