"""How the ranges that people were told turned out, and what that teaches for the next ones.

No look ahead knows who is yet to come, which window will pause, who will open another. So every range is
compared with the wait that followed; where they turned out too narrow, or all too short, those to come
are corrected by as much.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from queue_server.hall.model import Instant, Seconds, TicketId
from queue_server.hall.ranges import FARTHEST, MINUTE, Correction, Range, minutes_told

MOST_REMEMBERED = 300
"""So many waits, the latest, teach the correction."""

Visit = tuple[TicketId, int]
"""A ticket, and which of its steps."""


@dataclass(frozen=True, slots=True)
class Promise:
    """What was told at an instant: the range as it was drawn, and as it was corrected."""

    at: Instant
    drawn: Range
    told: Range


@dataclass(frozen=True, slots=True)
class Kept:
    """Of `judged` waits that were told as a range today, so many ended within the minutes told."""

    judged: int = 0
    within: int = 0


@dataclass(slots=True)
class Ledger:
    """Promises, and what came of them. It lives as long as the server."""

    open: dict[Visit, Promise] = field(default_factory=dict)
    places: deque[float] = field(default_factory=lambda: deque(maxlen=MOST_REMEMBERED))
    today: Kept = Kept()

    def promise(self, visit: Visit, at: Instant, drawn: Range, correction: Correction) -> None:
        """What somebody is told who has just come; the first word counts."""
        self.open.setdefault(visit, Promise(at, drawn, correction.of(drawn)))

    def ended(self, visit: Visit, at: Instant, was_called: bool) -> None:
        """A wait is over. Where it ended with a call its promise is judged, else it is void."""
        promise = self.open.pop(visit, None)
        if promise is None or not was_called:
            return
        real = Seconds(at - promise.at)
        place = promise.drawn.place(real)
        if place is not None:
            self.places.append(place)
        within = is_within(promise, real)
        self.today = Kept(self.today.judged + 1, self.today.within + within)

    def turn_day(self) -> None:
        """A new day's figures begin; what was learnt stays."""
        self.open.clear()
        self.today = Kept()

    def correction(self, least: int) -> Correction:
        """As the latest waits teach; none before so many of them are known."""
        return corrected(self.places) if len(self.places) >= least else Correction()


def is_within(promise: Promise, real: Seconds) -> bool:
    """Whether a wait ended within the minutes that were told."""
    told = promise.told
    first, last = minutes_told(told.p10, told.p50, told.p90, ahead=1)
    return (first <= 1 or real >= (first - 0.5) * MINUTE) and real <= (last + 0.5) * MINUTE


def corrected(places: Iterable[float]) -> Correction:
    """Where waits lay in their ranges, within bounds."""
    ends = np.clip(np.percentile(list(places), (10, 50, 90)), -FARTHEST, FARTHEST)
    return Correction(*(float(end) for end in ends))
