"""What jedi knows of an expression that is being typed: attributes behind a dot, signatures of calls. Text in, values out.

jedi reads an excerpt of the file and the sources that it imports. It runs nothing of the workspace: compiled modules are looked
for in the standard library alone, no project file of jedi's own and no plug-in is loaded. Imported lazily, as it takes 0.2 s.
"""

from __future__ import annotations

import functools
import re
import sys
import sysconfig
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from intaglio.assist.excerpt import excerpt
from intaglio.assist.view import View
from intaglio.jedi_environment import reading_environment
from intaglio.spec.model import FunctionKind, ParameterKind, Spec

_LOCK = threading.Lock()
"""jedi's caches are not made for threads."""
_WORD = re.compile(r"[^\W\d]\w*")
_TYPED = re.compile(r"\w*\Z")
_IMPORTS = re.compile(r"^[ \t]*(?:from|import)[ \t]+([.\w]+)|\b__import__\b", re.MULTILINE)
_ANNOTATION_OF = {ParameterKind.VAR_POSITIONAL: "tuple[{}, ...]", ParameterKind.VAR_KEYWORD: "dict[str, {}]"}


@dataclass(frozen=True, slots=True)
class Known:
    """One attribute: its name, what it is (`function`, `property`, `statement`, `module` ...), and a line about it."""

    name: str
    kind: str
    line: str


@dataclass(frozen=True, slots=True)
class Called:
    """A function that is being called: its name, and each parameter as written."""

    name: str
    parameters: tuple[str, ...]
    active: int | None
    documentation: str


def attributes(view: View, spec: Spec | None, before: str, *, inside: bool) -> tuple[Known, ...]:
    """What may stand behind the last dot of `before`, the part of an expression up to the cursor.

    `inside`: whether the function's parameters and `result` are known to the expression. Empty when jedi is not installed.
    """
    typed = _TYPED.search(before)
    word = typed[0].lower() if typed is not None else ""
    text = _program(view, spec, before[: len(before) - len(word)], inside=inside)
    ask = _behind_dot if _is_closed(text) else _behind_dot.__wrapped__
    return tuple(one for one in ask(view.snapshot.root, view.path, text) if one.name.lower().startswith(word))


@functools.lru_cache(maxsize=128)
def _behind_dot(root: Path, path: str, text: str) -> tuple[Known, ...]:
    """What may stand at the end of a text, whatever is typed of it. Kept: jedi starts from nothing each time, and each letter
    behind a dot asks again.
    """
    found: tuple[Known, ...] = ()
    with _LOCK, _quiet():
        script = _script(root, path, text)
        if script is not None:
            found = tuple(
                Known(one.name, one.type, one.description) for one in script.complete() if not one.name.startswith("_")
            )
    return found


def _is_closed(text: str) -> bool:
    """Whether a text stands on nothing but itself and the standard library, so that its meaning is always the same."""
    return all(name.partition(".")[0] in sys.stdlib_module_names for name in _IMPORTS.findall(text))


def called(view: View, spec: Spec | None, before: str, *, inside: bool) -> Called | None:
    """The call whose argument is being typed at the end of `before`. None when jedi is not installed."""
    text = _program(view, spec, before, inside=inside)
    found: Called | None = None
    with _LOCK, _quiet():
        script = _script(view.snapshot.root, view.path, text)
        signatures = script.get_signatures() if script is not None else []
        if signatures:
            one = signatures[0]
            parameters = tuple(parameter.to_string() for parameter in one.params)
            found = Called(one.name, parameters, one.index, one.docstring(raw=True).partition("\n\n")[0])
    return found


def warm_up() -> None:
    """Load jedi and what it reads of Python's own types: the first answer takes a tenth as long then."""
    with _LOCK, _quiet():
        if (jedi := _jedi()) is not None:
            project = jedi.Project(Path.cwd(), sys_path=_library(), smart_sys_path=False)
            for text in ("x: int\nx.", "x: str\nx.", "x: list[int]\nx."):
                jedi.Script(text, project=project, environment=reading_environment(_library())).complete()


@contextmanager
def _quiet() -> Iterator[None]:
    """Jedi fails in many ways on half-typed code; as what it says is a hint, a failure says nothing."""
    with warnings.catch_warnings(), suppress(Exception):
        warnings.simplefilter("ignore")
        yield


def _script(root: Path, path: str, text: str) -> Any:
    """A jedi script of a text in a file's place; None where jedi is missing."""
    jedi = _jedi()
    if jedi is None:
        return None
    folder = (root / path).parent
    project = jedi.Project(root, sys_path=_library(), smart_sys_path=False, added_sys_path=[str(root), str(folder)])
    return jedi.Script(text, path=root / path, project=project, environment=reading_environment(_library()))


def _program(view: View, spec: Spec | None, before: str, *, inside: bool) -> str:
    words = set(_WORD.findall(before))
    heading = "def _():"
    if spec is not None:
        function = spec.function
        words |= {function.name, *function.owners[:1]}
        if inside:
            parameters = []
            for place, parameter in enumerate(function.parameters):
                note = parameter.annotation or ""
                if place == 0 and function.kind in {FunctionKind.METHOD, FunctionKind.PROPERTY} and not note:
                    note = ".".join(function.owners)
                note = _ANNOTATION_OF.get(parameter.kind, "{}").format(note) if note else ""
                parameters.append(f"{parameter.name}: {note}" if note else parameter.name)
            result = "list" if function.is_generator else function.returns
            parameters.append(f"result: {result}" if result else "result")
            words |= set(_WORD.findall(" ".join(parameters)))
            heading = f"def _({', '.join(parameters)}):"
    return f"{excerpt(view.document, frozenset(words))}\n\n{heading}\n    return (\n{before}"


@functools.cache
def _jedi() -> Any:
    try:
        import jedi
    except ImportError:
        return None
    jedi.settings.auto_import_modules = []
    jedi.settings.allow_unsafe_interpreter_executions = False
    return jedi


@functools.cache
def _library() -> tuple[str, ...]:
    """The folders of the standard library: the only ones that compiled modules may come from."""
    stands = {sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"), str(Path(sysconfig.__file__).parent)}
    return tuple(
        place
        for place in sys.path
        if any(place == one or (place.startswith(f"{one}/") and "site-packages" not in place) for one in stands)
    )
