"""What is shown and said, when, and in which order: each call once, none lost, none cut short.

Pure: `now` comes from outside, in seconds of a clock that never goes back. A call waits its turn
until the one before it has been shown long enough and has been said; when several wait, the next
turn takes them together, in one breath. What is said is always the turn that is on the screen, and
never older than `said_within`: whoever was called long ago should look, not hurry.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from assets import theme
from queue_server.hall.model import ANNOUNCED_WITHIN, CallKind, Instant, Seconds
from queue_server.wire import Body

USUAL_STAY = Seconds(theme.CALL_SHOWN_SECONDS)

TICK_SECONDS = 0.1
"""So often a board asks for its next turn."""

KNOWN_CALLS = 1000
"""So many calls are remembered, so that none is repeated: many more than a snapshot holds."""
SHOWN_CALLS = 40


@dataclass(frozen=True, slots=True)
class Call:
    """One call as the board got it. `speak` are the languages in which it is said, `stay` is how long
    it keeps the large place at least.
    """

    id: str
    ticket: str
    window: int
    kind: CallKind
    at: Instant
    speak: tuple[str, ...] = ("zh",)
    flash: bool = False
    stay: Seconds = USUAL_STAY

    @classmethod
    def of(cls, body: Body) -> Call:
        """A call as the server sends it."""
        at = Instant(datetime.fromisoformat(body["at"]).timestamp())
        kind, speak = CallKind(body["kind"]), tuple(body["speak"])
        stay = Seconds(body.get("stay") or USUAL_STAY)
        return cls(body["call"], body["ticket"], body["window"], kind, at, speak, body["flash"], stay)


@dataclass(frozen=True, slots=True)
class Turn:
    """What has the large place: one call, or several in one breath. `aloud`: the voice says it.

    `passed` are calls too old to hold up younger ones: they went straight to the recent ones.
    """

    calls: tuple[Call, ...]
    aloud: bool
    since: Seconds
    passed: tuple[Call, ...] = ()


class Announcer:
    """A board's calls. `together` is how many of them fit the large place at once."""

    def __init__(self, together: int = 2, said_within: Seconds = ANNOUNCED_WITHIN) -> None:
        self.together, self.said_within = together, said_within
        self.current: Turn | None = None
        self._said = True
        self._waiting: deque[Call] = deque()
        self._shown: deque[Call] = deque(maxlen=SHOWN_CALLS)
        self._known: OrderedDict[str, None] = OrderedDict()
        self._epoch: str | None = None

    def heard(self, call: Call) -> None:
        """A new call from the server; it gets its turn."""
        if self._is_new(call):
            self._waiting.append(call)

    def caught_up(
        self, calls: Iterable[tuple[Call, bool]], epoch: str, server_now: Instant, now: Seconds
    ) -> None:
        """A snapshot's calls, newest last, each with whether this board has announced it: the last ten, and
        what it hasn't announced of those before.

        Those not announced get their turn while they are young enough; older ones are only shown.
        """
        if epoch != self._epoch:
            self._epoch = epoch
            self._known.clear()
        for call, announced in calls:
            if not self._is_new(call):
                continue
            if announced or self._is_old(call, server_now):
                self._shown.append(call)
            else:
                self._waiting.append(call)
        if self.current is None and not self._waiting and self._shown:
            self.current = Turn((self._shown.pop(),), aloud=False, since=now)

    def keep_only(self, calls: set[str], now: Seconds) -> None:
        """The board has other windows now: what does not concern it leaves, but no call in its turn."""
        self._shown = deque((one for one in self._shown if one.id in calls), SHOWN_CALLS)
        self._waiting = deque(one for one in self._waiting if one.id in calls)
        current = self.current.calls if self.current else ()
        if not self.in_turn(now) and not calls.issuperset(one.id for one in current):
            self.current = None

    def step(self, now: Seconds, server_now: Instant, voice: bool) -> Turn | None:
        """The turn that begins now, if one does; `voice` tells whether the board may speak now.

        Whoever gets a turn shows it at once. One that is `aloud` is said then, and `said` called
        when its last word is out; its calls are announced after that, those of a silent turn and
        those `passed` as soon as they are on the screen.
        """
        if not self._waiting or self.in_turn(now):
            return None
        if self.current:
            self._shown.extend(self.current.calls)
        passed = self._pass_over(server_now)
        calls = self._take(server_now)
        aloud = voice and not self._is_old(calls[0], server_now)
        self.current = Turn(calls, aloud, now, passed)
        self._said = not aloud
        return self.current

    def is_at_rest(self, now: Seconds, after: Seconds) -> bool:
        """Whether nobody waits for a turn, and the last one began so long ago."""
        seen = self.current is None or now - self.current.since >= after
        return seen and not self._waiting and not self.in_turn(now)

    def is_behind(self) -> bool:
        """Whether somebody waits for a turn."""
        return bool(self._waiting)

    def said(self) -> None:
        """The voice has come to the end of the current turn, or has given it up."""
        self._said = True

    def in_turn(self, now: Seconds) -> bool:
        """Whether the current turn still needs its place."""
        if self.current is None:
            return False
        stay = max(call.stay for call in self.current.calls)
        return not self._said or now - self.current.since < stay

    def recent(self, count: int, *, with_current: bool = False) -> list[Call]:
        """The calls before the current turn, newest first, a ticket only once; `with_current` where
        something else has the large place.
        """
        current = self.current.calls if self.current else ()
        seen = set() if with_current else {call.ticket for call in current}
        found: list[Call] = []
        for call in reversed([*self._shown, *(current if with_current else ())]):
            if len(found) < count and call.ticket not in seen:
                seen.add(call.ticket)
                found.append(call)
        return found

    def forget(self) -> None:
        """A new day: yesterday's calls leave the screen; what waits keeps its turn."""
        self._shown.clear()
        if self._said:
            self.current = None

    def _is_new(self, call: Call) -> bool:
        if call.id in self._known:
            return False
        self._known[call.id] = None
        if len(self._known) > KNOWN_CALLS:
            self._known.popitem(last=False)
        return True

    def _pass_over(self, server_now: Instant) -> tuple[Call, ...]:
        """When more wait than one turn takes, what is too old to be said makes way."""
        passed: list[Call] = []
        while len(self._waiting) > self.together and self._is_old(self._waiting[0], server_now):
            passed.append(self._waiting.popleft())
        self._shown.extend(passed)
        return tuple(passed)

    def _take(self, server_now: Instant) -> tuple[Call, ...]:
        taken = [self._waiting.popleft()]
        old = self._is_old(taken[0], server_now)
        while (
            self._waiting
            and len(taken) < self.together
            and self._is_old(self._waiting[0], server_now) == old
            and _go_together([*taken, self._waiting[0]])
        ):
            taken.append(self._waiting.popleft())
        return tuple(taken)

    def _is_old(self, call: Call, server_now: Instant) -> bool:
        return server_now - call.at >= self.said_within


def _go_together(calls: list[Call]) -> bool:
    """Recalls have words of their own and flashes a panel of their own: these go alone."""
    return all(call.kind is CallKind.CALL and not call.flash for call in calls) and len(
        {call.ticket for call in calls}
    ) == len({call.window for call in calls}) == len(calls)
