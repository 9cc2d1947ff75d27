"""What an operation answers with: the thing it changed, as it is right after the events."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from queue_server.hall.events import (
    AlertRaised,
    AppointmentMade,
    Event,
    NoticePosted,
    ServiceRated,
    SlipOrdered,
    TicketCalled,
)
from queue_server.hall.model import Ticket, TicketId, WindowNumber
from queue_server.hall.slips import SlipOrder
from queue_server.present import Presenter
from queue_server.storage.store import Answer

if TYPE_CHECKING:
    from queue_server.desk import Desk

Params = dict[str, str]
"""What stands in the path: `n`, `id`, `code`."""


def ticket(desk: Desk, params: Params, show: Presenter, events: list[Event]) -> Answer:
    """The ticket that the events are about (the one called, where one is called)."""
    called = [event.ticket for event in events if isinstance(event, TicketCalled)]
    touched: list[Any] = called or [_about(event) for event in events if _about(event)]
    if not touched:
        return Answer("", 204, None)
    ticket = touched[0] if isinstance(touched[0], Ticket) else show.day.tickets[touched[0]]
    return Answer("", 200, show.ticket(ticket, desk.engine.forecast, desk.engine.now()), ticket.id)


def same_ticket(desk: Desk, params: Params, show: Presenter, events: list[Event]) -> Answer:
    """The ticket that was asked about, whether or not anything became of it."""
    ticket = show.day.tickets[desk.ticket_id(params["id"])]
    return Answer("", 200, show.ticket(ticket, desk.engine.forecast, desk.engine.now()), ticket.id)


def _about(event: Event) -> Any:
    """The ticket, or the id of it, that an event is about; None for others."""
    if isinstance(event, ServiceRated):
        return event.rating.ticket
    return getattr(event, "ticket", None)


def called(desk: Desk, params: Params, show: Presenter, events: list[Event]) -> Answer:
    """The ticket called; 204 when nobody waits whom the window may serve."""
    if not any(isinstance(event, TicketCalled) for event in events):
        return Answer("", 204, None)
    return ticket(desk, params, show, events)


def transferred(desk: Desk, params: Params, show: Presenter, events: list[Event]) -> Answer:
    """The ticket, with a `warning` where nobody would call it for now."""
    answer = ticket(desk, params, show, events)
    warning = show.warning(TicketId(answer.ticket))
    return replace(answer, body=(answer.body or {}) | {"warning": warning}) if warning else answer


def secret(desk: Desk, params: Params, show: Presenter, events: list[Event]) -> Answer:
    """A ticket with its secret, made just now."""
    answer = ticket(desk, params, show, events)
    version = show.day.tickets[TicketId(answer.ticket)].secret_version
    return Answer("", 200, answer.body, answer.ticket, version)


def new_ticket(desk: Desk, params: Params, show: Presenter, events: list[Event]) -> Answer:
    answer = secret(desk, params, show, events)
    return Answer("", 201, answer.body, answer.ticket, answer.secret_version)


def slip(desk: Desk, params: Params, show: Presenter, events: list[Event]) -> Answer:
    return Answer("", 200, show.slip(show.day.slips[params["id"]]))


def last_slip(desk: Desk, params: Params, show: Presenter, events: list[Event]) -> Answer:
    """The order just made; asked twice, the one that stands."""
    ticket = desk.ticket_id(params["id"])
    orders = [order for order in show.day.slips.values() if order.ticket == ticket]
    return Answer("", 200, show.slip(orders[-1]))


def slip_to_print(desk: Desk, params: Params, show: Presenter, events: list[Event]) -> Answer:
    return _to_print(desk, show, show.day.slips[params["id"]])


def own_slip(desk: Desk, params: Params, show: Presenter, events: list[Event]) -> Answer:
    ordered = [event.order for event in events if isinstance(event, SlipOrdered)]
    return _to_print(desk, show, ordered[0])


def _to_print(desk: Desk, show: Presenter, order: SlipOrder) -> Answer:
    """All that its kiosk prints: the ticket with its secret, and how."""
    ticket = show.day.tickets[order.ticket]
    body = show.ticket(ticket, desk.engine.forecast, desk.engine.now())
    body |= {"slip": {**show.slip(order), "language": ticket.language}}
    return Answer("", 200, body, ticket.id, ticket.secret_version)


def window(desk: Desk, params: Params, show: Presenter, events: list[Event]) -> Answer:
    window = show.day.windows[WindowNumber(int(params["n"]))]
    return Answer("", 200, show.window(window, desk.engine.forecast, desk.engine.now()))


def hall(desk: Desk, params: Params, show: Presenter, events: list[Event]) -> Answer:
    return Answer("", 200, show.hall(desk.engine.now()))


def notice(desk: Desk, params: Params, show: Presenter, events: list[Event]) -> Answer:
    posted = [event.notice for event in events if isinstance(event, NoticePosted)]
    return Answer("", 200, show.notice(posted[0])) if posted else Answer("", 204, None)


def appointment(desk: Desk, params: Params, show: Presenter, events: list[Event]) -> Answer:
    made = [event.appointment for event in events if isinstance(event, AppointmentMade)]
    if made:
        return Answer("", 201, show.appointment(made[0]))
    return Answer("", 200, show.appointment(show.day.appointments[params["code"].upper()]))


def alert(desk: Desk, params: Params, show: Presenter, events: list[Event]) -> Answer:
    raised = [event.alert.id for event in events if isinstance(event, AlertRaised)]
    alert = show.day.alerts.get(raised[0] if raised else params.get("id", ""))
    return Answer("", 200, show.alert(alert)) if alert else Answer("", 204, None)


def help(desk: Desk, params: Params, show: Presenter, events: list[Event]) -> Answer:
    return Answer("", 200, show.help(show.day.helps[params["id"]]))


def nothing(desk: Desk, params: Params, show: Presenter, events: list[Event]) -> Answer:
    return Answer("", 204, None)
