"""The one writer: drain what waits, decide, commit, then acknowledge and tell.

Commands are decided on the hub against the day in memory, all that wait together, and written in
one transaction by a thread of the engine's own. Until that is on disk nobody may look: readers
wait in `settled`, so nothing undurable is ever acknowledged, shown, spoken or read.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

import gevent
from gevent.event import AsyncResult, Event
from gevent.threadpool import ThreadPool

from queue_server.foresight import Foresight
from queue_server.hall import opening
from queue_server.hall.changes import Changes
from queue_server.hall.commands import SYSTEM, Actor, ChangePlan, Command, TurnDay
from queue_server.hall.day import Day
from queue_server.hall.events import DayTurned
from queue_server.hall.events import Event as Happened
from queue_server.hall.forecast import Forecast
from queue_server.hall.hall_rules import must_fit
from queue_server.hall.model import HallPlan, Instant, Seconds
from queue_server.hall.refusal import Refused
from queue_server.hall.rules import decide
from queue_server.hall.state import apply
from queue_server.storage.measured import latest_intervals
from queue_server.storage.store import (
    Answer,
    Batch,
    StorageError,
    Store,
    add_changes,
    answer_row,
    event_row,
    keep_answer,
)

log = logging.getLogger(__name__)
T = TypeVar("T")

MOST_AT_ONCE = 256
"""So many commands share a transaction at most, to bound how long the hub is held."""

USED_UP = "used up"
"""The fingerprint of a key that nothing was asked with; no request has it."""

Render = Callable[[Day, list[Happened]], Answer]
"""Makes the answer from the day as it is right after the events."""


Write = Callable[[sqlite3.Connection], T]
"""Something of others that is written in a transaction of its own."""


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


@dataclass(frozen=True, slots=True)
class _UnderWay:
    """A request with a key that has no answer yet; its repeats wait for the same `result`."""

    fingerprint: str
    result: AsyncResult[Answer]


@dataclass(frozen=True, slots=True)
class _Outcome(Generic[T]):
    """What a job of the writer's thread came to. gevent would print what is raised there."""

    value: T | None = None
    error: BaseException | None = None


@dataclass(slots=True)
class _Decided:
    """What a batch came to before it is on disk."""

    batch: Batch
    changes: Changes
    at: Instant
    answered: list[tuple[Request, Answer, bool]] = field(default_factory=list)
    refused: list[tuple[Request, Exception]] = field(default_factory=list)
    events: int = 0


class Engine:
    """Owns the day. Greenlets ask by `do`; `on_change` hears of what is on disk.

    :raises Refused: when today's tickets need a group or window that the plan lacks.
    :raises StorageError: when the disk can't be read.
    """

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
        self._under_way: dict[tuple[str, str], _UnderWay] = {}
        self._work = Event()
        self._settled = Event()
        self._must_load = False
        self._recorded_at = Instant(0.0)
        self.foresight = Foresight(self.now())
        self._load()
        self._remember()
        if self.today() == self.day.date:
            must_fit(self.day, plan)
        self._settled.set()

    # --- for those who ask and read ---

    @property
    def forecast(self) -> Forecast:
        """The waits as last foreseen."""
        return self.foresight.forecast

    def now(self) -> Instant:
        """The clock's time, but never before what happened last: then it stands until that is caught up.

        Whoever comes after another stands behind them, also while the clock is put back.
        """
        return max(Instant(self._clock()), self._recorded_at)

    @property
    def clock_lag(self) -> Seconds:
        """How far the clock stands behind what happened last."""
        return Seconds(max(0.0, self._recorded_at - self._clock()))

    def today(self) -> str:
        """The business day by the clock, which may stand before the last recorded one."""
        return opening.business_day(self._plan.hours, Instant(self._clock()))

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
        return _answer_of(self.enter(request))

    def enter(self, request: Request) -> AsyncResult[Answer]:
        """Queue a request without yielding, so that a client's messages keep their order."""
        earlier = self._earlier(request.caller, request.key, request.fingerprint, request.result)
        if earlier is not None:
            return earlier
        self._waiting.append(request)
        self._work.set()
        return request.result

    def settled(self) -> Day:
        """The day as it is on disk; waits while a batch is being written.

        :raises StorageError: when the disk can't be read, so that nobody knows what is true.
        """
        while not self._settled.is_set():
            self._settled.wait()
        if self._must_load:
            raise StorageError("the day can't be read")
        return self.day

    def write(self, work: Write[T]) -> T:
        """Run something of others (accounts) in the writer's thread, in its own transaction.

        What `work` raises is raised here, and nothing is written.

        :raises StorageError: when it could not be made durable.
        """
        return self._in_writer(lambda: self._store.write(work))

    def write_answered(
        self, work: Write[Answer], *, caller: str = "", key: str = "", fingerprint: str = ""
    ) -> Answer:
        """`write`, with its answer kept under a key as `do` keeps a command's.

        :raises KeyReused: when the key came with another request before.
        """
        result: AsyncResult[Answer] = AsyncResult()
        earlier = self._earlier(caller, key, fingerprint, result)
        if earlier is not None:
            return _answer_of(earlier)

        def and_answer(db: sqlite3.Connection) -> Answer:
            answer = replace(work(db), fingerprint=fingerprint)
            if key:
                keep_answer(db, answer_row(caller, key, self.day.date, answer))
            return answer

        try:
            answer = self.write(and_answer)
        except BaseException as trouble:
            result.set_exception(trouble)
            raise
        else:
            if key:
                self.answers[caller, key] = answer
            result.set(answer)
        finally:
            self._under_way.pop((caller, key), None)
        return answer

    def use_up(self, caller: str, key: str) -> Answer:
        """The answer that a key got, waited for where it is under way.

        Where there is none there never will be one: what comes with that key from now on is `KeyReused`.

        :raises StorageError: when that could not be made durable.
        """
        if under_way := self._under_way.get((caller, key)):
            under_way.result.wait()
        if (caller, key) not in self.answers:
            self.write_answered(lambda _: Answer("", 204, None), caller=caller, key=key, fingerprint=USED_UP)
        return self.answers[caller, key]

    def _earlier(
        self, caller: str, key: str, fingerprint: str, result: AsyncResult[Answer]
    ) -> AsyncResult[Answer] | None:
        """The answer that a key has, or will have; None for a new one, answered by `result`."""
        if not key:
            return None
        done, under_way = self.answers.get((caller, key)), self._under_way.get((caller, key))
        before = done or under_way
        if before is None:
            self._under_way[caller, key] = _UnderWay(fingerprint, result)
            return None
        if before.fingerprint != fingerprint:
            refused: AsyncResult[Answer] = AsyncResult()
            refused.set_exception(KeyReused())
            return refused
        if done is None:
            assert under_way is not None
            return under_way.result
        known: AsyncResult[Answer] = AsyncResult()
        known.set(done)
        return known

    def close(self) -> None:
        """Let the writer end; what was acknowledged is on disk already."""
        self._in_writer(self._store.close)
        self._pool.kill()

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
        """Once a second: the day may turn, the forecast may have to follow. Never raises."""
        try:
            if self._must_load or self.today() != self.day.date:
                self.do(TurnDay(self.today()), SYSTEM)
            if self.foresight.is_due(self.now()):
                self.foresight.look(self.settled(), self.now(), _let_others)
        except ClockBehind as trouble:
            log.error("the clock stands before %s, the last recorded day: set it right", trouble)
        except StorageError as trouble:
            log.error("the day can't go on: %s", trouble)

    def _carry_out(self, batch: list[Request]) -> None:
        """Every request gets its answer here, come what may; nothing is raised."""
        self._settled.clear()
        try:
            decided = self._make_true(batch)
        except ClockBehind as trouble:
            self._fail(batch, trouble)
        except StorageError as trouble:
            log.error("not written, so not done: %s", trouble)
            self._start_over()
            self._fail(batch, trouble)
        except Exception as trouble:
            self._start_over()
            if len(batch) == 1:
                log.exception("a rule broke on %r; nothing was done", batch[0].command)
                self._fail(batch, trouble)
            # One broken request must not spoil what came with it.
            for request in batch if len(batch) > 1 else ():
                self._carry_out([request])
        else:
            self._acknowledge(decided)
        finally:
            self._settled.set()

    def _make_true(self, batch: list[Request]) -> _Decided:
        """Decide a batch and bring it to the disk."""
        if self._must_load:
            self._load()
        if self._day_must_turn():
            batch = [Request(TurnDay(self.today()), SYSTEM, _no_answer), *batch]
        decided = self._decide(batch, self.now())
        if decided.events:
            self._in_writer(lambda: self._store.commit(decided.batch))
            self._seal(decided)
        return decided

    def _decide(self, batch: list[Request], now: Instant) -> _Decided:
        decided = _Decided(Batch(), Changes(), now)
        for request in batch:
            try:
                events = decide(self.day, request.command, request.actor, now)
            except Refused as refusal:
                decided.refused.append((request, refusal))
                continue
            for event in events:
                self._happen(decided, event, request, now)
            answer = replace(request.render(self.day, events), fingerprint=request.fingerprint)
            decided.answered.append((request, answer, bool(events)))
            if request.key and events:
                row = answer_row(request.caller, request.key, self.day.date, answer)
                decided.batch.add("answers", row)
        add_changes(decided.batch, self.day, decided.changes)
        decided.batch.seq = self.seq + decided.events
        return decided

    def _happen(self, decided: _Decided, event: Happened, request: Request, now: Instant) -> None:
        if isinstance(event, DayTurned):
            # Yesterday's tickets leave the memory with this event; their last rows go first.
            add_changes(decided.batch, self.day, decided.changes)
            decided.changes = Changes()
            decided.batch.turned_to = event.day
        apply(self.day, event, now, decided.changes)
        decided.events += 1
        row = event_row(self.seq + decided.events, self.day.date, now, event, request.actor.name, request.key)
        decided.batch.add("events", row)

    def _seal(self, decided: _Decided) -> None:
        """The batch is on disk: from here on it may be seen."""
        self.seq, self._recorded_at = decided.batch.seq, decided.at
        self._plan = self.day.plan
        if decided.batch.turned_to:
            self.answers.clear()
        for request, answer, changed in decided.answered:
            if request.key and changed:
                self.answers[request.caller, request.key] = answer
        self.foresight.hear(self.day, decided.changes)
        if decided.changes.windows and self.foresight.is_quick:
            self.foresight.look(self.day, self.now())

    def _acknowledge(self, decided: _Decided) -> None:
        self._settled.set()
        for request, answer, _ in decided.answered:
            self._under_way.pop((request.caller, request.key), None)
            request.result.set(answer)
        for request, refusal in decided.refused:
            self._fail([request], refusal)
        if decided.events:
            try:
                self._on_change(decided.changes)
            except Exception:
                log.exception("what changed could not be told; screens will hear of it with the next change")

    def _fail(self, batch: list[Request], trouble: Exception) -> None:
        for request in batch:
            self._under_way.pop((request.caller, request.key), None)
            request.result.set_exception(trouble)

    def _start_over(self) -> None:
        """What was decided is not true: take the day from the disk again."""
        self._must_load = True
        try:
            self._load()
        except Exception as trouble:
            log.error("the day can't be read again: %s", trouble)

    def _load(self) -> None:
        loaded = self._in_writer(lambda: self._store.load(self._plan, self.today(), self.now()))
        self.day, self.seq, self.epoch = loaded.day, loaded.seq, loaded.epoch
        self._recorded_at = loaded.at
        self.answers = loaded.answers
        self._must_load = False
        self.foresight.look(self.day, self.now())

    def _remember(self) -> None:
        """What was measured on the last days; without it waits are told as they were on the first."""
        try:
            self.foresight.remember(self.write(lambda db: latest_intervals(db, self._plan.waits.days)))
        except StorageError as trouble:
            log.error("what was measured before can't be read: %s", trouble)

    def _in_writer(self, work: Callable[[], T]) -> T:
        """Run `work` in the writer's thread, after what it has to do already."""
        outcome = self._pool.spawn(_outcome, work).get()
        assert outcome is not None
        if outcome.error is not None:
            raise outcome.error
        return outcome.value  # type: ignore[return-value]

    # --- the day and its plan ---

    def change_plan(self, plan: HallPlan) -> None:
        """Apply a new config to the running hall.

        :raises Refused: when today's tickets or clerks stand against it.
        """
        self.do(ChangePlan(plan), SYSTEM)

    def _day_must_turn(self) -> bool:
        today = self.today()
        if today < self.day.date:
            raise ClockBehind(self.day.date)
        return today > self.day.date


def _let_others() -> None:
    gevent.sleep(0)


def _no_answer(day: Day, events: list[Happened]) -> Answer:
    return Answer("", 204, None)


def _answer_of(result: AsyncResult[Answer]) -> Answer:
    answer = result.get()
    assert answer is not None
    return answer


def _outcome(work: Callable[[], T]) -> _Outcome[T]:
    try:
        return _Outcome(work())
    except BaseException as error:
        return _Outcome(error=error)
