"""The use case of validating the body that is there, and whether that was done before. Writes nothing but cached verdicts."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from intaglio.config import Settings
from intaglio.events import Accepted, Assembled, Begun, Event, Refused, SpecKey, Stopped
from intaglio.lock.fingerprint import short
from intaglio.lock.inputs import Materials, current_inputs
from intaglio.lock.model import Inputs
from intaglio.snapshot import Snapshot
from intaglio.source import SourceError
from intaglio.spec.model import Spec
from intaglio.subject import gather
from intaglio.template.model import TemplateError
from intaglio.validate.pipeline import read_cached, subject_key
from intaglio.validate.verdict import Outcome, StageName, Verdict, passed
from intaglio.workshop import ENVIRONMENT_CODES, Workshop, open_spec, run_and_tell


@dataclass(frozen=True, slots=True)
class Judged:
    """A body that is there, and its verdicts, all passed. `inputs` were taken before the stages began."""

    snapshot: Snapshot
    text: str
    inputs: Inputs
    verdicts: tuple[Verdict, ...]


def validate_spec(
    workshop: Workshop,
    key: SpecKey,
    cancel: threading.Event,
    stages: Sequence[StageName] = tuple(StageName),
) -> Iterator[Event]:
    """Run the stages on the body that is there. The last event is Accepted (all that were asked for passed), Refused or
    Stopped.
    """
    judged = yield from judge_present(workshop, key, cancel, stages)
    if judged is not None:
        yield Accepted(key, short(judged.inputs.body), locked=False)


def judge_present(
    workshop: Workshop, key: SpecKey, cancel: threading.Event, stages: Sequence[StageName] = tuple(StageName)
) -> Generator[Event, None, Judged | None]:
    """Judge the body that is there; None when it was refused or stopped, which has been said."""
    yield Begun(key)
    try:
        opened = yield from open_spec(workshop, key)
        if opened is None:
            return None
        snapshot, text, spec = opened.snapshot, opened.text, opened.spec
        if spec.function.is_stub:
            yield Refused(key, f"{key.name} is a stub: there is nothing to validate; compile it first")
            return None
        yield Assembled(key, 0, 0, "", text)
        inputs = current_inputs(Materials(workshop.root, snapshot), key.path, text, spec).inputs
        verdicts = yield from run_and_tell(workshop, key, 0, opened.gathered.subject, cancel, stages)
    except (SourceError, TemplateError) as error:
        yield Refused(key, str(error))
        return None
    if cancel.is_set():
        yield Stopped(key)
        return None
    broken = next((verdict for verdict in verdicts if verdict.outcome is not Outcome.PASSED), None)
    if broken is not None:
        lacks = any(finding.code in ENVIRONMENT_CODES for finding in broken.findings)
        yield Refused(key, f"refused by the {broken.stage} stage", environment=lacks)
        return None
    return Judged(snapshot, text, inputs, verdicts)


def is_ready(workshop_root: Path, settings: Settings, snapshot: Snapshot, path: str, spec: Spec) -> bool:
    """Whether the local verdict cache has four passed stages on exactly this body and all that it stands on."""
    try:
        text = snapshot.source(path).text
        gathered = gather(snapshot, settings, path, text, spec)
    except (SourceError, TemplateError):
        return False
    folder = workshop_root / ".intaglio" / "cache" / "verdicts"
    return passed(read_cached(folder, subject_key(gathered.subject)) or ())
