"""How long a call keeps its window: what this hall has measured.

A *stay* lasts from the call of a ticket to when it leaves the window: the way there and the service, or the
time that a clerk waited for somebody who didn't come. A *gap* lasts from there to the next call, where the
next citizen was in line already. Stays are told in times of the items' usual minutes.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from math import exp, log

from queue_server.hall.changes import Interval
from queue_server.hall.model import (
    AT_A_WINDOW,
    GroupId,
    Instant,
    Seconds,
    ServiceId,
    State,
    TicketId,
    WindowNumber,
)

MOST_KEPT = 400
"""So many of a group's stays count, and of the hall's gaps: the latest."""

SHARES = 40
"""What was measured is remembered as so many values, each as likely as another."""

STEADY = 10
"""An item counts as its group does until it has been measured about so often."""

PAUSE_TIMES, PAUSE_SECONDS = 10, 900.0
"""A stay that is longer than so many times the usual, and than this, was forgotten; so was such a gap."""

Services = tuple[ServiceId, ...]
Usual = Callable[[GroupId, Services], float]
"""The usual minutes of a step."""


@dataclass(frozen=True, slots=True)
class Stay:
    group: GroupId
    services: Services
    seconds: Seconds

    @property
    def item(self) -> ServiceId | None:
        """The one item that it was for; None where there were several, or only a group."""
        return self.services[0] if len(self.services) == 1 else None


@dataclass(slots=True)
class _AtWindow:
    """Who is, or was last, at a window; `was_called` is False for one that came back from hold."""

    ticket: TicketId
    step: int
    group: GroupId
    services: Services
    start: Instant
    end: Instant
    was_called: bool


@dataclass(slots=True)
class Record:
    """The latest stays and gaps; it hears the intervals of the hall in the order of their ends."""

    stays: dict[GroupId, deque[Stay]] = field(default_factory=dict)
    gaps: deque[Seconds] = field(default_factory=lambda: deque(maxlen=MOST_KEPT))
    _at: dict[WindowNumber, _AtWindow] = field(default_factory=dict)
    _in_line: dict[TicketId, Instant] = field(default_factory=dict)
    """Since when those waited who were called."""

    def hear(self, interval: Interval, services: Services) -> None:
        """An interval has ended; `services` are those of its step."""
        if interval.state is State.WAITING:
            self._in_line[interval.ticket] = interval.start
        if interval.state not in AT_A_WINDOW or interval.window is None:
            return
        last = self._at.get(interval.window)
        if last and (last.ticket, last.step) == (interval.ticket, interval.step):
            last.end = interval.end
            return
        if last:
            self._keep(last, interval)
        self._at[interval.window] = _AtWindow(
            interval.ticket, interval.step, interval.group, services, interval.start, interval.end,
            interval.state is State.CALLED,
        )  # fmt: skip

    def _keep(self, last: _AtWindow, following: Interval) -> None:
        """What was at a window until the next came."""
        if last.was_called:
            kept = self.stays.setdefault(last.group, deque(maxlen=MOST_KEPT))
            kept.append(Stay(last.group, last.services, Seconds(last.end - last.start)))
        since = self._in_line.pop(following.ticket, None)
        gap = Seconds(following.start - last.end)
        if since is not None and since <= last.end and 0 <= gap <= PAUSE_SECONDS:
            self.gaps.append(gap)


@dataclass(frozen=True, slots=True)
class Lengths:
    """What was measured. A group that was not measured often enough is not in `shares`.

    `groups` and `items`: how many times its usual length a stay takes, as a centre. `shares`: how many
    times that centre a group's stay takes; `gaps`: seconds. Both ascend, each value as likely as another.
    """

    shares: dict[GroupId, tuple[float, ...]] = field(default_factory=dict)
    groups: dict[GroupId, float] = field(default_factory=dict)
    items: dict[tuple[GroupId, ServiceId], float] = field(default_factory=dict)
    gaps: tuple[float, ...] = (0.0,)

    def centre(self, group: GroupId, services: Services, usual: Seconds) -> Seconds:
        """What a stay's shares are taken of; what wasn't measured takes its usual length."""
        of_group = self.groups.get(group, 1.0)
        factor = self.items.get((group, services[0]), of_group) if len(services) == 1 else of_group
        return Seconds(usual * factor)

    def mean(self, group: GroupId, centre: Seconds) -> Seconds:
        """How long a stay keeps its window on average, the gap after it included."""
        if group not in self.shares:
            return centre
        return Seconds(centre * _mean(self.shares[group]) + _mean(self.gaps))

    def left(self, group: GroupId, centre: Seconds, spent: Seconds) -> list[float]:
        """How long a stay may still go on that has lasted `spent` already: seconds, each as likely."""
        return [centre * share - spent for share in self.shares.get(group, ()) if centre * share > spent]


def learn(record: Record, usual: Usual, least: int) -> Lengths:
    """What can be told of the groups that were measured `least` times or more."""
    lengths = Lengths(gaps=_spread(record.gaps) or (0.0,))
    for group, stays in record.stays.items():
        worths = [(stay, worth) for stay in stays if (worth := _worth(stay, usual)) is not None]
        if len(worths) >= least:
            _learn_group(lengths, group, worths)
    return lengths if lengths.shares else Lengths()


def _worth(stay: Stay, usual: Usual) -> float | None:
    """The logarithm of how many times its usual length a stay took; None where that says nothing."""
    expected = usual(stay.group, stay.services) * 60
    if not expected or stay.seconds > max(PAUSE_TIMES * expected, PAUSE_SECONDS):
        return None
    return log(max(stay.seconds, 1.0) / expected)


def _learn_group(lengths: Lengths, group: GroupId, worths: list[tuple[Stay, float]]) -> None:
    """The centres of a group and its items, and how its stays lie about them."""
    own = _mean([worth for _, worth in worths])
    by_item: dict[ServiceId, list[float]] = defaultdict(list)
    for stay, worth in worths:
        if stay.item:
            by_item[stay.item].append(worth)
    centres = {item: (sum(found) + STEADY * own) / (len(found) + STEADY) for item, found in by_item.items()}
    rest = [worth - (centres[stay.item] if stay.item else own) for stay, worth in worths]
    lengths.shares[group] = tuple(exp(one) for one in _spread(rest))
    lengths.groups[group] = exp(own)
    lengths.items.update({(group, item): exp(centre) for item, centre in centres.items()})


def _spread(values: Iterable[float]) -> tuple[float, ...]:
    """As many as there are shares, which lie as the values do; none of none."""
    ordered = sorted(values)
    return tuple(_quantile(ordered, (at + 0.5) / SHARES) for at in range(SHARES)) if ordered else ()


def _quantile(ordered: list[float], share: float) -> float:
    """The value below which a share of them lies, between two neighbours where it must be."""
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def _mean(values: Iterable[float]) -> float:
    found = tuple(values)
    return sum(found) / len(found)
