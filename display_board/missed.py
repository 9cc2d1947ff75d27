"""Numbers whose call was missed (过号): each is told once, when the voice has nothing more urgent; pure."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime

from queue_server.hall.model import Instant, Seconds
from queue_server.wire import Body


@dataclass(frozen=True, slots=True)
class Missed:
    """A number that was called in vain, since when, and the languages in which to say so."""

    ticket: str
    at: Instant
    speak: tuple[str, ...] = ("zh",)

    @classmethod
    def of(cls, body: Body) -> Missed:
        at = Instant(datetime.fromisoformat(body["at"]).timestamp())
        return cls(body["ticket"], at, tuple(body["speak"]))


class MissedNumbers:
    """Those that the board knows of. Who comes back and is missed again is told again."""

    def __init__(self) -> None:
        self._known: set[Missed] = set()
        self._waiting: deque[Missed] = deque()

    def heard(self, missed: list[Missed], *, to_say: bool) -> None:
        """All that are missed now. Without `to_say` they are only known: a board that starts says
        nothing of what was before.
        """
        new = [one for one in missed if one not in self._known]
        self._known = set(missed)
        self._waiting = deque(one for one in self._waiting if one in self._known)
        if to_say:
            self._waiting.extend(new)

    def next(self, server_now: Instant, within: Seconds) -> Missed | None:
        """Whom to tell now; what is older than `within` is no longer said."""
        while self._waiting:
            one = self._waiting.popleft()
            if server_now - one.at < within:
                return one
        return None
