"""The day in memory, and `apply`: the only place where it changes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import singledispatch

from queue_server.hall import events as e
from queue_server.hall.changes import Changes, Interval
from queue_server.hall.dispatch import Queues, Staffed, Taker, Waiting
from queue_server.hall.help_requests import HelpRequest
from queue_server.hall.model import (
    AT_A_WINDOW,
    ENDED,
    Alert,
    Appointment,
    Ask,
    Call,
    CallKind,
    GroupId,
    HallPlan,
    Instant,
    Need,
    Notice,
    Override,
    Rule,
    Seconds,
    State,
    Step,
    Ticket,
    TicketId,
    TicketNumber,
    Undo,
    Window,
    WindowNumber,
    WindowState,
)

CALLS_SHOWN = 10
"""So many last calls are in a board's snapshot."""


@dataclass(slots=True)
class Day:
    """The hall's business day. Everything the rules look at, and nothing else."""

    plan: HallPlan
    date: str
    began_at: Instant
    override: Override = Override.NONE
    override_reason: str = ""
    tickets: dict[TicketId, Ticket] = field(default_factory=dict)
    windows: dict[WindowNumber, Window] = field(default_factory=dict)
    calls: dict[str, Call] = field(default_factory=dict)
    appointments: dict[str, Appointment] = field(default_factory=dict)
    notices: dict[str, Notice] = field(default_factory=dict)
    alerts: dict[str, Alert] = field(default_factory=dict)
    helps: dict[str, HelpRequest] = field(default_factory=dict)
    """All requests for help of the day, those that are over too: their times are told."""
    queues: Queues = field(default_factory=Queues)
    numbers: dict[TicketNumber, TicketId] = field(default_factory=dict)
    last_number: Counter[GroupId] = field(default_factory=Counter)
    live_people: Counter[tuple[str, GroupId]] = field(default_factory=Counter)
    finished: dict[WindowNumber, tuple[int, float]] = field(default_factory=dict)
    foreseen: dict[GroupId, Seconds] = field(default_factory=dict)
    """A newcomer's wait by group, as last forecast."""

    def taker(self, number: WindowNumber) -> Taker:
        """Whom a window may serve today (its groups may differ from the plan's)."""
        plan = self.plan.windows[number]
        return Taker(number, self.windows[number].groups, plan.domains, plan.party)

    def staffed(self) -> Staffed:
        """The windows at which somebody works, be it in a pause, each with its groups."""
        return frozenset(
            (number, group)
            for number, window in self.windows.items()
            if window.state in (WindowState.OPEN, WindowState.PAUSED)
            for group in window.groups
        )

    def open_windows(self, group: GroupId) -> int:
        """How many windows call people of a group now."""
        return sum(w.state is WindowState.OPEN and group in w.groups for w in self.windows.values())

    def minutes(self, group: GroupId, services: tuple[str, ...]) -> float:
        """The usual minutes of a step: its items' together, or its group's."""
        known = [self.plan.services[s].minutes for s in services if s in self.plan.services]  # type: ignore[index]
        if known:
            return sum(known)
        return self.plan.groups[group].minutes if group in self.plan.groups else 0.0

    def window_of(self, ticket: Ticket) -> Window | None:
        """The window that the ticket is called to or served at."""
        step = ticket.step
        return self.windows.get(step.window) if step.window and step.state in AT_A_WINDOW else None


def new_day(plan: HallPlan, date: str, now: Instant) -> Day:
    """A day on which nothing has happened yet."""
    day = Day(plan, date, now)
    _lay_out_windows(day)
    return day


def waiting(day: Day, ticket: Ticket) -> Waiting:
    """A ticket as the queue sees it."""
    step = ticket.step
    services = [day.plan.services[s] for s in step.services if s in day.plan.services]
    parties = {service.party for service in services} - {None}
    return Waiting(
        ticket.id,
        step.group,
        ticket.queue_class,
        step.queued_at,
        ticket.order,
        step.arrived_at,
        day.minutes(step.group, step.services),
        step.only_window,
        frozenset(service.domain for service in services) if services else None,
        ticket.party or (parties.pop() if len(parties) == 1 else None),
    )


def restore(day: Day) -> None:
    """Rebuild what follows from the tickets, windows and calls: queues, numbers, counts."""
    day.queues, day.numbers = Queues(), {}
    day.last_number, day.live_people, day.finished = Counter(), Counter(), {}
    letters = {group.letter: group.id for group in day.plan.groups.values()}
    for ticket in day.tickets.values():
        day.numbers[ticket.number] = ticket.id
        group = letters.get(ticket.number[0])
        if group is not None:
            day.last_number[group] = max(day.last_number[group], ticket.order)
        if ticket.state is State.WAITING:
            day.queues.add(waiting(day, ticket))
        for step in ticket.steps:
            if step.state not in ENDED:
                _count_person(day, ticket, step, True)
            if step.state is State.FINISHED:
                _count_finished(day, step, 1)
    _lay_out_windows(day)


def apply(day: Day, event: e.Event, at: Instant, changes: Changes) -> None:
    """Make an event true. It never refuses: the rules have decided."""
    _apply(event, day, at, changes)


@singledispatch
def _apply(event: object, day: Day, at: Instant, changes: Changes) -> None:
    raise TypeError(f"no such event: {event!r}")


# --- tickets --------------------------------------------------------------------------------------


@_apply.register
def _(event: e.TicketTaken, day: Day, at: Instant, changes: Changes) -> None:
    ticket = event.ticket
    day.tickets[ticket.id] = ticket
    day.numbers[ticket.number] = ticket.id
    day.last_number[ticket.steps[0].group] = ticket.order
    for step in ticket.steps:
        _count_person(day, ticket, step, True)
    day.queues.add(waiting(day, ticket))
    changes.tickets[ticket.id] = None
    if event.appointment:
        day.appointments[event.appointment].ticket = ticket.id
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
    window.undo = Undo(ticket.id, ticket.current, event.was, at)
    window.ask = event.ask
    _enter(day, ticket, State.FINISHED, at, changes, event.window, step.clerk)
    step.started_at = step.started_at or step.called_at
    step.finished_at, step.results = at, event.results
    _count_finished(day, step, 1)
    _count_person(day, ticket, step, False)
    if ticket.current + 1 < len(ticket.steps):
        ticket.current += 1
        ticket.step.arrived_at = at
        _enter(day, ticket, State.WAITING, at, changes)


@_apply.register
def _(event: e.TicketMissed, day: Day, at: Instant, changes: Changes) -> None:
    ticket = day.tickets[event.ticket]
    day.windows[event.window].undo = Undo(ticket.id, ticket.current, State.CALLED, at)
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
    changes.tickets[ticket.id] = None


@_apply.register
def _(event: e.TicketParked, day: Day, at: Instant, changes: Changes) -> None:
    ticket = day.tickets[event.ticket]
    day.windows[event.window].undo = Undo(ticket.id, ticket.current, event.was, at)
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
    _count_person(day, ticket, ticket.step, False)
    ticket.step.only_window = event.to_window
    ticket.note = event.note or ticket.note
    _enter(day, ticket, State.WAITING, at, changes, group=event.group)
    _count_person(day, ticket, ticket.step, True)


@_apply.register
def _(event: e.TicketReturned, day: Day, at: Instant, changes: Changes) -> None:
    _enter(day, day.tickets[event.ticket], State.WAITING, at, changes)


@_apply.register
def _(event: e.PressUndone, day: Day, at: Instant, changes: Changes) -> None:
    ticket, window = day.tickets[event.ticket], day.windows[event.window]
    if ticket.state is State.WAITING:
        _enter(day, ticket, State.PENDING, at, changes)
    ticket.current = event.step
    step = ticket.step
    if step.state is State.FINISHED:
        _count_finished(day, step, -1)
        _count_person(day, ticket, step, True)
        step.results, step.finished_at = (), None
        if event.was is State.CALLED:
            step.started_at = None
    if step.state is State.MISSED:
        ticket.missed -= 1
    _enter(day, ticket, event.was, at, changes, event.window, step.clerk)
    window.undo = window.ask = None


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
            _count_person(day, ticket, step, False)
        ticket.steps[ticket.current :] = list(event.steps)
        changes.corrected.append(ticket.id)
        for step in ticket.steps[ticket.current :]:
            _count_person(day, ticket, step, True)
    ticket.priority = event.priority if event.priority is not None else ticket.priority
    ticket.needs = event.needs if event.needs is not None else ticket.needs
    ticket.note = event.note if event.note is not None else ticket.note
    if queued:
        day.queues.add(waiting(day, ticket))
    changes.tickets[ticket.id] = None
    if window := day.window_of(ticket):
        changes.windows[window.number] = None


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
    day.appointments[event.code].cancelled = True
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


@_apply.register
def _(event: e.HelpAsked, day: Day, at: Instant, changes: Changes) -> None:
    day.helps[event.request.id] = event.request
    changes.helps[event.request.id] = None


@_apply.register
def _(
    event: e.HelpAskedAgain | e.HelpTaken | e.HelpHandedOver | e.HelpEnded,
    day: Day,
    at: Instant,
    changes: Changes,
) -> None:
    request = day.helps[event.id]
    match event:
        case e.HelpAskedAgain():
            request.ask_again(event.reason)
        case e.HelpTaken():
            request.take(event.taker, at)
        case e.HelpHandedOver():
            request.hand_over(event.wanted, event.note)
        case e.HelpEnded():
            request.end(event.state, at, event.taker, event.note)
    changes.helps[request.id] = None


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
    day.tickets, day.calls, day.windows, day.helps = {}, {}, {}, {}
    day.appointments = {code: one for code, one in day.appointments.items() if _is_to_come(one, at)}
    day.notices = {id: one for id, one in day.notices.items() if not one.until or one.until > at}
    day.alerts = {id: one for id, one in day.alerts.items() if one.cleared_at is None}
    restore(day)
    changes.turned = changes.hall = changes.notices = True
    changes.windows.update(dict.fromkeys(day.windows))


def _is_answered(ticket: Ticket, ask: Ask) -> bool:
    """Whether all that an evaluator asks about has its rating."""
    step, rated = ticket.steps[ask.step], set(ticket.rated)
    return bool({"", step.id} & rated) or (bool(step.services) and set(step.services) <= rated)


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


def _end(day: Day, ticket: Ticket, state: State, at: Instant, changes: Changes) -> None:
    for step in ticket.steps[ticket.current :]:
        _count_person(day, ticket, step, False)
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
    )
    changes.calls[call] = None
    changes.new_calls.append(call)


def _count_person(day: Day, ticket: Ticket, step: Step, comes: bool) -> None:
    if ticket.id_hash and not ticket.agent:
        day.live_people[(ticket.id_hash, step.group)] += 1 if comes else -1


def _count_finished(day: Day, step: Step, by: int) -> None:
    if step.window and step.finished_at and step.started_at:
        count, seconds = day.finished.get(step.window, (0, 0.0))
        spent = step.finished_at - step.started_at
        day.finished[step.window] = (count + by, seconds + by * spent)
        if count + by == 0:
            del day.finished[step.window]


def _set_window(day: Day, number: WindowNumber, state: WindowState, at: Instant, changes: Changes) -> Window:
    window = day.windows[number]
    window.state, window.since = state, at
    changes.windows[number] = None
    return window


def _lay_out_windows(day: Day) -> None:
    """The plan's windows and no others, with no groups but the plan's."""
    laid_out = {}
    for number, planned in sorted(day.plan.windows.items()):
        window = day.windows.get(number) or Window(number, planned.groups)
        if not set(window.groups) <= set(day.plan.groups):
            window.groups = planned.groups
        laid_out[number] = window
    day.windows = laid_out
