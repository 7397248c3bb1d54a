"""What a report and an editor say of a lock, as plain data."""

from __future__ import annotations

from typing import Any

from intaglio.lock.fingerprint import short
from intaglio.lock.model import Entry


def lock_summary(entry: Entry | None) -> dict[str, Any] | None:
    """What a report says of a lock."""
    if entry is None:
        return None
    made, accepted = entry.made, entry.accepted
    return {
        "body": short(entry.inputs.body),
        "spec": short(entry.inputs.spec),
        "backend": made.backend,
        "model": made.model,
        "input_tokens": made.input_tokens,
        "output_tokens": made.output_tokens,
        "usage": made.usage,
        "cost": made.cost,
        "accepted_by": accepted.by,
        "accepted_at": accepted.at,
        "how": accepted.how,
        "reason": accepted.reason,
        "sealed": entry.sealed,
        "stages": {stage.stage: stage.outcome for stage in entry.stages},
    }
