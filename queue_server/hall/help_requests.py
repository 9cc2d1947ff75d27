"""A call for an assistant (帮办代办): who asked, who took it, when it was over, how long it took.

A request belongs to the business day. Its life: asked → taken → done; whoever took it may hand it
over, then it is asked for again. The alert that managers get beside it ends when somebody takes it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from statistics import median

from queue_server.hall.model import Clerk, Instant, Seconds, Words


class HelpState(StrEnum):
    """`expired` is what nobody needed any more: the day turned, or whoever was looked for has come."""

    ASKED = "asked"
    TAKEN = "taken"
    DONE = "done"
    EXPIRED = "expired"


SEARCH = "search"
"""The kind of a request to look for somebody who was called and didn't come."""

AGAIN_SECONDS = 15.0
"""Who asks again before that is heard already: an impatient finger calls nobody twice."""

OPEN = frozenset({HelpState.ASKED, HelpState.TAKEN})


@dataclass(slots=True)
class HelpRequest:
    """`kind` and `asker` say who asks (`kiosk` `K01`, `window` `5`, `ticket` `A012`), or who is looked
    for (`search` `A012`).

    `place` says it in words, `zone` where that is. `wanted` is the colleague to whom it was handed
    over. `answered_at` is when somebody first took it: there the time of response ends.
    """

    id: str
    kind: str
    asker: str
    place: Words
    zone: str
    reason: str
    asked_at: Instant
    state: HelpState = HelpState.ASKED
    times: int = 1
    taker: Clerk | None = None
    answered_at: Instant | None = None
    ended_at: Instant | None = None
    wanted: str = ""
    note: str = ""
    asked_again_at: Instant | None = field(default=None, compare=False)
    """Kept in memory alone: after a restart whoever asks is heard at once."""

    @property
    def subject(self) -> str:
        """Names who asks, as the alert beside the request does."""
        return f"{self.kind} {self.asker}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    def was_just_asked(self, now: Instant) -> bool:
        return now - (self.asked_again_at or self.asked_at) < AGAIN_SECONDS

    def ask_again(self, reason: str, at: Instant) -> None:
        self.times += 1
        self.asked_again_at = at
        self.reason = reason or self.reason

    def take(self, taker: Clerk, at: Instant) -> None:
        self.state, self.taker, self.wanted = HelpState.TAKEN, taker, ""
        self.answered_at = self.answered_at or at

    def hand_over(self, wanted: str, note: str) -> None:
        self.state, self.taker, self.wanted = HelpState.ASKED, None, wanted
        self.note = note or self.note

    def end(self, state: HelpState, at: Instant, taker: Clerk | None, note: str) -> None:
        """Done, or over with the day. Whoever did it without taking it first has answered now."""
        self.state, self.ended_at = state, at
        self.taker, self.note = taker or self.taker, note or self.note
        if state is HelpState.DONE:
            self.answered_at = self.answered_at or at


@dataclass(frozen=True, slots=True)
class Response:
    """How the hall answers calls for help today; times in seconds, None where none was answered.

    `waiting` nobody has taken yet; `longest` is how long the oldest of them has been waiting.
    """

    asked: int
    open: int
    waiting: int
    median: Seconds | None
    worst: Seconds | None
    longest: Seconds


def open_request(helps: Iterable[HelpRequest], subject: str) -> HelpRequest | None:
    """The request of this asker that is not over; there is at most one."""
    return next((one for one in helps if one.is_open and one.subject == subject), None)


def response(helps: Iterable[HelpRequest], now: Instant) -> Response:
    """The day's figures at `now`."""
    day = list(helps)
    answers = [one.answered_at - one.asked_at for one in day if one.answered_at is not None]
    waits = [now - one.asked_at for one in day if one.is_open and one.answered_at is None]
    return Response(
        asked=len(day),
        open=sum(one.is_open for one in day),
        waiting=len(waits),
        median=Seconds(median(answers)) if answers else None,
        worst=Seconds(max(answers)) if answers else None,
        longest=Seconds(max(waits, default=0.0)),
    )
