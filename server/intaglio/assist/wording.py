"""Numbers and moments in words, as lenses, hints and hovers show them. Pure: whoever asks for an age says what time it is."""

from __future__ import annotations

import datetime as dt


def duration(millis: float) -> str:
    """`0.3 ms`, `12 ms`, `1.4 s`."""
    if millis < 10:
        return f"{millis:.1f} ms"
    return f"{millis:.0f} ms" if millis < 1000 else f"{millis / 1000:.1f} s"


def tokens(count: int) -> str:
    """`1,016 tokens`."""
    return f"{count:,} token{'' if count == 1 else 's'}"


def money(dollars: float) -> str:
    """`$0.0031`, `$1.20`, `under $0.0001`."""
    if 0 < dollars < 0.0001:
        return "under $0.0001"
    return f"${dollars:.2f}" if dollars >= 0.1 or dollars == 0 else f"${dollars:.4f}"


def moment(at: str) -> str:
    """An ISO 8601 moment of a lock as people read it: `2026-11-24 02:00 UTC`. What is no such moment, as it is."""
    found = _parse(at)
    return f"{found:%Y-%m-%d %H:%M} UTC" if found else at


def age(at: str, now: dt.datetime) -> str:
    """How long ago: `just now`, `5 minutes ago`, `3 days ago`, `14 months ago`; "" for what is no moment."""
    found = _parse(at)
    if found is None:
        return ""
    seconds = (now - found).total_seconds()
    for size, word in ((365.25 * 86400 / 12, "month"), (86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size * (1.0 if word != "month" else 2.0):
            count = int(seconds // size)
            return f"{count} {word}{'' if count == 1 else 's'} ago"
    return "just now"


def one_line(text: str, most: int = 80) -> str:
    """A text on one line of at most so many characters."""
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[: most - 3]}..."


def _parse(at: str) -> dt.datetime | None:
    try:
        found = dt.datetime.fromisoformat(at)
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
