"""A form that a citizen fills in (自助填报): begun at a kiosk or on a phone, finished with the clerk.

What was written is sealed outside this package, field by field, so that two who write into one form at
once lose nothing; the rules know how far it is, to whom it belongs and when it must go.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from queue_server.hall.model import ENDED, Instant, Seconds, Service, ServiceId, Ticket, TicketId


class DraftState(StrEnum):
    """`ready`: its citizen has finished. `complete`: a clerk has gone through it with them."""

    OPEN = "open"
    READY = "ready"
    COMPLETE = "complete"


ASSISTED = "assistant"
"""The consent by which assistants may open a form and fill it in with its citizen."""

DONE = frozenset({DraftState.READY, DraftState.COMPLETE})


@dataclass(slots=True)
class Draft:
    """`filled` of the `of` questions that must be answered are. `revision` rises with each change."""

    id: str
    form: str
    begun_at: Instant
    changed_at: Instant
    of: int
    filled: int = 0
    ticket: TicketId | None = None
    state: DraftState = DraftState.OPEN
    revision: int = 0
    consents: tuple[str, ...] = ()
    """What the citizen has allowed to fill it in: sources, and `ASSISTED`."""
    finished_at: Instant | None = None
    finished_by: str = ""
    sealed: dict[str, bytes] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Papers:
    """How many of a ticket's forms are done. Those that it needs count, and those begun."""

    ready: int
    of: int


def drafts_of(drafts: Iterable[Draft], ticket: TicketId) -> list[Draft]:
    return [one for one in drafts if one.ticket == ticket]


def forms_of(ticket: Ticket, services: Mapping[ServiceId, Service]) -> tuple[list[str], list[str]]:
    """The forms that a ticket's items need, and those that are offered with them; each once."""
    known = [services[id] for step in ticket.steps for id in step.services if id in services]
    needed = dict.fromkeys(form for one in known for form in one.forms)
    offered = dict.fromkeys(form for one in known for form in one.offered if form not in needed)
    return list(needed), list(offered)


def papers(mine: Iterable[Draft], needed: Iterable[str]) -> Papers:
    """A form that was filled in twice counts once."""
    done = {one.form for one in mine if one.state in DONE}
    begun = {one.form for one in mine}
    return Papers(len(done), len(begun | set(needed)))


def is_over(draft: Draft, ticket: Ticket | None, keep: Seconds, after: Seconds, now: Instant) -> bool:
    """Whether its purpose has ended.

    `keep` is how long one is kept that no ticket has, since it was last touched; `after` how long after
    the visit. `ticket` is None where it has none, or the day of its ticket is over.
    """
    if ticket is not None:
        return ticket.state in ENDED and now - ticket.step.since >= after
    return now - draft.changed_at >= (keep if draft.ticket is None else after)
