"""The rules of slips asked for later: ordered, claimed by their kiosk, ended."""

from __future__ import annotations

from queue_server.hall import commands as c
from queue_server.hall import events as e
from queue_server.hall.commands import Actor
from queue_server.hall.day import Day
from queue_server.hall.model import ENDED, Instant, Ticket
from queue_server.hall.refusal import Events, Refused, ticket_of
from queue_server.hall.slips import MAYBE_OUT, SlipOrder, SlipState


def order(day: Day, command: c.OrderSlip, actor: Actor, now: Instant) -> Events:
    """One order of a ticket is open at a time: asked twice it is the same, elsewhere it moves."""
    ticket = ticket_of(day, command.ticket)
    if ticket.state in ENDED:
        raise Refused("wrong-state", f"wrong-state.{ticket.state}", state=ticket.state)
    standing = [one for one in day.slips.values() if one.ticket == ticket.id and one.is_open(now)]
    if not command.own and any((one.kiosk, one.large) == (command.kiosk, command.large) for one in standing):
        return []
    wanted = SlipOrder(
        command.id,
        ticket.id,
        command.kiosk,
        now,
        again=_may_have_one(day, ticket),
        large=command.large,
        state=SlipState.TAKEN if command.own else SlipState.ORDERED,
    )
    dropped = [e.SlipEnded(ticket.id, one.id, SlipState.DROPPED) for one in standing]
    return [*dropped, e.SlipOrdered(ticket.id, wanted)]


def take(day: Day, command: c.TakeSlip, actor: Actor, now: Instant) -> Events:
    wanted = _known(day, command.id, command.kiosk)
    ticket = ticket_of(day, wanted.ticket)
    if not wanted.is_open(now) or ticket.state in ENDED:
        raise Refused("wrong-state", "slip-over", state=wanted.state)
    return [e.SlipTaken(ticket.id, wanted.id)]


def end(day: Day, command: c.EndSlip, actor: Actor, now: Instant) -> Events:
    wanted = _known(day, command.id, command.kiosk)
    if wanted.state is not SlipState.TAKEN:
        return []
    return [e.SlipEnded(wanted.ticket, wanted.id, command.state)]


def _known(day: Day, id: str, kiosk: str) -> SlipOrder:
    """Another kiosk's order is nobody's business here."""
    wanted = day.slips.get(id)
    if wanted is None or wanted.kiosk != kiosk:
        raise Refused("not-found", "no-such-slip", field="id")
    return wanted


def _may_have_one(day: Day, ticket: Ticket) -> bool:
    """A number taken at a kiosk got its slip there."""
    printed = (one for one in day.slips.values() if one.ticket == ticket.id and one.state in MAYBE_OUT)
    return bool(ticket.kiosk) or any(printed)
