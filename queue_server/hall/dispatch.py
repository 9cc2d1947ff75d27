"""Who is next at a window, and why.

The queue of a group is one sorted line per class. A class gains *credit* with waiting, so the
first of each line is the best of its class, and the next ticket is the best of those few.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator
from dataclasses import dataclass, field

from queue_server.hall.model import (
    Dispatch,
    GroupId,
    Instant,
    Party,
    QueueClass,
    Rule,
    TicketId,
    WindowNumber,
)

Staffed = frozenset[tuple[WindowNumber, GroupId]]
"""Where somebody works, and for which groups."""

Place = tuple[float, int, TicketId]
"""Where a ticket stands in line; no two are the same."""

MOMENT = 0.001
"""By so many seconds a ticket is put behind another one."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A ticket in line. `queued_at` then `order` place it; `arrived_at` is for people to read."""

    ticket: TicketId
    group: GroupId
    kind: QueueClass
    queued_at: Instant
    order: int
    arrived_at: Instant
    minutes: float
    only_window: WindowNumber | None = None
    domains: frozenset[str] | None = None
    party: Party | None = None

    @property
    def place(self) -> Place:
        return (self.queued_at, self.order, self.ticket)


@dataclass(frozen=True, slots=True)
class Taker:
    """Whom a window may serve. Empty `domains` and no `party` mean no limit."""

    number: WindowNumber | None
    groups: tuple[GroupId, ...]
    domains: frozenset[str] = frozenset()
    party: Party | None = None

    def may_serve(self, one: Waiting, staffed: Staffed) -> bool:
        """A ticket sent to a window waits for it only while somebody works there for its group."""
        if one.only_window is not None and (one.only_window, one.group) in staffed:
            return one.only_window == self.number
        if self.domains and (one.domains is None or not one.domains <= self.domains):
            return False
        return not (self.party and one.party and one.party != self.party)


@dataclass(slots=True)
class Queues:
    """All waiting tickets, by group and class, each line in the order of its places."""

    lines: dict[GroupId, dict[QueueClass, list[Waiting]]] = field(default_factory=dict)
    tickets: dict[TicketId, Waiting] = field(default_factory=dict)

    def add(self, one: Waiting) -> None:
        line = self.lines.setdefault(one.group, {}).setdefault(one.kind, [])
        insort(line, one, key=_place)
        self.tickets[one.ticket] = one

    def remove(self, ticket: TicketId) -> None:
        one = self.tickets.pop(ticket)
        kinds = self.lines[one.group]
        line = kinds[one.kind]
        del line[bisect_left(line, one.place, key=_place)]
        if not line:
            del kinds[one.kind]
        if not kinds:
            del self.lines[one.group]

    def of_group(self, group: GroupId) -> Iterator[Waiting]:
        for line in self.lines.get(group, {}).values():
            yield from line

    def count(self, group: GroupId) -> int:
        return sum(len(line) for line in self.lines.get(group, {}).values())

    def copy(self) -> Queues:
        lines = {
            group: {kind: list(line) for kind, line in kinds.items()} for group, kinds in self.lines.items()
        }
        return Queues(lines, dict(self.tickets))


def _place(one: Waiting) -> Place:
    return one.place


@dataclass(frozen=True, slots=True)
class Choice:
    """The ticket chosen, the rule that chose it, and where the window's ratio then stands."""

    waiting: Waiting
    rule: Rule
    turn: int = 0


def credit(dispatch: Dispatch, kind: QueueClass, queued_at: Instant, now: Instant) -> float:
    """What a ticket's waiting is worth, in minutes of ordinary waiting.

    A class that ages faster would gain for ever, and while too many of it come nobody else would be
    called; so no class is ahead of (or behind) its own waiting by more than `dispatch.most` minutes.
    Before `queued_at` (an appointment that came early) it is worth less than any waiting.
    """
    waited = (now - queued_at) / 60
    if waited < 0:
        return waited - dispatch.most
    worth, ordinary = dispatch.credits[kind], dispatch.credits[QueueClass.NONE]
    more = worth.start - ordinary.start + (worth.per_minute - ordinary.per_minute) * waited
    return waited + max(-dispatch.most, min(dispatch.most, more / ordinary.per_minute))


@dataclass(slots=True)
class _Line:
    """One class's line as a window sees it: its first, and the rest behind."""

    first: Waiting
    rest: Iterator[Waiting]


def order(
    queues: Queues,
    dispatch: Dispatch,
    taker: Taker,
    staffed: Staffed,
    now: Instant,
    turn: int = 0,
) -> Iterator[Choice]:
    """Everybody whom `taker` may serve, in the order in which it would call them at `now`."""
    lines = _lines(queues, taker, staffed)
    while lines:
        line, rule, turn = _best(lines, dispatch, taker, now, turn)
        yield Choice(line.first, rule, turn)
        following = next(line.rest, None)
        if following is None:
            lines.remove(line)
        else:
            line.first = following


def choose(
    queues: Queues,
    dispatch: Dispatch,
    taker: Taker,
    staffed: Staffed,
    now: Instant,
    turn: int = 0,
) -> Choice | None:
    """The next ticket for a window, or None when nobody waits whom it may serve."""
    return next(order(queues, dispatch, taker, staffed, now, turn), None)


def passed_over(queues: Queues, taker: Taker, staffed: Staffed, chosen: Waiting) -> list[Waiting]:
    """Those whom the window could have called too and who are in line for longer than `chosen`."""
    ahead = []
    for line in (line for group in taker.groups for line in queues.lines.get(group, {}).values()):
        until = bisect_left(line, chosen.place, key=_place)
        ahead += [one for one in line[:until] if taker.may_serve(one, staffed)]
    return ahead


def ahead(queues: Queues, dispatch: Dispatch, one: Waiting, now: Instant) -> int:
    """How many of the same group would be called before `one` at `now`."""
    if dispatch.ratio:
        everyone = order(queues, dispatch, Taker(None, (one.group,)), frozenset(), now)
        return sum(1 for _ in _until(everyone, one.ticket))
    own = credit(dispatch, one.kind, one.queued_at, now)
    count = 0
    for kind, line in queues.lines.get(one.group, {}).items():
        if kind == one.kind:
            count += bisect_left(line, one.place, key=_place)
        else:
            count += bisect_left(line, -own, key=lambda other: -_credit_of(dispatch, other, now))
    return count


def place_behind(queues: Queues, dispatch: Dispatch, group: GroupId, tickets: int, now: Instant) -> Instant:
    """The `queued_at` of an ordinary ticket that lets `tickets` others of its group go first, and no more.

    Where there are fewer, it is `now`: whose slot is yet to come is not one of them. Where a ratio gives
    ordinary tickets calls of their own, it lets those go that are ordinary too.
    """
    line = due(queues, dispatch, group, now)
    before, behind = line[:tickets], line[tickets:]
    if len(before) < tickets:
        return now
    if dispatch.ratio:
        return _place_among_ordinary(before, behind, now)
    last = min(_credit_of(dispatch, one, now) for one in before)
    return Instant(min(now, now - last * 60 + MOMENT))


def due(queues: Queues, dispatch: Dispatch, group: GroupId, now: Instant) -> list[Waiting]:
    """Those of a group in the order of their calls; without those whose slot is yet to come."""
    everyone = order(queues, dispatch, Taker(None, (group,)), frozenset(), now)
    return [choice.waiting for choice in everyone if choice.waiting.queued_at <= now]


def _place_among_ordinary(before: list[Waiting], behind: list[Waiting], now: Instant) -> Instant:
    """Behind the last ordinary one `before`; where there is none, ahead of the first one `behind`."""
    ordinary = [one.queued_at for one in before if one.kind == QueueClass.NONE]
    if ordinary:
        return Instant(min(now, max(ordinary) + MOMENT))
    return min(
        (Instant(one.queued_at - MOMENT) for one in behind if one.kind == QueueClass.NONE), default=now
    )


def _lines(queues: Queues, taker: Taker, staffed: Staffed) -> list[_Line]:
    lines = []
    for group in taker.groups:
        for line in queues.lines.get(group, {}).values():
            able = (one for one in line if taker.may_serve(one, staffed))
            first = next(able, None)
            if first is not None:
                lines.append(_Line(first, able))
    return lines


def _best(
    lines: list[_Line], dispatch: Dispatch, taker: Taker, now: Instant, turn: int
) -> tuple[_Line, Rule, int]:
    def worth(line: _Line) -> tuple[float, float, int, TicketId]:
        one = line.first
        return (-_credit_of(dispatch, one, now), *one.place)

    best = min(lines, key=worth) if len(lines) > 1 else lines[0]
    if dispatch.ratio:
        favoured = [line for line in lines if _is_favoured(line.first, now)]
        ordinary = [line for line in lines if not _is_favoured(line.first, now)]
        if favoured and ordinary:
            best = min(favoured if turn < dispatch.ratio[0] else ordinary, key=worth)
            return best, Rule.RATIO, (turn + 1) % sum(dispatch.ratio)
    return best, _rule(best.first, lines, taker, now), turn


def _rule(one: Waiting, lines: list[_Line], taker: Taker, now: Instant) -> Rule:
    if one.only_window is not None and one.only_window == taker.number:
        return Rule.SENT
    if one.kind == QueueClass.APPOINTMENT and one.queued_at <= now:
        return Rule.APPOINTMENT
    if one.kind != QueueClass.NONE and any(line.first.place < one.place for line in lines):
        return Rule.PRIORITY
    return Rule.LONGEST


def _is_favoured(one: Waiting, now: Instant) -> bool:
    return one.kind != QueueClass.NONE and one.queued_at <= now


def _credit_of(dispatch: Dispatch, one: Waiting, now: Instant) -> float:
    return credit(dispatch, one.kind, one.queued_at, now)


def _until(choices: Iterator[Choice], ticket: TicketId) -> Iterator[Choice]:
    for choice in choices:
        if choice.waiting.ticket == ticket:
            return
        yield choice
