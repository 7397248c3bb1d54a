"""An excerpt: the parts of a file that some names stand on, so that a tool need not read ten thousand lines for one answer.

By words alone, and rather too much than too little. A hint for completion and estimates: no lock stands on it.
"""

from __future__ import annotations

import re

from intaglio.spec.document import Document

MOST_BYTES = 60_000
_WORD = re.compile(rb"[^\W\d]\w*")


def excerpt(document: Document, words: frozenset[str]) -> str:
    """The sections that bind one of `words`, or a word of such a section, in the order of the file; the file's head always."""
    binders: dict[str, list[int]] = {}
    for number, (section, _) in enumerate(document.sections):
        for name in section.names or ():
            binders.setdefault(name, []).append(number)
    chosen: set[int] = set()
    size = 0
    pending = [0] if document.sections else []
    pending += [number for word in sorted(words) for number in binders.get(word, ())]
    while pending and size < MOST_BYTES:
        number = pending.pop(0)
        if number in chosen:
            continue
        chosen.add(number)
        data = document.sections[number][0].data
        size += len(data)
        if number == 0 and len(data) > MOST_BYTES // 2:
            continue
        for word in dict.fromkeys(_WORD.findall(data)):
            pending += binders.get(word.decode("utf-8", "replace"), ())
    data = b"".join(document.sections[number][0].data for number in sorted(chosen))
    return data.decode("utf-8", "replace")
