"""Permits on disk: granted, taken back, found again.

A row holds no name and no plate in plain words: what must be read again is sealed, whom it is for
is a keyed mark. Functions with `db` run inside a transaction of the engine's writer.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from queue_server.hall.model import Instant
from queue_server.keyring import Keyring
from queue_server.self_fill.permits import PermitShape, Values, Wanted, next_number, normal_holder

LATEST = "SELECT number FROM permits WHERE number LIKE ? ORDER BY length(number) DESC, number DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class Permit:
    """One that was granted; `holder` and `shown` are empty once its data were erased."""

    number: str
    kind: str
    begins: date
    ends: date
    holder: str
    shown: dict[str, str]
    made_at: Instant
    made_by: str
    revoked_at: Instant | None = None
    revoked_by: str = ""
    reason: str = ""


class PermitOffice:
    """Reads and writes the table `permits`."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    def earlier(self, db: sqlite3.Connection, kind: PermitShape, holder: str) -> tuple[date, ...]:
        """When the permits of this kind and holder began, but those taken back."""
        rows = db.execute(
            "SELECT begins FROM permits WHERE kind = ? AND mark = ? AND revoked_at IS NULL",
            (kind.id, self._mark(holder)),
        )
        return tuple(date.fromisoformat(row[0]) for row in rows)

    def grant(
        self, db: sqlite3.Connection, kind: PermitShape, wanted: Wanted, now: Instant, by: str
    ) -> Permit:
        """Write it down under the next number of the year."""
        self._erase_old(db, kind, wanted.today)
        known = db.execute(LATEST, (f"{kind.prefix}{wanted.today.year}-%",)).fetchall()
        number = next_number(kind.prefix, wanted.today.year, [row[0] for row in known])
        shown = {name: str(wanted.values.get(name, "")) for name in kind.shows}
        permit = Permit(number, kind.id, wanted.begins, wanted.ends, wanted.holder, shown, now, by)
        secret = json.dumps({"holder": permit.holder, "shown": shown}, ensure_ascii=False).encode()
        db.execute(
            "INSERT INTO permits (number, kind, begins, ends, mark, sealed, made_at, made_by,"
            " revoked_by, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', '')",
            (
                number,
                kind.id,
                permit.begins.isoformat(),
                permit.ends.isoformat(),
                self._mark(permit.holder),
                self._keyring.seal(secret, _context(number)),
                now,
                by,
            ),
        )
        return permit

    def revoke(self, db: sqlite3.Connection, number: str, reason: str, now: Instant, by: str) -> None:
        """Take one back. Taken back again, the first time and reason stay."""
        db.execute(
            "UPDATE permits SET revoked_at = ?, revoked_by = ?, reason = ?"
            " WHERE number = ? AND revoked_at IS NULL",
            (now, by, reason, number),
        )

    def find(self, db: sqlite3.Connection, number: str) -> Permit | None:
        row = db.execute("SELECT * FROM permits WHERE number = ?", (number,)).fetchone()
        return self._permit(row) if row else None

    def of_holder(self, db: sqlite3.Connection, holder: str) -> list[Permit]:
        """All of one holder, the newest first."""
        rows = db.execute(
            "SELECT * FROM permits WHERE mark = ? ORDER BY made_at DESC", (self._mark(normal_holder(holder)),)
        )
        return [self._permit(row) for row in rows]

    def _permit(self, row: sqlite3.Row) -> Permit:
        secret: dict[str, Any] = {"holder": "", "shown": {}}
        if row["sealed"]:
            secret = json.loads(self._keyring.unseal(row["sealed"], _context(row["number"])))
        return Permit(
            row["number"],
            row["kind"],
            date.fromisoformat(row["begins"]),
            date.fromisoformat(row["ends"]),
            secret["holder"],
            secret["shown"],
            row["made_at"],
            row["made_by"],
            row["revoked_at"],
            row["revoked_by"],
            row["reason"],
        )

    def _mark(self, holder: str) -> str:
        return self._keyring.mark(f"permit/{holder}")

    def _erase_old(self, db: sqlite3.Connection, kind: PermitShape, today: date) -> None:
        """What has served its purpose goes; number, dates and whether it was taken back stay."""
        before = (today - timedelta(days=kind.keep_days)).isoformat()
        db.execute(
            "UPDATE permits SET sealed = NULL, mark = '' WHERE kind = ? AND ends < ? AND sealed IS NOT NULL",
            (kind.id, before),
        )


def wanted_by(kind: PermitShape, values: Values, today: date) -> Wanted:
    """An application in the words of its kind.

    :raises ValueError: naming the field that is no date, or an end before the beginning.
    """
    dates = []
    for name in (kind.begins, kind.ends):
        try:
            dates.append(date.fromisoformat(str(values.get(name, ""))))
        except ValueError:
            raise ValueError(name) from None
    begins, ends = dates
    if ends < begins:
        raise ValueError(kind.ends)
    holder = normal_holder(values.get(kind.holder, ""))
    if not holder:
        raise ValueError(kind.holder)
    return Wanted({**values, kind.holder: holder}, holder, begins, ends, today)


def _context(number: str) -> bytes:
    return f"permit/{number}".encode()
