"""What a function is made from now: the fingerprints of a spec, its function and all that they stand on.

Reads through a tree (disk, open editors, git's index); writes nothing, runs nothing.
"""

from __future__ import annotations

import ast
import posixpath
from dataclasses import dataclass, field
from pathlib import Path

from intaglio.candidate import Reach
from intaglio.finding import Finding, Severity
from intaglio.lock.codes import SEVERITIES
from intaglio.lock.fingerprint import (
    combine,
    definition_fingerprint,
    file_fingerprint,
    signature_fingerprint,
    spec_fingerprint,
    suite_fingerprint,
    template_fingerprint,
)
from intaglio.lock.model import Inputs, Pairs, Present
from intaglio.spec.model import Spec
from intaglio.spec.module_index import AnyFunction, index_module
from intaglio.spec.reach import Walked, find_reach, function_node
from intaglio.workspace import STATE_FOLDER, Tree, read_text


@dataclass(slots=True)
class Materials:
    """What specs of one workspace are made from besides code, each read and hashed once."""

    root: Path
    tree: Tree
    shared: dict[tuple[str, str], tuple[str, str, str]] = field(default_factory=dict)
    """Templates and prompt blocks that were loaded before, for this one too."""
    walked: Walked = field(default_factory=Walked)
    """What was followed in this tree."""
    _files: dict[str, str] = field(default_factory=dict)
    _named: dict[tuple[str, str], tuple[str, str, str]] = field(default_factory=dict)
    _texts: dict[str, str | None] = field(default_factory=dict)
    _reached: tuple[Reach, Pairs, tuple[str, ...]] = (Reach(), (), ())

    def text(self, path: str) -> str | None:
        """A source file's text, or None."""
        if path not in self._texts:
            self._texts[path] = read_text(self.tree, path)
        return self._texts[path]

    def file(self, path: str) -> str:
        """A data file's fingerprint, "" when there is none inside the workspace."""
        if path not in self._files:
            data = None if path.startswith("../") or posixpath.isabs(path) else self.tree.read(path)
            self._files[path] = "" if data is None else file_fingerprint(data)
        return self._files[path]

    def named(self, kind: str, name: str) -> tuple[str, str, str]:
        """(fingerprint, workspace path or "", problem) of a "template" or a "block"."""
        key = (kind, name)
        if key not in self._named:
            if key not in self.shared:
                self.shared[key] = self._load(kind, name)
            self._named[key] = self.shared[key]
        return self._named[key]

    def named_so_far(self) -> dict[tuple[str, str], tuple[str, str, str]]:
        """All templates and blocks that were asked for."""
        return dict(self._named)

    def reached(self, reach: Reach) -> tuple[Pairs, tuple[str, ...]]:
        """The fingerprints of a reach's definitions, and the files that hold them, kept for the next spec of the same reach."""
        if self._reached[0] is not reach:
            grouped: dict[str, list[str]] = {}
            for definition in reach.definitions:
                key = definition.name if not definition.module else f"{definition.path}::{definition.name}"
                grouped.setdefault(key, []).append(_definition_fingerprint(definition.source))
            pairs = tuple(sorted((name, combine(parts)) for name, parts in grouped.items()))
            self._reached = reach, pairs, reach.paths
        return self._reached[1:]

    def _load(self, kind: str, name: str) -> tuple[str, str, str]:
        from intaglio.template.library import load_block, load_template
        from intaglio.template.model import TemplateError

        load = load_template if kind == "template" else load_block
        try:
            loaded = load(name, self.root, self.tree)
        except TemplateError as error:
            return "", "", str(error)
        path = loaded.path if loaded.path.startswith(f"{STATE_FOLDER}/") else ""  # what ships is no file of a workspace
        try:
            return (template_fingerprint if kind == "template" else block_fingerprint)(loaded.source), path, ""
        except SyntaxError as error:
            return "", path, f"the template {name} is not valid Python: {error.msg}"


def block_fingerprint(source: str) -> str:
    """Of a prompt block's text."""
    return file_fingerprint(source.encode("utf-8", "surrogatepass"))


def current_inputs(materials: Materials, path: str, text: str, spec: Spec) -> Present:
    """The present of `spec`, which was read from `text` at `path`. Never raises for what texts and files hold."""
    problems = [finding for finding in spec.findings if finding.severity is Severity.ERROR]
    index = index_module(path, text)
    node = function_node(index, spec) if not index.error else function_alone(text, spec)
    reach = find_reach(text, path, spec, materials.text, walked=materials.walked)
    problems += [finding for finding in reach.findings if finding.severity is Severity.ERROR]
    if node is None:
        problems.append(
            _problem("LK012", f"{spec.name} cannot be read: {index.error or 'it is not where it was read'}")
        )
    reached, reached_paths = materials.reached(reach)
    depends = {reached_path for reached_path in reached_paths if reached_path != path}
    template = _named(materials, "template", [spec.template], problems, depends)
    blocks = _named(materials, "block", [text.value.strip() for text in spec.comply], problems, depends)
    golden: dict[str, str] = {}
    for one in spec.golden:
        place = posixpath.normpath(posixpath.join(posixpath.dirname(path), one.path.value.strip()))
        golden[place] = materials.file(place)
        depends.add(place)
        if not golden[place]:
            problems.append(_problem("LK011", f"the golden file {place} is not there, or lies outside the workspace"))
    inputs = Inputs(
        spec=spec_fingerprint(spec),
        signature=signature_fingerprint(node) if node else "",
        body=suite_fingerprint(node.body) if node else "",
        template=template,
        blocks=blocks,
        golden=tuple(sorted(golden.items())),
        reach=reached,
        depends=tuple(sorted(depends)),
    )
    data = text.encode("utf-8", "surrogatepass")
    suite = data[spec.function.suite.start : spec.function.suite.end].decode("utf-8", "surrogatepass")
    return Present(spec.name, inputs, spec.function.is_stub, suite, spec.locked, tuple(problems))


def suite_text_fingerprint(suite: str) -> str | None:
    """The fingerprint of a suite's text, from behind the colon of its header; None when it does not parse."""
    node = function_from_source(f"def _():{suite}", indented=False)
    return suite_fingerprint(node.body) if node else None


def renamed_body(suite: str, name: str, old_name: str) -> str | None:
    """The fingerprint that a suite's text would have if what it calls `name` (its own name, last part) were `old_name`."""
    node = function_from_source(f"def _():{suite}", indented=False)
    if node is None:
        return None
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and part.id == name:
            part.id = old_name
        elif isinstance(part, ast.Attribute) and part.attr == name:
            part.attr = old_name
    return suite_fingerprint(node.body)


def function_alone(text: str, spec: Spec) -> AnyFunction | None:
    """The tree of a spec's function, read without the rest of its file; None when it does not parse either."""
    data = text.encode("utf-8", "surrogatepass")
    line_start = max(data.rfind(b"\n", 0, spec.function.span.start), data.rfind(b"\r", 0, spec.function.span.start)) + 1
    source = data[line_start : spec.function.span.end].decode("utf-8", "surrogatepass")
    return function_from_source(source, indented=bool(spec.function.indentation))


def function_from_source(source: str, *, indented: bool) -> AnyFunction | None:
    """The one function that a text holds, which may stand indented as in its class."""
    try:
        tree = ast.parse(f"class _:\n{source}\n" if indented else source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    body = tree.body[0].body if indented and isinstance(tree.body[0], ast.ClassDef) else tree.body
    functions = [node for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return functions[0] if len(functions) == 1 and len(body) == 1 else None


def _named(materials: Materials, kind: str, names: list[str], problems: list[Finding], depends: set[str]) -> Pairs:
    found: dict[str, str] = {}
    for name in names:
        found[name], path, problem = materials.named(kind, name)
        if path:
            depends.add(path)
        if problem:
            problems.append(_problem("LK011", problem))
    return tuple(sorted(found.items()))


def _definition_fingerprint(source: str) -> str:
    try:
        return definition_fingerprint(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""


def _problem(code: str, message: str) -> Finding:
    return Finding(code, SEVERITIES[code], message)
