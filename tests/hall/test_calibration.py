"""The ranges against the truth: days in virtual time, with lengths that the hall does not know."""

from __future__ import annotations

from dataclasses import dataclass, field

from queue_server.hall.forecast import MOST_CALLS, Lookahead
from queue_server.hall.lengths import Lengths, Record, learn
from queue_server.hall.model import GroupId, Instant, Seconds, TicketId
from queue_server.hall.promises import Ledger
from queue_server.hall.ranges import Range, Spread
from queue_server.hall.scenarios import Scenarios
from tests.hall.simulated import SimulatedDay

LEAST, DRAWN_EVERY, SEEDS = 40, 120.0, range(9)
TOLD_TO = 30.0
"""Waits are told in minutes: half of one more or less is the same."""


@dataclass
class Foreteller:
    """What the server does, over several days: it measures, draws, and learns from what became of it."""

    record: Record = field(default_factory=Record)
    ledger: Ledger = field(default_factory=Ledger)
    waits: list[tuple[Range, float]] = field(default_factory=list)

    def watch(self, day: SimulatedDay) -> None:
        self.lengths, self.drawn_at = Lengths(), Instant(0.0)
        self.spreads: dict[GroupId, Spread] = {}
        self.told: dict[TicketId, tuple[Instant, Range]] = {}
        while not day.is_over:
            came = day.step()
            self._hear(day)
            if came:
                self._tell(day, came)

    def _hear(self, day: SimulatedDay) -> None:
        floor = day.floor
        for interval in floor.changes.intervals:
            self.record.hear(interval, floor.day.tickets[interval.ticket].steps[interval.step].services)
        floor.changes.intervals.clear()
        for id in set(self.told) & set(day.calls):
            at, told = self.told.pop(id)
            self.waits.append((told, day.calls[id] - at))
            self.ledger.ended((id, 0), day.calls[id], True)

    def _tell(self, day: SimulatedDay, id: TicketId) -> None:
        floor = day.floor
        run = Lookahead(floor.day, floor.now, self.lengths)
        run.advance(MOST_CALLS)
        if floor.now - self.drawn_at > DRAWN_EVERY:
            self.lengths, self.drawn_at = learn(self.record, floor.day.minutes, LEAST), floor.now
            scenarios = Scenarios(run, day.seed)
            assert scenarios.advance(MOST_CALLS)
            self.spreads = scenarios.spreads()
        spread, wait = self.spreads.get(floor.day.tickets[id].step.group), run.result.waits[id]
        if spread:
            correction = self.ledger.correction(LEAST)
            self.ledger.promise((id, 0), floor.now, spread.of(wait), correction)
            self.told[id] = floor.now, correction.of(spread.of(wait))


def share_within(waits: list[tuple[Range, float]]) -> float:
    within = sum(told.p10 - TOLD_TO <= real <= told.p90 + TOLD_TO for told, real in waits)
    return within / len(waits)


def test_four_of_five_waits_end_within_their_range() -> None:
    foreteller = Foreteller()
    for seed in SEEDS:
        foreteller.watch(SimulatedDay(seed, every=(70.0, 76.0, 82.0)[seed % 3]))
    assert len(foreteller.waits) > 1500
    assert all(told.p10 <= told.p50 <= told.p90 for told, _ in foreteller.waits)
    long = [(told, real) for told, real in foreteller.waits if told.p90 > Seconds(180)]
    assert 0.70 <= share_within(long) <= 0.92
    assert foreteller.ledger.today.within / foreteller.ledger.today.judged >= 0.70
