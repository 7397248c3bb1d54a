"""Sections: a file cut above its top-level definitions, so that each is read alone.

What is half typed in one function then disturbs no other, and after an edit only the sections whose bytes changed are
read again. A cut needs no parser: a `def`, `async def`, `class` or decorator in the first column, outside strings, begins
a section in every valid Python file. (So would the second line of a matrix product in brackets that starts with an `@`
in the first column; such a statement loses its specs, and formatters do not write it.) Knows nothing of specs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_COMMENTS_AND_DEFINITIONS = rb"""
      ^(?P<top>(?:\A\xef\xbb\xbf)?\f*(?:@[ \t]*[A-Za-z_\x80-\xff(]|(?:async[ \t]+def|def|class)\b))
    | (?P<column>^(?:\A\xef\xbb\xbf)?\f*\#[^\n]*)
    | (?P<comment>\#[^\n]*)
"""
_SHORT_STRINGS = rb"""
    | "(?:[^"\\\n]++|\\.)*+"
    | '(?:[^'\\\n]++|\\.)*+'
"""
_LONG_STRINGS = rb'''
    | """(?:[^"\\]++|\\.|"(?!""))*+"""
    | \'\'\'(?:[^'\\]++|\\.|'(?!\'\'))*+\'\'\'
    | (?P<open>"""|\'\'\')
'''
_FLAGS = re.DOTALL | re.MULTILINE | re.VERBOSE
_TOKEN = re.compile(_COMMENTS_AND_DEFINITIONS + _LONG_STRINGS + _SHORT_STRINGS, _FLAGS)
_TOKEN_AFTER_OPEN_STRING = re.compile(_COMMENTS_AND_DEFINITIONS + _SHORT_STRINGS, _FLAGS)


def cut(data: bytes, begin: int = 0) -> Iterator[tuple[int, bool]]:
    """The starts of sections from the section at `begin` on, each with whether the text before it was `closed`.

    Lines of `data` end at LF or CR LF. The last pair is (length of data, closed). A text is not closed behind
    a triple quote that nothing ends; from there on triple quotes are not looked for, so what follows is read as code.
    In a text that is closed to its end, the cuts behind a cut depend on nothing before it.
    """
    yield begin, True
    last, closed = begin, True
    run: tuple[int, int] | None = None
    decorated = False
    tokens = _TOKEN.finditer(data, begin)
    while True:
        for token in tokens:
            kind = token.lastgroup
            if kind is None:
                continue
            if kind == "open":
                closed = False
                tokens = _TOKEN_AFTER_OPEN_STRING.finditer(data, token.end())
                break
            adjacent = run is not None and not data[run[1] : token.start()].strip()
            if kind == "top":
                if not decorated:
                    start = run[0] if run is not None and adjacent else token.start()
                    if start > last:
                        last = start
                        yield start, closed
                decorated = not token[0].endswith((b"def", b"class"))
            elif run is not None and adjacent:
                run = (run[0], token.end())
            elif kind == "column":
                run = token.span()
        else:
            break
    yield len(data), closed
