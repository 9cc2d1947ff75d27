"""The rules of forms that citizens fill in: begun, saved, finished, tied to a ticket, erased."""

from __future__ import annotations

from queue_server.hall import commands as c
from queue_server.hall import events as e
from queue_server.hall.commands import Actor, Power
from queue_server.hall.day import Day
from queue_server.hall.drafts import DONE, Draft, DraftState
from queue_server.hall.model import Instant, TicketId
from queue_server.hall.refusal import Events, Refused, ticket_of

CLERKS = frozenset({Power.CLERK, Power.MANAGER})


def begin(day: Day, command: c.BeginForm, actor: Actor, now: Instant) -> Events:
    """A ticket has one of each form: beginning it again leads to what is there."""
    if command.ticket is not None:
        ticket = ticket_of(day, command.ticket)
        same = [one for one in day.drafts.values() if (one.ticket, one.form) == (ticket.id, command.form)]
        if same:
            return [e.FormFound(same[0].id)]
    events: Events = [e.FormBegun(_new(command, now))]
    if fields := tuple(command.sealed):
        written = (fields, command.filled, command.of, DraftState.OPEN, command.sealed)
        events.append(e.FormSaved(command.id, *written))
    return events


def save(day: Day, command: c.SaveForm, actor: Actor, now: Instant) -> Events:
    """What a clerk has gone through, only a clerk changes; what is no longer whole is open again."""
    draft = known_draft(day, command.draft)
    if draft.state is DraftState.COMPLETE and actor.power not in CLERKS:
        raise Refused("wrong-state", "form-complete", state=draft.state)
    state = DraftState.OPEN
    if command.is_whole and draft.state in DONE:
        state = DraftState.READY
    consents = tuple(one for one in command.consents if one not in draft.consents)
    fields = tuple(command.sealed)
    events: Events = [e.FormConsented(draft.id, consents)] if consents else []
    if fields:
        events.append(e.FormSaved(draft.id, fields, command.filled, command.of, state, command.sealed))
    return events


def finish(day: Day, command: c.FinishForm, actor: Actor, now: Instant) -> Events:
    draft = known_draft(day, command.draft)
    if draft.revision != command.revision:
        raise Refused("wrong-state", "form-changed", state=draft.state)
    if draft.state is command.state or draft.state is DraftState.COMPLETE:
        return []
    by = actor.clerk.username if actor.clerk and command.state is DraftState.COMPLETE else ""
    return [e.FormFinished(draft.id, command.state, by)]


def erase(day: Day, command: c.EraseForms, actor: Actor, now: Instant) -> Events:
    return [e.FormErased(id) for id in command.drafts if id in day.drafts]


def attach(day: Day, drafts: tuple[str, ...], ticket: TicketId) -> Events:
    """Forms filled in beforehand go with the ticket that is taken."""
    for id in drafts:
        if known_draft(day, id, "drafts").ticket is not None:
            raise Refused("invalid", "form-has-ticket", field="drafts")
    return [e.FormAttached(id, ticket) for id in dict.fromkeys(drafts)]


def known_draft(day: Day, id: str, field: str = "id") -> Draft:
    """The draft, or the refusal `not-found`."""
    if id not in day.drafts:
        raise Refused("not-found", "no-such-draft", field=field)
    return day.drafts[id]


def _new(command: c.BeginForm, now: Instant) -> Draft:
    return Draft(command.id, command.form, now, now, command.of, ticket=command.ticket)
