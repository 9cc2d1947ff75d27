"""The hall on disk: tables are the truth, the day is loaded from today's rows.

One connection writes, in one thread; each batch of commands is one transaction with
`synchronous=FULL`, so that what was acknowledged survives a power cut.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field, is_dataclass
from pathlib import Path
from typing import Any, TypeVar

import orjson
from sqlite_utils import Database

from queue_server.hall import model as m
from queue_server.hall.changes import Changes
from queue_server.hall.day import Day, new_day, restore
from queue_server.hall.events import Event
from queue_server.storage import drafts, records
from queue_server.storage.migrations import migrate

T = TypeVar("T")
Row = tuple[Any, ...]


class StorageError(Exception):
    """The disk is full or refuses to write: what was asked is not done."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command was answered; `ticket` and its `secret_version` bring the secret back."""

    fingerprint: str
    status: int
    body: dict[str, Any] | None
    ticket: str = ""
    secret_version: int = 0


@dataclass(slots=True)
class Batch:
    """The rows of one transaction."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    seq: int = 0
    turned_to: str = ""
    replaced: set[str] = field(default_factory=set)
    """Tables whose rows are all in this batch: what is not in it is gone."""

    gone: list[tuple[str, Row]] = field(default_factory=list)
    """What is taken away before anything is written: a statement, and the row that fills it."""

    moved: list[Row] = field(default_factory=list)
    """Tickets that leave their windows before any is put to one: two may have changed places."""

    def add(self, table: str, *rows: Row) -> None:
        self.rows.setdefault(table, []).extend(rows)


@dataclass(slots=True)
class Loaded:
    """What stood on disk: the last recorded day, when anything last happened, and the answers given on it."""

    day: Day
    at: m.Instant
    seq: int
    epoch: str
    answers: dict[tuple[str, str], Answer]


COLUMNS = {
    "days": "date override reason began_at",
    "tickets": "id day number state window issued_at current priority needs party language note "
    "slot_start slot_end id_hash phone_hash agent kiosk missed lates secret_version rated "
    "priority_checked marks materials",
    "steps": "ticket position id group_id services state arrived_at queued_at since window clerk "
    "called_at started_at finished_at only_window recalls results",
    "windows": "number groups state since pause_reason clerk ticket undo ask turn plate undone_at",
    "calls": "id day ticket number group_id window kind at language flash rule queued_at minutes announced "
    "windows reach slow",
    "intervals": "id day ticket step group_id state window clerk start end",
    "events": "seq day at kind actor cause ticket window body",
    "answers": "caller key day fingerprint status body ticket secret_version",
    "ratings": "id day ticket service score tags comment channel at window clerk",
    "appointments": "code services group_id start end phone_hash made_at ticket cancelled sealed marks",
    "notices": "id text zones until at",
    "alerts": "id kind subject text since acked_by cleared_at",
    "helps": "id day kind asker place zone reason asked_at state times taker answered_at ended_at "
    "wanted note",
    "phones": "ticket sealed texted",
    "slips": "id day ticket kiosk at again large state",
    **drafts.COLUMNS,
}
KEYS = {
    "days": "date", "steps": "ticket position", "windows": "number", "events": "seq",
    "answers": "caller key", "appointments": "code", "phones": "ticket",
    **drafts.KEYS,
}  # fmt: skip


ROWS_AT_ONCE = (64, 16, 4, 1)
"""So many rows are written by one statement; few sizes, so that SQLite keeps them prepared."""


def _upsert(table: str, rows: int) -> str:
    """An upsert by the primary key alone: any other clash is an error, never an overwrite."""
    columns, keys = COLUMNS[table].split(), KEYS.get(table, "id").split()
    marks = ", ".join([f"({', '.join('?' for _ in columns)})"] * rows)
    sets = ", ".join(f'"{c}" = excluded."{c}"' for c in columns if c not in keys)
    names = ", ".join(f'"{c}"' for c in columns)
    return f"INSERT INTO {table} ({names}) VALUES {marks} ON CONFLICT({', '.join(keys)}) DO UPDATE SET {sets}"


FEWER_STEPS = "DELETE FROM steps WHERE ticket = ? AND position >= ?"
WITHDRAWN = "DELETE FROM intervals WHERE day = ? AND ticket = ? AND start >= ? AND end >= ?"
STEPS_OF_DAY = (
    "SELECT s.* FROM steps s JOIN tickets t ON t.id = s.ticket WHERE t.day = ? ORDER BY s.ticket, position"
)

UPSERTS = {(table, rows): _upsert(table, rows) for table in COLUMNS for rows in ROWS_AT_ONCE}


class Store:
    """The database file. All methods but `__init__` belong to one thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None

    def load(self, plan: m.HallPlan, today: str, now: m.Instant) -> Loaded:
        """The last recorded day, or a new one dated `today` in an empty database.

        :raises StorageError: when the disk can't be read.
        """
        try:
            return self._load(plan, today, now)
        except (sqlite3.Error, OSError) as trouble:
            raise StorageError(str(trouble)) from trouble

    def _load(self, plan: m.HallPlan, today: str, now: m.Instant) -> Loaded:
        db = self._db()
        meta = dict(db.execute("SELECT key, value FROM meta").fetchall())
        last = db.execute("SELECT * FROM days ORDER BY date DESC LIMIT 1").fetchone()
        day = _load_day(db, plan, last) if last else new_day(plan, today, now)
        answers = {
            (row["caller"], row["key"]): Answer(
                row["fingerprint"],
                row["status"],
                orjson.loads(row["body"]),
                row["ticket"],
                row["secret_version"],
            )
            for row in db.execute("SELECT * FROM answers")
        }
        event = db.execute("SELECT at FROM events ORDER BY seq DESC LIMIT 1").fetchone()
        return Loaded(
            day, m.Instant(event["at"] if event else 0.0), int(meta.get("seq", 0)), meta["epoch"], answers
        )

    def commit(self, batch: Batch) -> None:
        """Write a batch, all of it or nothing.

        :raises StorageError: when it could not be made durable.
        :raises sqlite3.IntegrityError: when it would give a number, or a window, twice.
        """
        self.write(lambda db: _write_batch(db, batch))

    def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` in a transaction of its own; what it raises leaves nothing written.

        :raises StorageError: when it could not be made durable.
        """
        try:
            db = self._db()
            db.execute("BEGIN IMMEDIATE")
            result = work(db)
            db.execute("COMMIT")
        except sqlite3.IntegrityError:
            # Not the disk but the second lock: a rule let through what it should not.
            self._roll_back()
            raise
        except (sqlite3.Error, OSError) as trouble:
            self._roll_back()
            raise StorageError(str(trouble)) from trouble
        except BaseException:
            self._roll_back()
            raise
        return result

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _roll_back(self) -> None:
        """Nothing of a failed write stays. The connection does: it can read while the disk is full."""
        try:
            if self._connection is not None and self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        except sqlite3.Error:
            self.close()

    def _db(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = open_database(self._path)
        return self._connection


def private(path: Path) -> Path:
    """Make a file where there is none; nobody but its owner may read it. SQLite's journals take after it."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    for file in (path, *journals(path)):
        # Whoever may use it without owning it (root's file, a clone of it) leaves it as it is.
        with suppress(FileNotFoundError, PermissionError):
            if file.stat().st_mode & 0o077:
                file.chmod(0o600)
    return path


def journals(database: Path) -> tuple[Path, Path]:
    """What SQLite keeps beside a database."""
    return database.with_name(database.name + "-wal"), database.with_name(database.name + "-shm")


def open_database(path: Path) -> sqlite3.Connection:
    """A connection in the hall's mode (WAL, `synchronous=FULL`), the tables brought up to date."""
    connection = sqlite3.connect(private(path), isolation_level=None, timeout=10, check_same_thread=True)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        migrate(Database(connection))
        if not connection.execute("SELECT 1 FROM meta WHERE key = 'epoch'").fetchone():
            connection.execute("INSERT INTO meta VALUES ('epoch', lower(hex(randomblob(8))))")
    except BaseException:
        connection.close()
        raise
    connection.row_factory = sqlite3.Row
    return connection


def ticket_on_disk(db: sqlite3.Connection, id: str) -> tuple[str, m.Ticket] | None:
    """A ticket of any day as it stands on disk, after its day; None where there is none."""
    row = db.execute("SELECT * FROM tickets WHERE id = ?", (id,)).fetchone()
    if row is None:
        return None
    ticket = records.read_ticket(row)
    steps = db.execute("SELECT * FROM steps WHERE ticket = ? ORDER BY position", (id,))
    ticket.steps += [records.read_step(step) for step in steps]
    return row["day"], ticket


def _write_batch(db: sqlite3.Connection, batch: Batch) -> None:
    if batch.turned_to:
        db.execute("DELETE FROM answers WHERE day < ?", (batch.turned_to,))
    for table in batch.replaced:
        db.execute(f"DELETE FROM {table}")
    db.executemany("UPDATE tickets SET window = NULL WHERE id = ?", batch.moved)
    for statement, row in batch.gone:
        db.execute(statement, row)
    for table, rows in batch.rows.items():
        _upsert_rows(db, table, rows)
    db.execute("INSERT OR REPLACE INTO meta VALUES ('seq', ?)", (str(batch.seq),))


def _upsert_rows(db: sqlite3.Connection, table: str, rows: list[Row]) -> None:
    """All of a table's rows, many by one statement: each statement waits anew for Python's lock."""
    at = 0
    while at < len(rows):
        count = next(size for size in ROWS_AT_ONCE if at + size <= len(rows))
        db.execute(UPSERTS[table, count], [value for row in rows[at : at + count] for value in row])
        at += count


# --- from the day to rows -------------------------------------------------------------------------


def add_changes(batch: Batch, day: Day, changes: Changes) -> None:
    """Put what a batch of events touched into the transaction."""
    if changes.plan or changes.turned:
        batch.replaced.add("windows")
    batch.add("days", (day.date, day.override, day.override_reason, day.began_at))
    tickets = [day.tickets[id] for id in changes.tickets]
    if changes.windows:
        batch.moved += [(ticket.id,) for ticket in tickets]
    batch.add("tickets", *(records.ticket_row(day.date, ticket) for ticket in tickets))
    for ticket in tickets:
        batch.add("steps", *(records.step_row(ticket, at) for at in range(len(ticket.steps))))
    for id in changes.corrected:
        batch.gone.append((FEWER_STEPS, (id, len(day.tickets[id].steps))))
    batch.add(
        "windows",
        *(records.window_row(day.windows[n], day.plan) for n in changes.windows if n in day.windows),
    )
    batch.add("calls", *(records.call_row(day.date, day.calls[id]) for id in changes.calls))
    batch.add(
        "appointments", *(records.appointment_row(day.appointments[code]) for code in changes.appointments)
    )
    batch.add("alerts", *(records.alert_row(day.alerts[id]) for id in changes.alerts))
    if changes.turned:
        # Yesterday's visits have ended, also those that this very batch still touched.
        batch.rows.pop("phones", None)
        batch.replaced.add("phones")
    for ticket in (day.tickets[id] for id in changes.phones):
        if ticket.phone or ticket.texted:
            batch.add("phones", (ticket.id, ticket.phone, records.as_json(ticket.texted)))
        else:
            batch.gone.append(("DELETE FROM phones WHERE ticket = ?", (ticket.id,)))
    batch.gone += drafts.gone(day, changes)
    for table, rows in drafts.rows(day, changes).items():
        batch.add(table, *rows)
    batch.add("helps", *(records.help_row(day.date, day.helps[id]) for id in changes.helps))
    batch.add("slips", *(records.slip_row(day.date, day.slips[id]) for id in changes.slips))
    batch.add("ratings", *(records.rating_row(day.date, rating) for rating in changes.ratings))
    batch.gone += [(WITHDRAWN, (day.date, *one)) for one in changes.withdrawn]
    batch.add(
        "intervals",
        *((None, day.date, *(records.plain(v) for v in asdict(i).values())) for i in changes.intervals),
    )
    if changes.turned:
        # Promises that were kept or not are told by the record; the table holds those to come.
        batch.replaced.add("appointments")
        batch.add("appointments", *(records.appointment_row(one) for one in day.appointments.values()))
    if changes.notices:
        batch.replaced.add("notices")
        batch.add("notices", *(records.notice_row(notice) for notice in day.notices.values()))


def event_row(seq: int, day: str, at: m.Instant, event: Event, actor: str, cause: str) -> Row:
    """An event as the audit trail keeps it."""
    body = {name: getattr(event, name) for name in event.__slots__ if name not in records.UNRECORDED}
    ticket = body.get("ticket")
    if is_dataclass(ticket):
        ticket = body["ticket"].id
    return (
        seq,
        day,
        at,
        type(event).__name__,
        actor,
        cause,
        ticket,
        body.get("window"),
        records.as_json(body),
    )


def keep_answer(db: sqlite3.Connection, row: Row) -> None:
    """Store an answer within a transaction of others."""
    db.execute(UPSERTS["answers", 1], row)


def answer_row(caller: str, key: str, day: str, answer: Answer) -> Row:
    return (
        caller, key, day, answer.fingerprint, answer.status, records.as_json(answer.body), answer.ticket,
        answer.secret_version,
    )  # fmt: skip


def _load_day(db: sqlite3.Connection, plan: m.HallPlan, recorded: sqlite3.Row) -> Day:
    date = recorded["date"]
    day = Day(plan, date, recorded["began_at"], m.Override(recorded["override"]), recorded["reason"])
    for row in db.execute("SELECT * FROM tickets WHERE day = ? ORDER BY issued_at, number", (date,)):
        day.tickets[row["id"]] = records.read_ticket(row)
    for row in db.execute(STEPS_OF_DAY, (date,)):
        day.tickets[row["ticket"]].steps.append(records.read_step(row))
    for row in db.execute("SELECT * FROM phones"):
        if row["ticket"] in day.tickets:
            ticket = day.tickets[row["ticket"]]
            ticket.phone, ticket.texted = row["sealed"], tuple(orjson.loads(row["texted"]))
    for row in db.execute("SELECT * FROM windows"):
        if row["number"] in plan.windows:
            day.windows[row["number"]] = records.read_window(row, plan.windows[row["number"]])
    for row in db.execute("SELECT * FROM calls WHERE day = ? ORDER BY rowid", (date,)):
        day.calls[row["id"]] = records.read_call(row)
    for row in db.execute("SELECT * FROM appointments"):
        day.appointments[row["code"]] = records.read_appointment(row)
    day.notices = {
        row["id"]: records.read_notice(row) for row in db.execute("SELECT * FROM notices ORDER BY at")
    }
    for row in db.execute("SELECT * FROM alerts WHERE cleared_at IS NULL ORDER BY since"):
        day.alerts[row["id"]] = m.Alert(
            row["id"], row["kind"], row["subject"], orjson.loads(row["text"]), row["since"], row["acked_by"]
        )
    for row in db.execute("SELECT * FROM helps WHERE day = ? ORDER BY asked_at", (date,)):
        day.helps[row["id"]] = records.read_help(row)
    for row in db.execute("SELECT * FROM slips WHERE day = ? ORDER BY at", (date,)):
        day.slips[row["id"]] = records.read_slip(row)
    day.drafts = drafts.load(db)
    restore(day)
    return day
