"""Lock files: TOML text to entries and back, with a seal over each block. Reads and writes no disk.

Reading never fails: what cannot be used becomes a finding, and the blocks that it does not touch stay usable. The text is
made to be merged line by line: every header names its artifact, a block begins and ends in a line that never changes, and
the order of blocks is the writer's (docs/locks.md).
"""

from __future__ import annotations

import hashlib
import itertools
import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from intaglio.finding import Finding
from intaglio.lock.codes import SEVERITIES
from intaglio.lock.model import Accepted, Entry, Inputs, LockFile, Made, Pairs, StageRecord
from intaglio.lock.toml_blocks import read_plain
from intaglio.validate.verdict import StageName

FORMAT_VERSION = 1
HEADER = "# Written by intaglio, one block an artifact, and sealed: change it with `intaglio lock`, not by hand.\n"
_MARKER = re.compile(r"(?m)^(<{7}|={7}|>{7}|\|{7})( .*)?\r?$")
_KEY = r'(?:[A-Za-z0-9_-]+|"[^"\\\n]*")'
_BLOCK = re.compile(rf"(?m)^\[artifact\.{_KEY}\][ \t]*\r?$")
_NAME = re.compile(rf"(?m)^\[artifact\.({_KEY})[.\]]")
_SEALED_LIMIT = 2**63
_SEALED_TEXT = json.JSONEncoder(sort_keys=True, ensure_ascii=True, separators=(",", ":"), allow_nan=False).encode
"""The text that a seal is the hash of; a new encoder for every block cost as much as its work."""
_TEXTS = {str}
"""What a parser of TOML gives for a text."""


def read_lock(text: str) -> LockFile:
    """The entries of a lock file's text, with findings for what cannot be used."""
    document = read_plain(text)
    if document is None:
        if _MARKER.search(text):
            return _read_conflicted(text)
        try:
            document = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            return _read_pieces(text, str(error))
    version = document.get("version")
    if version != FORMAT_VERSION or version is True:
        names = _names_in(text)
        why = f"its lock file has version {version!r}, and this Intaglio reads {FORMAT_VERSION}"
        return LockFile((), (_finding("LK003", f"the lock file has version {version!r}; expected {FORMAT_VERSION}"),),
                        tuple((name, why) for name in names))  # fmt: skip
    blocks = document.get("artifact", {})
    if not isinstance(blocks, dict):
        return LockFile((), (_finding("LK006", "`artifact` is not a table of blocks"),))
    return _collect(list(blocks.items()), [], {})


def write_lock(entries: Iterable[Entry]) -> str:
    """A lock file's text: a sealed block for each entry, in their order. Raises ValueError for two entries of one name."""
    ordered = list(entries)
    doubled = [name for name, count in Counter(entry.name for entry in ordered).items() if count > 1]
    if doubled:
        raise ValueError(f"two locks for {doubled[0]}; each name has one")
    return "\n".join([f"{HEADER}version = {FORMAT_VERSION}\n", *map(write_block, ordered)])


def with_entry(entries: Iterable[Entry], entry: Entry, order: Sequence[str], instead_of: str = "") -> list[Entry]:
    """Entries with one put in: where the one of its name (or `instead_of`) stood, else behind the nearest of those that
    `order`, the names of the source file from above, has before it. No other block moves: so two branches that lock new
    functions at different places of one source file write at different places of its lock file too.
    """
    kept = list(entries)
    places = [place for place, one in enumerate(kept) if one.name in {entry.name, instead_of}]
    if places:
        kept[places[0]] = entry
        return [one for place, one in enumerate(kept) if place not in places[1:]]
    where = {one.name: place for place, one in enumerate(kept)}
    above = order[: order.index(entry.name)] if entry.name in order else ()
    below = order[order.index(entry.name) + 1 :] if entry.name in order else ()
    before = next((where[name] for name in reversed(above) if name in where), None)
    after = next((where[name] for name in below if name in where), None)
    place = before + 1 if before is not None else after if after is not None else len(kept)
    return [*kept[:place], entry, *kept[place:]]


def write_block(entry: Entry) -> str:
    """One entry's lines, from its header to the line that ends it."""
    import tomli_w

    table = entry_to_table(entry)
    seal = seal_of(table)
    del table["name"]
    sealed: dict[str, Any] = {}
    for key, value in table.items():
        if "seal" not in sealed and isinstance(value, dict):
            sealed["seal"] = seal
        sealed[key] = value
    text = tomli_w.dumps({"artifact": {entry.name: sealed}})
    return f"{text}# end of {text[1 : text.index(']' + chr(10))]}\n"


def seal_of(block: dict[str, Any]) -> str:
    """The hash over all of a block's fields, its name with them, but its seal. Raises TypeError or ValueError for what no seal covers."""
    rest = block.copy()
    rest.pop("seal", None)
    return f"1:{hashlib.sha256(f'seal{chr(0)}{_SEALED_TEXT(rest)}'.encode()).hexdigest()}"


def entry_to_table(entry: Entry) -> dict[str, Any]:
    """An entry as the TOML block holds it, with its name and without its seal."""
    inputs, made, accepted = entry.inputs, entry.made, entry.accepted
    table: dict[str, Any] = {
        "name": entry.name, "spec": inputs.spec, "signature": inputs.signature, "body": inputs.body,
        "depends": list(inputs.depends),
    }  # fmt: skip
    for key in _PAIR_FIELDS:
        if pairs := getattr(inputs, key):
            table[key] = dict(pairs)
    table["made"] = {
        "backend": made.backend, "model": made.model, "prompt": made.prompt, "attempts": made.attempts,
        "input_tokens": made.input_tokens, "output_tokens": made.output_tokens, "usage": made.usage,
    }  # fmt: skip
    if made.cost is not None:
        table["made"]["cost"] = float(made.cost)
    if made.parameters:
        table["made"]["parameters"] = dict(made.parameters)
    for stage in entry.stages:
        table[stage.stage] = {
            "outcome": stage.outcome, "digest": stage.digest,
            "tools": [f"{name} {version}" for name, version in stage.tools],
        }  # fmt: skip
    table["accepted"] = {"by": accepted.by, "at": accepted.at, "how": accepted.how, "reason": accepted.reason}
    return table


_PAIR_FIELDS = ("template", "modules", "blocks", "golden", "reach")
_STAGES = tuple(stage.value for stage in StageName)


def table_to_entry(block: dict[str, Any]) -> Entry:
    """The entry of a block. Raises KeyError, TypeError or ValueError, with what is wrong, for one that is malformed."""
    made, accepted = _table(block, "made"), _table(block, "accepted")
    inputs = Inputs(
        spec=_text(block, "spec"), signature=_text(block, "signature"), body=_text(block, "body"),
        template=_pairs(block, "template"), modules=_pairs(block, "modules"), blocks=_pairs(block, "blocks"),
        golden=_pairs(block, "golden"), reach=_pairs(block, "reach"), depends=_texts(block, "depends"),
    )  # fmt: skip
    usage, how, cost = _text(made, "usage"), _text(accepted, "how"), made.get("cost")
    if usage not in {"reported", "estimated", "none"} or how not in {"compiled", "validated", "adopted", "followed"}:
        raise ValueError("`usage` or `how` has a value that is not known")
    if cost is not None and not isinstance(cost, float):
        raise TypeError("`cost` is not a number")
    return Entry(
        _text(block, "name"),
        inputs,
        Made(
            _text(made, "backend"), _text(made, "model"), _pairs(made, "parameters"), _text(made, "prompt"),
            _count(made, "input_tokens"), _count(made, "output_tokens"),
            usage, cost, _count(made, "attempts"),  # type: ignore[arg-type]  # compared above
        ),
        tuple(
            StageRecord(name, _text(stage, "outcome"), _text(stage, "digest"), _tools(stage))
            for name in _STAGES
            if name in block
            for stage in (_table(block, name),)
        ),
        Accepted(
            _text(accepted, "by"), _text(accepted, "at"),
            how,  # type: ignore[arg-type]  # compared above
            _text(accepted, "reason"),
        ),
    )  # fmt: skip


def _collect(blocks: list[tuple[str, Any]], findings: list[Finding], broken: dict[str, str]) -> LockFile:
    """Entries of parsed blocks; those with a broken seal, a lacking field or a doubled name are told and left out."""
    entries: list[Entry] = []
    names = Counter(name for name, _ in blocks)
    told: set[str] = set()
    for name, block in blocks:
        problem = _problem_of(name, block, names[name])
        if problem is None:
            try:
                entries.append(table_to_entry({**block, "name": name}))
                continue
            except (KeyError, TypeError, ValueError) as error:
                problem = ("LK006", f"its lock is malformed: {error.args[0] if error.args else error}")
        code, why = problem
        if name not in told:
            findings.append(_finding(code, f"{name}: {why}", name))
            told.add(name)
        broken[name] = why
    usable = tuple(entry for entry in entries if entry.name not in broken)
    return LockFile(usable, tuple(findings), tuple(sorted(broken.items())))


def _problem_of(name: str, block: Any, count: int) -> tuple[str, str] | None:
    if not isinstance(block, dict) or "name" in block:
        return "LK006", "what stands there is not a block"
    if count > 1:
        return "LK004", f"it has {count} locks; a merge kept more than one"
    try:
        holds = block.get("seal") == seal_of({**block, "name": name})
    except (TypeError, ValueError, RecursionError):
        holds = False
    if not holds:
        return "LK005", "merged or edited: these parts were never validated together"
    failed = [
        stage for stage in _STAGES
        if not isinstance(block.get(stage), dict) or block[stage].get("outcome") != "passed"
    ]  # fmt: skip
    if failed:
        return "LK009", f"its lock does not record that these stages passed: {', '.join(failed)}"
    return None


def _read_conflicted(text: str) -> LockFile:
    """A file in the middle of a merge: blocks whose every line stands outside of the markers are used; the seal tells."""
    common: list[str] = []
    inside = False
    disputed: list[str] = []
    for line in text.splitlines(keepends=True):
        if _MARKER.match(line):
            inside = {"<": True, ">": False}.get(line[0], inside)
        else:
            (disputed if inside else common).append(line)
    why = "its lock stands in an unfinished merge"
    broken = dict.fromkeys(_names_in("".join(disputed)), why)
    clean = _parse_pieces("".join(common))
    usable = [(name, piece) for name, piece in clean if name not in broken]
    findings = [_finding("LK002", "the lock file holds the markers of an unfinished merge")]
    result = _collect(usable, [], broken)
    for name in _names_in(text):
        if result.find(name) is None:
            broken.setdefault(name, why)
    return LockFile(result.entries, (*findings, *result.findings), tuple(sorted(broken.items())))


def _read_pieces(text: str, problem: str) -> LockFile:
    """A file that is no TOML as a whole: the blocks that parse by themselves are used."""
    pieces = _parse_pieces(text)
    parsed = {name for name, _ in pieces}
    broken = {name: "its lock is not valid TOML" for name in _names_in(text) if name not in parsed}
    only_doubled = not broken and len(pieces) > len(parsed)
    findings = [] if only_doubled else [_finding("LK001", f"the lock file is not valid TOML: {problem}")]
    return _collect(pieces, findings, broken)


def _parse_pieces(text: str) -> list[tuple[str, dict[str, Any]]]:
    starts = [match.start() for match in _BLOCK.finditer(text)]
    pieces: list[tuple[str, dict[str, Any]]] = []
    head = text[: starts[0]] if starts else text
    try:
        if tomllib.loads(head).get("version") != FORMAT_VERSION:
            return []
    except tomllib.TOMLDecodeError:
        return []
    for start, end in itertools.pairwise([*starts, len(text)]):
        try:
            document = tomllib.loads(text[start:end])
        except (tomllib.TOMLDecodeError, RecursionError):
            continue
        if set(document) == {"artifact"}:
            pieces.extend(document["artifact"].items())
    return pieces


def _names_in(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip('"') for name in _NAME.findall(text)))


def _finding(code: str, message: str, name: str = "") -> Finding:
    return Finding(code, SEVERITIES[code], message, details=(("name", name),) if name else ())


def _text(table: dict[str, Any], key: str) -> str:
    value = table.get(key)
    if not isinstance(value, str):
        raise TypeError(f"`{key}` is missing or not a text")
    return value


def _texts(table: dict[str, Any], key: str) -> tuple[str, ...]:
    value = table.get(key)
    if not isinstance(value, list) or not {*map(type, value)} <= _TEXTS:
        raise TypeError(f"`{key}` is missing or not a list of texts")
    return tuple(value)


def _count(table: dict[str, Any], key: str) -> int:
    value = table.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < _SEALED_LIMIT:
        raise TypeError(f"`{key}` is missing or not a count")
    return value


def _table(table: dict[str, Any], key: str) -> dict[str, Any]:
    value = table.get(key)
    if not isinstance(value, dict):
        raise TypeError(f"`{key}` is missing or not a table")
    return value


def _pairs(table: dict[str, Any], key: str) -> Pairs:
    value = table.get(key, {})
    if not isinstance(value, dict) or not {*map(type, value.values())} <= _TEXTS:
        raise TypeError(f"`{key}` is not a table of texts")
    return tuple(sorted(value.items()))


def _tools(stage: dict[str, Any]) -> Pairs:
    return tuple((name, version) for name, _, version in (tool.partition(" ") for tool in _texts(stage, "tools")))
