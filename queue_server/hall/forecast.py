"""How long people will wait: the dispatcher run forward once over the queue as it stands.

Every open window is given its next ticket by the same `choose` that calls people, and keeps it
for the items' usual minutes. Nobody who is yet to come is foreseen.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field

from queue_server.hall.day import Day
from queue_server.hall.dispatch import Waiting, choose
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


class Lookahead:
    """The run forward from an instant, in as many pieces as whoever drives it likes.

    It works on copies: the day may go on meanwhile.
    """

    def __init__(self, day: Day, now: Instant) -> None:
        self._now, self._dispatch, self._staffed = now, day.plan.dispatch, day.staffed()
        self._queues = day.queues.copy()
        for group in day.plan.groups:
            self._queues.add(_newcomer(group, now))
        self._seats = [
            (_free_at(day, number, now), number)
            for number, window in day.windows.items()
            if window.state is WindowState.OPEN
        ]
        heapq.heapify(self._seats)
        self._takers = {number: day.taker(number) for _, number in self._seats}
        self._turns = {number: day.windows[number].turn for _, number in self._seats}
        self._calls_left = MOST_CALLS
        self.result = Forecast(now)

    def advance(self, calls: int) -> bool:
        """Foresee some more calls; True when all is foreseen and `result` is whole."""
        for _ in range(min(calls, self._calls_left)):
            if not self._seats:
                break
            self._call_one()
        self._calls_left -= calls
        return not self._seats or self._calls_left <= 0

    def _call_one(self) -> None:
        free_at, number = heapq.heappop(self._seats)
        turn, taker = self._turns[number], self._takers[number]
        choice = choose(self._queues, self._dispatch, taker, self._staffed, free_at, turn)
        if choice is None:
            return
        self._turns[number] = choice.turn
        taken = choice.waiting
        self._queues.remove(taken.ticket)
        _note(self.result, taken, Seconds(max(0.0, free_at - self._now)))
        heapq.heappush(self._seats, (Instant(free_at + taken.minutes * 60), number))


def forecast(day: Day, now: Instant) -> Forecast:
    """Run the hall forward from `now` until all who wait are called."""
    run = Lookahead(day, now)
    run.advance(MOST_CALLS)
    return run.result


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
