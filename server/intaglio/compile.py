"""The use case: generate, assemble, validate, lock one spec, as a stream of events.

`propose_spec` ends in a proposal and writes nothing; `compile_spec` commits it to the disk, and a language server shows it to
the user first. The command line, the server, the benchmarks and the tests consume the same events. Nothing is printed here,
and the source file is left as it was unless all four stages passed. One attempt is in `attempt.py`; bodies that are there are
judged by `validation.py` and locked by `locking.py`.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace

from intaglio.acceptance import accept, why_compiled
from intaglio.attempt import Artifact, furthest_of, lacks_of, make_attempt, preference
from intaglio.events import (
    Accepted,
    Assembled,
    AttemptBegun,
    Begun,
    Event,
    Noticed,
    Proposed,
    Refused,
    SpecKey,
    StageEnded,
    Stopped,
)
from intaglio.finding import Finding, errors_of
from intaglio.generate.author import Author, Brief
from intaglio.generate.helpers import helpers_at_hand
from intaglio.generate.interface import Cancelled, FailedAttempt, GenerationError
from intaglio.lock.check import read_lock_file
from intaglio.lock.codes import SEVERITIES
from intaglio.lock.fingerprint import short
from intaglio.lock.inputs import Materials, current_inputs
from intaglio.lock.model import Made
from intaglio.lock.origin import origin_of
from intaglio.lock.store import in_store
from intaglio.locking import commit, entry_for
from intaglio.snapshot import Snapshot
from intaglio.source import SourceError
from intaglio.spec.model import Spec
from intaglio.spec.reach import find_reach
from intaglio.subject import Gathered
from intaglio.template import lost_comments
from intaglio.template.model import FormatterMissing, TemplateError
from intaglio.template.purity import PURE_MODULES
from intaglio.workshop import Opened, Workshop, open_spec

NO_MODEL_CODES = frozenset({"GE104", "GE105", "GE106", "GE107"})
"""Codes of generation errors that are a lack of the machine: no model, no key, unreachable, an extra not installed."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asked for besides settings."""

    replace: bool = False
    lock: bool = True
    dry_run: bool = False
    reason: str = ""
    remark: str = ""
    """What the user has to say of the body that is there, for the model."""


def compile_spec(workshop: Workshop, key: SpecKey, options: Options, cancel: threading.Event) -> Iterator[Event]:
    """Compile one spec and write what passed. The last event is Accepted, Refused or Stopped."""
    for event in propose_spec(workshop, key, options, cancel):
        if not isinstance(event, Proposed):
            yield event
        elif options.dry_run:
            yield Accepted(key, short(event.entry.inputs.body), locked=False, dry_run=True)
        else:
            kept = _handwork_replaced(workshop, event)
            done = commit(workshop, event, lock=options.lock)
            if kept is not None and isinstance(done, Accepted):
                yield Noticed(key, kept)
            yield done


def _handwork_replaced(workshop: Workshop, proposed: Proposed) -> Finding | None:
    """What to say of a body that somebody wrote and the proposal replaces; None when it replaces none."""
    key = proposed.key
    snapshot = workshop.snapshot({key.path: proposed.before})
    spec = snapshot.reading(key.path).find(key.name)
    if spec is None or spec.function.is_stub:
        return None
    body = current_inputs(Materials(workshop.root, snapshot), key.path, proposed.before, spec).inputs.body
    entry = read_lock_file(snapshot, key.path).find(key.name)
    made = origin_of(workshop.root, key.path, key.name, body, entry)
    if not body or body == proposed.entry.inputs.body or (made is not None and made.backend != "hand"):
        return None
    message = f"the body that was there was written by hand, and is kept: `intaglio restore {key} --to {short(body)}` brings it back"
    return Finding("LK016", SEVERITIES["LK016"], message)


def propose_spec(workshop: Workshop, key: SpecKey, options: Options, cancel: threading.Event) -> Iterator[Event]:
    """Compile one spec and write nothing. The last event is Proposed, Refused or Stopped."""
    yield Begun(key)
    try:
        opened = yield from open_spec(workshop, key)
        if opened is None:
            return
        if refusal := _would_lose(workshop, opened, options):
            yield Refused(key, refusal)
            return
        for finding in lost_comments(opened.text, opened.spec):
            yield Noticed(key, finding)
        author = workshop.author_for(opened.spec)
        yield from _attempts(workshop, opened, author, options, cancel)
    except Cancelled:
        yield Stopped(key)
    except GenerationError as error:
        yield Refused(key, str(error), environment=error.code in NO_MODEL_CODES)
    except FormatterMissing as error:
        yield Refused(key, str(error), environment=True)
    except (SourceError, TemplateError) as error:
        yield Refused(key, str(error))


def _would_lose(workshop: Workshop, opened: Opened, options: Options) -> str:
    """Why compiling would overwrite work that nothing else holds; "" when it would not."""
    key, snapshot = opened.key, opened.snapshot
    if opened.spec.function.is_stub or options.replace:
        return ""
    present = current_inputs(Materials(workshop.root, snapshot), key.path, opened.text, opened.spec)
    entry = read_lock_file(snapshot, key.path).find(key.name)
    known = present.inputs.body and (
        (entry is not None and entry.inputs.body == present.inputs.body) or in_store(workshop.root, present.inputs.body)
    )
    if known:
        return ""
    return (
        f"{key.name} has a body that no lock and no store knows; `intaglio lock --adopt` keeps it, "
        "`intaglio compile --replace` puts it into the store and writes another"
    )


def brief_for(snapshot: Snapshot, path: str, text: str, spec: Spec, gathered: Gathered) -> Brief:
    """What an author is told of a spec: of all that was gathered the golden rows stay behind.

    A stub uses nothing yet, so the constants, classes and helpers that the spec's prose names are shown as well.
    """
    words = frozenset(re.findall(r"[^\W\d]\w*", spec.prose.value))
    return Brief(
        path,
        text,
        spec,
        find_reach(text, path, spec, snapshot.text, words - {spec.function.name}),
        f"{gathered.template.summary}\n\n{gathered.template.contract}",
        tuple(block.text for block in gathered.blocks),
        tuple(sorted(PURE_MODULES | gathered.subject.grant.modules)),
    )


def _attempts(
    workshop: Workshop, opened: Opened, author: Author, options: Options, cancel: threading.Event
) -> Iterator[Event]:
    """Ask, assemble, validate; with the findings of what failed, again; then propose what passed."""
    key, text, spec = opened.key, opened.text, opened.spec
    brief = replace(brief_for(opened.snapshot, key.path, text, spec, opened.gathered), remark=options.remark)
    if author.repairs:  # it reads the brief's hints; rules are compiled as they stand
        brief = replace(brief, helpers=helpers_at_hand(workshop.root, key.path, text, spec))
    for finding in (screened := author.screen(brief)):
        yield Noticed(key, finding)
    if errors := errors_of(screened):
        yield Refused(key, errors[0].message)
        return
    attempts = workshop.settings.attempts if author.repairs else 1
    failures: list[FailedAttempt] = []
    for attempt in range(1, attempts + 1):
        yield AttemptBegun(key, attempt, attempts, author.backend, author.model)
        good, failed = yield from make_attempt(workshop, opened, author, brief, failures, attempt, cancel)
        if good:
            best = min(good, key=preference)
            if len(good) + len(failed) > 1:  # the picture is that of the one that is kept, not of the last one judged
                yield Assembled(key, attempt, best.answer.candidate, best.answer.body or "", best.text)
                for verdict in best.verdicts:
                    yield StageEnded(key, best.answer.candidate, verdict)
            for finding in best.mended:
                yield Noticed(key, finding)
            yield _propose(workshop, opened, author, best, attempt, options)
            return
        if lacks := [finding for one in failed for finding in lacks_of(one)]:
            yield Refused(key, lacks[0].message, environment=True)
            return
        failures.append(furthest_of(failed))
    count = f"none of {attempts} attempts" if attempts > 1 else "the candidate"
    verb = "passed" if attempts > 1 else "did not pass"
    yield Refused(
        key, f"{count} {verb}; the last was refused by the {failures[-1].stage} stage, and the file is as it was"
    )


def _propose(
    workshop: Workshop, opened: Opened, author: Author, best: Artifact, attempt: int, options: Options
) -> Proposed:
    usage = best.answer.usage
    made = Made(
        author.backend,
        best.answer.model or author.model,
        author.parameters,
        best.answer.prompt,
        usage.input_tokens,
        usage.output_tokens,
        "none" if author.backend == "rules" else "estimated" if usage.estimated else "reported",
        usage.cost,
        attempt,
    )
    accepted = accept(workshop.root, "compiled", options.reason or _why(workshop, opened))
    entry = entry_for(opened.key.name, best.inputs, made, best.verdicts, accepted)
    return Proposed(opened.key, opened.text, best.text, entry)


def _why(workshop: Workshop, opened: Opened) -> str:
    """Why this spec was compiled, from its text and lock as they were before."""
    key, snapshot = opened.key, opened.snapshot
    present = current_inputs(Materials(workshop.root, snapshot), key.path, opened.text, opened.spec)
    return why_compiled(read_lock_file(snapshot, key.path).find(key.name), present)
