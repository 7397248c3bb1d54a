"""The ledger: every attempt in SQLite, written down before anything leaves the machine. Safe with several processes."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import sqlite3
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

VERSION = 1
_TABLE = """
CREATE TABLE attempt (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    path TEXT NOT NULL,
    name TEXT NOT NULL,
    number INTEGER NOT NULL,
    candidate INTEGER NOT NULL,
    backend TEXT NOT NULL,
    model TEXT NOT NULL,
    parameters TEXT NOT NULL,
    prompt_fingerprint TEXT NOT NULL,
    prompt TEXT,
    answer TEXT,
    input_tokens INTEGER,
    output_tokens INTEGER,
    estimated INTEGER,
    cost REAL,
    millis REAL,
    outcome TEXT NOT NULL,
    verdicts TEXT NOT NULL DEFAULT '[]'
)
"""


class LedgerError(Exception):
    """The ledger cannot be written: nothing may leave the machine. The message says what to do."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One row. `outcome` is "sent" until the answer is there and judged; tokens and cost are None until then."""

    id: int
    at: str
    path: str
    name: str
    number: int
    candidate: int
    backend: str
    model: str
    parameters: dict[str, str]
    prompt_fingerprint: str
    prompt: str | None
    answer: str | None
    input_tokens: int | None
    output_tokens: int | None
    estimated: bool
    cost: float | None
    millis: float | None
    outcome: str
    verdicts: tuple[tuple[str, str], ...]


class Ledger:
    """The ledger of one workspace, at `.intaglio/ledger.sqlite`.

    What is to be sent is on the disk before it is sent. What came back is written without waiting for the disk: a stage waits for
    that, and a machine that loses its power then loses no more than the outcome.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._prepare()
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise LedgerError(f"the ledger {path} cannot be opened ({error}); nothing was sent") from error
            aside = path.with_suffix(f".damaged-{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%S}")
            path.replace(aside)
            self._prepare()
        except OSError as error:
            raise LedgerError(f"the ledger {path} cannot be opened ({error}); nothing was sent") from error

    def begin(
        self, *, path: str, name: str, number: int, candidate: int, backend: str, model: str,
        parameters: dict[str, str], prompt_fingerprint: str, prompt: str | None,
    ) -> int:  # fmt: skip
        """Write an attempt down before it is sent; its id. Raises LedgerError: then nothing may be sent."""
        now = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")
        values = (
            now,
            path,
            name,
            number,
            candidate,
            backend,
            model,
            json.dumps(parameters),
            prompt_fingerprint,
            prompt,
            "sent",
        )
        try:
            with self._connection() as connection:
                cursor = connection.execute(
                    "INSERT INTO attempt (at, path, name, number, candidate, backend, model, parameters, prompt_fingerprint, prompt, outcome)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    values,
                )
                return int(cursor.lastrowid or 0)
        except sqlite3.Error as error:
            raise LedgerError(f"the ledger cannot be written ({error}); nothing was sent") from error

    def answered(
        self,
        attempt: int,
        *,
        input_tokens: int,
        output_tokens: int,
        estimated: bool,
        cost: float | None,
        millis: float,
        answer: str | None,
    ) -> None:
        """Complete a row with what came back. Raises LedgerError."""
        self._update(
            "UPDATE attempt SET input_tokens=?, output_tokens=?, estimated=?, cost=?, millis=?, answer=?, outcome='answered' WHERE id=?",
            (input_tokens, output_tokens, estimated, cost, millis, answer, attempt),
        )

    def judged(self, attempt: int, outcome: str, verdicts: Sequence[tuple[str, str]] = ()) -> None:
        """Say what came of an attempt: a word, and (stage, outcome) pairs. Raises LedgerError."""
        self._update(
            "UPDATE attempt SET outcome=?, verdicts=? WHERE id=?", (outcome, json.dumps(list(verdicts)), attempt)
        )

    def attempts(self, path: str | None = None, name: str | None = None) -> tuple[Attempt, ...]:
        """All attempts, or those of a file or a function, oldest first."""
        with self._connection() as connection:
            rows = connection.execute(
                "SELECT * FROM attempt WHERE (? IS NULL OR path=?) AND (? IS NULL OR name=?) ORDER BY id",
                (path, path, name, name),
            ).fetchall()
        return tuple(_attempt(row) for row in rows)

    def totals(self) -> tuple[int, int, int, float]:
        """(attempts, input tokens, output tokens, known cost in US dollars) of the whole ledger."""
        with self._connection() as connection:
            row = connection.execute(
                "SELECT count(*), total(input_tokens), total(output_tokens), total(cost) FROM attempt"
            ).fetchone()
        return int(row[0]), int(row[1]), int(row[2]), float(row[3])

    def _prepare(self) -> None:
        with self._connection() as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("BEGIN IMMEDIATE")
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version > VERSION:
                raise LedgerError(f"{self.path} was written by a newer Intaglio (version {version}); upgrade this one")
            if version == 0:
                connection.execute(_TABLE)
                connection.execute(f"PRAGMA user_version={VERSION}")
        # Who leaves a database as the last one writes all of it to the disk: one stays, so that no row has to wait for that
        stays = sqlite3.connect(self.path, timeout=10, check_same_thread=False)
        weakref.finalize(self, stays.close)
        stays.execute("PRAGMA user_version").fetchone()

    def _update(self, statement: str, values: tuple[Any, ...]) -> None:
        try:
            with self._connection() as connection:
                connection.execute("PRAGMA synchronous=NORMAL")
                connection.execute(statement, values)
        except sqlite3.Error as error:
            raise LedgerError(f"the ledger cannot be written ({error})") from error

    @contextlib.contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self.path, timeout=10)
        connection.row_factory = sqlite3.Row
        try:
            with connection:
                yield connection
        finally:
            connection.close()


def models_used(path: Path) -> tuple[str, ...]:
    """The models that a ledger knows, the latest first; none where there is no ledger, or it cannot be read. Writes nothing."""
    if not path.is_file():
        return ()
    try:
        with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=0.2)) as connection:
            rows = connection.execute(
                "SELECT model FROM attempt WHERE model != '' GROUP BY model ORDER BY max(id) DESC"
            )
            return tuple(str(model) for (model,) in rows.fetchmany(50))
    except sqlite3.Error:
        return ()


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    return "not a database" in str(error) or "malformed" in str(error)


def _attempt(row: sqlite3.Row) -> Attempt:
    values = dict(row)
    values["parameters"] = json.loads(values["parameters"])
    values["verdicts"] = tuple((stage, outcome) for stage, outcome in json.loads(values["verdicts"]))
    values["estimated"] = bool(values["estimated"])
    return Attempt(**values)
