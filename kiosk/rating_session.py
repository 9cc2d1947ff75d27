"""What the evaluator at a counter knows, shows and sends, without a screen or a clock.

`now` is the terminal's own clock in seconds, whatever its origin; the server's time is learned from
the `now` of its messages. A rating belongs to the visit that was asked about when a face was pressed,
is sent once, and is shown as saved only when the server has said so.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from queue_server.hall.model import WindowState
from queue_server.wire import Body, Code, Says

THANKS_SECONDS = 4.0
SORRY_SECONDS = 7.0
STALE_SECONDS = 2.0
"""A break in the line that lasts no longer is not worth a word."""
GUARD_SECONDS = 0.7
"""A question that takes another's place hears nothing so long: the finger may be on its way."""
EXPIRY_SLACK_SECONDS = 2.0
"""The server's word that a question ended counts as its expiry if it comes so close to it."""


class End(StrEnum):
    """How a question ended; the names of the texts that say so."""

    THANKS = "thanks"
    RATED = "rated"
    EXPIRED = "expired"
    NOT_HERE = "not-here"
    NOT_SAVED = "not-saved"


@dataclass(frozen=True, slots=True)
class Counter:
    """The window at which the evaluator stands. `clerk` is empty where nobody sits there."""

    number: int
    state: WindowState
    clerk: str = ""
    staff_no: str = ""
    serving: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """A visit to be rated, until `expires_at` of this terminal's clock."""

    ticket: str
    number: str
    expires_at: float
    hears_from: float


@dataclass(frozen=True, slots=True)
class Rate:
    """A face that was pressed, on its way to the server."""

    ticket: str
    number: str
    score: int


@dataclass(frozen=True, slots=True)
class Faces:
    """The page with the five faces; `chosen` while the answer is under way."""

    ticket: str
    number: str
    chosen: int | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """The page that tells how a question ended."""

    end: End
    number: str
    until: float


@dataclass(frozen=True, slots=True)
class Connecting:
    """Nothing is known yet."""


@dataclass(frozen=True, slots=True)
class Unplanned:
    """The hall has no such window, for now."""


Page = Connecting | Counter | Faces | Ended | Unplanned


@dataclass(frozen=True, slots=True)
class Session:
    """All that the evaluator knows."""

    hall: str = ""
    counter: Counter | Unplanned | None = None
    ask: Ask | None = None
    sent: Rate | None = None
    ended: Ended | None = None
    down_since: float | None = None
    server_time: tuple[float, datetime] | None = None
    """A moment of this terminal's clock, and what the server's clock said then."""

    def page(self, now: float) -> Page:
        """What is to be shown."""
        if self.sent:
            return Faces(self.sent.ticket, self.sent.number, self.sent.score)
        if self.ended and now < self.ended.until:
            return self.ended
        if self.ask and now < self.ask.expires_at:
            return Faces(self.ask.ticket, self.ask.number)
        return self.counter or Connecting()

    def seconds_left(self, now: float) -> int | None:
        """Whole seconds in which a face may still be pressed; None where none may."""
        if self.ask is None or not isinstance(self.page(now), Faces) or self.sent:
            return None
        return math.ceil(self.ask.expires_at - now)

    def stale_since(self, now: float) -> str | None:
        """The hall's time of day since when the line is down, or None while it is up."""
        if self.down_since is None or self.server_time is None or now - self.down_since < STALE_SECONDS:
            return None
        mine, servers = self.server_time
        return f"{servers + timedelta(seconds=self.down_since - mine):%H:%M}"


def heard(session: Session, name: str, body: Body, now: float) -> Session:
    """A message of the server."""
    session = replace(session, server_time=(now, datetime.fromisoformat(body["now"])))
    if name == Says.SNAPSHOT:
        name_in_chinese = str(body["hall"]["name"]["zh"])
        session = replace(session, hall=name_in_chinese, counter=_counter(body["window"]))
        return _asked(session, body["ask"], now)
    if name == Says.WINDOW:
        return replace(session, counter=_counter(body["window"]))
    if name == Says.ASK:
        return _asked(session, body if "ticket" in body else None, now)
    return session


def line(session: Session, up: bool, now: float) -> Session:
    """The line to the server came or went."""
    if up:
        return replace(session, down_since=None)
    return session if session.down_since is not None else replace(session, down_since=now)


def pressed(session: Session, ticket: str, score: int, now: float) -> tuple[Session, Rate | None]:
    """A face was touched on the page that asks about `ticket`; what is to be sent, if anything."""
    page, ask = session.page(now), session.ask
    if not isinstance(page, Faces) or page.chosen or ask is None or ask.ticket != ticket:
        return session, None
    if now < ask.hears_from:
        return session, None
    rate = Rate(ticket, ask.number, score)
    return replace(session, sent=rate, ended=None), rate


def answered(session: Session, rate: Rate, answer: Body, now: float) -> Session:
    """The server's ack to a rating, or the client's word that none came."""
    if session.sent != rate:
        return session
    end = _end(answer)
    asked_again = end is End.NOT_SAVED or (session.ask and session.ask.ticket != rate.ticket)
    return replace(
        session,
        sent=None,
        ask=session.ask if asked_again else None,
        ended=_ended(end, rate.number, now),
    )


def ticked(session: Session, now: float) -> Session:
    """Time has passed: a question expires."""
    if session.ask is None or session.sent or now < session.ask.expires_at:
        return session
    return replace(session, ask=None, ended=_ended(End.EXPIRED, session.ask.number, now))


def _asked(session: Session, body: Body | None, now: float) -> Session:
    before = session.ask
    if body is None:
        expired = before and not session.sent and before.expires_at - now < EXPIRY_SLACK_SECONDS
        ended = _ended(End.EXPIRED, before.number, now) if before and expired else session.ended
        return replace(session, ask=None, ended=ended)
    assert session.server_time is not None
    left = datetime.fromisoformat(body["expires_at"]) - session.server_time[1]
    same = before is not None and before.ticket == body["ticket"]
    hears_from = now + GUARD_SECONDS if before and not same else now
    ask = Ask(str(body["ticket"]), str(body["number"]), now + left.total_seconds(), hears_from)
    return replace(session, ask=ask, ended=session.ended if same else None)


def _counter(body: Body | None) -> Counter | Unplanned:
    """The window; the hall sends none where its config has it no longer."""
    if body is None:
        return Unplanned()
    clerk = body["clerk"] or {}
    return Counter(
        int(body["number"]),
        WindowState(body["state"]),
        str(clerk.get("name") or ""),
        str(clerk.get("staff_no") or ""),
        str(body["serving"] or ""),
    )


def _end(answer: Body) -> End:
    if answer.get("ok"):
        return End.THANKS
    code = answer["problem"]["code"]
    if code == Code.RATED:
        return End.RATED
    lost = (Code.NO_CONNECTION, Code.STORAGE, Code.NOT_READY, Code.TOO_MANY)
    return End.NOT_SAVED if code in lost else End.NOT_HERE


def _ended(end: End, number: str, now: float) -> Ended:
    return Ended(end, number, now + (THANKS_SECONDS if end is End.THANKS else SORRY_SECONDS))
