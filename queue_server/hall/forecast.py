"""How long people will wait: the dispatcher run forward once over the queue as it stands.

Every open window is given its next ticket by the same `choose` that calls people, and keeps it as long as
such a ticket was measured to keep one, or for the items' usual minutes. Nobody who is yet to come is
foreseen. How far a wait may turn out shorter or longer is told by `ranges`.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field

from queue_server.hall.day import Day
from queue_server.hall.dispatch import Waiting, choose, credit
from queue_server.hall.lengths import Lengths
from queue_server.hall.model import (
    AT_A_WINDOW,
    GroupId,
    Instant,
    QueueClass,
    Seconds,
    TicketId,
    Window,
    WindowState,
)
from queue_server.hall.ranges import Correction, Range, Spread

MOST_CALLS = 3000
"""So far the run goes; who stands behind that is told no wait."""

LEAST_LEFT = 0.2
"""A service that has outlasted its usual minutes is taken to need this share of them still."""

UNMEASURED = Lengths()

_NEWCOMER = "newcomer:"


@dataclass(frozen=True, slots=True)
class Forecast:
    """Expected waits at `as_of`, in seconds; who is not in it can't be told one.

    `spreads` makes ranges of them, for the groups that were measured; `correction` is what earlier ranges
    taught.
    """

    as_of: Instant
    waits: dict[TicketId, Seconds] = field(default_factory=dict)
    newcomers: dict[GroupId, Seconds] = field(default_factory=dict)
    spreads: dict[GroupId, Spread] = field(default_factory=dict)
    correction: Correction = field(default_factory=Correction)

    def range_of(self, group: GroupId, wait: Seconds) -> Range | None:
        """What an expected wait may come to; None until the group was measured."""
        spread = self.spreads.get(group)
        return self.correction.of(spread.of(wait)) if spread else None


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A call to come: of whom, after what `wait`, and the centre of how long it will keep its window."""

    waiting: Waiting
    wait: Seconds
    centre: Seconds


class Lookahead:
    """The run forward from an instant, in as many pieces as whoever drives it likes.

    It works on copies: the day may go on meanwhile. `calls` is what it foresaw, in order; `left` holds for
    each open window how long it may still be kept (seconds, each as likely as another).
    """

    def __init__(self, day: Day, now: Instant, lengths: Lengths = UNMEASURED) -> None:
        self._now, self._dispatch, self.lengths = now, day.plan.dispatch, lengths
        self.staffed = day.staffed()
        self._queues = day.queues.copy()
        self._centres = {one.ticket: _centre(day, one, lengths) for one in self._queues.tickets.values()}
        for group in day.plan.groups:
            self._queues.add(_newcomer(group, now))
        working = {
            number: window for number, window in day.windows.items() if window.state is WindowState.OPEN
        }
        self.left = {number: _left(day, window, now, lengths) for number, window in working.items()}
        self._seats = [(Instant(now + sum(left) / len(left)), number) for number, left in self.left.items()]
        heapq.heapify(self._seats)
        self.takers = {number: day.taker(number) for number in working}
        self._turns = {number: window.turn for number, window in working.items()}
        self._calls_left = MOST_CALLS
        self.calls: list[Foreseen] = []
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
        turn, taker = self._turns[number], self.takers[number]
        choice = choose(self._queues, self._dispatch, taker, self.staffed, free_at, turn)
        if choice is None:
            return
        self._turns[number] = choice.turn
        taken = choice.waiting
        self._queues.remove(taken.ticket)
        centre = self._centres.get(taken.ticket, Seconds(0.0))
        self._note(Foreseen(taken, Seconds(max(0.0, free_at - self._now)), centre))
        kept = self.lengths.mean(taken.group, centre) if centre else 0.0
        heapq.heappush(self._seats, (Instant(free_at + kept), number))

    def _note(self, call: Foreseen) -> None:
        self.calls.append(call)
        if call.waiting.ticket.startswith(_NEWCOMER):
            self.result.newcomers[call.waiting.group] = call.wait
        else:
            self.result.waits[call.waiting.ticket] = call.wait


def forecast(day: Day, now: Instant) -> Forecast:
    """Run the hall forward from `now` until all who wait are called."""
    run = Lookahead(day, now)
    run.advance(MOST_CALLS)
    return run.result


def wait_of(day: Day, told: Forecast, one: Waiting, ahead: int) -> Seconds | None:
    """The wait of somebody in line with `ahead` people before them; who came since has that of their place.

    It is never less than the time to a slot that is yet to come: until then whoever comes goes first.
    """
    wait, until_slot = told.waits.get(one.ticket), 0.0
    if one.kind is QueueClass.APPOINTMENT:
        until_slot = max(0.0, one.queued_at - told.as_of)
    if wait is None and day.tickets[one.ticket].step.since >= told.as_of:
        wait = _wait_at_slot(day, told, one) if until_slot else _wait_at_place(day, told, one.group, ahead)
    return None if wait is None else Seconds(max(wait, until_slot))


def newcomers_wait(day: Day, told: Forecast, group: GroupId) -> Seconds | None:
    """The wait of somebody who takes a number now, behind those too who came since the forecast."""
    return _wait_at_place(day, told, group, day.queues.count(group))


def _wait_at_place(day: Day, told: Forecast, group: GroupId, ahead: int) -> Seconds | None:
    """At the end of the line, those who came since the forecast and stand before count too."""
    wait = told.newcomers.get(group)
    if wait is None:
        return None
    others = list(day.queues.of_group(group))
    line = sorted(told.waits[other.ticket] for other in others if other.ticket in told.waits)
    if ahead < len(line):
        return line[ahead]
    unseen = sorted(
        (other for other in others if other.ticket not in told.waits), key=lambda other: other.place
    )
    before = sum(other.minutes for other in unseen[: ahead - len(line)])
    return Seconds(wait + before * 60 / max(1, day.open_windows(group)))


def _wait_at_slot(day: Day, told: Forecast, one: Waiting) -> Seconds | None:
    """Of those who are not called before the slot begins, the ones with less credit then come behind."""
    if one.group not in told.newcomers:
        return None
    dispatch, starts = day.plan.dispatch, one.queued_at
    own = credit(dispatch, one.kind, starts, starts)
    waits = {
        told.waits[other.ticket]: credit(dispatch, other.kind, other.queued_at, starts)
        for other in day.queues.of_group(one.group)
        if other.ticket in told.waits
    }
    behind = (wait for wait, worth in waits.items() if worth < own and told.as_of + wait >= starts)
    return min(behind, default=max(waits, default=Seconds(0.0)))


def _newcomer(group: GroupId, now: Instant) -> Waiting:
    """Somebody who takes a number now and needs no time: shows the wait, delays nobody."""
    ticket = TicketId(f"{_NEWCOMER}{group}")
    return Waiting(ticket, group, QueueClass.NONE, now, 1_000_000, now, minutes=0.0)


def _centre(day: Day, one: Waiting, lengths: Lengths) -> Seconds:
    return lengths.centre(one.group, day.tickets[one.ticket].step.services, Seconds(one.minutes * 60))


def _left(day: Day, window: Window, now: Instant, lengths: Lengths) -> list[float]:
    """How long a window may still be kept; what outlasts all that was measured is nearly done."""
    if window.ticket is None:
        return [0.0]
    step = day.tickets[window.ticket].step
    assert step.state in AT_A_WINDOW
    usual = Seconds(day.minutes(step.group, step.services) * 60)
    if step.group in lengths.shares:
        centre = lengths.centre(step.group, step.services, usual)
        spent = Seconds(now - (step.called_at or now))
        return lengths.left(step.group, centre, spent) or [centre * LEAST_LEFT]
    return [max(usual - (now - (step.started_at or now)), usual * LEAST_LEFT)]
