"""The hall on disk: written whole or not at all, read back the same, and safe on a bad disk."""

from __future__ import annotations

import json
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlite_utils import Database

from queue_server.hall import commands as c
from queue_server.hall.changes import Changes
from queue_server.hall.hall_rules import must_fit
from queue_server.hall.model import Alert, Instant, Notice, Priority, TicketId, WindowNumber
from queue_server.hall.refusal import Refused
from queue_server.storage import migrations
from queue_server.storage.store import (
    Answer,
    Batch,
    StorageError,
    Store,
    add_changes,
    answer_row,
    event_row,
    open_database,
)
from tests.hall.days import FEES, MONDAY_NINE, Floor, a_plan

ROOT = Path(__file__).parents[2]
ONE = WindowNumber(1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "hall.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    one = Store(path)
    yield one
    one.close()


def save(store: Store, floor: Floor, seq: int = 1) -> None:
    """Write what has happened on a floor since it was last written."""
    batch = Batch(seq=seq)
    add_changes(batch, floor.day, floor.changes)
    floor.changes = Changes()
    store.commit(batch)


def a_busy_floor() -> Floor:
    floor = Floor()
    floor.open()
    for items in (("permit", "tax"), ("card",), ("collect",), ("tax",)):
        floor.take(*items, id_hash="li" if items == ("card",) else "")
    floor.next(1)
    floor.next(2)
    floor.at(1, c.Start)
    floor.at(1, c.Finish)
    floor.at(2, c.Park)
    floor.at(3, c.PauseWindow, "tea")
    floor.do(c.SetWindow(WindowNumber(2), (FEES,), {"zh": "专窗", "en": "Special"}))
    floor.do(c.CheckPriority(floor.take(priority=Priority.ELDERLY, marks=("m1",)).id, confirmed=True))
    floor.do(c.RaiseAlert("a1", "paper", "K01", {"zh": "缺纸", "en": "No paper"}))
    place = {"zh": "取号机 K01", "en": "Kiosk K01"}
    floor.do(c.AskHelp("h1", "kiosk", "K01", place, place, "east", "wheelchair"))
    floor.do(c.OrderSlip("s1", TicketId("t1"), "K01", large=True))
    floor.do(c.TakeSlip("s1", "K01"))
    floor.do(c.PostNotice("n1", {"zh": "电梯检修", "en": "Lift out of order"}, ("east",), Instant(2e9)))
    return floor


def test_what_is_loaded_is_what_was_saved(store: Store) -> None:
    floor = a_busy_floor()
    save(store, floor, seq=42)
    loaded = store.load(floor.day.plan, "2026-10-26", floor.now)
    assert loaded.day == floor.day
    assert loaded.day.notices["n1"] == Notice(
        "n1", {"zh": "电梯检修", "en": "Lift out of order"}, ("east",), Instant(2e9), floor.now
    )
    assert isinstance(loaded.day.alerts["a1"], Alert)
    assert (loaded.seq, loaded.answers) == (42, {})


def test_a_phone_number_is_kept_apart_and_goes_when_it_is_forgotten(store: Store, path: Path) -> None:
    floor = Floor()
    ticket = floor.take(phone=b"sealed-number")
    floor.do(c.NoteText(ticket.id, "ahead/0"))
    save(store, floor)
    loaded = store.load(floor.day.plan, "2026-10-26", floor.now)
    assert loaded.day == floor.day
    assert (loaded.day.tickets[ticket.id].phone, loaded.day.tickets[ticket.id].texted) == (
        b"sealed-number",
        ("ahead/0",),
    )
    floor.do(c.ForgetPhone(ticket.id))
    save(store, floor, seq=2)
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT count(*) FROM phones").fetchone() == (0,)
    assert store.load(floor.day.plan, "2026-10-26", floor.now).day == floor.day


def test_the_record_never_holds_a_phone_number() -> None:
    floor = Floor()
    floor.made += 1
    taken = floor.do(c.TakeTicket(TicketId("t9"), group=FEES, phone=b"sealed-number"))
    given = floor.do(c.SetPhone(TicketId("t9"), b"sealed-number"))
    for event in (taken[0], given[0]):
        row = event_row(1, floor.day.date, floor.now, event, "citizen", "")
        assert "sealed-number" not in str(row)


def test_when_the_day_turns_every_phone_number_goes(store: Store, path: Path) -> None:
    floor = Floor()
    ticket = floor.take(phone=b"sealed-number")
    save(store, floor)
    floor.do(c.TurnDay("2026-10-27"))
    batch = Batch(seq=2, turned_to="2026-10-27")
    batch.add("phones", (ticket.id, b"sealed-number", "[]"))  # what was yesterday's in the same batch
    add_changes(batch, floor.day, Changes(turned=True))
    store.commit(batch)
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT count(*) FROM phones").fetchone() == (0,)


def test_an_empty_file_begins_a_day(store: Store) -> None:
    loaded = store.load(a_plan(), "2026-10-26", MONDAY_NINE)
    assert (loaded.day.date, loaded.day.began_at, loaded.seq) == ("2026-10-26", MONDAY_NINE, 0)
    assert loaded.epoch == store.load(a_plan(), "2026-10-26", MONDAY_NINE).epoch != ""


def test_answers_are_kept_until_the_day_turns(store: Store) -> None:
    answer = Answer("print", 201, {"number": "A001", "name": "综合"}, "t1", 2)
    batch = Batch()
    batch.add("answers", answer_row("kiosk:K01", "key", "2026-10-26", answer))
    store.commit(batch)
    assert store.load(a_plan(), "2026-10-26", MONDAY_NINE).answers == {("kiosk:K01", "key"): answer}
    store.commit(Batch(turned_to="2026-10-27"))
    assert store.load(a_plan(), "2026-10-27", MONDAY_NINE).answers == {}


def test_the_record_says_what_who_and_why(store: Store, path: Path) -> None:
    floor = Floor()
    floor.open(1)
    ticket = floor.take()
    (called,) = floor.at(1, c.CallNext)
    batch = Batch()
    batch.add("events", event_row(7, "2026-10-26", floor.now, called, "clerk1", "key-1"))
    store.commit(batch)
    (row,) = Database(path).table("events").rows
    body = json.loads(row.pop("body"))
    assert row == {
        "seq": 7, "day": "2026-10-26", "at": floor.now, "kind": "TicketCalled", "actor": "clerk1",
        "cause": "key-1", "ticket": ticket.id, "window": 1,
    }  # fmt: skip
    assert (body["rule"], body["passed"], body["clerk"]) == ("longest-waiting", [], "clerk1")


def test_steps_that_a_correction_took_away_are_gone(store: Store) -> None:
    floor = Floor()
    ticket = floor.take("permit", "tax", "collect")
    save(store, floor)
    floor.do(c.Correct(ticket.id, group=FEES))
    save(store, floor)
    assert store.load(floor.day.plan, "", floor.now).day.tickets[ticket.id] == ticket


# --- a config that changed while the server was down --------------------------------------------------


def test_windows_follow_a_changed_config_unless_a_manager_set_them(store: Store) -> None:
    floor = a_busy_floor()
    save(store, floor)
    plan = a_plan(windows=4)
    limited = {n: replace(window, groups=(FEES,)) for n, window in plan.windows.items()}
    windows = store.load(replace(plan, windows=limited), "", floor.now).day.windows
    assert [window.groups for window in windows.values()] == [(FEES,)] * 4
    windows = store.load(a_plan(windows=1), "", floor.now).day.windows
    assert list(windows) == [ONE]
    groups = store.load(a_plan(windows=3), "", floor.now).day.windows[WindowNumber(2)].groups
    assert groups == (FEES,)


def test_a_config_that_lacks_what_is_in_use_does_not_fit(store: Store) -> None:
    floor = a_busy_floor()
    floor.next(1)
    save(store, floor)
    plan = floor.day.plan
    no_fees = replace(plan, groups={id: one for id, one in plan.groups.items() if id != FEES})
    no_windows = replace(plan, windows={n: one for n, one in plan.windows.items() if n != 1})
    for smaller, field in ((no_fees, "groups.fees"), (no_windows, "windows.1")):
        day = store.load(smaller, "", floor.now).day
        with pytest.raises(Refused) as refused:
            must_fit(day, smaller)
        assert refused.value.field == field


# --- the second lock ----------------------------------------------------------------------------------


def test_a_number_is_never_written_twice(store: Store) -> None:
    floor = Floor()
    first = floor.take()
    save(store, floor)
    other = Floor(made=1)
    other.take()
    assert other.day.tickets[TicketId("t2")].number == first.number
    with pytest.raises(sqlite3.IntegrityError):
        save(store, other)
    assert list(store.load(floor.day.plan, "", floor.now).day.tickets) == [first.id]


def test_a_window_never_has_two_tickets(store: Store) -> None:
    floor = Floor()
    floor.open(1)
    floor.take()
    second = floor.take()
    floor.next(1)
    save(store, floor)
    second.step.state, second.step.window = floor.day.tickets[TicketId("t1")].state, ONE
    floor.changes.tickets[second.id] = None
    with pytest.raises(sqlite3.IntegrityError):
        save(store, floor)


def test_two_tickets_may_change_places_in_one_transaction(store: Store) -> None:
    floor = Floor()
    floor.open(1, 2)
    one, two = floor.take(), floor.take()
    floor.next(1)
    floor.next(2)
    save(store, floor)
    floor.at(1, c.Park)
    floor.at(2, c.Park)
    floor.at(1, c.Unpark, two.id)
    floor.at(2, c.Unpark, one.id)
    save(store, floor)
    assert store.load(floor.day.plan, "", floor.now).day == floor.day


# --- migrations ---------------------------------------------------------------------------------------


def test_every_earlier_shape_is_brought_up_to_date(path: Path) -> None:
    for made in range(len(migrations.MIGRATIONS)):
        old = path.with_name(f"{made}.db")
        database = Database(old)
        for change in migrations.MIGRATIONS[:made]:
            change(database)
        database.execute(f"PRAGMA user_version = {made}")
        database.conn.commit()
        database.close()
        connection = open_database(old)
        assert connection.execute("PRAGMA user_version").fetchone()[0] == len(migrations.MIGRATIONS)
        connection.close()
        fresh, upgraded = Database(memory=True), Database(old)
        migrations.migrate(fresh)
        assert upgraded.schema == fresh.schema


def test_a_migration_that_fails_leaves_nothing_behind(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(db: Database) -> None:
        db.table("half").create({"id": int})
        db.execute("SELECT no_such_function()")

    open_database(path).close()
    monkeypatch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, fails))
    with pytest.raises(sqlite3.Error):
        open_database(path)
    assert "half" not in Database(path).table_names()


def test_a_database_of_a_newer_release_is_left_alone(path: Path) -> None:
    open_database(path).close()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 999")
    with pytest.raises(RuntimeError, match="newer release"):
        open_database(path)


# --- a bad disk ---------------------------------------------------------------------------------------


def test_what_others_write_is_all_or_nothing(store: Store, path: Path) -> None:
    store.load(a_plan(), "", MONDAY_NINE)

    def breaks(db: sqlite3.Connection) -> None:
        db.execute("INSERT INTO meta VALUES ('half', 'done')")
        raise KeyError("a rule of others")

    with pytest.raises(KeyError):
        store.write(breaks)
    assert (
        store.write(lambda db: db.execute("SELECT count(*) FROM meta WHERE key = 'half'").fetchone()[0]) == 0
    )


def test_a_full_disk_refuses_and_promises_stay_true(store: Store) -> None:
    """SQLite's own limit of pages stands for the disk's: the same error, at the same places."""
    floor = Floor()
    first = floor.take()
    save(store, floor)
    pages = store.write(lambda db: db.execute("PRAGMA page_count").fetchone()[0])
    store.write(lambda db: db.execute(f"PRAGMA max_page_count = {pages}").fetchone())
    for _ in range(200):
        floor.take(kiosk="K" * 2000)
    with pytest.raises(StorageError):
        save(store, floor)
    assert list(store.load(floor.day.plan, "", floor.now).day.tickets) == [first.id]


FILLS_THE_DISK = """
import resource, signal, sys
from pathlib import Path
from queue_server.storage.store import StorageError, Store
from tests.hall.days import Floor
from tests.storage.test_store import save

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store, floor = Store(Path(sys.argv[1])), Floor()
floor.take()
save(store, floor)
room = Path(sys.argv[1] + "-wal").stat().st_size + 100_000
resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
promised = 1
try:
    for _ in range(2000):
        floor.take(kiosk="K" * 500)
        save(store, floor)
        promised += 1
except StorageError:
    known = list(store.load(floor.day.plan, "", floor.now).day.tickets)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    again = Floor(store.load(floor.day.plan, "", floor.now).day, made=promised)
    again.take()
    save(store, again)
    print(promised, len(known), len(store.load(floor.day.plan, "", floor.now).day.tickets))
"""


def test_a_disk_that_stops_writing_and_comes_back(path: Path) -> None:
    """A real write that the kernel refuses, in a process of its own."""
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] == resource.RLIM_INFINITY
    child = subprocess.run(
        [sys.executable, "-c", FILLS_THE_DISK, str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert child.returncode == 0, child.stderr
    promised, known, afterwards = map(int, child.stdout.split())
    assert promised > 1
    assert known == promised
    assert afterwards == promised + 1


def test_a_place_that_cannot_hold_a_database(tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        Store(tmp_path / "missing" / "hall.db").load(a_plan(), "", MONDAY_NINE)
