"""Appointments: their slots, and checking in early, late, and again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from queue_server.hall import commands as c
from queue_server.hall.appointments import over, slots
from queue_server.hall.commands import SYSTEM, Actor
from queue_server.hall.model import (
    AppointmentRules,
    Hours,
    Instant,
    Rule,
    ServiceId,
    State,
    TicketId,
)
from queue_server.hall.opening import instant_of
from queue_server.hall.refusal import Refused
from tests.hall.days import CITIZEN, FEES, GENERAL, MANAGER, MONDAY_NINE, WORKDAY, Floor, a_day, a_plan

RULES = AppointmentRules(minutes=30, capacity=2, early_minutes=30, late_minutes=15, days_ahead=7)
TEN, HALF_PAST = Instant(MONDAY_NINE + 3600), Instant(MONDAY_NINE + 5400)


def a_floor(**changed: Any) -> Floor:
    hours = Hours("Asia/Shanghai", (WORKDAY,) * 5 + ((), ()))
    return Floor(a_day(a_plan(**{"hours": hours, "appointments": RULES, **changed})))


@pytest.fixture
def floor() -> Floor:
    return a_floor()


def promise(floor: Floor, code: str = "P1", *services: str, start: Instant = TEN, minutes: int = 30) -> None:
    named = tuple(ServiceId(one) for one in services or ("permit",))
    floor.do(c.MakeAppointment(code, named, start, Instant(start + minutes * 60), "phone"), CITIZEN)


def refusal(floor: Floor, command: c.Command, actor: Actor = CITIZEN) -> Refused:
    with pytest.raises(Refused) as refused:
        floor.do(command, actor)
    return refused.value


def not_promised(floor: Floor, code: str, *services: str, **more: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        promise(floor, code, *services, **more)
    return refused.value


def at(floor: Floor, instant: float) -> Floor:
    """Two seconds before, so that the next command comes a second before it."""
    floor.now = Instant(instant - 2)
    return floor


def test_slots_lie_within_the_hours_and_count_what_is_taken(floor: Floor) -> None:
    promise(floor)
    found = slots(floor.day, GENERAL, "2026-10-26", floor.now)
    assert len(found) == 6 + 7
    assert [slot.free for slot in found if slot.start == TEN] == [1]
    assert {slot.free for slot in found if slot.start != TEN} == {2}
    assert slots(floor.day, FEES, "2026-10-26", floor.now)[2].free == 2
    floor.now = HALF_PAST
    assert slots(floor.day, GENERAL, "2026-10-26", floor.now)[0].start == HALF_PAST


def test_no_slots_at_weekends_too_far_ahead_or_for_other_groups(floor: Floor) -> None:
    assert slots(floor.day, GENERAL, "2026-10-31", floor.now) == []
    assert slots(floor.day, GENERAL, "2026-11-02", floor.now) != []
    assert slots(floor.day, GENERAL, "2026-11-03", floor.now) == []
    assert slots(floor.day, GENERAL, "2026-10-23", floor.now) == []
    only_fees = a_floor(appointments=replace(RULES, groups=(FEES,)))
    assert slots(only_fees.day, GENERAL, "2026-10-26", only_fees.now) == []


def test_a_slot_is_promised_until_it_is_full(floor: Floor) -> None:
    promise(floor, "P1")
    promise(floor, "P2")
    refused = not_promised(floor, "P3")
    assert (refused.code, refused.text, refused.state) == ("quota", "slot-full", "open")
    floor.do(c.CancelAppointment("P1"), CITIZEN)
    promise(floor, "P3")


def test_only_slots_that_there_are(floor: Floor) -> None:
    assert not_promised(floor, "P1", start=Instant(TEN + 60)).code == "invalid"
    assert not_promised(floor, "P1", minutes=60).code == "invalid"
    assert not_promised(floor, "P1", "nonsense").field == "services"
    floor.now = Instant(HALF_PAST + 1)
    assert not_promised(floor, "P1").code == "late"


@pytest.mark.parametrize(
    ("instant", "code"),
    [
        (TEN - 1800, "early"),
        (TEN - 1799, None),
        (HALF_PAST, None),
        (HALF_PAST + 901, None),
        (HALF_PAST + 902, "late"),
    ],
)
def test_checking_in_from_early_to_late(floor: Floor, instant: float, code: str | None) -> None:
    """The command comes a second before `instant`."""
    promise(floor)
    at(floor, instant)
    if code is None:
        floor.do(c.CheckIn("P1", TicketId("t1")), CITIZEN)
        assert floor.day.tickets[TicketId("t1")].slot == (TEN, HALF_PAST)
        return
    refused = refusal(floor, c.CheckIn("P1", TicketId("t1")))
    assert (refused.code, refused.state) == (code, "booked")


def test_checking_in_again(floor: Floor) -> None:
    promise(floor)
    at(floor, TEN)
    floor.do(c.CheckIn("P1", TicketId("t1")), CITIZEN)
    for command in (c.CheckIn("P1", TicketId("t2")), c.CancelAppointment("P1")):
        refused = refusal(floor, command)
        assert (refused.code, refused.text, refused.state) == ("wrong-state", "appointment-used", "waiting")


def test_a_cancelled_appointment_is_over(floor: Floor) -> None:
    promise(floor)
    floor.do(c.CancelAppointment("P1"), CITIZEN)
    at(floor, TEN)
    for command in (c.CheckIn("P1", TicketId("t1")), c.CancelAppointment("P1")):
        refused = refusal(floor, command)
        assert (refused.code, refused.state) == ("wrong-state", "cancelled")
    assert refusal(floor, c.CheckIn("x", TicketId("t1"))).code == "not-found"


def test_a_number_for_texts_stays_no_longer_than_the_promise(floor: Floor) -> None:
    for code in ("P1", "P2", "P3"):
        start = HALF_PAST if code == "P3" else TEN
        slot = (start, Instant(start + 1800))
        floor.do(c.MakeAppointment(code, (ServiceId("permit"),), *slot, "hash", code.encode()), CITIZEN)
    phones = {code: one.phone for code, one in floor.day.appointments.items()}
    assert phones == {"P1": b"P1", "P2": b"P2", "P3": b"P3"}
    floor.do(c.CancelAppointment("P1"), CITIZEN)
    at(floor, TEN)
    floor.do(c.CheckIn("P2", TicketId("t1"), phone=b"for t1"), CITIZEN)
    assert floor.day.tickets[TicketId("t1")].phone == b"for t1"
    assert [one.code for one in floor.day.appointments.values() if one.phone] == ["P3"]
    last = HALF_PAST + 1800 + RULES.late_minutes * 60
    assert over(floor.day, Instant(last)) == []
    assert [one.code for one in over(floor.day, Instant(last + 1))] == ["P3"]
    floor.do(c.ForgetBookedPhone("P3"), SYSTEM)
    assert floor.do(c.ForgetBookedPhone("P3"), SYSTEM) == []
    assert not any(one.phone for one in floor.day.appointments.values())


def test_a_promise_is_kept_when_the_days_numbers_are_used_up_but_not_in_a_closed_hall() -> None:
    groups = a_plan().groups
    floor = a_floor(groups={**groups, GENERAL: replace(groups[GENERAL], quota=0)})
    promise(floor)
    at(floor, TEN)
    floor.do(c.CloseHall("storm"), MANAGER)
    refused = refusal(floor, c.CheckIn("P1", TicketId("t1")))
    assert (refused.code, refused.state) == ("hall-closed", "closed")
    floor.do(c.OpenHall(), MANAGER)
    floor.do(c.CheckIn("P1", TicketId("t1")), CITIZEN)


def test_an_appointment_goes_first_inside_its_slot_and_last_before_it(floor: Floor) -> None:
    floor.open(1)
    promise(floor)
    promise(floor, "P2", "permit", "tax")
    at(floor, TEN - 600)
    floor.do(c.CheckIn("P1", TicketId("early")), CITIZEN)
    walk_in = floor.take()
    assert floor.next(1) is walk_in
    at(floor, TEN + 10)
    floor.take()
    floor.do(c.CheckIn("P2", TicketId("on-time")), CITIZEN)
    first = floor.next(1, c.Closing.FINISH)
    assert first and (first.id, list(floor.day.calls.values())[-1].rule) == ("early", Rule.APPOINTMENT)
    second = floor.next(1, c.Closing.FINISH)
    assert second and second.id == "on-time"
    third = floor.next(1, c.Closing.FINISH)
    assert third is second and third.step.group == FEES


def test_what_is_to_come_outlives_the_day(floor: Floor) -> None:
    promise(floor, "P1")
    promise(floor, "P2", start=Instant(TEN + 86_400))
    promise(floor, "P3", start=Instant(TEN + 86_400))
    floor.do(c.CancelAppointment("P3"), CITIZEN)
    floor.let_pass(24 * 60 - 30)
    floor.do(c.TurnDay("2026-10-27"))
    assert list(floor.day.appointments) == ["P2"]
    at(floor, TEN + 86_400)
    floor.do(c.CheckIn("P2", TicketId("t1")), CITIZEN)
    assert floor.day.tickets[TicketId("t1")].state is State.WAITING


@pytest.mark.parametrize("day", ["2027-03-14", "2026-11-01"])
def test_slots_lie_one_after_another_where_the_clock_is_changed(day: str) -> None:
    hours = Hours("America/New_York", ((),) * 7, always_open=True)
    floor = a_floor(hours=hours)
    floor.now = instant_of(hours, date.fromisoformat(day), -60)
    found = slots(floor.day, GENERAL, day, floor.now)
    assert all(slot.end - slot.start == 1800 for slot in found)
    assert all(early.end <= late.start for early, late in pairwise(found))
    assert found[-1].end == instant_of(hours, date.fromisoformat(day), 1440)
