"""What can be read by GET: all from the settled day."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, g, request

from queue_server import bodies
from queue_server.accounts import AT_WINDOWS, Caller, all_accounts
from queue_server.bodies import iso_day, read, wrong
from queue_server.desk import Desk, Terminal
from queue_server.hall import appointments
from queue_server.hall.model import Clerk, ServiceId, State, Ticket, TicketId, WindowNumber
from queue_server.hall.why import why
from queue_server.problems import Cure, Problem
from queue_server.web import forms, items, openapi, papers, permits
from queue_server.web.code import code_path
from queue_server.web.reply import as_json, body_of_request, chosen, must, page
from queue_server.wire import Body, Code, Kind


def hall(desk: Desk) -> Response:
    """The hall as it stands."""
    show, _ = desk.settled()
    return as_json(show.hall(desk.engine.now()))


def queues(desk: Desk) -> Response:
    """Who waits, by group, and how long."""
    show, _ = desk.settled()
    engine = desk.engine
    found = show.queues(engine.forecast, engine.now())
    return page("queues", found, lambda one: one, seq=engine.seq, as_of=show.time(engine.now()))


def tickets(desk: Desk) -> Response:
    """Find today's tickets."""
    must(g.caller.is_staff)
    state, args = chosen("state", State), request.args
    id_hash, phone_hash = desk.person(args.get("id_number", "")), desk.phone(args.get("phone", ""))
    _, day = desk.settled()

    def fits(ticket: Ticket) -> bool:
        return (
            state in (None, ticket.state)
            and args.get("group", "") in ("", ticket.step.group)
            and args.get("number", "").upper() in ("", ticket.number)
            and id_hash in ("", ticket.id_hash)
            and phone_hash in ("", ticket.phone_hash)
        )

    return page("tickets", [one for one in day.tickets.values() if fits(one)], desk.ticket_body)


def find_tickets(desk: Desk) -> Response:
    """Find today's tickets of somebody who lost the slip: the latest first."""
    must(g.caller.is_staff)
    wanted = read(bodies.FindTickets, body_of_request())
    id_hash, phone_hash = desk.person(wanted.id_number), desk.phone(wanted.phone)
    number = wanted.number.strip().upper()
    marks = set(desk.marks(initials=wanted.initials, phone_end=wanted.phone_end))
    show, day = desk.settled()
    found = [
        one
        for one in reversed(day.tickets.values())
        if (number or id_hash or phone_hash or marks)
        and marks <= set(one.marks)
        and number in ("", one.number)
        and id_hash in ("", one.id_hash)
        and phone_hash in ("", one.phone_hash)
    ]
    return page("tickets", found, lambda one: show.ticket_found(one, desk.engine.forecast, desk.engine.now()))


def draw_code(desk: Desk) -> Response:
    """A QR code as an SVG path of so many modules a side, without its quiet zone."""
    must(g.caller.is_staff or g.caller.ticket is not None or bool(g.caller.draft))
    size, path = code_path(read(bodies.DrawCode, body_of_request()).text)
    return as_json({"size": size, "path": path})


def _may_see(id: TicketId) -> None:
    """:raises Problem: for whoever is neither staff nor the ticket's holder."""
    caller: Caller = g.caller
    must(caller.is_staff or caller.ticket == id)


def ticket(desk: Desk, id: str) -> Response:
    """One ticket: by its number of today, by its id also of an earlier day, as it ended."""
    _, day = desk.settled()
    asked = desk.ticket_id(id)
    _may_see(asked)
    if asked in day.tickets:
        return as_json(desk.ticket_body(day.tickets[asked], g.caller))
    past = desk.past_ticket(asked)
    if past is None:
        raise Problem(Code.NOT_FOUND, "no-such-ticket", field="id")
    when, ended = past
    return as_json(desk.ticket_body(ended, g.caller, when))


def ticket_why(desk: Desk, id: str) -> Response:
    """Who was called before it today, by which rule, at what cost; nobody is named."""
    show, day = desk.settled()
    asked = desk.ticket_id(id)
    _may_see(asked)
    if asked not in day.tickets:
        raise Problem(Code.NOT_FOUND, "no-such-ticket", field="id")
    passed = why(day, day.tickets[asked])
    return page(
        "why",
        passed,
        lambda one: {"rule": one.rule, "at": show.time(one.at), "window": one.window, "seconds": one.seconds},
    )


def windows(desk: Desk) -> Response:
    """All windows, whole."""
    must(g.caller.is_staff)
    show, day = desk.settled()
    engine = desk.engine
    return page(
        "windows",
        list(day.windows.values()),
        lambda one: show.window(one, engine.forecast, engine.now()),
    )


def window(desk: Desk, n: str) -> Response:
    """One window, whole."""
    must(g.caller.is_staff)
    show, day = desk.settled()
    found = day.windows.get(WindowNumber(int(n))) if n.isascii() and n.isdecimal() and len(n) < 6 else None
    if found is None:
        raise Problem(Code.NOT_FOUND, "no-such-window", field="n", window=n)
    return as_json(show.window(found, desk.engine.forecast, desk.engine.now()))


def colleagues(desk: Desk) -> Response:
    """Who may sit at windows, and where they sit now: to whom a window can be handed over."""
    must(g.caller.is_staff)
    _, day = desk.settled()
    seats = {window.clerk.username: window.number for window in day.windows.values() if window.clerk}
    people = [one.clerk for one in all_accounts(desk.people) if one.role in AT_WINDOWS]

    def body(one: Clerk) -> Body:
        seat = seats.get(one.username)
        return {"username": one.username, "name": one.name, "staff_no": one.staff_no, "window": seat}

    return page("colleagues", people, body)


def slots(desk: Desk) -> Response:
    """Free slots of a day for these services."""
    chosen = [one for text in request.args.getlist("services") for one in text.split(",") if one]
    if not chosen:
        raise wrong("services", Cure("missing"))
    show, day = desk.settled()
    now = desk.engine.now()
    unknown = [one for one in chosen if one not in day.plan.services]
    if unknown:
        raise Problem(Code.INVALID, "no-such-service", field="services", services=", ".join(unknown))
    group = appointments.appointment_group(day, tuple(ServiceId(one) for one in chosen))
    on = iso_day(request.args.get("day") or day.date, "day")
    free = [slot for slot in appointments.slots(day, group, on, now) if slot.free]
    return page(
        "slots",
        free,
        lambda slot: {
            "slot_start": show.time(slot.start),
            "slot_end": show.time(slot.end),
            "free": slot.free,
            "group": group,
        },
    )


def appointment(desk: Desk, code: str) -> Response:
    """One appointment, for whoever has its code."""
    show, day = desk.settled()
    found = day.appointments.get(code.upper())
    if found is None:
        raise Problem(Code.NOT_FOUND, "no-such-appointment", field="code")
    return as_json(show.appointment(found))


def notices(desk: Desk) -> Response:
    """The notices in force."""
    show, _ = desk.settled()
    return page("notices", show.notices(desk.engine.now()), lambda one: one)


def alerts(desk: Desk) -> Response:
    """What needs a manager's hand now."""
    must(g.caller.is_manager)
    show, _ = desk.settled()
    return page("alerts", show.alerts(), lambda one: one)


def helps(desk: Desk) -> Response:
    """Who has called for an assistant, and how such calls were answered today."""
    must(g.caller.is_staff)
    show, _ = desk.settled()
    return page("help", show.helps(), lambda one: one, response=show.response(desk.engine.now()))


def kiosks(desk: Desk) -> Response:
    """The kiosks that are connected now, and how each one's printer is."""
    must(g.caller.is_staff)
    found = [one for one in desk.terminals.values() if one.kind is Kind.KIOSK and one.connections]

    def body(one: Terminal) -> Body:
        printers = [device["state"] for device in one.devices if device["kind"] == "printer"]
        return {
            "id": one.id,
            "place": desk.place(one.kind, one.id),
            "zone": desk.zone(one.kind, one.id),
            "printer": printers[0] if printers else "unknown",
        }

    return page("kiosks", sorted(found, key=lambda one: one.id), body)


def specification(desk: Desk) -> Response:
    """This page, for programs."""
    return as_json(openapi.document())


QUESTIONS: tuple[tuple[str, str, Callable[..., Response], type[bodies.Shape]], ...] = (
    ("/tickets/find", "find_tickets", find_tickets, bodies.FindTickets),
    ("/qr", "draw_code", draw_code, bodies.DrawCode),
    *permits.QUESTIONS,
)
"""What is asked by POST though nothing changes: it carries what must not stand in an address."""

READS: tuple[tuple[str, str, Callable[..., Response]], ...] = (
    ("/openapi.json", "specification", specification),
    ("/hall", "hall", hall),
    ("/queues", "queues", queues),
    *items.READS,
    *forms.READS,
    ("/tickets", "tickets", tickets),
    ("/tickets/<id>", "ticket", ticket),
    ("/tickets/<id>/why", "ticket_why", ticket_why),
    ("/windows", "windows", windows),
    ("/windows/<n>", "window", window),
    ("/colleagues", "colleagues", colleagues),
    ("/appointments/slots", "slots", slots),
    ("/appointments/<code>", "appointment", appointment),
    ("/notices", "notices", notices),
    ("/alerts", "alerts", alerts),
    ("/help", "helps", helps),
    ("/kiosks", "kiosks", kiosks),
    *permits.READS,
    *papers.READS,
)
