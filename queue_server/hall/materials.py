"""The papers that citizens bring for their items, and which of them are there.

Ticked at a kiosk, on a phone, or by the clerk with the citizen. A paper is named by its item and its
id in that item's guide; one that several items want is taken out of the bag, and counted, once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from queue_server.hall.model import Has, Material, Party, Service, ServiceId, Ticket

Ticks = Mapping[ServiceId, Mapping[str, bool]]
"""What somebody says of papers, by item and paper; what isn't named stays as it was."""

PAPERS_MISSING = "papers-missing"
"""The flag of an item that is accepted although some papers follow."""


class Verdict(StrEnum):
    """What papers that are missing mean for the visit. The clerk decides: nobody is refused for it."""

    COMPLETE = "complete"
    LATER = "later"
    """It is accepted today; the rest follows."""
    COME_BACK = "come-back"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A paper as one takes it out of the bag. `later`: it may follow, whichever item wants it."""

    paper: Material
    is_there: bool
    later: bool


def items_of(ticket: Ticket, services: Mapping[ServiceId, Service]) -> dict[ServiceId, Service]:
    """A ticket's items that the catalogue knows, in order."""
    return {id: services[id] for step in ticket.steps for id in step.services if id in services}


def papers_for(ticket: Ticket, item: Service) -> tuple[Material, ...]:
    """What this visitor needs; whoever hasn't said comes for themselves."""
    return tuple(one for one in item.materials if one.party in (None, ticket.party or Party.CITIZEN))


def ticks_of(
    ticket: Ticket, services: Mapping[ServiceId, Service]
) -> dict[ServiceId, dict[str, bool]] | None:
    """Of every paper whether it is there; None while nobody has said."""
    if ticket.materials is None:
        return None
    return {
        id: {one.id: one.id in ticket.materials.get(id, ()) for one in needed}
        for id, item in items_of(ticket, services).items()
        if (needed := papers_for(ticket, item))
    }


def counted(ticket: Ticket, services: Mapping[ServiceId, Service]) -> tuple[int, int]:
    """How many papers are there, and how many are needed; none of either while nobody has said."""
    papers = wanted(ticket, services) if ticket.materials is not None else []
    return sum(one.is_there for one in papers), len(papers)


def wanted(ticket: Ticket, services: Mapping[ServiceId, Service]) -> list[Wanted]:
    """All papers of a visit, in order; one that several items want is there where all of them have it."""
    found: dict[str, Wanted] = {}
    has = ticket.materials or {}
    for id, item in items_of(ticket, services).items():
        for one in papers_for(ticket, item):
            is_there, later = one.id in has.get(id, ()), one.later
            if (before := found.get(_kin(one))) is not None:
                is_there, later = is_there and before.is_there, later and before.later
            found[_kin(one)] = Wanted(before.paper if before else one, is_there, later)
    return list(found.values())


def lacking(ticket: Ticket, services: Mapping[ServiceId, Service]) -> list[Wanted]:
    """The papers that are not there."""
    return [one for one in wanted(ticket, services) if not one.is_there]


def listed(names: Iterable[str], joint: str, longest: int) -> str:
    """As many whole names as fit."""
    told = ""
    for name in names:
        longer = f"{told}{joint}{name}" if told else name
        if len(longer) > longest:
            break
        told = longer
    return told


def verdict(ticket: Ticket, services: Mapping[ServiceId, Service]) -> Verdict | None:
    """What follows from the papers that are missing; None while nobody has said."""
    if ticket.materials is None:
        return None
    missing = lacking(ticket, services)
    if not missing:
        return Verdict.COMPLETE
    return Verdict.LATER if all(one.later for one in missing) else Verdict.COME_BACK


def merged(items: Iterable[Service], before: Has | None, ticks: Ticks) -> Has:
    """What is there after `ticks`, in the guides' order."""
    has: Has = {}
    for item in items:
        there, said = (before or {}).get(item.id, ()), ticks.get(item.id, {})
        has[item.id] = tuple(one.id for one in item.materials if said.get(one.id, one.id in there))
    return {id: there for id, there in has.items() if there}


def followed(has: Has, known: Mapping[ServiceId, Service], items: Iterable[Service]) -> Has:
    """What is there when a visit's items are others: a paper in the bag serves the new ones too."""
    bag = {
        _kin(one)
        for id, there in has.items()
        for one in (known[id].materials if id in known else ())
        if one.id in there
    }
    items = list(items)
    ticks = {item.id: {one.id: True for one in item.materials if _kin(one) in bag} for item in items}
    return merged(items, has, ticks)


def _kin(one: Material) -> str:
    """Papers of one name are one paper, whichever items want it."""
    return one.name["zh"]
