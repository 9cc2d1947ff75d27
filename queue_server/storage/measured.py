"""What the hall measured on its last days, as far as forecasts are made of it."""

from __future__ import annotations

import sqlite3

import orjson

from queue_server.hall.changes import Interval
from queue_server.hall.lengths import Services
from queue_server.hall.model import State

MOST_INTERVALS = 20_000
"""So many are read at most, the latest: a server that starts must not keep people waiting."""

LATEST = (
    "SELECT i.*, s.services FROM intervals i "
    "LEFT JOIN steps s ON s.ticket = i.ticket AND s.position = i.step "
    "WHERE i.day IN (SELECT date FROM days ORDER BY date DESC LIMIT ?) "
    "AND i.state IN ('waiting', 'called', 'serving') ORDER BY i.id DESC LIMIT ?"
)


def latest_intervals(db: sqlite3.Connection, days: int) -> list[tuple[Interval, Services]]:
    """The waiting and the stays of the last recorded `days`, with their items, the earliest first."""
    rows = db.execute(LATEST, (days, MOST_INTERVALS)).fetchall()
    return [(_interval(row), tuple(orjson.loads(row["services"] or "[]"))) for row in reversed(rows)]


def _interval(row: sqlite3.Row) -> Interval:
    return Interval(
        ticket=row["ticket"],
        step=row["step"],
        group=row["group_id"],
        state=State(row["state"]),
        window=row["window"],
        clerk=row["clerk"],
        start=row["start"],
        end=row["end"],
    )
