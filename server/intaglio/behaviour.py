"""Two states of the workspace, compared by what a function does in each: gathers its subject from both. Runs nothing itself."""

from __future__ import annotations

from dataclasses import dataclass

from intaglio.candidate import Subject
from intaglio.config import Settings
from intaglio.snapshot import Snapshot
from intaglio.source import SourceError
from intaglio.subject import gather
from intaglio.template.model import TemplateError
from intaglio.validate.comparison import Behaviour, Side, compare_all
from intaglio.validate.tools import Toolbox


@dataclass(frozen=True, slots=True)
class Version:
    """A function in one state of the workspace."""

    snapshot: Snapshot
    path: str
    name: str


def compare_behaviour(settings: Settings, toolbox: Toolbox, before: Version, after: Version) -> Behaviour:
    """Run both versions on the same inputs."""
    try:
        old, new = _subject(settings, before), _subject(settings, after)
    except (SourceError, TemplateError) as error:
        return Behaviour(problem=str(error))
    return compare_all(Side(old, "the body as it was"), Side(new, "the body as it is now"), toolbox)


def _subject(settings: Settings, version: Version) -> Subject:
    """Raises SourceError, TemplateError."""
    text = version.snapshot.source(version.path).text
    spec = version.snapshot.reading(version.path).find(version.name)
    if spec is None or spec.function.is_stub:
        raise SourceError(f"there is no body of {version.path}::{version.name} to run")
    return gather(version.snapshot, settings, version.path, text, spec).subject
