"""The one writer: same key same answer, many commands a commit, and nothing undurable is seen.

The real engine on a real file, without monkey patching; only the clock is the test's.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gevent
import pytest

from queue_server.engine import ClockBehind, Engine, KeyReused, Request
from queue_server.hall import commands as c
from queue_server.hall.changes import Changes
from queue_server.hall.commands import Command
from queue_server.hall.day import Day
from queue_server.hall.events import Event, TicketCalled, TicketTaken
from queue_server.hall.model import Instant, Seconds, TicketId, WindowNumber
from queue_server.hall.refusal import Refused
from queue_server.hall.rules import decide
from queue_server.hall.state import apply
from queue_server.storage.store import Answer, Batch, StorageError, Store
from tests.hall.days import CITIZEN, FEES, GENERAL, MANAGER, MONDAY_NINE, Floor, a_plan, clerk_of

DAY_SECONDS = 86_400


@dataclass
class Hall:
    """An engine with its loop running, and a clock that stands where the test puts it."""

    path: Path
    now: float = MONDAY_NINE
    told: list[Changes] = field(default_factory=list)
    made: int = 0

    def start(self, store: Store | None = None, windows: int = 3) -> None:
        self.store = store or Store(self.path)
        self.engine = Engine(self.store, a_plan(windows), lambda: self.now, self.told.append)
        self.loop = gevent.spawn(self.engine.run)

    def stop(self) -> None:
        self.loop.kill()
        self.engine.close()

    def take(self, key: str = "", fingerprint: str = "take", render: Any = None) -> Answer:
        return self.engine.do(
            self.taking(), CITIZEN, render or number, caller="kiosk:K01", key=key, fingerprint=fingerprint
        )

    def taking(self) -> c.TakeTicket:
        self.made += 1
        return c.TakeTicket(TicketId(f"t{self.made}"), group=GENERAL)

    def on_disk(self) -> Day:
        """What another reader of the file sees."""
        reader = Store(self.path)
        day = reader.load(self.engine.day.plan, "", Instant(self.now)).day
        reader.close()
        return day


def number(day: Day, events: list[Event]) -> Answer:
    taken = events[-1]
    assert isinstance(taken, TicketTaken)
    return Answer("", 201, {"number": taken.ticket.number})


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    one = Hall(tmp_path / "hall.db")
    one.start()
    yield one
    one.stop()


def numbers(answers: list[Answer]) -> list[str]:
    return [answer.body["number"] for answer in answers if answer.body]


# --- keys -----------------------------------------------------------------------------------------


def test_the_same_key_gives_the_same_answer_over_a_restart_too(hall: Hall) -> None:
    first = hall.take("k1")
    assert hall.take("k1") == first == Answer("take", 201, {"number": "A001"})
    hall.stop()
    hall.start()
    assert hall.take("k1") == first
    assert hall.engine.do(hall.taking(), CITIZEN, number, caller="other", key="k1").body != first.body
    assert len(hall.on_disk().tickets) == 2


def test_a_key_that_comes_with_another_request_is_refused(hall: Hall) -> None:
    hall.take("k1")
    with pytest.raises(KeyReused):
        hall.take("k1", fingerprint="other")
    with pytest.raises(KeyReused):
        hall.engine.write_answered(
            lambda db: Answer("", 200, None), caller="kiosk:K01", key="k1", fingerprint="x"
        )


def test_a_repeat_while_the_first_is_under_way_waits_for_its_answer(hall: Hall) -> None:
    repeats = [Request(hall.taking(), CITIZEN, number, "kiosk:K01", "k1", "take") for _ in range(5)]
    results = [hall.engine.enter(request) for request in repeats]
    with pytest.raises(KeyReused):
        hall.take("k1", fingerprint="other")
    assert {result.get().body["number"] for result in results} == {"A001"}
    assert len(hall.engine.day.tickets) == 1


def test_a_refusal_is_decided_anew(hall: Hall) -> None:
    def calling() -> Answer:
        return hall.engine.do(c.CallNext(WindowNumber(1)), clerk_of(1), caller="clerk1", key="k1")

    with pytest.raises(Refused):
        calling()
    hall.engine.do(c.OpenWindow(WindowNumber(1)), clerk_of(1))
    hall.take()
    assert calling().status == 204


# --- one commit for many ----------------------------------------------------------------------------


def test_what_waits_together_is_written_together(hall: Hall) -> None:
    results = [hall.engine.enter(Request(hall.taking(), CITIZEN, number)) for _ in range(100)]
    taken = numbers([result.get() for result in results])
    assert taken == [f"A{n:03d}" for n in range(1, 101)]
    assert len(hall.told) == 1
    assert len(hall.told[0].tickets) == 100


def test_a_refusal_among_them_spoils_nothing(hall: Hall) -> None:
    mixed: list[Command] = [hall.taking(), c.Cancel(TicketId("nobody")), hall.taking()]
    results = [
        hall.engine.enter(Request(one, CITIZEN, lambda day, events: Answer("", 201, None))) for one in mixed
    ]
    assert results[0].get().status == results[2].get().status == 201
    with pytest.raises(Refused):
        results[1].get()
    assert hall.on_disk() == hall.engine.day


def test_a_broken_request_is_alone_in_its_misfortune(hall: Hall) -> None:
    def breaks(day: Day, events: list[Event]) -> Answer:
        raise ZeroDivisionError

    renders: list[Callable[[Day, list[Event]], Answer]] = [number, breaks, number]
    results = [hall.engine.enter(Request(hall.taking(), CITIZEN, render)) for render in renders]
    assert numbers([results[0].get(), results[2].get()]) == ["A001", "A002"]
    with pytest.raises(ZeroDivisionError):
        results[1].get()
    assert hall.on_disk() == hall.engine.day
    assert len(hall.engine.day.tickets) == 2


def test_who_is_told_may_fail_and_the_hall_goes_on(tmp_path: Path) -> None:
    def deaf(changes: Changes) -> None:
        raise ZeroDivisionError

    engine = Engine(Store(tmp_path / "hall.db"), a_plan(), lambda: MONDAY_NINE, deaf)
    loop = gevent.spawn(engine.run)
    for n in (1, 2):
        assert engine.do(c.TakeTicket(TicketId(f"t{n}"), group=GENERAL), CITIZEN, number).status == 201
    assert not loop.dead
    loop.kill()
    engine.close()


# --- durable before visible -------------------------------------------------------------------------


def test_nobody_sees_what_is_not_on_disk_yet(hall: Hall) -> None:
    """Another connection holds the file, so that the commit waits as on a slow disk."""
    other = sqlite3.connect(hall.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    result = hall.engine.enter(Request(hall.taking(), CITIZEN, number))
    for _ in range(1000):
        gevent.sleep(0)
        if hall.engine.day.tickets:
            break
    reader = gevent.spawn(lambda: list(hall.engine.settled().tickets))
    gevent.sleep(0)
    assert hall.engine.day.tickets
    assert not reader.ready() and not result.ready() and hall.told == []
    other.execute("ROLLBACK")
    assert result.get().status == 201
    assert reader.get() == ["t1"] and len(hall.told) == 1
    other.close()


class FullStore(Store):
    """A store whose file may not grow past the pages that it has: the disk is full."""

    def fill(self) -> None:
        pages = self.write(lambda db: db.execute("PRAGMA page_count").fetchone()[0])
        self.write(lambda db: db.execute(f"PRAGMA max_page_count = {pages}").fetchone())

    def make_room(self) -> None:
        self.write(lambda db: db.execute("PRAGMA max_page_count = 4294967294").fetchone())


def test_a_full_disk_refuses_all_and_the_hall_recovers_by_itself(tmp_path: Path) -> None:
    hall = Hall(tmp_path / "hall.db")
    store = FullStore(hall.path)
    hall.start(store)
    hall.take("k0")
    hall.engine._in_writer(store.fill)
    promised = ["A001"]
    refused = 0
    for n in range(300):
        try:
            promised += numbers([hall.take(f"k{n + 1}")])
        except StorageError:
            refused += 1
            if refused == 3:
                break
    assert refused == 3
    assert [ticket.number for ticket in hall.engine.settled().tickets.values()] == promised
    assert hall.on_disk() == hall.engine.day
    with pytest.raises(StorageError):
        hall.engine.write(lambda db: db.execute("CREATE TABLE more AS SELECT hex(zeroblob(100000)) AS x"))
    hall.engine._in_writer(store.make_room)
    assert numbers([hall.take("new")]) == [f"A{len(promised) + 1:03d}"]
    assert len(hall.on_disk().tickets) == len(promised) + 1
    hall.stop()


class BrokenStore(Store):
    """A disk that neither writes nor reads while it is `broken`."""

    broken = False

    def commit(self, batch: Batch) -> None:
        if self.broken:
            raise StorageError("no disk")
        super().commit(batch)

    def load(self, *args: Any) -> Any:
        if self.broken:
            raise StorageError("no disk")
        return super().load(*args)


def test_while_nobody_knows_what_is_true_nobody_is_told_anything(tmp_path: Path) -> None:
    hall = Hall(tmp_path / "hall.db")
    store = BrokenStore(hall.path)
    hall.start(store)
    hall.take()
    store.broken = True
    with pytest.raises(StorageError):
        hall.take()
    with pytest.raises(StorageError):
        hall.engine.settled()
    hall.engine.tick()
    store.broken = False
    hall.engine.tick()
    assert list(hall.engine.settled().tickets) == ["t1"]
    assert numbers([hall.take()]) == ["A002"]
    hall.stop()


# --- writes of others -------------------------------------------------------------------------------


def test_writes_of_others_wait_their_turn_and_are_whole(hall: Hall) -> None:
    def note(db: sqlite3.Connection, n: int) -> int:
        db.execute("INSERT INTO meta VALUES (?, 'x')", (f"note{n}",))
        return n

    jobs = []
    for n in range(50):
        jobs.append(gevent.spawn(hall.engine.write, lambda db, n=n: note(db, n)))
        jobs.append(gevent.spawn(hall.take))
    gevent.joinall(jobs, raise_error=True)
    with pytest.raises(sqlite3.IntegrityError):
        hall.engine.write(lambda db: note(db, 3))
    assert hall.on_disk() == hall.engine.day
    assert len(hall.engine.day.tickets) == 50


def test_a_write_with_a_key_is_done_once(hall: Hall) -> None:
    done: list[int] = []

    def work(db: sqlite3.Connection) -> Answer:
        done.append(len(done))
        return Answer("", 201, {"made": len(done)})

    def ask(fingerprint: str = "f") -> Answer:
        return hall.engine.write_answered(work, caller="admin", key="k1", fingerprint=fingerprint)

    together = [gevent.spawn(ask) for _ in range(3)]
    gevent.joinall(together, raise_error=True)
    expected = Answer("f", 201, {"made": 1})
    assert [job.value for job in together] == [expected] * 3
    hall.stop()
    hall.start()
    assert ask() == expected and done == [0]
    with pytest.raises(KeyReused):
        ask("other")


def test_a_write_that_is_refused_is_decided_anew(hall: Hall) -> None:
    def refuses(db: sqlite3.Connection) -> Answer:
        raise Refused("invalid")

    with pytest.raises(Refused):
        hall.engine.write_answered(refuses, caller="admin", key="k1", fingerprint="f")
    done = hall.engine.write_answered(
        lambda db: Answer("", 201, None), caller="admin", key="k1", fingerprint="f"
    )
    assert done.status == 201


# --- the day ----------------------------------------------------------------------------------------


def test_the_day_turns_with_the_first_request_or_the_tick(hall: Hall) -> None:
    hall.take("k1")
    hall.engine.do(c.OpenWindow(WindowNumber(1)), clerk_of(1))
    hall.now += DAY_SECONDS
    assert numbers([hall.take("k2")]) == ["A001"]
    assert (hall.engine.day.date, len(hall.engine.answers)) == ("2026-10-27", 1)
    hall.now += DAY_SECONDS
    hall.engine.tick()
    assert (hall.engine.day.date, hall.engine.day.tickets, hall.engine.answers) == ("2026-10-28", {}, {})
    with sqlite3.connect(hall.path) as db:
        states = db.execute("SELECT day, number, state FROM tickets ORDER BY day").fetchall()
        assert states == [("2026-10-26", "A001", "expired"), ("2026-10-27", "A001", "expired")]
        assert db.execute("SELECT count(*) FROM answers").fetchone() == (0,)
    assert hall.on_disk() == hall.engine.day


def test_yesterdays_hall_starts_today(hall: Hall) -> None:
    hall.take()
    hall.stop()
    hall.now += DAY_SECONDS
    hall.start()
    hall.engine.tick()
    assert (hall.engine.day.date, hall.engine.day.tickets) == ("2026-10-27", {})


def test_a_clock_before_the_last_day_is_refused_until_it_is_set_right(hall: Hall) -> None:
    hall.take()
    hall.now -= DAY_SECONDS
    with pytest.raises(ClockBehind, match="2026-10-26"):
        hall.take()
    hall.engine.tick()
    assert not hall.loop.dead
    hall.now += DAY_SECONDS
    assert numbers([hall.take()]) == ["A002"]


def test_a_clock_put_back_within_the_day_never_lets_a_newcomer_go_first(hall: Hall) -> None:
    """Nor after a restart; and once the clock has caught up, time goes on."""
    numbers([hall.take(), hall.take()])
    hall.now -= 3600
    hall.take()
    assert (hall.engine.now(), hall.engine.clock_lag) == (MONDAY_NINE, 3600)
    hall.stop()
    hall.now -= 600
    hall.start()
    hall.take()
    assert (hall.engine.now(), hall.engine.clock_lag) == (MONDAY_NINE, 4200)
    hall.engine.do(c.OpenWindow(WindowNumber(1)), clerk_of(1))
    called = []
    for _ in range(4):
        hall.engine.do(c.CallNext(WindowNumber(1), c.Closing.FINISH), clerk_of(1))
        called.append(hall.engine.day.windows[WindowNumber(1)].ticket)
    assert called == ["t1", "t2", "t3", "t4"]
    hall.now = MONDAY_NINE + 60
    hall.take()
    assert (hall.engine.now(), hall.engine.clock_lag) == (MONDAY_NINE + 60, 0)


def test_a_plan_is_changed_in_the_running_hall_and_stays(hall: Hall) -> None:
    hall.engine.change_plan(a_plan(windows=5))
    assert list(hall.engine.settled().windows) == [1, 2, 3, 4, 5]
    hall.take()
    assert len(hall.engine.day.windows) == 5
    hall.engine.do(c.OpenWindow(WindowNumber(5)), clerk_of(5))
    with pytest.raises(Refused):
        hall.engine.change_plan(a_plan(windows=4))


def test_a_config_that_does_not_fit_the_running_day_does_not_start(hall: Hall) -> None:
    hall.engine.do(c.TakeTicket(TicketId("t1"), group=FEES), CITIZEN)
    plan = a_plan()
    smaller = a_plan(groups={id: one for id, one in plan.groups.items() if id != FEES})
    with pytest.raises(Refused):
        Engine(Store(hall.path), smaller, lambda: hall.now)
    hall.now += DAY_SECONDS
    Engine(Store(hall.path), smaller, lambda: hall.now).close()


# --- the wait ---------------------------------------------------------------------------------------


def test_the_wait_follows_what_happens(hall: Hall) -> None:
    hall.engine.do(c.OpenWindow(WindowNumber(1)), clerk_of(1))
    for _ in range(3):
        hall.take()
    hall.engine.tick()
    told = {id: round(wait / 60) for id, wait in hall.engine.forecast.waits.items()}
    assert told == {"t1": 0, "t2": 10, "t3": 20}
    foreseen = hall.engine.settled().foreseen
    assert foreseen and round(foreseen.newcomers[GENERAL] / 60) == 30
    hall.engine.do(c.CallNext(WindowNumber(1)), clerk_of(1))
    assert set(hall.engine.forecast.waits) == {"t2", "t3"}


def test_a_long_line_is_foreseen_while_others_are_served(hall: Hall) -> None:
    hall.engine.do(c.OpenWindow(WindowNumber(1)), clerk_of(1))
    for result in [hall.engine.enter(Request(hall.taking(), CITIZEN, number)) for _ in range(400)]:
        result.get()
    looking = gevent.spawn(hall.engine.tick)
    gevent.sleep(0)
    assert not looking.ready()
    assert numbers([hall.take()]) == ["A401"]
    looking.get()
    assert len(hall.engine.forecast.waits) >= 400


def test_ranges_are_told_once_enough_was_measured_and_after_a_restart(hall: Hall) -> None:
    hall.engine.do(c.OpenWindow(WindowNumber(1)), clerk_of(1))
    for _ in range(60):
        hall.take()
    for number in range(42):
        hall.engine.tick()
        assert hall.engine.forecast.range_of(GENERAL, Seconds(600)) is None
        hall.engine.do(c.CallNext(WindowNumber(1), c.Closing.FINISH if number else None), clerk_of(1))
        hall.now += 300 + 20 * (number % 7) * 3
    hall.engine.tick()
    told = hall.engine.forecast.range_of(GENERAL, hall.engine.forecast.waits[TicketId("t50")])
    assert told and 0 < told.p10 < told.p50 < told.p90
    assert told.p10 < 7 * 480 < told.p90
    again = Engine(Store(hall.path), hall.engine.day.plan, lambda: hall.now)
    again.tick()
    assert again.forecast.waits == hall.engine.forecast.waits
    again.close()


# --- the race ---------------------------------------------------------------------------------------


def presses(press: Callable[[int], Any], windows: int) -> None:
    """All windows press "next" at the same moment, and again as long as somebody waits."""
    gevent.joinall([gevent.spawn(press, n) for n in range(1, windows + 1)], raise_error=True)


def test_two_clerks_never_get_the_same_ticket(tmp_path: Path) -> None:
    hall = Hall(tmp_path / "hall.db")
    hall.start(windows=38)
    for n in range(1, 39):
        hall.engine.do(c.OpenWindow(WindowNumber(n)), clerk_of(n))
    for result in [hall.engine.enter(Request(hall.taking(), CITIZEN, number)) for _ in range(500)]:
        result.get()
    called: list[str] = []

    def called_ticket(day: Day, events: list[Event]) -> Answer:
        calls = [event for event in events if isinstance(event, TicketCalled)]
        return Answer("", 200, {"ticket": calls[0].ticket} if calls else None)

    def press(window: int) -> None:
        for _ in range(14):
            command = c.CallNext(WindowNumber(window), c.Closing.FINISH)
            answer = hall.engine.do(command, clerk_of(window), called_ticket)
            called.extend([answer.body["ticket"]] if answer.body else [])

    presses(press, 38)
    assert len(called) == len(set(called)) == 500
    hall.stop()


def test_the_race_is_lost_by_a_writer_that_is_not_safe() -> None:
    """The control: looking and taking apart, as some do it, calls tickets twice."""
    floor = Floor()
    floor.open()
    for _ in range(60):
        floor.take()
    called: list[str] = []

    def press(window: int) -> None:
        for _ in range(20):
            events = decide(floor.day, c.CallNext(WindowNumber(window), c.Closing.FINISH), MANAGER, floor.now)
            gevent.sleep(0)
            for event in events:
                if isinstance(event, TicketCalled):
                    called.append(event.ticket)
                    if event.ticket in floor.day.queues.tickets:
                        apply(floor.day, event, floor.now, floor.changes)

    presses(press, 3)
    assert len(called) > len(set(called))
