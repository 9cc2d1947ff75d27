"""A visit: its number, giving up, coming back, letting others go first, putting right, rating."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queue_server.hall import commands as c
from queue_server.hall.commands import SYSTEM, Actor, Command, Power
from queue_server.hall.dispatch import Taker, ahead, order
from queue_server.hall.events import ServiceRated
from queue_server.hall.forecast import Forecast, forecast
from queue_server.hall.model import (
    Hours,
    Instant,
    MissedRules,
    Need,
    Priority,
    Seconds,
    ServiceId,
    Span,
    State,
    Ticket,
    TicketId,
    WindowNumber,
)
from queue_server.hall.refusal import Refused
from queue_server.hall.visit_rules import no_numbers
from tests.hall.days import (
    CITIZEN,
    FEES,
    GENERAL,
    ISSUING,
    MANAGER,
    WORKDAY,
    Floor,
    a_day,
    a_dispatch,
    a_plan,
    clerk_of,
)

ONE, TWO = WindowNumber(1), WindowNumber(2)
AT_ONE, AT_TWO = Actor("evaluator", window=ONE), Actor("evaluator", window=TWO)


@pytest.fixture
def floor() -> Floor:
    return Floor()


def a_floor(**changed: Any) -> Floor:
    return Floor(a_day(a_plan(**changed)))


def refusal(floor: Floor, command: Command, actor: Actor = CITIZEN) -> Refused:
    with pytest.raises(Refused) as refused:
        floor.do(command, actor)
    return refused.value


def not_taken(floor: Floor, *services: str, **wishes: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        floor.take(*services, **wishes)
    return refused.value


def served(floor: Floor, number: int = 1) -> Ticket:
    ticket = floor.next(number)
    assert ticket
    floor.at(number, c.Finish)
    return ticket


# --- taking a number ----------------------------------------------------------------------------------


def test_numbers_count_by_group(floor: Floor) -> None:
    taken = [floor.take(), floor.take(group=FEES), floor.take("tax", "permit"), floor.take("tax")]
    assert [ticket.number for ticket in taken] == ["A001", "C001", "A002", "C002"]


def test_one_number_for_a_visit_through_several_groups(floor: Floor) -> None:
    ticket = floor.take("collect", "card", "tax", "permit", "card")
    assert [(step.group, step.services, step.state) for step in ticket.steps] == [
        ("general", ("card", "permit"), "waiting"),
        ("fees", ("tax",), "pending"),
        ("issuing", ("collect",), "pending"),
    ]


def test_later_steps_do_not_queue_from_the_back(floor: Floor) -> None:
    floor.open(1)
    visit = floor.take("permit", "tax")
    floor.let_pass(30)
    floor.take("tax")
    floor.next(1)
    floor.at(1, c.Finish)
    assert floor.next(1) is visit
    assert visit.step.queued_at == visit.issued_at < visit.step.arrived_at


@pytest.mark.parametrize(
    ("services", "group"), [((), None), (("permit",), GENERAL), (("nonsense",), None), ((), "nonsense")]
)
def test_a_number_is_for_items_or_for_a_group(floor: Floor, services: tuple[str, ...], group: Any) -> None:
    assert not_taken(floor, *services, group=group).code == "invalid"


def test_quotas_and_number_ranges() -> None:
    groups = a_plan().groups
    limited = replace(groups[GENERAL], quota=2, first_number=100)
    floor = a_floor(groups={**groups, GENERAL: limited})
    assert [floor.take().number, floor.take().number] == ["A100", "A101"]
    refused = not_taken(floor)
    assert (refused.code, refused.text, refused.state) == ("quota", "quota", "open")
    floor = a_floor(groups={**groups, GENERAL: replace(groups[GENERAL], first_number=998, last_number=999)})
    assert [floor.take().number, floor.take().number] == ["A998", "A999"]
    assert not_taken(floor).text == "numbers-used-up"


@pytest.mark.parametrize("first", [1, 50, 900])
def test_a_days_quota_is_the_same_when_its_numbers_begin_elsewhere(first: int) -> None:
    general = replace(a_plan().groups[GENERAL], quota=4, first_number=50)
    floor = a_floor(groups={**a_plan().groups, GENERAL: general})
    for _ in range(2):
        floor.take()
    renumbered = {**a_plan().groups, GENERAL: replace(general, first_number=first)}
    floor.do(c.ChangePlan(a_plan(groups=renumbered)), SYSTEM)
    assert [floor.take().number for _ in range(2)] == [f"A{max(first, 52) + at:03d}" for at in range(2)]
    assert not_taken(floor).code == "quota"


def test_a_hall_tells_before_what_it_would_refuse() -> None:
    groups = a_plan().groups
    limited = replace(groups[GENERAL], quota=2)
    ranged = replace(groups[FEES], first_number=999, last_number=999)
    floor = a_floor(
        groups={**groups, GENERAL: limited, FEES: ranged},
        hours=Hours("Asia/Shanghai", ((Span(540, 600),),) * 7, cut_off=True),
    )
    said = []
    for minutes in (0, 1, 1, 20, 60):
        floor.let_pass(minutes)
        waits = {ISSUING: Seconds(2700)} if minutes == 20 else {}
        floor.day.foreseen = Forecast(floor.now, newcomers=waits)
        for group in (GENERAL, FEES, ISSUING):
            told = no_numbers(floor.day, group, floor.now)
            try:
                floor.take(group=group)
            except Refused as refused:
                assert told and (told.code, told.text) == (refused.code, refused.text)
                said.append(refused.text)
            else:
                assert told is None
    assert set(said) == {"quota", "numbers-used-up", "cut-off", "hall-closed"}


def test_numbers_go_on_past_three_digits() -> None:
    groups = a_plan().groups
    floor = a_floor(groups={**groups, GENERAL: replace(groups[GENERAL], first_number=1000)})
    assert floor.take().number == "A1000"


# --- one live ticket a person and group ---------------------------------------------------------------


def test_one_live_ticket_a_person_and_group(floor: Floor) -> None:
    floor.open(1)
    first = floor.take(id_hash="li")
    refused = not_taken(floor, id_hash="li")
    assert (refused.code, refused.state, refused.values["number"]) == ("live-ticket", "waiting", "A001")
    floor.take("tax", id_hash="li")
    floor.take(id_hash="wang")
    floor.take(id_hash="li", agent=True)
    floor.do(c.Cancel(first.id), CITIZEN)
    floor.take(id_hash="li")


def test_a_visits_later_steps_count_too(floor: Floor) -> None:
    floor.open(1)
    floor.take("permit", "tax", id_hash="li")
    assert not_taken(floor, "tax", id_hash="li").code == "live-ticket"
    served(floor)
    assert not_taken(floor, "tax", id_hash="li").code == "live-ticket"
    floor.take("permit", id_hash="li")


def test_a_hall_may_not_mind() -> None:
    floor = a_floor(one_live_ticket=False)
    floor.take(id_hash="li")
    floor.take(id_hash="li")


# --- hours --------------------------------------------------------------------------------------------


def test_no_number_outside_the_hours_but_against_them_by_a_managers_word() -> None:
    floor = a_floor(hours=Hours("Asia/Shanghai", (WORKDAY,) * 7))
    floor.take()
    floor.let_pass(3.5 * 60)
    floor.take()
    floor.let_pass(5 * 60)
    refused = not_taken(floor)
    assert (refused.code, refused.state) == ("hall-closed", "closed")
    floor.do(c.OpenHall("late opening"))
    floor.take()
    floor.do(c.CloseHall("storm"))
    refused = not_taken(floor)
    assert (refused.text, refused.values["reason"]) == ("hall-closed-early", "storm")


def test_early_closing_serves_who_waits_or_sends_them_home(floor: Floor) -> None:
    floor.open(1)
    first, second = floor.take(), floor.take()
    floor.do(c.CloseHall("storm"))
    assert floor.next(1) is first
    floor.do(c.CloseHall("storm", cancel_waiting=True))
    assert (first.state, second.state) == (State.CALLED, State.CANCELLED)
    assert refusal(floor, c.CloseHall()).code == "forbidden"


def test_no_number_once_the_wait_passes_closing() -> None:
    floor = a_floor(hours=Hours("Asia/Shanghai", ((Span(540, 600),),) * 7, cut_off=True))
    floor.day.foreseen = Forecast(floor.now, newcomers={GENERAL: Seconds(3000.0)})
    floor.take()
    floor.let_pass(15)
    refused = not_taken(floor)
    assert (refused.code, refused.text, refused.state) == ("hall-closed", "cut-off", "open")
    floor.take(group=FEES)
    floor.do(c.OpenHall("we stay on"))
    floor.take()


def test_those_who_came_since_the_forecast_count_before_closing() -> None:
    """A burst within one forecast's life: each takes ten minutes, and an hour is left for two windows."""
    floor = a_floor(hours=Hours("Asia/Shanghai", ((Span(540, 600),),) * 7, cut_off=True))
    floor.open(1, 2)
    floor.day.foreseen = forecast(floor.day, floor.now)
    with pytest.raises(Refused) as refused:
        for _ in range(20):
            floor.take()
    assert (refused.value.code, refused.value.text) == ("hall-closed", "cut-off")
    assert len(floor.day.tickets) == 12


def test_a_holiday_has_no_numbers() -> None:
    hours = Hours("Asia/Shanghai", (WORKDAY,) * 7, holidays=frozenset({"2026-10-26"}))
    assert not_taken(a_floor(hours=hours)).code == "hall-closed"


def test_past_midnight_is_still_the_evening_before() -> None:
    late = Hours("Asia/Shanghai", ((Span(1080, 1560),),) * 7, day_starts=240)
    floor = a_floor(hours=late)
    floor.let_pass(16 * 60)
    assert floor.take().number == "A001"
    floor.let_pass(60)
    assert not_taken(floor).code == "hall-closed"


# --- coming back, letting others go -------------------------------------------------------------------


def test_who_missed_the_call_comes_back_behind_some_others(floor: Floor) -> None:
    floor.open(1)
    missed = floor.take()
    others = [floor.take() for _ in range(5)]
    floor.next(1)
    floor.at(1, c.NoShow)
    floor.do(c.Requeue(missed.id), CITIZEN)
    order = [served(floor) for _ in range(6)]
    assert order == [*others[:3], missed, *others[3:]]


def test_who_comes_back_to_a_short_line_is_its_last(floor: Floor) -> None:
    floor.open(1)
    missed = floor.take()
    floor.next(1)
    floor.at(1, c.NoShow)
    other = floor.take()
    floor.do(c.Requeue(missed.id), CITIZEN)
    assert [served(floor), served(floor)] == [other, missed]


def test_coming_back_is_limited() -> None:
    floor = a_floor(missed=MissedRules(returns=2))
    floor.open(1)
    ticket = floor.take()
    for _ in range(2):
        floor.next(1)
        floor.at(1, c.NoShow)
        floor.do(c.Requeue(ticket.id), CITIZEN)
    floor.next(1)
    floor.at(1, c.NoShow)
    refused = refusal(floor, c.Requeue(ticket.id))
    assert (refused.code, refused.text, refused.state) == ("wrong-state", "returned-enough", "missed")


def test_who_is_late_lets_others_go_and_keeps_the_time_of_arrival(floor: Floor) -> None:
    floor.open(1)
    late = floor.take(priority=Priority.ELDERLY)
    others = [floor.take() for _ in range(5)]
    floor.do(c.LetOthersGo(late.id), CITIZEN)
    assert late.step.arrived_at == late.issued_at
    order = [served(floor) for _ in range(6)]
    assert order == [*others[:3], late, *others[3:]]


def test_who_is_late_steps_back_from_where_they_stand_each_time_anew(floor: Floor) -> None:
    floor.open(1)
    first = [floor.take() for _ in range(2)]
    late = floor.take()
    others = [floor.take() for _ in range(5)]
    floor.do(c.LetOthersGo(late.id), CITIZEN)
    assert ahead_of(floor, late) == 5
    floor.do(c.LetOthersGo(late.id), CITIZEN)
    assert ahead_of(floor, late) == 7
    refused = refusal(floor, c.LetOthersGo(late.id))
    assert (refused.code, refused.text, refused.state) == ("wrong-state", "late-enough", "waiting")
    newcomer = floor.take()
    assert [served(floor) for _ in range(9)] == [*first, *others, late, newcomer]


def ahead_of(floor: Floor, ticket: Ticket) -> int:
    queues = floor.day.queues
    return ahead(queues, floor.day.plan.dispatch, queues.tickets[ticket.id], floor.now)


COMING = st.lists(st.tuples(st.sampled_from(Priority), st.integers(0, 9)), min_size=1, max_size=12)


def in_order(floor: Floor) -> list[TicketId]:
    queues, dispatch = floor.day.queues, floor.day.plan.dispatch
    everyone = order(queues, dispatch, Taker(None, (GENERAL,)), frozenset(), floor.now)
    return [choice.waiting.ticket for choice in everyone]


@settings(deadline=None)
@given(COMING, st.integers(0, 11), st.integers(1, 4), st.sampled_from([None, (2, 1), (1, 3)]))
def test_who_is_late_lets_so_many_of_those_behind_go_and_nobody_else(
    coming: list[tuple[Priority, int]], which: int, behind: int, ratio: tuple[int, int] | None
) -> None:
    """A priority that is lost by it was worth waiting, too: it never throws anybody to the very end."""
    floor = a_floor(dispatch=a_dispatch(ratio), missed=MissedRules(behind=behind, lates=2))
    for priority, minutes in coming:
        floor.take(priority=priority)
        floor.let_pass(minutes + 0.1)  # Nobody's credit is the same as somebody else's.
    before = in_order(floor)
    late = floor.day.tickets[before[which % len(before)]]
    stood = before.index(late.id)
    floor.do(c.LetOthersGo(late.id), CITIZEN)
    after = in_order(floor)
    assert set(before[:stood]) <= set(after[: after.index(late.id)])
    passed = after.index(late.id) - stood
    assert late.lates == (passed > 0)
    if ratio is None:
        others = [one for one in before if one != late.id]
        assert passed == min(behind, len(others) - stood)
        assert [one for one in after if one != late.id] == others


def test_letting_others_go_costs_nothing_while_nobody_is_behind(floor: Floor) -> None:
    floor.open(1)
    first, last = floor.take(), floor.take(priority=Priority.ELDERLY)
    floor.let_pass(30)
    for _ in range(3):
        assert floor.do(c.LetOthersGo(first.id), CITIZEN) == []
    assert (first.lates, last.lates) == (0, 0)
    assert [served(floor), served(floor)] == [last, first]


def test_who_let_the_last_one_go_is_still_before_whoever_comes_then(floor: Floor) -> None:
    floor.open(1)
    late, other = floor.take(), floor.take()
    floor.let_pass(20)
    floor.do(c.LetOthersGo(late.id), CITIZEN)
    newcomer = floor.take(priority=Priority.ELDERLY)
    assert [served(floor) for _ in range(3)] == [other, late, newcomer]


def test_a_number_that_nobody_knows(floor: Floor) -> None:
    for command in (c.Cancel, c.Requeue, c.LetOthersGo, c.RenewSecret):
        assert refusal(floor, command("x")).code == "not-found"


# --- putting right ------------------------------------------------------------------------------------


def test_a_wrong_choice_is_put_right_and_the_wait_is_kept(floor: Floor) -> None:
    floor.open(1)
    wrong = floor.take(group=FEES)
    first = floor.take()
    floor.let_pass(10)
    floor.do(c.Correct(wrong.id, (ServiceId("permit"), ServiceId("collect")), reason="wrong button"))
    assert [(step.group, step.state) for step in wrong.steps] == [
        ("general", "waiting"), ("issuing", "pending")
    ]  # fmt: skip
    assert (wrong.number, wrong.step.queued_at) == ("C001", wrong.issued_at)
    assert [served(floor), served(floor), served(floor)] == [wrong, wrong, first]


def test_priority_and_needs_are_put_right(floor: Floor) -> None:
    floor.open(1)
    floor.take()
    ticket = floor.take()
    correction = c.Correct(ticket.id, priority=Priority.DISABLED, needs=(Need.WHEELCHAIR,), note="ramp")
    floor.do(correction)
    assert (ticket.needs, ticket.note, ticket.step.services) == ((Need.WHEELCHAIR,), "ramp", ())
    assert floor.next(1) is ticket


def test_at_a_window_items_change_within_the_group(floor: Floor) -> None:
    floor.open(1)
    ticket = floor.take("permit")
    floor.next(1)
    refused = refusal(floor, c.Correct(ticket.id, (ServiceId("tax"),)), MANAGER)
    assert (refused.code, refused.text, refused.state) == ("wrong-state", "transfer-instead", "called")
    floor.do(c.Correct(ticket.id, (ServiceId("tax"), ServiceId("card"))))
    assert [(step.services, step.state) for step in ticket.steps] == [
        (("card",), "called"), (("tax",), "pending")
    ]  # fmt: skip
    floor.at(1, c.Finish)
    assert (ticket.state, ticket.step.group) == (State.WAITING, FEES)


def test_what_is_done_stays_done(floor: Floor) -> None:
    floor.open(1)
    ticket = floor.take("permit", "tax")
    served(floor)
    floor.do(c.Correct(ticket.id, (ServiceId("permit"), ServiceId("collect"))))
    assert [step.services for step in ticket.steps] == [("permit",), ("collect",)]
    served(floor)
    assert refusal(floor, c.Correct(ticket.id, group=FEES), MANAGER).code == "wrong-state"


def test_a_person_is_counted_where_the_ticket_is_now(floor: Floor) -> None:
    ticket = floor.take(id_hash="li")
    floor.do(c.Correct(ticket.id, group=FEES))
    floor.take(id_hash="li")
    assert not_taken(floor, group=FEES, id_hash="li").code == "live-ticket"


# --- rating -------------------------------------------------------------------------------------------


def rating(ticket: Ticket, service: str | None = None) -> c.Rate:
    return c.Rate("r", ticket.id, 4, ServiceId(service) if service else None)


def test_one_rating_a_ticket(floor: Floor) -> None:
    floor.open(1)
    ticket = floor.take("permit")
    assert refusal(floor, rating(ticket)).code == "wrong-state"
    served(floor)
    (rated,) = floor.do(rating(ticket), CITIZEN)
    assert isinstance(rated, ServiceRated)
    assert (rated.rating.window, rated.rating.clerk) == (1, "clerk1")
    refused = refusal(floor, rating(ticket))
    assert (refused.code, refused.state) == ("rated", "finished")
    assert refusal(floor, rating(ticket, "permit")).code == "rated"
    assert refusal(floor, rating(ticket), AT_ONE).code == "rated"


def test_or_one_for_each_service(floor: Floor) -> None:
    floor.open(1)
    ticket = floor.take("permit", "card")
    served(floor)
    floor.do(rating(ticket, "permit"), AT_ONE)
    assert floor.window(1).ask is not None
    assert refusal(floor, rating(ticket, "permit")).code == "rated"
    assert refusal(floor, rating(ticket)).code == "rated"
    floor.do(rating(ticket, "card"), CITIZEN)
    assert floor.window(1).ask is None
    refused = refusal(floor, rating(ticket, "tax"))
    assert (refused.code, refused.field) == ("invalid", "service")


def test_each_window_of_a_visit_asks_for_its_own(floor: Floor) -> None:
    floor.open(1, 2)
    ticket = floor.take("permit", "tax")
    served(floor, 1)
    assert refusal(floor, rating(ticket, "tax")).code == "wrong-state"
    assert refusal(floor, rating(ticket)).code == "wrong-state"
    served(floor, 2)
    assert refusal(floor, rating(ticket, "tax"), AT_ONE).code == "forbidden"
    floor.do(rating(ticket), AT_ONE)
    assert (floor.window(1).ask, floor.window(2).ask is None) == (None, False)
    assert refusal(floor, rating(ticket, "permit")).code == "rated"
    floor.do(rating(ticket), AT_TWO)
    assert refusal(floor, rating(ticket), AT_TWO).code == "rated"


def test_an_evaluator_rates_only_who_was_served_there(floor: Floor) -> None:
    floor.open(1)
    ticket = floor.take()
    served(floor)
    assert refusal(floor, rating(ticket), AT_TWO).code == "forbidden"


# --- the day ------------------------------------------------------------------------------------------


def test_the_day_turns_once_and_only_forwards(floor: Floor) -> None:
    floor.open(1)
    floor.take()
    floor.do(c.CloseHall("storm"))
    assert floor.do(c.TurnDay("2026-10-26")) == floor.do(c.TurnDay("2026-10-25")) == []
    floor.let_pass(24 * 60)
    floor.do(c.TurnDay("2026-10-27"))
    assert (floor.day.date, floor.day.override, floor.day.began_at) == ("2026-10-27", "", floor.now)
    assert floor.window(1).clerk is None
    assert floor.take().number == "A001"


def test_every_stretch_of_a_tickets_day_is_kept(floor: Floor) -> None:
    """Waiting, called, serving, parked: statistics stay true after transfers and recalls."""
    floor.open(1)
    ticket = floor.take()
    floor.next(1)
    floor.at(1, c.Start)
    floor.at(1, c.Park)
    floor.at(1, c.Unpark, ticket.id)
    floor.at(1, c.Transfer, FEES)
    floor.next(1)
    floor.at(1, c.Finish)
    stretches = floor.changes.intervals
    assert [(one.state, one.group) for one in stretches] == [
        ("waiting", "general"), ("called", "general"), ("serving", "general"), ("parked", "general"),
        ("serving", "general"), ("waiting", "fees"), ("called", "fees"),
    ]  # fmt: skip
    assert all(one.end == other.start for one, other in pairwise(stretches))
    assert stretches[0].start == ticket.issued_at


def test_an_assistant_may_not_act_at_windows(floor: Floor) -> None:
    floor.open(1)
    assert refusal(floor, c.CallNext(ONE), Actor("assistant", Power.NONE)).code == "forbidden"
    assert refusal(floor, c.CallNext(ONE), clerk_of(2)).code == "forbidden"


def test_alerts_and_notices(floor: Floor) -> None:
    floor.do(c.RaiseAlert("a1", "paper", "K01", {"zh": "缺纸", "en": "No paper"}))
    assert floor.do(c.RaiseAlert("a2", "paper", "K01", {})) == []
    floor.do(c.AckAlert("a1"))
    assert floor.do(c.AckAlert("a1")) == []
    floor.do(c.ClearAlert("paper", "K01"))
    assert floor.do(c.ClearAlert("paper", "K01")) == []
    assert floor.day.alerts["a1"].cleared_at == Instant(floor.now - 1)
    floor.do(c.PostNotice("n1", {"zh": "电梯检修", "en": "Lift out of order"}))
    floor.do(c.WithdrawNotice("n1"))
    assert refusal(floor, c.WithdrawNotice("n1"), MANAGER).code == "not-found"
    assert refusal(floor, c.AckAlert("x"), MANAGER).code == "not-found"


def test_a_call_is_announced_once_by_each_board(floor: Floor) -> None:
    floor.open(1)
    floor.take()
    floor.next(1)
    (call,) = floor.day.calls
    assert floor.do(c.Announce(call, "B01")) and floor.do(c.Announce(call, "B02"))
    assert floor.do(c.Announce(call, "B01")) == []
    assert floor.day.calls[call].announced == {"B01", "B02"}
    assert refusal(floor, c.Announce("x", "B01")).code == "not-found"
