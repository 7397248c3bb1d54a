"""Locks that changed since a commit, as they are shown: as values, as JSON with its schema, on a terminal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from intaglio.lock.model import Entry
    from intaglio.lock.since import LockChange
    from intaglio.validate.comparison import Behaviour

_COLOURS = {"added": "green", "changed": "yellow", "moved": "cyan", "removed": "red"}


@dataclass(frozen=True, slots=True)
class ShownChange:
    """A change of a lock, with what comparing the two functions found, where they could do different things.

    `folder` (`sub/`) is where the workspace lies from the one that was asked for.
    """

    change: LockChange
    folder: str
    behaviour: Behaviour | None = None


def change_to_json(shown: ShownChange) -> dict[str, Any]:
    """One change as CHANGE_SCHEMA describes it."""
    change, behaviour = shown.change, shown.behaviour
    accepted = change.after.accepted if change.after else None
    return {
        "path": shown.folder + change.path,
        "name": change.name,
        "kind": change.kind,
        "was": f"{shown.folder}{change.path_before}::{change.name_before}" if change.name_before else "",
        "body_before": _body(change.before),
        "body_after": _body(change.after),
        "causes": list(change.causes),
        "how": list(change.how),
        "reason": accepted.reason if accepted else "",
        "accepted_by": accepted.by if accepted else "",
        "accepted_at": accepted.at if accepted else "",
        "refused": change.refusal.message if change.refusal else "",
        "behaviour": None
        if behaviour is None
        else {
            "inputs": behaviour.inputs,
            "differing": behaviour.differing,
            "differences": [{"call": one.call, "before": one.before, "after": one.after} for one in behaviour.shown],
            "problem": behaviour.problem,
        },
    }


def print_changes(revision: str, changes: tuple[ShownChange, ...]) -> None:
    """Every change with its why, its reason and its difference."""
    count = len(changes)
    click.echo(f"since {revision}: {count or 'no'} lock{'' if count == 1 else 's'} changed")
    for shown in changes:
        _print(shown)


def _print(shown: ShownChange) -> None:
    change = shown.change
    bodies = " -> ".join(dict.fromkeys(body for body in (_body(change.before), _body(change.after)) if body))
    kind = click.style(f"{change.kind:<8}", fg=_COLOURS[change.kind], bold=True)
    click.echo(f"{kind}  {shown.folder}{change.path}::{change.name}  {bodies}")
    for line in (*change.causes, *change.how):
        click.echo(f"          {line}")
    if change.after is not None:
        accepted = change.after.accepted
        reason = f': "{accepted.reason}"' if accepted.reason else ", without a word of why"
        click.echo(f"          {accepted.how} by {accepted.by}, {accepted.at}{reason}")
    if change.refusal is not None:
        click.echo(f"          {click.style('refused', fg='red', bold=True)}: {change.refusal.message}")
    if shown.behaviour is not None:
        _print_behaviour(shown.behaviour)


def _print_behaviour(behaviour: Behaviour) -> None:
    if behaviour.problem:
        click.echo(f"          behaviour not compared: {behaviour.problem}")
        return
    click.echo(f"          behaviour: {behaviour.differing} of {behaviour.inputs} inputs differ")
    for one in behaviour.shown:
        click.echo(f"            {one.call}  {one.before}, now {one.after}")
    if behaviour.differing > len(behaviour.shown):
        click.echo(f"            ... and {behaviour.differing - len(behaviour.shown)} more")


def _body(entry: Entry | None) -> str:
    from intaglio.lock.fingerprint import short

    return short(entry.inputs.body) if entry else ""


_TEXT: dict[str, Any] = {"type": "string"}
_TEXTS: dict[str, Any] = {"type": "array", "items": _TEXT}
CHANGE_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": [
        "path", "name", "kind", "was", "body_before", "body_after", "causes", "how", "reason", "accepted_by", "accepted_at",
        "refused", "behaviour",
    ],
    "additionalProperties": False,
    "properties": {
        "path": _TEXT,
        "name": _TEXT,
        "kind": {"enum": ["added", "removed", "changed", "moved"]},
        "was": {"type": "string", "description": "Of a moved one: where it was, as PATH::NAME."},
        "body_before": {"type": "string", "description": "Short fingerprint; empty where there was no lock."},
        "body_after": {"type": "string"},
        "causes": {**_TEXTS, "description": "What the body was made from and is no more, in words."},
        "how": {**_TEXTS, "description": "What else is new: who made the body, by which tools it was judged."},
        "reason": {"type": "string", "description": "What whoever accepted the lock said."},
        "accepted_by": _TEXT,
        "accepted_at": _TEXT,
        "refused": {"type": "string", "description": "Why the change is refused; empty when it is not."},
        "behaviour": {
            "description": "The two functions run on the same inputs; null where they can do nothing different.",
            "anyOf": [
                {"type": "null"},
                {
                    "type": "object",
                    "required": ["inputs", "differing", "differences", "problem"],
                    "additionalProperties": False,
                    "properties": {
                        "inputs": {"type": "integer", "minimum": 0},
                        "differing": {"type": "integer", "minimum": 0},
                        "differences": {
                            "type": "array",
                            "items": {
                                "type": "object",
                                "required": ["call", "before", "after"],
                                "additionalProperties": False,
                                "properties": {"call": _TEXT, "before": _TEXT, "after": _TEXT},
                            },
                        },
                        "problem": {"type": "string", "description": "Why there was no comparison; empty when there was."},
                    },
                },
            ],
        },
    },
}  # fmt: skip
