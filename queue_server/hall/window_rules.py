"""The rules of windows: calling, serving, and the window itself.

Each takes `(day, command, actor, now)` and gives what happens, or raises `Refused`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from math import ceil

from queue_server.hall import commands as c
from queue_server.hall import events as e
from queue_server.hall import help_rules
from queue_server.hall.commands import Actor, Closing, Power
from queue_server.hall.day import Day, waiting
from queue_server.hall.dispatch import Queues, Waiting, choose, passed_over
from queue_server.hall.model import (
    Action,
    Ask,
    Clerk,
    GroupId,
    Instant,
    MissedRules,
    Outcome,
    Result,
    Rule,
    ServiceId,
    State,
    Ticket,
    TicketId,
    Undo,
    Window,
    WindowState,
)
from queue_server.hall.reach import Reach, reach
from queue_server.hall.refusal import (
    Events,
    Refused,
    call_id,
    held,
    is_rated,
    known_group,
    known_window,
    leaves,
    managers_only,
    may,
    must_be_open,
    ticket_of,
    window_for,
)

# --- at a window ----------------------------------------------------------------------------------


def call_next(day: Day, command: c.CallNext, actor: Actor, now: Instant) -> Events:
    window = window_for(day, command.window, actor)
    must_be_open(window)
    closing: Events = []
    queues = day.queues
    if window.ticket is not None:
        current = day.tickets[window.ticket]
        if command.current is None:
            raise Refused("window-busy", state=current.state, window=window.number)
        closing = [_closed(day, window, current, command.current, now)]
        queues = _queues_after(day, current, command.current)
    taker, staffed = day.taker(window.number), day.staffed()
    choice = choose(queues, day.plan.dispatch, taker, staffed, now, window.turn)
    if choice is None:
        return closing
    passed = passed_over(queues, taker, staffed, choice.waiting)
    return [*closing, _called(day, window, choice.waiting.ticket, choice.rule, passed, turn=choice.turn)]


def _closed(day: Day, window: Window, ticket: Ticket, closing: Closing, now: Instant) -> e.Event:
    """What becomes of the current citizen."""
    if closing is Closing.NO_SHOW:
        _must_have_had_time(day, ticket, now)
        return e.TicketMissed(ticket.id, window.number)
    if closing is Closing.PARK:
        may(ticket, Action.PARK)
        return e.TicketParked(ticket.id, window.number, ticket.state)
    may(ticket, Action.FINISH)
    return _finished(day, window, ticket, c.Finish(window.number), now)


def _queues_after(day: Day, current: Ticket, closing: Closing) -> Queues:
    """The queues as they will be: a finished step's ticket waits for its next one."""
    if closing is not Closing.FINISH or current.current + 1 == len(current.steps):
        return day.queues
    queues = day.queues.copy()
    queues.add(waiting(day, replace(current, current=current.current + 1)))
    return queues


def _called(
    day: Day,
    window: Window,
    ticket: TicketId,
    rule: Rule,
    passed: Iterable[Waiting] = (),
    reason: str = "",
    turn: int = 0,
) -> e.TicketCalled:
    clerk = window.clerk.username if window.clerk else ""
    skipped = tuple(one.ticket for one in passed)
    return e.TicketCalled(ticket, window.number, clerk, call_id(day), rule, skipped, reason, turn)


def call_named(day: Day, command: c.CallNamed, actor: Actor, now: Instant) -> Events:
    window = window_for(day, command.window, actor)
    must_be_open(window)
    if window.ticket is not None:
        raise Refused("window-busy", state=day.tickets[window.ticket].state, window=window.number)
    ticket = ticket_of(day, command.ticket)
    may(ticket, Action.CALL)
    passed: list[Waiting] = []
    if ticket.id in day.queues.tickets:
        one = day.queues.tickets[ticket.id]
        passed = passed_over(day.queues, day.taker(window.number), day.staffed(), one)
    return [_called(day, window, ticket.id, Rule.NAMED, passed, command.reason, window.turn)]


def recall(day: Day, command: c.Recall, actor: Actor, now: Instant) -> Events:
    window = window_for(day, command.window, actor)
    ticket = held(day, window)
    may(ticket, Action.RECALL)
    if ticket.step.recalls >= day.plan.missed.recalls:
        raise Refused("wrong-state", "recalled-enough", state=ticket.state, times=ticket.step.recalls)
    found = _searched(day, ticket, command.search, actor, now)
    return [e.TicketRecalled(ticket.id, window.number, call_id(day)), *found]


def _searched(day: Day, ticket: Ticket, search: c.AskHelp | None, actor: Actor, now: Instant) -> Events:
    """An assistant looks for somebody who was called often enough."""
    if search is None or search.asker != ticket.number:
        return []
    if Reach.ASSISTANT not in reach(day.plan.calls, ticket.step.recalls + 1):
        return []
    return help_rules.ask(day, search, actor, now)


def start(day: Day, command: c.Start, actor: Actor, now: Instant) -> Events:
    window = window_for(day, command.window, actor)
    ticket = held(day, window)
    may(ticket, Action.START)
    return [e.ServiceStarted(ticket.id, window.number)]


def finish(day: Day, command: c.Finish, actor: Actor, now: Instant) -> Events:
    window = window_for(day, command.window, actor)
    ticket = held(day, window)
    may(ticket, Action.FINISH)
    return [_finished(day, window, ticket, command, now), *leaves(window)]


def _finished(day: Day, window: Window, ticket: Ticket, command: c.Finish, now: Instant) -> e.StepFinished:
    if command.outcome is Outcome.NOT_POSSIBLE and not command.reason.strip():
        raise Refused("invalid", "reason-needed", field="reason")
    services = ticket.step.services
    done = services if command.services is None else command.services
    strange = [service for service in done if service not in services]
    if strange:
        raise Refused("invalid", "not-in-this-step", field="services", services=", ".join(strange))
    results = tuple(
        Result(service, True, command.outcome, command.reason)
        if service in done
        else Result(service, False, None)
        for service in services
    ) or (Result(ServiceId(""), True, command.outcome, command.reason),)
    ask = Ask(ticket.id, ticket.current, Instant(now + day.plan.ask_seconds))
    return e.StepFinished(ticket.id, window.number, ticket.state, results, ask)


def no_show(day: Day, command: c.NoShow, actor: Actor, now: Instant) -> Events:
    window = window_for(day, command.window, actor)
    ticket = held(day, window)
    _must_have_had_time(day, ticket, now)
    return [e.TicketMissed(ticket.id, window.number), *leaves(window)]


def _must_have_had_time(day: Day, ticket: Ticket, now: Instant) -> None:
    """Whoever walks slowly isn't missed before they can have come."""
    may(ticket, Action.NO_SHOW)
    missed_from = may_be_missed_from(day.plan.missed, ticket)
    if missed_from is not None and now < missed_from:
        seconds = ceil(missed_from - now)
        raise Refused(
            "wrong-state", "still-walking", state=ticket.state, number=ticket.number, seconds=seconds
        )


def may_be_missed_from(rules: MissedRules, ticket: Ticket) -> Instant | None:
    """From when on a called citizen may be said to be missing; None for one who isn't called."""
    if ticket.state is not State.CALLED or ticket.step.called_at is None:
        return None
    return Instant(ticket.step.called_at + rules.walk_seconds(ticket))


def park(day: Day, command: c.Park, actor: Actor, now: Instant) -> Events:
    window = window_for(day, command.window, actor)
    ticket = held(day, window)
    may(ticket, Action.PARK)
    return [e.TicketParked(ticket.id, window.number, ticket.state, command.reason), *leaves(window)]


def unpark(day: Day, command: c.Unpark, actor: Actor, now: Instant) -> Events:
    window = window_for(day, command.window, actor)
    must_be_open(window)
    if window.ticket is not None:
        raise Refused("window-busy", state=day.tickets[window.ticket].state, window=window.number)
    ticket = ticket_of(day, command.ticket)
    may(ticket, Action.UNPARK)
    return [e.TicketUnparked(ticket.id, window.number, window.clerk.username if window.clerk else "")]


def transfer(day: Day, command: c.Transfer, actor: Actor, now: Instant) -> Events:
    window = window_for(day, command.window, actor)
    ticket = ticket_of(day, command.ticket) if command.ticket else held(day, window)
    may(ticket, Action.TRANSFER)
    if ticket.state is State.PARKED and window.state is WindowState.CLOSED:
        raise Refused("window-not-open", state=window.state, window=window.number)
    if ticket.state is not State.PARKED and ticket.id != window.ticket:
        raise Refused("wrong-state", "not-at-this-window", state=ticket.state)
    group = _target_group(day, ticket, command)
    following = leaves(window) if ticket.id == window.ticket else []
    moved = e.TicketTransferred(ticket.id, window.number, group, command.to_window, command.note)
    return [moved, *following]


def _target_group(day: Day, ticket: Ticket, command: c.Transfer) -> GroupId:
    if (command.group is None) == (command.to_window is None):
        raise Refused("invalid", "group-or-window", field="group")
    if command.group is not None:
        return known_group(day, command.group)
    if command.to_window not in day.windows:
        raise Refused("invalid", "no-such-window", field="window", window=command.to_window)
    groups = day.windows[command.to_window].groups
    return ticket.step.group if ticket.step.group in groups else groups[0]


def undo(day: Day, command: c.UndoLast, actor: Actor, now: Instant) -> Events:
    window = window_for(day, command.window, actor)
    last = window.undo
    if last is None:
        if window.ticket is not None:
            raise Refused("wrong-state", "called-since", state=day.tickets[window.ticket].state)
        raise Refused("no-ticket", "nothing-to-undo", state=window.state)
    ticket = ticket_of(day, last.ticket)
    may(ticket, Action.UNDO)
    if now - last.at > day.plan.missed.undo_seconds:
        raise Refused("wrong-state", "undo-too-late", state=ticket.state)
    if not _is_as_left(ticket, last, window):
        raise Refused("wrong-state", f"wrong-state.{ticket.state}", state=ticket.state)
    pressed = ticket.steps[last.step]
    if pressed.state is State.FINISHED and is_rated(ticket, pressed):
        raise Refused("rated", state=ticket.state)
    return [e.PressUndone(ticket.id, window.number, last.step, last.was)]


def _is_as_left(ticket: Ticket, last: Undo, window: Window) -> bool:
    """Nothing has happened to the ticket since this window's press."""
    pressed = ticket.steps[last.step]
    went_on = ticket.current == last.step + 1 and ticket.state is State.WAITING
    stayed = ticket.current == last.step
    here = pressed.window == (None if last.led is State.WAITING else window.number)
    return pressed.state is last.led and here and (went_on or stayed) and ticket.step.since == last.at


# --- the window itself ----------------------------------------------------------------------------


def open_window(day: Day, command: c.OpenWindow, actor: Actor, now: Instant) -> Events:
    window = known_window(day, command.window)
    clerk = _who_will_sit(window, command, actor)
    if window.clerk and clerk and window.clerk.username != clerk.username:
        raise Refused("window-taken", state=window.state, window=window.number, clerk=window.clerk.name)
    if clerk and (actor.power is Power.CLERK or command.clerk):
        _must_sit_nowhere_else(day, window, clerk.username)
    if window.state is WindowState.OPEN and (clerk is None or window.clerk is not None):
        return []
    return [e.WindowOpened(window.number, clerk)]


def _who_will_sit(window: Window, command: c.OpenWindow, actor: Actor) -> Clerk | None:
    """A clerk opens for nobody else, a key pad for whom has claimed; a manager for anybody."""
    if actor.power is Power.MANAGER:
        return command.clerk or window.clerk or actor.clerk
    if actor.power is Power.KEYPAD and actor.window == window.number:
        if window.clerk is None:
            raise Refused("window-not-open", state=window.state, window=window.number)
        return window.clerk
    if actor.power is not Power.CLERK or actor.clerk is None:
        raise Refused("forbidden", "not-your-window", window=window.number)
    if command.clerk and command.clerk.username != actor.clerk.username:
        raise Refused("forbidden", "managers-only")
    return actor.clerk


def _must_sit_nowhere_else(day: Day, window: Window, username: str) -> None:
    for other in day.windows.values():
        if other.number != window.number and other.clerk and other.clerk.username == username:
            raise Refused("clerk-elsewhere", state=window.state, window=other.number)


def pause_window(day: Day, command: c.PauseWindow, actor: Actor, now: Instant) -> Events:
    window = window_for(day, command.window, actor)
    if window.state is WindowState.PAUSED:
        return []
    must_be_open(window)
    return [e.WindowPaused(window.number, command.reason)]


def close_window(day: Day, command: c.CloseWindow, actor: Actor, now: Instant) -> Events:
    window = window_for(day, command.window, actor)
    if window.state in (WindowState.CLOSED, WindowState.CLOSING):
        return []
    return [e.WindowClosing(window.number) if window.ticket else e.WindowClosed(window.number)]


def release_window(day: Day, command: c.ReleaseWindow, actor: Actor, now: Instant) -> Events:
    managers_only(actor)
    window = window_for(day, command.window, actor)
    if window.state is WindowState.CLOSED:
        raise Refused("window-not-open", state=window.state, window=window.number)
    freed: Events = []
    if window.ticket:
        ticket = day.tickets[window.ticket]
        if ticket.state is State.CALLED:
            freed = [e.TicketReturned(ticket.id)]
        else:
            freed = [e.TicketParked(ticket.id, window.number, ticket.state)]
    return [*freed, e.WindowClosed(window.number, released=True)]


def hand_over(day: Day, command: c.HandOverWindow, actor: Actor, now: Instant) -> Events:
    window = window_for(day, command.window, actor)
    if window.clerk is None:
        raise Refused("window-not-open", state=window.state, window=window.number)
    if window.clerk.username == command.to.username:
        raise Refused("invalid", "hand-over-to-another", field="to")
    _must_sit_nowhere_else(day, window, command.to.username)
    return [e.WindowHandedOver(window.number, command.to, window.ticket)]


def set_window(day: Day, command: c.SetWindow, actor: Actor, now: Instant) -> Events:
    managers_only(actor)
    window = window_for(day, command.window, actor)
    events: Events = []
    if command.groups is not None:
        if not command.groups:
            raise Refused("invalid", "group-needed", field="groups")
        for group in command.groups:
            known_group(day, group, "groups")
        groups = tuple(dict.fromkeys(command.groups))
        events += [] if window.groups == groups else [e.GroupsSet(window.number, groups)]
    if command.plate is not None:
        planned = day.plan.windows[window.number].plate
        plate = None if command.plate == planned else command.plate or None
        events += [] if window.plate == plate else [e.PlateSet(window.number, plate)]
    return events
