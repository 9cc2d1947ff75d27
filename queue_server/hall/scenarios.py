"""How far waits may turn out shorter or longer than expected: the run forward, with drawn lengths.

The calls that the dispatcher foresees are given, in its order, to the windows that may take them, in many
scenarios at once. In each, every turn lasts as long as one of the turns that were measured.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from queue_server.hall.forecast import Foreseen, Lookahead
from queue_server.hall.model import GroupId, Seconds
from queue_server.hall.ranges import Range, Spread

SCENARIOS = 160
"""So many scenarios, a multiple of the shares of `lengths`: each share comes up as often."""

MOST_DRAWN = 500
"""So many calls have drawn lengths; who stands behind them has the range of the last, in proportion."""

KNOTS = 16
"""A group's spread is remembered at so many places of its line at most."""

Floats = NDArray[np.float64]


class Scenarios:
    """Draws the calls that a finished look ahead foresaw, in as many pieces as its driver likes.

    The same look ahead and seed give the same spreads.
    """

    def __init__(self, run: Lookahead, seed: int) -> None:
        self._run, self._calls = run, run.calls[:MOST_DRAWN]
        self._random = np.random.default_rng(seed)
        self._every = np.arange(SCENARIOS)
        self._free = np.array([self._drawn(run.left[number]) for number in run.takers]).reshape(
            len(run.takers), SCENARIOS
        )
        self._able: dict[tuple[object, ...], NDArray[np.intp]] = {}
        self._waits: list[Floats] = []

    def advance(self, calls: int) -> bool:
        """Draw some more calls; True when all are drawn."""
        done = len(self._waits)
        for call in self._calls[done : done + calls]:
            self._waits.append(self._draw(call))
        return len(self._waits) == len(self._calls)

    def spreads(self) -> dict[GroupId, Spread]:
        """Of every group that was measured and for which a window is open."""
        places: dict[GroupId, list[int]] = defaultdict(list)
        for at, call in enumerate(self._calls):
            if call.waiting.group in self._run.lengths.shares:
                places[call.waiting.group].append(at)
        return {group: self._spread(of_group) for group, of_group in places.items()}

    def _draw(self, call: Foreseen) -> Floats:
        """When the call comes, in every scenario: at the first free window of those that may take it."""
        able = self._windows_for(call)
        windows = able[self._free[able].argmin(axis=0)]
        waits: Floats = self._free[windows, self._every]
        if call.centre:
            self._free[windows, self._every] = waits + self._kept(call)
        return waits

    def _kept(self, call: Foreseen) -> Floats | float:
        """How long the call keeps its window, the gap after it included."""
        lengths = self._run.lengths
        if (shares := lengths.shares.get(call.waiting.group)) is None:
            return call.centre
        kept: Floats = call.centre * self._drawn(shares) + self._drawn(lengths.gaps)
        return kept

    def _drawn(self, values: list[float] | tuple[float, ...]) -> Floats:
        """One of the values for every scenario, each of them as often as the others."""
        spread = np.asarray(values)[self._every * len(values) // SCENARIOS]
        return self._random.permutation(spread)

    def _windows_for(self, call: Foreseen) -> NDArray[np.intp]:
        one = call.waiting
        key = (one.group, one.only_window, one.domains, one.party)
        if key not in self._able:
            takers = self._run.takers.values()
            able = [one.group in t.groups and t.may_serve(one, self._run.staffed) for t in takers]
            self._able[key] = np.flatnonzero(able)
        return self._able[key]

    def _spread(self, places: list[int]) -> Spread:
        """Knots along a group's line; who stands further back never has the shorter range."""
        ordered = sorted(places, key=lambda at: self._calls[at].wait)
        some = sorted({round(at) for at in np.linspace(0, len(ordered) - 1, KNOTS)})
        chosen = [ordered[at] for at in some]
        ends = np.percentile([self._waits[at] for at in chosen], (10, 50, 90), axis=1)
        rising = np.maximum.accumulate(ends, axis=1).T
        knots: dict[Seconds, Range] = {}
        for at, (p10, p50, p90) in zip(chosen, rising.tolist(), strict=True):
            knots[self._calls[at].wait] = Range(Seconds(p10), Seconds(p50), Seconds(p90))
        return Spread(tuple(knots.items()))
