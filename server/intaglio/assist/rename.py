"""Rename a parameter or the function of a spec, and keep code, examples and conditions in step. Prose is left alone.

What cannot be followed from the text (golden rows, attributes, texts) is told beside the edits. A rename that would change what
the code means is refused with the reason.
"""

from __future__ import annotations

import keyword
import posixpath
from collections.abc import Iterable
from dataclasses import dataclass

from tree_sitter import Parser

from intaglio.assist.expressions import OUTSIDE, Meaning, expressions_of, is_plain, names_of
from intaglio.assist.occurrences import Use, in_expression, occurrences
from intaglio.assist.references import Reference, Subject, body_names, references, section_names, subject_at
from intaglio.assist.view import View
from intaglio.finding import Span
from intaglio.spec.document import Document
from intaglio.spec.module_index import index_module
from intaglio.spec.python import LANGUAGE
from intaglio.spec.reach import locate_import


class RenameRefused(Exception):
    """The rename cannot be done; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class FileEdit:
    """One replacement, in bytes of the file at `path` (workspace-relative)."""

    path: str
    span: Span
    new_text: str


@dataclass(frozen=True, slots=True)
class Rename:
    """The edits, and what a person should know before they are applied."""

    edits: tuple[FileEdit, ...]
    notes: tuple[str, ...]


def prepare_rename(view: View, offset: int) -> tuple[Span, str] | None:
    """The place and text of the name that could be renamed; None where there is none of ours."""
    found = subject_at(view, offset)
    return (found[1], found[0].name) if found is not None else None


def rename(view: View, offset: int, new_name: str, paths: Iterable[str] = ()) -> Rename:
    """Rename what stands at a byte. `paths` are the workspace's Python files, in which imports of a function are followed.

    Raises RenameRefused.
    """
    found = subject_at(view, offset)
    if found is None:
        raise RenameRefused("only the function of a spec and its parameters can be renamed here")
    subject, _ = found
    if not new_name.isidentifier() or keyword.iskeyword(new_name):
        raise RenameRefused(f"`{new_name}` is no name: letters, digits and `_`, and no word of the language")
    if new_name == subject.name:
        return Rename((), ())
    places = references(view, subject)
    if subject.parameter is not None:
        _refuse_taken_parameter(view, subject, new_name, places)
        return Rename(_edits(view, places, new_name), _notes_on_parameter(view, subject))
    _refuse_taken_function(view, subject, new_name)
    edits, notes = _elsewhere(view, subject, new_name, paths)
    return Rename((*_edits(view, places, new_name), *edits), (*_notes_on_function(view, subject), *notes))


def _edits(view: View, places: Iterable[Reference], new_name: str) -> tuple[FileEdit, ...]:
    return tuple(FileEdit(view.path, place.span, new_name) for place in places)


def _refuse_taken_parameter(view: View, subject: Subject, new_name: str, places: Iterable[Reference]) -> None:
    spec, name = subject.spec, subject.name
    if any(place.imported for place in places):
        raise RenameRefused(f"the body imports something as `{name}`; give that another name first")
    if any(one.name == new_name for one in spec.function.parameters):
        raise RenameRefused(f"`{spec.function.name}` has a parameter `{new_name}` already")
    if new_name == "result":
        raise RenameRefused("`result` stands for the outcome in `ensure:`; choose another name")
    taken = {one.name for one in body_names(view, spec) if one.use in {Use.FREE, Use.LOCAL}}
    for expression in expressions_of(spec):
        taken |= {
            one.name
            for one in in_expression(expression.text.value)
            if one.use in {Use.FREE, Use.LOCAL} and expression.role not in OUTSIDE
        }
    if new_name in taken:
        raise RenameRefused(f"`{new_name}` means something else in `{spec.function.name}` already; choose another name")


def _refuse_taken_function(view: View, subject: Subject, new_name: str) -> None:
    spec = subject.spec
    if spec.function.is_nested:
        raise RenameRefused(f"`{spec.function.name}` stands inside of another function; move it to module level first")
    if new_name in {"result", "approx"}:
        raise RenameRefused(f"`{new_name}` is a word of the spec language; choose another name")
    if not is_plain(spec):
        owner = ".".join(spec.function.owners)
        if view.document.reading.find(f"{owner}.{new_name}") is not None:
            raise RenameRefused(f"`{owner}` has a `{new_name}` already")
        return
    names = view.document.names
    if names is None:
        raise RenameRefused(
            "the file has `from ... import *`, so what else is called so cannot be told; name the imports"
        )
    if new_name in names or any(True for one in section_names(view, new_name) if one.use in {Use.FREE, Use.LOCAL}):
        raise RenameRefused(f"the file uses the name `{new_name}` already; choose another one")


def _notes_on_parameter(view: View, subject: Subject) -> tuple[str, ...]:
    spec, name = subject.spec, subject.name
    notes = [
        f"{golden.path.value} names the parameter as a key of its rows; rows are data and stay as they are, so change their keys too"
        for golden in spec.golden
        if f'"{name}"'.encode() in (view.snapshot.read(_beside(view.path, golden.path.value)) or b"")
    ]
    if not is_plain(spec):
        notes.append(f"calls of `{spec.function.name}` outside of its spec that give `{name}=` are not followed")
    return tuple(notes)


def _notes_on_function(view: View, subject: Subject) -> tuple[str, ...]:
    spec = subject.spec
    notes = []
    state = view.states.get(spec.name)
    if state is not None and state.entry is not None:
        notes.append(f"the lock names `{spec.name}`; it is orphaned until it follows, or the function is locked again")
    if not is_plain(spec):
        notes.append(
            f"calls of `{spec.function.name}` outside of its spec are not followed: change `.{spec.function.name}` there too"
        )
    return tuple(notes)


def _elsewhere(
    view: View, subject: Subject, new_name: str, paths: Iterable[str]
) -> tuple[tuple[FileEdit, ...], tuple[str, ...]]:
    """Edits in the files that import the function by its name, and notes on those that may take it in another way."""
    spec, name = subject.spec, subject.name
    if not is_plain(spec):
        return (), ()
    edits: list[FileEdit] = []
    notes: list[str] = []
    for path in paths:
        text = view.snapshot.text(path) if path != view.path else None
        if text is None or name not in text:
            continue
        index = index_module(path, text)
        taken = [
            statement.imported
            for statements in index.statements.values()
            for statement in statements
            if statement.imported is not None
            and (located := locate_import(path, statement.imported, view.snapshot.text)) is not None
            and located[0] == view.path
        ]
        by_name = [imported for imported in taken if imported.member == name]
        if by_name:
            edits += _in_importer(path, text, name, new_name, renamed=any(one.name == name for one in by_name))
        by_star = any(module.rpartition(".")[2] == _stem(view.path) for module, _, _ in index.stars)
        if by_star or (len(by_name) < len(taken) and f".{name}" in text):
            notes.append(f"{path} takes `{name}` in a way that is not followed; change it there too")
    return tuple(edits), tuple(notes)


def _in_importer(path: str, text: str, name: str, new_name: str, *, renamed: bool) -> list[FileEdit]:
    """Edits of a file that has `from X import name`: the import, and where it is not given another name there, its uses."""
    data = text.encode("utf-8", "surrogatepass")
    root = Parser(LANGUAGE).parse(data).root_node
    spans: set[Span] = set()
    pending = [root]
    while pending:
        node = pending.pop()
        if node.type == "import_from_statement":
            for child in node.children_by_field_name("name"):
                bound = child.child_by_field_name("name") if child.type == "aliased_import" else child
                if bound is not None and data[bound.start_byte : bound.end_byte].decode("utf-8", "replace") == name:
                    spans.add(Span(bound.start_byte, bound.end_byte))
        pending.extend(node.named_children)
    if renamed:
        spans |= {
            Span(one.start, one.end) for one in occurrences(root, data) if one.name == name and one.use is Use.FREE
        }
        for spec in Document.open(text).reading.specs:
            for expression in expressions_of(spec):
                spans |= {
                    one.span
                    for one in names_of(spec, expression)
                    if one.name == name and one.meaning is Meaning.DEFINED
                }
    return [FileEdit(path, span, new_name) for span in sorted(spans)]


def _beside(path: str, other: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), other))


def _stem(path: str) -> str:
    return posixpath.basename(path).removesuffix(".py")
