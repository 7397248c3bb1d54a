"""From lines and columns of tools to places in a function."""

from __future__ import annotations

import ast

from intaglio.candidate import Subject
from intaglio.finding import Place, Span
from intaglio.spec.module_index import index_module


class Lines:
    """A subject's text by lines; columns in code points from 1 (tools) or in bytes from 0 (`ast`)."""

    def __init__(self, subject: Subject) -> None:
        self.function = subject.spec.function.span
        self._lines = subject.source_bytes.split(b"\n")
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def offset(self, line: int, column: int) -> int:
        """The byte of a line (from 1) and a column in code points (from 1)."""
        if not 1 <= line <= len(self._lines):
            return self._starts[-1]
        text = self._lines[line - 1].decode("utf-8", "surrogatepass")
        return self._starts[line - 1] + len(text[: column - 1].encode("utf-8", "surrogatepass"))

    def place(self, line: int, column: int, end_line: int, end_column: int) -> Place | None:
        """A place in the function; None for what begins outside of it."""
        start, end = self.offset(line, column), self.offset(end_line, end_column)
        if not self.function.start <= start < self.function.end:
            return None
        return Place("function", Span(start, max(start, min(end, self.function.end))).shift(-self.function.start))

    def of_node(self, node: ast.AST) -> Place:
        """The place of a node of the whole file's tree; the whole function where it has no position."""
        line, end_line = getattr(node, "lineno", None), getattr(node, "end_lineno", None)
        if line is None or end_line is None:
            return Place("function", Span(0, self.function.end - self.function.start))
        start = self._starts[line - 1] + getattr(node, "col_offset", 0)
        end = self._starts[end_line - 1] + (getattr(node, "end_col_offset", 0) or 0)
        return Place("function", Span(start, end).shift(-self.function.start))


def function_node(subject: Subject) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """The subject's function in the tree of its file. Raises SyntaxError."""
    name_line = subject.source_bytes[: subject.spec.function.name_span.start].count(b"\n") + 1
    for statement in tree_of(subject).body:
        if statement.lineno > name_line or (statement.end_lineno or 0) < name_line:
            continue
        for node in ast.walk(statement):
            if (
                isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
                and node.name == subject.spec.function.name
                and node.lineno == name_line
            ):
                return node
    return None


def tree_of(subject: Subject) -> ast.Module:
    """The tree of a subject's file, which its fingerprints were taken from too. To be read only. Raises SyntaxError."""
    index = index_module(subject.path, subject.text)
    if index.tree is None:
        raise SyntaxError(index.error)
    return index.tree
