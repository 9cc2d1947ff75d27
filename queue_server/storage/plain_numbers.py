"""Looks for ID and phone numbers that lie somewhere in plain words: nowhere should one.

What is found is named by its place alone; the number itself is never shown.
"""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

from queue_server.hall.identity import is_resident_id

ID_NUMBER, PHONE = "an ID number", "a phone number"

_BETWEEN = "[ \t‐‑–—-]?"
"""What people put between the parts of a number."""
_ID = re.compile(
    rf"(?<![0-9A-Za-z])(?=([1-9](?:{_BETWEEN}\d){{16}}{_BETWEEN}[\dXx])(?![0-9A-Za-z]))", re.ASCII
)
"""Looked for from each digit on: one that stands before it must not hide it."""
_MOBILE = re.compile(
    r"(?<![0-9A-Za-z_.+-])(?:\+?86BETWEEN)?"
    r"(?:1[3-9]\dBETWEEN\d{4}BETWEEN\d{4}|1[3-9]\d\dBETWEEN\d{3}BETWEEN\d{4}|1[3-9]\dBETWEEN\d{3}BETWEEN\d{5})"
    r"(?![0-9A-Za-z_.-])".replace("BETWEEN", _BETWEEN),
    re.ASCII,
)
"""In the parts in which it is written. What is longer, a part of a key, or has a decimal point is none."""

PUBLISHED = frozenset({"NoticePosted"})
"""Events whose words the hall itself has put on its boards: its own phone may stand there."""
PUBLISHED_TABLES = frozenset({"notices"})

MOST_NAMED = 10
"""So many places of one column, or of one log, are named; the rest are counted."""


def numbers_in(text: str, today: date) -> set[str]:
    """Which kinds of numbers stand in a text: `ID_NUMBER`, `PHONE`."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)  # full-width digits and spaces
    ids = (re.sub(_BETWEEN, "", one).upper() for one in _ID.findall(text))
    found = {ID_NUMBER for one in ids if is_resident_id(one, today)}
    return found | ({PHONE} if _MOBILE.search(text) else set())


def in_database(database: Path, today: date) -> list[str]:
    """Each place with its table, column and row.

    :raises sqlite3.Error: when it can't be read.
    """
    with closing(sqlite3.connect(database, isolation_level=None, timeout=10)) as db:
        db.execute("BEGIN")
        return [fault for table in _tables(db) for fault in _in_table(db, table, today)]


def in_log(name: str, lines: Iterable[str], today: date) -> list[str]:
    """Each line of a log that holds one."""
    places = {
        f"{name}, line {number}: {what} in plain words": None
        for number, line in enumerate(lines, start=1)
        for what in sorted(numbers_in(line, today))
    }
    return _some(list(places), name)


def _tables(db: sqlite3.Connection) -> list[str]:
    rows = db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return [name for (name,) in rows if name not in PUBLISHED_TABLES]


def _in_table(db: sqlite3.Connection, table: str, today: date) -> Iterator[str]:
    cursor = db.execute(f'SELECT rowid, * FROM "{table}"')
    columns = [column[0] for column in cursor.description][1:]
    found: dict[str, list[str]] = {}
    for row, *values in cursor:
        if table == "events" and values[columns.index("kind")] in PUBLISHED:
            continue
        for column, value in zip(columns, values, strict=True):
            for what in sorted(numbers_in(_text(value), today)):
                place = f"table {table}, column {column}, row {row}: {what} in plain words"
                found.setdefault(column, []).append(place)
    for column, places in found.items():
        yield from _some(places, f"table {table}, column {column}")


def _text(value: object) -> str:
    """Numbers are times and counts; what is sealed is bytes in which nothing can be read, or should be."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if isinstance(value, str) else ""


def _some(places: list[str], where: str) -> list[str]:
    more = [f"{where}: {len(places) - MOST_NAMED} more"] if len(places) > MOST_NAMED else []
    return [*places[:MOST_NAMED], *more]
