"""A claimed priority is only a word until somebody has looked: confirmed, or removed.

Whoever is refused goes back to where their arrival puts them, never to the end.
"""

from __future__ import annotations

from dataclasses import replace

from queue_server.hall import commands as c
from queue_server.hall import events as e
from queue_server.hall.commands import Actor
from queue_server.hall.day import Day, waiting
from queue_server.hall.dispatch import choose
from queue_server.hall.model import ENDED, Instant, Priority, Ticket, Window
from queue_server.hall.refusal import Events, Refused, leaves, ticket_of, window_for


def check(day: Day, command: c.CheckPriority, actor: Actor, now: Instant) -> Events:
    ticket = ticket_of(day, command.ticket)
    if ticket.state in ENDED:
        raise Refused("wrong-state", f"wrong-state.{ticket.state}", state=ticket.state)
    if ticket.priority is Priority.NONE:
        raise Refused("wrong-state", "no-priority", state=ticket.state, number=ticket.number)
    window = day.window_of(ticket)
    if window:
        window_for(day, window.number, actor)
    if command.confirmed:
        return [e.PriorityConfirmed(ticket.id, actor.name)]
    if not command.reason.strip():
        raise Refused("invalid", "priority-reason", field="reason")
    removed = e.PriorityRemoved(ticket.id, ticket.priority, command.reason.strip())
    if window and ticket.step.started_at is None and _would_not_be_next(day, ticket, window, now):
        return [removed, e.TicketReturned(ticket.id), *leaves(window)]
    return [removed]


def _would_not_be_next(day: Day, ticket: Ticket, window: Window, now: Instant) -> bool:
    """Whether the window would have called somebody else, had the ticket claimed nothing."""
    queues = day.queues.copy()
    queues.add(waiting(day, replace(ticket, priority=Priority.NONE)))
    taker, staffed = day.taker(window.number), day.staffed()
    choice = choose(queues, day.plan.dispatch, taker, staffed, now, window.turn)
    return choice is not None and choice.waiting.ticket != ticket.id
