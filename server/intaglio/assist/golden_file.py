"""A golden file that a spec names and that is not there: what to put into it first. Writes nothing."""

from __future__ import annotations

import json
import posixpath
from dataclasses import dataclass

from intaglio.assist.samples import sample_of
from intaglio.assist.view import View
from intaglio.spec.model import FunctionKind, ParameterKind, Spec


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file to create: its workspace-relative path, and its text."""

    path: str
    text: str


class GoldenRefused(Exception):
    """The file cannot be created; the message says why."""


def missing_golden(view: View, spec: Spec) -> tuple[str, ...]:
    """The golden files of a spec, as written, that could be created."""
    found = []
    for golden in spec.golden:
        path = _placed(view, golden.path.value)
        if not path.startswith("../") and view.snapshot.read(path) is None:
            found.append(golden.path.value)
    return tuple(dict.fromkeys(found))


def new_golden(view: View, spec: Spec, written: str) -> NewFile:
    """A file with one row that fits the signature, for the path as a `golden:` line has it. Raises GoldenRefused."""
    path = _placed(view, written)
    if path.startswith("../") or written.startswith(("/", "~")):
        raise GoldenRefused(f"`{written}` lies outside of the workspace")
    if all(golden.path.value != written for golden in spec.golden):
        raise GoldenRefused(f"`{spec.name}` has no line `golden: {written}`")
    if view.snapshot.read(path) is not None:
        raise GoldenRefused(f"{path} is there already")
    return NewFile(path, f"{json.dumps(first_row(view, spec), ensure_ascii=False)}\n")


def first_row(view: View, spec: Spec) -> dict[str, object]:
    """One row: a sample for each argument, and one for the output. A person replaces it by a case that was reviewed."""
    values: dict[str, object] = {}
    for place, parameter in enumerate(spec.function.parameters):
        annotation = parameter.annotation
        if place == 0 and spec.function.kind in {FunctionKind.METHOD, FunctionKind.PROPERTY}:
            annotation = ".".join(spec.function.owners)
        elif place == 0 and spec.function.kind is FunctionKind.CLASS_METHOD:
            continue
        if parameter.default is None and parameter.kind not in {
            ParameterKind.VAR_POSITIONAL,
            ParameterKind.VAR_KEYWORD,
        }:
            values[parameter.name] = sample_of(view.document, annotation).json
    output = sample_of(view.document, spec.function.returns).json
    return {"input": values, "output": output, "note": "a sample from the signature: replace it by a reviewed case"}


def _placed(view: View, written: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(view.path), written))
