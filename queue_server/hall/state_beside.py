"""How the day changes beside its tickets: texts, calls for help, slips, forms. Called by `state` alone."""

from __future__ import annotations

from functools import singledispatch

from queue_server.hall import events as e
from queue_server.hall.changes import Changes
from queue_server.hall.day import Day
from queue_server.hall.drafts import Draft
from queue_server.hall.model import Instant
from queue_server.hall.slips import SlipState


@singledispatch
def apply(event: object, day: Day, at: Instant, changes: Changes) -> None:
    """Make an event true."""
    raise TypeError(f"no such event: {event!r}")


# --- texts ----------------------------------------------------------------------------------------


@apply.register
def _(event: e.CitizenTexted, day: Day, at: Instant, changes: Changes) -> None:
    ticket = day.tickets[event.ticket]
    ticket.texted = (*ticket.texted, event.what)
    changes.phones[ticket.id] = None


@apply.register
def _(event: e.PhoneSet, day: Day, at: Instant, changes: Changes) -> None:
    day.tickets[event.ticket].phone = event.phone
    changes.phones[event.ticket] = changes.tickets[event.ticket] = None


@apply.register
def _(event: e.PhoneForgotten, day: Day, at: Instant, changes: Changes) -> None:
    ticket = day.tickets[event.ticket]
    ticket.phone, ticket.texted = b"", ()
    changes.phones[ticket.id] = None


# --- calls for help -------------------------------------------------------------------------------


@apply.register
def _(event: e.HelpAsked, day: Day, at: Instant, changes: Changes) -> None:
    day.helps[event.request.id] = event.request
    changes.helps[event.request.id] = None


@apply.register
def _(
    event: e.HelpAskedAgain | e.HelpTaken | e.HelpHandedOver | e.HelpEnded,
    day: Day,
    at: Instant,
    changes: Changes,
) -> None:
    request = day.helps[event.id]
    match event:
        case e.HelpAskedAgain():
            request.ask_again(event.reason, at)
        case e.HelpTaken():
            request.take(event.taker, at)
        case e.HelpHandedOver():
            request.hand_over(event.wanted, event.note)
        case e.HelpEnded():
            request.end(event.state, at, event.taker, event.note)
    changes.helps[request.id] = None


# --- slips ----------------------------------------------------------------------------------------


@apply.register
def _(event: e.SlipOrdered, day: Day, at: Instant, changes: Changes) -> None:
    day.slips[event.order.id] = event.order
    changes.slips[event.order.id] = None


@apply.register
def _(event: e.SlipTaken | e.SlipEnded, day: Day, at: Instant, changes: Changes) -> None:
    day.slips[event.id].state = SlipState.TAKEN if isinstance(event, e.SlipTaken) else event.state
    changes.slips[event.id] = None


# --- forms ----------------------------------------------------------------------------------------


@apply.register
def _(event: e.FormBegun, day: Day, at: Instant, changes: Changes) -> None:
    day.drafts[event.draft.id] = event.draft
    _draft_changed(day, event.draft, changes)


@apply.register
def _(event: e.FormFound, day: Day, at: Instant, changes: Changes) -> None:
    """Nothing changes."""


@apply.register
def _(event: e.FormConsented, day: Day, at: Instant, changes: Changes) -> None:
    draft = day.drafts[event.draft]
    draft.consents = (*draft.consents, *event.sources)
    changes.drafts[draft.id] = None


@apply.register
def _(event: e.FormSaved, day: Day, at: Instant, changes: Changes) -> None:
    draft = day.drafts[event.draft]
    for name, sealed in event.sealed.items():
        if sealed:
            draft.sealed[name] = sealed
        else:
            draft.sealed.pop(name, None)
        changes.draft_fields[draft.id, name] = None
    stood = (draft.filled, draft.of, draft.state)
    draft.filled, draft.of, draft.state = event.filled, event.of, event.state
    draft.changed_at = at
    draft.revision += 1
    changes.drafts[draft.id] = None
    if stood != (draft.filled, draft.of, draft.state):
        _draft_changed(day, draft, changes)


@apply.register
def _(event: e.FormFinished, day: Day, at: Instant, changes: Changes) -> None:
    draft = day.drafts[event.draft]
    draft.state, draft.finished_at, draft.finished_by = event.state, at, event.clerk
    draft.changed_at = at
    _draft_changed(day, draft, changes)


@apply.register
def _(event: e.FormAttached, day: Day, at: Instant, changes: Changes) -> None:
    draft = day.drafts[event.draft]
    draft.ticket = event.ticket
    _draft_changed(day, draft, changes)


@apply.register
def _(event: e.FormErased, day: Day, at: Instant, changes: Changes) -> None:
    _draft_changed(day, day.drafts.pop(event.draft), changes)


def _draft_changed(day: Day, draft: Draft, changes: Changes) -> None:
    """Who looks at its ticket hears how far the forms are."""
    changes.drafts[draft.id] = None
    ticket = day.tickets.get(draft.ticket) if draft.ticket else None
    if ticket:
        changes.tickets[ticket.id] = None
        if window := day.window_of(ticket):
            changes.windows[window.number] = None
