"""What the rules refuse, and the look-ups that several of them share.

A refusal carries a stable code, the key of a plain sentence with a way on
(`assets/texts/problem.toml`), and the state that stands against it.
"""

from __future__ import annotations

from typing import Literal

from queue_server.hall import events as e
from queue_server.hall.commands import Actor, Power
from queue_server.hall.model import (
    TRANSITIONS,
    Action,
    GroupId,
    Ticket,
    TicketId,
    Window,
    WindowNumber,
    WindowState,
)
from queue_server.hall.state import Day

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


def window_for(day: Day, number: WindowNumber, actor: Actor) -> Window:
    """The window, if it exists and `actor` may act at it."""
    if number not in day.windows:
        raise Refused("not-found", "no-such-window", field="n", window=number)
    window = day.windows[number]
    if actor.power is Power.MANAGER or (actor.power is Power.KEYPAD and actor.window == number):
        return window
    if actor.power is not Power.CLERK:
        raise Refused("forbidden", "not-your-window", window=number)
    if window.clerk is None:
        raise Refused("window-not-open", state=window.state, window=number)
    if actor.clerk is None or window.clerk.username != actor.clerk.username:
        raise Refused("forbidden", "not-your-window", window=number)
    return window


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


def leaves(window: Window) -> Events:
    """What follows when a window's citizen has gone: a closing window closes."""
    return [e.WindowClosed(window.number)] if window.state is WindowState.CLOSING else []


def call_id(day: Day) -> str:
    return f"{day.date}/{len(day.calls) + 1}"


def managers_only(actor: Actor) -> None:
    if actor.power is not Power.MANAGER:
        raise Refused("forbidden", "managers-only")


def known_group(day: Day, group: GroupId, field: str = "group") -> GroupId:
    if group not in day.plan.groups:
        allowed = ", ".join(day.plan.groups)
        raise Refused("invalid", "no-such-group", field=field, group=group, allowed=allowed)
    return group
