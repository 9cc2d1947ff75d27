"""Whatever people do, in whatever order: the day stays whole, and the disk holds the same day.

The real engine on a real file; each press may be refused, and a refusal changes nothing.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import gevent
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from queue_server.engine import Engine, Request
from queue_server.hall import commands as c
from queue_server.hall.commands import SYSTEM, Actor, Command
from queue_server.hall.day import Day, waiting
from queue_server.hall.events import Event
from queue_server.hall.materials import Ticks, counted, items_of
from queue_server.hall.model import (
    AT_A_WINDOW,
    ENDED,
    AppointmentRules,
    Instant,
    MissedRules,
    Priority,
    ServiceId,
    State,
    TicketId,
    TicketNumber,
    WindowNumber,
    WindowState,
)
from queue_server.hall.opening import day_bounds
from queue_server.hall.refusal import Refused
from queue_server.problems import Problem
from queue_server.storage.store import Answer, Store
from tests.hall.days import CITIZEN, FEES, GENERAL, ISSUING, MANAGER, MONDAY_NINE, a_plan, clerk_of

WINDOWS = st.integers(1, 3).map(WindowNumber)
CLERKS = st.integers(1, 3).map(clerk_of)
STAFF = st.one_of(CLERKS, st.just(MANAGER))
ANY = st.integers(0, 99)
GROUPS = st.sampled_from([GENERAL, FEES, ISSUING])
ITEMS = st.lists(
    st.sampled_from(["permit", "licence", "card", "tax", "collect"]).map(ServiceId),
    min_size=1,
    max_size=3,
    unique=True,
).map(tuple)
TICKS = st.dictionaries(
    st.sampled_from(["permit", "licence", "card"]).map(ServiceId),
    st.dictionaries(st.sampled_from(["id-card", "lease", "photo"]), st.booleans()),
    max_size=2,
)
PLAIN_PRESSES = st.sampled_from(
    [c.Recall, c.Start, c.Finish, c.NoShow, c.Park, c.UndoLast, c.OpenWindow, c.PauseWindow, c.CloseWindow]
)


def to_fees(number: WindowNumber) -> Command:
    return c.Transfer(number, FEES, note="pays first")


def to_window_two(number: WindowNumber) -> Command:
    return c.Transfer(number, to_window=WindowNumber(2))


PRESSES_TAKEN_BACK = st.sampled_from([c.Finish, c.NoShow, c.Park, to_fees, to_window_two])


def nothing(day: Day, events: list[Event]) -> Answer:
    return Answer("", 204, None)


class HallMachine(RuleBasedStateMachine):
    """Three windows, three clerks, a manager, and citizens as they come."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.now = MONDAY_NINE
        self.plan = a_plan(
            missed=MissedRules(recalls=2, behind=2, walk={Priority.DISABLED: 3.0}),
            appointments=AppointmentRules(late_minutes=60),
        )
        self.engine = Engine(Store(Path(self.folder.name) / "hall.db"), self.plan, lambda: self.now)
        self.other = Store(Path(self.folder.name) / "hall.db")
        self.loop = gevent.spawn(self.engine.run)
        self.made = 0
        self.issued: set[TicketId] = set()

    def teardown(self) -> None:
        self.loop.kill()
        self.engine.close()
        self.other.close()
        self.folder.cleanup()

    # --- what is asked ---

    def ask(self, command: Command, actor: Actor) -> None:
        """A refusal is fine, but it must leave no trace."""
        self.now = Instant(self.now + 1)
        before = deepcopy(self.engine.day, {id(self.engine.day.plan): self.engine.day.plan})
        try:
            self.engine.do(command, actor, nothing)
        except Refused as refusal:
            assert self.engine.day == before, refusal
            told = Problem.of(refusal).body("en")
            assert told["status"] != 409 or told["state"], refusal

    def ask_together(self, commands: Sequence[tuple[Command, Actor]]) -> None:
        """Several in one transaction."""
        self.now = Instant(self.now + 1)
        results = [self.engine.enter(Request(command, actor, nothing)) for command, actor in commands]
        for result in results:
            try:
                result.get()
            except Refused:
                continue

    def ticket(self, which: int) -> TicketId:
        return list(self.engine.day.tickets)[which % len(self.engine.day.tickets)]

    def new_id(self) -> str:
        self.made += 1
        return f"t{self.made}"

    def is_anybody_there(self) -> bool:
        return bool(self.engine.day.tickets)

    # --- citizens ---

    @rule(
        items=ITEMS,
        priority=st.sampled_from(Priority),
        person=st.sampled_from(["", "li", "wang"]),
        ticks=st.none() | TICKS,
    )
    def take(
        self, items: tuple[ServiceId, ...], priority: Priority, person: str, ticks: Ticks | None
    ) -> None:
        id = TicketId(self.new_id())
        self.ask(c.TakeTicket(id, items, priority=priority, id_hash=person, materials=ticks), CITIZEN)
        self.issued |= {id} & set(self.engine.day.tickets)

    @rule(group=GROUPS, count=st.integers(1, 3))
    def take_together(self, group: str, count: int) -> None:
        ids = [TicketId(self.new_id()) for _ in range(count)]
        self.ask_together([(c.TakeTicket(id, group=group), CITIZEN) for id in ids])
        self.issued |= set(ids) & set(self.engine.day.tickets)

    @precondition(is_anybody_there)
    @rule(kind=st.sampled_from([c.Cancel, c.Requeue, c.LetOthersGo, c.RenewSecret]), which=ANY)
    def move(self, kind: type, which: int) -> None:
        self.ask(kind(self.ticket(which)), CITIZEN)

    @precondition(is_anybody_there)
    @rule(which=ANY, ticks=TICKS)
    def tick_papers(self, which: int, ticks: Ticks) -> None:
        self.ask(c.TickMaterials(self.ticket(which), ticks), CITIZEN)

    @precondition(is_anybody_there)
    @rule(which=ANY, items=ITEMS, priority=st.sampled_from([None, *Priority]))
    def correct(self, which: int, items: tuple[ServiceId, ...], priority: Priority | None) -> None:
        self.ask(c.Correct(self.ticket(which), items, priority=priority, note="seen"), MANAGER)

    @precondition(is_anybody_there)
    @rule(which=ANY, service=st.sampled_from([None, "permit", "tax"]), window=st.none() | WINDOWS)
    def rate(self, which: int, service: ServiceId | None, window: WindowNumber | None) -> None:
        actor = Actor("rater", window=window)
        self.ask(c.Rate(self.new_id(), self.ticket(which), 5, service), actor)

    @rule(items=ITEMS, slot=st.integers(0, 4))
    def promise(self, items: tuple[ServiceId, ...], slot: int) -> None:
        start = Instant(MONDAY_NINE + slot * 1200)
        code = self.new_id()
        made = c.MakeAppointment(code, items, start, Instant(start + 1200), marks=(f"mark of {code}",))
        self.ask(made, CITIZEN)

    @rule(which=ANY)
    def check_in(self, which: int) -> None:
        codes = list(self.engine.day.appointments) or ["none"]
        id = TicketId(self.new_id())
        self.ask(c.CheckIn(codes[which % len(codes)], id), CITIZEN)
        self.issued |= {id} & set(self.engine.day.tickets)

    # --- clerks and managers ---

    @rule(windows=st.sets(WINDOWS, min_size=1))
    def open(self, windows: set[WindowNumber]) -> None:
        for number in sorted(windows):
            self.ask(c.OpenWindow(number), clerk_of(number))

    @rule(number=WINDOWS, current=st.none() | st.sampled_from(c.Closing), actor=STAFF)
    def next(self, number: WindowNumber, current: c.Closing | None, actor: Actor) -> None:
        self.ask(c.CallNext(number, current), actor)

    @rule(current=st.none() | st.sampled_from(c.Closing))
    def all_press_next(self, current: c.Closing | None) -> None:
        self.ask_together([(c.CallNext(WindowNumber(n), current), clerk_of(n)) for n in (1, 2, 3)])

    @rule(number=WINDOWS, press=PLAIN_PRESSES, actor=STAFF)
    def press(self, number: WindowNumber, press: type, actor: Actor) -> None:
        self.ask(press(number), actor)

    @rule(number=WINDOWS, items=ITEMS, press=PRESSES_TAKEN_BACK, seconds=st.integers(0, 14))
    def press_and_take_back(
        self,
        number: WindowNumber,
        items: tuple[ServiceId, ...],
        press: Callable[[WindowNumber], Command],
        seconds: int,
    ) -> None:
        """An undo gives back the day as it was: states, waiting, and the record of how long each lasted."""
        self.open({number})
        self.take(items, Priority.NONE, "", None)
        self.ask(c.CallNext(number), MANAGER)
        self.now = Instant(self.now + 1)
        before, stretches = deepcopy(self.engine.day), self.stretches()
        try:
            self.engine.do(press(number), MANAGER, nothing)
        except Refused:
            return
        if self.engine.day.windows[number].state is WindowState.CLOSED:
            return  # It was closing, so its last citizen's end closed it.
        self.now = Instant(self.now + seconds)
        self.engine.do(c.UndoLast(number), MANAGER, nothing)
        after = deepcopy(self.engine.day)
        for day in (before, after):
            window = day.windows[number]
            window.undo = window.undone_at = window.ask = None
        assert after == before
        assert self.stretches() == stretches

    def stretches(self) -> list[tuple[object, ...]]:
        """What the disk tells of who was in which state from when to when."""
        with closing(sqlite3.connect(Path(self.folder.name) / "hall.db")) as db:
            return db.execute("SELECT * FROM intervals ORDER BY id").fetchall()

    @precondition(is_anybody_there)
    @rule(number=WINDOWS, which=ANY, kind=st.sampled_from([c.CallNamed, c.Unpark]), actor=STAFF)
    def ask_for(self, number: WindowNumber, which: int, kind: type, actor: Actor) -> None:
        self.ask(kind(number, self.ticket(which)), actor)

    @rule(first=WINDOWS, second=WINDOWS)
    def change_places(self, first: WindowNumber, second: WindowNumber) -> None:
        """Two windows park their citizens and take each other's, all in one transaction."""
        windows = self.engine.day.windows
        held = [windows[number].ticket for number in (first, second) if number in windows]
        if first != second and len(held) == 2 and held[0] and held[1]:
            swapped = [(c.Park(first), MANAGER), (c.Park(second), MANAGER)]
            swapped += [(c.Unpark(first, held[1]), MANAGER), (c.Unpark(second, held[0]), MANAGER)]
            self.ask_together(swapped)

    @rule(number=WINDOWS, group=st.none() | GROUPS, to=WINDOWS, actor=STAFF)
    def transfer(self, number: WindowNumber, group: str | None, to: WindowNumber, actor: Actor) -> None:
        target = {"to_window": to} if group is None else {"group": group}
        self.ask(c.Transfer(number, **target), actor)

    @rule(number=WINDOWS)
    def release(self, number: WindowNumber) -> None:
        self.ask(c.ReleaseWindow(number), MANAGER)

    @rule(number=WINDOWS, to=CLERKS, actor=STAFF)
    def hand_over(self, number: WindowNumber, to: Actor, actor: Actor) -> None:
        assert to.clerk
        self.ask(c.HandOverWindow(number, to.clerk), actor)

    @precondition(is_anybody_there)
    @rule(which=ANY, confirmed=st.booleans(), actor=STAFF)
    def check_priority(self, which: int, confirmed: bool, actor: Actor) -> None:
        self.ask(c.CheckPriority(self.ticket(which), confirmed, "no card"), actor)

    @rule(number=WINDOWS, plate=st.sampled_from([{}, {"zh": "专窗", "en": "Special"}]))
    def set_plate(self, number: WindowNumber, plate: dict[str, str]) -> None:
        self.ask(c.SetWindow(number, plate=plate), MANAGER)

    @rule(number=WINDOWS, groups=st.lists(GROUPS, min_size=1).map(tuple))
    def set_groups(self, number: WindowNumber, groups: tuple[str, ...]) -> None:
        self.ask(c.SetWindow(number, groups), MANAGER)

    @rule(cancel=st.booleans(), opens=st.booleans())
    def close_hall(self, cancel: bool, opens: bool) -> None:
        self.ask(c.OpenHall("late") if opens else c.CloseHall("early", cancel), MANAGER)

    @rule(windows=st.integers(2, 4), ratio=st.none() | st.just((2, 1)))
    def reload(self, windows: int, ratio: tuple[int, int] | None) -> None:
        plan = a_plan(windows, missed=self.plan.missed, appointments=self.plan.appointments)
        self.ask(c.ChangePlan(replace(plan, dispatch=replace(plan.dispatch, ratio=ratio))), SYSTEM)

    @rule(text=st.sampled_from(["paper out", "board silent"]), clears=st.booleans())
    def alert(self, text: str, clears: bool) -> None:
        raised = c.RaiseAlert(self.new_id(), "device", text, {"zh": text, "en": text})
        self.ask(c.ClearAlert("device", text) if clears else raised, SYSTEM)

    @rule(text=st.sampled_from(["lift", "fee"]), until=st.none() | st.integers(1, 600))
    def notice(self, text: str, until: int | None) -> None:
        ends = None if until is None else Instant(self.now + until * 60)
        self.ask(c.PostNotice(self.new_id(), {"zh": text, "en": text}, (), ends), MANAGER)

    @rule(minutes=st.sampled_from([1, 20, 240]))
    def let_pass(self, minutes: int) -> None:
        """Never past midnight: what turns the day is a rule of its own."""
        _, midnight = day_bounds(self.plan.hours, self.engine.day.date)
        self.now = Instant(min(self.now + minutes * 60, midnight - 3600))

    @rule()
    def turn(self) -> None:
        _, midnight = day_bounds(self.plan.hours, self.engine.day.date)
        self.now = Instant(midnight + 9 * 3600)
        self.engine.tick()
        self.issued = set()

    # --- what always holds ---

    @invariant()
    def every_ticket_is_at_one_window_at_most(self) -> None:
        day = self.engine.day
        held = {number: window.ticket for number, window in day.windows.items() if window.ticket}
        there = {t.step.window: t.id for t in day.tickets.values() if t.state in AT_A_WINDOW}
        assert held == there

    @invariant()
    def windows_are_in_a_state_that_exists(self) -> None:
        for window in self.engine.day.windows.values():
            if window.state is WindowState.CLOSED:
                assert window.clerk is None and window.ticket is None and window.undo is None
            if window.state is WindowState.CLOSING:
                assert window.ticket is not None

    @invariant()
    def what_is_there_is_of_the_visit(self) -> None:
        for ticket in self.engine.day.tickets.values():
            items = items_of(ticket, self.engine.day.plan.services)
            assert set(ticket.materials or ()) <= set(items)
            have, needed = counted(ticket, self.engine.day.plan.services)
            assert 0 <= have <= needed

    @invariant()
    def who_waits_is_in_line(self) -> None:
        day = self.engine.day
        expected = {t.id: waiting(day, t) for t in day.tickets.values() if t.state is State.WAITING}
        assert day.queues.tickets == expected
        lines = [line for kinds in day.queues.lines.values() for line in kinds.values()]
        assert sorted(one.ticket for line in lines for one in line) == sorted(expected)
        assert all(line == sorted(line, key=lambda one: one.place) for line in lines)

    @invariant()
    def nobody_is_lost_and_no_number_is_given_twice(self) -> None:
        day = self.engine.day
        assert self.issued <= set(day.tickets)
        assert day.numbers == {TicketNumber(t.number): t.id for t in day.tickets.values()}
        assert len(day.numbers) == len(day.tickets)

    @invariant()
    def steps_follow_each_other(self) -> None:
        for ticket in self.engine.day.tickets.values():
            assert all(step.state is State.FINISHED for step in ticket.steps[: ticket.current])
            later = {step.state for step in ticket.steps[ticket.current + 1 :]}
            assert later <= ({State.PENDING} if ticket.state not in ENDED else ENDED)

    @invariant()
    def live_people_are_counted_right(self) -> None:
        day = self.engine.day
        counted = Counter(
            (ticket.id_hash, step.group)
            for ticket in day.tickets.values()
            if ticket.id_hash
            for step in ticket.steps
            if step.state not in ENDED
        )
        assert day.live_people == counted

    @invariant()
    def the_disk_holds_the_same_day(self) -> None:
        if self.engine.seq == 0:
            return
        day, loaded = self.engine.day, self.other.load(self.engine.day.plan, "", self.now)
        assert loaded.seq == self.engine.seq
        standing = {id: one for id, one in day.alerts.items() if one.cleared_at is None}
        assert loaded.day.alerts == standing
        assert replace(loaded.day, alerts=day.alerts) == day


TestHallMachine = HallMachine.TestCase
TestHallMachine.settings = settings(
    max_examples=40, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
