"""`intaglio/status` (docs/protocol.md): the whole picture of a file, for clients that asked for it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from intaglio.lsp.desk import Desk
from intaglio.lsp.fragments import Fragment, fragment
from intaglio.lsp.picture import SpecPicture
from intaglio.lsp.session import Session

METHOD = "intaglio/status"
VERSION = 1


def status_of(session: Session, desk: Desk, drawn: Iterable[tuple[SpecPicture, int]]) -> str:
    """The notification's parameters, as JSON, of the pictures and how far each has moved since it was drawn."""
    index, encoding = desk.file.index, session.client.encoding
    specs: list[str] = []
    names: set[str] = set()
    for number, (picture, offset) in enumerate(drawn):
        line = index.line(picture.span.start + offset)

        def make(picture: SpecPicture = picture, offset: int = offset, line: int = line) -> list[Fragment]:
            return [fragment(_spec(picture, offset), index, encoding, line)]

        key = picture.name if picture.name not in names else f"{picture.name} {number}"
        names.add(key)
        made_from = (picture, session.client)
        specs += [piece.at(line) for piece in desk.told.of(key, made_from, make)]
    desk.told.keep_only(names)
    head = f'"version":{VERSION},"uri":{json.dumps(desk.file.uri)},"documentVersion":{json.dumps(desk.file.version)}'
    return f'{{{head},"specs":[{",".join(specs)}]}}'


def _spec(picture: SpecPicture, offset: int) -> dict[str, Any]:
    return {
        "name": picture.name,
        "range": picture.span.shift(offset),
        "nameRange": picture.name_span.shift(offset),
        "state": picture.state,
        "reasons": list(picture.reasons),
        "phase": picture.phase,
        "attempt": picture.attempt,
        "attempts": picture.attempts,
        "model": picture.model,
        "tokens": picture.tokens,
        "estimated": picture.estimated,
        "cost": picture.cost,
        "job": picture.job,
        "stages": [
            {
                "stage": stage.stage,
                "outcome": stage.outcome,
                "millis": round(stage.millis, 1),
                "errors": stage.errors,
                "warnings": stage.warnings,
            }
            for stage in picture.stages
        ],
        "fingerprint": picture.fingerprint,
        "outdated": picture.outdated,
        "pending": picture.pending,
    }
