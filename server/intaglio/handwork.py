"""The use case of a hand edit: an input on which the locked and the present body differ, offered as an example.

Changes nothing by itself; `with_example` gives the text in which a spec has one example more.
"""

from __future__ import annotations

from intaglio.events import SpecKey
from intaglio.lock.check import read_lock_file
from intaglio.lock.inputs import Materials, current_inputs
from intaglio.lock.store import find_suite, place_suite
from intaglio.source import SourceError
from intaglio.spec.model import Spec
from intaglio.subject import gather
from intaglio.template.model import TemplateError
from intaglio.validate.comparison import Searched, Side, find_difference
from intaglio.workshop import Workshop


def search_difference(workshop: Workshop, key: SpecKey) -> Searched:
    """Search an input on which the present body answers differently from the locked one. See `Searched`."""
    snapshot = workshop.snapshot()
    try:
        text = snapshot.source(key.path).text
        spec = snapshot.reading(key.path).find(key.name)
        entry = read_lock_file(snapshot, key.path).find(key.name)
        if spec is None or entry is None:
            return Searched(problem=f"{key} has no usable lock to compare with")
        if spec.function.is_stub:
            return Searched(problem=f"{key} has no body to compare with the locked one")
        present = gather(snapshot, workshop.settings, key.path, text, spec).subject
        body = current_inputs(Materials(workshop.root, snapshot), key.path, text, spec).inputs.body
        if body == entry.inputs.body:
            return Searched(problem=f"{key} is the body that was locked")
        found = find_suite(workshop.root, key.path, key.name, entry.inputs.body)
        if found is None:
            return Searched(problem="the locked body is neither in the store nor in git's history")
        before = place_suite(text, spec, found.suite)
        past = workshop.snapshot({key.path: before})
        old = past.reading(key.path).find(key.name)
        if old is None:
            return Searched(problem=f"{key.name} was not found again with its locked body")
        locked = gather(past, workshop.settings, key.path, before, old).subject
    except (SourceError, TemplateError, ValueError) as error:
        return Searched(problem=str(error))
    return find_difference(Side(locked, "the locked body"), Side(present, "the present body"), workshop.toolbox)


def with_example(text: str, spec: Spec, example: str) -> str:
    """`text`, from which `spec` was read, with an `example:` line behind the last line of its block."""
    data = text.encode("utf-8", "surrogatepass")
    start, end = spec.block.start, spec.block.end
    lead = data[data.rfind(b"\n", 0, start) + 1 : start]
    newline = b"\r\n" if b"\r\n" in data else b"\n"
    line = newline + lead + f"# example: {example}".encode("utf-8", "surrogatepass")
    kept = data[:end].rstrip(b"\r\n")
    return (kept + line + data[len(kept) :]).decode("utf-8", "surrogatepass")
