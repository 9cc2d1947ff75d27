"""What the rules refuse, and the look-ups that several of them share.

A refusal carries a stable code, the key of a plain sentence with a way on
(`assets/texts/problem.toml`), and the state that stands against it.
"""

from __future__ import annotations

from typing import Literal

from queue_server.hall import events as e
from queue_server.hall.commands import Actor, Power
from queue_server.hall.day import Day
from queue_server.hall.model import (
    TRANSITIONS,
    Action,
    GroupId,
    HallState,
    Instant,
    Step,
    Ticket,
    TicketId,
    Window,
    WindowNumber,
    WindowState,
)
from queue_server.hall.opening import hall_state

RefusalCode = Literal[
    "invalid",
    "forbidden",
    "not-found",
    "wrong-state",
    "no-ticket",
    "window-busy",
    "window-not-open",
    "window-taken",
    "clerk-elsewhere",
    "hall-closed",
    "quota",
    "live-ticket",
    "rated",
    "early",
    "late",
]


class Refused(Exception):
    """A command that may not be carried out; it changed nothing.

    `text` names the sentence in `problem.toml` (the code's own where empty), `values` fill it.
    """

    def __init__(
        self,
        code: RefusalCode,
        text: str = "",
        *,
        state: str | None = None,
        field: str | None = None,
        **values: object,
    ) -> None:
        super().__init__(code, text, state, field)
        self.code, self.text, self.state, self.field = code, text or code, state, field
        self.values = values


Events = list[e.Event]


def ticket_of(day: Day, id: TicketId) -> Ticket:
    """The ticket, or the refusal `not-found`."""
    if id not in day.tickets:
        raise Refused("not-found", "no-such-ticket", field="ticket")
    return day.tickets[id]


def known_window(day: Day, number: WindowNumber) -> Window:
    """The window, or the refusal `not-found`."""
    if number not in day.windows:
        raise Refused("not-found", "no-such-window", field="n", window=number)
    return day.windows[number]


def window_for(day: Day, number: WindowNumber, actor: Actor) -> Window:
    """The window, if it exists and `actor` may act at it.

    A closed window is nobody's: a clerk is not told that it is another's, but what it lacks.
    """
    window = known_window(day, number)
    if actor.power is Power.MANAGER or (actor.power is Power.KEYPAD and actor.window == number):
        return window
    if actor.power is Power.CLERK and (window.state is WindowState.CLOSED or _sits_at(window, actor)):
        return window
    raise Refused("forbidden", "not-your-window", window=number)


def _sits_at(window: Window, actor: Actor) -> bool:
    return bool(window.clerk and actor.clerk and window.clerk.username == actor.clerk.username)


def must_be_open(window: Window) -> None:
    if window.state is not WindowState.OPEN:
        raise Refused("window-not-open", state=window.state, window=window.number)


def held(day: Day, window: Window) -> Ticket:
    """The window's citizen, or the refusal `no-ticket`."""
    if window.ticket is None:
        raise Refused("no-ticket", state=window.state, window=window.number)
    return day.tickets[window.ticket]


def may(ticket: Ticket, action: Action) -> None:
    """Refuse an action that the table of states does not allow."""
    if ticket.state not in TRANSITIONS[action]:
        raise Refused("wrong-state", f"wrong-state.{ticket.state}", state=ticket.state)


def hall_standing(day: Day, now: Instant) -> HallState:
    """The `state` of a conflict with neither a ticket nor a window."""
    return hall_state(day.plan.hours, now, day.override)


def leaves(window: Window) -> Events:
    """What follows when a window's citizen has gone: a closing window closes."""
    return [e.WindowClosed(window.number)] if window.state is WindowState.CLOSING else []


def call_id(day: Day) -> str:
    return f"{day.date}/{len(day.calls) + 1}"


def managers_only(actor: Actor) -> None:
    if actor.power is not Power.MANAGER:
        raise Refused("forbidden", "managers-only")


def is_rated(ticket: Ticket, step: Step, service: str = "") -> bool:
    """Whether a step, or one of its services, has its rating: with the whole visit, or alone."""
    names = {service} if service else set(step.services)
    return bool({"", step.id, *names} & set(ticket.rated))


def known_group(day: Day, group: GroupId, field: str = "group") -> GroupId:
    if group not in day.plan.groups:
        allowed = ", ".join(day.plan.groups)
        raise Refused("invalid", "no-such-group", field=field, group=group, allowed=allowed)
    return group
