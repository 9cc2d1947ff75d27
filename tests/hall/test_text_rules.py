"""Texts: what is due and when, each told once, and a number that goes with its visit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.hall import commands as c
from queue_server.hall.commands import SYSTEM
from queue_server.hall.model import Seconds, State, Ticket
from queue_server.hall.refusal import Refused
from queue_server.hall.text_rules import Due, due, over
from tests.hall.days import CITIZEN, Floor


def dues(floor: Floor, at_most: int = 3) -> list[Due]:
    return list(due(floor.day, at_most, floor.now))


def test_few_ahead_is_told_once_and_a_call_every_time() -> None:
    floor = Floor()
    floor.open(1)
    others = [floor.take() for _ in range(4)]
    ticket = floor.take(phone=b"sealed")
    assert dues(floor) == []
    floor.next(1)
    (one,) = dues(floor)
    assert (one.ticket, one.what, one.ahead) == (ticket, "ahead/0", 3)
    floor.do(c.NoteText(ticket.id, one.what), SYSTEM)
    assert floor.do(c.NoteText(ticket.id, one.what), SYSTEM) == []
    floor.next(1, c.Closing.FINISH)
    assert dues(floor) == []
    for _ in others[2:]:
        floor.next(1, c.Closing.FINISH)
    assert floor.next(1, c.Closing.FINISH) is ticket
    (first,) = dues(floor)
    assert first.ahead is None
    floor.do(c.NoteText(ticket.id, first.what), SYSTEM)
    floor.at(1, c.NoShow)
    floor.do(c.Requeue(ticket.id), CITIZEN)
    floor.next(1)
    assert [again.what != first.what for again in dues(floor)] == [True]


def test_only_calls_are_told_where_the_hall_wants_no_more() -> None:
    floor = Floor()
    floor.take(phone=b"sealed")
    assert [one.what for one in dues(floor)] == ["ahead/0"]
    assert dues(floor, at_most=0) == []


def test_who_gave_no_number_is_told_nothing() -> None:
    floor = Floor()
    floor.take()
    assert dues(floor) == []


@given(st.lists(st.booleans(), max_size=12), st.integers(0, 6))
def test_what_is_due_is_true(with_phone: list[bool], at_most: int) -> None:
    floor = Floor()
    tickets = [floor.take(phone=b"sealed" if has else b"") for has in with_phone]
    expected = [
        (ticket.id, at) for at, (ticket, has) in enumerate(zip(tickets, with_phone, strict=True))
        if has and at_most and at <= at_most
    ]  # fmt: skip
    assert [(one.ticket.id, one.ahead) for one in due(floor.day, at_most, floor.now)] == expected


@given(st.floats(0, 24), st.floats(0, 30))
def test_a_number_goes_when_its_visit_has_been_over_long_enough(keep: float, passed: float) -> None:
    floor = Floor()
    ticket: Ticket = floor.take(phone=b"sealed")
    assert over(floor.day, Seconds(0), floor.now) == []
    floor.do(c.Cancel(ticket.id), CITIZEN)
    ended = floor.now
    floor.let_pass(passed * 60)
    kept = Seconds(keep * 3600)
    assert over(floor.day, kept, floor.now) == ([ticket] if floor.now - ended >= kept else [])
    floor.do(c.ForgetPhone(ticket.id), SYSTEM)
    assert (ticket.phone, ticket.state) == (b"", State.CANCELLED)
    assert floor.do(c.ForgetPhone(ticket.id), SYSTEM) == []
    assert floor.do(c.NoteText(ticket.id, "ahead/0"), SYSTEM) == []


def test_a_number_is_shown_by_no_representation() -> None:
    floor = Floor()
    assert "sealed" not in repr(floor.take(phone=b"sealed"))
    assert "sealed" not in repr(c.TakeTicket(floor.take().id, phone=b"sealed"))


def test_whoever_asks_for_texts_later_gets_them_each_once_wherever_they_go() -> None:
    floor = Floor()
    floor.open(1)
    ticket: Ticket = floor.take()
    assert dues(floor) == []
    floor.do(c.SetPhone(ticket.id, b"sealed"), CITIZEN)
    (one,) = dues(floor)
    floor.do(c.NoteText(ticket.id, one.what), SYSTEM)
    floor.do(c.SetPhone(ticket.id, b"another"), CITIZEN)
    assert dues(floor) == []
    floor.do(c.SetPhone(ticket.id, b""), CITIZEN)
    floor.next(1)
    assert dues(floor) == []
    floor.do(c.SetPhone(ticket.id, b"sealed"), CITIZEN)
    assert [again.ahead for again in dues(floor)] == [None]
    assert "sealed" not in repr(c.SetPhone(ticket.id, b"sealed"))


def test_after_a_visit_nobody_asks_for_texts() -> None:
    floor = Floor()
    ticket = floor.take()
    floor.do(c.Cancel(ticket.id), CITIZEN)
    with pytest.raises(Refused) as refused:
        floor.do(c.SetPhone(ticket.id, b"sealed"), CITIZEN)
    assert refused.value.code == "wrong-state"
