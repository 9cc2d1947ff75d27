"""The wait that people are told: the dispatcher run forward once."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from queue_server.hall import commands as c
from queue_server.hall.dispatch import ahead
from queue_server.hall.forecast import Forecast, Lookahead, forecast, wait_of
from queue_server.hall.model import Instant, Priority, ServiceId, TicketId, WindowNumber
from tests.hall.days import FEES, GENERAL, MONDAY_NINE, Floor, a_day, a_plan

ONE, TWO = WindowNumber(1), WindowNumber(2)
ITEMS = st.lists(st.sampled_from(["permit", "licence", "card", "tax"]), min_size=1, max_size=2, unique=True)


def minutes_told(floor: Floor) -> dict[str, int]:
    waits = forecast(floor.day, floor.now).waits
    return {floor.day.tickets[id].number: round(wait / 60) for id, wait in waits.items()}


def test_each_waits_for_those_before() -> None:
    floor = Floor()
    floor.open(1)
    for item in ("permit", "licence", "card"):
        floor.take(item)
    assert minutes_told(floor) == {"A001": 0, "A002": 12, "A003": 20}
    told = forecast(floor.day, floor.now).newcomers
    assert {group: round(wait / 60) for group, wait in told.items()} == {
        "general": 25, "fees": 25, "issuing": 25
    }  # fmt: skip


def test_windows_share_the_line_and_priorities_go_first() -> None:
    floor = Floor()
    floor.open(1, 2)
    floor.take("permit")
    floor.take("licence")
    floor.take("card")
    floor.take("card", priority=Priority.DISABLED)
    assert minutes_told(floor) == {"A004": 0, "A001": 0, "A002": 5, "A003": 12}


def test_who_is_served_is_nearly_done() -> None:
    floor = Floor()
    floor.open(1)
    floor.take("permit")
    floor.take("card")
    floor.next(1)
    floor.at(1, c.Start)
    assert minutes_told(floor) == {"A002": 12}
    floor.let_pass(8)
    assert minutes_told(floor) == {"A002": 4}
    floor.let_pass(60)
    assert minutes_told(floor) == {"A002": 2}


def test_who_checks_in_early_waits_for_the_slot_and_no_longer() -> None:
    """By the forecast that is there, and by the next one: an hour's line is passed when the slot begins."""
    floor = Floor()
    floor.open(1)
    told = forecast(floor.day, floor.now)
    assert promised_wait(floor, told, "P1") == 20  # Whoever comes until then goes first.
    assert promised_wait(floor, forecast(floor.day, floor.now), "P1") == 20
    floor.let_pass(12)
    for _ in range(6):
        floor.take()
    told = forecast(floor.day, floor.now)
    assert [promised_wait(floor, told, one) for one in ("P1", "P2")] == [10, 15]
    told = forecast(floor.day, floor.now)
    assert [promised_wait(floor, told, one) for one in ("P1", "P2")] == [10, 15]


def promised_wait(floor: Floor, told: Forecast, code: str) -> int:
    """The minutes told to who checks in with an appointment at twenty past nine."""
    id, start = TicketId(code), Instant(MONDAY_NINE + 1200)
    if id not in floor.day.tickets:
        floor.do(c.MakeAppointment(code, (ServiceId("card"),), start, Instant(start + 1200)))
        floor.do(c.CheckIn(code, id))
    one = floor.day.queues.tickets[id]
    wait = wait_of(floor.day, told, one, ahead(floor.day.queues, floor.day.plan.dispatch, one, floor.now))
    assert wait is not None
    return round(wait / 60)


def test_a_wait_that_nobody_can_know_is_not_told() -> None:
    floor = Floor()
    floor.take()
    assert forecast(floor.day, floor.now).waits == forecast(floor.day, floor.now).newcomers == {}
    floor.open(1)
    floor.do(c.SetWindow(ONE, (FEES,)))
    told = forecast(floor.day, floor.now)
    assert (told.waits, list(told.newcomers)) == ({}, [FEES])
    floor.at(1, c.PauseWindow)
    assert forecast(floor.day, floor.now).newcomers == {}


def test_limited_windows_do_not_shorten_others_waits() -> None:
    plan = a_plan(windows=2)
    limited = replace(plan.windows[TWO], domains=frozenset({"market"}))
    floor = Floor(a_day(replace(plan, windows={**plan.windows, TWO: limited})))
    floor.open(1, 2)
    for item in ("card", "card", "permit"):
        floor.take(item)
    assert minutes_told(floor) == {"A001": 0, "A002": 5, "A003": 0}


@settings(max_examples=40, deadline=None)
@given(st.lists(ITEMS, max_size=12), st.integers(1, 3))
def test_the_forecast_is_what_comes_true(visits: list[list[str]], windows: int) -> None:
    """When each takes its usual time and nobody comes or goes, all are called when they were told."""
    floor = Floor()
    floor.open(*range(1, windows + 1))
    for items in visits:
        floor.take(*items)
    told = forecast(floor.day, floor.now)
    began = floor.now
    free_at = dict.fromkeys(range(1, windows + 1), 0.0)
    queues = floor.day.queues.copy()
    for _ in range(len(visits)):
        number = min(free_at, key=lambda one: (free_at[one], one))
        floor.now = type(began)(began + free_at[number] - 1)
        current = c.Closing.PARK if floor.window(number).ticket else None
        ticket = floor.next(number, current)
        assert ticket is not None
        assert abs(told.waits[ticket.id] - free_at[number]) < 1e-3
        free_at[number] += queues.tickets[ticket.id].minutes * 60


def test_nothing_is_changed_by_looking_ahead() -> None:
    floor = Floor()
    floor.open(1)
    floor.take("permit")
    before = dict(floor.day.queues.tickets)
    forecast(floor.day, floor.now)
    assert floor.day.queues.tickets == before
    assert floor.day.minutes(GENERAL, (ServiceId("permit"), ServiceId("card"))) == 17.0


@given(st.lists(ITEMS, max_size=12), st.integers(1, 5))
def test_looking_ahead_in_pieces_sees_the_same(visits: list[list[str]], piece: int) -> None:
    floor = Floor()
    floor.open(1, 2)
    for items in visits:
        floor.take(*items)
    run = Lookahead(floor.day, floor.now)
    pieces = next(n for n in range(1, 100) if run.advance(piece))
    assert run.result == forecast(floor.day, floor.now)
    assert pieces * piece >= len(visits)
