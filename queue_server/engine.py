"""The one writer: drain what waits, decide, commit, then acknowledge and tell.

Commands are decided on the hub against the day in memory, all that wait together, and written in
one transaction by a thread of the engine's own. Until that is on disk nobody may look: readers
wait in `settled`, so nothing undurable is ever acknowledged, shown, spoken or read.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import gevent
from gevent.event import AsyncResult, Event
from gevent.threadpool import ThreadPool

from queue_server.hall import opening
from queue_server.hall.commands import SYSTEM, Actor, ChangePlan, Command, TurnDay
from queue_server.hall.events import DayTurned
from queue_server.hall.events import Event as Happened
from queue_server.hall.forecast import Forecast, forecast
from queue_server.hall.model import HallPlan, Instant
from queue_server.hall.refusal import Refused
from queue_server.hall.rules import decide
from queue_server.hall.state import Changes, Day, apply
from queue_server.store import Answer, Batch, StorageError, Store, add_changes, answer_row, event_row

log = logging.getLogger(__name__)
T = TypeVar("T")

MOST_AT_ONCE = 256
"""So many commands share a transaction at most, to bound how long the hub is held."""

FORECAST_SHARE = 10
"""A forecast may take one part in so many of the time."""

QUICK_FORECAST = 0.003
"""A forecast that takes no longer (seconds) is made after every change of a window."""

Render = Callable[[Day, list[Happened]], Answer]
"""Makes the answer from the day as it is right after the events."""


class ClockBehind(Exception):
    """The clock stands before the last recorded day."""


class KeyReused(Exception):
    """An idempotency key came again with another request."""


@dataclass(slots=True)
class Request:
    """A command on its way; `key` is empty where the caller gave none."""

    command: Command
    actor: Actor
    render: Render
    caller: str = ""
    key: str = ""
    fingerprint: str = ""
    result: AsyncResult[Answer] = field(default_factory=AsyncResult)


@dataclass(slots=True)
class _Decided:
    """What a batch came to before it is on disk."""

    batch: Batch
    changes: Changes
    answered: list[tuple[Request, Answer, bool]] = field(default_factory=list)
    refused: list[tuple[Request, Exception]] = field(default_factory=list)
    events: int = 0


class Engine:
    """Owns the day. Greenlets ask by `do`; `on_change` hears of what is on disk."""

    def __init__(
        self,
        store: Store,
        plan: HallPlan,
        clock: Callable[[], float],
        on_change: Callable[[Changes], None] = lambda changes: None,
    ) -> None:
        self._store, self._clock, self._on_change = store, clock, on_change
        self._pool = ThreadPool(1)
        self._plan = plan
        self._waiting: list[Request] = []
        self._pending: dict[tuple[str, str], Request] = {}
        self._work = Event()
        self._settled = Event()
        self._forecast_cost = self._forecast_made = 0.0
        self._stale_forecast = True
        self._must_load = False
        self._load()
        self._settled.set()

    # --- for those who ask and read ---

    def now(self) -> Instant:
        return Instant(self._clock())

    def do(
        self,
        command: Command,
        actor: Actor,
        render: Render | None = None,
        *,
        caller: str = "",
        key: str = "",
        fingerprint: str = "",
    ) -> Answer:
        """Carry out a command; returns once it is on disk.

        The same `key` of a caller gives the same answer again.

        :raises Refused: when the rules do not allow it.
        :raises StorageError: when it could not be made durable; then nothing was done.
        :raises KeyReused: when the key came with another request before.
        """
        request = Request(command, actor, render or _no_answer, caller, key, fingerprint)
        return self.enter(request).get()

    def enter(self, request: Request) -> AsyncResult[Answer]:
        """Queue a request without yielding, so that a client's messages keep their order."""
        if request.key:
            earlier = self._earlier(request)
            if earlier is not None:
                return earlier
            self._pending[request.caller, request.key] = request
        self._waiting.append(request)
        self._work.set()
        return request.result

    def _earlier(self, request: Request) -> AsyncResult[Answer] | None:
        done = self.answers.get((request.caller, request.key))
        under_way = self._pending.get((request.caller, request.key))
        if done is None and under_way is None:
            return None
        before = done.fingerprint if done else under_way.fingerprint if under_way else ""
        result: AsyncResult[Answer] = AsyncResult()
        if before != request.fingerprint:
            result.set_exception(KeyReused())
        elif done:
            result.set(done)
        elif under_way:
            return under_way.result
        return result

    def settled(self) -> Day:
        """The day as it is on disk; waits while a batch is being written."""
        self._settled.wait()
        return self.day

    def write(self, work: Callable[[Any], T]) -> T:
        """Run something of others (accounts) in the writer's thread, in its own transaction.

        :raises StorageError: when it could not be made durable.
        """
        result: T = self._pool.spawn(self._store.write, work).get()
        return result

    # --- the loop ---

    def run(self) -> None:
        """Serve requests for ever; one greenlet runs this."""
        while True:
            self._work.wait()
            self._work.clear()
            while self._waiting:
                batch = self._waiting[:MOST_AT_ONCE]
                del self._waiting[:MOST_AT_ONCE]
                self._carry_out(batch)
                gevent.sleep(0)

    def tick(self) -> None:
        """Once a second: the day may turn, the forecast may have to follow."""
        if self._today() != self.day.date:
            self.do(TurnDay(self._today()), SYSTEM)
        if self._stale_forecast or self.now() - self.forecast.as_of > 5:
            self.settled()
            self._foresee()

    def _carry_out(self, batch: list[Request]) -> None:
        now = self.now()
        self._settled.clear()
        try:
            if self._must_load:
                self._load()
            if self._day_must_turn():
                batch = [Request(TurnDay(self._today()), SYSTEM, _no_answer), *batch]
            decided = self._decide(batch, now)
            if decided.events:
                self._pool.spawn(self._store.commit, decided.batch).get()
                self._seal(decided)
        except ClockBehind as trouble:
            self._fail(batch, trouble)
        except StorageError as trouble:
            log.error("not written, so not done: %s", trouble)
            self._start_over(batch, trouble)
        except Exception as trouble:
            log.exception("a rule broke; the day is loaded again")
            self._start_over(batch, trouble)
        else:
            self._acknowledge(decided)
        finally:
            self._settled.set()

    def _decide(self, batch: list[Request], now: Instant) -> _Decided:
        decided = _Decided(Batch(), Changes())
        for request in batch:
            try:
                events = decide(self.day, request.command, request.actor, now)
            except Refused as refusal:
                decided.refused.append((request, refusal))
                continue
            for event in events:
                self._happen(decided, event, request, now)
            answer = request.render(self.day, events)
            decided.answered.append((request, answer, bool(events)))
            if request.key and events:
                row = answer_row(request.caller, request.key, self.day.date, answer)
                decided.batch.add("answers", row)
        add_changes(decided.batch, self.day, decided.changes, now)
        decided.batch.seq = self.seq + decided.events
        return decided

    def _happen(self, decided: _Decided, event: Happened, request: Request, now: Instant) -> None:
        if isinstance(event, DayTurned):
            # Yesterday's tickets leave the memory with this event; their last rows go first.
            add_changes(decided.batch, self.day, decided.changes, now)
            decided.changes = Changes()
            decided.batch.turned_to = event.day
        apply(self.day, event, now, decided.changes)
        decided.events += 1
        row = event_row(self.seq + decided.events, self.day.date, now, event, request.actor.name, request.key)
        decided.batch.add("events", row)

    def _seal(self, decided: _Decided) -> None:
        """The batch is on disk: from here on it may be seen."""
        self.seq = decided.batch.seq
        if decided.batch.turned_to:
            self.answers.clear()
        for request, answer, changed in decided.answered:
            if request.key and changed:
                self.answers[request.caller, request.key] = answer
        self._stale_forecast = True
        cheap = self._forecast_cost < QUICK_FORECAST and decided.changes.windows
        if cheap or time.monotonic() - self._forecast_made > self._forecast_cost * FORECAST_SHARE:
            self._foresee()

    def _acknowledge(self, decided: _Decided) -> None:
        self._settled.set()
        for request, answer, _ in decided.answered:
            self._pending.pop((request.caller, request.key), None)
            request.result.set(answer)
        for request, refusal in decided.refused:
            self._pending.pop((request.caller, request.key), None)
            request.result.set_exception(refusal)
        if decided.events:
            self._on_change(decided.changes)

    def _fail(self, batch: list[Request], trouble: Exception) -> None:
        for request in batch:
            self._pending.pop((request.caller, request.key), None)
            request.result.set_exception(trouble)

    def _start_over(self, batch: list[Request], trouble: Exception) -> None:
        """What was decided is not true: take the day from the disk again, then refuse."""
        try:
            self._load()
        except (StorageError, OSError) as again:
            log.error("the day can't be read again either: %s", again)
            self._must_load = True
        self._fail(batch, trouble)

    def _load(self) -> None:
        loaded = self._pool.spawn(self._store.load, self._plan, self._today(), self.now()).get()
        self.day: Day = loaded.day
        self.seq: int = loaded.seq
        self.epoch: str = loaded.epoch
        self.answers: dict[tuple[str, str], Answer] = loaded.answers
        self._must_load = False
        self._foresee()

    def _foresee(self) -> None:
        began = time.monotonic()
        self.forecast: Forecast = forecast(self.day, self.now())
        self.day.foreseen = self.forecast.newcomers
        self._forecast_made = time.monotonic()
        self._forecast_cost = self._forecast_made - began
        self._stale_forecast = False

    # --- the day and its plan ---

    def change_plan(self, plan: HallPlan) -> None:
        """Apply a new config to the running hall.

        :raises Refused: when today's tickets or clerks stand against it.
        """
        self.do(ChangePlan(plan), SYSTEM)
        self._plan = plan

    def _today(self) -> str:
        return opening.business_day(self._plan.hours, self.now())

    def _day_must_turn(self) -> bool:
        today = self._today()
        if today < self.day.date:
            raise ClockBehind(self.day.date)
        return today > self.day.date


def _no_answer(day: Day, events: list[Happened]) -> Answer:
    return Answer("", 204, None)
