"""Reach: which definitions of the workspace a spec's function stands on, read statically.

From the function's body and signature and the spec's expressions, names are followed to the statements that bind them at
module level: in the same file, and through `from X import name` in other files of the workspace, transitively. What
cannot be followed (star imports, attributes of workspace modules, names that are bound again) is a finding, never
silence. Nothing is imported or run. What lies outside the workspace is named and not followed.
"""

from __future__ import annotations

import builtins
import posixpath
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from intaglio.candidate import Definition, Reach
from intaglio.finding import Code, Finding, Place, Severity, Span
from intaglio.spec.model import Spec, Text
from intaglio.spec.module_index import AnyFunction, ImportedName, ModuleIndex, Statement, index_module
from intaglio.spec.rebinding import bound_again
from intaglio.spec.scope import expression_names

ReadModule = Callable[[str], str | None]
"""The text of a workspace file by its relative path, or None."""


@dataclass(slots=True)
class Walked:
    """What several walks share, for as long as every file stays as it was.

    `located` is where imports lead, by the file that they stand in: the workspace file, its dotted name, whether the member
    is a module. `reaches` are what sets of names of one file lead to, each with the file's statements that it came by; of one
    file alone, as editors keep this from key to key.
    """

    located: dict[tuple[str, ImportedName], tuple[str, str, bool] | None] = field(default_factory=dict)
    index: ModuleIndex | None = None
    reaches: dict[frozenset[str], tuple[Reach, frozenset[int]]] = field(default_factory=dict)


CODES: tuple[Code, ...] = (
    Code(
        "LK101", "reach-star-import", Severity.ERROR,
        "A file that the function reaches has `from X import *`, and a name that the function uses may come from it. "
        "Reading the text alone cannot tell, so a change there would go unseen.",
        "Import the names one by one: `from X import name`.",
    ),
    Code(
        "LK102", "reach-module-attribute", Severity.ERROR,
        "The function uses a module of the workspace as an object (`import helpers`, then `helpers.name`). What it "
        "takes from there cannot be followed reliably, so a change there would go unseen.",
        "Import the name itself: `from helpers import name`.",
    ),
    Code(
        "LK103", "reach-bound-again", Severity.WARNING,
        "A name that the function reaches is bound or changed more than once at module level. All of these statements "
        "count as part of what the function stands on.",
        "Bind the name once, and give its final value there.",
    ),
    Code(
        "LK104", "reach-global", Severity.WARNING,
        "A name that the function reaches is declared `global` in some function of its file: its value can change while "
        "the program runs, and no lock can see that.",
        "Pass the value as a parameter.",
    ),
    Code(
        "LK105", "reach-unreadable", Severity.ERROR,
        "A file that the function reaches cannot be read as Python, so what the function stands on is not known.",
        "Repair the file; the message gives the line.",
    ),
    Code(
        "LK106", "reach-missing-name", Severity.ERROR,
        "A name is imported from a file of the workspace that does not bind it.",
        "Correct the import, or define the name.",
    ),
    Code(
        "LK107", "reach-import-cycle", Severity.ERROR,
        "Files that the function reaches import each other, so their definitions have no order in which they can run.",
        "Move what both need into a third file.",
    ),
    Code(
        "LK108", "reach-shadows-library", Severity.ERROR,
        "A file of the workspace has the name of a standard-library module, and the function imports that name. Which "
        "of the two is meant depends on how the program is started.",
        "Rename the workspace's file.",
    ),
    Code(
        "LK109", "own-name-bound-again", Severity.ERROR,
        "Something below the function gives its name another meaning (an assignment, an import, a class, `del`, a star "
        "import, `global` in another function). Callers would get that, and not the body that was checked and locked.",
        "Remove it, or give it another name.",
    ),
)  # fmt: skip

_SEVERITIES = {code.id: code.severity for code in CODES}
_BUILTIN_NAMES = frozenset(dir(builtins)) | {"__file__", "__name__", "__doc__", "__builtins__", "__debug__"}
_SPEC_NAMES = frozenset({"result", "approx"})


def find_reach(
    text: str,
    path: str,
    spec: Spec,
    read_module: ReadModule,
    mentioned: frozenset[str] = frozenset(),
    walked: Walked | None = None,
) -> Reach:
    """What the function of `spec`, read from `text` at `path`, reaches.

    Definitions come in an order in which they can be executed: those of other files first, file by file, each file's in
    the order of its text. A file's definitions carry its dotted module name, the own file's "". An import of a workspace
    name is itself a definition of the importing file, and stands behind the imported file's. For a method, the owning
    class is a definition in which the method's suite is `...`. Names of `mentioned` that the module binds are followed too,
    as if the function used them. `walked` keeps what was followed, for further specs that `read_module` gives the same
    texts to. Never raises for what texts hold.
    """
    walked = Walked() if walked is None else walked
    walk = _Walk(path, read_module, walked.located)
    index = index_module(path, text)
    if index.error:
        walk.report("LK105", index.error)
        return Reach((), tuple(walk.findings))
    function = function_node(index, spec)
    if function is None:
        walk.report("LK105", f"{path} has no function {spec.name} where its spec was read; read the file again")
        return Reach((), tuple(walk.findings))
    own = index.owner_of(function)
    names = own.free | spec_names(spec) | (mentioned & index.statements.keys())
    if not index.stars:
        names &= index.statements.keys() | index.changes.keys()
    walk.root = own
    if not spec.function.owners:
        return _reach_of_function(walk, index, own, spec, names - {spec.function.name}, walked)
    if own.names:
        walk.add(index, "", own)
        names |= {spec.function.owners[0]}
    return _reach_from(walk, index, spec, names)


def _reach_of_function(
    walk: _Walk, index: ModuleIndex, own: Statement, spec: Spec, names: frozenset[str], walked: Walked
) -> Reach:
    """What a function of the module reaches. Walks from the same names differ only where they come by the function."""
    if again := bound_again(index, own, spec.function.name):
        walk.report("LK109", again[0], index, again[1])
        return _reach_from(walk, index, spec, names)
    if walked.index is not index:
        walked.index, walked.reaches = index, {}
    known = walked.reaches.get(names)
    if known is not None and id(own) not in known[1]:
        return known[0]
    reach = _reach_from(walk, index, spec, names)
    if not walk.met_root:
        walked.reaches[names] = reach, frozenset(walk.found.get("", ()))
    return reach


def _reach_from(walk: _Walk, index: ModuleIndex, spec: Spec, names: frozenset[str]) -> Reach:
    """What is reached from names of the own file."""
    for name in sorted(names):
        walk.follow(index, "", name)
    for future in index.futures:
        walk.add(index, "", future)
    return Reach(tuple(_ordered(walk, index, spec)), tuple(walk.findings))


def function_node(index: ModuleIndex, spec: Spec) -> AnyFunction | None:
    """The tree of a spec's function."""
    nodes = index.functions.get(spec.function.name)
    if not nodes:
        return None
    if len(nodes) == 1:
        return nodes[0]
    data = index.text.encode("utf-8", "surrogatepass")[: spec.function.name_span.start]
    line = 1 + data.count(b"\n") + (data.count(b"\r") - data.count(b"\r\n") if b"\r" in data else 0)
    before = [node for node in nodes if node.lineno <= line]
    return max(before, key=lambda node: node.lineno) if before else None


def spec_names(spec: Spec) -> frozenset[str]:
    """Names that a spec's expressions take from the module. Those that do not parse name nothing here."""
    parameters = {parameter.name for parameter in spec.function.parameters}
    inner: list[Text | None] = [*spec.require, *spec.ensure]
    inner += [part for raised in spec.raises for part in (raised.error, raised.condition)]
    inner += [part for rule in spec.rules for part in (rule.condition, rule.value, rule.raises)]
    outer: list[Text | None] = [part for example in spec.examples for part in (example.expression, example.raises)]
    outer += [part for given in spec.given for part in (given.call, given.value)]
    return frozenset((_names_in(inner) - parameters) | _names_in(outer)) - _SPEC_NAMES


def _names_in(texts: Iterable[Text | None]) -> frozenset[str]:
    return frozenset().union(*(expression_names(text.value) for text in texts if text is not None))


@dataclass(slots=True)
class _Walk:
    """The state of one walk: what was found so far."""

    own_path: str
    read_module: ReadModule
    located: dict[tuple[str, ImportedName], tuple[str, str, bool] | None]
    root: Statement | None = None
    met_root: bool = False
    found: dict[str, dict[int, Statement]] = field(default_factory=dict)
    """Statements by module, keyed by identity."""
    indexes: dict[str, ModuleIndex] = field(default_factory=dict)
    used: dict[str, set[str]] = field(default_factory=dict)
    """Names reached, by module."""
    outside: set[int] = field(default_factory=set)
    needs: dict[str, set[str]] = field(default_factory=dict)
    """Modules by the modules whose names they import."""
    findings: list[Finding] = field(default_factory=list)
    seen: set[tuple[str, str]] = field(default_factory=set)

    def report(self, code: str, message: str, index: ModuleIndex | None = None, span: Span | None = None) -> None:
        """Add a finding once; it has a place when it speaks of the own file."""
        place = Place("file", span) if span and index and index.path == self.own_path else None
        finding = Finding(code, _SEVERITIES[code], message, place)
        if finding not in self.findings:
            self.findings.append(finding)

    def add(self, index: ModuleIndex, module: str, statement: Statement) -> bool:
        """Note a statement; whether it is new."""
        statements = self.found.setdefault(module, {})
        self.indexes[module] = index
        if id(statement) in statements:
            return False
        statements[id(statement)] = statement
        for future in index.futures:
            statements.setdefault(id(future), future)
        return True

    def follow(self, index: ModuleIndex, module: str, name: str) -> None:
        """Note every statement that a name stands on, in this file and beyond."""
        pending = [(index, module, name)]
        while pending:
            index, module, name = pending.pop()
            statements = index.statements.get(name, ())
            changes = index.changes.get(name, ())
            if not statements and not changes and not index.stars:
                continue
            if (index.path, name) in self.seen:
                continue
            self.seen.add((index.path, name))
            if not statements and not changes:
                self._report_unbound(index, name)
                continue
            self.used.setdefault(module, set()).add(name)
            self._report_changes(index, name, len(statements), changes)
            for statement in (*statements, *changes):
                if statement is self.root:
                    self.met_root = True
                    continue
                if not self.add(index, module, statement):
                    continue
                pending += [(index, module, free) for free in sorted(statement.free)]
                for imported in (statement.imported,) if statement.imported else statement.imports:
                    pending += self._enter(index, module, statement, imported)

    def _enter(
        self, index: ModuleIndex, module: str, statement: Statement, imported: ImportedName
    ) -> list[tuple[ModuleIndex, str, str]]:
        """Where an import leads: the imported file's name, or nowhere when it lies outside the workspace."""
        key = (index.path, imported)
        if key not in self.located:
            self.located[key] = locate_import(index.path, imported, self.read_module)
        located = self.located[key]
        if located is None:
            self.outside.add(id(statement))
            return []
        target, dotted, is_member_module = located
        if dotted.partition(".")[0] in sys.stdlib_module_names and imported.level == 0:
            self.report("LK108", f"`{imported.source}` may mean the standard library or {target}; rename {target}",
                        index, statement.span)  # fmt: skip
            self.outside.add(id(statement))
            return []
        if imported.member is None or is_member_module:
            self.report("LK102", f"`{imported.source}` makes {target} an object whose attributes cannot be followed; "
                        f"use `from {dotted} import name`", index, statement.span)  # fmt: skip
            return []
        if target == self.own_path:
            self.report("LK107", f"{index.path} imports {imported.member} from {target}, which imports from it",
                        index, statement.span)  # fmt: skip
            return []
        text = self.read_module(target)
        other = index_module(target, text if text is not None else "")
        if other.error:
            self.report("LK105", other.error, index, statement.span)
            return []
        if imported.member not in other.statements and not other.stars:
            self.report(
                "LK106", f"`{imported.source}`: {target} does not bind {imported.member}", index, statement.span
            )
            return []
        self.needs.setdefault(module, set()).add(dotted)
        return [(other, dotted, imported.member)]

    def _report_unbound(self, index: ModuleIndex, name: str) -> None:
        for starred, level, span in index.stars:
            if name not in _BUILTIN_NAMES:
                self.report("LK101", f"`{name}` may come from `from {'.' * level}{starred} import *` in {index.path}; "
                            f"write `from {'.' * level}{starred} import {name}`", index, span)  # fmt: skip

    def _report_changes(self, index: ModuleIndex, name: str, bindings: int, changes: Iterable[Statement]) -> None:
        again = next(iter(changes), None)
        if again is None and bindings > 1:
            again = index.statements[name][1]
        if again is not None:
            self.report("LK103", f"{name} is bound or changed more than once in {index.path}", index, again.span)
        if name in index.rebound_by_functions:
            self.report("LK104", f"a function of {index.path} declares `global {name}`", index,
                        index.statements[name][0].span if name in index.statements else None)  # fmt: skip


def locate_import(path: str, imported: ImportedName, read_module: ReadModule) -> tuple[str, str, bool] | None:
    """The workspace file that an import names, its dotted name, and whether the member is itself a module."""
    folder = posixpath.dirname(path)
    if imported.level:
        for _ in range(imported.level - 1):
            folder = posixpath.dirname(folder)
        top = _package_top(folder, read_module)
        base = posixpath.relpath(folder or ".", top or ".").replace("/", ".").strip(".")
        return _locate_in(top, ".".join(part for part in (base, imported.module) if part), imported, read_module)
    for place in _search_path(folder, read_module):
        if located := _locate_in(place, imported.module, imported, read_module):
            return located
    return None


def _locate_in(
    place: str, dotted: str, imported: ImportedName, read_module: ReadModule
) -> tuple[str, str, bool] | None:
    base = posixpath.join(place, *dotted.split(".")) if dotted else place
    if imported.member is not None:
        inner = posixpath.join(base, imported.member)
        package = read_module(f"{base}/__init__.py") if dotted or place else None
        if package is None or imported.member not in index_module(f"{base}/__init__.py", package).statements:
            for candidate in (f"{inner}/__init__.py", f"{inner}.py"):
                if dotted and read_module(candidate) is not None:
                    return candidate, f"{dotted}.{imported.member}", True
    if not dotted:
        return None
    for candidate in (f"{base}/__init__.py", f"{base}.py"):
        if read_module(candidate) is not None:
            return candidate, dotted, False
    return None


def _search_path(folder: str, read_module: ReadModule) -> list[str]:
    """Folders in which an absolute import is looked for: those above the file that are no packages, `src`, the root."""
    places: list[str] = []
    while True:
        if not folder or read_module(f"{folder}/__init__.py") is None:
            places.append(folder)
        if not folder:
            break
        folder = posixpath.dirname(folder)
    return places if "src" in places else [*places, "src"]


def _package_top(folder: str, read_module: ReadModule) -> str:
    """The folder that holds the outermost package around `folder`."""
    while folder and read_module(f"{folder}/__init__.py") is not None:
        folder = posixpath.dirname(folder)
    return folder


def _ordered(walk: _Walk, index: ModuleIndex, spec: Spec) -> Iterable[Definition]:
    """The definitions, imported files first, each file's in the order of its text."""
    for module in _module_order(walk):
        path = walk.indexes[module].path
        reached = walk.used.get(module, set())
        for statement in sorted(walk.found[module].values(), key=lambda item: (item.order, item.names)):
            known = statement.names or statement.changed
            names = tuple(name for name in known if name in reached) or known
            is_import = id(statement) in walk.outside or statement in walk.indexes[module].futures
            source = statement.source
            if statement is walk.root:
                source = _without_suite(index, statement, spec)
            definition = Definition(module, names[0] if names else "", path, source, is_import)
            yield replace(definition, also=names[1:]) if len(names) > 1 else definition


def _without_suite(index: ModuleIndex, statement: Statement, spec: Spec) -> str:
    """The owning class with the spec's own suite replaced by `...`."""
    data = index.text.encode("utf-8", "surrogatepass")
    suite = spec.function.suite
    head, tail = data[statement.span.start : suite.start], data[suite.end : statement.span.end]
    return (head + b" ..." + tail).decode("utf-8", "surrogatepass")


def _module_order(walk: _Walk) -> list[str]:
    """Modules so that each stands behind those it imports from; a cycle is a finding. The own file is last."""
    order: dict[str, None] = {}
    for module in sorted(walk.found, key=lambda name: (name == "", name)):
        _visit_module(walk, module, order, [])
    return [module for module in order if module in walk.found]


def _visit_module(walk: _Walk, module: str, order: dict[str, None], above: list[str]) -> None:
    if module in above:
        walk.report("LK107", f"{walk.indexes[module].path} takes part in a cycle of imports")
        return
    if module not in order:
        for needed in sorted(walk.needs.get(module, ())):
            _visit_module(walk, needed, order, [*above, module])
        order[module] = None
