"""What other systems said, told again to a repeat of the same request: they are not asked twice.

Kept in memory only, and for a minute at most: it is personal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from gevent.event import AsyncResult

from queue_server.hall.model import Instant, Seconds
from queue_server.problems import Problem
from queue_server.storage.store import Answer
from queue_server.wire import Code

KEPT = Seconds(60.0)


@dataclass(frozen=True, slots=True)
class _Asked:
    said: str
    at: Instant
    answer: AsyncResult[Answer]


@dataclass
class Repeats:
    """By caller and key; `clock` gives the time in seconds."""

    clock: Callable[[], float]
    _asked: dict[tuple[str, str], _Asked] = field(default_factory=dict)

    def once(self, caller: str, key: str, said: str, ask: Callable[[], Answer]) -> Answer:
        """The answer to a request; a repeat waits for that of the first. Without a key each is new.

        :raises Problem: `key-reused` when the key came with another request; and what `ask` raises.
        """
        if not key:
            return ask()
        now = Instant(self.clock())
        self._asked = {known: one for known, one in self._asked.items() if now - one.at < KEPT}
        before = self._asked.get((caller, key))
        if before is not None:
            if before.said != said:
                raise Problem(Code.KEY_REUSED)
            answer = before.answer.get()
            assert answer is not None
            return answer
        mine = _Asked(said, now, AsyncResult())
        self._asked[caller, key] = mine
        try:
            answer = ask()
        except BaseException as trouble:
            self._asked.pop((caller, key), None)
            mine.answer.set_exception(trouble)
            raise
        mine.answer.set(answer)
        return answer
