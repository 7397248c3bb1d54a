"""The gates around the model: what of a spec may leave the machine, and whether an answer repeats the prompt's hidden part.

Patterns over the text and its decoded forms. They find the known and the obvious; the security stage and the sandbox are
what protects, whatever a model was talked into.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import contextlib
import re
import unicodedata
import urllib.parse
from collections.abc import Iterator

from intaglio.finding import Code, Finding, Place
from intaglio.generate import codes
from intaglio.spec.model import Spec, Text

_INJECTION = re.compile(
    r"\b(ignore|disregard|forget|override|bypass)\b[^.!?]{0,40}\b(previous|prior|above|earlier|all|any|these|your|the)\b[^.!?]{0,30}"
    r"\b(instruction|rule|prompt|guideline|direction|polic|restriction|safety)"
    r"|\b(reveal|print|show|repeat|output|leak)\b.{0,30}\b(system prompt|hidden|your instructions|initial prompt)"
    r"|\byou are (now|no longer)\b|\bact as (an?|the) (unrestricted|jailbroken|root|admin)|\bdeveloper mode\b|\bDAN\b"
    r"|<\|?(im_start|im_end|system|endoftext)\|?>|\[/?INST\]|^\s*(system|assistant)\s*:",
    re.IGNORECASE | re.MULTILINE | re.DOTALL,
)
_SECRETS = re.compile(
    r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----|\bgh[pousr]_[A-Za-z0-9]{36,}\b"
    r"|\bxox[abprs]-[A-Za-z0-9-]{10,}|\bAIza[0-9A-Za-z_-]{35}\b|\b[sr]k_(?:live|test)_[0-9A-Za-z]{16,}|\bsk-[A-Za-z0-9_-]{20,}"
    r"|\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.|\b[a-z][a-z0-9+.-]*://[^\s/:@]+:[^\s/:@]{3,}@"
)
_EMAIL = re.compile(
    r"\b[A-Za-z0-9._%+-]+@(?!example\.(?:com|org|net)\b)[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}\b"
)
_SOCIAL_SECURITY = re.compile(r"\b(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}\b")
_CARD = re.compile(r"\b\d(?:[ -]?\d){12,18}\b")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b")
_PHONE = re.compile(r"(?<![\w.])(?:\+1[ .-]?)?\(?[2-9]\d{2}\)?[ .-](?!555)\d{3}[ .-]\d{4}\b")
_ZERO_WIDTH = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
_WORDS = 8
"""An answer that shares this many consecutive words with the hidden prompt repeats it."""


def screen_spec(spec: Spec) -> tuple[Finding, ...]:
    """Findings about a spec's text before it leaves: a secret is an error, injection and personal data are warnings."""
    findings: list[Finding] = []
    for directive in spec.directives:
        text = directive.value
        views = tuple(decoded_views(text.value))
        if any(_SECRETS.search(view) for view in views):
            findings.append(
                _finding(
                    spec,
                    codes.SECRET,
                    f"`{directive.key}:` holds what looks like a key or a password; nothing was sent",
                    text,
                )
            )
        if any(_INJECTION.search(view) for view in views):
            findings.append(
                _finding(spec, codes.INJECTION, f"`{directive.key}:` reads like instructions to a model", text)
            )
        kinds = sorted({kind for kind, _, _ in personal_data(text.value)})
        if kinds:
            findings.append(
                _finding(
                    spec,
                    codes.PERSONAL_DATA,
                    f"`{directive.key}:` holds personal data ({', '.join(kinds)}); it is replaced in the prompt",
                    text,
                )
            )
    return tuple(findings)


def redact(text: str) -> tuple[str, int]:
    """The text with personal data replaced by `[KIND]`, and how many were. Secrets too, should one come this far."""
    count = 0
    for kind, start, end in sorted(personal_data(text), key=lambda found: -found[1]):
        text = f"{text[:start]}[{kind}]{text[end:]}"
        count += 1
    text, secrets = _SECRETS.subn("[secret]", text)
    return text, count + secrets


def mask(text: str) -> str:
    """The text with personal data and secrets replaced by as many `x`, so that places in it stay."""
    for _, start, end in personal_data(text):
        text = text[:start] + "x" * (end - start) + text[end:]
    return _SECRETS.sub(lambda match: "x" * len(match.group()), text)


def has_secret(text: str) -> bool:
    """Whether a text, or a decoded form of it, holds what looks like a secret."""
    return any(_SECRETS.search(view) for view in decoded_views(text))


def personal_data(text: str) -> list[tuple[str, int, int]]:
    """(kind, start, end) of e-mail addresses, US social security and phone numbers, cards (Luhn) and IBANs (ISO 13616)."""
    found: list[tuple[str, int, int]] = []
    for kind, pattern, valid in (
        ("e-mail address", _EMAIL, None),
        ("social security number", _SOCIAL_SECURITY, None),
        ("IBAN", _IBAN, _is_iban),
        ("card number", _CARD, _is_card),
        ("phone number", _PHONE, None),
    ):
        for match in pattern.finditer(text):
            overlaps = any(start < match.end() and match.start() < end for _, start, end in found)
            if not overlaps and (valid is None or valid(match.group())):
                found.append((kind, match.start(), match.end()))
    return found


def screen_answer(answer: str, canary: str, hidden: str) -> Finding | None:
    """The finding for an answer that holds the canary, in whatever form, or a run of the hidden prompt's words."""
    for view in decoded_views(answer):
        squeezed = re.sub(r"[\W_]+", "", view).lower()
        if canary and (canary.lower() in squeezed or canary.lower()[::-1] in squeezed):
            return Finding(codes.LEAK.id, codes.LEAK.severity, "the answer repeats the hidden part of the prompt")
    words = _words(hidden)
    runs = {tuple(words[place : place + _WORDS]) for place in range(len(words) - _WORDS + 1)}
    given = _words(answer)
    if any(tuple(given[place : place + _WORDS]) in runs for place in range(len(given) - _WORDS + 1)):
        return Finding(codes.LEAK.id, codes.LEAK.severity, "the answer repeats a run of the hidden prompt's words")
    return None


def decoded_views(text: str) -> Iterator[str]:
    """The text, and what it says when compatibility forms, zero-width marks, spacing and common encodings are undone."""
    plain = _ZERO_WIDTH.sub("", unicodedata.normalize("NFKC", text))
    yield text
    yield plain
    yield urllib.parse.unquote(plain)
    yield codecs.decode(plain, "rot13")
    yield re.sub(r"(?<=\b\w)[ ._-](?=\w\b)", "", plain)
    for match in re.finditer(r"[A-Za-z0-9+/_-]{16,}={0,2}", plain):
        token = match.group().replace("-", "+").replace("_", "/")
        with contextlib.suppress(binascii.Error, ValueError):  # what is not base64 of a text gives no further view
            yield base64.b64decode(token + "=" * (-len(token) % 4), validate=True).decode("utf-8")
    for match in re.finditer(r"(?:[0-9a-fA-F]{2}[ :]?){8,}", plain):
        with contextlib.suppress(ValueError):  # nor does what is not hexadecimal of a text
            yield bytes.fromhex(re.sub(r"[ :]", "", match.group())).decode("utf-8")


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _is_card(text: str) -> bool:
    digits = [int(character) for character in text if character.isdigit()]
    if not 13 <= len(digits) <= 19 or len(set(digits)) == 1:
        return False
    doubled = [digit if place % 2 == 0 else digit * 2 - 9 * (digit > 4) for place, digit in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0


def _is_iban(text: str) -> bool:
    compact = text.replace(" ", "")
    turned = compact[4:] + compact[:4]
    return 15 <= len(compact) <= 34 and int("".join(str(int(character, 36)) for character in turned)) % 97 == 1


def _finding(spec: Spec, code: Code, message: str, text: Text) -> Finding:
    return Finding(code.id, code.severity, message, Place("spec", text.span.shift(-spec.block.start)))
