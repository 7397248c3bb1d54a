"""What the local cache of verdicts knows of the bodies of a file: looked up, and nothing run. For surfaces that show it without being
asked. Loads the stages when it is called, not when it is named; it reads and parses whole files, which is why a language server has it done in its background process.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from intaglio.config import Settings
    from intaglio.lock.model import LockFile, Present
    from intaglio.snapshot import Snapshot
    from intaglio.spec.model import Spec
    from intaglio.validate.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Cached:
    """The verdicts of one body. `by_hand`: it passed, and nothing vouches for where it came from, so that it can be locked only by
    adopting it.
    """

    verdicts: tuple[Verdict, ...]
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of each body that was asked for. `broken`: the file does not parse as a whole, so nothing was looked up."""

    bodies: Mapping[str, Cached]
    broken: bool = False


def look_up(
    snapshot: Snapshot, settings: Settings, path: str, presents: Mapping[str, Present], lock: LockFile
) -> Known:
    """What the cache knows of a file's bodies, by qualified name; what it does not know is left out. `presents` are what these
    bodies are made from now.
    """
    from intaglio.lock.origin import origin_of
    from intaglio.source import SourceError
    from intaglio.spec.module_index import index_module
    from intaglio.validate.verdict import passed

    folder = snapshot.root / ".intaglio" / "cache" / "verdicts"
    try:
        if not folder.is_dir() or not any(folder.iterdir()):
            return Known({})
        text, reading = snapshot.source(path).text, snapshot.reading(path)
    except (OSError, SourceError):
        return Known({})
    if index_module(path, text).error:
        return Known({}, broken=True)
    found: dict[str, Cached] = {}
    for spec in reading.specs:
        present = presents.get(spec.name)
        verdicts = _verdicts(snapshot, settings, path, text, spec) if present is not None else None
        if present is None or verdicts is None:
            continue
        by_hand = passed(verdicts) and (
            origin_of(snapshot.root, path, spec.name, present.inputs.body, lock.find(spec.name)) is None
        )
        found[spec.name] = Cached(verdicts, by_hand)
    return Known(found)


def _verdicts(snapshot: Snapshot, settings: Settings, path: str, text: str, spec: Spec) -> tuple[Verdict, ...] | None:
    from intaglio.finding import errors_of
    from intaglio.source import SourceError
    from intaglio.subject import gather
    from intaglio.template.model import TemplateError
    from intaglio.validate.pipeline import read_cached, subject_key

    try:
        gathered = gather(snapshot, settings, path, text, spec)
    except (SourceError, TemplateError):  # said where the spec's own findings are
        return None
    if errors_of((*spec.findings, *gathered.findings)):
        return None
    return read_cached(snapshot.root / ".intaglio" / "cache" / "verdicts", subject_key(gathered.subject))
