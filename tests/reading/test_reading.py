"""The pages beside this file are the spec language's manual and the reader's test suite.

A page's ```python blocks are read. Comments of the form `# ^^^^ SP105 words` below a line state the findings: the carets
stand under the place, the words are part of the message. (`# <-- SP101 words` points at the line's first character.)
These lines are taken out before the text is read. A ```text block behind it shows what was read, and a
```python fixed block the text after the first fix of every finding. Options behind `python`: `crlf`, `cr` and `bom` say how the
text is stored; `symbols` writes a tab as `→`, a form feed as `␌`, NUL as `␀`; `files=A,B` puts files into the workspace.

A failing test prints the picture as it should be; INTAGLIO_UPDATE=1 writes it into the page, to be read before it is kept.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from intaglio.finding import Edit, Finding, Place, Span
from intaglio.spec import read_specs
from intaglio.spec.codes import CODES
from intaglio.spec.model import Reading, Spec
from intaglio.spec.position import TextIndex
from intaglio.spec.references import check_references

PAGES = sorted(Path(__file__).parent.glob("*.md"))
_FENCE = re.compile(r"^```(\w+)?[ ]?(.*)$")
_MARK = re.compile(r"^( *)#( *)(\^+|<--) (SP\d{3})(?: (.*))?$")
_SYMBOLS = str.maketrans({"→": "\t", "␌": "\f", "␀": "\0"})
_BACK = str.maketrans({"\t": "→", "\f": "␌", "\0": "␀"})


@dataclass
class Block:
    """A fenced block: its language, options, text, and the lines of the page that its text takes."""

    language: str
    options: str
    lines: list[str]
    start: int


@dataclass
class Case:
    """A ```python block with the blocks that belong to it."""

    page: Path
    heading: str
    source: Block
    shown: Block | None = None
    fixed: Block | None = None


@dataclass(frozen=True)
class Mark:
    """A finding on its line: columns from 0, in characters."""

    line: int
    start: int
    end: int
    code: str
    message: str = field(compare=False)

    def __str__(self) -> str:
        if self.start == 0:
            return f"# <-- {self.code} {self.message}".rstrip()
        return "#" + " " * (self.start - 1) + "^" * (self.end - self.start) + f" {self.code} {self.message}".rstrip()


def cases_of(page: Path) -> Iterator[Case]:
    heading, block, case = "", None, None
    for number, line in enumerate(page.read_text(encoding="utf-8").split("\n")):
        fence = _FENCE.match(line)
        if block is not None:
            if fence is None:
                block.lines.append(line)
                continue
            if block.language == "python" and not block.options.startswith("fixed"):
                if case is not None:
                    yield case
                case = Case(page, heading, block)
            elif block.language == "python" and case is not None:
                case.fixed = block
            elif block.language == "text" and case is not None:
                case.shown = block
            block = None
        elif fence is not None:
            block = Block(fence[1] or "", fence[2], [], number + 1)
        elif line.startswith("#"):
            heading = line.lstrip("# ")
            if case is not None:
                yield case
            case = None
    if case is not None:
        yield case


CASES = [pytest.param(case, id=f"{page.stem}:{case.source.start}") for page in PAGES for case in cases_of(page)]


def without_marks(lines: list[str]) -> tuple[list[str], list[Mark]]:
    kept: list[str] = []
    marks: list[Mark] = []
    for line in lines:
        match = _MARK.match(line)
        if match is None:
            kept.append(line)
            continue
        start = len(match[1]) + 1 + len(match[2])
        if match[3] == "<--":
            first = len(kept[-1]) - len(kept[-1].lstrip())
            marks.append(Mark(len(kept) - 1, first, first, match[4], match[5] or ""))
        else:
            marks.append(Mark(len(kept) - 1, start, start + len(match[3]), match[4], match[5] or ""))
    return kept, marks


def stored(text: str, options: str) -> str:
    """The text as the options say that the file has it."""
    if "symbols" in options:
        text = text.translate(_SYMBOLS)
    if "crlf" in options.split():
        text = text.replace("\n", "\r\n")
    if "cr" in options.split():
        text = text.replace("\n", "\r")
    return "\ufeff" + text if "bom" in options.split() else text


def shown_again(text: str, options: str) -> str:
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return text.translate(_BACK) if "symbols" in options else text


def absolute(spec: Spec, place: Place) -> Span:
    return place.span.shift({"spec": spec.block.start, "function": spec.function.span.start, "file": 0}[place.target])


def all_findings(reading: Reading, options: str, folder: Path) -> list[tuple[Spec | None, Finding]]:
    found: list[tuple[Spec | None, Finding]] = [(None, finding) for finding in reading.findings]
    found += [(spec, finding) for spec in reading.specs for finding in spec.findings]
    for option in options.split():
        if option.startswith("files="):
            for name in option.removeprefix("files=").split(","):
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).touch()
            for spec in reading.specs:
                found += [(spec, finding) for finding in check_references(spec, folder / "rules.py", folder)]
    return found


def span_of(spec: Spec | None, finding: Finding) -> Span:
    assert finding.place is not None
    if spec is None:
        assert finding.place.target == "file"
        return finding.place.span
    return absolute(spec, finding.place)


def marks_of(text: str, found: list[tuple[Spec | None, Finding]]) -> list[Mark]:
    index = TextIndex(text)
    data = text.encode()
    marks = []
    for spec, finding in found:
        span = span_of(spec, finding)
        assert 0 <= span.start <= span.end <= len(data)
        start, end = index.position(span.start, "utf-32"), index.position(span.end, "utf-32")
        bom = 1 if text.startswith("\ufeff") and start.line == 0 else 0
        line_end = index.position(len(data), "utf-32").character
        if end.line != start.line:
            stop = index.offset(replace(start, character=10**6), "utf-32")
            line_end = index.position(stop, "utf-32").character
        else:
            line_end = end.character
        first, last = start.character - bom, line_end - bom
        marks.append(Mark(start.line, first, max(last, first + 1), finding.code, finding.message))
    return sorted(marks, key=lambda mark: (mark.line, mark.start, mark.code))


def picture(lines: list[str], marks: list[Mark]) -> list[str]:
    drawn: list[str] = []
    for number, line in enumerate(lines):
        drawn.append(line)
        for mark in marks:
            if mark.line == number:
                text = str(mark)
                lead = len(line) - len(line.lstrip())
                if mark.start == lead and mark.start > 0:
                    text = " " * lead + f"# <-- {mark.code} {mark.message}"
                drawn.append(text)
    return drawn


def agrees(expected: Mark, actual: Mark) -> bool:
    same_end = expected.end in {expected.start, actual.end}
    at = (expected.line, expected.start, expected.code) == (actual.line, actual.start, actual.code)
    return at and same_end and expected.message in actual.message


def describe(reading: Reading) -> list[str]:
    """What was read, for people: a line for the function, and one for each part of the spec."""
    lines: list[str] = []
    for spec in reading.specs:
        function = spec.function
        marks = [function.kind.value, *(["async"] if function.is_async else [])]
        marks += [
            word for word, holds in (("generator", function.is_generator), ("nested", function.is_nested)) if holds
        ]
        marks.append("stub" if function.is_stub else "body")
        if lines:
            lines.append("")
        lines.append(f"{spec.name}: {', '.join(marks)}")
        lines.append(f"  prose     {spec.prose.value!r}")
        if spec.template != "function":
            lines.append(f"  template  {spec.template}")
        for key in ("use", "comply", "require", "ensure"):
            lines += [f"  {key:<9} {text.value!r}" for text in getattr(spec, key)]
        for raised in spec.raises:
            lines.append(
                f"  raises    {raised.error.value}" + (f" when {raised.condition.value}" if raised.condition else "")
            )
        for rule in spec.rules:
            left = "otherwise" if rule.condition is None else rule.condition.value
            lines.append(
                f"  rule      {left}  =>  " + (rule.value.value if rule.value else f"raises {rule.raises.value}")
            )
        for example in spec.examples:
            lines.append(
                f"  example   {example.expression.value}" + (f"  =>  {example.raises.value}" if example.raises else "")
            )
        lines += [f"  golden    {golden.path.value}  at least {golden.share:g}" for golden in spec.golden]
        lines += [f"  given     {given.call.value}  =>  {given.value.value}" for given in spec.given]
        lines += ["  strict"] if spec.strict else []
        lines += [f"  model     {spec.model}"] if spec.model else []
        lines += [f"  locked    {spec.locked}"] if spec.locked else []
    return [line.replace("\n", " ") for line in lines] or ["(no specs)"]


def with_fixes(text: str, found: list[tuple[Spec | None, Finding]]) -> str:
    edits: list[tuple[Span, str]] = []
    for spec, finding in found:
        for fix in finding.fixes[:1]:
            edits += [(span_of(spec, replace(finding, place=edit.place)), edit.new_text) for edit in fix.edits]
    data = text.encode()
    for span, new in sorted(edits, key=lambda edit: edit[0], reverse=True):
        data = data[: span.start] + new.encode() + data[span.end :]
    return data.decode()


@pytest.mark.parametrize("case", CASES)
def test_page(case: Case, tmp_path: Path) -> None:
    lines, expected = without_marks(case.source.lines)
    options = case.source.options
    text = stored("\n".join(lines) + "\n", options)
    reading = read_specs(text)
    found = all_findings(reading, options, tmp_path)
    actual = marks_of(text, found)
    right = picture(lines, actual)
    fixed = shown_again(with_fixes(text, found), options).rstrip("\n").split("\n")
    if os.environ.get("INTAGLIO_UPDATE"):
        update(case, right, describe(reading), fixed)
        return
    agreed = len(expected) == len(actual) and all(map(agrees, expected, actual))
    assert agreed, "the picture is:\n" + "\n".join(right)
    if case.shown is not None:
        assert case.shown.lines == describe(reading), "what was read is:\n" + "\n".join(describe(reading))
    if case.fixed is not None:
        assert case.fixed.lines == fixed, "the fixed text is:\n" + "\n".join(fixed)


def update(case: Case, picture: list[str], shown: list[str], fixed: list[str]) -> None:
    """Write the corrected picture into the page, found again by the block's old text."""
    text = case.page.read_text(encoding="utf-8")
    for block, new in ((case.source, picture), (case.shown, shown), (case.fixed, fixed)):
        if block is not None:
            fence = f"```{block.language} {block.options}".rstrip() + "\n"
            text = text.replace(
                fence + "".join(line + "\n" for line in block.lines) + "```", fence + "\n".join(new) + "\n```", 1
            )
    case.page.write_text(text, encoding="utf-8")


def test_every_finding_has_its_place_in_the_manual() -> None:
    pages = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert [code.id for code in CODES if f" {code.id} " not in pages] == []


def test_every_finding_points_at_whole_characters() -> None:
    text = "# spec: Größe ☃ 𝒳 zählen\n# ensure: 𝒳 == größer_als\n# requre: ü\n# rule: x > '𝒳' -> ☃\ndef größe(x: str): ...\n"
    data = text.encode()
    reading = read_specs(text)
    assert {finding.code for finding in reading.specs[0].findings} >= {"SP105", "SP109", "SP110"}
    for spec in reading.specs:
        for finding in spec.findings:
            span = span_of(spec, finding)
            data[span.start : span.end].decode()


def test_edits_are_inside_the_text() -> None:
    for case in CASES:
        lines, _ = without_marks(case.values[0].source.lines)
        text = stored("\n".join(lines) + "\n", case.values[0].source.options)
        for spec in read_specs(text).specs:
            edits: list[Edit] = [edit for finding in spec.findings for fix in finding.fixes for edit in fix.edits]
            assert all(
                0 <= absolute(spec, edit.place).start <= absolute(spec, edit.place).end <= len(text.encode())
                for edit in edits
            )
