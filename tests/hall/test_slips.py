"""Slips asked for later: one order is open at a time, each is claimed once, reprints are marked."""

from __future__ import annotations

import pytest

from queue_server.hall import commands as c
from queue_server.hall.model import Ticket
from queue_server.hall.refusal import Refused
from queue_server.hall.slips import FRESH, SlipOrder, SlipState
from tests.hall.days import CITIZEN, Floor


def order(floor: Floor, ticket: Ticket, kiosk: str = "K01", **more: bool) -> SlipOrder:
    """Order a slip; the order that stands afterwards."""
    floor.do(c.OrderSlip(f"s{len(floor.day.slips)}", ticket.id, kiosk, **more))
    return list(floor.day.slips.values())[-1]


def test_an_order_is_claimed_once_and_ended_once() -> None:
    floor = Floor()
    one = order(floor, floor.take())
    floor.do(c.TakeSlip(one.id, "K01"))
    assert one.state is SlipState.TAKEN
    with pytest.raises(Refused) as refused:
        floor.do(c.TakeSlip(one.id, "K01"))
    assert (refused.value.code, refused.value.state) == ("wrong-state", "taken")
    floor.do(c.EndSlip(one.id, "K01", SlipState.PRINTED))
    assert floor.do(c.EndSlip(one.id, "K01", SlipState.FAILED)) == []
    assert one.state is SlipState.PRINTED


def test_another_kiosk_neither_claims_nor_ends_it() -> None:
    floor = Floor()
    one = order(floor, floor.take())
    for command in (c.TakeSlip(one.id, "K02"), c.EndSlip(one.id, "K02", SlipState.PRINTED)):
        with pytest.raises(Refused) as refused:
            floor.do(command)
        assert refused.value.code == "not-found"
    assert one.state is SlipState.ORDERED


def test_asked_twice_it_is_the_same_order_and_elsewhere_it_moves() -> None:
    floor = Floor()
    ticket = floor.take()
    first = order(floor, ticket)
    assert order(floor, ticket) is first
    second = order(floor, ticket, "K02")
    assert (first.state, second.state) == (SlipState.DROPPED, SlipState.ORDERED)
    with pytest.raises(Refused):
        floor.do(c.TakeSlip(first.id, "K01"))


def test_an_old_order_is_not_printed_any_more() -> None:
    floor = Floor()
    ticket = floor.take()
    old = order(floor, ticket)
    floor.let_pass(FRESH / 60 + 1)
    with pytest.raises(Refused):
        floor.do(c.TakeSlip(old.id, "K01"))
    assert order(floor, ticket) is not old


def test_whose_visit_is_over_gets_no_slip() -> None:
    floor = Floor()
    ticket = floor.take()
    one = order(floor, ticket)
    floor.do(c.Cancel(ticket.id), CITIZEN)
    for command in (c.TakeSlip(one.id, "K01"), c.OrderSlip("s9", ticket.id, "K01")):
        with pytest.raises(Refused) as refused:
            floor.do(command)
        assert refused.value.code == "wrong-state"


def test_only_what_may_be_out_already_makes_a_reprint() -> None:
    floor = Floor()
    at_a_kiosk, by_staff = floor.take(kiosk="K01"), floor.take()
    assert order(floor, at_a_kiosk).again
    first = order(floor, by_staff)
    assert not first.again
    floor.do(c.TakeSlip(first.id, "K01"))
    floor.do(c.EndSlip(first.id, "K01", SlipState.FAILED))
    second = order(floor, by_staff)
    assert not second.again
    floor.do(c.TakeSlip(second.id, "K01"))
    assert order(floor, by_staff, large=True).again


def test_a_kiosk_prints_its_own_at_once() -> None:
    floor = Floor()
    ticket = floor.take(kiosk="K01")
    waiting = order(floor, ticket, "K02")
    own = order(floor, ticket, own=True)
    assert (own.state, own.again, waiting.state) == (SlipState.TAKEN, True, SlipState.DROPPED)
    assert order(floor, ticket, own=True) is not own
