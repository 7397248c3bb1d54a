"""What a body may reach: a list of builtins, of pure modules and of their members. All else is refused, by name."""

from __future__ import annotations

import ast
import builtins
import importlib.util
import sys
import types
from collections.abc import Iterator
from functools import cache
from string import Formatter

from intaglio.candidate import Subject
from intaglio.finding import Code
from intaglio.template.purity import PURE_MODULES
from intaglio.validate import codes_security as codes

Complaint = tuple[Code, str, ast.AST]

BUILTINS = frozenset(
    ["abs", "all", "any", "ascii", "bin", "bool", "bytearray", "bytes", "callable", "chr", "classmethod", "complex", "dict", "divmod", "enumerate", "filter", "float", "format", "frozenset", "hash", "hex", "int", "isinstance", "issubclass", "iter", "len", "list", "map", "max", "min", "next", "object", "oct", "ord", "pow", "property", "range", "repr", "reversed", "round", "set", "slice", "sorted", "staticmethod", "str", "sum", "super", "tuple", "type", "zip", "True", "False", "None", "Ellipsis", "NotImplemented", "__debug__", "__name__", "aiter", "anext"]
) | {
    name
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, Exception)
}  # fmt: skip
"""`hash` and `type` stay: the execution stage sees what depends on the hash seed, and `type` with three arguments is refused."""

DENIED_MEMBERS = {
    "builtins": {"*"},
    "collections": {"sys"},
    "copy": set(),
    "dataclasses": {"make_dataclass"},
    "datetime": {
        "datetime.now",
        "datetime.today",
        "datetime.utcnow",
        "date.today",
        "datetime.fromtimestamp",
        "date.fromtimestamp",
    },
    "enum": set(),
    "functools": {"cache", "lru_cache", "cached_property", "singledispatch"},
    "json": {"load", "dump", "codecs", "decoder", "encoder", "scanner", "detect_encoding"},
    "operator": {"attrgetter", "methodcaller", "call", "setitem", "delitem", "iadd", "iconcat"},
    "re": {"_compiler", "_parser", "purge", "template"},
    "statistics": {"random", "sys"},
    "string": {"Formatter"},
    "typing": {"get_type_hints", "ForwardRef", "_eval_type", "sys", "types"},
    "decimal": {"getcontext", "setcontext"},
    "hashlib": {"file_digest"},
    "csv": set(),
}
"""Per module what is refused besides private names and members that are modules themselves."""
CLOCK = frozenset({"now", "today", "utcnow"})
DENIED_ATTRIBUTES = frozenset(
    [
        "f_back",
        "f_builtins",
        "f_code",
        "f_globals",
        "f_locals",
        "f_trace",
        "gi_frame",
        "gi_code",
        "gi_yieldfrom",
        "cr_frame",
        "cr_code",
        "cr_await",
        "cr_origin",
        "ag_frame",
        "ag_code",
        "ag_await",
        "tb_frame",
        "tb_next",
        "tb_lasti",
        "co_code",
        "co_consts",
        "func_globals",
        "func_code",
        "mro",
        "__subclasses__",
    ]
)
ALLOWED_DUNDERS = frozenset(
    [
        "__name__",
        "__qualname__",
        "__doc__",
        "__len__",
        "__iter__",
        "__next__",
        "__contains__",
        "__getitem__",
        "__eq__",
        "__ne__",
        "__lt__",
        "__le__",
        "__gt__",
        "__ge__",
        "__hash__",
        "__str__",
        "__repr__",
        "__init__",
        "__post_init__",
        "__add__",
        "__sub__",
        "__mul__",
        "__neg__",
        "__bool__",
        "__int__",
        "__float__",
        "__enter__",
        "__exit__",
        "__members__",
        "__annotations__",
        "__slots__",
        "__future__",
        "__call__",
        "__index__",
        "__abs__",
        "__round__",
    ]
)
MOST_NESTED = 2
"""How deep `str.format` reads fields inside of a field's format; deeper ones raise ValueError."""


def _reads_inside(template: str, depth: int = MOST_NESTED) -> bool:
    """Whether a format string reads attributes or items of what it is given. One that cannot be read counts as doing so."""
    try:
        fields = [(name, spec or "") for _, name, spec, _ in Formatter().parse(template) if name is not None]
    except ValueError:
        return True
    if fields and not depth:
        return True
    return any("." in name or "[" in name or _reads_inside(spec, depth - 1) for name, spec in fields)


def check_capabilities(function: ast.FunctionDef | ast.AsyncFunctionDef, subject: Subject) -> Iterator[Complaint]:
    """Everything in a function's suite that it was not granted. Its signature and decorators are written by people."""
    checker = _Checker(function, subject)
    for statement in function.body:
        for node in ast.walk(statement):
            yield from checker.visit(node)


class _Checker:
    def __init__(self, function: ast.FunctionDef | ast.AsyncFunctionDef, subject: Subject) -> None:
        self.granted = PURE_MODULES | subject.grant.modules
        reached = {name for definition in subject.reach.definitions for name in (definition.name, *definition.also)}
        self.reached = reached
        self.bound = {
            node.id for node in ast.walk(function) if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
        }
        self.bound |= {
            argument.arg
            for node in ast.walk(function)
            if isinstance(node, ast.arguments)
            for argument in _arguments(node)
        }
        self.bound |= {
            node.name
            for node in ast.walk(function)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        }
        self.bound |= {node.name for node in ast.walk(function) if isinstance(node, ast.ExceptHandler) and node.name}
        self.bound |= {name for node in ast.walk(function) for name in _pattern_names(node)}
        self.modules = _module_aliases(function, subject)
        self.members = _member_aliases(function, subject)
        self.locals = self.bound - set(self.modules)

    def visit(self, node: ast.AST) -> Iterator[Complaint]:
        match node:
            case ast.Import():
                for alias in node.names:
                    yield from self.module(alias.name, node)
            case ast.ImportFrom():
                yield from self.import_from(node)
            case ast.Global() | ast.Nonlocal():
                if isinstance(node, ast.Global):
                    yield codes.STATE, f"`global {', '.join(node.names)}` changes the module", node
            case ast.Name(ctx=ast.Load()):
                yield from self.name(node)
            case ast.Attribute():
                yield from self.attribute(node)
            case ast.MatchClass():
                for name in node.kwd_attrs:
                    if _is_hidden(name):
                        yield codes.REFLECTION, f"a `match` pattern reads the attribute `{name}`", node
            case ast.Call():
                yield from self.call(node)
            case ast.Assign() | ast.AugAssign() | ast.Delete() | ast.AnnAssign():
                yield from self.change(node)
            case ast.ClassDef():
                for keyword in node.keywords:
                    if keyword.arg == "metaclass":
                        yield codes.REFLECTION, "a class with a metaclass", node
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) if _is_hidden(name):
                yield codes.REFLECTION, f"the special method `{name}` is defined", node

    def module(self, name: str, node: ast.AST) -> Iterator[Complaint]:
        if name not in self.granted:
            yield codes.IMPORT, f"`{name}` is neither pure nor granted by a `use:` line", node

    def import_from(self, node: ast.ImportFrom) -> Iterator[Complaint]:
        if node.level:
            yield codes.IMPORT, "a relative import in a body", node
            return
        module = node.module or ""
        complaints = list(self.module(module, node))
        yield from complaints
        if complaints:
            return
        for alias in node.names:
            if alias.name == "*":
                yield codes.IMPORT, f"`from {module} import *` brings names that nobody sees", node
            else:
                yield from self.member(module, alias.name, node)

    def member(self, module: str, name: str, node: ast.AST) -> Iterator[Complaint]:
        first = name.split(".", maxsplit=1)[0]
        denied = DENIED_MEMBERS.get(module, set())
        if name in denied or first in denied or "*" in denied:
            yield codes.MODULE_MEMBER, f"`{module}.{name}` is not pure", node
        elif first.startswith("_") or first in _modules_in(module):
            yield codes.MODULE_MEMBER, f"`{module}.{name}` is private to the module, or a module itself", node

    def name(self, node: ast.Name) -> Iterator[Complaint]:
        name = node.id
        if (
            name in self.bound
            or name in self.reached
            or name in self.modules
            or name in self.members
            or name in BUILTINS
        ):
            return
        if hasattr(builtins, name):
            yield codes.NAME, f"`{name}` is not granted to a pure function", node
        elif name.startswith("__"):
            yield codes.REFLECTION, f"`{name}` is the interpreter's", node

    def attribute(self, node: ast.Attribute) -> Iterator[Complaint]:
        name = node.attr
        if _is_hidden(name):
            yield codes.REFLECTION, f"the attribute `{name}` reaches the interpreter's internals", node
        dotted = _dotted(node)
        if not dotted:
            return
        first, _, rest = dotted.partition(".")
        if first in self.modules and first not in self.locals:
            module = self.modules[first]
            while rest and f"{module}.{rest.split('.')[0]}" in self.granted:
                head, _, rest = rest.partition(".")
                module = f"{module}.{head}"
            if module not in self.granted:
                yield codes.IMPORT, f"`{module}` is neither pure nor granted by a `use:` line", node
            elif rest:
                yield from self.member(module, rest, node)
        elif first in self.members and first not in self.locals:
            module, member = self.members[first]
            yield from self.member(module, f"{member}.{rest}", node)

    def call(self, node: ast.Call) -> Iterator[Complaint]:
        function = node.func
        if isinstance(function, ast.Name) and function.id == "type" and len(node.args) != 1:
            yield codes.REFLECTION, "`type` with other than one argument makes a class", node
        if isinstance(function, ast.Attribute) and function.attr in {"format", "format_map"}:
            template = function.value
            if not isinstance(template, ast.Constant) or not isinstance(template.value, str):
                yield codes.FORMAT_STRING, f"`.{function.attr}` on a string that is computed", node
            elif _reads_inside(template.value):
                yield codes.FORMAT_STRING, f"a format string of `.{function.attr}` reads attributes or items", node

    def change(self, node: ast.Assign | ast.AugAssign | ast.Delete | ast.AnnAssign) -> Iterator[Complaint]:
        targets = node.targets if isinstance(node, ast.Assign | ast.Delete) else [node.target]
        for target in targets:
            base: ast.expr = target
            while isinstance(base, ast.Attribute | ast.Subscript | ast.Starred):
                base = base.value
            if base is not target and isinstance(base, ast.Name) and base.id not in self.locals:
                yield codes.STATE, f"`{base.id}` belongs to the module, and is changed", node


def _module_aliases(function: ast.AST, subject: Subject) -> dict[str, str]:
    """Names that stand for modules: imported in the body, or at the top of the file and reached."""
    aliases: dict[str, str] = {}
    for statement in _imports(function, subject):
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                aliases[alias.asname or alias.name.split(".")[0]] = (
                    alias.name if alias.asname else alias.name.split(".")[0]
                )
    return aliases


def _member_aliases(function: ast.AST, subject: Subject) -> dict[str, tuple[str, str]]:
    """Names that stand for members of modules outside the workspace."""
    return {
        alias.asname or alias.name: (statement.module or "", alias.name)
        for statement in _imports(function, subject)
        if isinstance(statement, ast.ImportFrom) and not statement.level
        for alias in statement.names
    }


def _imports(function: ast.AST, subject: Subject) -> Iterator[ast.Import | ast.ImportFrom]:
    for definition in subject.reach.definitions:
        if definition.is_import and not definition.module:
            for node in ast.walk(ast.parse(definition.source)):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    yield node
    for node in ast.walk(function):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node


@cache
def _modules_in(name: str) -> frozenset[str]:
    """Public names of a module that are modules themselves; only modules on our own list are looked at."""
    if name not in sys.modules:
        if importlib.util.find_spec(name) is None:
            return frozenset()
        __import__(name)
    module = sys.modules[name]
    return frozenset(
        member
        for member, value in vars(module).items()
        if isinstance(value, types.ModuleType) and f"{name}.{member}" not in PURE_MODULES
    )


def _is_hidden(name: str) -> bool:
    return name in DENIED_ATTRIBUTES or (name.startswith("__") and name.endswith("__") and name not in ALLOWED_DUNDERS)


def _dotted(node: ast.expr) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def _arguments(node: ast.arguments) -> list[ast.arg]:
    rest = [argument for argument in (node.vararg, node.kwarg) if argument is not None]
    return [*node.posonlyargs, *node.args, *node.kwonlyargs, *rest]


def _pattern_names(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.MatchAs | ast.MatchStar) and node.name:
        yield node.name
    elif isinstance(node, ast.MatchMapping) and node.rest:
        yield node.rest
