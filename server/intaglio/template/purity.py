"""Which modules a body may import: pure ones without a grant, more of the standard library with one. Lists only.

Pure means: the same answer for the same arguments, nothing read or written outside. Some of these modules hold a few
names that are not (`datetime.now`, `operator.attrgetter`): the security stage refuses those by name.
"""

from __future__ import annotations

PURE_MODULES: frozenset[str] = frozenset(
    {
        "bisect",
        "cmath",
        "collections",
        "collections.abc",
        "copy",
        "dataclasses",
        "datetime",
        "decimal",
        "enum",
        "fractions",
        "functools",
        "heapq",
        "itertools",
        "json",
        "math",
        "numbers",
        "operator",
        "re",
        "statistics",
        "string",
        "textwrap",
        "typing",
        "unicodedata",
    }
)
"""What every body may import."""

GRANTABLE_MODULES: frozenset[str] = frozenset(
    {
        "base64",
        "binascii",
        "calendar",
        "colorsys",
        "csv",
        "difflib",
        "fnmatch",
        "graphlib",
        "hashlib",
        "hmac",
        "html",
        "html.entities",
        "ipaddress",
        "keyword",
        "pprint",
        "shlex",
        "stringprep",
        "struct",
        "urllib.parse",
        "xml.sax.saxutils",
        "zlib",
    }
)
"""What a body may import when a `use:` line of its spec names it."""

CAPABILITY_MODULES: frozenset[str] = frozenset({"clock", "database", "files", "http", "notify", "random"})
"""Tested wrappers over the outside world. None of them is part of this version; naming one is refused."""
