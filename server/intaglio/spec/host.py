"""Host languages: what the reader must know of the language that specs stand in. Python is the first.

A host cuts a text into sections and reads one section; everything that spans sections (duplicates, unknown names, edits)
is the same for all hosts and stands in `reading.py` and `document.py`. Directive expressions are in the host's
own syntax, so a host checks them too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from intaglio.finding import Finding, Span
from intaglio.spec.model import Spec


@dataclass(frozen=True, slots=True)
class OpenName:
    """A name in a directive that nothing in its spec explains: the file may. `near` are local names to suggest."""

    name: str
    span: Span
    near: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A spec as its section alone gives it, and the names that are looked for in the whole file."""

    spec: Spec
    open_names: tuple[OpenName, ...] = ()


MemoKey = tuple[object, ...]
Memo = Mapping[MemoKey, tuple[int, Draft]]


@dataclass(frozen=True, slots=True)
class Section:
    """What one section of a text holds. Places count from the file's start, as the section lay when it was read."""

    start: int
    data: bytes
    drafts: tuple[Draft, ...] = ()
    findings: tuple[Finding, ...] = ()
    names: frozenset[str] | None = frozenset()
    """What it binds at module level; None when that cannot be known (`from x import *`)."""
    defined: tuple[str, ...] = ()
    """The last parts of the names of all functions in it, each as often as it occurs."""
    memo: Memo = field(default_factory=dict, compare=False)
    """Drafts by the bytes that they were read from, with the offset of their blocks: for the section's next version."""


class HostLanguage(Protocol):
    """One reader. All functions are pure and never raise for what a text holds."""

    @property
    def name(self) -> str:
        """For people: "Python"."""

    def __hash__(self) -> int:
        """By identity: what a section says is kept by its host."""

    @property
    def suffixes(self) -> tuple[str, ...]:
        """File suffixes, with their dot."""

    def may_hold_specs(self, data: bytes) -> bool:
        """A cheap check that only ever errs towards yes."""

    def canonical(self, data: bytes) -> bytes:
        """The bytes as they are read, of the same length: valid UTF-8, lines ended by LF or CR LF."""

    def cut(self, data: bytes, begin: int = 0) -> Iterator[tuple[int, bool]]:
        """Section starts from `begin` on; see `section.cut`."""

    def read_section(self, data: bytes, start: int, *, check: bool, memo: Memo | None = None) -> Section:
        """Read one section's bytes, which begin at `start` in the file. `memo` is from its earlier version."""

    def qualified_functions(self, data: bytes) -> tuple[str, ...]:
        """Qualified names of a section's functions that count as definitions (overloads, setters and such do not)."""
