"""From sections to a reading: what one section alone cannot know. Duplicates, and names that the file may explain.

Pure and quick: sections are read elsewhere, once; this runs over all of them after each edit.
"""

from __future__ import annotations

import builtins
import difflib
import functools
import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from intaglio.finding import Code, Edit, Finding, Fix, Place, Span
from intaglio.spec import codes
from intaglio.spec.host import Draft, HostLanguage, OpenName, Section
from intaglio.spec.model import Reading, Spec
from intaglio.spec.shift import ShiftedSpecs, shift_finding

BUILTINS = frozenset(dir(builtins))
_SUGGESTED = BUILTINS - frozenset(
    ["breakpoint", "compile", "copyright", "credits", "delattr", "dir", "eval", "exec", "exit", "globals", "help", "input",
     "license", "locals", "memoryview", "open", "print", "quit", "setattr", "vars"]
)  # fmt: skip
Placed = tuple[Section, int]
"""A section, and where it starts now."""


def read_text(host: HostLanguage, data: bytes, *, check: bool) -> Reading:
    """The specs of a text of one host language. `data` is the text as UTF-8, lone surrogates by `surrogatepass`."""
    if not host.may_hold_specs(data):
        return Reading((), ())
    data = host.canonical(data)
    starts = [start for start, _ in host.cut(data)]
    return assemble(
        host, [(_section(host, data[start:end], check), start) for start, end in itertools.pairwise(starts)]
    )


@functools.lru_cache(maxsize=2048)
def _section(host: HostLanguage, data: bytes, check: bool) -> Section:
    """A section as it is wherever it stands: of a file that is read again, most are as they were."""
    return host.read_section(data, 0, check=check)


def assemble(host: HostLanguage, sections: Sequence[Placed]) -> Reading:
    """The reading of a file's sections in their present places."""
    drafts = [(draft, start - section.start) for section, start in sections for draft in section.drafts]
    findings = tuple(
        shift_finding(finding, start - section.start) for section, start in sections for finding in section.findings
    )
    if not drafts:
        return Reading((), findings)
    extra = [*_unknown_names(drafts, sections), *_duplicates(host, drafts, sections)]
    further: dict[int, list[Finding]] = {}
    for place, finding in extra:
        further.setdefault(place, []).append(finding)
    pairs = [
        (_with(draft.spec, further[place]) if place in further else draft.spec, offset)
        for place, (draft, offset) in enumerate(drafts)
    ]
    if any(offset for _, offset in pairs):
        return Reading(ShiftedSpecs(pairs), findings)
    return Reading(tuple(spec for spec, _ in pairs), findings)


def in_order(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Findings of a spec as a reader meets them: the block's from top to bottom, then the function's."""
    return tuple(
        sorted(
            findings,
            key=lambda finding: (
                finding.place is None or finding.place.target != "spec",
                finding.place.span.start if finding.place is not None else 0,
                finding.code,
            ),
        )
    )


def _with(spec: Spec, findings: list[Finding]) -> Spec:
    return replace(spec, findings=in_order((*spec.findings, *findings)))


def _unknown_names(drafts: list[tuple[Draft, int]], sections: Sequence[Placed]) -> list[tuple[int, Finding]]:
    if not any(draft.open_names for draft, _ in drafts):
        return []
    bound: set[str] = set()
    for section, _ in sections:
        if section.names is None:
            return []
        bound |= section.names
    return [
        (place, _unknown_name(draft.spec, opened, bound))
        for place, (draft, _) in enumerate(drafts)
        for opened in draft.open_names
        if opened.name not in bound
    ]


def _unknown_name(spec: Spec, opened: OpenName, bound: set[str]) -> Finding:
    code = codes.UNKNOWN_NAME
    place = Place("spec", opened.span.shift(-spec.block.start))
    if opened.name == "result":
        return Finding(
            code.id,
            code.severity,
            "the name `result` is not known here; it stands for the outcome in `ensure:` only",
            place,
        )
    near = difflib.get_close_matches(opened.name, opened.near, n=1)
    near = near or difflib.get_close_matches(opened.name, sorted(bound | _SUGGESTED), n=1, cutoff=0.75)
    if not near:
        return Finding(code.id, code.severity, f"the name `{opened.name}` is not known here", place)
    return Finding(
        code.id,
        code.severity,
        f"the name `{opened.name}` is not known here; did you mean `{near[0]}`?",
        place,
        (Fix(f"Change to `{near[0]}`", (Edit(place, near[0]),)),),
    )


def _duplicates(
    host: HostLanguage, drafts: list[tuple[Draft, int]], sections: Sequence[Placed]
) -> list[tuple[int, Finding]]:
    counts: Counter[str] = Counter()
    for section, _ in sections:
        counts.update(section.defined)
    suspects = {draft.spec.function.name for draft, _ in drafts if counts[draft.spec.function.name] > 1}
    if not suspects:
        return []
    defined: Counter[str] = Counter()
    for section, _ in sections:
        if not suspects.isdisjoint(section.defined):
            defined.update(host.qualified_functions(section.data))
    return [(place, _duplicate(draft.spec)) for place, (draft, _) in enumerate(drafts) if defined[draft.spec.name] > 1]


def _duplicate(spec: Spec) -> Finding:
    return at_function(
        spec,
        codes.DUPLICATE_FUNCTION,
        f"the file defines `{spec.name}` more than once, so a lock could not say which one it means",
        spec.function.name_span,
    )


def at_function(spec: Spec, code: Code, message: str, span: Span, *fixes: Fix) -> Finding:
    """A finding that points into the function's header."""
    return Finding(code.id, code.severity, message, Place("function", span.shift(-spec.function.span.start)), fixes)


def at_spec(spec: Spec, code: Code, message: str, span: Span, *fixes: Fix) -> Finding:
    """A finding that points into the comment block."""
    return Finding(code.id, code.severity, message, Place("spec", span.shift(-spec.block.start)), fixes)
