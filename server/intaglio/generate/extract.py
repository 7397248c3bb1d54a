"""From an answer to a body: fences, prose around, the whole function again, wrong indentation. Reads text, runs nothing."""

from __future__ import annotations

import ast
import re
import textwrap
from dataclasses import dataclass

from intaglio.finding import Finding
from intaglio.generate import codes
from intaglio.spec.model import Function
from intaglio.spec.module_index import ModuleIndex, Statement, imported_names
from intaglio.spec.scope import bound_names

_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})[^\n]*\n(.*?)(?:^[ \t]*\1[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
_FENCE_LINE = re.compile(r"^[ \t]*(?:`{3,}|~{3,})[^\n]*(?:\n|\Z)", re.MULTILINE)
_CODE = re.compile(r"\s*(?:(?:async|def|return|if|for|while|import|from|try|with|raise|match)\b|@|[\w.]+ *(?:=|\())")
_HALF_A_FENCE = re.compile(r"^[ \t]*[`~]{1,2}\Z", re.MULTILINE)
_AnyFunction = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Extracted:
    """A body as dedented statements, or None with the finding that says why there is none."""

    body: str | None
    findings: tuple[Finding, ...] = ()


def extract_body(answer: str, function: Function, module: ModuleIndex) -> Extracted:
    """The body of `function` in a model's answer.

    Of several code blocks the last that defines the function wins; without one, the first that parses as a body.
    Definitions and imports beside the function move into its body, but for those that stand in the module just so: models repeat
    what they were shown. A docstring, which the model was shown too, is left out.
    """
    found = _extracted(answer, function, module)
    return Extracted(_without_repeated_imports(found.body, module), found.findings) if found.body is not None else found


def _extracted(answer: str, function: Function, module: ModuleIndex) -> Extracted:
    blocks = [match.group(2) for match in _FENCE.finditer(answer)]
    texts = blocks or _bare(answer, function)
    if not texts:
        return _refused("the answer holds no code")
    for text in reversed(texts):
        body = _from_definition(text, function, module)
        if body is not None:
            return Extracted(body)
    other = ""
    for text in texts:
        tree = _parsed(text)
        if tree is not None:
            names = [node.name for node in tree.body if isinstance(node, _AnyFunction)]
            if names:
                other = names[0]
                continue
        body = _as_body(text, function)
        if body is not None:
            return Extracted(body)
    if other:
        return _refused(f"the answer defines `{other}`, and `{function.name}` was asked for")
    return _refused(f"the code of the answer does not parse{_where(texts[0])}")


def code_so_far(answer: str) -> str:
    """What there is of code in an answer that is still being written: the last block that began, without its fences.

    Without any, all of it, when it begins like code and not like prose.
    """
    if not (fences := list(_FENCE_LINE.finditer(answer))):
        return answer if _CODE.match(answer) else ""
    if len(fences) % 2:
        return _HALF_A_FENCE.sub("", answer[fences[-1].end() :])
    return answer[fences[-2].end() : fences[-1].start()]


def _from_definition(text: str, function: Function, module: ModuleIndex) -> str | None:
    expanded = re.sub(r"^[ \t]+", lambda lead: lead.group().expandtabs(4), text, flags=re.MULTILINE)
    source = textwrap.dedent(expanded).strip("\n")
    tree = _parsed(source)
    if tree is None:
        start = re.search(rf"^[ \t]*(?:async[ \t]+)?def[ \t]+{re.escape(function.name)}\b", source, re.MULTILINE)
        if start is None:
            return None
        source = _longest_prefix(textwrap.dedent(source[start.start() :]))
        tree = _parsed(source)
        if tree is None:
            return None
    holders: list[ast.stmt] = list(tree.body)
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name in function.owners:
            holders += node.body
    found = [node for node in holders if isinstance(node, _AnyFunction) and node.name == function.name]
    if not found:
        return None
    node = found[-1]
    lines = source.split("\n")
    before = [
        _source(lines, one)
        for one in tree.body
        if isinstance(one, ast.Import | ast.ImportFrom | _AnyFunction | ast.Assign)
        and one is not node
        and getattr(one, "name", "") != function.name
        and _used(one, node)
        and not _stands_in(module, one)
        and getattr(one, "module", "") != "__future__"
    ]
    statements = node.body[1:] if _is_text(node.body[0]) and len(node.body) > 1 else node.body
    first = statements[0]
    if first.lineno == node.lineno or lines[first.lineno - 1][: first.col_offset].strip():
        suite = "; ".join(ast.unparse(statement) for statement in statements)
    else:
        suite = textwrap.dedent("\n".join(lines[_suite_start(lines, first, node) : node.end_lineno]))
    return "\n".join([*before, suite.strip("\n")]) + "\n"


def _as_body(text: str, function: Function) -> str | None:
    """A text that is statements of a body already, however indented."""
    candidates = [textwrap.dedent(text), _straightened(text)]
    for candidate in candidates:
        source = candidate.strip("\n")
        header = "async def _():\n" if function.is_async else "def _():\n"
        indented = "\n".join(f"    {line}" if line.strip() else "" for line in source.split("\n"))
        tree = _parsed(header + indented)
        if tree is not None and any(
            isinstance(node, ast.Return | ast.Raise | ast.Yield | ast.YieldFrom) for node in ast.walk(tree)
        ):
            return source + "\n"
    return None


def _bare(answer: str, function: Function) -> list[str]:
    """Code in an answer without fences: from the function's `def` on, or the whole answer when it could be a body."""
    start = re.search(rf"^[ \t]*(?:async[ \t]+)?def[ \t]+{re.escape(function.name)}\b", answer, re.MULTILINE)
    if start is not None:
        return [_longest_prefix(textwrap.dedent(answer[start.start() :]))]
    return [answer] if re.search(r"^\s*(return|raise|yield|if|for|while|import|from)\b", answer, re.MULTILINE) else []


def _longest_prefix(text: str) -> str:
    """The most lines from the start that parse: what chatter follows is left out."""
    lines = text.split("\n")
    for count in range(len(lines), 0, -1):
        candidate = "\n".join(lines[:count])
        if _parsed(candidate) is not None:
            return candidate
    return text


def _straightened(text: str) -> str:
    """A body whose first line lost its indentation: the others are moved to where it stands."""
    lines = text.strip("\n").split("\n")
    rest = textwrap.dedent("\n".join(lines[1:]))
    return lines[0].strip() + "\n" + rest


def _is_text(statement: ast.stmt) -> bool:
    """Whether a statement is a text alone: where it comes first, the docstring that the model was shown."""
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def _suite_start(lines: list[str], first: ast.stmt, node: _AnyFunction) -> int:
    """The index of the first line of a suite that begins with `first`, comments above it included."""
    start = first.lineno - 1
    while start > node.lineno and lines[start - 1].strip().startswith("#"):
        start -= 1
    return start


def _source(lines: list[str], node: ast.stmt) -> str:
    first = min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", []))])
    return "\n".join(lines[first - 1 : node.end_lineno])


def _stands_in(module: ModuleIndex, node: ast.stmt) -> bool:
    """Whether a module has a definition just so at its top level, and nothing there binds or changes its names again."""
    names = bound_names(node)
    return bool(names) and all(
        (found := _only_binding(module, name)) is not None and ast.dump(found.node) == ast.dump(node) for name in names
    )


def _only_binding(module: ModuleIndex, name: str) -> Statement | None:
    """The one statement at a module's top level that binds a name; None for what `if TYPE_CHECKING:` holds, or what changes."""
    match module.statements.get(name, []):
        case [found] if name not in module.changes and found.order[1] == 0:
            return found
    return None


def _without_repeated_imports(body: str, module: ModuleIndex) -> str:
    """A body without those imports among its own statements that the module has already. Lines that hold more than an import stay."""
    tree = _parsed("async def _():\n" + textwrap.indent(body, " "))
    if tree is None or not isinstance(function := tree.body[0], ast.AsyncFunctionDef):
        return body
    lines: list[str | None] = list(body.split("\n"))
    for node in function.body:
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        first, last = node.lineno - 2, (node.end_lineno or node.lineno) - 1
        asked = list(imported_names(node))
        fresh = [one for one in asked if (found := _only_binding(module, one.name)) is None or found.imported != one]
        if len(fresh) < len(asked) and len(_statements("\n".join(body.split("\n")[first:last]))) == 1:
            kept = "\n".join(one.source for one in fresh) or None
            lines[first:last] = [kept] + [None] * (last - first - 1)
    return "\n".join(line for line in lines if line is not None)


def _statements(source: str) -> list[ast.stmt]:
    tree = _parsed(textwrap.dedent(source))
    return tree.body if tree is not None else []


def _used(node: ast.stmt, function: ast.AST) -> bool:
    """Whether the function, or what it uses, mentions what a statement binds."""
    names = {name.id for name in ast.walk(function) if isinstance(name, ast.Name)}
    match node:
        case ast.Import() | ast.ImportFrom():
            return any((alias.asname or alias.name.split(".")[0]) in names for alias in node.names)
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return node.name in names
        case ast.Assign():
            return any(isinstance(target, ast.Name) and target.id in names for target in node.targets)
    return False


def _parsed(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _where(text: str) -> str:
    try:
        ast.parse(text)
    except SyntaxError as error:
        return f" (line {error.lineno}: {error.msg})"
    except (ValueError, RecursionError, MemoryError):
        return ""
    return ""


def _refused(message: str) -> Extracted:
    return Extracted(None, (Finding(codes.NO_BODY.id, codes.NO_BODY.severity, message),))
