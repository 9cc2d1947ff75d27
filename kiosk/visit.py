"""What is known of the person in front, which screen stands, and until when.

Times are monotonic seconds. A visit begins with the first touch at home and ends there; then
nothing of it is left.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

from kiosk.events import Paper
from kiosk.floor import Floor, Item, Theme, Ticket
from kiosk.sorry import Sorry
from queue_server.hall.model import Language, Need, Priority
from queue_server.wire import Asks, Body

STAY_SECONDS = 20.0
"""How long "are you still there?" stands before the visit is cleared."""
TICKET_SECONDS = 30.0
"""How long a number stays on the screen when its slip is out."""
PHOTO_SECONDS = 90.0
"""The same when there is no slip, and the screen must be photographed."""
PAGE = 7
"""So many choices are on a page."""


class Place(StrEnum):
    """Which screen stands."""

    HOME = "home"
    THEMES = "themes"
    ITEMS = "items"
    CONFIRM = "confirm"
    IDENTIFY = "identify"
    RETURN = "return"
    CHECK_IN = "check-in"
    TAKING = "taking"
    TICKET = "ticket"
    SORRY = "sorry"


class Help(StrEnum):
    NONE = "none"
    ASKED = "asked"
    COMING = "coming"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Asking:
    """What was sent and not refused yet; asked again it is the very same."""

    name: Asks
    body: Body
    key: str
    since: float


@dataclass(frozen=True, slots=True)
class Visit:
    """All that is known of the person in front."""

    language: Language = Language.ZH
    place: Place = Place.HOME
    trail: tuple[Place, ...] = ()
    touched_at: float = 0.0
    theme: str = ""
    page: int = 0
    group: str = ""
    item: str = ""
    priority: Priority = Priority.NONE
    needs: frozenset[Need] = frozenset()
    id_number: str = ""
    typed: str = ""
    hint: str = ""
    scanned: str = ""
    asking: Asking | None = None
    ticket: Ticket | None = None
    paper: Paper = Paper.NONE
    again: bool = False
    sorry: Sorry | None = None
    help: Help = Help.NONE
    help_at: float = 0.0
    help_key: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """`run` names this run of the program and `visits` counts in it: together they name a visit.

    `orders` are slips that staff want printed here, `claiming` is the one being claimed.
    """

    run: str
    home_language: Language
    visit: Visit
    floor: Floor = field(default_factory=Floor)
    visits: int = 0
    orders: tuple[str, ...] = ()
    claiming: str = ""

    @property
    def key(self) -> str:
        """What the keys of this visit begin with."""
        return f"{self.run}.{self.visits}"

    @property
    def traces(self) -> bool:
        """Whether anything of a person is left."""
        return replace(self.visit, touched_at=0.0) != Visit(self.home_language)


def leaves_at(state: State) -> float | None:
    """When the visit ends if nobody touches the screen; None while nothing is to be cleared."""
    visit, idle = state.visit, state.floor.kiosk.idle_seconds
    match visit.place:
        case Place.TAKING:
            return None
        case Place.HOME:
            return visit.touched_at + idle if state.traces else None
        case Place.TICKET:
            has_slip = visit.paper in (Paper.PRINTED, Paper.KEPT)
            return visit.touched_at + (TICKET_SECONDS if has_slip else PHOTO_SECONDS)
    return visit.touched_at + idle + STAY_SECONDS


def asks_to_stay(state: State, now: float) -> bool:
    """Whether "are you still there?" is shown; a number is never covered by it."""
    end = leaves_at(state)
    covered = state.visit.place not in (Place.HOME, Place.TICKET)
    return covered and end is not None and now >= end - STAY_SECONDS


def goes_back(state: State) -> bool:
    """Whether there is a way back: not from a number, nor while what was asked may yet be done."""
    visit = state.visit
    unsure = visit.sorry is not None and visit.sorry.unsure
    return bool(visit.trail) and visit.place not in (Place.TAKING, Place.TICKET) and not unsure


def choices(state: State) -> tuple[Theme, ...] | tuple[Item, ...]:
    """All that the list that stands has to choose from."""
    match state.visit.place:
        case Place.THEMES:
            return state.floor.themes
        case Place.ITEMS:
            return state.floor.items_of(state.visit.theme)
    return ()


def pages(state: State) -> int:
    """How many pages the list that stands has; at least one."""
    return max(1, -(-len(choices(state)) // PAGE))
