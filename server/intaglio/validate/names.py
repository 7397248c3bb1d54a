"""Names and arity by jedi: calls of what a body can see, checked against the signatures that jedi knows."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from typing import Any

from intaglio.candidate import Subject
from intaglio.jedi_environment import reading_environment
from intaglio.validate.type_checker import ToolMissing


@cache
def jedi_version() -> str:
    """The installed version. Raises ToolMissing."""
    try:
        return metadata.version("jedi")
    except metadata.PackageNotFoundError as error:
        raise ToolMissing("jedi is not installed; run: pip install 'intaglio[validate]'") from error


def check_calls(subject: Subject, function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[tuple[str, ast.Call]]:
    """Calls of plain names in the body that no signature known to jedi takes: (what is wrong, the call)."""
    own = {definition.name for definition in subject.reach.definitions if not definition.is_import}
    calls = [
        node
        for statement in function.body
        for node in ast.walk(statement)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in own
    ]
    if not calls:
        return
    try:
        import jedi
    except ImportError as error:
        raise ToolMissing(f"jedi does not load ({error}); run: pip install 'intaglio[validate]'") from error
    script = jedi.Script(code=subject.text, environment=reading_environment(tuple(sys.path)))
    for call in calls:
        signatures = script.get_signatures(call.func.end_lineno, (call.func.end_col_offset or 0) + 1)
        complaints = [_complaint(call, signature) for signature in signatures]
        if complaints and all(complaints):
            yield complaints[0] or "", call


def _complaint(call: ast.Call, signature: Any) -> str | None:
    if any(isinstance(argument, ast.Starred) for argument in call.args) or any(
        keyword.arg is None for keyword in call.keywords
    ):
        return None
    positional, required, names = 0, set(), set()
    for parameter in signature.params:
        kind = parameter.kind.name
        if kind in {"VAR_POSITIONAL", "VAR_KEYWORD"}:
            return None
        names.add(parameter.name)
        if kind != "KEYWORD_ONLY":
            positional += 1
        if "=" not in parameter.to_string():
            required.add(parameter.name)
    if len(call.args) > positional:
        return f"`{signature.name}` takes {positional} positional arguments, and is given {len(call.args)}"
    given = {parameter.name for parameter in signature.params[: len(call.args)]} | {
        keyword.arg for keyword in call.keywords
    }
    if unknown := {keyword.arg for keyword in call.keywords} - names:
        return f"`{signature.name}` has no parameter `{min(str(name) for name in unknown)}`"
    if missing := required - given:
        return f"`{signature.name}` is called without `{min(missing)}`"
    return None
