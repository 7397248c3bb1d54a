"""Comments that were meant to be specs and say nothing, since no line of theirs begins with `spec:`. Pure.

A rough judge that would rather stay silent: comments begin with "spec" for other reasons too.
"""

from __future__ import annotations

import re

from intaglio.finding import Edit, Finding, Fix, Place, Span
from intaglio.spec import codes
from intaglio.spec.block import Block
from intaglio.spec.prose import VERBS

MAY_BE = re.compile(rb"#[ \t]*(?:spec\b(?![ \t]*:)|specs\b|S(?:pecs?|PECS?)\b)")
"""A quick search that errs towards yes."""
ALMOST = re.compile(
    rb"^(?:\A\xef\xbb\xbf)?[ \t\f]*#[ \t]*(?P<start>specs?\b|S(?:pecs?|PECS?)\b)(?P<mark>[ \t]*[:;,.=]|[ \t]+--?(?=[ \t]))?"
    rb"[ \t]+(?P<next>[^\W\d_]+)",
    re.MULTILINE,
)
"""A comment line that begins like a spec: its first word, what stands for the colon, and the next word."""


def is_meant(match: re.Match[bytes], block: Block, *, stub: bool) -> bool:
    """Whether a line that `ALMOST` matched was meant to begin a spec: `block` are the comments from there to a function.

    It was when a directive stands below it; and above a stub, when a colon or an imperative follows the word.
    """
    if any(directive.known for directive in block.directives):
        return True
    is_colon = (match["mark"] or b"").strip() == b":"
    return stub and (is_colon or match["next"].decode("utf-8", "replace").lower() in VERBS)


def finding_of(match: re.Match[bytes], start: int) -> Finding:
    """What is said of such a line, with the edit that makes it a spec. The match lies `start` bytes behind the file's start."""
    code = codes.NO_COLON
    written = match["start"] + (match["mark"] or b"")
    begin = start + match.start("start")
    place = Place("file", Span(begin, begin + len(written)))
    message = f"`# {written.decode()}` begins no spec, so this comment is read by nobody; did you mean `# spec:`?"
    return Finding(code.id, code.severity, message, place, (Fix("Write `# spec:`", (Edit(place, "spec:"),)),))
