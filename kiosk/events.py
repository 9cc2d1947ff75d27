"""What can happen to a kiosk's visit, and what the visit wants done in the world.

An event whose class is a `Touch` comes from the person in front: each puts off the time-out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from kiosk.floor import Ticket
from queue_server.hall.model import Language, Need, Priority
from queue_server.wire import Asks, Body


class Event:
    """Something happened."""


class Touch(Event):
    """The person did something."""


class Paper(StrEnum):
    """Where a slip stands. `DOUBTFUL`: the printer didn't say, and it may lie in the tray; `KEPT`: the
    citizen has one from before.
    """

    NONE = "none"
    PRINTING = "printing"
    PRINTED = "printed"
    FAILED = "failed"
    DOUBTFUL = "doubtful"
    KEPT = "kept"


# --- from the world --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tick(Event):
    """Time has passed."""


@dataclass(frozen=True, slots=True)
class Line(Event):
    """The line to the server came or went."""

    up: bool


@dataclass(frozen=True, slots=True)
class Heard(Event):
    """A message of the server."""

    name: str
    body: Body


@dataclass(frozen=True, slots=True)
class CatalogueCame(Event):
    themes: Sequence[Body]
    services: Sequence[Body]


@dataclass(frozen=True, slots=True)
class Answered(Event):
    """The ack to what was sent with `key`."""

    key: str
    ack: Body


@dataclass(frozen=True, slots=True)
class SlipEnded(Event):
    """What became of the slip of a number; `order` names it where staff had asked for it."""

    number: str
    paper: Paper
    order: str = ""


@dataclass(frozen=True, slots=True)
class Crashed(Event):
    """The program has failed in the middle of a visit, and goes on without it."""


# --- from the person -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Touched(Touch):
    """A touch on nothing in particular: somebody is there."""


@dataclass(frozen=True, slots=True)
class ChooseGroup(Touch):
    group: str


@dataclass(frozen=True, slots=True)
class OpenThemes(Touch):
    pass


@dataclass(frozen=True, slots=True)
class ChooseTheme(Touch):
    """`theme` is empty for all items."""

    theme: str


@dataclass(frozen=True, slots=True)
class ChooseItem(Touch):
    item: str


@dataclass(frozen=True, slots=True)
class TurnPage(Touch):
    by: int


@dataclass(frozen=True, slots=True)
class SetPriority(Touch):
    """Claim a priority; the one that is set already is taken back."""

    priority: Priority


@dataclass(frozen=True, slots=True)
class ToggleNeed(Touch):
    need: Need


@dataclass(frozen=True, slots=True)
class Take(Touch):
    pass


@dataclass(frozen=True, slots=True)
class OpenIdentify(Touch):
    pass


@dataclass(frozen=True, slots=True)
class ForgetId(Touch):
    pass


@dataclass(frozen=True, slots=True)
class OpenReturn(Touch):
    pass


@dataclass(frozen=True, slots=True)
class OpenCheckIn(Touch):
    pass


@dataclass(frozen=True, slots=True)
class Typed(Touch):
    sign: str


@dataclass(frozen=True, slots=True)
class Erase(Touch):
    pass


@dataclass(frozen=True, slots=True)
class Enter(Touch):
    """What was typed is complete."""


@dataclass(frozen=True, slots=True)
class CardRead(Touch):
    """A card was laid on the reader."""

    number: str


@dataclass(frozen=True, slots=True)
class Scanned(Touch):
    """A line of the scanner: a slip's address or an appointment's code."""

    line: str


@dataclass(frozen=True, slots=True)
class PrintAgain(Touch):
    pass


@dataclass(frozen=True, slots=True)
class Reprint(Touch):
    """Print the slip of the number that was scanned once more."""


@dataclass(frozen=True, slots=True)
class Speak(Touch):
    """Choose a language for this visit."""

    language: Language


@dataclass(frozen=True, slots=True)
class CallHelp(Touch):
    pass


@dataclass(frozen=True, slots=True)
class AskAgain(Touch):
    """Send again, with the same key, what had no answer."""


@dataclass(frozen=True, slots=True)
class Back(Touch):
    pass


@dataclass(frozen=True, slots=True)
class Leave(Touch):
    """Go home; the visit is over."""


# --- what the visit wants done ---------------------------------------------------------------------


class Effect:
    """Something to be done in the world."""


@dataclass(frozen=True, slots=True)
class Send(Effect):
    """Send a message; its ack comes back as `Answered` with the same key."""

    name: Asks
    body: Body
    key: str


@dataclass(frozen=True, slots=True)
class Print(Effect):
    """Print the slip once; what became of it comes back as `SlipEnded`."""

    ticket: Ticket
    language: Language
    large: bool = False
    again: bool = False
    order: str = ""


@dataclass(frozen=True, slots=True)
class Clear(Effect):
    """The visit is over: let go of all that belongs to it."""
