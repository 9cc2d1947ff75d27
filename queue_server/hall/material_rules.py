"""The rules of papers that are ticked: said with the number, changed later, kept when items are put right."""

from __future__ import annotations

from collections.abc import Iterable

from queue_server.hall import commands as c
from queue_server.hall import events as e
from queue_server.hall.commands import Actor
from queue_server.hall.day import Day
from queue_server.hall.materials import Ticks, followed, items_of, merged
from queue_server.hall.model import ENDED, Has, Instant, Service, ServiceId, Step, Ticket
from queue_server.hall.refusal import Events, Refused, ticket_of


def first_ticks(day: Day, services: tuple[ServiceId, ...], ticks: Ticks | None) -> Has | None:
    """What is there when the number is taken; None where nothing was said."""
    if ticks is None:
        return None
    items = {id: day.plan.services[id] for id in services}
    _must_be_known(items, ticks)
    return merged(items.values(), None, ticks)


def tick(day: Day, command: c.TickMaterials, actor: Actor, now: Instant) -> Events:
    ticket = ticket_of(day, command.ticket)
    if ticket.state in ENDED:
        raise Refused("wrong-state", f"wrong-state.{ticket.state}", state=ticket.state)
    items = items_of(ticket, day.plan.services)
    _must_be_known(items, command.ticks)
    has = merged(items.values(), ticket.materials, command.ticks)
    return [e.MaterialsTicked(ticket.id, has)] if has != ticket.materials else []


def follow(day: Day, ticket: Ticket, steps: tuple[Step, ...]) -> Events:
    """The ticks of a visit whose present and later steps become `steps`."""
    if ticket.materials is None:
        return []
    services = [id for step in (*ticket.steps[: ticket.current], *steps) for id in step.services]
    items = [day.plan.services[id] for id in services if id in day.plan.services]
    has = followed(ticket.materials, day.plan.services, items)
    return [e.MaterialsTicked(ticket.id, has)] if has != ticket.materials else []


def _must_be_known(items: dict[ServiceId, Service], ticks: Ticks) -> None:
    """:raises Refused: `invalid`, naming the item or paper that is not of this visit."""
    for id, said in ticks.items():
        if id not in items:
            _refuse("no-such-material-item", f"materials.{id}", items)
        papers = [one.id for one in items[id].materials]
        for one in said:
            if one not in papers:
                _refuse("no-such-material", f"materials.{id}.{one}", papers)


def _refuse(text: str, field: str, known: Iterable[str]) -> None:
    raise Refused("invalid", text, field=field, known=", ".join(known) or "–")
