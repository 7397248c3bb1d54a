"""Links and definitions: from a template, prompt block or golden file to its file, from a name to what defines it."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from intaglio.assist.bindings import BindingKind, binding_of, bindings_in
from intaglio.assist.expressions import Meaning, Name, name_at
from intaglio.assist.view import View
from intaglio.finding import Span
from intaglio.spec.model import Spec
from intaglio.spec.module_index import ImportedName
from intaglio.spec.reach import locate_import
from intaglio.template.library import file_of


@dataclass(frozen=True, slots=True)
class Link:
    """A part of a block that names a file, and that file."""

    span: Span
    target: Path
    tooltip: str


@dataclass(frozen=True, slots=True)
class Definition:
    """Where a thing is defined. `file` is None for the view's own file; `span` counts its bytes, None for its beginning."""

    origin: Span
    file: Path | None
    span: Span | None = None
    whole: Span | None = None
    """The whole definition, where more than the name is known."""


def document_links(view: View) -> tuple[Link, ...]:
    """The files that a file's specs name, as far as they are there."""
    return tuple(link for spec, moved in view.placed() for link in links_of(view, spec, moved))


def links_of(view: View, spec: Spec, moved: int = 0) -> Iterator[Link]:
    """The files that one spec names: its template, its prompt blocks, its golden files."""
    root = view.snapshot.root if view.trusted else None
    for directive in spec.directives:
        if directive.key in {"template", "comply"}:
            kind = "functions" if directive.key == "template" else "blocks"
            file = file_of(kind, directive.value.value.strip(), root)
            if file is not None:
                yield Link(
                    directive.value.span.shift(moved),
                    file,
                    "the template" if kind == "functions" else "the prompt block",
                )
    for golden in spec.golden:
        path = posixpath.normpath(posixpath.join(posixpath.dirname(view.path), golden.path.value))
        if not path.startswith("../") and view.snapshot.read(path) is not None:
            yield Link(golden.path.span.shift(moved), view.snapshot.root / path, "golden rows")


def definition(view: View, offset: int) -> Definition | None:
    """What defines the thing at a byte of a block; None where that is not known, and outside of blocks."""
    spec = view.spec_at(offset)
    if spec is None or not spec.block.contains(offset):
        return None
    if (name := name_at(spec, offset)) is not None:
        return _of_name(view, spec, name)
    link = next((one for one in links_of(view, spec) if one.span.contains(offset)), None)
    return Definition(link.span, link.target) if link is not None else None


def _of_name(view: View, spec: Spec, name: Name) -> Definition | None:
    match name.meaning:
        case Meaning.PARAMETER:
            found = next((one for one in spec.function.parameters if one.name == name.name), None)
            return Definition(name.span, None, found.span, found.span) if found is not None else None
        case Meaning.FUNCTION:
            return Definition(name.span, None, spec.function.name_span, spec.function.span)
        case Meaning.RESULT:
            return Definition(name.span, None, spec.function.name_span, spec.function.header)
        case Meaning.DEFINED | Meaning.BUILTIN:
            return _in_module(view, name)
    return None


def _in_module(view: View, name: Name) -> Definition | None:
    binding = binding_of(view.document, name.name)
    if binding is None:
        return None
    here = Definition(name.span, None, binding.span, binding.statement)
    if binding.kind is not BindingKind.IMPORT:
        return here
    statement = view.document.data[binding.statement.start : binding.statement.end].decode("utf-8", "replace")
    imported = imported_as(statement, name.name)
    located = locate_import(view.path, imported, view.snapshot.text) if imported is not None else None
    if imported is None or located is None:
        return here
    target, _, is_module = located
    text = view.snapshot.text(target)
    file = view.snapshot.root / target
    if text is None or imported.member is None or is_module:
        return Definition(name.span, file)
    found = next(
        (one for one in bindings_in(text.encode("utf-8", "surrogatepass"), 0) if one.name == imported.member), None
    )
    return (
        Definition(name.span, file, found.span, found.statement) if found is not None else Definition(name.span, file)
    )


def imported_as(statement: str, name: str) -> ImportedName | None:
    """What an import statement binds to a name."""
    try:
        node = ast.parse(statement.strip()).body[0]
    except (SyntaxError, ValueError, IndexError, RecursionError, MemoryError):
        return None
    if isinstance(node, ast.ImportFrom):
        for alias in node.names:
            if (alias.asname or alias.name) == name:
                return ImportedName(name, node.module or "", node.level, alias.name)
    elif isinstance(node, ast.Import):
        for alias in node.names:
            if (alias.asname or alias.name.partition(".")[0]) == name:
                return ImportedName(name, alias.name, 0, None)
    return None
