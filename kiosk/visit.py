"""What is known of the person in front, which screen stands, and until when.

Times are monotonic seconds. A visit begins with the first touch at home and ends there; then
nothing of it is left.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

from kiosk import guide
from kiosk.events import CatalogueCame, Mode, Paper
from kiosk.floor import Floor, Item, Permit, Theme, Ticket
from kiosk.forms import Answer, Filling, Form, Offer
from kiosk.guide import Guide, Needed, PaperId
from kiosk.keyboard import NOTHING, Typing
from kiosk.sorry import Sorry
from queue_server.hall.model import Language, Need, Party, Priority, Words
from queue_server.wire import Asks, Body

STAY_SECONDS = 20.0
"""How long "are you still there?" stands before the visit is cleared."""
TICKET_SECONDS = 30.0
"""How long a number stays on the screen when its slip is out."""
PHOTO_SECONDS = 90.0
"""The same when there is no slip, and the screen must be photographed."""
SLOWER = 3.0
"""All times are so many times longer as soon as somebody uses a mode."""
PAGE = 7
"""So many choices are on a page."""
SHORT_PAGE, LARGE_PAGE = 6, 4
"""The same in low reach and beside a form's own keys; in large text, and in the basket with its keys."""
GUIDE_PAGE = 5
"""So many papers."""
FINDS, LARGE_FINDS, LOW_LARGE_FINDS = 4, 3, 2
"""So many of what was found stand beside the keyboard at a time."""


class Place(StrEnum):
    """Which screen stands."""

    HOME = "home"
    FIND = "find"
    """Searching, and the other ways to what one came for."""
    THEMES = "themes"
    ITEMS = "items"
    QUESTION = "question"
    """Asked of whoever doesn't know what to choose."""
    BASKET = "basket"
    GUIDE = "guide"
    """What to bring, as a checklist."""
    BRING = "bring"
    """What follows from what is missing."""
    FORMS = "forms"
    """The forms that go with what was chosen."""
    FORM_CARD = "form-card"
    """May the ID card fill it in?"""
    FORM_BRIDGE = "form-bridge"
    """May what another office knows fill it in?"""
    FORM_CODE = "form-code"
    """Typing an investment project's code, for that."""
    FORM = "form"
    """One question of a form."""
    FORM_END = "form-end"
    """All was asked: what is missing, what is promised."""
    FORM_DONE = "form-done"
    FORM_PHONE = "form-phone"
    """The code with which a phone goes on."""
    CONFIRM = "confirm"
    PRIORITY = "priority"
    """Who goes first."""
    NEEDS = "needs"
    """What would help."""
    IDENTIFY = "identify"
    HAVE = "have"
    """An appointment, or a number, from before."""
    RETURN = "return"
    CHECK_IN = "check-in"
    RESULT = "result"
    """Is it ready? Asked of whoever only collects something."""
    READY = "ready"
    """What the office says of it."""
    PERMIT = "permit"
    """The permit that a form gave at once, or why it gave none."""
    TAKING = "taking"
    TICKET = "ticket"
    TEXTS = "texts"
    """Where texts are to go."""
    SORRY = "sorry"


class Help(StrEnum):
    """`TOLD`: those who may come know of it; `COMING`: somebody is on the way."""

    NONE = "none"
    ASKED = "asked"
    TOLD = "told"
    COMING = "coming"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Spot:
    """A screen that was left, as it stood: going back takes back what was chosen on it."""

    place: Place
    theme: str = ""
    page: int = 0
    party: Party | None = None
    question: str = ""
    group: str = ""
    items: tuple[str, ...] = ()
    sorry: Sorry | None = None
    appointment: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """What a search found: an item or a theme (`kind` "service" or "theme")."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Asking:
    """What was sent and not refused yet; asked again it is the very same."""

    name: Asks
    body: Body
    key: str
    since: float


@dataclass(frozen=True, slots=True)
class Found:
    """What the office says of results: in one sentence, then each with its name, whether it is ready, and
    the day on which it should be; names and days may be "".
    """

    state: str
    words: Words
    results: tuple[tuple[str, bool, str], ...] = ()


class Stage(StrEnum):
    """How far asking another office is."""

    CONSENT = "consent"
    """May it be asked?"""
    SHOW = "show"
    """The citizen shows or types what it is asked for."""
    WAIT = "wait"
    FOUND = "found"
    NOTHING = "nothing"
    """It knows nothing of it, or did not answer."""


@dataclass(frozen=True, slots=True)
class Bridging:
    """Another office that could fill in a form: `kind` is `licence` or `project`.

    `key` is that of the question under way, `words` what was said of its answer, `filled` the names of
    the questions that it answered.
    """

    kind: str
    stage: Stage = Stage.CONSENT
    key: str = ""
    words: Words = field(default_factory=dict)
    filled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Visit:
    """All that is known of the person in front."""

    language: Language = Language.ZH
    modes: frozenset[Mode] = frozenset()
    place: Place = Place.HOME
    trail: tuple[Spot, ...] = ()
    touched_at: float = 0.0
    theme: str = ""
    page: int = 0
    party: Party | None = None
    question: str = ""
    group: str = ""
    items: tuple[str, ...] = ()
    """The basket, in the order of choosing; empty where a group was chosen as such."""
    appointment: str = ""
    """The code of the one that is about to be checked in; its items are not to be changed."""
    says_more: bool = False
    """Something is to be said, or a form filled in, before an appointment is checked in."""
    typing: Typing = NOTHING
    matches: tuple[Match, ...] = ()
    searched: str = ""
    """What `matches` were found for."""
    is_lost: bool = False
    """The last search had no answer."""
    guides: tuple[Guide, ...] = ()
    guide_failed: bool = False
    ticked: frozenset[PaperId] = frozenset()
    has_told: bool = False
    """The checklist was gone through: what is not ticked is not there."""
    list_paper: Paper = Paper.NONE
    """Of the list of what to bring."""
    offers: tuple[Offer, ...] = ()
    forms_failed: bool = False
    form: str = ""
    """The form that is being filled in."""
    form_key: str = ""
    form_known: Form | None = None
    form_draft: Body | None = field(default=None, repr=False)
    """Of a form that is being opened: what has come of its questions and of its draft."""
    fillings: tuple[Filling, ...] = ()
    may_fill: bool = False
    """The card that is laid on the reader next fills in the form."""
    bridging: Bridging | None = None
    priority: Priority = Priority.NONE
    needs: frozenset[Need] = frozenset()
    id_number: str = ""
    card_name: str = ""
    """Masked: the rest of the name is not kept."""
    card_initials: str = ""
    """By which staff find the number again when the slip is lost."""
    typed: str = ""
    hint: str = ""
    scanned: str = ""
    awaited: str = field(default="", repr=False)
    """The secret of a form that was scanned, or an appointment's code, of which nothing has come yet."""
    found: Found | None = None
    permit: Permit | None = field(default=None, repr=False)
    permit_paper: Paper = Paper.NONE
    asking: Asking | None = None
    ticket: Ticket | None = None
    paper: Paper = Paper.NONE
    unprinted: str = ""
    """The key of a number that came and whose slip has not begun to print."""
    again: bool = False
    is_texted: bool = False
    sorry: Sorry | None = None
    help: Help = Help.NONE
    helper: str = ""
    """Who is on the way, where the hall tells names."""
    help_at: float = 0.0
    help_key: str = ""

    @property
    def tells_papers(self) -> bool:
        """Whether the citizen has said which papers are there."""
        return self.has_told or bool(self.ticked)

    @property
    def help_sign(self) -> str:
        """The key of the sentence on how the call for help stands; some name the `helper`."""
        named = "-named" if self.help is Help.COMING and self.helper else ""
        return f"frame.help-{self.help}{named}"


@dataclass(frozen=True, slots=True)
class State:
    """`run` names this run of the program and `visits` counts in it: together they name a visit.

    `orders` are slips that staff want printed here, `claiming` is the one being claimed. `given_up` are
    the keys of numbers that were asked for by people who have left; none is told before `give_up_at`.
    `card_lies`: a card is on the reader, whoever it belongs to. `catalogue` is the version that has come;
    until the visit is over it waits as `coming`. It is not asked for again before `catalogue_at`.
    """

    run: str
    home_language: Language
    visit: Visit
    floor: Floor = field(default_factory=Floor)
    visits: int = 0
    orders: tuple[str, ...] = ()
    claiming: str = ""
    card_lies: bool = False
    given_up: tuple[str, ...] = ()
    give_up_at: float = 0.0
    catalogue: str = ""
    coming: CatalogueCame | None = field(default=None, repr=False)
    catalogue_at: float = 0.0

    @property
    def key(self) -> str:
        """What the keys of this visit begin with."""
        return f"{self.run}.{self.visits}"

    @property
    def traces(self) -> bool:
        """Whether anything of a person is left."""
        return replace(self.visit, touched_at=0.0) != Visit(self.home_language)


def pace(state: State) -> float:
    """How many times longer than usual everything stays; who waits here for help waits longer, too."""
    waits = state.visit.help in (Help.TOLD, Help.COMING)
    return SLOWER if state.visit.modes or waits else 1.0


def leaves_at(state: State) -> float | None:
    """When the visit ends if nobody touches the screen; None while nothing is to be cleared."""
    visit, slower = state.visit, pace(state)
    idle = state.floor.kiosk.idle_seconds * slower
    match visit.place:
        case Place.TAKING:
            return None
        case Place.HOME:
            return visit.touched_at + idle if state.traces else None
        case Place.TICKET:
            has_slip = visit.paper in (Paper.PRINTED, Paper.KEPT)
            return visit.touched_at + (TICKET_SECONDS if has_slip else PHOTO_SECONDS) * slower
    return visit.touched_at + idle + STAY_SECONDS * slower


def offers_texts(state: State) -> bool:
    """Whether the number that stands may be texted about: where a gateway is set, once."""
    visit = state.visit
    has_code = visit.ticket is not None and bool(visit.ticket.follow_url)
    return visit.place is Place.TICKET and has_code and state.floor.kiosk.texts and not visit.is_texted


def asks_to_stay(state: State, now: float) -> bool:
    """Whether "are you still there?" is shown; a number is never covered by it."""
    end = leaves_at(state)
    covered = state.visit.place not in (Place.HOME, Place.TICKET)
    return covered and end is not None and now >= end - STAY_SECONDS * pace(state)


def goes_back(state: State) -> bool:
    """Whether there is a way back: not from a number, nor while what was asked may yet be done."""
    visit = state.visit
    unsure = visit.sorry is not None and visit.sorry.unsure
    return bool(visit.trail) and visit.place not in (Place.TAKING, Place.TICKET) and not unsure


CARD_FORGOTTEN = frozenset({Place.HOME, Place.TICKET, Place.SORRY})
"""Where a card that lies on the reader serves no purpose."""


def forgets_card(state: State) -> bool:
    return state.card_lies and state.visit.place in CARD_FORGOTTEN


def choices(state: State) -> tuple[Theme | Item | None, ...]:
    """All that the list that stands has to choose from; None is "all items"."""
    visit, floor = state.visit, state.floor
    match visit.place:
        case Place.THEMES:
            return (None, *floor.themes_of(visit.party))
        case Place.ITEMS:
            return floor.items_of(visit.theme, visit.party)
    return ()


def found(state: State) -> tuple[Theme | Item, ...]:
    """What the search found and the kiosk knows, best first."""
    floor = state.floor
    known = (
        floor.theme(one.id) if one.kind == "theme" else floor.item(one.id) for one in state.visit.matches
    )
    return tuple(one for one in known if one is not None)


def finds_size(state: State) -> int:
    """How many finds stand at a time, in the modes of this visit."""
    modes = state.visit.modes
    if Mode.LARGE not in modes:
        return FINDS
    return LOW_LARGE_FINDS if Mode.LOW in modes else LARGE_FINDS


def is_searched(state: State) -> bool:
    """Whether `found` is for what stands in the field now."""
    return state.visit.searched == state.visit.typing.whole.strip()


def guides(state: State) -> tuple[Guide, ...]:
    """Those of the basket that have come, in its order."""
    by_item = {one.item: one for one in state.visit.guides}
    return tuple(by_item[item] for item in state.visit.items if item in by_item)


def filling_of(state: State, form: str) -> Filling | None:
    return next((one for one in state.visit.fillings if one.form.id == form), None)


def answers(state: State) -> tuple[Answer, ...]:
    """All that may be touched to answer the form's question that stands."""
    filling = filling_of(state, state.visit.form)
    return filling.answers if filling else ()


def page_size(state: State) -> int:
    """So many of the list that stands are on a page, in the modes of this visit."""
    modes, place = state.visit.modes, state.visit.place
    if place is Place.FIND:
        return finds_size(state)
    if Mode.LARGE in modes or place is Place.BASKET:
        return LARGE_PAGE
    if place is Place.GUIDE:
        return GUIDE_PAGE
    return SHORT_PAGE if Mode.LOW in modes or place is Place.FORM else PAGE


def sheets(state: State) -> list[tuple[Needed, ...]]:
    """The whole checklist, page by page."""
    return guide.sheets(guides(state), page_size(state))


def listed(state: State) -> int:
    """How much there is to choose from in the list that stands."""
    match state.visit.place:
        case Place.FIND:
            return len(found(state))
        case Place.BASKET:
            return len(state.visit.items)
        case Place.FORM:
            return len(answers(state))
    return len(choices(state))


def page(state: State) -> tuple[Theme | Item | None, ...]:
    """The choices of the page that stands."""
    return choices(state)[part(state)]


def pages(state: State) -> int:
    """How many pages the list that stands has; at least one."""
    if state.visit.place is Place.GUIDE:
        return max(1, len(sheets(state)))
    return max(1, -(-listed(state) // page_size(state)))


def page_at(state: State) -> int:
    """The page that stands, counted from 0: there may be fewer than when it was turned to."""
    return min(state.visit.page, pages(state) - 1)


def part(state: State) -> slice:
    """What of the list stands on this page."""
    start = page_at(state) * page_size(state)
    return slice(start, start + page_size(state))
