"""Who comes to a simulated hall, and what happens to each: drawn from a `Random`, nothing else.

Everything is drawn when a citizen arrives, so that a seed gives the same day again. Lengths are
`Seconds` of the simulated day; names of clerks are made up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from random import Random
from typing import TypeVar

from queue_server.hall.model import (
    GroupId,
    Language,
    Need,
    Outcome,
    Party,
    Priority,
    Seconds,
    ServiceId,
)

T = TypeVar("T")

GROUP_SHARES = (60, 14, 10, 10, 6)
"""How many of a hundred come for each group, in the order of the config; any further one has the last's."""

FAMILY_NAMES = "王李张刘陈杨赵黄周吴"
GIVEN_NAMES = ("静", "伟", "敏", "建国", "雪梅", "志强", "丽华", "思远")

SECOND_GROUP = 0.12
APPOINTMENT = 0.06
ENGLISH = 0.08
WANTS_TEXTS = 0.25
NO_SHOW = 0.06
COMES_BACK = 0.7
CHANGES_MIND = 0.05
RATES = 0.6
WRITES = 0.4
"""How often somebody fills in a form while waiting."""
FINISHES = 0.8
"""How often it is finished by the call."""
TICKS = 0.7
"""How often somebody says which papers are there."""
IS_THERE = 0.85
"""How often one of them is."""
PAUSE = 0.04
"""How often a clerk takes a break after a citizen."""

PRIORITIES = (
    (Priority.NONE, 83),
    (Priority.ELDERLY, 8),
    (Priority.DISABLED, 3),
    (Priority.PREGNANT, 2),
    (Priority.MILITARY, 2),
    (Priority.INFANT, 2),
)
NEEDS: tuple[tuple[tuple[Need, ...], int], ...] = (
    ((), 90),
    ((Need.WHEELCHAIR,), 3),
    ((Need.DEAF,), 2),
    ((Need.BLIND,), 2),
    ((Need.INTERPRETER,), 1),
    ((Need.SLOW,), 2),
)
OUTCOMES = (
    (Outcome.ACCEPTED, 85),
    (Outcome.PAPERS_MISSING, 8),
    (Outcome.ADVICE, 5),
    (Outcome.NOT_POSSIBLE, 2),
)
SCORES = ((5, 60), (4, 24), (3, 9), (2, 5), (1, 2))


class Turn(StrEnum):
    """What a visit takes at the window before it ends."""

    STRAIGHT = "straight"
    PARKED = "parked"
    TRANSFERRED = "transferred"


TURNS = ((Turn.STRAIGHT, 90), (Turn.PARKED, 6), (Turn.TRANSFERRED, 4))


@dataclass(frozen=True, slots=True)
class Item:
    """A handling item as the catalogue lists it."""

    id: ServiceId
    group: GroupId
    minutes: float
    party: Party | None = None


@dataclass(frozen=True, slots=True)
class Citizen:
    """One visit as it will go. `score` is None for someone who doesn't rate."""

    items: tuple[Item, ...]
    party: Party
    priority: Priority
    needs: tuple[Need, ...]
    language: Language
    phone: str
    """A made-up number for texts; "" for who gives none."""
    appointment: bool
    gives_up: bool
    lets_others_go: bool
    shows_up: bool
    comes_back: bool
    turn: Turn
    transfer_to: GroupId
    outcome: Outcome
    score: int | None
    at_evaluator: bool
    writes: int | None
    """What it writes into a form is drawn from this; None for who fills in none."""
    finishes: bool
    ticks: int | None
    """Which papers are there is drawn from this; None for who says nothing of them."""
    decides_after: Seconds
    """How long it waits before it gives up, lets others go, or comes back."""
    walks: Seconds
    takes: Seconds
    away: Seconds
    thinks: Seconds
    """From the end of the visit to the rating."""

    @property
    def services(self) -> tuple[ServiceId, ...]:
        return tuple(item.id for item in self.items)


class Crowd:
    """The people of a hall with these items; `groups` in the order of the config."""

    def __init__(self, groups: Sequence[GroupId], items: Sequence[Item], random: Random) -> None:
        self._random, self.items = random, items
        self._by_group = {group: [item for item in items if item.group == group] for group in groups}
        self._groups = [
            (group, GROUP_SHARES[min(position, len(GROUP_SHARES) - 1)])
            for position, group in enumerate(groups)
            if self._by_group[group]
        ]

    def next_arrival(self, an_hour: float) -> Seconds:
        """Until the next one comes, where so many come in an hour: a Poisson process."""
        return Seconds(self._random.expovariate(an_hour / 3600))

    def citizen(self) -> Citizen:
        """Someone who comes in."""
        random, pick = self._random, self._pick
        first = pick(self._groups)
        items = [random.choice(self._by_group[first])]
        others = [(group, share) for group, share in self._groups if group != first]
        second = pick(others) if others else first
        if others and random.random() < SECOND_GROUP:
            items.append(random.choice(self._by_group[second]))
        usual = sum(item.minutes for item in items) / len(items)
        changes_mind, gives_up = random.random() < CHANGES_MIND, random.random() < 0.5
        priority, needs = pick(PRIORITIES), pick(NEEDS)
        # Whom the hall gives longer to walk: in a fast demo those seconds would stand still.
        walks_slowly = bool(needs) or priority is not Priority.NONE
        return Citizen(
            items=tuple(items),
            party=next((item.party for item in items if item.party), Party.CITIZEN),
            priority=priority,
            needs=needs,
            language=Language.EN if random.random() < ENGLISH else Language.ZH,
            phone=f"138{random.randrange(10**8):08}" if random.random() < WANTS_TEXTS else "",
            appointment=random.random() < APPOINTMENT,
            gives_up=changes_mind and gives_up,
            lets_others_go=changes_mind and not gives_up,
            shows_up=walks_slowly or random.random() >= NO_SHOW,
            comes_back=random.random() < COMES_BACK,
            turn=pick(TURNS),
            transfer_to=second,
            outcome=pick(OUTCOMES),
            score=pick(SCORES) if random.random() < RATES else None,
            at_evaluator=random.random() < 0.7,
            writes=random.randrange(2**32) if random.random() < WRITES else None,
            finishes=random.random() < FINISHES,
            ticks=random.randrange(2**32) if random.random() < TICKS else None,
            decides_after=Seconds(random.uniform(60, 600)),
            walks=Seconds(random.uniform(15, 45)),
            takes=Seconds(60 * usual * random.lognormvariate(0, 0.4)),
            away=Seconds(random.uniform(180, 600)),
            thinks=Seconds(random.uniform(5, 30)),
        )

    def break_length(self) -> Seconds | None:
        """How long a clerk is away after this citizen; mostly not at all."""
        return Seconds(self._random.uniform(300, 900)) if self._random.random() < PAUSE else None

    def _pick(self, weighted: Sequence[tuple[T, int]]) -> T:
        values = [value for value, _ in weighted]
        return self._random.choices(values, [weight for _, weight in weighted])[0]


def staff_names() -> Iterator[str]:
    """Names for the clerks, none twice."""
    for given, family in product(GIVEN_NAMES, FAMILY_NAMES):
        yield family + given


def arrivals_an_hour(windows: int, items: Sequence[Item], between_calls: Seconds) -> float:
    """A crowd that the hall can just serve.

    `between_calls` is how far apart calls must be (in simulated seconds): boards and voice are
    either the narrow place, or the windows are.
    """
    minutes = sum(item.minutes for item in items) / len(items) + 1
    return 0.95 * min(windows * 60 / minutes, 3600 / between_calls)
