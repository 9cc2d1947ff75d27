"""Windows: who may act where, what opens and closes them, and who is called next at one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.hall import commands as c
from queue_server.hall.commands import Actor, Closing, Command, Power
from queue_server.hall.events import TicketCalled
from queue_server.hall.model import (
    Clerk,
    Instant,
    MissedRules,
    Need,
    Priority,
    Rule,
    State,
    TicketId,
    WindowNumber,
    WindowState,
)
from queue_server.hall.refusal import Refused
from tests.hall.days import FEES, GENERAL, MANAGER, Floor, a_day, a_plan, clerk_of

ONE, TWO = WindowNumber(1), WindowNumber(2)
KEYPAD = Actor("keypad:1", Power.KEYPAD, window=ONE)
LI = Clerk("li", "Li")


@pytest.fixture
def floor() -> Floor:
    return Floor()


def refused(floor: Floor, command: Command, actor: Actor = MANAGER) -> tuple[str, str | None]:
    with pytest.raises(Refused) as refusal:
        floor.do(command, actor)
    return refusal.value.code, refusal.value.state


# --- whoever walks slowly ----------------------------------------------------------------------------

WALK: dict[Need | Priority, float] = {Need.SLOW: 60.0, Need.WHEELCHAIR: 30.0, Priority.DISABLED: 45.0}


@given(
    needs=st.lists(st.sampled_from(Need), unique=True).map(tuple),
    priority=st.sampled_from(Priority),
    waited=st.floats(0, 90),
    recalls=st.integers(0, 3),
    closing=st.booleans(),
)
def test_nobody_is_missed_before_they_can_have_come(
    needs: tuple[Need, ...], priority: Priority, waited: float, recalls: int, closing: bool
) -> None:
    floor = Floor(a_day(a_plan(missed=MissedRules(walk=WALK))))
    floor.open(1)
    ticket = floor.take(needs=needs, priority=priority)
    floor.next(1)
    called = floor.now
    for _ in range(recalls):
        floor.at(1, c.Recall)
    floor.now = Instant(max(floor.now, called + waited))
    longest = max((WALK.get(one, 0.0) for one in (*needs, priority)), default=0.0)
    press = c.CallNext(ONE, Closing.NO_SHOW) if closing else c.NoShow(ONE)
    if floor.now + 1 < called + longest:
        assert refused(floor, press, clerk_of(1)) == ("wrong-state", "called")
        assert ticket.state is State.CALLED
    else:
        floor.do(press, clerk_of(1))
        assert ticket.state is State.MISSED


def test_the_refusal_says_how_long_it_still_takes() -> None:
    floor = Floor(a_day(a_plan(missed=MissedRules(walk=WALK))))
    floor.open(1)
    floor.take(needs=(Need.SLOW,))
    floor.next(1)
    with pytest.raises(Refused) as refusal:
        floor.at(1, c.NoShow)
    assert (refusal.value.text, refusal.value.values["seconds"]) == ("still-walking", 59)


# --- open, pause, close, release --------------------------------------------------------------------


def test_open_claims_a_window(floor: Floor) -> None:
    floor.open(1)
    assert floor.window(1).clerk == clerk_of(1).clerk
    assert floor.at(1, c.OpenWindow) == []
    assert refused(floor, c.OpenWindow(ONE), clerk_of(2)) == ("window-taken", "open")
    assert refused(floor, c.OpenWindow(TWO), clerk_of(1)) == ("clerk-elsewhere", "closed")


def test_a_manager_opens_for_a_clerk(floor: Floor) -> None:
    floor.do(c.OpenWindow(ONE, LI))
    assert floor.window(1).clerk == LI
    assert floor.do(c.OpenWindow(ONE)) == []
    assert refused(floor, c.OpenWindow(TWO, LI)) == ("clerk-elsewhere", "closed")
    assert refused(floor, c.OpenWindow(ONE, Clerk("wang"))) == ("window-taken", "open")


def test_only_a_manager_opens_for_others(floor: Floor) -> None:
    assert refused(floor, c.OpenWindow(ONE, LI), clerk_of(1)) == ("forbidden", None)
    assert refused(floor, c.OpenWindow(ONE), Actor("assistant")) == ("forbidden", None)
    assert refused(floor, c.OpenWindow(ONE), KEYPAD) == ("window-not-open", "closed")
    assert refused(floor, c.OpenWindow(TWO), KEYPAD) == ("forbidden", None)


def test_a_key_pad_resumes_for_the_clerk_who_sits_there(floor: Floor) -> None:
    floor.open(1)
    floor.do(c.PauseWindow(ONE), KEYPAD)
    floor.do(c.OpenWindow(ONE), KEYPAD)
    assert (floor.window(1).state, floor.window(1).clerk) == (WindowState.OPEN, clerk_of(1).clerk)
    floor.do(c.CloseWindow(ONE), KEYPAD)
    assert floor.do(c.CloseWindow(ONE), KEYPAD) == []


def test_pause_keeps_the_claim_and_the_citizen(floor: Floor) -> None:
    floor.open(1)
    ticket = floor.take()
    floor.next(1)
    floor.at(1, c.PauseWindow, "tea")
    window = floor.window(1)
    assert (window.state, window.pause_reason, window.ticket) == (WindowState.PAUSED, "tea", ticket.id)
    assert floor.at(1, c.PauseWindow) == []
    assert refused(floor, c.CallNext(ONE, Closing.FINISH), clerk_of(1)) == ("window-not-open", "paused")
    floor.at(1, c.Finish)
    assert floor.window(1).state is WindowState.PAUSED
    floor.at(1, c.OpenWindow)
    assert (floor.window(1).state, floor.window(1).pause_reason) == (WindowState.OPEN, "")


def test_close_comes_after_the_current_citizen(floor: Floor) -> None:
    floor.open(1)
    floor.take()
    floor.next(1)
    floor.at(1, c.CloseWindow)
    assert floor.window(1).state is WindowState.CLOSING
    assert floor.at(1, c.CloseWindow) == []
    assert refused(floor, c.PauseWindow(ONE), clerk_of(1)) == ("window-not-open", "closing")
    assert refused(floor, c.CallNext(ONE), clerk_of(1)) == ("window-not-open", "closing")
    floor.at(1, c.Finish)
    assert (floor.window(1).state, floor.window(1).clerk) == (WindowState.CLOSED, None)
    assert floor.at(1, c.CloseWindow) == []


def test_open_leaves_closing(floor: Floor) -> None:
    floor.open(1)
    floor.take()
    floor.next(1)
    floor.at(1, c.CloseWindow)
    floor.at(1, c.OpenWindow)
    floor.at(1, c.Finish)
    assert floor.window(1).state is WindowState.OPEN


@pytest.mark.parametrize("press", [c.NoShow, c.Park, c.Finish])
def test_whatever_frees_a_closing_window_closes_it(floor: Floor, press: type) -> None:
    floor.open(1)
    floor.take()
    floor.next(1)
    floor.at(1, c.CloseWindow)
    floor.at(1, press)
    assert floor.window(1).state is WindowState.CLOSED


def test_a_citizen_who_gives_up_when_called_frees_the_window(floor: Floor) -> None:
    floor.open()
    for number in (1, 2):
        ticket = floor.take()
        floor.next(number)
        if number == 2:
            floor.at(2, c.CloseWindow)
        floor.do(c.Cancel(ticket.id))
    assert (floor.window(1).ticket, floor.window(1).state) == (None, WindowState.OPEN)
    assert (floor.window(2).ticket, floor.window(2).state) == (None, WindowState.CLOSED)


@pytest.mark.parametrize(("press", "left"), [(None, State.WAITING), (c.Start, State.PARKED)])
def test_a_manager_releases_a_window_whose_clerk_has_gone(
    floor: Floor, press: type | None, left: State
) -> None:
    floor.open(1)
    first = floor.take()
    floor.take()
    floor.next(1)
    if press:
        floor.at(1, press)
    assert refused(floor, c.ReleaseWindow(ONE), clerk_of(1)) == ("forbidden", None)
    floor.do(c.ReleaseWindow(ONE))
    assert (first.state, floor.window(1).state) == (left, WindowState.CLOSED)
    assert refused(floor, c.ReleaseWindow(ONE)) == ("window-not-open", "closed")
    floor.open(1)
    assert floor.next(1) is (first if left is State.WAITING else floor.day.tickets[TicketId("t2")])


# --- who may act --------------------------------------------------------------------------------------


def test_a_closed_window_is_nobodys(floor: Floor) -> None:
    for actor in (clerk_of(1), MANAGER, KEYPAD):
        assert refused(floor, c.CallNext(ONE), actor) == ("window-not-open", "closed")
        assert refused(floor, c.PauseWindow(ONE), actor) == ("window-not-open", "closed")
        assert refused(floor, c.Recall(ONE), actor) == ("no-ticket", "closed")
        assert refused(floor, c.UndoLast(ONE), actor) == ("no-ticket", "closed")


def test_nobody_acts_at_anothers_window(floor: Floor) -> None:
    floor.open(1)
    for actor in (clerk_of(2), Actor("evaluator", window=ONE), Actor("kp", Power.KEYPAD, window=TWO)):
        assert refused(floor, c.CallNext(ONE), actor) == ("forbidden", None)
        assert refused(floor, c.CloseWindow(ONE), actor) == ("forbidden", None)


def test_a_parked_ticket_is_passed_on_only_from_a_window_at_work(floor: Floor) -> None:
    floor.open(1)
    ticket = floor.take()
    floor.next(1)
    floor.at(1, c.Park)
    passed_on = c.Transfer(TWO, FEES, ticket=ticket.id)
    assert refused(floor, passed_on, clerk_of(2)) == ("window-not-open", "closed")
    floor.open(2)
    floor.do(passed_on, clerk_of(2))
    assert ticket.state is State.WAITING


# --- calling ------------------------------------------------------------------------------------------


def test_next_with_a_citizen_says_what_becomes_of_him(floor: Floor) -> None:
    floor.open(1)
    first, second = floor.take(), floor.take()
    floor.next(1)
    assert refused(floor, c.CallNext(ONE), clerk_of(1)) == ("window-busy", "called")
    assert floor.next(1, Closing.NO_SHOW) is second
    assert first.state is State.MISSED
    floor.at(1, c.Start)
    assert refused(floor, c.CallNext(ONE, Closing.NO_SHOW), clerk_of(1)) == ("wrong-state", "serving")
    assert floor.next(1, Closing.FINISH) is None
    assert second.state is State.FINISHED
    assert floor.next(1, Closing.PARK) is None


def test_one_press_can_call_the_same_visit_to_its_next_step(floor: Floor) -> None:
    """It came first, so nobody who came later goes before it."""
    floor.open(1)
    visit = floor.take("permit", "tax")
    later = floor.take("tax")
    assert floor.next(1) is visit
    called = floor.at(1, c.CallNext, Closing.FINISH)[-1]
    assert isinstance(called, TicketCalled)
    assert (called.ticket, called.passed) == (visit.id, ())
    assert floor.next(1, Closing.FINISH) is later


def test_a_named_call_is_recorded_with_whom_it_passed(floor: Floor) -> None:
    floor.open(1)
    first, second = floor.take(), floor.take()
    (called,) = floor.at(1, c.CallNamed, second.id, "flight at noon")
    assert isinstance(called, TicketCalled)
    assert (called.rule, called.passed, called.reason) == (Rule.NAMED, (first.id,), "flight at noon")
    assert refused(floor, c.CallNamed(ONE, first.id), clerk_of(1)) == ("window-busy", "called")


def test_recalls_are_limited(floor: Floor) -> None:
    floor.open(1)
    ticket = floor.take(needs=(Need.DEAF,))
    floor.next(1)
    for _ in range(floor.day.plan.missed.recalls):
        floor.at(1, c.Recall)
    assert refused(floor, c.Recall(ONE), clerk_of(1)) == ("wrong-state", "called")
    calls = list(floor.day.calls.values())
    assert len(calls) == 1 + ticket.step.recalls
    assert all(call.flash and call.id == f"2026-10-26/{n}" for n, call in enumerate(calls, 1))


# --- transfers ----------------------------------------------------------------------------------------


def test_a_transfer_keeps_number_and_time_of_waiting(floor: Floor) -> None:
    floor.open(1)
    moved = floor.take()
    others = [floor.take(group=FEES) for _ in range(2)]
    queued_at, arrived_at = moved.step.queued_at, moved.step.arrived_at
    floor.next(1)
    floor.at(1, c.Transfer, FEES, note="needs a receipt")
    assert (moved.step.queued_at, moved.step.arrived_at, moved.note) == (
        queued_at, arrived_at, "needs a receipt"
    )  # fmt: skip
    assert (moved.number, moved.step.group, moved.step.called_at) == ("A001", FEES, None)
    assert floor.next(1) is moved
    assert floor.next(1, Closing.FINISH) is others[0]


def test_a_ticket_sent_to_a_window_waits_for_it(floor: Floor) -> None:
    floor.open(1, 2)
    ticket = floor.take()
    floor.next(2)
    floor.at(2, c.Transfer, to_window=ONE)
    assert floor.next(2) is None
    (called,) = floor.at(1, c.CallNext)
    assert isinstance(called, TicketCalled)
    assert (called.ticket, called.rule) == (ticket.id, Rule.SENT)


def test_a_ticket_can_be_sent_back_to_the_same_clerk(floor: Floor) -> None:
    floor.open(1, 2)
    ticket = floor.take()
    floor.next(1)
    floor.at(1, c.Transfer, to_window=ONE)
    assert floor.next(2) is None
    assert floor.next(1) is ticket


@pytest.mark.parametrize("gone", ["closed", "other groups"])
def test_a_ticket_sent_where_nobody_works_for_it_goes_to_all(floor: Floor, gone: str) -> None:
    floor.open(1, 2)
    ticket = floor.take()
    floor.next(2)
    floor.at(2, c.Transfer, to_window=ONE)
    if gone == "closed":
        floor.at(1, c.CloseWindow)
    else:
        floor.do(c.SetWindow(ONE, (FEES,)))
    assert floor.next(2) is ticket


def test_a_transfer_to_a_window_keeps_a_group_that_it_serves() -> None:
    plan = a_plan()
    limited = replace(plan.windows[TWO], groups=(FEES,))
    floor = Floor(a_day(replace(plan, windows={**plan.windows, TWO: limited})))
    floor.open(1, 2)
    ticket = floor.take()
    floor.next(1)
    floor.at(1, c.Transfer, to_window=TWO)
    assert ticket.step.group == FEES
    floor.next(2)
    floor.at(2, c.Transfer, to_window=ONE)
    assert ticket.step.group == FEES


def test_a_transfer_names_one_target(floor: Floor) -> None:
    floor.open(1)
    floor.take()
    floor.next(1)
    for target in ({}, {"group": FEES, "to_window": TWO}, {"group": "x"}, {"to_window": 99}):
        assert refused(floor, c.Transfer(ONE, **target), clerk_of(1)) == ("invalid", None)


# --- groups and plan ----------------------------------------------------------------------------------


def test_groups_change_during_the_day(floor: Floor) -> None:
    floor.open(1)
    floor.take()
    fee = floor.take(group=FEES)
    floor.do(c.SetWindow(ONE, (FEES, FEES)))
    assert floor.window(1).groups == (FEES,)
    assert floor.do(c.SetWindow(ONE, (FEES,))) == []
    assert floor.next(1) is fee
    assert refused(floor, c.SetWindow(ONE, ())) == ("invalid", None)
    assert refused(floor, c.SetWindow(ONE, (GENERAL,)), clerk_of(1)) == ("forbidden", None)


def test_a_plan_that_lacks_what_is_in_use_is_refused(floor: Floor) -> None:
    plan = floor.day.plan
    floor.open(3)
    floor.take("permit", "tax")
    without_fees = {id: group for id, group in plan.groups.items() if id != FEES}
    assert refused(floor, c.ChangePlan(replace(plan, groups=without_fees))) == ("wrong-state", "waiting")
    renamed = {**plan.groups, GENERAL: replace(plan.groups[GENERAL], letter="Z")}
    assert refused(floor, c.ChangePlan(replace(plan, groups=renamed)))[0] == "wrong-state"
    assert refused(floor, c.ChangePlan(a_plan(windows=2))) == ("wrong-state", "open")
    floor.at(3, c.CloseWindow)
    floor.do(c.ChangePlan(a_plan(windows=2)))
    assert list(floor.day.windows) == [1, 2]
    floor.do(c.ChangePlan(a_plan(windows=4)))
    assert list(floor.day.windows) == [1, 2, 3, 4]


# --- what a window does and says today ---------------------------------------------------------------


def test_a_plate_is_set_for_the_day_and_goes_back_to_the_plans(floor: Floor) -> None:
    plate = {"zh": "企业专窗", "en": "Companies"}
    floor.do(c.SetWindow(ONE, plate=plate))
    assert floor.window(1).plate == plate
    assert floor.do(c.SetWindow(ONE, plate=plate)) == []
    assert refused(floor, c.SetWindow(ONE, plate={}), clerk_of(1)) == ("forbidden", None)
    floor.do(c.SetWindow(ONE, plate={}))
    assert floor.window(1).plate is None


def test_what_the_plan_says_anyway_is_no_word_of_a_manager() -> None:
    plate = {"zh": "企业专窗", "en": "Companies"}
    plan = a_plan()
    floor = Floor(a_day(replace(plan, windows={ONE: replace(plan.windows[ONE], plate=plate)})))
    assert floor.do(c.SetWindow(ONE, plate=plate)) == []
    floor.do(c.SetWindow(ONE, plate={"zh": "午间专窗", "en": "Noon"}))
    floor.do(c.SetWindow(ONE, plate=plate))
    assert floor.window(1).plate is None


# --- hand-over ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("press", [None, c.Start, c.PauseWindow, c.CloseWindow])
def test_a_colleague_takes_over_the_window_with_the_citizen(floor: Floor, press: type | None) -> None:
    floor.open(1)
    ticket = floor.take()
    floor.next(1)
    if press:
        floor.at(1, press)
    was, before = ticket.state, floor.now
    floor.changes.intervals.clear()
    floor.do(c.HandOverWindow(ONE, LI), clerk_of(1))
    window = floor.window(1)
    assert (window.clerk, window.state, window.ticket) == (LI, WindowState.OPEN, ticket.id)
    assert (ticket.state, ticket.step.clerk) == (was, "li")
    [interval] = floor.changes.intervals
    assert (interval.clerk, interval.state, interval.end) == ("clerk1", was, before + 1)
    li = Actor("li", Power.CLERK, LI)
    assert refused(floor, c.Finish(ONE), clerk_of(1)) == ("forbidden", None)
    floor.do(c.Finish(ONE), li)
    assert (floor.changes.intervals[-1].clerk, ticket.step.clerk) == ("li", "li")


def test_who_took_over_takes_back_no_press_of_another(floor: Floor) -> None:
    floor.open(1)
    floor.take()
    floor.next(1)
    floor.at(1, c.Finish)
    floor.do(c.HandOverWindow(ONE, LI), clerk_of(1))
    assert refused(floor, c.UndoLast(ONE), Actor("li", Power.CLERK, LI)) == ("no-ticket", "open")


def test_a_window_is_handed_over_by_its_clerk_to_somebody_free(floor: Floor) -> None:
    assert refused(floor, c.HandOverWindow(ONE, LI), clerk_of(1)) == ("window-not-open", "closed")
    floor.open(1, 2)
    assert refused(floor, c.HandOverWindow(ONE, LI), clerk_of(2)) == ("forbidden", None)
    two = clerk_of(2).clerk
    assert two
    assert refused(floor, c.HandOverWindow(ONE, two), clerk_of(1)) == ("clerk-elsewhere", "open")
    one = clerk_of(1).clerk
    assert one
    assert refused(floor, c.HandOverWindow(ONE, one), clerk_of(1)) == ("invalid", None)
    floor.do(c.HandOverWindow(ONE, LI), MANAGER)
    assert floor.window(1).clerk == LI
