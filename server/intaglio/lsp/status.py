"""`intaglio/status` (docs/protocol.md): the whole picture of a file, for clients that asked for it."""

from __future__ import annotations

from typing import Any

from intaglio.lsp.picture import SpecPicture
from intaglio.lsp.session import Desk, Session
from intaglio.lsp.to_client import plain_range

METHOD = "intaglio/status"
VERSION = 1


def status_of(session: Session, desk: Desk) -> dict[str, Any]:
    """The notification's parameters."""
    return {
        "version": VERSION,
        "uri": desk.file.uri,
        "documentVersion": desk.file.version,
        "specs": [_spec(session, desk, picture) for picture in desk.pictures()],
    }


def _spec(session: Session, desk: Desk, picture: SpecPicture) -> dict[str, Any]:
    encoding, index = session.client.encoding, desk.file.index
    return {
        "name": picture.name,
        "range": plain_range(index, picture.span, encoding),
        "nameRange": plain_range(index, picture.name_span, encoding),
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
