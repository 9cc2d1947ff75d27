"""What a citizen is told when something can't be: one plain sentence and a way on, for each refusal."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from assets import texts
from kiosk.floor import Refusal
from queue_server.hall.model import State, Words
from queue_server.wire import Asks, Body, Code


class Way(StrEnum):
    """A way on; help stands at the foot of every screen anyway."""

    AGAIN = "again"
    """Ask the same once more, with the same key."""
    BACK = "back"
    """To where it can be put right."""
    HOME = "home"
    REPRINT = "reprint"
    """Another slip of the number that was scanned."""
    AGENT = "agent"
    """One more number, for somebody else."""
    FORMS = "forms"
    """The forms that go with the number that was scanned."""


@dataclass(frozen=True, slots=True)
class Sorry:
    """`reason` names the title (`kiosk.sorry.title.…`), `words` are the sentence."""

    reason: str
    words: Words
    ways: tuple[Way, ...] = (Way.HOME,)

    @property
    def unsure(self) -> bool:
        """Whether what was asked may yet have been done: then only the same may be asked again."""
        return Way.AGAIN in self.ways


MAY_BE_DONE = frozenset({Code.NO_CONNECTION, Code.STORAGE, Code.NOT_READY, Code.TOO_MANY, Code.INTERNAL})
TOLD_BY_SERVER = frozenset({Code.HALL_CLOSED, Code.QUOTA, Code.LIVE_TICKET, Code.EARLY, Code.LATE})
"""Refusals whose sentence the server words, because it knows the numbers in it."""


def own(reason: str, *ways: Way) -> Sorry:
    """A sorry in the kiosk's own words."""
    return Sorry(reason, texts.both(f"kiosk.sorry.words.{reason}"), ways or (Way.HOME,))


def of_group(refusal: Refusal) -> Sorry:
    """Why an item can't be chosen: its group gives no numbers now. Another item may do."""
    return Sorry(refusal.code, refusal.words, (Way.BACK, Way.HOME))


UNKNOWN_SCAN = "unknown-scan"


def about(asked: Asks, problem: Body) -> Sorry:
    """The sorry for a problem that an ack brought."""
    code = problem.get("code", "")
    if code == Code.NO_CONNECTION:
        return own("no-connection", Way.AGAIN, Way.HOME)
    if code in MAY_BE_DONE:
        return own("trouble", Way.AGAIN, Way.HOME)
    if code == Code.LIVE_TICKET and asked == Asks.TAKE_TICKET:
        return Sorry(str(code), problem["texts"], (Way.HOME, Way.AGENT))
    if code in TOLD_BY_SERVER:
        return Sorry(str(code), problem["texts"])
    if asked in (Asks.REQUEUE, Asks.SLIP):
        return _about_slip(str(code), problem)
    if asked == Asks.TEXTS:
        return own("no-texts", Way.BACK, Way.HOME)
    if asked == Asks.CHECK_IN:
        return _about_appointment(str(code), problem)
    return own("not-done")


def _about_slip(code: str, problem: Body) -> Sorry:
    if code != Code.WRONG_STATE:
        return own("unknown-slip")
    state = problem.get("state")
    if state == State.MISSED:
        return Sorry("returned-enough", problem["texts"])
    if state in (State.WAITING, State.PARKED):
        return own(f"slip-{state}", Way.HOME, Way.FORMS, Way.REPRINT)
    if state == State.CALLED:
        return own(f"slip-{state}", Way.HOME, Way.REPRINT)
    if state == State.SERVING:
        return own(f"slip-{state}")
    return own("slip-over")


def _about_appointment(code: str, problem: Body) -> Sorry:
    if code == Code.WRONG_STATE:
        return Sorry("appointment-over", problem["texts"])
    return own("unknown-code", Way.BACK, Way.HOME)
