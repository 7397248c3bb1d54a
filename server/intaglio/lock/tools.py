"""Which tools gave a lock's verdicts in another version than is installed here. A difference alone is no alarm.

What no version tells (the sandbox's walls) is left out: they are the machine's.
"""

from __future__ import annotations

from intaglio.lock.model import Entry, Pairs


def changed_tools(entry: Entry, present: Pairs) -> tuple[tuple[str, str, str], ...]:
    """(tool, version then, version now) of the tools that a lock names and that are others now, by name."""
    then = {name: version for stage in entry.stages for name, version in stage.tools}
    now = dict(present)
    return tuple(
        (name, version, now[name]) for name, version in sorted(then.items()) if name in now and now[name] != version
    )


def in_words(changed: tuple[tuple[str, str, str], ...]) -> str:
    """For instance `ruff 0.12.1 -> 0.13.0, ty 0.0.60 -> 0.0.61`."""
    return ", ".join(f"{name} {then} -> {now}" for name, then, now in changed)
