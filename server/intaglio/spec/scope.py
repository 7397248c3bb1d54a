"""Which names a piece of Python takes from outside itself, by the language's scoping rules. Reads trees, runs nothing."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

_Function = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_Comprehension = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_BINDS_NOTHING = (ast.Constant, ast.Name, ast.Attribute, type(None))
_ScopeKind = Literal["module", "class", "function", "comprehension"]


@dataclass(slots=True)
class _Scope:
    kind: _ScopeKind
    loads: set[str] = field(default_factory=set)
    stores: set[str] = field(default_factory=set)
    declared_global: set[str] = field(default_factory=set)
    children: list[_Scope] = field(default_factory=list)
    parent: _Scope | None = None


def free_names(nodes: Iterable[ast.AST]) -> frozenset[str]:
    """Names that statements or expressions at module level load from the module (or from the builtins).

    Names in string annotations count. What is loaded in a module or class scope counts even where the scope binds it
    too, as the binding may come later.
    """
    module = _Scope("module")
    _collect(list(nodes), module)
    return frozenset(_free(module))


def bound_names(statement: ast.stmt) -> tuple[str, ...]:
    """Names that a statement binds in its own scope, in the order of the text, each once."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        names = (statement.name,)
        if not _may_bind_inside(statement):
            return names
    scope = _Scope("module")
    ordered: dict[str, None] = {}
    pending: list[ast.AST] = [statement]
    while pending:
        node = pending.pop()
        ordered.update(dict.fromkeys(_bindings_of(node)))
        pending.extend(reversed(_same_scope_children(node, scope)))
    return tuple(ordered)


def _may_bind_inside(statement: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
    """Whether a decorator, base or default could bind a name of the module with `:=`."""
    outer: list[ast.expr | None] = list(statement.decorator_list)
    if isinstance(statement, ast.ClassDef):
        outer += [*statement.bases, *(keyword.value for keyword in statement.keywords)]
    else:
        outer += [*statement.args.defaults, *statement.args.kw_defaults]
    return any(not isinstance(part, _BINDS_NOTHING) for part in outer)


@functools.lru_cache(maxsize=512)
def expression_tree(text: str) -> ast.expr | None:
    """The tree of a directive's expression, parsed as if in parentheses; None for one that does not parse. Frozen."""
    try:
        return ast.parse(f"({text}\n)", mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


@functools.lru_cache(maxsize=4096)
def expression_names(text: str) -> frozenset[str]:
    """Names that a directive's expression takes from outside itself; none where it does not parse."""
    tree = expression_tree(text)
    return frozenset() if tree is None else free_names([tree])


def string_annotation(node: ast.expr) -> ast.expr | None:
    """The expression that a string annotation holds, or None where it is none."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        try:
            return ast.parse(node.value.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
    return None


def _free(scope: _Scope) -> set[str]:
    inner: set[str] = set()
    for child in scope.children:
        inner |= _free(child)
    scope.children.clear()  # parents and children would wait for the garbage collector together
    if scope.kind in {"function", "comprehension"}:
        local = scope.stores - scope.declared_global
        return ((scope.loads | inner) - local) | scope.declared_global
    return scope.loads | inner | scope.declared_global


def _collect(nodes: list[ast.AST], scope: _Scope) -> None:
    pending = nodes[::-1]
    pop, extend, append = pending.pop, pending.extend, pending.append
    while pending:
        node = pop()
        kind = node.__class__
        if kind is ast.Name:
            names = scope.loads if node.ctx.__class__ is ast.Load else scope.stores  # type: ignore[attr-defined]  # a Name
            names.add(node.id)  # type: ignore[attr-defined]  # the class was just compared
        elif kind not in _BINDING:
            fields = _CHILD_FIELDS.get(kind)
            for name in _child_fields(kind) if fields is None else fields:
                child = getattr(node, name, None)
                if child.__class__ is list:
                    extend(child)
                elif child is not None:
                    append(child)
        elif isinstance(node, ast.Global):
            scope.declared_global.update(node.names)
        elif isinstance(node, ast.NamedExpr):
            _function_scope(scope).stores.add(node.target.id)
            append(node.value)
        else:
            if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
                scope.loads.add(node.target.id)
            scope.stores.update(_bindings_of(node))
            extend(reversed(_same_scope_children(node, scope)))


_BINDING = frozenset(
    {
        *_Function, *_Comprehension, ast.ClassDef, ast.Global, ast.NamedExpr, ast.AugAssign, ast.AnnAssign, ast.Import,
        ast.ImportFrom, ast.ExceptHandler, ast.MatchAs, ast.MatchStar, ast.MatchMapping, getattr(ast, "TypeAlias", ast.Global),
    }
)  # fmt: skip
"""Nodes that bind names by themselves or open a scope; all others only hold others."""
_PLAIN_FIELDS = frozenset(
    {
        "ctx", "op", "ops", "kind", "type_comment", "names", "level", "conversion", "attr", "arg", "kwd_attrs", "id", "str",
        "name", "asname", "module", "rest", "is_async", "simple",
    }
)  # fmt: skip
"""Fields that hold texts, numbers and marks, and no nodes that could hold names."""
_CHILD_FIELDS: dict[type, tuple[str, ...]] = dict.fromkeys(
    (ast.Constant, ast.Nonlocal, ast.MatchSingleton, type(None)), ()
)


def _child_fields(kind: type) -> tuple[str, ...]:
    """The fields of a kind of node that may hold nodes, last first."""
    fields = tuple(name for name in reversed(kind._fields) if name not in _PLAIN_FIELDS)  # type: ignore[attr-defined]  # a node
    _CHILD_FIELDS[kind] = fields
    return fields


def _same_scope_children(node: ast.AST, scope: _Scope) -> list[ast.AST]:
    """The children that are evaluated in the node's own scope; the others are collected into scopes of their own."""
    if isinstance(node, _Function):
        _collect_function(node, scope)
        arguments = node.args
        outer: list[ast.AST] = [*arguments.defaults, *(default for default in arguments.kw_defaults if default)]
        if not isinstance(node, ast.Lambda):
            annotations = [argument.annotation for argument in _all_arguments(arguments)]
            outer += node.decorator_list
            outer += [part for note in (*annotations, node.returns) if note for part in _annotation(note)]
        return outer
    if isinstance(node, ast.ClassDef):
        inner = _Scope("class", parent=scope)
        scope.children.append(inner)
        inner.stores.update(_type_parameters(node))
        _collect(list(node.body), inner)
        return [*node.decorator_list, *node.bases, *(keyword.value for keyword in node.keywords)]
    if isinstance(node, _Comprehension):
        inner = _Scope("comprehension", parent=scope)
        scope.children.append(inner)
        first, *others = node.generators
        parts: list[ast.AST] = [first.target, *first.ifs, *others]
        parts += [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        _collect(parts, inner)
        return [first.iter]
    if isinstance(node, ast.AnnAssign):
        return [node.target, *_annotation(node.annotation), *([node.value] if node.value else [])]
    return list(ast.iter_child_nodes(node))


def _collect_function(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, scope: _Scope) -> None:
    inner = _Scope("function", parent=scope)
    scope.children.append(inner)
    inner.stores.update(argument.arg for argument in _all_arguments(node.args))
    inner.stores.update(_type_parameters(node))
    _collect([node.body] if isinstance(node, ast.Lambda) else list(node.body), inner)


def _bindings_of(node: ast.AST) -> tuple[str, ...]:
    """Names that this very node binds."""
    match node:
        case ast.Name(ctx=ast.Store() | ast.Del()):
            return (node.id,)
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return (node.name,)
        case ast.Import():
            return tuple(alias.asname or alias.name.partition(".")[0] for alias in node.names)
        case ast.ImportFrom():
            return tuple(alias.asname or alias.name for alias in node.names if alias.name != "*")
        case ast.ExceptHandler() | ast.MatchAs() | ast.MatchStar():
            return (node.name,) if node.name else ()
        case ast.MatchMapping():
            return (node.rest,) if node.rest else ()
    return _type_parameters(node) if node.__class__.__name__ == "TypeAlias" else ()


def _function_scope(scope: _Scope) -> _Scope:
    while scope.kind == "comprehension" and scope.parent is not None:
        scope = scope.parent
    return scope


def _all_arguments(arguments: ast.arguments) -> list[ast.arg]:
    starred = [argument for argument in (arguments.vararg, arguments.kwarg) if argument]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *starred]


def _type_parameters(node: ast.AST) -> tuple[str, ...]:
    return tuple(parameter.name for parameter in getattr(node, "type_params", ()))


def _annotation(node: ast.expr) -> list[ast.AST]:
    """An annotation with what its strings say; the strings within `Literal[...]` are values and say nothing."""
    found: list[ast.AST] = [node]
    if isinstance(node, ast.Name):
        return found
    pending: list[ast.AST] = [node]
    while pending:
        part = pending.pop()
        if isinstance(part, ast.expr) and (inside := string_annotation(part)) is not None:
            found.append(inside)
            pending.append(inside)
        elif isinstance(part, ast.Subscript) and _last_name(part.value) == "Literal":
            continue
        else:
            pending.extend(ast.iter_child_nodes(part))
    return found


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
