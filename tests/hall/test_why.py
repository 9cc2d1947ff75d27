"""Why somebody waits: the answer agrees with what the record says of each call."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from queue_server.hall import commands as c
from queue_server.hall.events import TicketCalled
from queue_server.hall.model import Instant, Priority, Rule, ServiceId, Ticket, TicketId, WindowNumber
from queue_server.hall.why import Own, Passed, why
from tests.hall.days import CITIZEN, FEES, MONDAY_NINE, Floor

ONE, TWO = WindowNumber(1), WindowNumber(2)


def test_who_was_ahead_has_waited_longer_and_who_was_behind_had_a_reason() -> None:
    floor = Floor()
    floor.open(1, 2)
    first, mine = floor.take("permit"), floor.take()
    floor.take("card", priority=Priority.ELDERLY)
    named = floor.take()
    floor.at(1, c.CallNext)
    elderly_at = floor.now
    floor.at(2, c.CallNext)
    first_at = floor.now
    floor.at(1, c.Recall)
    floor.at(1, c.Park)
    floor.at(1, c.CallNamed, named.id, "flight")
    assert why(floor.day, mine) == [
        Passed(Rule.PRIORITY, elderly_at, ONE, 150.0, True),  # type: ignore[arg-type]
        Passed(Rule.LONGEST, first_at, TWO, 360.0, False),  # type: ignore[arg-type]
        Passed(Rule.NAMED, floor.now, ONE, 300.0, True),  # type: ignore[arg-type]
    ]
    assert [one.jumped for one in why(floor.day, first)] == [True]


def test_only_windows_that_could_have_called_it_count() -> None:
    floor = Floor()
    floor.open(1, 2)
    floor.do(c.SetWindow(ONE, (FEES,)))
    mine = floor.take()
    floor.take(group=FEES)
    floor.next(1)
    assert why(floor.day, mine) == []


def test_nothing_counts_once_it_is_called() -> None:
    floor = Floor()
    floor.open(1, 2)
    mine = floor.take()
    floor.take()
    floor.next(1)
    floor.next(2)
    floor.at(1, c.Finish)
    assert why(floor.day, mine) == []


def test_each_step_of_a_visit_counts_from_its_own_waiting() -> None:
    floor = Floor()
    floor.open(1, 2)
    mine = floor.take("permit", "tax")
    floor.take()
    floor.next(1)
    floor.next(2)
    floor.at(1, c.Finish)
    vip = floor.take("tax")
    floor.at(1, c.CallNamed, vip.id, "asked for")
    assert [(one.rule, one.jumped) for one in why(floor.day, mine)] == [(Rule.NAMED, True)]


def test_who_came_later_went_first_for_a_reason_of_ones_own() -> None:
    """Before a slot, after a missed call, after letting others go: nobody is said to have come earlier."""
    floor = Floor()
    floor.open(1)
    early = promised(floor)
    late, missed = floor.take(), floor.take()
    floor.at(1, c.CallNamed, missed.id, "flight")
    floor.at(1, c.NoShow)
    others = [floor.take(), floor.take()]
    floor.do(c.LetOthersGo(late.id))
    floor.do(c.Requeue(missed.id))
    for expected in (*others, late, missed):
        assert floor.next(1) is expected
        floor.at(1, c.Finish)
    rules = [[one.rule for one in why(floor.day, ticket)] for ticket in (early, late, missed)]
    assert rules == [
        [Rule.NAMED, *[Own.BEFORE_SLOT] * 4],
        [Rule.NAMED, *[Own.LET_OTHERS_GO] * 2],
        [*[Own.CAME_BACK] * 2, Rule.LONGEST],
    ]


def test_whose_slot_began_before_another_came_went_first_for_the_appointment() -> None:
    floor = Floor()
    floor.open(1)
    floor.let_pass(25)
    mine = floor.take()
    assert promised(floor) is floor.next(1)
    assert [(one.rule, one.jumped) for one in why(floor.day, mine)] == [(Rule.APPOINTMENT, False)]


def promised(floor: Floor) -> Ticket:
    """Who checks in with an appointment at twenty past nine."""
    start = Instant(MONDAY_NINE + 1200)
    made = c.MakeAppointment("P1", (ServiceId("permit"),), start, Instant(start + 1200))
    floor.do(made, CITIZEN)
    floor.do(c.CheckIn("P1", TicketId("p1")), CITIZEN)
    return floor.day.tickets[TicketId("p1")]


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["take", "elderly", "next", "named"]), st.integers(0, 9)), max_size=40)
)
def test_it_agrees_with_the_record(presses: list[tuple[str, int]]) -> None:
    floor = Floor()
    floor.open(1, 2)
    passed: dict[str, list[tuple[float, int]]] = {}
    for press, which in presses:
        waiting = list(floor.day.queues.tickets)
        window = 1 + which % 2
        if press in ("take", "elderly"):
            floor.take(priority=Priority.NONE if press == "take" else Priority.ELDERLY)
            continue
        if floor.window(window).ticket:
            floor.at(window, c.Finish)
        if press == "next":
            events = floor.at(window, c.CallNext)
        else:
            events = floor.at(window, c.CallNamed, waiting[which % len(waiting)]) if waiting else []
        for event in events:
            assert isinstance(event, TicketCalled)
            for one in event.passed:
                passed.setdefault(one, []).append((floor.now, window))
    for ticket in floor.day.tickets.values():
        jumped = [(one.at, one.window) for one in why(floor.day, ticket) if one.jumped]
        assert jumped == passed.get(ticket.id, [])
