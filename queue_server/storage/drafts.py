"""Forms that are being filled in, on disk: what was written is sealed, a row for each field."""

from __future__ import annotations

import sqlite3
from typing import Any

import orjson

from queue_server.hall.changes import Changes
from queue_server.hall.day import Day
from queue_server.hall.drafts import Draft, DraftState

Row = tuple[Any, ...]

COLUMNS = {
    "drafts": "id form ticket state revision filled questions begun_at changed_at finished_at finished_by "
    "consents",
    "draft_values": "draft field sealed",
}
KEYS = {"draft_values": "draft field"}

ERASED = (
    "DELETE FROM draft_values WHERE draft = ?",
    "DELETE FROM drafts WHERE id = ?",
)
EMPTIED = "DELETE FROM draft_values WHERE draft = ? AND field = ?"


def rows(day: Day, changes: Changes) -> dict[str, list[Row]]:
    """What is written of the drafts that changed."""
    kept = [day.drafts[id] for id in changes.drafts if id in day.drafts]
    fields = [
        (id, name, sealed)
        for id, name in changes.draft_fields
        if id in day.drafts and (sealed := day.drafts[id].sealed.get(name))
    ]
    return {"drafts": [_row(one) for one in kept], "draft_values": fields}


def gone(day: Day, changes: Changes) -> list[tuple[str, Row]]:
    """What is taken away: statements, each with its row."""
    erased = [(statement, (id,)) for id in changes.drafts if id not in day.drafts for statement in ERASED]
    emptied: list[tuple[str, Row]] = [
        (EMPTIED, (id, name))
        for id, name in changes.draft_fields
        if id in day.drafts and name not in day.drafts[id].sealed
    ]
    return [*erased, *emptied]


def load(db: sqlite3.Connection) -> dict[str, Draft]:
    """All drafts, of earlier days too: they go when their purpose ends, not with the day."""
    drafts = {row["id"]: _draft(row) for row in db.execute("SELECT * FROM drafts ORDER BY begun_at")}
    for row in db.execute("SELECT * FROM draft_values"):
        drafts[row["draft"]].sealed[row["field"]] = row["sealed"]
    return drafts


def _row(one: Draft) -> Row:
    return (
        one.id, one.form, one.ticket, one.state.value, one.revision, one.filled, one.of, one.begun_at,
        one.changed_at, one.finished_at, one.finished_by, orjson.dumps(one.consents).decode(),
    )  # fmt: skip


def _draft(row: sqlite3.Row) -> Draft:
    return Draft(
        id=row["id"],
        form=row["form"],
        begun_at=row["begun_at"],
        changed_at=row["changed_at"],
        of=row["questions"],
        filled=row["filled"],
        ticket=row["ticket"],
        state=DraftState(row["state"]),
        revision=row["revision"],
        consents=tuple(orjson.loads(row["consents"])),
        finished_at=row["finished_at"],
        finished_by=row["finished_by"],
    )
