"""`apply`: the only place where the day changes, with `state_beside` for what stands beside tickets."""

from __future__ import annotations

from dataclasses import replace
from functools import singledispatch

from queue_server.hall import events as e
from queue_server.hall import state_beside
from queue_server.hall.changes import Changes, Interval
from queue_server.hall.day import Day, count_finished, count_person, restore, waiting
from queue_server.hall.model import (
    AT_A_WINDOW,
    ENDED,
    Appointment,
    Ask,
    Call,
    CallKind,
    GroupId,
    Instant,
    Need,
    Override,
    Priority,
    Rule,
    State,
    Ticket,
    Undo,
    Window,
    WindowNumber,
    WindowState,
)
from queue_server.hall.reach import reach


def apply(day: Day, event: e.Event, at: Instant, changes: Changes) -> None:
    """Make an event true. It never refuses: the rules have decided."""
    _apply(event, day, at, changes)


@singledispatch
def _apply(event: object, day: Day, at: Instant, changes: Changes) -> None:
    """What is neither a ticket's move, nor a window's, nor the hall's stands beside them."""
    state_beside.apply(event, day, at, changes)


# --- tickets --------------------------------------------------------------------------------------


@_apply.register
def _(event: e.TicketTaken, day: Day, at: Instant, changes: Changes) -> None:
    ticket = event.ticket
    day.tickets[ticket.id] = ticket
    day.numbers[ticket.number] = ticket.id
    day.last_number[ticket.steps[0].group] = ticket.order
    day.given[ticket.steps[0].group] += 1
    for step in ticket.steps:
        count_person(day, ticket, step, True)
    day.queues.add(waiting(day, ticket))
    changes.tickets[ticket.id] = None
    if ticket.phone:
        changes.phones[ticket.id] = None
    if event.appointment:
        one = day.appointments[event.appointment]
        one.ticket, one.phone = ticket.id, b""
        changes.appointments[event.appointment] = None


@_apply.register
def _(event: e.TicketCalled, day: Day, at: Instant, changes: Changes) -> None:
    ticket, window = day.tickets[event.ticket], day.windows[event.window]
    step = ticket.step
    _enter(day, ticket, State.CALLED, at, changes, event.window, event.clerk)
    step.called_at, step.recalls, step.started_at = at, 0, None
    window.turn, window.undo = event.turn, None
    _add_call(day, ticket, event.window, event.call, CallKind.CALL, event.rule, at, changes)


@_apply.register
def _(event: e.TicketRecalled, day: Day, at: Instant, changes: Changes) -> None:
    ticket = day.tickets[event.ticket]
    ticket.step.recalls += 1
    changes.tickets[ticket.id] = None
    changes.windows[event.window] = None
    _add_call(day, ticket, event.window, event.call, CallKind.RECALL, Rule.NAMED, at, changes)


@_apply.register
def _(event: e.ServiceStarted, day: Day, at: Instant, changes: Changes) -> None:
    ticket = day.tickets[event.ticket]
    _enter(day, ticket, State.SERVING, at, changes, event.window, ticket.step.clerk)
    ticket.step.started_at = at


@_apply.register
def _(event: e.StepFinished, day: Day, at: Instant, changes: Changes) -> None:
    ticket, window = day.tickets[event.ticket], day.windows[event.window]
    step = ticket.step
    _remember(day, ticket, event.window, State.FINISHED, at)
    window.ask = event.ask
    _enter(day, ticket, State.FINISHED, at, changes, event.window, step.clerk)
    step.started_at = step.started_at or step.called_at
    step.finished_at, step.results = at, event.results
    count_finished(day, step, 1)
    count_person(day, ticket, step, False)
    if ticket.current + 1 < len(ticket.steps):
        ticket.current += 1
        ticket.step.arrived_at = at
        _enter(day, ticket, State.WAITING, at, changes)


@_apply.register
def _(event: e.TicketMissed, day: Day, at: Instant, changes: Changes) -> None:
    ticket = day.tickets[event.ticket]
    _remember(day, ticket, event.window, State.MISSED, at)
    _enter(day, ticket, State.MISSED, at, changes, event.window, ticket.step.clerk)
    ticket.missed += 1


@_apply.register
def _(event: e.TicketRequeued, day: Day, at: Instant, changes: Changes) -> None:
    ticket = day.tickets[event.ticket]
    ticket.step.queued_at, ticket.step.only_window = event.queued_at, None
    _enter(day, ticket, State.WAITING, at, changes)


@_apply.register
def _(event: e.TicketDeferred, day: Day, at: Instant, changes: Changes) -> None:
    ticket = day.tickets[event.ticket]
    day.queues.remove(ticket.id)
    ticket.lates += 1
    ticket.step.queued_at = event.queued_at
    day.queues.add(waiting(day, ticket))
    _forget(day, ticket, changes)
    changes.tickets[ticket.id] = None


@_apply.register
def _(event: e.TicketParked, day: Day, at: Instant, changes: Changes) -> None:
    ticket = day.tickets[event.ticket]
    _remember(day, ticket, event.window, State.PARKED, at)
    _enter(day, ticket, State.PARKED, at, changes, event.window, ticket.step.clerk)


@_apply.register
def _(event: e.TicketUnparked, day: Day, at: Instant, changes: Changes) -> None:
    ticket = day.tickets[event.ticket]
    _enter(day, ticket, State.SERVING, at, changes, event.window, event.clerk)
    ticket.step.started_at = ticket.step.started_at or at
    day.windows[event.window].undo = None


@_apply.register
def _(event: e.TicketTransferred, day: Day, at: Instant, changes: Changes) -> None:
    ticket = day.tickets[event.ticket]
    _remember(day, ticket, event.window, State.WAITING, at)
    changes.windows[event.window] = None
    count_person(day, ticket, ticket.step, False)
    ticket.step.only_window = event.to_window
    ticket.note = event.note or ticket.note
    _enter(day, ticket, State.WAITING, at, changes, group=event.group)
    count_person(day, ticket, ticket.step, True)


@_apply.register
def _(event: e.TicketReturned, day: Day, at: Instant, changes: Changes) -> None:
    _enter(day, day.tickets[event.ticket], State.WAITING, at, changes)


@_apply.register
def _(event: e.PressUndone, day: Day, at: Instant, changes: Changes) -> None:
    """All is as if the press had never been: its citizen's stretch goes on from where it began."""
    ticket, window = day.tickets[event.ticket], day.windows[event.window]
    last = window.undo
    assert last is not None
    if ticket.state is State.WAITING:
        day.queues.remove(ticket.id)
    if last.led is State.FINISHED:
        count_finished(day, ticket.steps[last.step], -1)
        window.ask = None
    ticket.missed -= last.led is State.MISSED
    _put_back(day, ticket, last)
    if last.was in AT_A_WINDOW:
        window.ticket = ticket.id
    window.undo, window.undone_at = None, at
    changes.withdraw(ticket.id, ticket.step.since, last.at)
    changes.tickets[ticket.id] = changes.windows[window.number] = None


@_apply.register
def _(event: e.TicketCancelled, day: Day, at: Instant, changes: Changes) -> None:
    _end(day, day.tickets[event.ticket], State.CANCELLED, at, changes)


@_apply.register
def _(event: e.TicketEnded, day: Day, at: Instant, changes: Changes) -> None:
    _end(day, day.tickets[event.ticket], event.state, at, changes)


@_apply.register
def _(event: e.TicketCorrected, day: Day, at: Instant, changes: Changes) -> None:
    ticket = day.tickets[event.ticket]
    queued = ticket.state is State.WAITING
    if queued:
        day.queues.remove(ticket.id)
    if event.steps is not None:
        for step in ticket.steps[ticket.current :]:
            count_person(day, ticket, step, False)
        ticket.steps[ticket.current :] = list(event.steps)
        changes.corrected.append(ticket.id)
        _forget(day, ticket, changes)
        for step in ticket.steps[ticket.current :]:
            count_person(day, ticket, step, True)
    if event.priority is not None:
        ticket.priority, ticket.priority_checked = event.priority, ""
    ticket.needs = event.needs if event.needs is not None else ticket.needs
    if event.note is not None:
        ticket.note = event.note
        _forget(day, ticket, changes)
    if queued:
        day.queues.add(waiting(day, ticket))
    _show_ticket(day, ticket, changes)


@_apply.register
def _(event: e.MaterialsTicked, day: Day, at: Instant, changes: Changes) -> None:
    day.tickets[event.ticket].materials = event.has
    _show_ticket(day, day.tickets[event.ticket], changes)


@_apply.register
def _(event: e.PriorityConfirmed, day: Day, at: Instant, changes: Changes) -> None:
    day.tickets[event.ticket].priority_checked = event.by
    _show_ticket(day, day.tickets[event.ticket], changes)


@_apply.register
def _(event: e.PriorityRemoved, day: Day, at: Instant, changes: Changes) -> None:
    ticket = day.tickets[event.ticket]
    queued = ticket.state is State.WAITING
    if queued:
        day.queues.remove(ticket.id)
    ticket.priority, ticket.priority_checked = Priority.NONE, ""
    if queued:
        day.queues.add(waiting(day, ticket))
    _show_ticket(day, ticket, changes)


@_apply.register
def _(event: e.SecretRenewed, day: Day, at: Instant, changes: Changes) -> None:
    day.tickets[event.ticket].secret_version += 1
    changes.tickets[event.ticket] = None


# --- windows --------------------------------------------------------------------------------------


@_apply.register
def _(event: e.WindowOpened, day: Day, at: Instant, changes: Changes) -> None:
    window = _set_window(day, event.window, WindowState.OPEN, at, changes)
    window.clerk, window.pause_reason = event.clerk, ""


@_apply.register
def _(event: e.WindowPaused, day: Day, at: Instant, changes: Changes) -> None:
    _set_window(day, event.window, WindowState.PAUSED, at, changes).pause_reason = event.reason


@_apply.register
def _(event: e.WindowClosing, day: Day, at: Instant, changes: Changes) -> None:
    _set_window(day, event.window, WindowState.CLOSING, at, changes)


@_apply.register
def _(event: e.WindowClosed, day: Day, at: Instant, changes: Changes) -> None:
    window = _set_window(day, event.window, WindowState.CLOSED, at, changes)
    window.clerk, window.pause_reason, window.ticket, window.undo = None, "", None, None


@_apply.register
def _(event: e.WindowHandedOver, day: Day, at: Instant, changes: Changes) -> None:
    window = _set_window(day, event.window, WindowState.OPEN, at, changes)
    window.clerk, window.pause_reason, window.undo = event.clerk, "", None
    if event.ticket:
        step = day.tickets[event.ticket].step
        # Up to here it is the one's work, from here on the other's; the citizen notices nothing.
        changes.intervals.append(_interval(day.tickets[event.ticket], at))
        step.since, step.clerk = at, event.clerk.username
        changes.tickets[event.ticket] = None


@_apply.register
def _(event: e.PlateSet, day: Day, at: Instant, changes: Changes) -> None:
    day.windows[event.window].plate = event.plate
    changes.windows[event.window] = None


@_apply.register
def _(event: e.GroupsSet, day: Day, at: Instant, changes: Changes) -> None:
    day.windows[event.window].groups = event.groups
    changes.windows[event.window] = None


# --- the hall -------------------------------------------------------------------------------------


@_apply.register
def _(event: e.HallSet, day: Day, at: Instant, changes: Changes) -> None:
    day.override, day.override_reason = event.override, event.reason
    changes.hall = True


@_apply.register
def _(event: e.ServiceRated, day: Day, at: Instant, changes: Changes) -> None:
    ticket = day.tickets[event.rating.ticket]
    ticket.rated = (*ticket.rated, event.slot)
    changes.tickets[ticket.id] = None
    changes.ratings.append(event.rating)
    for window in day.windows.values():
        if window.ask and window.ask.ticket == ticket.id and _is_answered(ticket, window.ask):
            window.ask = None
            changes.windows[window.number] = None


@_apply.register
def _(event: e.AppointmentMade, day: Day, at: Instant, changes: Changes) -> None:
    day.appointments[event.appointment.code] = event.appointment
    changes.appointments[event.appointment.code] = None


@_apply.register
def _(event: e.AppointmentCancelled, day: Day, at: Instant, changes: Changes) -> None:
    one = day.appointments[event.code]
    one.cancelled, one.phone = True, b""
    changes.appointments[event.code] = None


@_apply.register
def _(event: e.BookedPhoneForgotten, day: Day, at: Instant, changes: Changes) -> None:
    day.appointments[event.code].phone = b""
    changes.appointments[event.code] = None


@_apply.register
def _(event: e.NoticePosted, day: Day, at: Instant, changes: Changes) -> None:
    day.notices[event.notice.id] = event.notice
    changes.notices = True


@_apply.register
def _(event: e.NoticeWithdrawn, day: Day, at: Instant, changes: Changes) -> None:
    del day.notices[event.id]
    changes.notices = True


@_apply.register
def _(event: e.CallAnnounced, day: Day, at: Instant, changes: Changes) -> None:
    day.calls[event.call].announced.add(event.board)
    changes.calls[event.call] = None


@_apply.register
def _(event: e.AlertRaised, day: Day, at: Instant, changes: Changes) -> None:
    day.alerts[event.alert.id] = event.alert
    changes.alerts[event.alert.id] = None


@_apply.register
def _(event: e.AlertCleared, day: Day, at: Instant, changes: Changes) -> None:
    day.alerts[event.id].cleared_at = at
    changes.alerts[event.id] = None


@_apply.register
def _(event: e.AlertAcked, day: Day, at: Instant, changes: Changes) -> None:
    day.alerts[event.id].acked_by = event.by
    changes.alerts[event.id] = None


# --- the plan and the day -------------------------------------------------------------------------


@_apply.register
def _(event: e.PlanChanged, day: Day, at: Instant, changes: Changes) -> None:
    old, day.plan = day.plan, event.plan
    for number, planned in event.plan.windows.items():
        if number in day.windows and old.windows[number].groups != planned.groups:
            day.windows[number].groups = planned.groups
    restore(day)
    changes.plan = changes.hall = True
    changes.windows.update(dict.fromkeys(day.windows))


@_apply.register
def _(event: e.DayTurned, day: Day, at: Instant, changes: Changes) -> None:
    day.date, day.began_at = event.day, at
    day.override, day.override_reason = Override.NONE, ""
    day.tickets, day.calls, day.windows, day.helps, day.slips = {}, {}, {}, {}, {}
    day.appointments = {code: one for code, one in day.appointments.items() if _is_to_come(one, at)}
    day.notices = {id: one for id, one in day.notices.items() if not one.until or one.until > at}
    day.alerts = {id: one for id, one in day.alerts.items() if one.cleared_at is None}
    restore(day)
    changes.turned = changes.hall = changes.notices = True
    changes.windows.update(dict.fromkeys(day.windows))


def _is_answered(ticket: Ticket, ask: Ask) -> bool:
    """Whether all that an evaluator asks about has its rating."""
    step, rated = ticket.steps[ask.step], set(ticket.rated)
    return bool({"", step.id} & rated) or (bool(step.done) and set(step.done) <= rated)


def _is_to_come(one: Appointment, at: Instant) -> bool:
    return one.end > at and not one.cancelled and one.ticket is None


# --- what several events share --------------------------------------------------------------------


def _enter(
    day: Day,
    ticket: Ticket,
    state: State,
    at: Instant,
    changes: Changes,
    window: WindowNumber | None = None,
    clerk: str = "",
    group: GroupId | None = None,
) -> None:
    """Move the current step into a state: its interval ends, the queue and window follow."""
    step = ticket.step
    if step.state is State.WAITING:
        day.queues.remove(ticket.id)
    if step.state is not State.PENDING:
        changes.intervals.append(_interval(ticket, at))
    for number in {step.window, window} - {None}:
        place = day.windows.get(number) if number else None
        if place:
            changes.windows[place.number] = None
            if state in AT_A_WINDOW and number == window:
                place.ticket = ticket.id
            elif place.ticket == ticket.id:
                place.ticket = None
    step.state, step.since, step.window, step.clerk = state, at, window, clerk
    step.group = group or step.group
    changes.tickets[ticket.id] = None
    if state is State.WAITING:
        step.called_at = step.started_at = None
        day.queues.add(waiting(day, ticket))


def _remember(day: Day, ticket: Ticket, window: WindowNumber, led: State, at: Instant) -> None:
    """Keep how a ticket stands right before a window's press."""
    before = tuple(replace(step) for step in ticket.steps[ticket.current : ticket.current + 2])
    day.windows[window].undo = Undo(ticket.id, ticket.current, at, led, before, ticket.note)


def _forget(day: Day, ticket: Ticket, changes: Changes) -> None:
    """Something was done to a ticket that a window could have taken back to before."""
    for window in day.windows.values():
        if window.undo and window.undo.ticket == ticket.id:
            window.undo = None
            changes.windows[window.number] = None


def _put_back(day: Day, ticket: Ticket, last: Undo) -> None:
    """The steps as they stood before the press."""
    pressed = slice(last.step, last.step + len(last.before))
    for step in ticket.steps[pressed]:
        if step.state not in ENDED:
            count_person(day, ticket, step, False)
    ticket.steps[pressed] = [replace(step) for step in last.before]
    ticket.current, ticket.note = last.step, last.note
    for step in ticket.steps[pressed]:
        count_person(day, ticket, step, True)


def _show_ticket(day: Day, ticket: Ticket, changes: Changes) -> None:
    """Something about a ticket is new, also for the window that it is at."""
    changes.tickets[ticket.id] = None
    if window := day.window_of(ticket):
        changes.windows[window.number] = None


def _end(day: Day, ticket: Ticket, state: State, at: Instant, changes: Changes) -> None:
    for step in ticket.steps[ticket.current :]:
        count_person(day, ticket, step, False)
    step = ticket.step
    _enter(day, ticket, state, at, changes, step.window, step.clerk)
    step.finished_at = at if state is State.FINISHED else None
    for later in ticket.steps[ticket.current + 1 :]:
        later.state, later.since = State.EXPIRED if state is State.FINISHED else state, at


def _interval(ticket: Ticket, at: Instant) -> Interval:
    step = ticket.step
    return Interval(
        ticket.id, ticket.current, step.group, step.state, step.window, step.clerk, step.since, at
    )


def _add_call(
    day: Day,
    ticket: Ticket,
    window: WindowNumber,
    call: str,
    kind: CallKind,
    rule: Rule,
    at: Instant,
    changes: Changes,
) -> None:
    step = ticket.step
    day.calls[call] = Call(
        call,
        ticket.id,
        ticket.number,
        step.group,
        window,
        kind,
        at,
        ticket.language,
        Need.DEAF in ticket.needs,
        rule,
        step.queued_at,
        day.minutes(step.group, step.services),
        day.open_windows(step.group),
        reach=reach(day.plan.calls, step.recalls) if kind is CallKind.RECALL else (),
        slow=day.plan.missed.walk_seconds(ticket) > 0,
    )
    changes.calls[call] = None
    changes.new_calls.append(call)


def _set_window(day: Day, number: WindowNumber, state: WindowState, at: Instant, changes: Changes) -> Window:
    window = day.windows[number]
    window.state, window.since = state, at
    changes.windows[number] = None
    return window
