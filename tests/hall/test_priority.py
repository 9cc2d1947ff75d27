"""A claimed priority is confirmed or removed; the honest lose nothing by it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.hall import commands as c
from queue_server.hall.commands import Actor
from queue_server.hall.dispatch import order
from queue_server.hall.events import PriorityConfirmed, PriorityRemoved, TicketReturned
from queue_server.hall.model import Priority, QueueClass, State, TicketNumber
from queue_server.hall.refusal import Refused
from tests.hall.days import GENERAL, Floor, clerk_of

ASSISTANT = Actor("mei")
PRIORITIES = st.lists(
    st.sampled_from([Priority.NONE, Priority.NONE, Priority.ELDERLY]), min_size=1, max_size=6
)


def line(floor: Floor) -> list[TicketNumber]:
    """All who wait for general acceptance, in the order in which window 1 would call them."""
    day = floor.day
    choices = order(
        day.queues, day.plan.dispatch, day.taker(floor.window(1).number), day.staffed(), floor.now
    )
    return [day.tickets[one.waiting.ticket].number for one in choices]


def check(
    floor: Floor, number: str, confirmed: bool, reason: str = "", actor: Actor = ASSISTANT
) -> list[object]:
    ticket = floor.day.numbers[TicketNumber(number)]
    return list(floor.do(c.CheckPriority(ticket, confirmed, reason), actor))


@given(PRIORITIES, st.integers(0, 5), st.booleans())
def test_whoever_is_refused_stands_where_they_would_without_the_claim(
    claims: list[Priority], which: int, called: bool
) -> None:
    at = which % len(claims)
    claims[at] = Priority.ELDERLY
    honest = [Priority.NONE if position == at else one for position, one in enumerate(claims)]
    with_claim, without = Floor(), Floor()
    for floor, priorities in ((with_claim, claims), (without, honest)):
        floor.open(1)
        for one in priorities:
            floor.take(priority=one)
    number = f"A{at + 1:03d}"
    if called:
        with_claim.do(c.CallNamed(with_claim.window(1).number, with_claim.day.numbers[TicketNumber(number)]))
        without.now = with_claim.now
    check(with_claim, number, False, "no card", clerk_of(1))
    without.now = with_claim.now
    here = with_claim.window(1).ticket
    stays = [with_claim.day.tickets[here].number] if here else []
    assert [*stays, *line(with_claim)] == line(without)


def test_removing_is_recorded_with_the_claim_and_the_reason() -> None:
    floor = Floor()
    floor.open(1)
    first = floor.take()
    liar = floor.take(priority=Priority.ELDERLY)
    assert floor.next(1) is liar
    removed, returned = check(floor, liar.number, False, "is 35", clerk_of(1))
    assert removed == PriorityRemoved(liar.id, Priority.ELDERLY, "is 35")
    assert returned == TicketReturned(liar.id)
    assert (liar.state, liar.queue_class) == (State.WAITING, QueueClass.NONE)
    assert floor.next(1) is first
    assert line(floor) == [liar.number]


def test_whoever_would_be_next_anyway_stays_at_the_window() -> None:
    floor = Floor()
    floor.open(1)
    ticket = floor.take(priority=Priority.PREGNANT)
    floor.take()
    floor.next(1)
    check(floor, ticket.number, False, "a mistake", clerk_of(1))
    assert (ticket.state, ticket.priority) == (State.CALLED, Priority.NONE)


def test_a_service_that_has_begun_goes_on() -> None:
    floor = Floor()
    floor.open(1)
    floor.take()
    liar = floor.take(priority=Priority.ELDERLY)
    floor.next(1)
    floor.at(1, c.Start)
    check(floor, liar.number, False, "is 35", clerk_of(1))
    assert (liar.state, liar.priority) == (State.SERVING, Priority.NONE)


def test_confirming_says_who_looked_and_a_new_claim_is_unchecked() -> None:
    floor = Floor()
    ticket = floor.take(priority=Priority.MILITARY)
    assert ticket.priority_checked == ""
    assert check(floor, ticket.number, True) == [PriorityConfirmed(ticket.id, "mei")]
    assert ticket.priority_checked == "mei"
    floor.do(c.Correct(ticket.id, priority=Priority.NONE, reason="no card"), ASSISTANT)
    assert ticket.priority_checked == ""
    floor.do(c.Correct(ticket.id, priority=Priority.DISABLED, reason="wheelchair"), ASSISTANT)
    assert ticket.priority_checked == "mei"


def test_what_can_not_be_checked_is_said() -> None:
    floor = Floor()
    floor.open(1, 2)
    plain, claimed = floor.take(group=GENERAL), floor.take(priority=Priority.ELDERLY)

    def refused(number: str, confirmed: bool, actor: Actor = ASSISTANT) -> tuple[str, str]:
        with pytest.raises(Refused) as refusal:
            check(floor, number, confirmed, actor=actor)
        return refusal.value.code, refusal.value.text

    assert refused(plain.number, True) == ("wrong-state", "no-priority")
    assert refused(claimed.number, False) == ("invalid", "priority-reason")
    floor.next(1)
    assert refused(claimed.number, True, clerk_of(2)) == ("forbidden", "not-your-window")
    floor.at(1, c.Finish)
    assert refused(claimed.number, True) == ("wrong-state", "wrong-state.finished")
