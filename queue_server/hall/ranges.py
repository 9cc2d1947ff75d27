"""What a wait may come to: a range instead of one figure, and how it is told in minutes."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from math import ceil, floor

from queue_server.hall.model import Seconds

MINUTE = 60.0

EXACT_MINUTES, STEP_MINUTES = 15, 5
"""A range that ends later than this is told in steps of so many minutes, rounded outwards."""

FARTHEST = 4.0
"""No range is stretched to more than so many times its half."""


@dataclass(frozen=True, slots=True)
class Range:
    """One wait of ten is over before `p10`, half are before `p50`, nine of ten before `p90` (seconds)."""

    p10: Seconds
    p50: Seconds
    p90: Seconds

    def place(self, real: Seconds) -> float | None:
        """Where a wait lies: -1 at `p10`, 0 at `p50`, 1 at `p90`; None where the range has no halves."""
        half = self.p90 - self.p50 if real > self.p50 else self.p50 - self.p10
        return (real - self.p50) / half if half > 0 else None

    def at(self, place: float) -> Seconds:
        """The wait that lies at a place."""
        half = self.p90 - self.p50 if place > 0 else self.p50 - self.p10
        return Seconds(max(0.0, self.p50 + place * half))


@dataclass(frozen=True, slots=True)
class Correction:
    """Where in their ranges one of ten, half, and nine of ten of the waits turned out to lie."""

    low: float = -1.0
    middle: float = 0.0
    high: float = 1.0

    def of(self, one: Range) -> Range:
        """The range that would have held as many as it promises."""
        return Range(one.at(self.low), one.at(self.middle), one.at(self.high))


Knot = tuple[Seconds, Range]
"""A wait as the dispatcher expects it, and the range that goes with it."""

NOTHING: Knot = (Seconds(0.0), Range(Seconds(0.0), Seconds(0.0), Seconds(0.0)))


@dataclass(frozen=True, slots=True)
class Spread:
    """The ranges of a group's waits, by the wait expected; `knots` ascend."""

    knots: tuple[Knot, ...]

    def of(self, expected: Seconds) -> Range:
        """The range of a wait: between two knots by its place, beyond the last in proportion."""
        at = bisect_right(self.knots, expected, key=lambda knot: knot[0])
        if at == len(self.knots):
            last, most = self.knots[-1]
            times = expected / last if last else 1.0
            return Range(*(Seconds(value * times) for value in (most.p10, most.p50, most.p90)))
        before, low = self.knots[at - 1] if at else NOTHING
        after, high = self.knots[at]
        share = (expected - before) / (after - before)
        ends = ((low.p10, high.p10), (low.p50, high.p50), (low.p90, high.p90))
        return Range(*(Seconds(one + (other - one) * share) for one, other in ends))


def minutes_told(p10: float | None, p50: float, p90: float | None, ahead: int) -> tuple[int, int]:
    """A wait as it is told: from and to so many minutes, twice the same where one figure is known.

    (0, 0), "no wait", only with nobody ahead and the wait over within a minute; else never a 0.
    """
    low, high = (p50, p50) if p10 is None or p90 is None else (p10, p90)
    if ahead == 0 and high < MINUTE:
        return 0, 0
    first, last = floor(low / MINUTE + 0.5), floor(high / MINUTE + 0.5)
    if last > EXACT_MINUTES and first < last:
        first = floor(first / STEP_MINUTES) * STEP_MINUTES or first
        last = ceil(last / STEP_MINUTES) * STEP_MINUTES
    return max(1, first), max(1, last)


def figure(minutes: tuple[int, int]) -> str:
    """Minutes told, as they are written: `14`, `10–25`."""
    first, last = minutes
    return str(last) if first == last else f"{first}–{last}"
