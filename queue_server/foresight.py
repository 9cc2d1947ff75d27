"""What the server expects of the waits: looks ahead, ranges about them, and what they turned out to be.

It lives on the hub: a look ahead that is long lets others go first between its pieces.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import replace

from queue_server.hall.changes import Changes, Interval
from queue_server.hall.day import Day
from queue_server.hall.forecast import Forecast, Lookahead
from queue_server.hall.lengths import Lengths, Record, Services, learn
from queue_server.hall.model import GroupId, Instant, State
from queue_server.hall.promises import Ledger
from queue_server.hall.ranges import Spread
from queue_server.hall.scenarios import Scenarios

log = logging.getLogger(__name__)

PIECE, DRAWN_PIECE = 50, 15
"""So many calls are foreseen, or drawn, before others get their turn."""

FORECAST_SECONDS = 5.0
"""A forecast is not older than this."""

QUICK_SECONDS = 0.003
"""A look ahead that takes no longer is made at once after a change of a window."""

DRAWN_SECONDS = 5.0
"""Ranges are drawn anew no oftener than this; between, waits find theirs by their place in line."""

LEARN_SECONDS = 60.0
"""What was measured is looked at anew no oftener than this."""

FRESH_SECONDS = 30.0
"""Who has been in line for longer when ranges begin to be told was told none on coming."""


class Foresight:
    """The forecast in force, and all that it is made from."""

    def __init__(self, now: Instant) -> None:
        self.forecast = Forecast(now)
        self.ledger = Ledger()
        self._record, self._lengths = Record(), Lengths()
        self._spreads: dict[GroupId, Spread] = {}
        self._learnt_at = self._drawn_at = Instant(0.0)
        self._cost = 0.0
        self._is_stale = True

    def remember(self, measured: Iterable[tuple[Interval, Services]]) -> None:
        """What the hall measured before the server started, the earliest first."""
        self._is_stale = True
        for interval, services in measured:
            self._record.hear(interval, services)

    def hear(self, day: Day, changes: Changes) -> None:
        """Something has happened, and is on disk."""
        self._is_stale = True
        if changes.turned:
            self.ledger.turn_day()
        for interval in changes.intervals:
            ticket = day.tickets.get(interval.ticket)
            if ticket is None:
                continue
            step = ticket.steps[interval.step]
            self._record.hear(interval, step.services)
            if interval.state is State.WAITING:
                was_called = step.called_at == interval.end and not ticket.lates
                self.ledger.ended((ticket.id, interval.step), interval.end, was_called)

    def is_due(self, now: Instant) -> bool:
        return self._is_stale or now - self.forecast.as_of > FORECAST_SECONDS

    @property
    def is_quick(self) -> bool:
        """Whether a look ahead holds nobody up."""
        return self._cost < QUICK_SECONDS

    def look(self, day: Day, now: Instant, let_others: Callable[[], None] | None = None) -> None:
        """Look ahead. With `let_others`, in pieces, and with ranges where they are due. Never raises."""
        before, self._is_stale = self.forecast, False
        try:
            if let_others:
                self._learn(day, now)
            run = Lookahead(day, now, self._lengths)
            self._cost = _in_pieces(run.advance, PIECE, let_others)
            if self.forecast is not before:
                return  # A newer one was made while this one let others go first.
            if let_others:
                self._draw(run, day, now, let_others)
            correction = self.ledger.correction(day.plan.waits.least)
            self.forecast = replace(run.result, spreads=self._spreads, correction=correction)
        except Exception:
            # A wait is advice: without one the hall goes on.
            log.exception("no forecast could be made")
            return
        day.foreseen = self.forecast
        if let_others:
            self._promise(day)

    def _learn(self, day: Day, now: Instant) -> None:
        if now - self._learnt_at >= LEARN_SECONDS:
            self._learnt_at = now
            self._lengths = learn(self._record, day.minutes, day.plan.waits.least)

    def _draw(self, run: Lookahead, day: Day, now: Instant, let_others: Callable[[], None]) -> None:
        """The ranges of the groups that `run` knows the lengths of; the same luck all day long."""
        if now - self._drawn_at < DRAWN_SECONDS:
            return
        self._drawn_at = now
        if not run.lengths.shares:
            self._spreads = {}
            return
        scenarios = Scenarios(run, int(day.began_at))
        _in_pieces(scenarios.advance, DRAWN_PIECE, let_others)
        self._spreads = scenarios.spreads()

    def _promise(self, day: Day) -> None:
        """Note what those who have just come are told."""
        told = self.forecast
        for id, wait in told.waits.items():
            ticket = day.tickets.get(id)
            if ticket is None or ticket.state is not State.WAITING or ticket.step.queued_at > told.as_of:
                continue  # Before its slot nobody's wait is a promise of the line's.
            spread = told.spreads.get(ticket.step.group)
            if spread and told.as_of - ticket.step.since < FRESH_SECONDS:
                self.ledger.promise((id, ticket.current), told.as_of, spread.of(wait), told.correction)


def _in_pieces(advance: Callable[[int], bool], piece: int, let_others: Callable[[], None] | None) -> float:
    """Carry something on until it is done; the seconds that it took itself."""
    cost, is_done = 0.0, False
    while not is_done:
        began = time.perf_counter()
        is_done = advance(piece)
        cost += time.perf_counter() - began
        if let_others:
            let_others()
    return cost
