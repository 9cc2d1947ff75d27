"""Keeping the hall's data safe: a copy of a live database, putting one back, looking for faults."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from queue_server.storage.migrations import MIGRATIONS
from queue_server.storage.store import journals, open_database, private

OUR_TABLES = frozenset({"meta", "days", "tickets", "steps", "windows", "events"})

MOST_NAMED = 10
"""So many rows of one fault are named; the rest are counted."""


Look = Callable[[sqlite3.Connection], list[str]]
"""Looks for one kind of fault and names what it finds."""


class Unfit(Exception):
    """A file or a moment that does not allow what was asked; the text says why and what to do."""


def backup(database: Path, target: Path) -> None:
    """A consistent copy in one file, also while the hall runs; on disk when this returns.

    :raises Unfit: when there is nothing to copy or the target exists.
    """
    if not database.exists():
        raise Unfit(f"there is no hall's data at {database}")
    if target.exists():
        raise Unfit(f"{target} exists already; name a new file")
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    try:
        _copy(database, part)
    except sqlite3.DatabaseError as trouble:
        part.unlink()
        raise Unfit(f"{database} can't be copied: {trouble}") from trouble
    part.rename(target)
    _settle(target.parent)


def restore(database: Path, lock: Path, source: Path, moment: str) -> Path | None:
    """Put a backup in the database's place, with a new epoch; where the old one is kept.

    `moment` names the old one. A crash on the way leaves the old database or the new one whole.
    :raises Unfit: while the server runs, or when the source is no sound backup of a hall.
    """
    with _standing_still(lock):
        trouble = faults(source)
        if trouble:
            raise Unfit(f"{source} is not sound: {trouble[0]}")
        new = database.with_name("restored.part")
        for leftover in (new, *journals(new)):
            leftover.unlink(missing_ok=True)
        _copy(source, new)
        _begin_epoch(new)
        kept = _keep(database, moment)
        new.replace(database)
        _settle(database.parent)
        return kept


def faults(database: Path) -> list[str]:
    """Everything wrong with a database, in plain words, as it stands at one moment.

    :raises Unfit: when the file is no database of a hall, or a newer release wrote it.
    """
    if not database.is_file():
        raise Unfit(f"there is no file {database}")
    with closing(sqlite3.connect(database, isolation_level=None, timeout=10)) as db:
        try:
            db.execute("BEGIN")
            if damage := _damage(db):
                return damage
            _refuse_foreign(db)
            return [fault for look in LOOKS for fault in look(db)]
        except sqlite3.DatabaseError as trouble:
            raise Unfit(f"{database} can't be read as a hall's data: {trouble}") from trouble


def _copy(source: Path, target: Path) -> None:
    """The source as it stands at one moment, as one file without a journal."""
    with (
        closing(sqlite3.connect(source, timeout=10)) as db,
        closing(sqlite3.connect(private(target))) as copy,
    ):
        db.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
    _settle(target)


def _begin_epoch(database: Path) -> None:
    """Terminals forget what they knew of the hall when they meet a new epoch."""
    with closing(open_database(database)) as db:
        db.execute("UPDATE meta SET value = lower(hex(randomblob(8))) WHERE key = 'epoch'")
        db.execute("PRAGMA journal_mode=DELETE")


def _keep(database: Path, moment: str) -> Path | None:
    """The old database gets a second name beside; its journal goes, or it would spoil the new one."""
    if not database.exists():
        return None
    kept = database.with_name(f"{database.name}.before-{moment}")
    # Where the old one is broken, its journal is kept with it as it stands.
    with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(database, timeout=10)) as db:
        db.execute("PRAGMA journal_mode=DELETE")
    kept.hardlink_to(database)
    for journal, kept_journal in zip(journals(database), journals(kept), strict=True):
        if journal.exists():
            journal.rename(kept_journal)
    return kept


def _settle(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _standing_still(lock: Path) -> Iterator[None]:
    """No server may start or run meanwhile."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Unfit("the hall is running; stop it first") from None
        yield


# --- what is looked for ---------------------------------------------------------------------------


def _damage(db: sqlite3.Connection) -> list[str]:
    found = [str(row[0]) for row in db.execute("PRAGMA integrity_check(10)")]
    return [] if found == ["ok"] else [f"the file is damaged: {one}" for one in found]


def _refuse_foreign(db: sqlite3.Connection) -> None:
    tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if missing := OUR_TABLES - tables:
        raise Unfit(f"this is no hall's data: the tables {', '.join(sorted(missing))} are missing")
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version > len(MIGRATIONS):
        raise Unfit("a newer release wrote this data; use that one")


def _lost_references(db: sqlite3.Connection) -> list[str]:
    rows = db.execute("PRAGMA foreign_key_check").fetchmany(MOST_NAMED)
    return [f"a row of {row[0]} refers to one of {row[2]} that is gone" for row in rows]


def _rule(words: str, query: str) -> Look:
    """A look by one query: each row it finds is a fault, named by its first column."""

    def look(db: sqlite3.Connection) -> list[str]:
        found = [str(row[0]) for row in db.execute(query)]
        more = f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
        return [f"{words}: {', '.join(found[:MOST_NAMED])}{more}"] if found else []

    return look


LOOKS: tuple[Look, ...] = (
    _lost_references,
    _rule(
        "a number was given twice in a day",
        "SELECT day || ' ' || number FROM tickets GROUP BY day, number HAVING count(*) > 1",
    ),
    _rule(
        "two people are at one window",
        "SELECT day || ' window ' || window FROM tickets WHERE state IN ('called', 'serving') "
        "GROUP BY day, window HAVING count(*) > 1",
    ),
    _rule(
        "a ticket lacks steps",
        "SELECT t.day || ' ' || t.number FROM tickets t LEFT JOIN steps s ON s.ticket = t.id "
        "GROUP BY t.id HAVING count(s.ticket) <= t.current OR max(s.position) != count(s.ticket) - 1",
    ),
    _rule(
        "a ticket and its step stand differently",
        "SELECT t.day || ' ' || t.number FROM tickets t "
        "JOIN steps s ON s.ticket = t.id AND s.position = t.current WHERE s.state != t.state",
    ),
    _rule(
        "a window holds a ticket that is not at it",
        "SELECT 'window ' || w.number FROM windows w LEFT JOIN tickets t ON t.id = w.ticket "
        "WHERE w.ticket IS NOT NULL AND w.ticket != '' AND (t.id IS NULL OR t.window IS NOT w.number "
        "OR t.state NOT IN ('called', 'serving'))",
    ),
    _rule(
        "a ticket is at a window that does not hold it",
        "SELECT t.number || ' window ' || t.window FROM tickets t "
        "LEFT JOIN windows w ON w.number = t.window AND w.ticket = t.id "
        "WHERE t.state IN ('called', 'serving') AND w.number IS NULL",
    ),
    _rule(
        "the record is ahead of the hall's count",
        "SELECT 'event ' || max(seq) FROM events "
        "HAVING max(seq) > (SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'seq')",
    ),
)
