"""Texts to citizens who gave their phone number: which are due now, and what is kept of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from queue_server.hall import commands as c
from queue_server.hall import events as e
from queue_server.hall.commands import Actor
from queue_server.hall.day import Day, waiting
from queue_server.hall.dispatch import ahead
from queue_server.hall.model import ENDED, Instant, Seconds, State, Ticket
from queue_server.hall.reach import Reach, reach
from queue_server.hall.refusal import Events, Refused, ticket_of


@dataclass(frozen=True, slots=True)
class Due:
    """A text that should go out: `what` is told once. `ahead` is None where the ticket is called,
    `again` where it has been called often and nobody came.
    """

    ticket: Ticket
    what: str
    ahead: int | None
    again: bool = False


def due(day: Day, at_most: int, now: Instant) -> Iterator[Due]:
    """What should be told now: so few people before you, or that you are called.

    `at_most` is with how many people ahead the first is told; 0 tells only calls.
    """
    for ticket in day.tickets.values():
        one = _due(day, ticket, at_most, now) if ticket.phone else None
        if one and one.what not in ticket.texted:
            yield one


def _due(day: Day, ticket: Ticket, at_most: int, now: Instant) -> Due | None:
    if ticket.state is State.CALLED:
        again = Reach.PHONE in reach(day.plan.calls, ticket.step.recalls)
        return Due(ticket, f"{'again' if again else 'call'}/{ticket.step.called_at}", None, again)
    if ticket.state is not State.WAITING or not at_most:
        return None
    count = ahead(day.queues, day.plan.dispatch, waiting(day, ticket), now)
    return Due(ticket, f"ahead/{ticket.current}", count) if count <= at_most else None


def over(day: Day, keep: Seconds, now: Instant) -> list[Ticket]:
    """Whose visit has ended for so long that their number goes."""
    return [
        ticket
        for ticket in day.tickets.values()
        if ticket.phone and ticket.state in ENDED and now - ticket.step.since >= keep
    ]


def note(day: Day, command: c.NoteText, actor: Actor, now: Instant) -> Events:
    """A number erased meanwhile leaves nothing to be noted."""
    ticket = ticket_of(day, command.ticket)
    if not ticket.phone or command.what in ticket.texted:
        return []
    return [e.CitizenTexted(ticket.id, command.what)]


def set_phone(day: Day, command: c.SetPhone, actor: Actor, now: Instant) -> Events:
    """Another number is not told what was told before: nobody gets more texts by changing it."""
    ticket = ticket_of(day, command.ticket)
    if ticket.state in ENDED:
        raise Refused("wrong-state", f"wrong-state.{ticket.state}", state=ticket.state)
    return [e.PhoneSet(ticket.id, command.phone)]


def forget(day: Day, command: c.ForgetPhone, actor: Actor, now: Instant) -> Events:
    ticket = ticket_of(day, command.ticket)
    return [e.PhoneForgotten(ticket.id)] if ticket.phone else []
