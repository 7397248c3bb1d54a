"""Whether a spec's prose says enough to be compiled or reviewed. A rough judge that would rather stay silent."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W\d_]+")
VERBS = frozenset([
    "accept", "add", "adjust", "answer", "append", "apply", "approve", "assign", "award", "block", "bucket",
    "build", "calculate", "cap", "capitalize", "change", "charge", "check", "choose", "clamp", "classify", "clean",
    "close", "collapse", "collect", "combine", "compare", "compute", "concatenate", "consider", "convert", "count",
    "create", "cut", "decide", "decode", "deduct", "deduplicate", "default", "define", "delete", "deliver", "deny",
    "derive", "describe", "detect", "determine", "discard", "discount", "divide", "do", "double", "drop", "emit",
    "encode", "ensure", "escalate", "estimate", "evaluate", "expand", "explain", "extract", "fail", "fill",
    "filter", "find", "flag", "flatten", "fold", "format", "forward", "generate", "get", "give", "group", "guess",
    "halve", "handle", "hold", "ignore", "increase", "index", "insert", "interleave", "interpolate", "invert", "is",
    "join", "keep", "label", "list", "log", "look", "lower", "make", "map", "mark", "mask", "match", "measure",
    "merge", "move", "multiply", "name", "need", "normalise", "normalize", "number", "order", "output", "pad",
    "parse", "partition", "pass", "pay", "permit", "pick", "place", "prefer", "prefix", "prepare", "prevent",
    "price", "print", "produce", "project", "prorate", "provide", "put", "quote", "raise", "rank", "read", "reduce",
    "refund", "refuse", "reject", "remove", "rename", "render", "repeat", "replace", "report", "require", "rescale",
    "reserve", "reshape", "resolve", "retain", "retry", "return", "reverse", "rotate", "round", "route", "say",
    "scale", "score", "search", "select", "send", "serialize", "set", "share", "shift", "shorten", "show",
    "shuffle", "simplify", "slice", "solve", "sort", "split", "standardise", "standardize", "store", "strip",
    "substitute", "subtract", "suffix", "sum", "summarise", "summarize", "supply", "surround", "swap", "take",
    "tell", "test", "tidy", "total", "transform", "translate", "transpose", "treat", "trim", "truncate", "turn",
    "unwrap", "update", "upper", "use", "validate", "verify", "warn", "weigh", "whether", "wrap", "write", "yield",
])  # fmt: skip
"""Imperatives that say what a function does."""
_MODALS = frozenset(
    ["be", "is", "are", "was", "must", "may", "can", "shall", "should", "will", "does", "when", "if", "unless"]
)


def is_vague(prose: str) -> bool:
    """Whether the prose has fewer than three words, or none that says what happens."""
    words = [word.lower() for word in _WORD.findall(prose)]
    if not prose.isascii() and len(prose.split()) < len(prose) / 12:
        return len(prose) < 8  # a script without spaces between words: length is all that is known
    if any(not word.isascii() for word in words):
        return len(words) < 3  # another language than English
    return len(words) < 3 or not any(_is_verb(word) for word in words)


def _is_verb(word: str) -> bool:
    if word in VERBS or word in _MODALS:
        return True
    stems = (word.removesuffix("s"), word.removesuffix("es"), word.removesuffix("d"), word.removesuffix("ed"))
    return any(stem != word and stem in VERBS for stem in stems) or (
        word.endswith(("ies", "ied")) and word[:-3] + "y" in VERBS
    )
