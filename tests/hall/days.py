"""Halls for tests: a small plan, a day on it, and a floor that acts and keeps the time."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from queue_server.hall import commands as c
from queue_server.hall.changes import Changes
from queue_server.hall.commands import Actor, Command, Power
from queue_server.hall.day import Day, new_day
from queue_server.hall.events import Event
from queue_server.hall.model import (
    Clerk,
    Credit,
    Dispatch,
    Group,
    GroupId,
    HallPlan,
    Hours,
    Instant,
    Material,
    QueueClass,
    Service,
    ServiceId,
    Span,
    Ticket,
    TicketId,
    Window,
    WindowNumber,
    WindowPlan,
)
from queue_server.hall.rules import decide
from queue_server.hall.state import apply

MONDAY_NINE = Instant(1_792_976_400.0)
"""Monday 2026-10-26, 09:00 in Asia/Shanghai."""

GENERAL, FEES, ISSUING = GroupId("general"), GroupId("fees"), GroupId("issuing")
MANAGER = Actor("manager", Power.MANAGER)
CITIZEN = Actor("citizen")
WORKDAY = (Span(540, 720), Span(810, 1020))
PRIORITY_START = 10.0


def a_dispatch(ratio: tuple[int, int] | None = None, **credits: Credit) -> Dispatch:
    """Every class ages alike; a priority is worth ten minutes at once."""
    usual = {kind: Credit(0.0 if kind is QueueClass.NONE else PRIORITY_START, 1.0) for kind in QueueClass}
    return Dispatch(usual | {QueueClass(kind): one for kind, one in credits.items()}, ratio)


def a_plan(windows: int = 3, **changed: Any) -> HallPlan:
    """Three groups that every window serves; five items, two of them of one domain."""
    groups = [
        Group(GENERAL, "A", {"zh": "综合受理", "en": "General acceptance"}, 10.0),
        Group(FEES, "C", {"zh": "缴费", "en": "Pay a fee"}, 4.0),
        Group(ISSUING, "B", {"zh": "领取结果", "en": "Collect a result"}, 3.0),
    ]
    services = [
        a_service("permit", GENERAL, 12.0, domain="market", papers="id-card lease plan"),
        a_service("licence", GENERAL, 8.0, domain="market", papers="id-card lease"),
        a_service("card", GENERAL, 5.0, domain="social", papers="id-card photo"),
        a_service("tax", FEES, 4.0),
        a_service("collect", ISSUING, 2.0),
    ]
    everything = tuple(group.id for group in groups)
    plan = HallPlan(
        name={"zh": "小厅", "en": "Small hall"},
        hours=Hours("Asia/Shanghai", (WORKDAY,) * 5 + ((), ()), always_open=True),
        groups={group.id: group for group in groups},
        windows={
            WindowNumber(n): WindowPlan(WindowNumber(n), everything, "east") for n in range(1, windows + 1)
        },
        services={service.id: service for service in services},
        dispatch=a_dispatch(),
        visit_order=(GENERAL, FEES, ISSUING),
    )
    return replace(plan, **changed)


def a_service(id: str, group: GroupId, minutes: float, domain: str = "", papers: str = "") -> Service:
    """An item; `papers` are the ids of those to bring, with blanks between them."""
    materials = tuple(Material(paper, {"zh": paper, "en": paper}) for paper in papers.split())
    return Service(ServiceId(id), {"zh": id, "en": id}, group, minutes, domain=domain, materials=materials)


def a_day(plan: HallPlan | None = None) -> Day:
    return new_day(plan or a_plan(), "2026-10-26", MONDAY_NINE)


def clerk_of(window: int) -> Actor:
    """The clerk who usually sits at a window."""
    name = f"clerk{window}"
    return Actor(name, Power.CLERK, Clerk(name, name.title(), str(window)))


@dataclass
class Floor:
    """A day on which things happen, one second apart unless time is let pass."""

    day: Day = field(default_factory=a_day)
    now: Instant = MONDAY_NINE
    made: int = 0
    changes: Changes = field(default_factory=Changes)

    def do(self, command: Command, actor: Actor = MANAGER) -> list[Event]:
        """Decide and apply, as the engine does; a refusal is raised and changes nothing."""
        self.now = Instant(self.now + 1)
        events = decide(self.day, command, actor, self.now)
        for event in events:
            apply(self.day, event, self.now, self.changes)
        return events

    def let_pass(self, minutes: float) -> None:
        self.now = Instant(self.now + minutes * 60)

    def take(self, *services: str, **wishes: Any) -> Ticket:
        """A new ticket for these items, or for `group`, general acceptance where neither is said."""
        if not services:
            wishes.setdefault("group", GENERAL)
        self.made += 1
        id = TicketId(f"t{self.made}")
        self.do(c.TakeTicket(id, tuple(ServiceId(one) for one in services), **wishes), CITIZEN)
        return self.day.tickets[id]

    def open(self, *numbers: int) -> None:
        for number in numbers or tuple(self.day.windows):
            self.do(c.OpenWindow(WindowNumber(number)), clerk_of(number))

    def window(self, number: int) -> Window:
        return self.day.windows[WindowNumber(number)]

    def at(self, number: int, command: type, *args: Any, **more: Any) -> list[Event]:
        """The clerk of a window does something there."""
        return self.do(command(WindowNumber(number), *args, **more), clerk_of(number))

    def next(self, number: int = 1, current: c.Closing | None = None) -> Ticket | None:
        """The ticket that a window's press on "next" calls."""
        self.at(number, c.CallNext, current)
        called = self.window(number).ticket
        return self.day.tickets[called] if called else None
