"""Fingerprints: the identity of a body, a spec, a signature, a template, unmoved by formatting.

A fingerprint is the form's version, a colon, and the SHA-256 of a kind, a NUL byte and a canonical text, in lower-case
hexadecimal. Written down in docs/fingerprints.md. Knows nothing of locks and reads no file.
"""

from __future__ import annotations

import ast
import functools
import hashlib
from collections.abc import Iterable, Sequence

from intaglio.lock.canon import atom, canonical_form
from intaglio.spec.model import Spec, Text
from intaglio.spec.scope import expression_tree

VERSION = "1"
SHORT_LENGTH = 12
"""Hexadecimal digits of the short form that `locked:` shows."""

AnyFunction = ast.FunctionDef | ast.AsyncFunctionDef


def suite_fingerprint(suite: Sequence[ast.stmt]) -> str:
    """Of a function's whole suite: docstring, guards and all."""
    return _fingerprint("suite", canonical_form(suite))


def signature_fingerprint(function: AnyFunction) -> str:
    """Of all of a function but its name and its suite: decorators, parameters, annotations, defaults, async or not."""
    bare = function.__class__.__new__(function.__class__)
    bare.__dict__.update(function.__dict__)
    bare.name, bare.body = None, []  # type: ignore[assignment]  # None and [] are not written
    return _fingerprint("signature", canonical_form([bare]))


@functools.lru_cache(maxsize=8192)
def definition_fingerprint(source: str) -> str:
    """Of one or more statements at module level, given as text. Raises SyntaxError when the text does not parse."""
    return _fingerprint("definition", canonical_form(ast.parse(source).body))


@functools.lru_cache(maxsize=256)
def template_fingerprint(source: str) -> str:
    """Of a template's or a module's text. Raises SyntaxError when it does not parse."""
    return _fingerprint("template", canonical_form(ast.parse(source).body))


def file_fingerprint(data: bytes) -> str:
    """Of a file's bytes, with the line endings of Windows taken for those of Unix (git may have changed them)."""
    return f"{VERSION}:{hashlib.sha256(b'file' + bytes(1) + data.replace(bytes((13, 10)), bytes((10,)))).hexdigest()}"


def spec_fingerprint(spec: Spec) -> str:
    """Of a spec comment: all that it says, by meaning. `locked` is no part of it."""
    return _fingerprint("spec", spec_form(spec))


def spec_form(spec: Spec) -> str:
    """The canonical text of a spec, as docs/fingerprints.md describes it: one line for each thing that it says."""
    own_name = spec.function.name
    lines: list[str] = [f"prose {_words(spec.prose.value)}", f"template {_words(spec.template)}"]
    write = lines.append
    for key, words in (("use", spec.use), ("comply", spec.comply)):
        lines.extend(f"{key} {_words(text.value)}" for text in words)
    for key, conditions in (("require", spec.require), ("ensure", spec.ensure)):
        lines.extend(f"{key} {_expression(text, own_name)}" for text in conditions)
    for raised in spec.raises:
        write(f"raises {_expression(raised.error, own_name)} {_expression(raised.condition, own_name)}")
    for rule in spec.rules:
        parts = (_expression(text, own_name) for text in (rule.condition, rule.value, rule.raises))
        write(f"rule {' '.join(parts)}")
    for example in spec.examples:
        write(f"example {_expression(example.expression, own_name)} {_expression(example.raises, own_name)}")
    for golden in spec.golden:
        write(f"golden {atom(golden.path.value)} {atom(float(golden.share))}")
    for given in spec.given:
        write(f"given {_expression(given.call, own_name)} {_expression(given.value, own_name)}")
    if spec.strict:
        write("strict")
    if spec.model is not None:
        write(f"model {_words(spec.model)}")
    for directive in spec.directives:
        if not directive.known:
            write(f"unknown {_words(directive.key)} {_words(directive.value.value)}")
    return "\n".join(lines)


def short(fingerprint: str) -> str:
    """The short form that `locked:` shows."""
    return fingerprint.partition(":")[2][:SHORT_LENGTH]


def combine(fingerprints: Iterable[str]) -> str:
    """One fingerprint for several, in their order; a single one is itself."""
    parts = list(fingerprints)
    return parts[0] if len(parts) == 1 else _fingerprint("list", "\n".join(parts))


def text_fingerprint(kind: str, text: str) -> str:
    """Of any text, exactly as it is; `kind` keeps fingerprints of different things apart."""
    return _fingerprint(kind, text)


def _fingerprint(kind: str, form: str) -> str:
    return f"{VERSION}:{hashlib.sha256(f'{kind}{chr(0)}{form}'.encode('utf-8', 'surrogatepass')).hexdigest()}"


def _words(text: str) -> str:
    return atom(" ".join(text.split()))


def _expression(text: Text | None, own_name: str) -> str:
    """An expression's canonical form, parsed as if in parentheses; the words of what does not parse."""
    if text is None:
        return "~"
    value = text.value
    return _expression_form(value, own_name if own_name in value or not value.isascii() else "")


@functools.lru_cache(maxsize=4096)
def _expression_form(text: str, own_name: str) -> str:
    """One for all specs that say the same: few expressions name their own function."""
    tree = expression_tree(text)
    return f"?{_words(text)}" if tree is None else canonical_form([tree], own_name=own_name)
