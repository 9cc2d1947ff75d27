"""How long people will wait: the dispatcher run forward once over the queue as it stands.

Every open window is given its next ticket by the same `choose` that calls people, and keeps it
for the items' usual minutes. Nobody who is yet to come is foreseen.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field

from queue_server.hall.dispatch import Queues, Staffed, Taker, Waiting, choose
from queue_server.hall.model import (
    AT_A_WINDOW,
    GroupId,
    Instant,
    QueueClass,
    Seconds,
    TicketId,
    WindowNumber,
    WindowState,
)
from queue_server.hall.state import Day

MOST_CALLS = 3000
"""So far the run goes; who stands behind that is told no wait."""

LEAST_LEFT = 0.2
"""A service that has outlasted its usual minutes is taken to need this share of them still."""

_NEWCOMER = "newcomer:"


@dataclass(frozen=True, slots=True)
class Forecast:
    """Expected waits at `as_of`, in seconds; who is not in it can't be told one."""

    as_of: Instant
    waits: dict[TicketId, Seconds] = field(default_factory=dict)
    newcomers: dict[GroupId, Seconds] = field(default_factory=dict)


def forecast(day: Day, now: Instant) -> Forecast:
    """Run the hall forward from `now` until all who wait are called."""
    result = Forecast(now)
    queues = day.queues.copy()
    for group in day.plan.groups:
        queues.add(_newcomer(group, now))
    staffed = day.staffed()
    seats = [
        (_free_at(day, number, now), number)
        for number, window in day.windows.items()
        if window.state is WindowState.OPEN
    ]
    heapq.heapify(seats)
    takers = {number: day.taker(number) for _, number in seats}
    turns = {number: day.windows[number].turn for _, number in seats}
    for _ in range(MOST_CALLS):
        if not seats:
            break
        free_at, number = heapq.heappop(seats)
        taken = _take(queues, day, takers[number], staffed, free_at, turns)
        if taken is None:
            continue
        _note(result, taken, Seconds(max(0.0, free_at - now)))
        heapq.heappush(seats, (Instant(free_at + taken.minutes * 60), number))
    return result


def _take(
    queues: Queues,
    day: Day,
    taker: Taker,
    staffed: Staffed,
    at: Instant,
    turns: dict[WindowNumber, int],
) -> Waiting | None:
    number = taker.number
    assert number is not None
    choice = choose(queues, day.plan.dispatch, taker, staffed, at, turns[number])
    if choice is None:
        return None
    turns[number] = choice.turn
    queues.remove(choice.waiting.ticket)
    return choice.waiting


def _note(result: Forecast, taken: Waiting, wait: Seconds) -> None:
    if taken.ticket.startswith(_NEWCOMER):
        result.newcomers[taken.group] = wait
    else:
        result.waits[taken.ticket] = wait


def _newcomer(group: GroupId, now: Instant) -> Waiting:
    """Somebody who takes a number now and needs no time: shows the wait, delays nobody."""
    ticket = TicketId(f"{_NEWCOMER}{group}")
    return Waiting(ticket, group, QueueClass.NONE, now, 1_000_000, now, minutes=0.0)


def _free_at(day: Day, number: WindowNumber, now: Instant) -> Instant:
    held = day.windows[number].ticket
    if held is None:
        return now
    step = day.tickets[held].step
    assert step.state in AT_A_WINDOW
    usual = day.minutes(step.group, step.services) * 60
    spent = now - (step.started_at or now)
    return Instant(now + max(usual - spent, usual * LEAST_LEFT))
