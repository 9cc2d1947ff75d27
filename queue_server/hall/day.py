"""The hall's business day in memory: what the rules look at, and what follows from it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from queue_server.hall.dispatch import Queues, Staffed, Taker, Waiting
from queue_server.hall.drafts import Draft
from queue_server.hall.help_requests import HelpRequest
from queue_server.hall.model import (
    AT_A_WINDOW,
    ENDED,
    Alert,
    Appointment,
    Call,
    GroupId,
    HallPlan,
    Instant,
    Notice,
    Override,
    State,
    Step,
    Ticket,
    TicketId,
    TicketNumber,
    Window,
    WindowNumber,
    WindowState,
)
from queue_server.hall.slips import SlipOrder

if TYPE_CHECKING:
    from queue_server.hall.forecast import Forecast

CALLS_SHOWN = 10
"""So many last calls are in a board's snapshot."""


@dataclass(slots=True)
class Day:
    """The hall's business day. Everything the rules look at, and nothing else."""

    plan: HallPlan
    date: str
    began_at: Instant
    override: Override = Override.NONE
    override_reason: str = ""
    tickets: dict[TicketId, Ticket] = field(default_factory=dict)
    windows: dict[WindowNumber, Window] = field(default_factory=dict)
    calls: dict[str, Call] = field(default_factory=dict)
    appointments: dict[str, Appointment] = field(default_factory=dict)
    notices: dict[str, Notice] = field(default_factory=dict)
    alerts: dict[str, Alert] = field(default_factory=dict)
    drafts: dict[str, Draft] = field(default_factory=dict)
    """Forms that are being filled in; unlike tickets they outlive the day."""
    helps: dict[str, HelpRequest] = field(default_factory=dict)
    """All requests for help of the day, those that are over too: their times are told."""
    slips: dict[str, SlipOrder] = field(default_factory=dict)
    queues: Queues = field(default_factory=Queues)
    numbers: dict[TicketNumber, TicketId] = field(default_factory=dict)
    last_number: Counter[GroupId] = field(default_factory=Counter)
    given: Counter[GroupId] = field(default_factory=Counter)
    """How many numbers each group has given, whatever they begin with."""
    live_people: Counter[tuple[str, GroupId]] = field(default_factory=Counter)
    finished: dict[WindowNumber, tuple[int, float]] = field(default_factory=dict)
    foreseen: Forecast | None = field(default=None, compare=False)
    """The waits as last forecast, where they are: advice, and no part of what happened."""

    def taker(self, number: WindowNumber) -> Taker:
        """Whom a window may serve today (its groups may differ from the plan's)."""
        plan = self.plan.windows[number]
        return Taker(number, self.windows[number].groups, plan.domains, plan.party)

    def staffed(self) -> Staffed:
        """The windows at which somebody works, be it in a pause, each with its groups."""
        return frozenset(
            (number, group)
            for number, window in self.windows.items()
            if window.state in (WindowState.OPEN, WindowState.PAUSED)
            for group in window.groups
        )

    def open_windows(self, group: GroupId) -> int:
        """How many windows call people of a group now."""
        return sum(w.state is WindowState.OPEN and group in w.groups for w in self.windows.values())

    def minutes(self, group: GroupId, services: tuple[str, ...]) -> float:
        """The usual minutes of a step: its items' together, or its group's."""
        known = [self.plan.services[s].minutes for s in services if s in self.plan.services]  # type: ignore[index]
        if known:
            return sum(known)
        return self.plan.groups[group].minutes if group in self.plan.groups else 0.0

    def window_of(self, ticket: Ticket) -> Window | None:
        """The window that the ticket is called to or served at."""
        step = ticket.step
        return self.windows.get(step.window) if step.window and step.state in AT_A_WINDOW else None


def new_day(plan: HallPlan, date: str, now: Instant) -> Day:
    """A day on which nothing has happened yet."""
    day = Day(plan, date, now)
    _lay_out_windows(day)
    return day


def waiting(day: Day, ticket: Ticket) -> Waiting:
    """A ticket as the queue sees it."""
    step = ticket.step
    services = [day.plan.services[s] for s in step.services if s in day.plan.services]
    parties = {service.party for service in services} - {None}
    return Waiting(
        ticket.id,
        step.group,
        ticket.queue_class,
        step.queued_at,
        ticket.order,
        step.arrived_at,
        day.minutes(step.group, step.services),
        step.only_window,
        frozenset(service.domain for service in services) if services else None,
        ticket.party or (parties.pop() if len(parties) == 1 else None),
    )


def restore(day: Day) -> None:
    """Rebuild what follows from the tickets, windows and calls: queues, numbers, counts."""
    day.queues, day.numbers = Queues(), {}
    day.last_number, day.given, day.live_people, day.finished = Counter(), Counter(), Counter(), {}
    letters = {group.letter: group.id for group in day.plan.groups.values()}
    for ticket in day.tickets.values():
        day.numbers[ticket.number] = ticket.id
        group = letters.get(ticket.number[0])
        if group is not None:
            day.last_number[group] = max(day.last_number[group], ticket.order)
            day.given[group] += 1
        if ticket.state is State.WAITING:
            day.queues.add(waiting(day, ticket))
        for step in ticket.steps:
            if step.state not in ENDED:
                count_person(day, ticket, step, True)
            if step.state is State.FINISHED:
                count_finished(day, step, 1)
    _lay_out_windows(day)


def count_person(day: Day, ticket: Ticket, step: Step, comes: bool) -> None:
    if ticket.id_hash and not ticket.agent:
        day.live_people[(ticket.id_hash, step.group)] += 1 if comes else -1


def count_finished(day: Day, step: Step, by: int) -> None:
    if step.window and step.finished_at and step.started_at:
        count, seconds = day.finished.get(step.window, (0, 0.0))
        spent = step.finished_at - step.started_at
        day.finished[step.window] = (count + by, seconds + by * spent)
        if count + by == 0:
            del day.finished[step.window]


def _lay_out_windows(day: Day) -> None:
    """The plan's windows and no others, with no groups but the plan's."""
    laid_out = {}
    for number, planned in sorted(day.plan.windows.items()):
        window = day.windows.get(number) or Window(number, planned.groups)
        if not set(window.groups) <= set(day.plan.groups):
            window.groups = planned.groups
        laid_out[number] = window
    day.windows = laid_out
