"""Every cell of the table of states, tried on the real rules."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from functools import partial

import pytest

from queue_server.hall import commands as c
from queue_server.hall.commands import Closing, Command
from queue_server.hall.events import TicketEnded
from queue_server.hall.model import (
    TRANSITIONS,
    Action,
    Outcome,
    Result,
    ServiceId,
    State,
    Ticket,
    WindowNumber,
)
from queue_server.hall.refusal import Refused
from queue_server.hall.rules import decide
from queue_server.hall.state import apply
from tests.hall.days import FEES, MANAGER, Floor, clerk_of

ONE, TWO = WindowNumber(1), WindowNumber(2)
STATES = [state for state in State if state is not State.PENDING]


def a_ticket(floor: Floor, state: State, *services: str) -> Ticket:
    """A ticket in a state, reached at window 1 as people reach it."""
    ticket = floor.take(*services)
    if state is State.WAITING:
        return ticket
    if state is State.EXPIRED:
        apply(floor.day, TicketEnded(ticket.id, State.EXPIRED), floor.now, floor.changes)
        return ticket
    floor.next(1)
    presses: dict[State, list[type]] = {
        State.CALLED: [],
        State.SERVING: [c.Start],
        State.FINISHED: [c.Start, c.Finish],
        State.PARKED: [c.Start, c.Park],
        State.MISSED: [c.NoShow],
        State.CANCELLED: [],
    }
    for press in presses[state]:
        floor.at(1, press)
    if state is State.CANCELLED:
        floor.do(c.Cancel(ticket.id))
    assert ticket.state is state
    return ticket


COMMANDS: dict[Action, Callable[[Ticket], Command]] = {
    Action.NEXT: lambda t: c.CallNext(ONE),
    Action.CALL: lambda t: c.CallNamed(TWO, t.id, "asked for"),
    Action.RECALL: lambda t: c.Recall(ONE),
    Action.START: lambda t: c.Start(ONE),
    Action.FINISH: lambda t: c.Finish(ONE),
    Action.NO_SHOW: lambda t: c.NoShow(ONE),
    Action.REQUEUE: lambda t: c.Requeue(t.id),
    Action.PARK: lambda t: c.Park(ONE),
    Action.UNPARK: lambda t: c.Unpark(TWO, t.id),
    Action.TRANSFER: lambda t: c.Transfer(ONE, FEES, ticket=t.id if t.state is State.PARKED else None),
    Action.CANCEL: lambda t: c.Cancel(t.id),
    Action.LATE: lambda t: c.LetOthersGo(t.id),
    Action.UNDO: lambda t: c.UndoLast(ONE),
    Action.RELEASE: lambda t: c.ReleaseWindow(ONE),
}
OF_THE_TICKET = {Action.REQUEUE, Action.CANCEL, Action.LATE, Action.CALL, Action.UNPARK}


def cells() -> list[tuple[Action, State]]:
    return [(action, state) for action in COMMANDS for state in STATES]


@pytest.mark.parametrize(("action", "state"), cells())
def test_each_move_of_the_table_and_no_other(action: Action, state: State) -> None:
    floor = Floor()
    floor.open()
    ticket = a_ticket(floor, state)
    command = COMMANDS[action](ticket)
    if state in TRANSITIONS[action] and not (action is Action.UNDO and state is State.WAITING):
        floor.do(command)
        assert ticket.state in TRANSITIONS[action][state]
        return
    refusal = None
    try:
        floor.do(command)
    except Refused as refused:
        refusal = refused
    assert ticket.state is state
    if action in (Action.NEXT, Action.RELEASE):
        return  # These are of the window: with nobody there they do nothing to this ticket.
    assert refusal is not None
    if action in OF_THE_TICKET or floor.window(1).ticket:
        assert (refusal.code, refusal.state) == ("wrong-state", state)
    else:
        assert (refusal.code, refusal.state) == ("no-ticket", "open")


@pytest.mark.parametrize("state", STATES)
def test_the_days_end(state: State) -> None:
    floor = Floor()
    floor.open()
    ticket = a_ticket(floor, state)
    events = decide(floor.day, c.TurnDay("2026-10-27"), MANAGER, floor.now)
    ended = [event.state for event in events if isinstance(event, TicketEnded)]
    assert ended == list(TRANSITIONS[Action.END_DAY].get(state, []))
    for event in events[:-1]:
        apply(floor.day, event, floor.now, floor.changes)
    assert ticket.state in TRANSITIONS[Action.END_DAY].get(state, {state})
    apply(floor.day, events[-1], floor.now, floor.changes)
    assert floor.day.tickets == {} and floor.day.date == "2026-10-27"
    assert floor.take().number == "A001"


def test_a_finish_leads_to_the_next_step_and_the_last_one_ends_the_visit() -> None:
    floor = Floor()
    floor.open()
    ticket = floor.take("collect", "tax", "permit")
    assert [step.group for step in ticket.steps] == ["general", "fees", "issuing"]
    for expected in ("fees", "issuing"):
        floor.next(1)
        floor.at(1, c.Finish)
        assert (ticket.state, ticket.step.group) == (State.WAITING, expected)
    floor.next(1)
    floor.at(1, c.Finish)
    assert ticket.state is State.FINISHED


def test_finish_counts_as_started_when_called() -> None:
    floor = Floor()
    floor.open()
    ticket = floor.take()
    floor.next(1)
    floor.let_pass(5)
    floor.at(1, c.Finish)
    assert ticket.step.started_at == ticket.step.called_at
    assert floor.day.finished[ONE] == (1, 301.0)


def test_only_the_services_named_are_recorded_as_done() -> None:
    floor = Floor()
    floor.open()
    ticket = floor.take("permit", "card")
    floor.next(1)
    with pytest.raises(Refused) as refused:
        floor.at(1, c.Finish, ("tax",))
    assert (refused.value.code, refused.value.field) == ("invalid", "services")
    floor.at(1, c.Finish, (ServiceId("card"),), Outcome.PAPERS_MISSING, "photo")
    assert ticket.step.results == (
        Result(ServiceId("permit"), False, None),
        Result(ServiceId("card"), True, Outcome.PAPERS_MISSING, "photo"),
    )


def test_a_window_may_not_simply_say_no() -> None:
    floor = Floor()
    floor.open()
    floor.take("permit")
    floor.next(1)
    with pytest.raises(Refused) as refused:
        floor.at(1, c.Finish, None, Outcome.NOT_POSSIBLE, " ")
    assert (refused.value.code, refused.value.field) == ("invalid", "reason")
    floor.at(1, c.Finish, None, Outcome.NOT_POSSIBLE, "another district's matter")


# --- undo -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("was", [State.CALLED, State.SERVING])
@pytest.mark.parametrize("press", [c.Finish, c.Park, c.NoShow, partial(c.Transfer, group=FEES)])
def test_undo_leads_back_to_where_it_was(was: State, press: Callable[..., Command]) -> None:
    floor = Floor()
    floor.open()
    ticket = a_ticket(floor, was, "permit", "tax")
    if press is c.NoShow and was is State.SERVING:
        return
    before, stretches = deepcopy(ticket), list(floor.changes.intervals)
    floor.at(1, press)
    floor.at(1, c.UndoLast)
    assert (ticket, floor.window(1).ticket) == (before, ticket.id)
    assert floor.changes.intervals == stretches
    assert floor.window(1).ask is None


def test_a_parked_citizen_transferred_by_mistake_is_parked_again() -> None:
    """Also while somebody else, who was called before, is at the window."""
    floor = Floor()
    floor.open()
    ticket, other = a_ticket(floor, State.PARKED), floor.take()
    floor.next(1)
    before = deepcopy(ticket)
    floor.at(1, c.Transfer, FEES, ticket=ticket.id, note="pays first")
    floor.at(1, c.UndoLast)
    assert (ticket, floor.window(1).ticket) == (before, other.id)
    assert ticket.id not in floor.day.queues.tickets


def test_undo_not_of_a_transfer_whose_citizen_was_called_since() -> None:
    floor = Floor()
    floor.open()
    ticket = a_ticket(floor, State.SERVING)
    floor.at(1, c.Transfer, FEES)
    floor.next(2)
    assert (undo_refused(floor).code, ticket.state) == ("wrong-state", State.CALLED)


def test_undo_not_of_a_transfer_whose_citizen_let_others_go() -> None:
    floor = Floor()
    floor.open()
    ticket = a_ticket(floor, State.SERVING)
    floor.take(group=FEES)
    floor.at(1, c.Transfer, FEES)
    floor.do(c.LetOthersGo(ticket.id))
    assert (undo_refused(floor).code, ticket.lates) == ("no-ticket", 1)


def test_undo_not_of_a_start() -> None:
    floor = Floor()
    floor.open()
    ticket = a_ticket(floor, State.SERVING)
    assert (undo_refused(floor).code, ticket.state) == ("wrong-state", State.SERVING)


def undo_refused(floor: Floor) -> Refused:
    with pytest.raises(Refused) as refused:
        floor.at(1, c.UndoLast)
    return refused.value


def test_undo_only_within_seconds() -> None:
    floor = Floor()
    floor.open()
    ticket = a_ticket(floor, State.FINISHED)
    floor.let_pass(0.25)
    refusal = undo_refused(floor)
    assert (refusal.code, refusal.text, refusal.state) == ("wrong-state", "undo-too-late", "finished")
    assert ticket.state is State.FINISHED


def test_undo_not_after_the_window_has_called_somebody() -> None:
    floor = Floor()
    floor.open()
    floor.take()
    floor.take()
    floor.next(1)
    floor.next(1, Closing.FINISH)
    refusal = undo_refused(floor)
    assert (refusal.code, refusal.text, refusal.state) == ("wrong-state", "called-since", "called")


def test_undo_after_a_next_that_called_nobody() -> None:
    floor = Floor()
    floor.open()
    ticket = floor.take()
    floor.next(1)
    assert floor.next(1, Closing.PARK) is None
    floor.at(1, c.UndoLast)
    assert ticket.state is State.CALLED


def test_undo_not_when_the_citizen_has_moved_on_meanwhile() -> None:
    """Missed here, called by name and missed there: this window's press is not the last one."""
    floor = Floor()
    floor.open()
    ticket = a_ticket(floor, State.MISSED)
    floor.at(2, c.CallNamed, ticket.id)
    floor.at(2, c.NoShow)
    assert undo_refused(floor).code == "wrong-state"
    assert ticket.missed == 2


def test_undo_not_after_the_rating() -> None:
    floor = Floor()
    floor.open()
    ticket = a_ticket(floor, State.FINISHED)
    floor.do(c.Rate("r1", ticket.id, 5))
    assert undo_refused(floor).code == "rated"


def test_undo_not_for_who_sits_down_later() -> None:
    floor = Floor()
    floor.open(1)
    a_ticket(floor, State.FINISHED)
    floor.at(1, c.CloseWindow)
    floor.do(c.OpenWindow(ONE), clerk_of(9))
    with pytest.raises(Refused) as refused:
        floor.do(c.UndoLast(ONE), clerk_of(9))
    assert refused.value.code == "no-ticket"
