"""States while a file is typed: each spec's present is computed again only when something that it stands on changed.

A spec's function stands on its own section of the file and on those that bind or change a name that it may reach. Its
present is computed from these sections alone, with the others left out, which gives what the whole file gives; what is half
typed elsewhere in the file then disturbs no other spec. Files besides this one are told by `forget`. Reads; writes nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from intaglio.finding import Finding
from intaglio.lock.check import locked_notes
from intaglio.lock.inputs import Materials, current_inputs
from intaglio.lock.model import FileStates, Inputs, LockFile, Present, SpecState
from intaglio.lock.state import IsReady, never_ready, orphans_of, state_of, with_moves
from intaglio.spec import read_specs
from intaglio.spec.document import Document
from intaglio.spec.host import Section
from intaglio.spec.module_index import index_module

_WORD = re.compile(r"[^\W\d]\w*")
_LINE = re.compile(r" \(line \d+\)")
_DEFINITION = re.compile(r"(?:(?:async[ \t]+)?def|class)[ \t]+([^\W\d]\w*)")
_GOES_ON = re.compile(r"^(?:if|elif|else|for|while|try|except|finally|with|match|async|from|import)\b|[(\[{,\\]\s*$")
_GLOBAL = re.compile(r"^[ \t]+global[ \t]+(.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Bindings:
    """What a section does to names at module level, and every word in it. `everywhere`: it may concern any name."""

    touched: frozenset[str]
    words: frozenset[str]
    everywhere: bool


@dataclass(frozen=True, slots=True)
class _Closures:
    """Which sections each section's specs stand on: valid while no section touches, or reaches for, other names."""

    touched: tuple[frozenset[str], ...]
    everywhere: tuple[bool, ...]
    places: Mapping[str, tuple[int, ...]]
    bindings: tuple[_Bindings, ...]
    reached: tuple[frozenset[str], ...]
    of: Mapping[int, tuple[int, ...]]


@dataclass(slots=True)
class LiveStates:
    """The states of one file's specs, kept from edit to edit. Equal to a fresh one's for the same text and materials."""

    path: str
    _presents: dict[str, tuple[tuple[bytes, ...], Present]] = field(default_factory=dict)
    _gone: dict[str, tuple[tuple[bytes, ...], Present]] = field(default_factory=dict)
    """Those of specs that are not there now: half the file's, while a string is open above them."""
    _bindings: dict[bytes, _Bindings] = field(default_factory=dict)
    _closures: _Closures | None = None
    _states: dict[str, tuple[Present, LockFile, IsReady, SpecState]] = field(default_factory=dict)

    def forget(self, changed: Iterable[str] | None = None) -> None:
        """Compute anew what depends on one of the workspace files that changed; all when it is not known which did."""
        self._gone.clear()
        if changed is None:
            self._presents.clear()
            return
        paths = frozenset(changed)
        for name, (_, present) in list(self._presents.items()):
            if not paths.isdisjoint(present.inputs.depends) or present.problems:
                del self._presents[name]

    def inputs(self) -> dict[str, Inputs]:
        """The fingerprints of what is there, by qualified name, as they were computed last."""
        return {name: present.inputs for name, (_, present) in self._presents.items()}

    def states(
        self, document: Document, materials: Materials, lock: LockFile, is_ready: IsReady = never_ready
    ) -> FileStates:
        """The states of a text's specs under a lock file's entries, its orphans with where they went in this file."""
        for _ in self.advance(document, materials):
            pass
        return self.finish(lock, is_ready)

    def advance(self, document: Document, materials: Materials) -> Iterator[str]:
        """Compute what is not known yet, spec by spec; yields the name of each one that was computed."""
        known: dict[str, tuple[tuple[bytes, ...], Present]] = {}
        for name, key, place in self._keys(document):
            before = self._presents.get(name) or self._gone.get(name)
            if name in known:
                continue
            if before is not None and before[0] == key:
                known[name] = before
                continue
            known[name] = (key, self._present(name, key, place, materials))
            self._presents[name] = known[name]
            yield name
        if gone := self._presents.keys() - known.keys():
            self._gone = {name: self._presents[name] for name in gone}
        self._presents = known

    def finish(self, lock: LockFile, is_ready: IsReady = never_ready) -> FileStates:
        """The states from what `advance` has computed to its end. A spec's state is the same value until something changes."""
        presents = tuple(present for _, present in self._presents.values())
        states: list[SpecState] = []
        known: dict[str, tuple[Present, LockFile, IsReady, SpecState]] = {}
        for present in presents:
            before = self._states.get(present.name)
            if before is None or before[0] is not present or before[1] is not lock or before[2] is not is_ready:
                before = (present, lock, is_ready, state_of(self.path, present, lock, is_ready))
            known[present.name] = before
            states.append(before[3])
        self._states = known
        unlocked = tuple(present for present in presents if lock.find(present.name) is None and not present.is_stub)
        orphans = orphans_of(self.path, known, lock)
        moved = with_moves(orphans, ((self.path, present) for present in unlocked)) if orphans else ()
        notes: tuple[Finding, ...] = locked_notes(presents, lock)
        return FileStates(self.path, (*states, *moved), (*lock.findings, *notes), unlocked)

    def present(self, name: str) -> Present | None:
        """What a spec's function is made from now, as it was computed last."""
        found = self._presents.get(name)
        return found[1] if found is not None else None

    def _keys(self, document: Document) -> Iterator[tuple[str, tuple[bytes, ...], int]]:
        """(name, the bytes of all sections that it stands on, which of them is its own) of each spec, in order."""
        sections = [section for section, _ in document.sections]
        closures = self._closed_over(tuple(map(self._bindings_of, sections)), sections)
        for place, order in closures.of.items():
            key = tuple(sections[one].data for one in order)
            for draft in sections[place].drafts:
                yield draft.spec.name, key, order.index(place)

    def _closed_over(self, bindings: tuple[_Bindings, ...], sections: list[Section]) -> _Closures:
        self._bindings = {section.data: one for section, one in zip(sections, bindings, strict=True)}
        touched = tuple(one.touched for one in bindings)
        everywhere = tuple(one.everywhere for one in bindings)
        last = self._closures
        alike = last is not None and last.touched == touched and last.everywhere == everywhere
        if last is not None and alike:
            places = last.places
            reached = tuple(
                old if one is before else frozenset(word for word in one.words if word in places)
                for one, before, old in zip(bindings, last.bindings, last.reached, strict=True)
            )
        else:
            found: dict[str, list[int]] = {}
            for place, names in enumerate(touched):
                for name in names:
                    found.setdefault(name, []).append(place)
            places = {name: tuple(numbers) for name, numbers in found.items()}
            reached = tuple(frozenset(word for word in one.words if word in places) for one in bindings)
        specs = [place for place, section in enumerate(sections) if section.drafts]
        if last is not None and alike and reached == last.reached and list(last.of) == specs:
            of = last.of
        else:
            of = {place: _closure(place, everywhere, reached, places) for place in specs}
        self._closures = _Closures(touched, everywhere, places, bindings, reached, of)
        return self._closures

    def _bindings_of(self, section: Section) -> _Bindings:
        known = self._bindings.get(section.data)
        if known is not None:
            return known
        text = section.data.decode("utf-8", "replace")
        normal = text if text.isascii() else unicodedata.normalize("NFKC", text)
        words = frozenset(_WORD.findall(normal))
        index = index_module.__wrapped__("", text)
        if index.error:
            names = section.names or frozenset()
            return _Bindings(_bound_by_half_typed(normal, names), words, section.names is None)
        bound = {*index.statements, *index.changes, *index.rebound_by_functions, *(section.names or ())}
        return _Bindings(frozenset(bound), words, bool(index.stars or index.futures))

    def _present(self, name: str, key: tuple[bytes, ...], place: int, materials: Materials) -> Present:
        text = b"".join(key).decode("utf-8", "surrogatepass")
        start = sum(map(len, key[:place]))
        end = start + len(key[place])
        reading = read_specs(text, check=False)
        spec = next(spec for spec in reading.specs if spec.name == name and start <= spec.block.start < end)
        present = current_inputs(materials, self.path, text, spec)
        problems = tuple(replace(one, message=_LINE.sub("", one.message)) for one in present.problems)
        return replace(present, problems=problems)


def _bound_by_half_typed(text: str, names: frozenset[str]) -> frozenset[str]:
    """Which of `names` a section that does not parse may bind at module level.

    A definition at the margin binds its own name, and what it declares global; another line there, the words on it. What is half
    typed inside of one function is nothing to those that share the names of its variables. All of them, where a statement at the
    margin may go on below.
    """
    bound = {word for line in _GLOBAL.findall(text) for word in _WORD.findall(line)}
    for line in text.splitlines():
        if line[:1] in {"", *" \t#@)]}\f"}:
            continue
        if (definition := _DEFINITION.match(line)) is not None:
            bound.add(definition[1])
        elif _GOES_ON.search(line):
            return names
        else:
            bound.update(_WORD.findall(line))
    return names & bound


def _closure(
    place: int, everywhere: tuple[bool, ...], reached: tuple[frozenset[str], ...], places: Mapping[str, tuple[int, ...]]
) -> tuple[int, ...]:
    """The sections that the one at `place` stands on, itself among them, in order."""
    found = {place, *(number for number, always in enumerate(everywhere) if always)}
    pending = list(found)
    while pending:
        for name in reached[pending.pop()]:
            for other in places[name]:
                if other not in found:
                    found.add(other)
                    pending.append(other)
    return tuple(sorted(found))
