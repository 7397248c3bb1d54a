"""`intaglio log FILE::NAME`: the life of an artifact, from git, its locks and the ledger."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from intaglio.ledger import Attempt
    from intaglio.lock.lineage import Chapter

_TEXT, _NUMBER, _NULLABLE = {"type": "string"}, {"type": "number"}, {"type": ["number", "null"]}
_FIELDS: dict[str, Any] = {
    "path": _TEXT,
    "name": _TEXT,
    "body": {"type": "string", "description": "The body's whole fingerprint."},
    "changed": {
        "type": "array",
        "items": _TEXT,
        "description": "What differs from the lock before it: `spec`, `reach LIMIT`, ...",
    },
    "how": {"enum": ["compiled", "validated", "adopted", "followed"]},
    "reason": _TEXT,
    "accepted_by": _TEXT,
    "accepted_at": _TEXT,
    "backend": _TEXT,
    "model": _TEXT,
    "input_tokens": _NUMBER,
    "output_tokens": _NUMBER,
    "usage": {"enum": ["reported", "estimated", "none"]},
    "cost": {"type": ["number", "null"], "description": "Of the body that was locked, in US dollars; null when unknown."},
    "attempts": {"type": "integer", "description": "Requests in this machine's ledger that led to this lock, failed ones too."},
    "attempts_cost": {"type": ["number", "null"], "description": "What they cost together; null when one has no known price."},
    "commit": {"type": ["string", "null"], "description": "The commit that brought the lock; null: not committed yet."},
    "commit_author": {"type": ["string", "null"]},
    "commit_subject": {"type": ["string", "null"]},
}  # fmt: skip
SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "The document that intaglio log prints for --json",
    "type": "object",
    "required": ["version", "path", "name", "locks"],
    "additionalProperties": False,
    "properties": {
        "version": {"const": 1},
        "path": _TEXT,
        "name": _TEXT,
        "locks": {
            "type": "array",
            "description": "Every lock that the artifact had, the newest first.",
            "items": {
                "type": "object",
                "required": list(_FIELDS),
                "additionalProperties": False,
                "properties": _FIELDS,
            },
        },
    },
}


@click.command()
@click.argument("target", metavar="PATH::NAME")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document (docs/log.schema.json).")
def command(target: str, as_json: bool) -> None:
    """Tell the life of PATH::NAME: each lock it had, why it changed, what it cost, who accepted it, and in which commit.

    Follows moves and renames. Git's history and the locks are everybody's; the attempts come from this machine's ledger.
    Works offline. Exits 1 when there never was a lock.
    """
    from intaglio.cli.output import end
    from intaglio.lock.lineage import lineage
    from intaglio.workspace import WorkspaceError, choose_root, relative_path

    text, separator, name = target.partition("::")
    if not separator or not name:
        raise click.UsageError("name the function: intaglio log FILE::NAME")
    place = Path.cwd() / text
    root = choose_root(Path.cwd(), place)
    try:
        path = relative_path(root, place)
    except WorkspaceError as error:
        raise click.UsageError(str(error)) from error
    chapters = lineage(root, path, name)
    attempts = _attempts(root, chapters)
    rows = [_row(chapter, spent) for chapter, spent in zip(chapters, attempts, strict=True)]
    if as_json:
        document = {"version": 1, "path": path, "name": name, "locks": rows}
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
    else:
        click.echo(f"{path}::{name}" if rows else f"{path}::{name} never had a lock, as far as git's history here goes")
        for row in rows:
            _print(row)
    end(0 if rows else 1)


def _attempts(root: Path, chapters: tuple[Chapter, ...]) -> list[list[Attempt]]:
    """The ledger's attempts that led to each lock: those after the one before it, under the name that it had."""
    from intaglio.ledger import Ledger, LedgerError

    place = root / ".intaglio" / "ledger.sqlite"
    if not place.is_file():
        return [[] for _ in chapters]
    try:
        ledger = Ledger(place)
        written = {(one.path, one.name): ledger.attempts(one.path, one.name) for one in chapters}
    except LedgerError as error:
        click.echo(f"the attempts are left out: {error}", err=True)
        return [[] for _ in chapters]
    found: list[list[Attempt]] = []
    for number, chapter in enumerate(chapters):
        since = chapters[number + 1].entry.accepted.at if number + 1 < len(chapters) else ""
        until = f"{chapter.entry.accepted.at[:19]}~"
        found.append(
            [one for one in written[chapter.path, chapter.name] if since < one.at[:19] + "Z" and one.at[:19] <= until]
        )
    return found


def _row(chapter: Chapter, attempts: list[Attempt]) -> dict[str, Any]:
    entry, revision = chapter.entry, chapter.revision
    costs = [attempt.cost for attempt in attempts]
    known = [cost for cost in costs if cost is not None]
    return {
        "path": chapter.path,
        "name": chapter.name,
        "body": entry.inputs.body,
        "changed": [f"{what} {name}".strip() for what, name in chapter.changed],
        "how": entry.accepted.how,
        "reason": entry.accepted.reason,
        "accepted_by": entry.accepted.by,
        "accepted_at": entry.accepted.at,
        "backend": entry.made.backend,
        "model": entry.made.model,
        "input_tokens": entry.made.input_tokens,
        "output_tokens": entry.made.output_tokens,
        "usage": entry.made.usage,
        "cost": entry.made.cost,
        "attempts": len(attempts),
        "attempts_cost": sum(known) if len(known) == len(costs) else None,
        "commit": revision.commit if revision else None,
        "commit_author": revision.author if revision else None,
        "commit_subject": revision.subject if revision else None,
    }


def _print(row: dict[str, Any]) -> None:
    from intaglio.lock.fingerprint import short

    maker = row["model"] or row["backend"]
    click.echo(f"  {row['accepted_at']}  {click.style(short(row['body']), bold=True)}  {row['how']}, made by {maker}")
    click.echo(f"      why: {row['reason'] or 'no reason was given'}")
    click.echo(f"      accepted by {row['accepted_by']}")
    if row["changed"]:
        click.echo(f"      changed: {', '.join(row['changed'])}")
    tokens = row["input_tokens"] + row["output_tokens"]
    cost = "unknown" if row["cost"] is None else f"{row['cost']:g} USD"
    spent = f"      cost: {cost}, {tokens} tokens ({row['usage']})" if row["backend"] != "hand" else ""
    if spent and row["attempts"]:
        total = "an unknown sum" if row["attempts_cost"] is None else f"{row['attempts_cost']:g} USD"
        spent += f"; {row['attempts']} requests in this machine's ledger, {total}"
    if spent:
        click.echo(spent)
    if row["commit"]:
        click.echo(f"      commit {row['commit'][:12]} by {row['commit_author']}: {row['commit_subject']}")
    else:
        click.echo("      not committed yet")
