"""A hall's day in virtual time: people come, windows call, every length is drawn from what is known here."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from random import Random

from queue_server.hall import commands as c
from queue_server.hall.model import Instant, Priority, TicketId
from tests.hall.days import MONDAY_NINE, Floor, a_day, a_plan

ITEMS = ("permit", "licence", "card", "tax", "collect")
FACTORS = (1.5, 0.8, 1.1, 0.7, 1.3)
"""How far the items' usual minutes are from what they really take, on average."""

MISSED, FAVOURED = 0.06, 0.08
"""Shares of those who don't come when called, and of those who go first."""


@dataclass
class SimulatedDay:
    """`windows` serve whoever comes, `every` seconds on average, for `hours`; `spread` of the lengths is
    that of their logarithm, `clerks` that of how fast the clerks are.

    `taken` hears of every number at once, `called` of every first call.
    """

    seed: int
    windows: int = 8
    every: float = 70.0
    hours: float = 6.0
    spread: float = 0.5
    clerks: float = 0.0
    calls: dict[TicketId, Instant] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self.floor = Floor(a_day(a_plan(self.windows)))
        self.floor.open()
        self.idle: set[int] = set()
        self.speed = {n: self.random.lognormvariate(0, self.clerks) for n in range(1, self.windows + 1)}
        self.happenings: list[tuple[float, int, c.Closing | None]] = []
        self.comes_at = MONDAY_NINE + 60.0
        for number in range(1, self.windows + 1):
            heapq.heappush(self.happenings, (MONDAY_NINE + 60.0 + number, number, None))

    def step(self) -> TicketId | None:
        """What happens next; the ticket, where somebody came."""
        if self.happenings and self.happenings[0][0] <= self.comes_at:
            at, number, current = heapq.heappop(self.happenings)
            self._call(number, at, current)
            return None
        return self._come()

    @property
    def is_over(self) -> bool:
        return self.floor.now >= MONDAY_NINE + self.hours * 3600

    def _come(self) -> TicketId:
        self._at(self.comes_at)
        (item,) = self.random.choices(ITEMS, (4, 4, 4, 2, 2))
        favoured = self.random.random() < FAVOURED
        ticket = self.floor.take(item, priority=Priority.ELDERLY if favoured else Priority.NONE)
        self.comes_at += self.random.expovariate(1 / self.every)
        if self.idle:
            number = self.idle.pop()
            heapq.heappush(self.happenings, (self.floor.now + self.random.uniform(5, 20), number, None))
        return ticket.id

    def _call(self, number: int, at: float, current: c.Closing | None) -> None:
        self._at(at)
        ticket = self.floor.next(number, current)
        if ticket is None:
            self.idle.add(number)
            return
        self.calls.setdefault(ticket.id, self.floor.now)
        if self.random.random() < MISSED:
            heapq.heappush(self.happenings, (at + 90, number, c.Closing.NO_SHOW))
            return
        (item,) = ticket.step.services
        usual = self.floor.day.plan.services[item].minutes * 60
        length = usual * FACTORS[ITEMS.index(item)] * self.speed[number]
        length *= self.random.lognormvariate(0, self.spread)
        kept = self.random.uniform(15, 60) + length + self.random.expovariate(1 / 30)
        heapq.heappush(self.happenings, (at + kept, number, c.Closing.FINISH))

    def _at(self, at: float) -> None:
        """The floor counts a second for each thing done."""
        self.floor.now = Instant(max(self.floor.now, at - 1))
