"""Source files: bytes on disk to text and back, losing nothing. Knows nothing of Python's syntax or of specs.

A text in memory keeps the file's own line endings and has no byte order mark; both are put back on writing.
"""

from __future__ import annotations

import contextlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

_CODING = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_LONE_RETURN = re.compile(rb"\r(?!\n)")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class SourceError(Exception):
    """A file that cannot be taken as Python source; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A decoded source file: its text, and how it was encoded."""

    text: str
    encoding: str = "utf-8"
    byte_order_mark: bool = False

    def encode(self) -> bytes:
        """The bytes of the file. Raises SourceError when the text does not fit its encoding."""
        try:
            data = self.text.encode(self.encoding)
        except UnicodeEncodeError as error:
            raise SourceError(
                f"the text has {error.object[error.start : error.end]!r}, which the file's declared encoding "
                f"{self.encoding} cannot hold; declare utf-8 instead"
            ) from error
        return _BYTE_ORDER_MARK + data if self.byte_order_mark else data

    def with_text(self, text: str) -> SourceFile:
        """The same file with another text."""
        return SourceFile(text, self.encoding, self.byte_order_mark)


def decode_source(data: bytes) -> SourceFile:
    """Decode as Python does (PEP 263): a UTF-8 mark, else a coding comment in the first two lines, else UTF-8.

    Raises SourceError for text that cannot be decoded, that holds NUL bytes, or a carriage return without a line feed: tools
    do not agree on whether it ends a line, so nobody could say what a place in that file means.
    """
    mark = data.startswith(_BYTE_ORDER_MARK)
    if mark:
        data = data[len(_BYTE_ORDER_MARK) :]
    if b"\0" in data:
        raise SourceError("the file holds NUL bytes: it is binary, not Python source")
    if lone := _LONE_RETURN.search(data):
        line = data.count(b"\n", 0, lone.start()) + 1
        raise SourceError(
            f"line {line} holds a carriage return without a line feed; save the file with LF or CRLF line ends"
        )
    encoding = _declared_encoding(data)
    try:
        return SourceFile(data.decode(encoding), encoding, mark)
    except LookupError as error:
        raise SourceError(f"the file declares the encoding {encoding!r}, which Python does not know") from error
    except UnicodeDecodeError as error:
        raise SourceError(f"byte {error.start} is not valid {encoding}; save the file as UTF-8") from error


def encode_source(text: str) -> bytes:
    """The bytes of a text as the encoding says that it declares itself; UTF-8 where that cannot hold it.

    The inverse of `decode_source`, but for the mark: for texts of open editors, which have not been files yet.
    """
    data = text.encode("utf-8", "surrogatepass")
    try:
        return text.encode(_declared_encoding(data))
    except (LookupError, UnicodeEncodeError):
        return data


def read_source(path: Path) -> SourceFile:
    """Read and decode a file. Raises OSError, or SourceError as `decode_source` does."""
    return decode_source(path.read_bytes())


def write_atomically(path: Path, data: bytes) -> None:
    """Replace a file's content so that a reader, or a crash at any moment, sees the old bytes or the new ones.

    Keeps the file's permission bits; writes through a symbolic link to its target. Raises OSError and leaves the old
    content when the disk is full or the folder is not writable.
    """
    import tempfile  # a `verify` that writes nothing starts without it

    target = Path(os.path.realpath(path))
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".new")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        mode = target.stat().st_mode & 0o7777 if target.exists() else 0o666 & ~_umask()
        temporary.chmod(mode)
        temporary.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    if os.name == "posix":
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _declared_encoding(data: bytes) -> str:
    """What a coding comment in the first two lines says (PEP 263); "utf-8" without one."""
    for line in data.split(b"\n", 2)[:2]:
        if match := _CODING.match(line):
            return match.group(1).decode("ascii")
        if not re.match(rb"^[ \t\f]*(#.*)?\r?$", line):
            break
    return "utf-8"


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
