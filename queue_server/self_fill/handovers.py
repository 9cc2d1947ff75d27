"""Filled-in forms on their way to the acceptance platform, so that nobody types them a second time.

What is to go is sealed on disk until the platform has taken it: after a power cut it goes again, under
the same id. What fails too often waits for a manager, who tries it again or lets it go.
"""

from __future__ import annotations

import json
import logging
import sqlite3
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from gevent.pool import Pool

from assets import texts
from queue_server.alerting import keep_alert
from queue_server.hall.drafts import Draft, DraftState
from queue_server.hall.model import Instant, Seconds
from queue_server.outside.asking import NEVER, Breaker, Unanswered, post
from queue_server.outside.asking import filled as filled_in
from queue_server.outside.bridges import says
from queue_server.self_fill.drafts import Filled, filled
from queue_server.self_fill.marks import paper_number
from queue_server.settings.bridges import PLATFORM, PlatformShape
from queue_server.storage.store import StorageError
from queue_server.wire import Body

if TYPE_CHECKING:
    from queue_server.desk import Desk

log = logging.getLogger(__name__)

AT_ONCE = 4
"""So many are on their way at a time."""
LONGEST_WAIT = Seconds(3600.0)
KEPT = Seconds(30 * 24 * 3600.0)
"""How long is told what became of one, without what stood in it."""
ALERT = ("handover-failed", "platform")


class HandoverState(StrEnum):
    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Handover:
    """One form on its way; what stands in it is not here."""

    id: str
    form: str
    ticket: str
    """Its number; "" for none."""
    state: HandoverState
    tries: int
    next_at: Instant
    trouble: str
    made_at: Instant
    made_by: str
    ended_at: Instant | None


ADD = (
    "INSERT OR IGNORE INTO handovers (id, kind, subject, sealed, made_at, made_by, state, tries, next_at,"
    " trouble) VALUES (?, ?, ?, ?, ?, ?, 'waiting', 0, ?, '')"
)
DUE = (
    "SELECT id, sealed, tries FROM handovers WHERE state = 'waiting' AND next_at <= ?"
    " ORDER BY next_at LIMIT ?"
)
TAKEN = (
    "UPDATE handovers SET state = 'done', sealed = NULL, trouble = '', tries = ?, ended_at = ?"
    " WHERE id = ? AND state = 'waiting'"
)
NOT_TAKEN = (
    "UPDATE handovers SET state = ?, tries = ?, next_at = ?, trouble = ? WHERE id = ? AND state = 'waiting'"
)
AGAIN = "UPDATE handovers SET state = 'waiting', tries = 0, next_at = ? WHERE id = ? AND state = 'failed'"
DROP = (
    "UPDATE handovers SET state = 'dropped', sealed = NULL, trouble = ?, ended_at = ?"
    " WHERE id = ? AND state = 'failed'"
)
FORGET = "DELETE FROM handovers WHERE ended_at < ?"


def handovers(db: sqlite3.Connection, state: HandoverState | None) -> list[Handover]:
    """Those in a state, or all; the latest first."""
    rows = db.execute(
        "SELECT * FROM handovers WHERE ? IN ('', state) ORDER BY made_at DESC, id", (state or "",)
    )
    return [_handover(row) for row in rows]


def find(db: sqlite3.Connection, id: str) -> Handover | None:
    row = db.execute("SELECT * FROM handovers WHERE id = ?", (id,)).fetchone()
    return _handover(row) if row else None


def _handover(row: sqlite3.Row) -> Handover:
    return Handover(
        row["id"],
        row["kind"],
        row["subject"],
        HandoverState(row["state"]),
        row["tries"],
        row["next_at"],
        row["trouble"],
        row["made_at"],
        row["made_by"],
        row["ended_at"],
    )


def body_of(desk: Desk, id: str, form: Filled) -> Body:
    """What the platform is sent: the schema's own names, and where each value came from."""
    show, day = desk.settled()
    return {
        "id": id,
        "hall": day.plan.name["zh"],
        "form": form.form.id,
        "title": form.form.title["zh"],
        "number": paper_number(desk, form.draft, show.day_of(form.begun_at)),
        "ticket": form.ticket or None,
        "begun_at": show.time(form.begun_at),
        "completed_at": show.time(form.finished_at),
        "completed_by": form.finished_by,
        "values": form.values,
        "sources": {name: form.entries[name].source or "citizen" for name in form.values},
    }


class Carrier:
    """`tick` comes once a second from a greenlet of its own; what is sent goes in others."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._pool = Pool(AT_ONCE)
        self._breaker = Breaker()
        self._under_way: set[str] = set()
        self._known: set[str] = set()

    def tick(self) -> None:
        """Write down what a clerk has completed, send what is due, tell managers of what failed."""
        platform = self._desk.settings.outside.platform
        if platform.url:
            self._write_down()
            self._send_due(platform)
        failed = handovers(self._desk.people, HandoverState.FAILED)
        keep_alert(self._desk, *ALERT, texts.both("alert.handover-failed") if failed else None)

    def _write_down(self) -> None:
        """Completed forms that are not on their way yet.

        A form is complete on disk before it is written down here, and stays so: a crash between the
        two loses nothing, and the id makes it one and the same.
        """
        day = self._desk.engine.settled()
        complete = {
            self._id(draft): draft for draft in day.drafts.values() if draft.state is DraftState.COMPLETE
        }
        self._known &= complete.keys()
        new = [(id, draft) for id, draft in complete.items() if id not in self._known]
        if not new:
            return
        now = self._desk.engine.now()
        rows = [self._row(id, draft, now) for id, draft in new]

        def work(db: sqlite3.Connection) -> None:
            db.executemany(ADD, rows)
            db.execute(FORGET, (now - KEPT,))

        self._desk.engine.write(work)
        self._known |= {id for id, _ in new}

    def _id(self, draft: Draft) -> str:
        """The same for the same form as completed, another once a clerk has corrected it."""
        return self._desk.keyring.mark(f"handover/{draft.id}/{draft.revision}")

    def _row(self, id: str, draft: Draft, now: Instant) -> tuple[object, ...]:
        form = filled(self._desk, draft)
        plain = json.dumps(body_of(self._desk, id, form), ensure_ascii=False).encode()
        sealed = self._desk.keyring.seal(plain, _context(id))
        return (id, form.form.id, form.ticket, sealed, now, form.finished_by, now)

    def _send_due(self, platform: PlatformShape) -> None:
        now = self._desk.engine.now()
        room = self._pool.free_count()
        for row in self._desk.people.execute(DUE, (now, AT_ONCE)).fetchall()[:room]:
            if row["id"] not in self._under_way and self._breaker.may_pass(now):
                self._breaker.began()
                self._under_way.add(row["id"])
                self._pool.spawn(self._send, platform, row["id"], row["sealed"], row["tries"] + 1)

    def _send(self, platform: PlatformShape, id: str, sealed: bytes, tries: int) -> None:
        """Hand one over and write down what became of it; never raises."""
        try:
            self._hand_over(platform, id, self._desk.keyring.unseal(sealed, _context(id)))
        except Unanswered as why:
            self._breaker.failed(self._desk.engine.now())
            log.warning("the acceptance platform did not take a form: %s", why)
            self._note(NOT_TAKEN, *self._next(platform, tries, _kind_of(why)), id)
        except ValueError:
            # Sealed with another key: asking again is no cure, a manager must know.
            self._breaker.failed(NEVER)
            self._note(NOT_TAKEN, HandoverState.FAILED, tries, 0.0, "key", id)
        else:
            self._breaker.passed()
            self._note(TAKEN, tries, self._desk.engine.now(), id)
        finally:
            self._under_way.discard(id)

    def _hand_over(self, platform: PlatformShape, id: str, body: bytes) -> None:
        """:raises Unanswered: when the platform did not take it."""
        token = {"token": self._desk.settings.outside.tokens.get(PLATFORM, "")}
        headers = {**filled_in(platform.headers, token), "Idempotency-Key": id}
        answer = post(platform.url, body, "application/json", headers, Seconds(platform.timeout_seconds))
        if not platform.accepted:
            return
        try:
            said = json.loads(answer)
        except (ValueError, RecursionError):
            raise Unanswered("its answer is no JSON") from None
        if not says(said, platform.accepted):
            raise Unanswered("its answer does not say that it took it")

    def _next(self, platform: PlatformShape, tries: int, why: str) -> tuple[str, int, float, str]:
        """When it goes again, twice as late each time; or that a manager must decide."""
        if tries >= platform.attempts:
            return HandoverState.FAILED, tries, 0.0, why
        wait = min(LONGEST_WAIT, platform.first_wait_seconds * 2 ** (tries - 1))
        return HandoverState.WAITING, tries, self._desk.engine.now() + wait, why

    def _note(self, statement: str, *values: object) -> None:
        try:
            self._desk.engine.write(lambda db: db.execute(statement, values))
        except StorageError as trouble:
            # It stays as it stood, so it goes again: the platform knows it by its id.
            log.error("what became of a form could not be written down: %s", trouble)


def _kind_of(why: Unanswered) -> str:
    """In a word, for pages to say it: `slow`, `gone`, `wrong`, `status 503`."""
    return why.kind if why.status is None else f"{why.kind} {why.status}"


def _context(id: str) -> bytes:
    return f"handover/{id}".encode()
