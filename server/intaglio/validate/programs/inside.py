"""Both children: the workspace's definitions as real modules, and how values name their classes."""

from __future__ import annotations

import importlib
import sys
import types
from typing import Any

MAIN = "intaglio_workspace_module"
"""The name of the spec's own module within a child."""


def build_modules(setup: dict[str, Any], wire: Any) -> dict[str, Any]:
    """Execute the workspace's definitions, module by module; the namespace of the spec's own module.

    `setup["modules"]` is a list of {"name", "source"} in an order in which they can be executed; the last is MAIN.
    """
    namespace: dict[str, Any] = {}
    for described in setup["modules"]:
        name = described["name"]
        module = _module(name)
        wire.OBJECT_MODULES.add(name)
        code = compile(described["source"], f"<{name}>", "exec", dont_inherit=True)
        exec(code, module.__dict__)  # noqa: S102 - the workspace's own code, behind the walls
        namespace = module.__dict__
    return namespace


def lookup(module: str, qualified_name: str) -> Any:
    """The class that calls itself so. Raises LookupError for anything else.

    The names come from the other child and may be forged: nothing but a class is ever given, none under another's name,
    and no attribute is asked for on the way, so nothing runs.
    """
    found: Any = sys.modules[module]
    for part in qualified_name.split("."):
        found = vars(found)[part]
    if not isinstance(found, type) or (found.__module__, found.__qualname__) != (module, qualified_name):
        raise LookupError(f"{module}.{qualified_name} is no class of that name")
    return found


def _module(name: str) -> types.ModuleType:
    module = sys.modules.get(name)
    if module is None or not getattr(module, "__intaglio__", False):
        module = types.ModuleType(name)
        module.__dict__["__intaglio__"] = True
        sys.modules[name] = module
    parent, _, child = name.rpartition(".")
    if parent:
        try:
            holder = importlib.import_module(parent)
        except ImportError:
            holder = _module(parent)
            holder.__path__ = []
        setattr(holder, child, module)
    return module
