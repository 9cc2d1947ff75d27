"""Why somebody waits: who was called before them since they came, by which rule, at what cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from queue_server.hall.day import Day, waiting
from queue_server.hall.dispatch import Waiting
from queue_server.hall.model import Call, CallKind, Instant, Rule, Seconds, State, Ticket, WindowNumber


class Own(StrEnum):
    """What of a ticket's own let somebody go first who came later, and whom no rule favoured."""

    BEFORE_SLOT = "before-slot"
    CAME_BACK = "came-back"
    LET_OTHERS_GO = "let-others-go"


@dataclass(frozen=True, slots=True)
class Passed:
    """One call of somebody else, who stays unnamed.

    `rule` says why they went first; who came earlier has simply waited longer. `jumped` says that they
    were behind in line. `seconds` is what the call cost the ticket: the usual time of what was called,
    shared by the windows that served its group then.
    """

    rule: Rule | Own
    at: Instant
    window: WindowNumber
    seconds: Seconds
    jumped: bool


def why(day: Day, ticket: Ticket) -> list[Passed]:
    """The calls made while a ticket waited, by windows that could have called it; oldest first.

    What a window may serve, and where the ticket stands in line, are taken as they are now.
    """
    found = []
    for position in range(ticket.current + 1):
        at_step = replace(ticket, current=position)
        one = waiting(day, at_step)
        found += [_passed(day, at_step, one, call) for call in _calls_meanwhile(day, at_step, one)]
    return found


def _calls_meanwhile(day: Day, ticket: Ticket, one: Waiting) -> Iterator[Call]:
    """The calls of others while the ticket's step waited."""
    step, staffed = ticket.step, day.staffed()
    until = step.called_at or (None if step.state is State.WAITING else step.since)
    for call in day.calls.values():
        if call.kind is not CallKind.CALL or call.ticket == ticket.id or call.window not in day.windows:
            continue
        if call.at < step.arrived_at or (until is not None and call.at >= until):
            continue
        taker = day.taker(call.window)
        if one.group in taker.groups and taker.may_serve(one, staffed):
            yield call


def _passed(day: Day, ticket: Ticket, one: Waiting, call: Call) -> Passed:
    called = day.tickets[call.ticket]
    jumped = (call.queued_at, called.order, called.id) > one.place
    came_later = (called.issued_at, called.order) > (ticket.issued_at, ticket.order)
    rule = _rule(ticket, one, call) if jumped or came_later else Rule.LONGEST
    cost = Seconds(call.minutes * 60 / max(1, call.windows))
    return Passed(rule, call.at, call.window, cost, jumped)


def _rule(ticket: Ticket, one: Waiting, call: Call) -> Rule | Own:
    """Why somebody went first who did not come first."""
    if call.rule is not Rule.LONGEST:
        return call.rule
    if ticket.missed:
        return Own.CAME_BACK
    if ticket.lates:
        return Own.LET_OTHERS_GO
    return Own.BEFORE_SLOT if one.queued_at > call.at else Rule.LONGEST
