"""The rules of a visit: taking a number, coming back, giving up, putting right, rating."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import NoReturn

from queue_server.hall import commands as c
from queue_server.hall import events as e
from queue_server.hall.appointments import may_check_in
from queue_server.hall.commands import Actor
from queue_server.hall.day import Day
from queue_server.hall.dispatch import ahead, due, place_behind
from queue_server.hall.draft_rules import attach
from queue_server.hall.forecast import newcomers_wait
from queue_server.hall.material_rules import first_ticks, follow
from queue_server.hall.model import (
    AT_A_WINDOW,
    ENDED,
    Action,
    Group,
    GroupId,
    Instant,
    Override,
    Priority,
    QueueClass,
    Rating,
    ServiceId,
    State,
    Step,
    Ticket,
    TicketId,
    TicketNumber,
)
from queue_server.hall.opening import closes_at, may_take
from queue_server.hall.refusal import (
    Events,
    Refused,
    hall_standing,
    is_rated,
    known_group,
    leaves,
    may,
    ticket_of,
)

Part = tuple[GroupId, tuple[ServiceId, ...]]
"""One group's part of a visit before it is a step."""


def take(day: Day, command: c.TakeTicket, actor: Actor, now: Instant) -> Events:
    parts = _parts(day, command.services, command.group)
    for part, _ in parts:
        _must_be_open(day, part, now)
    group = day.plan.groups[parts[0][0]]
    _must_not_wait_past_closing(day, group.id, now)
    _must_not_hold_one(day, command, parts)
    number = _next_number(day, group, now)
    ticket = Ticket(
        command.id,
        number,
        now,
        _steps(command.id, parts, now, now),
        priority=command.priority,
        needs=command.needs,
        party=command.party,
        language=command.language,
        id_hash=command.id_hash,
        phone_hash=command.phone_hash,
        agent=command.agent,
        kiosk=command.kiosk,
        phone=command.phone,
        marks=command.marks,
        materials=first_ticks(day, command.services, command.materials),
    )
    return [e.TicketTaken(ticket), *attach(day, command.drafts, ticket.id)]


def check_in(day: Day, command: c.CheckIn, actor: Actor, now: Instant) -> Events:
    one = may_check_in(day, command.code, now)
    if day.override is Override.CLOSED:
        _refuse_closed(day, now)
    parts = _parts(day, one.services, None)
    ticket = Ticket(
        command.ticket,
        _next_number(day, day.plan.groups[parts[0][0]], now, promised=True),
        now,
        _steps(command.ticket, parts, now, one.start),
        priority=command.priority,
        needs=command.needs,
        language=command.language,
        slot=(one.start, one.end),
        phone_hash=one.phone_hash,
        kiosk=command.kiosk,
        phone=command.phone,
        marks=one.marks,
        materials=first_ticks(day, one.services, command.materials),
    )
    return [e.TicketTaken(ticket, one.code), *attach(day, command.drafts, ticket.id)]


def no_numbers(day: Day, id: GroupId, now: Instant) -> Refused | None:
    """Why nobody can take a number of a group now; None where one can be taken."""
    try:
        _must_be_open(day, id, now)
        _must_not_wait_past_closing(day, id, now)
        _next_number(day, day.plan.groups[id], now)
    except Refused as refusal:
        return refusal
    return None


def _parts(day: Day, services: tuple[ServiceId, ...], group: GroupId | None) -> list[Part]:
    if group is not None and not services:
        return [(known_group(day, group), ())]
    if group is not None or not services:
        raise Refused("invalid", "services-or-group", field="services")
    unknown = [service for service in services if service not in day.plan.services]
    if unknown:
        raise Refused("invalid", "no-such-service", field="services", services=", ".join(unknown))
    by_group: dict[GroupId, list[ServiceId]] = {}
    for service in dict.fromkeys(services):
        by_group.setdefault(day.plan.services[service].group, []).append(service)
    ordered = sorted(by_group, key=day.plan.visit_position)
    return [(group, tuple(by_group[group])) for group in ordered]


def _steps(
    ticket: TicketId, parts: Iterable[Part], now: Instant, queued_at: Instant, first: int = 0
) -> list[Step]:
    """Steps of a new visit: later ones queue by the first arrival, never from the back."""
    return [
        Step(
            f"{ticket}-{at}",
            group,
            services,
            State.PENDING if at else State.WAITING,
            arrived_at=now,
            queued_at=queued_at,
            since=now,
        )
        for at, (group, services) in enumerate(parts, start=first)
    ]


def _must_be_open(day: Day, group: GroupId, now: Instant) -> None:
    if not may_take(day.plan.hours, now, day.override, group):
        _refuse_closed(day, now)


def _refuse_closed(day: Day, now: Instant) -> NoReturn:
    text = "hall-closed-early" if day.override_reason else "hall-closed"
    raise Refused("hall-closed", text, state=hall_standing(day, now), reason=day.override_reason)


def _must_not_wait_past_closing(day: Day, group: GroupId, now: Instant) -> None:
    if not day.plan.hours.cut_off or day.override is Override.OPEN:
        return
    closing = closes_at(day.plan.hours, now, group)
    wait = newcomers_wait(day, day.foreseen, group) if day.foreseen else None
    if closing is not None and now + (wait or 0.0) > closing:
        raise Refused("hall-closed", "cut-off", state=hall_standing(day, now))


def _must_not_hold_one(day: Day, command: c.TakeTicket, parts: list[Part]) -> None:
    if not (day.plan.one_live_ticket and command.id_hash) or command.agent:
        return
    for group, _ in parts:
        if day.live_people[(command.id_hash, group)] > 0:
            live = _live_ticket(day, command.id_hash, group)
            raise Refused("live-ticket", state=live.state, number=live.number)


def _live_ticket(day: Day, id_hash: str, group: GroupId) -> Ticket:
    return next(
        ticket
        for ticket in day.tickets.values()
        if ticket.id_hash == id_hash
        and not ticket.agent
        and any(step.group == group and step.state not in ENDED for step in ticket.steps)
    )


def _next_number(day: Day, group: Group, now: Instant, promised: bool = False) -> TicketNumber:
    """The group's next number; a promised slot is kept although the day's quota is used up."""
    number = max(day.last_number[group.id] + 1, group.first_number)
    if group.last_number is not None and number > group.last_number:
        raise Refused("quota", "numbers-used-up", state=hall_standing(day, now))
    if not promised and group.quota is not None and day.given[group.id] >= group.quota:
        raise Refused("quota", state=hall_standing(day, now))
    return TicketNumber(f"{group.letter}{number:03d}")


# --- while waiting --------------------------------------------------------------------------------


def cancel(day: Day, command: c.Cancel, actor: Actor, now: Instant) -> Events:
    ticket = ticket_of(day, command.ticket)
    may(ticket, Action.CANCEL)
    window = day.window_of(ticket)
    return [e.TicketCancelled(ticket.id), *(leaves(window) if window else [])]


def requeue(day: Day, command: c.Requeue, actor: Actor, now: Instant) -> Events:
    ticket = ticket_of(day, command.ticket)
    may(ticket, Action.REQUEUE)
    rules = day.plan.missed
    if ticket.missed > rules.returns:
        raise Refused("wrong-state", "returned-enough", state=ticket.state, times=rules.returns)
    queued_at = place_behind(day.queues, day.plan.dispatch, ticket.step.group, rules.behind, now)
    return [e.TicketRequeued(ticket.id, queued_at)]


def let_others_go(day: Day, command: c.LetOthersGo, actor: Actor, now: Instant) -> Events:
    """So many of those who stand behind go first; where there are fewer, all of them.

    It is behind those in the order of their calls, as an ordinary ticket that has waited for so long: the
    priority that it loses is in that. Where nobody would go first, nothing changes and nothing is used up.
    """
    ticket = ticket_of(day, command.ticket)
    may(ticket, Action.LATE)
    rules, dispatch, group = day.plan.missed, day.plan.dispatch, ticket.step.group
    if ticket.lates >= rules.lates:
        raise Refused("wrong-state", "late-enough", state=ticket.state, times=rules.lates)
    one = day.queues.tickets[ticket.id]
    before = ahead(day.queues, dispatch, one, now)
    queues = day.queues.copy()
    queues.remove(ticket.id)
    others = len(due(queues, dispatch, group, now))
    if others <= before:
        return []
    queued_at = place_behind(queues, dispatch, group, min(before + rules.behind, others), now)
    moved = replace(one, kind=QueueClass.NONE, queued_at=queued_at)
    queues.add(moved)
    if ahead(queues, dispatch, moved, now) <= before:
        return []
    return [e.TicketDeferred(ticket.id, queued_at)]


def renew_secret(day: Day, command: c.RenewSecret, actor: Actor, now: Instant) -> Events:
    return [e.SecretRenewed(ticket_of(day, command.ticket).id)]


# --- putting right --------------------------------------------------------------------------------


def correct(day: Day, command: c.Correct, actor: Actor, now: Instant) -> Events:
    ticket = ticket_of(day, command.ticket)
    if ticket.state in ENDED:
        raise Refused("wrong-state", f"wrong-state.{ticket.state}", state=ticket.state)
    steps = None
    if command.services is not None or command.group is not None:
        steps = _corrected_steps(day, ticket, command, now)
    corrected = e.TicketCorrected(
        ticket.id, steps, command.priority, command.needs, command.note, command.reason
    )
    # Who gives a priority has seen what it is given for.
    given = command.priority not in (None, Priority.NONE)
    confirmed: Events = [e.PriorityConfirmed(ticket.id, actor.name)] if given else []
    return [corrected, *confirmed, *(follow(day, ticket, steps) if steps else [])]


def _corrected_steps(day: Day, ticket: Ticket, command: c.Correct, now: Instant) -> tuple[Step, ...]:
    """The present step keeps its state, window and waiting; what is new comes behind it."""
    done = {service for step in ticket.steps[: ticket.current] for service in step.services}
    services = command.services
    if services is not None:
        services = tuple(service for service in services if service not in done)
    parts = _parts(day, services or (), command.group)
    present = ticket.step
    if present.state not in AT_A_WINDOW:
        here, later = parts[0], parts[1:]
    else:
        matching = [part for part in parts if part[0] == present.group]
        if not matching:
            raise Refused("wrong-state", "transfer-instead", state=ticket.state)
        here, later = matching[0], [part for part in parts if part != matching[0]]
    first = replace(present, group=here[0], services=here[1])
    if here[0] != present.group:
        first.only_window = None
    came_at = ticket.slot[0] if ticket.slot else ticket.issued_at
    behind = _steps(ticket.id, later, now, came_at, ticket.current + 1)
    return (first, *behind)


# --- rating ---------------------------------------------------------------------------------------


def rate(day: Day, command: c.Rate, actor: Actor, now: Instant) -> Events:
    ticket = ticket_of(day, command.ticket)
    step = _rated_step(ticket, command.service, actor)
    if actor.window is not None and step.window != actor.window:
        raise Refused("forbidden", "not-your-window", window=actor.window)
    slot = command.service or (step.id if actor.window and len(ticket.steps) > 1 else "")
    if is_rated(ticket, step, command.service or "") or (slot == "" and ticket.rated):
        raise Refused("rated", state=ticket.state)
    rating = Rating(
        command.id,
        ticket.id,
        command.service or "",
        command.score,
        command.tags,
        command.comment,
        command.channel,
        now,
        step.window,
        step.clerk,
    )
    return [e.ServiceRated(rating, slot)]


def _rated_step(ticket: Ticket, service: ServiceId | None, actor: Actor) -> Step:
    """The service's step; at an evaluator the last one finished there; else the visit's last."""
    if service is not None and not any(service in step.services for step in ticket.steps):
        raise Refused("invalid", "not-in-this-visit", field="service", services=service)
    finished = [step for step in ticket.steps if step.state is State.FINISHED]
    if service is not None:
        finished = [step for step in finished if service in step.services]
    elif actor.window is None and ticket.state is not State.FINISHED:
        finished = []
    if not finished:
        raise Refused("wrong-state", "rate-after", state=ticket.state)
    here = [step for step in finished if step.window == actor.window]
    return (here or finished)[-1]
