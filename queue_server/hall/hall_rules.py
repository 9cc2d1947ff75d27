"""The rules of the hall as a whole: opening and closing it, notices, calls said, alerts, the day."""

from __future__ import annotations

from typing import Literal

from queue_server.hall import commands as c
from queue_server.hall import events as e
from queue_server.hall.commands import Actor
from queue_server.hall.day import Day
from queue_server.hall.model import (
    AT_A_WINDOW,
    ENDED,
    Alert,
    GroupId,
    HallPlan,
    HallState,
    Instant,
    Notice,
    Override,
    State,
    Ticket,
    WindowNumber,
    WindowState,
)
from queue_server.hall.opening import business_day, hall_state
from queue_server.hall.refusal import Events, Refused, hall_standing, managers_only


def open_hall(day: Day, command: c.OpenHall, actor: Actor, now: Instant) -> Events:
    managers_only(actor)
    if day.override is Override.OPEN:
        return []
    if day.override is Override.CLOSED and hall_state(day.plan.hours, now) is HallState.OPEN:
        # An early closing is taken back: the hours count again, closing time and all.
        return [e.HallSet(Override.NONE, "")]
    return [e.HallSet(Override.OPEN, command.reason)]


def close_hall(day: Day, command: c.CloseHall, actor: Actor, now: Instant) -> Events:
    managers_only(actor)
    sent_home: Events = []
    if command.cancel_waiting:
        waiting = [t for t in day.tickets.values() if t.state is State.WAITING]
        sent_home = [e.TicketCancelled(ticket.id) for ticket in waiting]
    if day.override is Override.CLOSED:
        return sent_home
    return [e.HallSet(Override.CLOSED, command.reason), *sent_home]


def post_notice(day: Day, command: c.PostNotice, actor: Actor, now: Instant) -> Events:
    managers_only(actor)
    return [
        e.NoticePosted(Notice(command.id, command.text, command.zones, command.until, now)),
    ]


def withdraw_notice(day: Day, command: c.WithdrawNotice, actor: Actor, now: Instant) -> Events:
    managers_only(actor)
    if command.id not in day.notices:
        raise Refused("not-found", "no-such-notice", field="id")
    return [e.NoticeWithdrawn(command.id)]


def announce(day: Day, command: c.Announce, actor: Actor, now: Instant) -> Events:
    if command.call not in day.calls:
        raise Refused("not-found", "no-such-call", field="call")
    if command.board in day.calls[command.call].announced:
        return []
    return [e.CallAnnounced(command.call, command.board)]


def standing_alert(day: Day, kind: str, subject: str) -> Alert | None:
    """The alert of this kind and subject that has not been cleared."""
    for alert in day.alerts.values():
        if alert.kind == kind and alert.subject == subject and alert.cleared_at is None:
            return alert
    return None


def raise_alert(day: Day, command: c.RaiseAlert, actor: Actor, now: Instant) -> Events:
    if standing_alert(day, command.kind, command.subject):
        return []
    return [e.AlertRaised(Alert(command.id, command.kind, command.subject, command.text, now))]


def clear_alert(day: Day, command: c.ClearAlert, actor: Actor, now: Instant) -> Events:
    alert = standing_alert(day, command.kind, command.subject)
    return [e.AlertCleared(alert.id)] if alert else []


def ack_alert(day: Day, command: c.AckAlert, actor: Actor, now: Instant) -> Events:
    managers_only(actor)
    if command.id not in day.alerts:
        raise Refused("not-found", "no-such-alert", field="id")
    if day.alerts[command.id].acked_by:
        return []
    return [e.AlertAcked(command.id, actor.name)]


def turn_day(day: Day, command: c.TurnDay, actor: Actor, now: Instant) -> Events:
    """The day's end: who waits expires, who is served counts as served, numbering starts anew."""
    if command.day <= day.date:
        return []
    ended: Events = [_ended(ticket) for ticket in day.tickets.values() if ticket.state not in ENDED]
    closed: Events = [
        e.WindowClosed(number)
        for number, window in day.windows.items()
        if window.state is not WindowState.CLOSED
    ]
    return [*ended, *closed, e.DayTurned(command.day)]


def _ended(ticket: Ticket) -> e.TicketEnded:
    served = ticket.state is State.SERVING
    return e.TicketEnded(ticket.id, State.FINISHED if served else State.EXPIRED)


def change_plan(day: Day, command: c.ChangePlan, actor: Actor, now: Instant) -> Events:
    """Refuse what would leave a ticket, a clerk or a number without a place, or turn the day unasked."""
    _must_keep_the_date(day, command.plan, now)
    must_fit(day, command.plan)
    for group in day.plan.groups.values():
        new = command.plan.groups.get(group.id)
        if day.last_number[group.id] and (new is None or new.letter != group.letter):
            raise _in_use("group", group.id, hall_standing(day, now))
    for number, window in day.windows.items():
        if number not in command.plan.windows and window.state is not WindowState.CLOSED:
            raise _in_use("window", number, window.state)
    return [e.PlanChanged(command.plan)]


def _must_keep_the_date(day: Day, plan: HallPlan, now: Instant) -> None:
    """Another date now would end everyone's visit, or put the hall before a day that it has recorded."""
    date = business_day(plan.hours, now)
    if date == day.date:
        return
    moved = plan.hours.timezone != day.plan.hours.timezone
    field = "hall.timezone" if moved else "hours.day_starts"
    state = hall_standing(day, now)
    raise Refused(
        "wrong-state", "other-date", state=state, field=field, setting=field, date=date, day=day.date
    )


def must_fit(day: Day, plan: HallPlan) -> None:
    """Refuse a plan that lacks a group or window which a live ticket needs."""
    for ticket in day.tickets.values():
        if ticket.state in ENDED:
            continue
        for step in ticket.steps[ticket.current :]:
            if step.group not in plan.groups:
                raise _in_use("group", step.group, ticket.state)
        window = ticket.step.window
        if ticket.state in AT_A_WINDOW and window is not None and window not in plan.windows:
            raise _in_use("window", window, ticket.state)


def _in_use(what: Literal["group", "window"], id: GroupId | WindowNumber, state: str) -> Refused:
    return Refused("wrong-state", f"{what}-in-use", state=state, field=f"{what}s.{id}", **{what: id})
