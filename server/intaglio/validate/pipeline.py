"""The four stages in their order, later ones skipped after a failure, with a cache of complete runs."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import hashlib
import json
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from intaglio import __version__
from intaglio.candidate import Subject
from intaglio.finding import Edit, Finding, Fix, Place, Severity, Span
from intaglio.sandbox.cancelling import RunCancelled
from intaglio.source import write_atomically
from intaglio.validate import accuracy, execution, security, syntax
from intaglio.validate.codes_execution import STAGE_BROKE
from intaglio.validate.observation import observer_version
from intaglio.validate.tools import Toolbox
from intaglio.validate.type_checker import TypeCheck
from intaglio.validate.verdict import DirectiveResult, Outcome, StageName, Verdict

TRANSIENT = frozenset({"EX101", "EX107", "EX113", "AC109", "EN101", "SE113"})
"""Codes of findings that another run might not meet again: verdicts with one of them are not cached."""


@dataclass(frozen=True, slots=True)
class StageStarted:
    """A stage has begun."""

    stage: StageName


def run_stages(
    subject: Subject,
    toolbox: Toolbox,
    cache: Path | None = None,
    cancel: threading.Event | None = None,
    stages: Sequence[StageName] = tuple(StageName),
) -> Iterator[StageStarted | Verdict]:
    """The chosen stages in their order. `cache` is a folder for verdicts; `cancel` ends the run: what is in the
    sandbox at once, a stage that runs nothing when it is through; nothing is said of a stage that was ended.

    Whoever asks for a stage that runs the code gets the security stage before it: nothing runs that has not passed that.
    """
    if set(stages) & {StageName.EXECUTION, StageName.ACCURACY}:
        stages = (StageName.SECURITY, *(stage for stage in stages if stage is not StageName.SECURITY))
    key = subject_key(subject)
    cached = read_cached(cache, key, stages)
    if cached is not None:
        yield from cached
        return
    failed: StageName | None = None
    verdicts: list[Verdict] = []
    with toolbox.until(cancel), contextlib.ExitStack() as beside:
        # The type checker is the slowest of the static tools, and runs nothing: it need not wait for the security stage.
        # Nobody asks what it says before that has passed.
        types = beside.enter_context(TypeCheck(subject, toolbox.types)) if StageName.SYNTAX in stages else None
        for stage in StageName:
            if stage not in stages:
                continue
            if cancel is not None and cancel.is_set():
                return
            if failed is not None:
                verdict = Verdict(stage, Outcome.SKIPPED, facts=(("reason", f"{failed} failed"),))
            else:
                yield StageStarted(stage)
                try:
                    verdict = _run(stage, subject, toolbox, key, types)
                except RunCancelled:
                    return
                if verdict.outcome is not Outcome.PASSED:
                    failed = stage
            if failed is not None or stage is StageName.SYNTAX:
                beside.close()
            verdicts.append(verdict)
            yield verdict
    write_cached(cache, key, verdicts)


def _run(stage: StageName, subject: Subject, toolbox: Toolbox, key: str, types: TypeCheck | None) -> Verdict:
    started = time.perf_counter()
    try:
        match stage:
            case StageName.SECURITY:
                return security.check(subject)
            case StageName.SYNTAX:
                return syntax.check(subject, types)
            case StageName.EXECUTION:
                return execution.check(subject, toolbox, key)
            case StageName.ACCURACY:
                return accuracy.check(subject, toolbox, key)
    except RunCancelled:
        raise
    except Exception as error:  # noqa: BLE001 - a stage that breaks is a failure that says so, never a pass
        message = f"the {stage} stage ended with an error of its own: {type(error).__name__}: {error}"
        finding = Finding(STAGE_BROKE.id, Severity.ERROR, message[:500])
        return Verdict(stage, Outcome.FAILED, (finding,), (time.perf_counter() - started) * 1000)


def subject_key(subject: Subject) -> str:
    """SHA-256 over everything that goes into the verdicts: function, spec, reach, golden data, settings, tools, ourselves.

    Places are relative, so what stands elsewhere in the file does not count.
    """
    spec, function = subject.spec, subject.spec.function
    settings = [
        subject.strict,
        subject.call_seconds,
        subject.stage_seconds,
        subject.generated_inputs,
        subject.line_length,
    ]
    parts: list[Any] = [
        tool_versions(),
        subject.slice(Span(spec.block.start, spec.block.end)),
        spec.name,
        function.indentation,
        subject.slice(function.span),
        [subject.slot.start - function.span.start, subject.slot.end - function.span.start],
        [dataclasses.astuple(definition) for definition in subject.reach.definitions],
        sorted(subject.grant.modules),
        [[golden.path, golden.share, _hash(golden.data)] for golden in subject.golden],
        subject.comply_fields,
        subject.forbidden_calls,
        settings,
        _owner_text(subject),
    ]
    return hashlib.sha256(json.dumps(parts, default=str).encode("utf-8", "surrogatepass")).hexdigest()


@functools.cache
def tool_versions() -> tuple[tuple[str, str], ...]:
    """Python, Intaglio and its own source, and each library that gives verdicts."""
    found = [("python", ".".join(map(str, sys.version_info[:3]))), ("intaglio", f"{__version__} {_own_source()}")]
    for name in ("bandit", "hypothesis", "jedi", "ruff", "ty"):
        try:
            found.append((name, metadata.version(name)))
        except metadata.PackageNotFoundError:
            found.append((name, "missing"))
    return tuple(found)


def verdict_tools() -> tuple[tuple[str, str], ...]:
    """The tools that are here, as verdicts name them: of Intaglio, what an observation depends on."""
    return tuple((name, observer_version() if name == "intaglio" else version) for name, version in tool_versions())


def read_cached(
    cache: Path | None, key: str, stages: Sequence[StageName] = tuple(StageName)
) -> tuple[Verdict, ...] | None:
    """The verdicts of a complete run on exactly this subject; None when there are none, or they cannot be read."""
    if cache is None:
        return None
    try:
        document = json.loads((cache / f"{key}.json").read_text(encoding="utf-8"))
        verdicts = tuple(verdict_from_json(entry) for entry in document["verdicts"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if document.get("key") != key or [verdict.stage for verdict in verdicts] != list(StageName):
        return None
    return tuple(verdict for verdict in verdicts if verdict.stage in stages)


def write_cached(cache: Path | None, key: str, verdicts: Sequence[Verdict]) -> None:
    """Keep a complete run. A folder that cannot be written makes the next run slower, and changes nothing else."""
    complete = [verdict.stage for verdict in verdicts] == list(StageName)
    if (
        cache is None
        or not complete
        or any(finding.code in TRANSIENT for verdict in verdicts for finding in verdict.findings)
    ):
        return
    document = {"key": key, "verdicts": [verdict_to_json(verdict) for verdict in verdicts]}
    try:
        cache.mkdir(parents=True, exist_ok=True)
        write_atomically(cache / f"{key}.json", json.dumps(document).encode())
    except OSError:
        return


def verdict_to_json(verdict: Verdict) -> dict[str, Any]:
    """A verdict as plain data."""
    return dataclasses.asdict(verdict)


def verdict_from_json(entry: dict[str, Any]) -> Verdict:
    """A verdict from plain data. Raises KeyError, TypeError or ValueError."""
    return Verdict(
        StageName(entry["stage"]),
        Outcome(entry["outcome"]),
        tuple(_finding_from_json(finding) for finding in entry["findings"]),
        float(entry["millis"]),
        tuple((str(name), str(version)) for name, version in entry["tools"]),
        str(entry["digest"]),
        tuple((str(name), str(value)) for name, value in entry["facts"]),
        tuple(
            DirectiveResult(
                result["directive"],
                int(result["index"]),
                bool(result["passed"]),
                str(result["said"]),
                float(result["millis"]),
            )
            for result in entry["results"]
        ),
    )


def _finding_from_json(entry: dict[str, Any]) -> Finding:
    fixes = tuple(
        Fix(fix["title"], tuple(Edit(_place_from_json(edit["place"]), edit["new_text"]) for edit in fix["edits"]))
        for fix in entry["fixes"]
    )
    place = _place_from_json(entry["place"]) if entry["place"] is not None else None
    details = tuple((str(name), str(value)) for name, value in entry["details"])
    return Finding(str(entry["code"]), Severity(entry["severity"]), str(entry["message"]), place, fixes, details)


def _place_from_json(entry: dict[str, Any]) -> Place:
    return Place(entry["target"], Span(int(entry["span"]["start"]), int(entry["span"]["end"])))


def _owner_text(subject: Subject) -> str:
    """Of a method, the class that it belongs to is in its reach; of a plain function there is nothing to add."""
    return ".".join(subject.spec.function.owners)


def _hash(data: bytes | None) -> str:
    return hashlib.sha256(data).hexdigest() if data is not None else ""


@functools.cache
def _own_source() -> str:
    """A short hash of the stages' own source, so that a changed stage never answers from an old cache."""
    digest = hashlib.sha256()
    package = Path(__file__).resolve().parents[1]
    for folder in ("validate", "sandbox", "spec", "template"):
        for path in sorted((package / folder).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
