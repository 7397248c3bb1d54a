"""A function's suite as it stands in a file: its body on its own, the comments in it. Reads text, changes nothing."""

from __future__ import annotations

import io
import tokenize

from intaglio.finding import Finding, Place, Span
from intaglio.spec.model import Function, Spec
from intaglio.template.codes import COMMENTS_LOST
from intaglio.template.indentation import dedent, leading_space, unix_lines


def body_span(data: bytes, function: Function) -> Span:
    """What filling replaces: the body, never the docstring, also where both share a line (`"doc"; return 1`)."""
    start = function.body.start
    if function.docstring is not None and start < function.docstring.end:
        start = function.docstring.end
        while start < function.suite.end and data[start : start + 1] in (b" ", b"\t", b";"):
            start += 1
    return Span(min(start, function.suite.end), function.suite.end)


def extract_suite(text: str, function: Function) -> str:
    """The body without the docstring as dedented statements with newline endings; "" when there is only a docstring.

    Raises SyntaxError or tokenize.TokenError when it is not Python.
    """
    data = text.encode()
    span = body_span(data, function)
    body = unix_lines(data[span.start : span.end].decode()).strip("\n")
    if not body.strip():
        return ""
    first = next(line for line in body.split("\n") if line.strip() and not line.lstrip().startswith("#"))
    return dedent(body, leading_space(first)).strip("\n") + "\n"


def suite_comments(text: str, function: Function) -> tuple[Span, ...]:
    """The comments inside the body, which filling it replaces, in bytes of the file.

    Not those on the line of `def f(): ...`, which are kept. Empty when the body is not Python.
    """
    data = text.encode()
    span = body_span(data, function)
    body = data[span.start : span.end]
    if b"#" not in body:
        return ()
    end = data.find(b"\n", span.end)
    if not function.is_one_line and data[span.end : end if end >= 0 else len(data)].lstrip().startswith(b"#"):
        body = data[span.start : end if end >= 0 else len(data)].rstrip(b"\r")
    source = body.decode()
    starts = [0]
    for line in io.StringIO(source, newline=""):
        starts.append(starts[-1] + len(line.encode()))
    comments: list[Span] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(source, newline="").readline):
            if token.type == tokenize.COMMENT:
                before = token.line[: token.start[1]].encode()
                start = span.start + starts[token.start[0] - 1] + len(before)
                comments.append(Span(start, start + len(token.string.rstrip().encode())))
    except (SyntaxError, tokenize.TokenError):
        return tuple(comments)
    return tuple(comments)


def lost_comments(text: str, spec: Spec) -> tuple[Finding, ...]:
    """One finding for each comment that filling the function would drop, to be said before it happens."""
    data = text.encode()
    origin = spec.function.span.start
    return tuple(
        Finding(
            COMMENTS_LOST.id,
            COMMENTS_LOST.severity,
            f"the comment `{data[span.start : span.end].decode()}` stands in the body and goes with it; move it above "
            "the function to keep it",
            Place("function", span.shift(-origin)),
        )
        for span in suite_comments(text, spec.function)
    )
